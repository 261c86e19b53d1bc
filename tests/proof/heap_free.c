// SPDX-License-Identifier: MIT
// src/heap_free.c: what a freed block joins.
//
// The map is not looked at here: what it and the words of free neighbours say of them
// is any that a sound heap has, and so is whether somebody wrote to those words.

#include "heap.h"

#include "where/free_block"

// A heap, what lies around the block, and what was done to it.
typedef struct neighbours {
    reel_heap heap; // first
    bool is_free_before, is_free_behind;
    uintptr_t bytes_before, bytes_behind;
    bool is_sound_before, is_sound_behind;   // nobody wrote to its length
    bool is_linked_before, is_linked_behind; // nor to its links
    bool is_undone, is_lowered, is_linked;
    uintptr_t undone_block, lowered_to;
    uintptr_t linked_block, linked_bytes;
    size_t unlinked;
    uintptr_t unlinked_before, unlinked_behind;
} neighbours;

static neighbours *around(const reel_heap *heap)
{
    return (neighbours *)(uintptr_t)heap;
}

// All bits of a granule are one, so that which bit it has does not matter.
static void say_bits(granule_bits *at, bool is_edge)
{
    at->cell = NULL;
    at->bit = 2; // not the first of its cell
    at->starts = 0;
    at->edges = is_edge ? 2 : 0;
}

void cut_bits_at(const reel_heap *heap, size_t i, granule_bits *at)
{
    (void)i; // of a used block it is not looked at
    say_bits(at, around(heap)->is_free_behind);
}

void cut_bits_before(const reel_heap *heap, const granule_bits *at,
                     granule_bits *before)
{
    (void)at;
    say_bits(before, around(heap)->is_free_before);
}

uintptr_t cut_starts_behind(const granule_bits *at)
{
    (void)at;
    return 0;
}

bool cut_read_before(const reel_heap *heap, uintptr_t end, bool is_one,
                     size_t *bytes)
{
    (void)end, (void)is_one;
    *bytes = around(heap)->bytes_before;
    return around(heap)->is_sound_before;
}

bool cut_read_behind(const reel_heap *heap, uintptr_t block, bool is_one,
                     size_t *bytes)
{
    (void)block, (void)is_one;
    *bytes = around(heap)->bytes_behind;
    return around(heap)->is_sound_behind;
}

bool cut_reel_heap_unlink(reel_heap *heap, uintptr_t block)
{
    neighbours *const seen = around(heap);
    const bool is_first = seen->unlinked == 0 && seen->is_free_before;
    seen->unlinked++;
    if (is_first) {
        seen->unlinked_before = block;
    } else {
        seen->unlinked_behind = block;
    }
    return is_first ? seen->is_linked_before : seen->is_linked_behind;
}

void cut_reel_heap_link(reel_heap *heap, uintptr_t block, size_t bytes)
{
    neighbours *const seen = around(heap);
    seen->is_linked = true;
    seen->linked_block = block, seen->linked_bytes = bytes;
}

reel_status cut_lower_frontier(reel_heap *heap, size_t end, size_t first)
{
    (void)end;
    around(heap)->is_lowered = true;
    around(heap)->lowered_to = first;
    return REEL_OK;
}

reel_status cut_undo_free(reel_heap *heap, uintptr_t block, size_t first,
                          size_t end)
{
    (void)first, (void)end;
    around(heap)->is_undone = true;
    around(heap)->undone_block = block;
    return REEL_INVALID;
}

void cut_set_in(reel_word *word, uintptr_t bit)
{
    (void)word, (void)bit;
}

void cut_clear_in(reel_word *word, uintptr_t bit)
{
    (void)word, (void)bit;
}

void cut_set_edge(const reel_heap *heap, size_t i)
{
    (void)heap, (void)i;
}

void cut_reel_heap_note_length(const reel_heap *heap, size_t i, size_t n,
                               size_t length)
{
    (void)heap, (void)i, (void)n, (void)length;
}

