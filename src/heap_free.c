// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_HEAP
#include "heap_lists.h"
#include "reel/events.h"

// Of the granule before; the first of all has none that is an edge.
ALWAYS_INLINE void bits_before(const reel_heap *heap, const granule_bits *at,
                               granule_bits *before)
{
    before->cell = at->cell;
    before->bit = at->bit >> 1;
    before->starts = at->starts;
    before->edges = at->edges;
    if (REEL_UNLIKELY(before->bit == 0) && before->cell != heap->map) {
        before->cell--;
        before->bit = bit_of(WORD_BITS - 1);
        before->starts = READ(before->cell->starts);
        before->edges = READ(before->cell->edges);
    }
}

// The block became free at `first` and is the highest. It ends at the frontier, which
// falls.
OUT_OF_LINE reel_status lower_frontier(reel_heap *heap, size_t end,
                                       size_t first)
{
    // Cells above the frontier must be 0: a later block would find old bits
    // there.
    clear_start(heap, end);
    // Only its edge: the start is the frontier's from now on.
    clear_edge(heap, first);
    WRITE(heap->frontier, first);
    return REEL_OK;
}

// A free neighbour of the used block [first, end) was written to, behind it if the block
// has joined the one before: that one starts at `block`. Undo all.
OUT_OF_LINE reel_status undo_free(reel_heap *heap, uintptr_t block,
                                  size_t first, size_t end)
{
    const uintptr_t own = address_of(heap, first);
    reel_heap_note_length(heap, first, end - first, end - first);
    heap->below_peak -= (end - first) << heap->shift;
    clear_edge(heap, first);
    if (block != own) {
        set_start(heap, first);
        set_edge(heap, first - 1);
        // It comes back as the first of its list, since the order of a list
        // means nothing.
        reel_heap_link(heap, block, own - block);
    }
    // The panic comes last: its hook finds the heap as it was before the call.
    (void)UNTOUCHED(false);
    return REEL_INVALID;
}

// The used block at `first` has n granules. It becomes free and joins what is free on
// both sides, or the memory above the frontier.
INLINE_FOR_SPEED reel_status free_block(reel_heap *heap, uintptr_t block,
                                        size_t first, size_t n)
{
    const size_t end = first + n;
    size_t bytes = n << heap->shift;
    granule_bits at, last, next;
    bits_at(heap, first, &at);
    bits_before(heap, &at, &last);
    heap->below_peak += bytes;
    // A long block keeps its length in edges, which a free block must not have.
    reel_heap_note_length(heap, first, n, 0);
    if ((last.edges & last.bit) != 0) {
        size_t before;
        if (REEL_UNLIKELY(!read_before(heap, block,
                                       (last.starts & last.bit) != 0, &before))
            || REEL_UNLIKELY(!reel_heap_unlink(heap, block - before))) {
            return undo_free(heap, block, first, end);
        }
        block -= before;
        bytes += before;
        clear_in(&at.cell->starts, at.bit);
        // If that block has one granule, its last edge is also its first, and
        // stays.
        clear_in(&last.cell->edges, last.bit & ~last.starts);
    } else {
        set_in(&at.cell->edges, at.bit);
    }
    // Before the look behind: above the frontier no bit is valid.
    if (REEL_UNLIKELY(end == frontier_of(heap))) {
        return lower_frontier(heap, end, (block - heap->base) >> heap->shift);
    }
    bits_at(heap, end, &next);
    if ((next.edges & next.bit) != 0) {
        // A block of one granule has no words for its length. Its edge becomes
        // the last one of all.
        const uintptr_t alone = starts_behind(&next);
        size_t behind;
        if (REEL_UNLIKELY(!read_behind(heap, block + bytes,
                                       (alone & next.bit) != 0, &behind))
            || REEL_UNLIKELY(!reel_heap_unlink(heap, block + bytes))) {
            return undo_free(heap, block, first, end);
        }
        bytes += behind;
        clear_in(&next.cell->starts, next.bit);
        clear_in(&next.cell->edges, next.bit & ~alone);
    } else if (next.bit > 1) {
        // The last granule lies in the same cell, which is at hand.
        set_in(&next.cell->edges, next.bit >> 1);
    } else {
        set_edge(heap, end - 1);
    }
    reel_heap_link(heap, block, bytes);
    return REEL_OK;
}

// The same with what a build watches.
ALWAYS_INLINE reel_status free_run(reel_heap *heap, void *block, size_t first,
                                   size_t n)
{
    if (REEL_POISON || REEL_WATCH) {
        watch_dead((uintptr_t)block, n << heap->shift);
    }
    const reel_status status = free_block(heap, (uintptr_t)block, first, n);
    // After a refusal the words are still wrong, so the heap is not valid.
    INVARIANT(status != REEL_OK || reel_heap_is_valid(heap));
    return status;
}

ALWAYS_INLINE reel_status report_free(const reel_heap *heap, const void *block,
                                      size_t n, reel_status status)
{
    if (REEL_EVENTS && status == REEL_OK) {
        REEL_REPORT(FREE, HEAP, heap, block, n << heap->shift);
    }
    (void)heap, (void)block, (void)n;
    return status;
}

EXTERN_IN_CALLER reel_status reel_heap_free(reel_heap *heap, void *block)
{
    const size_t first = index_of(heap, (uintptr_t)block);
    // Above the frontier the map is not cleared: its bits mean nothing.
    if (REEL_UNLIKELY(first >= frontier_of(heap))) {
        return reel_heap_blame(heap, block);
    }
    granule_bits at;
    bits_at(heap, first, &at);
    if (REEL_UNLIKELY((at.starts & ~at.edges & at.bit) == 0)) {
        return reel_heap_blame(heap, block);
    }
    const size_t n = length_from(at.cell, at.starts, first);
    return report_free(heap, block, n, free_run(heap, block, first, n));
}

reel_status reel_heap_free_sized(reel_heap *heap, void *block, size_t size)
{
    const size_t first = index_of(heap, (uintptr_t)block);
    if (REEL_UNLIKELY(!is_used(heap, first))) {
        return reel_heap_blame(heap, block);
    }
    const size_t n = reel_heap_used_length(heap, first);
    if (REEL_UNLIKELY(granules_for(heap, at_least_1(size)) != n)
        || (REEL_RED_ZONES
            && size_in((uintptr_t)block, n << heap->shift)
                   != at_least_1(size))) {
        return REEL_INVALID;
    }
    return report_free(heap, block, n, free_run(heap, block, first, n));
}

// The rest becomes a block of its own and is freed, which is no event. (If what is free
// behind it was written to, it stays.)
void reel_heap_shrink(reel_heap *heap, size_t first, size_t old, size_t n)
{
    const size_t end = first + n;
    // The old length goes first: the new start may lie in the cell that keeps
    // it.
    reel_heap_note_length(heap, first, old, 0);
    set_start(heap, end);
    reel_heap_note_length(heap, first, n, n);
    reel_heap_note_length(heap, end, old - n, old - n);
    if (REEL_EVENTS) {
        (void)free_run(heap, (void *)address_of(heap, end), end, old - n);
    } else {
        (void)reel_heap_free(heap, (void *)address_of(heap, end));
    }
}
