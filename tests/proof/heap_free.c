// SPDX-License-Identifier: MIT
// src/heap.c: a block that is freed joins what is free on both sides, and the map says so.
//
// The map is memory. Lists are not followed: what the free blocks on both sides say of
// their sizes is any number of granules, or that they were written to.

#include "heap.h"

typedef struct watched_heap {
    reel_heap heap;        // first
    size_t before, behind; // bytes; 0: written to
    uintptr_t block, bytes, lowered_to;
    bool is_linked, is_lowered, is_undone, is_before, is_behind;
} watched_heap;

static watched_heap *watched(const reel_heap *heap)
{
    return (watched_heap *)(uintptr_t)heap;
}

size_t cut_take_before(reel_heap *heap, uintptr_t end, bool is_single)
{
    const size_t granule = heap->mask + 1;
    (void)end;
    watched(heap)->is_before = true;
    ASSUME(watched(heap)->before == 0
           || is_single == (watched(heap)->before == granule));
    return watched(heap)->before;
}

size_t cut_take_behind(reel_heap *heap, uintptr_t block, bool is_single)
{
    const size_t granule = heap->mask + 1;
    (void)block;
    watched(heap)->is_behind = true;
    ASSUME(watched(heap)->behind == 0
           || is_single == (watched(heap)->behind == granule));
    return watched(heap)->behind;
}

void cut_link_free(reel_heap *heap, uintptr_t block, size_t bytes)
{
    watched(heap)->is_linked = true;
    watched(heap)->block = block, watched(heap)->bytes = bytes;
}

reel_status cut_lower_frontier(reel_heap *heap, size_t end, size_t first)
{
    (void)end;
    watched(heap)->is_lowered = true, watched(heap)->lowered_to = first;
    return REEL_OK;
}

reel_status cut_undo_free(reel_heap *heap, uintptr_t block, size_t first,
                          size_t n, size_t before)
{
    (void)block, (void)first, (void)n, (void)before;
    watched(heap)->is_undone = true;
    return REEL_INVALID;
}

// The length of a long block lies in a cell that is all its own.
void cut_note_length(const reel_heap *heap, size_t i, size_t n, size_t length)
{
    (void)heap, (void)i, (void)n, (void)length;
}

#include "where/take_listed"

#define ANY_WATCHED_HEAP(seen)                              \
    ANY_HEAP(any_heap);                                     \
    watched_heap seen;                                      \
    seen.heap = any_heap;                                   \
    seen.before = any_word(), seen.behind = any_word();     \
    seen.is_linked = false, seen.is_lowered = false;        \
    seen.is_undone = false, seen.is_before = false;         \
    seen.is_behind = false, seen.block = 0, seen.bytes = 0; \
    seen.lowered_to = 0

// Cells lie in whole words, and no index of one wraps.
static bool has_map(const reel_heap *heap)
{
    const uintptr_t map = (uintptr_t)heap->map;
    return map % sizeof(uintptr_t) == 0 && map <= UINTPTR_MAX / 2
           && heap->count <= UINTPTR_MAX / 16
           && heap->frontier.value <= heap->count;
}

PROOF(what_is_freed_joins_both_sides_and_no_other_bit_changes, 0)
{
    const size_t first = any_word();
    const size_t n = any_word();
    const size_t other = any_word();
    ANY_WATCHED_HEAP(seen);
    reel_heap *const heap = &seen.heap;
    ASSUME(has_granules(heap) && has_map(heap));
    const size_t frontier = heap->frontier.value;
    const size_t end = first + n;
    ASSUME(n > 0 && first < frontier && n <= frontier - first);
    ASSUME(other < heap->count);
    ASSUME(((seen.before | seen.behind) & heap->mask) == 0);
    ASSUME(seen.before >> heap->shift <= first);
    ASSUME(seen.behind >> heap->shift <= frontier - end);
    const bool has_before = first > 0 && is_edge(heap, first - 1);
    const bool has_behind = end < frontier && is_edge(heap, end);
    const bool was_start = is_start(heap, other),
               was_edge = is_edge(heap, other);
    ASSUME(!is_start(heap, first) == false && !is_edge(heap, first));
    ASSUME(n == 1 || !is_edge(heap, end - 1)); // of a used block
    ASSUME(first == 0 || has_before == is_edge(heap, first - 1));
    const uintptr_t block = address_of(heap, first);
    const size_t below_peak = heap->below_peak;
    const reel_status status = free_block(heap, block, first, n);
    const bool is_done = status == REEL_OK;
    const bool is_single = seen.before == heap->mask + 1;
    const bool is_alone = seen.behind == heap->mask + 1;
    ASSERT(seen.is_before == has_before);
    ASSERT(is_done || (has_before && seen.before == 0)
           || (has_behind && seen.behind == 0));
    ASSERT(!is_done || seen.is_lowered == (end == frontier));
    ASSERT(!is_done || seen.is_linked == (end < frontier));
    ASSERT(!is_done || heap->below_peak == below_peak + (n << heap->shift));
    ASSERT(!seen.is_linked
           || (seen.block == block - (has_before ? seen.before : 0)
               && seen.bytes
                      == (has_before ? seen.before : 0) + (n << heap->shift)
                             + (has_behind ? seen.behind : 0)));
    ASSERT(!seen.is_lowered
           || seen.lowered_to
                  == first - ((has_before ? seen.before : 0) >> heap->shift));
    ASSERT(!seen.is_linked || is_start(heap, first) == !has_before);
    ASSERT(!seen.is_linked || has_before || is_edge(heap, first));
    ASSERT(!seen.is_linked || !has_before
           || is_edge(heap, first - 1) == is_single);
    ASSERT(!seen.is_linked || is_start(heap, end) == !has_behind
           || !has_behind);
    ASSERT(!seen.is_linked || has_behind || is_edge(heap, end - 1));
    ASSERT(!seen.is_linked || !has_behind || is_edge(heap, end) == is_alone);
    ASSERT(other == first || other == end
           || is_start(heap, other) == was_start);
    ASSERT(other == first || other == end || other + 1 == first
           || other + 1 == end || is_edge(heap, other) == was_edge);
    COVER(seen.is_linked && has_before && has_behind);
    COVER(seen.is_linked && !has_before && !has_behind && n > 1);
    COVER(seen.is_lowered && has_before);
    COVER(!is_done && has_behind);
}
