// SPDX-License-Identifier: MIT
// src/heap_init.c: heads, map and granules lie in the buffer, one behind the other.
//
// heap_most.c proves that the search finds the most granules that fit, if fewer fit
// wherever more do.

#include "heap.h"

#include "where/most_granules"

// Of the granule that a proof has: bits.c proves it of any power of two.
static uintptr_t granule_log2;

uintptr_t cut_log2_of(size_t pow2)
{
    ASSERT(pow2 == (size_t)1 << granule_log2);
    return granule_log2;
}

static size_t bytes_of_map(uintptr_t bin, size_t n)
{
    return (bin + 1) * sizeof(uintptr_t)
           + (n / WORD_BITS + 1) * sizeof(reel_heap_cell);
}

PROOF(what_fits_lies_in_the_buffer, 0)
{
    const uintptr_t shift = granule_log2 = any_case(ANY_SHIFT);
    const uintptr_t start = any_word();
    const size_t size = any_word();
    const size_t n = any_word();
    const size_t granule = (size_t)1 << shift;
    const uintptr_t mask = granule - 1;
    size_t before;
    ASSUME(n > 0 && is_below_top(start, size));
    const uintptr_t end = any_same(start + map_end(n));
    KNOW_GAP(end, mask);
    const size_t taken = any_same(map_end(n));
    const size_t gap = any_same(gap_to(start + map_end(n), mask));
    TRUTH(taken > size || gap > size - taken
          || (taken + gap >= taken && taken + gap <= size));
    TRUTH(size - (taken + gap) == size - taken - gap);
    const bool is_fit = fits(start, size, granule, n, &before);
    LEMMA(!is_fit || before <= size);
    const size_t both = any_same(before);
    TRUTH(both > size || size - both <= size);
    const size_t left = any_same(size - before);
    TRUTH(left > size || left >> shift <= size >> shift);
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

// Distances from the start of the buffer, and from places in it.
#define KNOW_PLACES(start, size, end, gap)                           \
    TRUTH(((start) + (size)) - ((start) + (end)) == (size) - (end)); \
    TRUTH(((start) + (size)) - ((start) + (end) + (gap))             \
          == (size) - (end) - (gap))

// Then the search from the highest bit down finds the most.
PROOF(if_so_many_fit_fewer_do, 0)
{
    const uintptr_t shift = granule_log2 = any_case(ANY_SHIFT);
    const uintptr_t start = any_word();
    const size_t size = any_word();
    const size_t n = any_word();
    const size_t fewer = any_word();
    const size_t granule = (size_t)1 << shift;
    const uintptr_t mask = granule - 1;
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
    // Where the map of n ends, and of fewer, and the first granule of each begins.
    const uintptr_t stop = any_same(start + size);
    const uintptr_t map = any_same(start + end);
    const uintptr_t lower_map = any_same(start + lower);
    const size_t gap = any_same(gap_to(start + end, mask));
    const size_t lower_gap = any_same(gap_to(start + lower, mask));
    const uintptr_t first = any_same(map + gap);
    const uintptr_t lower_first = any_same(lower_map + lower_gap);
    KNOW_PLACES(start, size, end, gap_to(start + end, mask));
    KNOW_PLACES(start, size, lower, gap_to(start + lower, mask));
    TRUTH(end > size || size > UINTPTR_MAX - start
          || start + end <= start + size);
    TRUTH(map > stop || gap > stop - map
          || (map + gap >= map && map + gap <= stop));
    TRUTH(map + gap < map || (wide)map + gap == map + gap);
    TRUTH((wide)lower_map + lower_gap > first
          || (lower_map + lower_gap >= lower_map
              && lower_map + lower_gap <= first));
    TRUTH(lower_map + lower_gap < lower_map || lower_map + lower_gap > stop
          || lower_gap <= stop - lower_map);
    TRUTH((stop - first) + (first - lower_first) == stop - lower_first);
    TRUTH(first > stop || lower_first > first
          || stop - first <= (stop - first) + (first - lower_first));
    const bool has_room = end <= size && gap <= size - end;
    LEMMA(!has_room || map <= stop);
    LEMMA(!has_room || (map <= first && first <= stop));
    LEMMA(!has_room || up(start + end, mask) == first);
    LEMMA(up(start + lower, mask) == (wide)lower_map + lower_gap);
    LEMMA(!has_room || up(start + lower, mask) <= first);
    LEMMA(!has_room || lower_first <= first);
    LEMMA(!has_room || lower_gap <= size - lower);
    LEMMA(!has_room || size - end - gap <= size - lower - lower_gap);
    const size_t rest = any_same(size - end - gap);
    const size_t more = any_same(size - lower - lower_gap);
    TRUTH(rest > more || rest >> shift <= more >> shift);
    const bool is_fit = fits(start, size, granule, n, &before);
    LEMMA(!is_fit || (has_room && n <= rest >> shift));
    const bool do_fewer = fits(start, size, granule, fewer, &before);
    LEMMA(!is_fit || fewer <= more >> shift);
    ASSERT(!is_fit || do_fewer);
    COVER(is_fit);
    COVER(do_fewer && !is_fit);
    OBSERVE(do_fewer);
}
