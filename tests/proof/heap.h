// SPDX-License-Identifier: MIT
// Any heap: each state that keeps what init sets and each call passes on.

#ifndef TESTS_PROOF_HEAP_H
#define TESTS_PROOF_HEAP_H

#include "proof.h"

#include "reel/detail/constants.h"
#include "src/heap_map.h"

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line; // it returns, so that calls must fail
}

// log2 of a granule.
#define ANY_SHIFT REEL_WHICH_BIT_(REEL_HEAP_GRANULE), WORD_BITS - 2

#define ANY_HEAP(heap)                                              \
    reel_heap heap;                                                 \
    heap.shift = any_case(ANY_SHIFT);                               \
    heap.mask = ((uintptr_t)1 << heap.shift) - 1;                   \
    heap.count = any_word(), heap.base = any_word();                \
    heap.map = (void *)any_word(), heap.heads = (void *)any_word(); \
    heap.reach = any_word(), heap.frontier.value = any_word();      \
    heap.cleared = any_word(), heap.below_peak = any_word();        \
    heap.pending = any_word(), heap.bins[0] = any_word();           \
    heap.bins[1] = any_word(), heap.bins[2] = any_word();           \
    heap.bins[3] = any_word(), heap.later.value = any_word();       \
    heap.peak = any_word(), heap.failures = any_word();             \
    heap.largest_refused = any_word(), heap.entry = NULL

// Granules are a power of two, and all of them lie below the top.
ALWAYS_INLINE bool has_granules(const reel_heap *heap)
{
    return (heap->base & heap->mask) == 0 && heap->base > 0 && heap->count > 0
           && heap->base <= UINTPTR_MAX - REEL_TOP_BYTES
           && heap->count <= (UINTPTR_MAX - REEL_TOP_BYTES - heap->base)
                  >> heap->shift;
}

// Bytes of granules: of a sum, and of a rest; and back to granules.
#define KNOW_BYTES(a, b, shift) \
    TRUTH((((a) + (b)) << (shift)) == ((a) << (shift)) + ((b) << (shift)))
#define KNOW_REST(a, b, shift) \
    TRUTH((((a) - (b)) << (shift)) == ((a) << (shift)) - ((b) << (shift)))
#define KNOW_GRANULES(n, shift) \
    TRUTH((n) > UINTPTR_MAX >> (shift) || (n) << (shift) >> (shift) == (n))

// Do `size` bytes fit in the `bytes` at x, and where, if they start at a multiple of
// mask + 1? heap.c proves that this is so.
ALWAYS_INLINE bool fits_padded(uintptr_t x, size_t bytes, uintptr_t mask,
                               size_t size)
{
    const size_t gap = gap_to(x, mask);
    return gap <= bytes && size <= bytes - gap;
}

ALWAYS_INLINE uintptr_t padded(uintptr_t x, uintptr_t mask)
{
    return x + gap_to(x, mask);
}

ALWAYS_INLINE bool is_filled(const reel_heap *heap, uintptr_t bin)
{
    return (heap->bins[bin / WORD_BITS] >> (bin % WORD_BITS) & 1) != 0;
}

#endif
