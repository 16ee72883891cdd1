-- The same as collatz.iasm, by hand; for Lua 5.3 and later, which have integers.
return function(limit)
  local total = 0
  for start = 1, limit - 1 do
    local n = start
    while n ~= 1 do
      total = total + 1
      if n & 1 == 0 then
        n = n >> 1
      else
        n = n * 3 + 1
      end
    end
  end
  return total
end
