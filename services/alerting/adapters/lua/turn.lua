-- One turn at a destination: KEYS[1] holds the times of the last ones, newest first, KEYS[2] is there while it is held.
-- ARGV: turns of the first limit that are kept for digests, and the pause before each of them; then pairs of count and
-- milliseconds, each "at most count within any such time". The clock is the server's: one for all.
local held = redis.call('PTTL', KEYS[2])
if held > 0 then return {0, held} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait, most, longest, used = 0, 0, 0, {}
for i = 3, #ARGV, 2 do
  local count, per = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local first = redis.call('LINDEX', KEYS[1], count - 1)
  if first then wait = math.max(wait, tonumber(first) + per - now) end
  most, longest = math.max(most, count), math.max(longest, per)
  local turns = 0
  for _, at in ipairs(redis.call('LRANGE', KEYS[1], 0, count - 1)) do
    if tonumber(at) + per > now then turns = turns + 1 end
  end
  used[#used + 1] = turns + 1
end
if used[1] > 1 and used[1] > tonumber(ARGV[3]) - tonumber(ARGV[1]) then
  wait = math.max(wait, tonumber(redis.call('LINDEX', KEYS[1], 0)) + tonumber(ARGV[2]) - now)
end
if wait > 0 then return {0, wait} end
redis.call('LPUSH', KEYS[1], now)
redis.call('LTRIM', KEYS[1], 0, most - 1)
redis.call('PEXPIRE', KEYS[1], longest)
return {1, used}
