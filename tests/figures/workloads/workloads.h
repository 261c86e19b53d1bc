// SPDX-License-Identifier: MIT
// Fixed sequences of requests, the same for every contestant, each call of which
// is counted to the instruction (clock/clock.h).

#ifndef WORKLOADS_H
#define WORKLOADS_H

#include "reel/base.h"

#define WORKLOAD_HEAP     8192u // bytes that each contestant has
#define WORKLOAD_SMALLEST 16u   // bytes of a request
#define WORKLOAD_LARGEST  256u
#define WORKLOAD_SLOTS    40u // the most blocks that are wanted at once
#define WORKLOAD_ALIGN    8u

// A contestant that serves the requests. Functions are as numbers, to be called by
// clock_count().
typedef struct contestant {
    const char *name;
    void (*start)(void); // with everything free; not counted
    uintptr_t object;    // 0: allocate(size) and free(block)
    uintptr_t allocate;  // (object, size, align)
    uintptr_t free;      // (object, block, size)
    uintptr_t reset[2];  // (object, argument): they free everything; 0: none
    uintptr_t argument;
} contestant;

extern const contestant contestants[];
extern const size_t contestant_count;

#endif
