// SPDX-License-Identifier: MIT
// Who serves a trace on a board. Functions are numbers, for clock_count().

#ifndef CONTESTANT_H
#define CONTESTANT_H

#include "reel/base.h"

// Bytes that each contestant has. The small board has room for small traces only.
#ifndef TRACE_HEAP
#define TRACE_HEAP 0x300000u
#endif

typedef struct contestant {
    const char *name;
    void (*start)(void); // with everything free; not counted
    uintptr_t object; // 0: allocate(size), reallocate(block, size), free(block)
    uintptr_t allocate;   // (object, size, align)
    uintptr_t reallocate; // (object, block, size, align)
    uintptr_t free;       // (object, block)
} contestant;

extern const contestant contestants[];
extern const size_t contestant_count;

#endif
