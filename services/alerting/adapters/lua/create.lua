-- Begins a partition's state unless there is one of this layout. Fields and documents without a head are left-overs.
-- KEYS: meta, fields, documents. ARGV: owner, cursor, activeFrom, logMs, awakeMs, alertsNext, layout
if redis.call('HGET', KEYS[1], 'layout') == ARGV[7] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'cursor', ARGV[2], 'activeFrom', ARGV[3], 'logMs', ARGV[4], 'awakeMs', ARGV[5], 'alertsNext', ARGV[6], 'layout', ARGV[7])
return 1
