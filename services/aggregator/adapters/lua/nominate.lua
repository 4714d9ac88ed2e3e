-- Notes whether the projection is that of a candidate, also before it is begun, and for the generations to come.
-- KEYS: meta. ARGV: 1 or 0
if ARGV[1] == '1' then return redis.call('HSET', KEYS[1], 'candidate', '1') end
return redis.call('HDEL', KEYS[1], 'candidate')
