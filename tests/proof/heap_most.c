// SPDX-License-Identifier: MIT
// src/heap_init.c: the search for the most granules finds them, if fewer fit wherever
// more do (heap_init.c).

#include "heap.h"

// `start` is passed on and otherwise not looked at: here it says how many fit.
bool cut_fits(uintptr_t start, size_t size, size_t granule, size_t n,
              size_t *before)
{
    (void)size, (void)granule;
    *before = 0;
    return n <= start;
}

uintptr_t cut_log2_of(size_t pow2)
{
    return any_log2_of(pow2);
}

#include "where/most_granules"

PROOF(the_most_granules_that_fit_are_found, 2 * WORD_BITS)
{
    const uintptr_t shift = any_case(ANY_SHIFT);
    const size_t size = any_word();
    const size_t most = any_word();
    ASSUME(most <= size >> shift); // heap_init.c proves it
    const size_t n = most_granules(most, size, (size_t)1 << shift);
    ASSERT(n == most);
    COVER(n > 1 && n < size >> shift);
}
