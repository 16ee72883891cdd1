/* The same as fib.iasm, by hand. */
#include "kernel.h"

int32_t kernel(int32_t n) { return n < 2 ? n : kernel(n - 1) + kernel(n - 2); }
