// Counts that several contexts keep.

#ifndef REEL_SRC_COUNT_H
#define REEL_SRC_COUNT_H

#include "atomic.h"

// Have `count` be at least `least`, whoever else raises it.
static inline void raise_count(reel_word *count, uintptr_t least)
{
    uintptr_t seen = load_relaxed(count);
    while (seen < least && !swap_if_relaxed(count, &seen, least)) {
    }
}

// One more, if there is one more. Two contexts at once may count one: it is a
// statistic, and stays off the exchanges.
static inline void count_one(reel_word *count)
{
    const uintptr_t seen = load_relaxed(count);
    if (seen < UINTPTR_MAX) {
        store_relaxed(count, seen + 1);
    }
}

#endif
