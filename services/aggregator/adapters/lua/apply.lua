-- Applies one flush to one projection, or nothing. Every check and every computation stands before the first write:
-- a script that errors half-way keeps the writes before the error.
-- KEYS: meta, watermarks, series, dirty, due, then one cells key per window, then the members keys.
-- ARGV: one list as MessagePack: generation, maxSeries, distinctMax, binMax, entitiesMax,
--   #spans, { T/P, expected, next, watermark, appendTime or '', historicalTime or '', fingerprint or '', caughtUp },
--   #counters, { field, delta },
--   [series keys], [their numbers or ''], [their breakdowns, of those without a number],
--   #windows, { member, end, cells }
-- Cells are 'same' where the window gains what the one before it does; else the letter of their values or '', [series
-- indexes], [contributions], [what the values gain] where there is a letter, and those that have other parts: #cells, { series
-- index, contributions, parts, what each part gains }.
-- What is gained is an integer of 32 bits, or a text. Letters are those of the stored cells and fields (kernel/projection.ts): s,
-- a, z, l, q of values, h, x; the part m is for members, which gain { members key index, [members] }, and e for entities:
-- { members key index, [entities], [lasts] }.
local META, WATERMARKS, SERIES, DIRTY, DUE = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local FIRST_CELLS_KEY, AMENDED = 5, 4
local CHUNK = 1000
local format = string.format
local LIST = cmsgpack.unpack(ARGV[1])
local position = 0
local function take()
  position = position + 1
  return LIST[position]
end

local generation = take()
local maxSeries = take()
local distinctMax = take()
local binMax = take()
local entitiesMax = take()

