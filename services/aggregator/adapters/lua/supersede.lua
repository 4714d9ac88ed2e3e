-- Notes whether a later version of the metric has caught up. A generation that begins anew does not know of it.
-- KEYS: meta. ARGV: 1 or 0
if redis.call('HEXISTS', KEYS[1], 'gen') == 0 then return 0 end
return redis.call('HSET', KEYS[1], 'superseded', ARGV[1])
