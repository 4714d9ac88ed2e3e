-- Windows that the watermark has passed, the oldest first. KEYS: watermarks, due. ARGV: how many at most
local watermark = nil
for _, text in ipairs(redis.call('HVALS', KEYS[1])) do
  local value = tonumber(text)
  if not watermark or value < watermark then watermark = value end
end
if not watermark then return {} end
return redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', watermark), 'LIMIT', 0, ARGV[1])
