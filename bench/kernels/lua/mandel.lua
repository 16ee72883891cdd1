-- The same as mandel.iasm, by hand.
return function(n)
  local step = 4 / n
  local total = 0
  local ci = -2.0
  for _ = 1, n do
    local cr = -2.0
    for _ = 1, n do
      local zr = 0.0
      local zi = 0.0
      local steps = 0
      repeat
        local zr2 = zr * zr
        local zi2 = zi * zi
        if zr2 + zi2 > 4 then
          break
        end
        zi = zr * zi * 2 + ci
        zr = zr2 - zi2 + cr
        steps = steps + 1
      until steps == 50
      total = total + steps
      cr = cr + step
    end
    ci = ci + step
  end
  return total
end
