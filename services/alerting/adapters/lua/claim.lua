-- Makes the caller the only one who may commit, and gives what is stored.
-- KEYS: meta, fields, documents. ARGV: owner
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
redis.call('HSET', KEYS[1], 'owner', ARGV[1])
return { redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]) }
