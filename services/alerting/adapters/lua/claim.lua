-- Makes the caller the only one who may commit, and gives what is stored; another layout than the caller's is nothing.
-- KEYS: meta, fields, documents. ARGV: owner, layout
if redis.call('HGET', KEYS[1], 'layout') ~= ARGV[2] then return {} end
redis.call('HSET', KEYS[1], 'owner', ARGV[1])
return { redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]) }
