/* The same as sieve.iasm, by hand. */
#include <stdlib.h>
#include "kernel.h"

int32_t kernel(int32_t n) {
  int32_t *struck = calloc((size_t)n, sizeof *struck);
  if (struck == NULL) return -1;
  int32_t primes = 0;
  for (int32_t i = 2; i < n; i++) {
    if (struck[i] != 0) continue;
    primes++;
    for (int32_t j = i + i; j < n; j += i) struck[j] = 1;
  }
  free(struck);
  return primes;
}
