-- The same as count.iasm, by hand.
return function(n)
  local i = 0
  repeat
    i = i + 1
  until i == n
  return i
end
