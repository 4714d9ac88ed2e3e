-- Exact 64-bit integers as decimal strings. Lua's numbers are doubles: below 2^53 they are exact and fast; above, an
-- integer is split into two parts, hi * 10^9 + lo, both of its sign.
local SAFE = 9007199254740992
local LIMIT_HI = 9223372036

local function split(text)
  local sign, digits = 1, text
  if string.sub(text, 1, 1) == '-' then
    sign = -1
    digits = string.sub(text, 2)
  end
  local hi = tonumber(string.sub(digits, 1, -10)) or 0
  local lo = tonumber(string.sub(digits, -9)) or 0
  return sign * hi, sign * lo
end

local function join(hi, lo)
  if lo >= 1000000000 then hi, lo = hi + 1, lo - 1000000000 end
  if lo <= -1000000000 then hi, lo = hi - 1, lo + 1000000000 end
  if hi > 0 and lo < 0 then hi, lo = hi - 1, lo + 1000000000 end
  if hi < 0 and lo > 0 then hi, lo = hi + 1, lo - 1000000000 end
  if hi >= LIMIT_HI or hi <= -LIMIT_HI then return nil end
  if hi == 0 then return string.format('%.0f', lo) end
  local sign = (hi < 0) and '-' or ''
  return string.format('%s%.0f%09.0f', sign, math.abs(hi), math.abs(lo))
end

-- The sum of two decimal strings, or nil when it leaves the range.
local function add(a, b)
  local x, y = tonumber(a), tonumber(b)
  local sum = x + y
  if x > -SAFE and x < SAFE and y > -SAFE and y < SAFE and sum > -SAFE and sum < SAFE then
    return string.format('%.0f', sum)
  end
  local ahi, alo = split(a)
  local bhi, blo = split(b)
  return join(ahi + bhi, alo + blo)
end

local function negative(a)
  if string.sub(a, 1, 1) == '-' then return string.sub(a, 2) end
  return '-' .. a
end

local function less(a, b)
  local ahi, alo = split(a)
  local bhi, blo = split(b)
  if ahi ~= bhi then return ahi < bhi end
  return alo < blo
end

-- `time|partition|offset|value`: whether a is later than b in that order.
local function later(a, b)
  local at, ap, ao = string.match(a, '^(-?%d+)|(%d+)|(%d+)|')
  local bt, bp, bo = string.match(b, '^(-?%d+)|(%d+)|(%d+)|')
  if at ~= bt then return tonumber(at) > tonumber(bt) end
  if ap ~= bp then return tonumber(ap) > tonumber(bp) end
  return tonumber(ao) > tonumber(bo)
end

-- `index:count index:count ...`, ascending by index: the counts of both, added.
local function addBins(a, b)
  local out = {}
  local nextA, nextB = string.gmatch(a, '(-?%d+):(%d+)'), string.gmatch(b, '(-?%d+):(%d+)')
  local indexA, countA = nextA()
  local indexB, countB = nextB()
  while indexA or indexB do
    local x = indexA and tonumber(indexA) or math.huge
    local y = indexB and tonumber(indexB) or math.huge
    if x == y then
      out[#out + 1] = indexA .. ':' .. add(countA, countB)
    elseif x < y then
      out[#out + 1] = indexA .. ':' .. countA
    else
      out[#out + 1] = indexB .. ':' .. countB
    end
    if x <= y then indexA, countA = nextA() end
    if y <= x then indexB, countB = nextB() end
  end
  return table.concat(out, ' ')
end

-- Whether all bins are at most `max` away from zero's.
local function withinBins(bins, max)
  local first, last = string.match(bins, '^(-?%d+):'), string.match(bins, '(-?%d+):%d+$')
  return tonumber(first) >= -max and tonumber(last) <= max
end
