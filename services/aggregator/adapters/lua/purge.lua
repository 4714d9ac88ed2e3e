-- Removes one window that a lost generation left, unless a new one has begun: its cells must not be added to.
-- KEYS: meta, due, cells key, then the members keys. ARGV: member
if redis.call('HEXISTS', KEYS[1], 'gen') == 1 then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
for i = 3, #KEYS, 1000 do redis.call('UNLINK', unpack(KEYS, i, math.min(i + 999, #KEYS))) end
return 1
