-- Reads cells with the cursors and watermark that they are a function of, as one view.
-- KEYS: meta, watermarks, then per cell its cells key and its members key. ARGV: series number per cell.
local cells = {}
for i = 1, #ARGV do
  local key, members, number = KEYS[1 + i * 2], KEYS[2 + i * 2], ARGV[i]
  local values = redis.call('HMGET', key, 'end', 'stage', number .. '.n', number .. '.s', number .. '.a', number .. '.z', number .. '.l', number .. '.r', number .. '.x', number .. '.q', number .. '.h')
  local kind = redis.call('TYPE', members).ok
  local distinct = ''
  if kind == 'set' then distinct = tostring(redis.call('SCARD', members)) end
  if kind == 'string' then distinct = '~' .. tostring(redis.call('PFCOUNT', members)) end
  values[12] = distinct
  for v = 1, 12 do values[v] = values[v] or '' end
  cells[i] = values
end
return { redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]), cells }
