-- Removes keys that a damaged projection left, unless a new generation has begun. KEYS: meta, then what goes.
-- With meta alone: all is gone, and the next generation may begin.
if redis.call('HEXISTS', KEYS[1], 'gen') == 1 then return 0 end
if #KEYS == 1 then return redis.call('HDEL', KEYS[1], 'damaged') end
for i = 2, #KEYS, 1000 do redis.call('UNLINK', unpack(KEYS, i, math.min(i + 999, #KEYS))) end
return 1
