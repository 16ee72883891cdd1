-- The same as sieve.iasm, by hand.
return function(n)
  local struck = {}
  for i = 1, n - 1 do
    struck[i] = 0
  end
  local primes = 0
  for i = 2, n - 1 do
    if struck[i] == 0 then
      primes = primes + 1
      for j = i + i, n - 1, i do
        struck[j] = 1
      end
    end
  end
  return primes
end
