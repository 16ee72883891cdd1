/* The same as count.iasm, by hand. The empty assembly keeps gcc from replacing the whole loop by its result. */
#include "kernel.h"

int32_t kernel(int32_t n) {
  int32_t i = 0;
  do {
    i++;
    __asm__ volatile("" : "+r"(i));
  } while (i != n);
  return i;
}
