// SPDX-License-Identifier: MIT
// What all files of a heap need: -O2 inlines it everywhere, -Os has it once, in heap.c.

#ifndef REEL_SRC_HEAP_SHARED_H
#define REEL_SRC_HEAP_SHARED_H

#include "heap_lists.h"

#if IS_FOR_SPEED
#define SHARED ALWAYS_INLINE
#else
#define SHARED
#endif

// Granules of the used block at i.
SHARED size_t reel_heap_used_length(const reel_heap *heap, size_t i)
{
    const reel_heap_cell *const cell = cell_of(heap, i);
    return length_from(cell, READ(cell->starts), i);
}

// The used block at i has n granules: note `length` where it belongs, n or 0.
SHARED void reel_heap_note_length(const reel_heap *heap, size_t i, size_t n,
                                  size_t length)
{
    // Only then the next cell is all its own. In a shared cell these would be
    // another block's edges.
    if (n > WORD_BITS && (i + n) / WORD_BITS >= i / WORD_BITS + 2) {
        WRITE(cell_of(heap, i)[1].edges, length);
    }
}

// Put a free block first on its list.
SHARED void reel_heap_link(reel_heap *heap, uintptr_t block, size_t bytes)
{
    const uintptr_t bin = bin_of(bytes >> heap->shift);
    const uintptr_t head = (uintptr_t)&heap->heads[bin];
    const uintptr_t bit = bit_of(bin);
    uintptr_t *const bits = &heap->bins[bin / WORD_BITS];
    uintptr_t next = 0;
    if ((*bits & bit) != 0) {
        next = get_word(heap, head);
        put_word(heap, LED_FROM(next), NEXT(block));
    } else {
        *bits |= bit;
    }
    put_word(heap, NEXT(block), next);
    put_word(heap, LED_FROM(block), head);
    put_word(heap, head, block);
    // At both ends: a free next to it reads one, and checks it by the other.
    if (bin != 0) { // more than one granule
        put_word(heap, BYTES(block), bytes);
        put_word(heap, LAST_WORD(block + bytes), bytes);
    }
}

// Take a free block off its list. False: it was written to.
SHARED bool reel_heap_unlink(reel_heap *heap, uintptr_t block)
{
    const uintptr_t next = get_word(heap, NEXT(block));
    const uintptr_t from = get_word(heap, LED_FROM(block));
    if (!CHECKED(is_inside(heap, from) && get_word(heap, from) == block
                 && leads_back(heap, block, next))) {
        return false;
    }
    put_word(heap, from, next);
    if (next != 0) {
        put_word(heap, LED_FROM(next), from);
    } else if (from < (uintptr_t)heap->map) { // the list has become empty
        const uintptr_t bin =
            (from - (uintptr_t)heap->heads) / sizeof(uintptr_t);
        heap->bins[bin / WORD_BITS] &= ~bit_of(bin);
    }
    return true;
}

#endif