PROOF(a_freed_block_joins_its_free_neighbours_and_nothing_else, 0)
{
    const size_t first = any_word();
    const size_t n = any_word();
    ANY_HEAP(any_heap);
    neighbours seen;
    seen.heap = any_heap;
    seen.is_free_before = any_word() & 1, seen.is_free_behind = any_word() & 1;
    const size_t before = any_word(); // granules that a free neighbour has
    const size_t behind = any_word();
    seen.bytes_before = before << any_heap.shift;
    seen.bytes_behind = behind << any_heap.shift;
    seen.is_sound_before = any_word() & 1;
    seen.is_sound_behind = any_word() & 1;
    seen.is_linked_before = any_word() & 1;
    seen.is_linked_behind = any_word() & 1;
    seen.is_undone = false, seen.is_lowered = false, seen.is_linked = false;
    seen.unlinked = 0;
    reel_heap *const heap = &seen.heap;
    const size_t frontier = heap->frontier.value;
    const uintptr_t shift = heap->shift;
    ASSUME(has_granules(heap) && frontier <= heap->count);
    ASSUME(first < frontier && n > 0 && n <= frontier - first);
    // A free neighbour lies in the heap, below the frontier. Above, no bit is valid.
    const size_t end = first + n;
    const bool is_behind = end < frontier && seen.is_free_behind;
    ASSUME(!seen.is_free_before || (before > 0 && before <= first));
    ASSUME(!is_behind || (behind > 0 && behind < frontier - end));
    KNOW_REST(first, before, shift);
    KNOW_BYTES(first, n, shift);
    KNOW_BYTES(n, before, shift);
    KNOW_BYTES(n, behind, shift);
    KNOW_BYTES(n + before, behind, shift);
    KNOW_GRANULES(first, shift);
    KNOW_GRANULES(first - before, shift);
    const size_t free_bytes = heap->below_peak;
    const uintptr_t block = address_of(heap, first);
    const reel_status status = free_block(heap, block, first, n);
    const bool takes_before =
        seen.is_free_before && seen.is_sound_before && seen.is_linked_before;
    const bool takes_behind =
        is_behind && seen.is_sound_behind && seen.is_linked_behind;
    const bool is_sound =
        takes_before == seen.is_free_before && takes_behind == is_behind;
    const size_t from = seen.is_free_before ? first - before : first;
    const uintptr_t start =
        seen.is_free_before ? address_of(heap, first - before) : block;
    const size_t joined = seen.is_free_before ? n + before : n;
    const size_t all = is_behind ? joined + behind : joined;
    ASSERT((status == REEL_OK) == is_sound);
    ASSERT(seen.is_undone == !is_sound);
    ASSERT(seen.is_lowered == (is_sound && end == frontier));
    ASSERT(seen.is_linked == (is_sound && end < frontier));
    ASSERT(!seen.is_lowered || seen.lowered_to == from);
    ASSERT(!seen.is_linked || seen.linked_block == start);
    ASSERT(!seen.is_linked || seen.linked_bytes == all << shift);
    ASSERT(!is_sound
           || seen.unlinked == (size_t)seen.is_free_before + is_behind);
    ASSERT(!takes_before || seen.unlinked_before == start);
    ASSERT(!is_sound || !is_behind
           || seen.unlinked_behind == address_of(heap, end));
    ASSERT(heap->below_peak
           == free_bytes + (n << shift)); // undone by undo_free()
    // What an undo gives back to the block before is what was taken from it.
    ASSERT(!seen.is_undone
           || seen.undone_block == (takes_before ? start : block));
    COVER(seen.is_lowered && seen.is_free_before);
    COVER(seen.is_linked && seen.is_free_before && is_behind);
    COVER(seen.is_undone && takes_before);
    COVER(seen.is_undone && seen.unlinked == 1 && !takes_before);
}
