-- Reads whole windows with the cursors that they are a function of, as one view.
-- KEYS: meta, watermarks, a cells key per window, then members keys. ARGV: number of windows
local windows, members = {}, {}
local count = tonumber(ARGV[1])
for i = 1, count do windows[i] = redis.call('HGETALL', KEYS[2 + i]) end
for i = 3 + count, #KEYS do
  local kind = redis.call('TYPE', KEYS[i]).ok
  local distinct = ''
  if kind == 'set' then distinct = tostring(redis.call('SCARD', KEYS[i])) end
  if kind == 'hash' then distinct = redis.call('HGETALL', KEYS[i]) end
  if kind == 'string' then distinct = '~' .. tostring(redis.call('PFCOUNT', KEYS[i])) end
  members[i - 2 - count] = distinct
end
return { redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]), windows, members }
