-- A worker takes the projection up. It does so also after Redis fell back: what is counted from here on may be told apart from
-- what was counted before by nothing else. KEYS: meta
if redis.call('HEXISTS', KEYS[1], 'gen') == 1 then redis.call('HSET', KEYS[1], 'finals', finalsStamp()) end
return 1
