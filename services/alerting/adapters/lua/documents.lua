-- Documents of alerts, each with its last look and what that shares with other alerts, as of one moment.
-- KEYS: meta, fields, documents. ARGV: layout, { alert }; without any alert, all there are
if redis.call('HGET', KEYS[1], 'layout') ~= ARGV[1] then return false end

local alerts = {}
for i = 2, #ARGV do alerts[i - 1] = ARGV[i] end
if #alerts == 0 then alerts = redis.call('HKEYS', KEYS[3]) end

-- The name stands last in a look that has one: [nextStartMs, said, isNewestSlot, name], or [said, name]
local function shared(look)
  if not look or string.sub(look, -2) ~= '"]' then return false end
  local parts = cjson.decode(look)
  return redis.call('HGET', KEYS[2], parts[#parts])
end

local found = {}
for i, alert in ipairs(alerts) do
  local document = redis.call('HGET', KEYS[3], alert)
  local look = document and redis.call('HGET', KEYS[2], 'l|' .. alert)
  found[i] = { document, look, shared(look) }
end
return found
