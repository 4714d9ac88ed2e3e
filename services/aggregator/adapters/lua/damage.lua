-- A projection of which a key is missing, or of another type, is no function of the log any more: its generation ends here,
-- and what is left of it goes before the next one begins (sweep.lua).
local KINDS = { 'hash', 'hash', 'hash', 'set', 'zset' }
local function endGeneration(meta, what)
  if redis.call('TYPE', meta).ok ~= 'hash' then redis.call('DEL', meta) end
  redis.call('HDEL', meta, 'gen')
  redis.call('HSET', meta, 'damaged', what)
  return { 'damaged', what }
end

-- KEYS begin with meta, watermarks, series, dirty, due. Returns the one of them that is not what it must be, or nil.
local function damagedKey()
  for i, kind in ipairs(KINDS) do
    local found = redis.call('TYPE', KEYS[i]).ok
    if found ~= 'none' and found ~= kind then return KEYS[i] end
  end
  return nil
end
