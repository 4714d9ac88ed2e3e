-- Begins a partition's state unless there is one. Fields and documents without a head are left-overs.
-- KEYS: meta, fields, documents. ARGV: owner, cursor, activeFrom, logMs, awakeMs, alertsNext
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'cursor', ARGV[2], 'activeFrom', ARGV[3], 'logMs', ARGV[4], 'awakeMs', ARGV[5], 'alertsNext', ARGV[6])
return 1
