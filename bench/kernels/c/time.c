/* Linked with one kernel and run as `KERNEL SIZE ROUNDS`: prints its result and the nanoseconds of its fastest round. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "kernel.h"

static int64_t processor_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int32_t size = atoi(argv[1]);
  int rounds = atoi(argv[2]);
  int32_t result = 0;
  int64_t best = INT64_MAX;
  for (int round = 0; round < rounds; round++) {
    int64_t start = processor_time();
    result = kernel(size);
    int64_t time = processor_time() - start;
    if (time < best) best = time;
  }
  printf("%" PRId32 " %" PRId64 "\n", result, best);
  return 0;
}
