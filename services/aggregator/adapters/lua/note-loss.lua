-- Notes that the log no longer holds records that were not counted yet, and goes on behind them.
-- KEYS: meta. ARGV: generation, T/P, expected cursor, first offset of the log
if redis.call('HGET', KEYS[1], 'gen') ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[1], 'c:' .. ARGV[2]) ~= ARGV[3] then return 0 end
local ranges = redis.call('HGET', KEYS[1], 'l:' .. ARGV[2])
local lost = ARGV[3] .. '-' .. ARGV[4]
redis.call('HSET', KEYS[1], 'c:' .. ARGV[2], ARGV[4], 'l:' .. ARGV[2], ranges and (ranges .. ',' .. lost) or lost)
redis.call('HINCRBY', KEYS[1], 'n:' .. ARGV[2] .. ':lost', tonumber(ARGV[4]) - tonumber(ARGV[3]))
return 1