-- Fields of a hash in their order, false where there is none.
local function storedOf(key, names)
  if #names <= CHUNK then return #names > 0 and redis.call('HMGET', key, unpack(names)) or {} end
  local old = {}
  for from = 1, #names, CHUNK do
    local part = redis.call('HMGET', key, unpack(names, from, math.min(from + CHUNK - 1, #names)))
    for i = 1, #part do old[from + i - 1] = part[i] end
  end
  return old
end

-- All of the head that is asked for, at once: a command costs more than a field.
local HEAD_FIELDS, FIELDS_PER_SPAN = 4, 3
local names, spans, counters = { 'gen', 'k', 'begun', 'done' }, {}, {}
for i = 1, take() do
  local span = { name = take(), expected = take(), next = take(), watermark = take(), append = take(), historical = take(), fingerprint = take(), caughtUp = take() }
  spans[i] = span
  names[#names + 1] = 'c:' .. span.name
  names[#names + 1] = 'b:' .. span.name
  names[#names + 1] = 'o:' .. span.name
end
for i = 1, take() do
  counters[i] = { field = take(), by = take() }
  names[#names + 1] = counters[i].field
end

local wrong = damagedKey()
if wrong then return endGeneration(META, wrong) end
local head = storedOf(META, names)
if not head[1] then return { 'missing' } end
if head[1] ~= generation then return { 'generation' } end
local total = tonumber(head[2] or '0')
-- Redis may keep the beginning of a flush that a power loss cut off in its append-only file, and apply it at the next
-- restart: cells have grown then, and cursors have not. What was begun was done, or the projection is damaged.
if head[3] ~= head[4] then return endGeneration(META, META) end
local flushNumber = format('%.0f', tonumber(head[3] or '0') + 1)
if redis.call('EXISTS', WATERMARKS) == 0 then return endGeneration(META, WATERMARKS) end
if redis.call('HLEN', SERIES) ~= total then return endGeneration(META, SERIES) end
for i, span in ipairs(spans) do
  local at = HEAD_FIELDS + (i - 1) * FIELDS_PER_SPAN
  if head[at + 1] ~= span.expected then return { 'cursor' } end
  span.rebuilding, span.isStamped = head[at + 2], head[at + 3]
end
for i, counter in ipairs(counters) do
  local before = head[HEAD_FIELDS + #spans * FIELDS_PER_SPAN + i]
  counter.value = format('%.0f', tonumber(before or '0') + counter.by)
end

-- Series: numbers that the worker knows are passed, the others are looked up, then admitted while their breakdown has
-- room. A number that is not the stored one is of a history that a rollback undid: other cursors may be equal all the same.
local keys, known, breakdowns, numbers = take(), take(), take(), {}
for from = 1, #keys, CHUNK do
  local part = redis.call('HMGET', SERIES, unpack(keys, from, math.min(from + CHUNK - 1, #keys)))
  for i = 1, #part do numbers[from + i - 1] = part[i] end
end
local admitted, perBreakdown, answers, refused, isRefusing = {}, {}, {}, 0, false
for i = 1, #keys do
  local number = numbers[i]
  if known[i] ~= '' then
    if number ~= known[i] then return { 'series' } end
  else
    if not number then
      local field = 'k:' .. breakdowns[i]
      local kept = perBreakdown[field] or tonumber(redis.call('HGET', META, field) or '0')
      if breakdowns[i] ~= '' and kept >= maxSeries then
        number = '-1'
        isRefusing = true
      else
        number = tostring(total)
        total = total + 1
        kept = kept + 1
        admitted[#admitted + 1] = { keys[i], number }
      end
      perBreakdown[field] = kept
    end
    answers[#answers + 1] = keys[i]
    answers[#answers + 1] = number
    numbers[i] = number
  end
end

-- What comes after the watermark has passed a window's end changes what was told of it, also where nothing was there yet.
local passed = nil
for _, text in ipairs(redis.call('HVALS', WATERMARKS)) do
  local watermark = tonumber(text)
  if not passed or watermark < passed then passed = watermark end
end

-- What stands behind a letter, or contributions, when `by` is gained; nil when that leaves its range. Most gain a
-- number of 32 bits: with one of 32 bits as their sum, what was stored is exact in a double.
local function combined(letter, old, by)
  if type(by) == 'number' then
    local sum = (old and tonumber(old) or 0) + by
    if sum > -2147483648 and sum < 2147483648 then return format('%d', sum) end
    by = format('%d', by)
  end
  if letter == 'q' then return withinBins(by, binMax) and addBins(old or '', by) or nil end
  if letter == 'a' then return (not old or less(by, old)) and by or old end
  if letter == 'z' then return (not old or less(old, by)) and by or old end
  if letter == 'l' then return (not old or later(by, old)) and by or old end
  return add(old or '0', by)
end

-- A cell that gains contributions and, where there is a letter, a value; any other field, which gains a number, is one
-- without. nil when one of the two leaves its range.
local function gained(old, contributions, letter, by)
  if not letter then return combined('', old, contributions) end
  local at = old and string.find(old, letter, 1, true)
  local counted = combined('', at and string.sub(old, 1, at - 1) or old, contributions)
  local value = combined(letter, at and string.sub(old, at + 1), by)
  return counted and value and counted .. letter .. value
end

-- Entities of a cell whose newest value moves on: how the sum of the newest values changes, and what to write.
-- Returns nil when the sum leaves its range, or when there are more entities than a cell holds.
local function newest(name, entities, lasts)
  local sum, writes, count = '0', {}, redis.call('HLEN', name)
  for from = 1, #entities, CHUNK do
    local to = math.min(from + CHUNK - 1, #entities)
    local known = redis.call('HMGET', name, unpack(entities, from, to))
    for i = from, to do
      local old = known[i - from + 1]
      if not old or later(lasts[i], old) then
        sum = add(sum, string.match(lasts[i], '[^|]+$'))
        if sum and old then sum = add(sum, negative(string.match(old, '[^|]+$'))) end
        if not sum then return nil end
        if not old then count = count + 1 end
        writes[#writes + 1] = entities[i]
        writes[#writes + 1] = lasts[i]
      end
    end
  end
  if count > entitiesMax then return nil end
  return sum, writes
end

-- Names of the series' revisions, each made once for all windows.
local revisions = {}
local function revisionsOf(indexes)
  local names = {}
  for i = 1, #indexes do
    local index = indexes[i]
    local name = revisions[index]
    if not name then
      name = numbers[index] .. '.r'
      revisions[index] = name
    end
    names[i] = name
  end
  return names
end

-- Cells by columns, without those of series that are not admitted.
local function takeColumns(letter)
  local indexes, contributions, values = take(), take(), letter and take() or {}
  local columns = { letter = letter, indexes = indexes, contributions = contributions, values = values, names = {}, refused = 0 }
  if isRefusing then
    columns.indexes, columns.contributions, columns.values = {}, {}, {}
    for i, index in ipairs(indexes) do
      if numbers[index] == '-1' then
        columns.refused = columns.refused + contributions[i]
      else
        local at = #columns.indexes + 1
        columns.indexes[at], columns.contributions[at], columns.values[at] = index, contributions[i], values[i]
      end
    end
  end
  for i, index in ipairs(columns.indexes) do columns.names[i] = numbers[index] end
  return columns
end

local windows, columns = {}, nil
for w = 1, take() do
  local member, windowEnd = take(), take()
  local key = KEYS[FIRST_CELLS_KEY + w]
  local head = redis.pcall('HMGET', key, 'end', 'stage')
  local isMarked = redis.call('ZSCORE', DUE, member)
  -- Cells and their mark come and go together.
  if head.err or (head[1] and not isMarked) or (isMarked and not head[1]) then return endGeneration(META, key) end
  local isClosed = passed and passed >= tonumber(windowEnd)
  -- Its stage is behind, also where Redis lost it.
  local isDue = passed and passed >= tonumber(isMarked or windowEnd)
  local writes, written, dirty, marked = {}, 0, {}, 0
  local window = { member = member, key = key, windowEnd = windowEnd, isNew = not head[1], isDue = isDue, stage = tonumber(head[2] or '0'), isAmended = false, writes = writes, dirty = dirty, members = {}, entities = {} }
  -- Letters are one for all, or of each. Returns the first field that leaves its range.
  local function gainAll(names, gains, values, letters)
    local old, letter, isOne = storedOf(key, names), letters, type(letters) ~= 'table'
    for i = 1, #names do
      if not isOne then letter = letters[i] end
      local before = old[i]
      local value = gained(before, gains[i], letter, values[i])
      if not value then return names[i] end
      if value ~= before then
        writes[written + 1] = names[i]
        writes[written + 2] = value
        written = written + 2
      end
    end
    return nil, old
  end
  local letter, otherCount = take(), 0
  if letter ~= 'same' then
    columns = takeColumns(letter ~= '' and letter)
    otherCount = take()
  end
  refused = refused + columns.refused
  local over = gainAll(columns.names, columns.contributions, columns.values, columns.letter)
  if over then return { 'overflow', member .. '|' .. over } end
  local prefix = member .. '|'
  for i, name in ipairs(columns.names) do dirty[i] = prefix .. name end
  marked = #columns.names
  if isClosed then
    local ones = {}
    for i = 1, marked do ones[i] = 1 end
    window.isAmended = marked > 0
    gainAll(revisionsOf(columns.indexes), ones, {}, false)
  end
  local names, gains, values, letters = {}, {}, {}, {}
  local function gain(name, by)
    local at = #names + 1
    names[at], gains[at], letters[at] = name, by, false
    return at
  end
  local function amend(number, part, by)
    gain(number .. '.' .. part, by)
    window.isAmended = true
  end
  for _ = 1, otherCount do
    local number, contributions, cellParts = numbers[take()], take(), take()
    local isKept = number ~= '-1'
    local at = isKept and gain(number, contributions)
    if not isKept then refused = refused + contributions end
    for i = 1, #cellParts do
      local part = string.sub(cellParts, i, i)
      if part == 'e' then
        local name, entities, lasts = KEYS[take()], take(), take()
        if isKept then
          local kind = redis.call('TYPE', name).ok
          if kind ~= 'hash' and (kind ~= 'none' or redis.call('HEXISTS', key, number) == 1) then
            return endGeneration(META, name)
          end
          local by, entityWrites = newest(name, entities, lasts)
          if not by then return { 'overflow', member .. '|' .. number } end
          letters[at], values[at] = 's', by
          window.entities[#window.entities + 1] = { name = name, writes = entityWrites }
        end
      elseif part == 'm' then
        local name, members = KEYS[take()], take()
        if isKept then window.members[#window.members + 1] = { name = name, cell = at, members = members } end
      else
        local by = take()
        if isKept and (part == 'h' or part == 'x') then
          amend(number, part, by)
        elseif isKept then
          letters[at], values[at] = part, by
        end
      end
    end
    if isKept then
      if isClosed then amend(number, 'r', 1) end
      marked = marked + 1
      dirty[marked] = prefix .. number
    end
  end
  local beyond, old = gainAll(names, gains, values, letters)
  if beyond then return { 'overflow', member .. '|' .. beyond } end
  for _, entry in ipairs(window.members) do
    entry.kind = redis.call('TYPE', entry.name).ok
    local isFit = entry.kind == 'set' or entry.kind == 'string' or (entry.kind == 'none' and not old[entry.cell])
    if not isFit then return endGeneration(META, entry.name) end
  end
  windows[w] = window
end

-- From here on only writes.
local function each(list, action)
  for from = 1, #list, CHUNK do action(unpack(list, from, math.min(from + CHUNK - 1, #list))) end
end
redis.call('HSET', META, 'begun', flushNumber)
local seriesWrites, metaWrites, watermarkWrites = {}, { 'k', tostring(total) }, {}
local function put(list, field, value)
  list[#list + 1] = field
  list[#list + 1] = value
end
for _, pair in ipairs(admitted) do put(seriesWrites, pair[1], pair[2]) end
each(seriesWrites, function(...) redis.call('HSET', SERIES, ...) end)
for field, kept in pairs(perBreakdown) do put(metaWrites, field, tostring(kept)) end
if refused > 0 then redis.call('HINCRBY', META, 'refused', string.format('%.0f', refused)) end
local finals
for _, window in ipairs(windows) do
  if #window.writes > 0 then
    if window.stage % AMENDED == 2 or window.isDue then finals = finalsStamp() end
    if window.isNew then
      redis.call('HSET', window.key, 'end', window.windowEnd, 'stage', '0')
      redis.call('ZADD', DUE, window.windowEnd, window.member)
    end
    if window.isAmended and window.stage < AMENDED then redis.call('HINCRBY', window.key, 'stage', AMENDED) end
    each(window.writes, function(...) redis.call('HSET', window.key, ...) end)
    each(window.dirty, function(...) redis.call('SADD', DIRTY, ...) end)
    for _, entry in ipairs(window.entities) do
      each(entry.writes, function(...) redis.call('HSET', entry.name, ...) end)
    end
    for _, entry in ipairs(window.members) do
      local name, kind, members = entry.name, entry.kind, entry.members
      if kind == 'string' then
        each(members, function(...) redis.call('PFADD', name, ...) end)
      else
        each(members, function(...) redis.call('SADD', name, ...) end)
        if redis.call('SCARD', name) > distinctMax then
          local all = redis.call('SMEMBERS', name)
          redis.call('DEL', name)
          each(all, function(...) redis.call('PFADD', name, ...) end)
        end
      end
    end
  end
end
for _, counter in ipairs(counters) do put(metaWrites, counter.field, counter.value) end
for _, span in ipairs(spans) do
  put(metaWrites, 'c:' .. span.name, span.next)
  if span.append ~= '' then put(metaWrites, 'a:' .. span.name, span.append) end
  if span.historical ~= '' then put(metaWrites, 'h:' .. span.name, span.historical) end
  if span.fingerprint ~= '' then
    if not span.isStamped then put(metaWrites, 'o:' .. span.name, span.fingerprint) end
    put(metaWrites, 'f:' .. span.name, span.fingerprint)
  end
  put(watermarkWrites, span.name, span.watermark)
  if span.rebuilding and span.caughtUp == '1' then
    redis.call('HDEL', META, 'b:' .. span.name)
    if redis.call('HINCRBY', META, 'building', '-1') <= 0 then redis.call('HDEL', META, 'building', 'state') end
  end
end
if finals then put(metaWrites, 'finals', finals) end
each(watermarkWrites, function(...) redis.call('HSET', WATERMARKS, ...) end)
each(metaWrites, function(...) redis.call('HSET', META, ...) end)
redis.call('HSET', META, 'done', flushNumber)
return { 'applied', answers }
