-- Clears the marks of cells that still are what was published, so that nothing is lost between read and clear. A number
-- that is another series' by now (the slot was lost or fell back, and was numbered anew) names another cell.
-- KEYS: dirty, series, then a cells key per mark. ARGV per mark: member, series key, number, contributions, stage, revision
local FIRST_CELLS_KEY, PER_MARK = 3, 6
local cleared = 0
for i = FIRST_CELLS_KEY, #KEYS do
  local at = (i - FIRST_CELLS_KEY) * PER_MARK
  local number = ARGV[at + 3]
  local now = redis.call('HMGET', KEYS[i], number .. '.n', 'stage', number .. '.r')
  local isSame = (now[1] or '') == ARGV[at + 4] and (now[2] or '') == ARGV[at + 5] and (now[3] or '0') == ARGV[at + 6]
  if isSame and redis.call('HGET', KEYS[2], ARGV[at + 2]) == number then
    cleared = cleared + redis.call('SREM', KEYS[1], ARGV[at + 1])
  end
end
return cleared
