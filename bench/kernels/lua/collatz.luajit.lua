-- The same as collatz.lua for LuaJIT, whose operators on bits are functions.
local band, rshift = bit.band, bit.rshift
return function(limit)
  local total = 0
  for start = 1, limit - 1 do
    local n = start
    while n ~= 1 do
      total = total + 1
      if band(n, 1) == 0 then
        n = rshift(n, 1)
      else
        n = n * 3 + 1
      end
    end
  end
  return total
end
