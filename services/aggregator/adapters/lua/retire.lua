-- Ends a generation: from here on every flush of it is refused, and what it left may be purged.
-- KEYS: meta. ARGV: generation
if redis.call('HGET', KEYS[1], 'gen') ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], 'gen')
