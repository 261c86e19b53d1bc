// SPDX-License-Identifier: MIT
// For the backends of one core whose swap_if_relaxed is a compiler barrier already,
// as assembler that clobbers memory is: one core sees its own program order, so
// that is acquire and release as well.

#ifndef REEL_SRC_ATOMIC_ONE_ORDER_H
#define REEL_SRC_ATOMIC_ONE_ORDER_H

ALWAYS_INLINE bool swap_if_acquire(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    return swap_if_relaxed(word, seen, next);
}

ALWAYS_INLINE bool swap_if_release(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    return swap_if_relaxed(word, seen, next);
}

#endif
