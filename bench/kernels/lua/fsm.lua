-- The same as fsm.iasm, by hand; for Lua 5.3 and later. The sign is bit 31, whether integers have 32 or 64 bits.
return function(steps)
  local left = steps
  local x = 12345
  local sum = 0
  local state = 0
  while true do
    if state == 0 then
      sum = sum + 1
      left = left - 1
      if left == 0 then
        return sum
      end
      x = (x * 1103515245 + 12345) & 0xffffffff
      state = x & 0x80000000 ~= 0 and 1 or 2
    elseif state == 1 then
      sum = sum + 2
      left = left - 1
      if left == 0 then
        return sum
      end
      x = (x * 1103515245 + 12345) & 0xffffffff
      state = x & 0x80000000 ~= 0 and 3 or 0
    elseif state == 2 then
      sum = sum + 3
      left = left - 1
      if left == 0 then
        return sum
      end
      x = (x * 1103515245 + 12345) & 0xffffffff
      state = x & 0x80000000 ~= 0 and 0 or 3
    else
      sum = sum + 5
      left = left - 1
      if left == 0 then
        return sum
      end
      x = (x * 1103515245 + 12345) & 0xffffffff
      state = x & 0x80000000 ~= 0 and 2 or 1
    end
  end
end
