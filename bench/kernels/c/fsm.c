/* The same as fsm.iasm, by hand; the generator is unsigned, since it overflows. */
#include "kernel.h"

int32_t kernel(int32_t steps) {
  uint32_t x = 12345;
  int32_t sum = 0;
  int32_t state = 0;
  for (;;) {
    switch (state) {
      case 0:
        sum += 1;
        if (--steps == 0) return sum;
        x = x * 1103515245u + 12345u;
        state = (int32_t)x < 0 ? 1 : 2;
        break;
      case 1:
        sum += 2;
        if (--steps == 0) return sum;
        x = x * 1103515245u + 12345u;
        state = (int32_t)x < 0 ? 3 : 0;
        break;
      case 2:
        sum += 3;
        if (--steps == 0) return sum;
        x = x * 1103515245u + 12345u;
        state = (int32_t)x < 0 ? 0 : 3;
        break;
      default:
        sum += 5;
        if (--steps == 0) return sum;
        x = x * 1103515245u + 12345u;
        state = (int32_t)x < 0 ? 2 : 1;
        break;
    }
  }
}
