// SPDX-License-Identifier: MIT
// An atomics backend in which, just before each exchange, another context gets in:
// what an interrupt or another core may do at the worst moment. A test sets
// test_before_swap; the library is built with this header as REEL_ATOMICS_HEADER.

#ifndef REEL_TESTS_MEDDLING_H
#define REEL_TESTS_MEDDLING_H

#include "../src/atomic/one_core.h"

extern void (*test_before_swap)(void);

// The meddler itself is left alone.
ALWAYS_INLINE void meddle(void)
{
    void (*const meddler)(void) = test_before_swap;
    if (meddler != NULL) {
        test_before_swap = NULL;
        meddler();
    }
}

ALWAYS_INLINE bool swap_if_relaxed(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    const uintptr_t expected = *seen;
    meddle();
    *seen = load_relaxed(word);
    if (*seen == expected) {
        store_relaxed(word, next);
    }
    COMPILER_BARRIER();
    return *seen == expected;
}

#include "../src/atomic/one_order.h"

#endif
