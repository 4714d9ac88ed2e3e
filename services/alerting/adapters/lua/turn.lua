-- One turn at a destination: KEYS[1] holds the times of the last ones, newest first, KEYS[2] is there while it is held.
-- ARGV: pairs of count and milliseconds, each "at most count within any such time". The clock is the server's: one for all.
local held = redis.call('PTTL', KEYS[2])
if held > 0 then return {0, held} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait, most, longest = 0, 0, 0
for i = 1, #ARGV, 2 do
  local count, per = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local first = redis.call('LINDEX', KEYS[1], count - 1)
  if first then wait = math.max(wait, tonumber(first) + per - now) end
  most, longest = math.max(most, count), math.max(longest, per)
end
if wait > 0 then return {0, wait} end
redis.call('LPUSH', KEYS[1], now)
redis.call('LTRIM', KEYS[1], 0, most - 1)
redis.call('PEXPIRE', KEYS[1], longest)
local used = 0
for _, at in ipairs(redis.call('LRANGE', KEYS[1], 0, tonumber(ARGV[1]) - 1)) do
  if tonumber(at) + tonumber(ARGV[2]) > now then used = used + 1 end
end
return {1, used}
