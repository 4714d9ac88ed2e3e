-- What readers keep of final windows holds while the stamp in `finals` stays: a text that no other moment has, also not
-- after a fallback of Redis to an earlier state.
local function finalsStamp()
  local now = redis.call('TIME')
  return now[1] .. '.' .. now[2]
end
