-- Makes a projection, unless there is one: a worker that comes second finds the first one's generation.
-- KEYS: meta, watermarks, series, dirty, due. ARGV: generation, #partitions, { T/P, first offset, empty }
-- Returns 1 made, 0 there was one, -1 windows of a lost projection lie here: they must go first (purge.lua);
-- -2 keys of a damaged one, of which nobody knows which they are (sweep.lua).
if redis.call('HEXISTS', KEYS[1], 'gen') == 1 then return 0 end
if redis.call('HEXISTS', KEYS[1], 'damaged') == 1 then return -2 end
if redis.call('ZCARD', KEYS[5]) > 0 then return -1 end
local building = 0
local candidate = redis.call('HGET', KEYS[1], 'candidate')
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
if candidate then redis.call('HSET', KEYS[1], 'candidate', candidate) end
for i = 0, tonumber(ARGV[2]) - 1 do
  local name, first, empty = ARGV[3 + i * 3], ARGV[4 + i * 3], ARGV[5 + i * 3]
  redis.call('HSET', KEYS[1], 's:' .. name, first, 'c:' .. name, first)
  redis.call('HSET', KEYS[2], name, '0')
  if empty ~= '1' then
    redis.call('HSET', KEYS[1], 'b:' .. name, '1')
    building = building + 1
  end
end
if building > 0 then redis.call('HSET', KEYS[1], 'building', building, 'state', 'rebuilding') end
redis.call('HSET', KEYS[1], 'gen', ARGV[1])
return 1
