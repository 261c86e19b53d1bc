// SPDX-License-Identifier: MIT
// One context: no handler and no second thread calls reel.

#ifndef REEL_SRC_ATOMIC_NONE_H
#define REEL_SRC_ATOMIC_NONE_H

#include "one_core.h"

ALWAYS_INLINE bool swap_if_relaxed(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    const uintptr_t expected = *seen;
    *seen = load_relaxed(word);
    if (*seen != expected) {
        return false;
    }
    store_relaxed(word, next);
    return true;
}

ALWAYS_INLINE bool swap_if_acquire(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    const bool swapped = swap_if_relaxed(word, seen, next);
    COMPILER_BARRIER();
    return swapped;
}

ALWAYS_INLINE bool swap_if_release(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    COMPILER_BARRIER();
    return swap_if_relaxed(word, seen, next);
}

#endif
