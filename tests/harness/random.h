// SPDX-License-Identifier: MIT
// A fixed pseudo-random sequence: a failure repeats on every machine.

#ifndef REEL_TEST_RANDOM_H
#define REEL_TEST_RANDOM_H

#include "reel/base.h"

static inline uint32_t test_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static inline size_t test_below(uint32_t *seed, size_t limit)
{
    return (size_t)test_random(seed) % limit;
}

#endif
