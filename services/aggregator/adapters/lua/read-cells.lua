-- Reads cells with the cursors and watermark that they are a function of, as one view.
-- KEYS: meta, watermarks, a cells key per window, then a members key per cell or none.
-- ARGV: one list as MessagePack: what of meta is wanted, 'whole' or 'cursors'; then per window [series numbers]. Returns meta,
-- watermarks, per window { end, stage, [cell by cell: the cell, in an amended window also what it has beside] }, members per cell.
local FIRST_CELLS_KEY, CHUNK, AMENDED, FIRST_WINDOW = 2, 4000, 4, 1
local list = cmsgpack.unpack(ARGV[1])
local plain, all = { '' }, { '', '.r', '.x', '.h' }
local windows, count = {}, #list - FIRST_WINDOW
for w = 1, count do
  local key, numbers, fields, at = KEYS[FIRST_CELLS_KEY + w], list[FIRST_WINDOW + w], {}, 0
  local head = redis.call('HMGET', key, 'end', 'stage')
  local suffixes = tonumber(head[2] or '0') >= AMENDED and all or plain
  for i = 1, #numbers do
    for s = 1, #suffixes do
      at = at + 1
      fields[at] = numbers[i] .. suffixes[s]
    end
  end
  local values = {}
  if at > 0 and at <= CHUNK then
    values = redis.call('HMGET', key, unpack(fields))
  else
    for from = 1, at, CHUNK do
      local part = redis.call('HMGET', key, unpack(fields, from, math.min(from + CHUNK - 1, at)))
      for i = 1, #part do values[from + i - 1] = part[i] end
    end
  end
  windows[w] = { head[1], head[2], values }
end
local members = {}
for i = FIRST_CELLS_KEY + count + 1, #KEYS do
  local kind = redis.call('TYPE', KEYS[i]).ok
  local distinct = ''
  if kind == 'set' then distinct = tostring(redis.call('SCARD', KEYS[i])) end
  if kind == 'string' then distinct = '~' .. tostring(redis.call('PFCOUNT', KEYS[i])) end
  members[i - FIRST_CELLS_KEY - count] = distinct
end
local watermarks = redis.call('HGETALL', KEYS[2])
if list[1] == 'whole' then return { redis.call('HGETALL', KEYS[1]), watermarks, windows, members } end
-- Of each partition meta holds some ten fields, of which cells are a function of one.
local names = { 'gen', 'state', 'candidate' }
for i = 1, #watermarks, 2 do names[#names + 1] = 'c:' .. watermarks[i] end
local meta = {}
for from = 1, #names, CHUNK do
  local to = math.min(from + CHUNK - 1, #names)
  for i, value in ipairs(redis.call('HMGET', KEYS[1], unpack(names, from, to))) do
    if value then
      meta[#meta + 1] = names[from + i - 1]
      meta[#meta + 1] = value
    end
  end
end
return { meta, watermarks, windows, members }
