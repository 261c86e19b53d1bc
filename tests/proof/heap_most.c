// SPDX-License-Identifier: MIT
// src/heap_init.c: the search for the most granules finds them, if fewer fit wherever
// more do (heap_init.c).

#include "heap.h"

// The bit that is asked about next.
static uintptr_t bit;

// `start` is passed on and otherwise not looked at: here it says how many fit.
bool cut_fits(uintptr_t start, size_t size, size_t granule, size_t n,
              size_t *before)
{
    (void)size, (void)granule;
    *before = 0;
    // The bits above it are what has been found.
    LEMMA(n == ((start & (0 - 2 * bit)) | bit));
    const bool is_fit = (start & bit) != 0;
    LEMMA(is_fit == (n <= start));
    bit >>= 1;
    return is_fit;
}

uintptr_t cut_log2_of(size_t pow2)
{
    const uintptr_t log2 = any_word();
    ASSUME(log2 > 1 && log2 < WORD_BITS && pow2 == (size_t)1 << log2);
    return log2;
}

// What bits.c proves of it.
uintptr_t cut_pow2_above(size_t n)
{
    ASSUME(n < bit && bit / 2 <= n);
    return bit;
}

#include "where/most_granules"

PROOF(the_most_granules_that_fit_are_found, WORD_BITS)
{
    const size_t size = any_word();
    const size_t granule = any_word();
    const size_t most = any_word();
    const uintptr_t above = (uintptr_t)1 << any_case(0, WORD_BITS - 2);
    bit = above;
    ASSUME(most < above); // heap_init.c proves it
    const size_t n = most_granules(most, size, granule);
    ASSERT(n == most);
    COVER(n > 1 && n + 1 < above);
}
