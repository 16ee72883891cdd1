/* What each kernel of this folder defines. */
#include <stdint.h>

int32_t kernel(int32_t size);
