// SPDX-License-Identifier: MIT
// src/heap_init.c: heads, map and granules lie in the buffer, one behind the other.
//
// heap_most.c proves that the search finds the most granules that fit, if fewer fit
// wherever more do.

#include "heap.h"

#include "where/most_granules"

uintptr_t cut_log2_of(size_t pow2)
{
    return any_log2_of(pow2);
}

static size_t bytes_of_map(uintptr_t bin, size_t n)
{
    return (bin + 1) * sizeof(uintptr_t)
           + (n / WORD_BITS + 1) * sizeof(reel_heap_cell);
}

PROOF(what_fits_lies_in_the_buffer, 0)
{
    const uintptr_t shift = any_case(ANY_SHIFT);
    const uintptr_t start = any_word();
    const size_t size = any_word();
    const size_t n = any_word();
    const uintptr_t mask = ((uintptr_t)1 << shift) - 1;
    size_t before;
    ASSUME(n > 0 && is_below_top(start, size));
    const uintptr_t end = any_same(start + map_end(n));
    KNOW_GAP(end, mask);
    const bool is_fit = fits(start, size, mask + 1, n, &before);
    LEMMA(!is_fit || before <= size);
    const size_t left = any_same(size - before);
    TRUTH(n > left >> shift
          || (n <= UINTPTR_MAX >> shift && n << shift <= left));
    ASSERT(!is_fit || n <= size >> shift);
    ASSERT(!is_fit
           || (n <= UINTPTR_MAX >> shift && n << shift <= size - before));
    ASSERT(!is_fit || before >= map_end(n));
    ASSERT(!is_fit || before - map_end(n) <= mask);
    ASSERT(!is_fit || ((start + before) & mask) == 0);
    COVER(is_fit && n > 1);
    COVER(!is_fit && n > 1);
    OBSERVE(is_fit);
}

// Then the search from the highest bit down finds the most. (See `open`.)
PROOF(if_so_many_fit_fewer_do, 0)
{
    const uintptr_t shift = any_case(ANY_SHIFT);
    const uintptr_t start = any_word();
    const size_t size = any_word();
    const size_t n = any_word();
    const size_t fewer = any_word();
    const uintptr_t mask = ((uintptr_t)1 << shift) - 1;
    size_t before;
    ASSUME(fewer > 0 && fewer < n && is_below_top(start, size));
    ASSUME(bin_of(fewer) <= bin_of(n)); // heap_bits.c proves it
    const size_t end = any_same(map_end(n));
    const size_t lower = any_same(map_end(fewer));
    const uintptr_t bin = any_same(bin_of(n));
    const uintptr_t lower_bin = any_same(bin_of(fewer));
    LEMMA(bin < 4 * WORD_BITS);
    TRUTH(bin >= 4 * WORD_BITS || lower_bin > bin || fewer > n
          || bytes_of_map(lower_bin, fewer) <= bytes_of_map(bin, n));
    LEMMA(lower <= end);
    KNOW_GAP(start + end, mask);
    KNOW_GAP(start + lower, mask);
    TRUTH(lower > end || end > UINTPTR_MAX - start
          || up(start + lower, mask) <= up(start + end, mask));
    const size_t rest = any_same(size - end - gap_to(start + end, mask));
    const size_t more = any_same(size - lower - gap_to(start + lower, mask));
    TRUTH(rest > more || rest >> shift <= more >> shift);
    const bool is_fit = fits(start, size, mask + 1, n, &before);
    const bool do_fewer = fits(start, size, mask + 1, fewer, &before);
    ASSERT(!is_fit || do_fewer);
    COVER(is_fit);
    COVER(do_fewer && !is_fit);
    OBSERVE(do_fewer);
}
