-- The same as fsm.lua for LuaJIT: integers of 64 bits for the product, cut to 32.
local tobit = bit.tobit
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
      x = tobit(1103515245LL * x + 12345)
      state = x < 0 and 1 or 2
    elseif state == 1 then
      sum = sum + 2
      left = left - 1
      if left == 0 then
        return sum
      end
      x = tobit(1103515245LL * x + 12345)
      state = x < 0 and 3 or 0
    elseif state == 2 then
      sum = sum + 3
      left = left - 1
      if left == 0 then
        return sum
      end
      x = tobit(1103515245LL * x + 12345)
      state = x < 0 and 0 or 3
    else
      sum = sum + 5
      left = left - 1
      if left == 0 then
        return sum
      end
      x = tobit(1103515245LL * x + 12345)
      state = x < 0 and 2 or 1
    end
  end
end
