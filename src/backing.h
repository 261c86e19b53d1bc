// SPDX-License-Identifier: MIT
// What a free is worth to the allocator behind, asked before memory is given up.

#ifndef REEL_SRC_BACKING_H
#define REEL_SRC_BACKING_H

#include "reel/allocator.h"

// A stack gives back its last block only. Does the block that ends at `stop` lie right
// below where the next one would? It does if less than a granule is between them, and
// two blocks of a byte lie a granule apart.
static inline bool is_last_of(const reel_allocator *backing, uintptr_t stop)
{
    void *const next = reel_allocate(*backing, 1, 1);
    if (next == NULL) {
        return false; // nobody knows
    }
    void *const second = reel_allocate(*backing, 1, 1);
    const uintptr_t gap = (uintptr_t)next - stop;
    const uintptr_t granule = (uintptr_t)second - (uintptr_t)next;
    const bool is_last = second != NULL ? gap < granule : gap == 0;
    if (second != NULL) {
        (void)reel_free(*backing, second, 1);
    }
    (void)reel_free(*backing, next, 1);
    return is_last;
}

// Would memory up to `stop` be of use to anybody, if it were freed?
static inline bool is_worth_freeing(const reel_allocator *backing,
                                    uintptr_t stop)
{
    switch (reel_allocator_frees(*backing)) {
    case REEL_FREES_NEVER:
        return false;
    case REEL_FREES_LAST:
        return is_last_of(backing, stop);
    case REEL_FREES_AT_ONCE:
        break;
    }
    return true;
}

#endif
