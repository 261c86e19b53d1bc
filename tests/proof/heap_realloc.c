// SPDX-License-Identifier: MIT
// src/heap.c: when a block grows or shrinks where it lies, and when it moves.
//
// The map is not looked at here: what it says of the block and of what follows is any
// that a sound heap has. The links of what follows are sound (heap_free.c has others).

#include "heap.h"

#include "where/grow"

// A heap, what lies around the block, and what was done to it.
typedef struct reallocated {
    reel_heap heap; // first
    bool is_block, is_free_behind, is_sound_behind;
    uintptr_t first, n, old, bytes_behind, elsewhere;
    bool is_refused, is_raised, is_fronted, is_noted, is_asked;
    uintptr_t raised_to, front_block, front_bytes, front_n, front_taken;
    uintptr_t noted_n, noted_bytes, shrunk_to, asked_size, asked_align;
    uintptr_t copied, unlinked;
} reallocated;

static reallocated *seen_by(const reel_heap *heap)
{
    return (reallocated *)(uintptr_t)heap;
}

// heap.c proves that each granule has its number.
size_t cut_index_of(const reel_heap *heap, uintptr_t address)
{
    (void)address;
    return seen_by(heap)->first;
}

// And which sizes take how many.
size_t cut_granules_for(const reel_heap *heap, size_t size)
{
    (void)size;
    return seen_by(heap)->n;
}

bool cut_is_block(const reel_heap *heap, size_t first, const void *block)
{
    (void)first, (void)block;
    return seen_by(heap)->is_block;
}

size_t cut_reel_heap_used_length(const reel_heap *heap, size_t i)
{
    (void)i;
    return seen_by(heap)->old;
}

bool cut_is_edge(const reel_heap *heap, size_t i)
{
    (void)i;
    return seen_by(heap)->is_free_behind;
}

bool cut_is_start(const reel_heap *heap, size_t i)
{
    (void)heap, (void)i;
    return false;
}

bool cut_read_behind(const reel_heap *heap, uintptr_t block, bool is_one,
                     size_t *bytes)
{
    (void)block, (void)is_one;
    *bytes = seen_by(heap)->bytes_behind;
    return seen_by(heap)->is_sound_behind;
}

bool cut_reel_heap_unlink(reel_heap *heap, uintptr_t block)
{
    seen_by(heap)->unlinked = block;
    return true;
}

void cut_raise_frontier(reel_heap *heap, size_t to)
{
    seen_by(heap)->is_raised = true, seen_by(heap)->raised_to = to;
}

void cut_clear_start(const reel_heap *heap, size_t i)
{
    (void)heap, (void)i;
}

void cut_take_front(reel_heap *heap, uintptr_t block, size_t bytes, size_t n,
                    size_t taken)
{
    reallocated *const seen = seen_by(heap);
    seen->is_fronted = true;
    seen->front_block = block, seen->front_bytes = bytes, seen->front_n = n,
    seen->front_taken = taken;
}

void cut_note_used(reel_heap *heap, size_t first, size_t n, size_t bytes)
{
    (void)first;
    reallocated *const seen = seen_by(heap);
    seen->is_noted = true, seen->noted_n = n, seen->noted_bytes = bytes;
}

void cut_reel_heap_shrink(reel_heap *heap, size_t first, size_t old, size_t n)
{
    (void)first, (void)old;
    seen_by(heap)->shrunk_to = n;
}

void *cut_refuse(reel_heap *heap, size_t size)
{
    (void)size;
    seen_by(heap)->is_refused = true;
    return NULL;
}

void *cut_move(reel_heap *heap, void *block, size_t old, size_t size,
               size_t align)
{
    (void)block;
    reallocated *const seen = seen_by(heap);
    seen->is_asked = true;
    seen->copied = old, seen->asked_size = size, seen->asked_align = align;
    return (void *)seen->elsewhere;
}

PROOF(realloc_stays_if_and_only_if_it_fits_where_it_is, 0)
{
    const size_t size = any_word();
    const size_t align = any_word();
    const size_t first = any_word();
    ANY_HEAP(any_heap);
    reallocated seen;
    seen.heap = any_heap;
    seen.is_block = any_word() & 1, seen.is_free_behind = any_word() & 1;
    seen.is_sound_behind = any_word() & 1, seen.old = any_word();
    const size_t n = seen.n = any_word(); // granules for that size
    const size_t bytes_behind = seen.bytes_behind = any_word();
    seen.elsewhere = any_word(), seen.first = first;
    seen.is_refused = false, seen.is_raised = false, seen.is_fronted = false;
    seen.is_noted = false, seen.is_asked = false;
    seen.unlinked = 0, seen.shrunk_to = 0;
    reel_heap *const heap = &seen.heap;
    const uintptr_t shift = heap->shift;
    const size_t old = seen.old;
    const size_t frontier = heap->frontier.value;
    ASSUME(has_granules(heap) && frontier <= heap->count);
    ASSUME(first < frontier && old > 0 && old <= frontier - first);
    const size_t end = first + old;
    ASSUME(!seen.is_free_behind || end < frontier);
    const uintptr_t block = address_of(heap, first);
    ASSUME(seen.elsewhere != block);
    const bool is_short = n - 1 < heap->count;
    const bool is_odd = (align & mask_of(align)) != 0;
    const bool is_tried = seen.is_block && !is_odd && is_short;
    const bool is_aligned = (block & mask_of(align)) == 0;
    const size_t more = n - old;
    const bool has_room = end == frontier
                              ? n <= heap->count - first
                              : seen.is_free_behind && seen.is_sound_behind
                                    && more << shift <= bytes_behind;
    const bool fits = is_tried && is_aligned && (n <= old || has_room);
    LEMMA(first <= (UINTPTR_MAX - heap->base) >> shift);
    LEMMA(block >= heap->base);
    KNOW_BYTES(first, old, shift);
    KNOW_REST(n, old, shift);
    const uintptr_t result =
        (uintptr_t)reel_heap_realloc(heap, (void *)block, size, align);
    ASSERT((result == block) == fits);
    ASSERT(seen.is_asked == (is_tried && !fits));
    ASSERT(fits || result == (seen.is_asked ? seen.elsewhere : 0));
    ASSERT(!seen.is_asked
           || (seen.asked_size == size && seen.asked_align == align
               && seen.copied == old << shift));
    ASSERT(seen.is_refused == (seen.is_block && !is_odd && !is_short));
    // Grown where it is: by what lies above the frontier or by what is free behind.
    ASSERT(seen.is_noted == (fits && n > old));
    ASSERT(!seen.is_noted
           || (seen.noted_n == n && seen.noted_bytes == more << shift));
    ASSERT(seen.is_raised == (seen.is_noted && end == frontier));
    ASSERT(!seen.is_raised || seen.raised_to == first + n);
    ASSERT(seen.is_fronted == (seen.is_noted && end < frontier));
    ASSERT(!seen.is_fronted
           || (seen.front_block == address_of(heap, end) && seen.front_n == more
               && seen.front_bytes == seen.bytes_behind
               && seen.front_taken == more << shift
               && seen.front_taken <= seen.front_bytes));
    ASSERT((seen.unlinked != 0) == seen.is_fronted);
    ASSERT(seen.shrunk_to == (fits && n < old ? n : 0));
    COVER(seen.is_raised);
    COVER(seen.is_fronted && more << shift < bytes_behind);
    COVER(seen.shrunk_to > 1);
    COVER(seen.is_asked && is_aligned && seen.is_free_behind);
    COVER(seen.is_asked && !is_aligned && n < old);
}
