-- Moves one window to the stage that the watermark allows, and marks its cells for publication. Past retention, which
-- never ends before lateness, it goes.
-- KEYS: meta, watermarks, dirty, due, cells key, then the members keys. ARGV: member, lateness, retention
local watermark = nil
for _, text in ipairs(redis.call('HVALS', KEYS[2])) do
  local value = tonumber(text)
  if not watermark or value < watermark then watermark = value end
end
local member, lateness, retention = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local AMENDED = 4
local head = redis.call('HMGET', KEYS[5], 'end', 'stage')
if not watermark or not head[1] then
  redis.call('ZREM', KEYS[4], member)
  if redis.call('HEXISTS', KEYS[1], 'gen') == 1 then endGeneration(KEYS[1], KEYS[5]) end
  return 0
end
local windowEnd, stored = tonumber(head[1]), tonumber(head[2])
local stage = stored % AMENDED
if watermark < windowEnd then return 0 end
local fields = redis.call('HKEYS', KEYS[5])
local series = {}
for _, field in ipairs(fields) do
  if string.find(field, '^%d+$') then series[#series + 1] = member .. '|' .. field end
end
local gone = windowEnd + math.max(lateness, retention)
if watermark >= gone then
  redis.call('ZREM', KEYS[4], member)
  for i = 1, #series, 1000 do redis.call('SREM', KEYS[3], unpack(series, i, math.min(i + 999, #series))) end
  for i = 5, #KEYS, 1000 do redis.call('UNLINK', unpack(KEYS, i, math.min(i + 999, #KEYS))) end
  return 1
end
local now = (watermark >= windowEnd + lateness) and 2 or 1
local due = (now == 1) and (windowEnd + lateness) or gone
redis.call('ZADD', KEYS[4], string.format('%.0f', due), member)
if now > stage then
  redis.call('HINCRBY', KEYS[5], 'stage', now - stage)
  for i = 1, #series, 1000 do redis.call('SADD', KEYS[3], unpack(series, i, math.min(i + 999, #series))) end
end
return 1
