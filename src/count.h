// SPDX-License-Identifier: MIT
// Counts that several contexts change.

#ifndef REEL_SRC_COUNT_H
#define REEL_SRC_COUNT_H

#include "atomic.h"

// Raise `count` to at least `least`. Other contexts may raise it, too.
static inline void raise_count(reel_word *count, uintptr_t least)
{
    uintptr_t seen = load_relaxed(count);
    while (seen < least && !swap_if_relaxed(count, &seen, least)) {
    }
}

// Add 1, up to the maximum. Two contexts at once may count one: this is a
// statistic, and needs no exchange.
static inline void count_one(reel_word *count)
{
    const uintptr_t seen = load_relaxed(count);
    if (seen < UINTPTR_MAX) {
        store_relaxed(count, seen + 1);
    }
}

#endif
