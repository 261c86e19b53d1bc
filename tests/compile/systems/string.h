// SPDX-License-Identifier: MIT
// A stand-in: see sys/mman.h.
#ifndef STAND_IN_STRING_H
#define STAND_IN_STRING_H

#include <stddef.h>

void *memcpy(void *, const void *, size_t);

#endif
