-- Run as `lua time.lua FILE SIZE ROUNDS`: prints the kernel's result and the nanoseconds of its fastest round.
local kernel = dofile(arg[1])
local size, rounds = tonumber(arg[2]), tonumber(arg[3])
local result
local best = math.huge
for _ = 1, rounds do
  local start = os.clock()
  result = kernel(size)
  best = math.min(best, os.clock() - start)
end
print(string.format("%d %.0f", result, best * 1e9))
