-- Clears the marks of cells that still are what was published, so that nothing is lost between read and clear. A number
-- that is another series' by now (the slot was lost or fell back, and was numbered anew) names another cell.
-- KEYS: dirty, series, then a cells key per window. ARGV: one list as MessagePack, per window:
--   { member, stage, [series keys], [numbers], [contributions], [revisions] }
local FIRST_CELLS_KEY, CHUNK, AMENDED = 2, 1000, 4
local cleared = 0
for w, window in ipairs(cmsgpack.unpack(ARGV[1])) do
  local member, stage, keys, numbers, contributions, revisions = unpack(window)
  local cells = KEYS[FIRST_CELLS_KEY + w]
  -- Where it was amended since, contributions moved on too.
  if tonumber(redis.call('HGET', cells, 'stage') or '-1') % AMENDED == tonumber(stage) then
    for from = 1, #numbers, CHUNK do
      local to = math.min(from + CHUNK - 1, #numbers)
      local counted, revised, marks = {}, {}, {}
      for i = from, to do
        counted[i - from + 1] = numbers[i]
        revised[i - from + 1] = numbers[i] .. '.r'
      end
      local now = redis.call('HMGET', cells, unpack(counted))
      local revision = redis.call('HMGET', cells, unpack(revised))
      local number = redis.call('HMGET', KEYS[2], unpack(keys, from, to))
      for i = from, to do
        local at = i - from + 1
        local isSame = string.match(now[at] or '', '^%d*') == contributions[i] and (revision[at] or '0') == revisions[i]
        if isSame and number[at] == numbers[i] then marks[#marks + 1] = member .. '|' .. numbers[i] end
      end
      if #marks > 0 then cleared = cleared + redis.call('SREM', KEYS[1], unpack(marks)) end
    end
  end
end
return cleared
