/* The same as collatz.iasm, by hand. */
#include "kernel.h"

int32_t kernel(int32_t limit) {
  int32_t total = 0;
  for (int32_t start = 1; start < limit; start++) {
    int32_t n = start;
    while (n != 1) {
      total++;
      n = (n & 1) == 0 ? n >> 1 : n * 3 + 1;
    }
  }
  return total;
}
