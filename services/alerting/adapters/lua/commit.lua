-- Applies one batch to one partition's state, or nothing: another owner, or another cursor than where the batch began.
-- KEYS: meta, fields, documents.
-- ARGV: owner, from, to, activeFrom, logMs, awakeMs, alertsNext, then for fields and for documents each:
--   #set, { name, value }, #deleted, { name }
local META = KEYS[1]
local CHUNK = 1000
local stored = redis.call('HMGET', META, 'owner', 'cursor')
if stored[1] ~= ARGV[1] or stored[2] ~= ARGV[2] then return 0 end

local position = 7
local function take()
  position = position + 1
  return ARGV[position]
end
local function list(count)
  local items = {}
  for i = 1, count do items[i] = take() end
  return items
end
local function each(items, command, key)
  for from = 1, #items, CHUNK do
    redis.call(command, key, unpack(items, from, math.min(from + CHUNK - 1, #items)))
  end
end

for index = 2, 3 do
  each(list(2 * tonumber(take())), 'HSET', KEYS[index])
  each(list(tonumber(take())), 'HDEL', KEYS[index])
end
redis.call('HSET', META, 'cursor', ARGV[3], 'activeFrom', ARGV[4], 'logMs', ARGV[5], 'awakeMs', ARGV[6], 'alertsNext', ARGV[7])
return 1
