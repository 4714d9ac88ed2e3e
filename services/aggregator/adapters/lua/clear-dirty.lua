-- Clears the marks of cells that still are what was published, so that nothing is lost between read and clear.
-- KEYS: dirty, then a cells key per mark. ARGV per mark: member, series number, contributions, stage, revision
local cleared = 0
for i = 2, #KEYS do
  local at = (i - 2) * 5
  local number = ARGV[at + 2]
  local now = redis.call('HMGET', KEYS[i], number .. '.n', 'stage', number .. '.r')
  if (now[1] or '') == ARGV[at + 3] and (now[2] or '') == ARGV[at + 4] and (now[3] or '0') == ARGV[at + 5] then
    cleared = cleared + redis.call('SREM', KEYS[1], ARGV[at + 1])
  end
end
return cleared
