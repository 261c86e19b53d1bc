// SPDX-License-Identifier: MIT
// A stand-in: see sys/mman.h.
#ifndef STAND_IN_STDLIB_H
#define STAND_IN_STDLIB_H

#include <stddef.h>

int posix_memalign(void **, size_t, size_t);
void free(void *);

#endif
