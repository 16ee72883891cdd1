/* The same as mandel.iasm, by hand. */
#include "kernel.h"

int32_t kernel(int32_t n) {
  double step = 4.0 / n;
  int32_t total = 0;
  double ci = -2;
  for (int32_t row = 0; row < n; row++, ci += step) {
    double cr = -2;
    for (int32_t column = 0; column < n; column++, cr += step) {
      double zr = 0;
      double zi = 0;
      int32_t steps = 0;
      do {
        double zr2 = zr * zr;
        double zi2 = zi * zi;
        if (zr2 + zi2 > 4) break;
        zi = zr * zi * 2 + ci;
        zr = zr2 - zi2 + cr;
        steps++;
      } while (steps != 50);
      total += steps;
    }
  }
  return total;
}
