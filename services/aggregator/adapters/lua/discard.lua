-- Ends the generation of a projection that cannot be loaded since one of its keys is of another type.
-- KEYS: meta, watermarks, series, dirty, due. Returns 0 when nothing is wrong with them.
local key = damagedKey()
if not key then return 0 end
endGeneration(KEYS[1], key)
return 1
