// SPDX-License-Identifier: MIT
// A heap's map and the words in its free blocks: heap.c and its neighbours.
//
//     granule    0  1  2  3  4  5  6  7  8  9       used: 0-3, 6, 8
//     starts     1  .  .  .  1  .  1  1  1  1       free: 4-5, 7
//     edges      .  .  .  .  1  1  .  1  .  .       frontier 9
//
// `starts` is set where a block starts and at the frontier. `edges` is set at the
// first and the last granule of a free block, which are one if it has one granule.
// So what lies before granule i is free if edges(i - 1), what lies at j if
// edges(j). A used block ends where the next start is. If it covers the whole cell
// after the one of its start, no start is near: then the edges of that cell, which
// is all its own, hold its length. Its last granule may be the last of that cell.
// Then the length is small, and so the last granule's bit is 0 all the same.
//
// Words of a free block: 0 the next of its list or 0; 1 the address of the word
// that leads here, a head or a word 0; and if it has two granules or more, its
// bytes in word 2 and in its last word.

#ifndef REEL_SRC_HEAP_MAP_H
#define REEL_SRC_HEAP_MAP_H

#include "atomic.h"
#include "check.h"
#include "heap_bits.h"
#include "reel/heap.h"
#include "watch.h"

#define BIN_WORDS 4u

STATIC_CHECK(sizeof((reel_heap *)0)->bins == BIN_WORDS * sizeof(uintptr_t));

// -Os calls what -O2 inlines.
#if defined(__OPTIMIZE_SIZE__) && !REEL_EVENTS
#define IS_FOR_SPEED     0
#define INLINE_FOR_SPEED static __attribute__((__noinline__, __unused__))
#else
#define IS_FOR_SPEED     1
#define INLINE_FOR_SPEED ALWAYS_INLINE
#endif

// It ended with its parent: no live heap is of no granules.
ALWAYS_INLINE bool has_ended(const reel_heap *heap)
{
    return heap->count == 0;
}

// ---- the map -----------------------------------------------------------------

ALWAYS_INLINE reel_heap_cell *cell_of(const reel_heap *heap, size_t i)
{
    return &heap->map[i / WORD_BITS];
}

// The owner alone writes the map, while other contexts may look at it. On one core
// plain accesses are good enough for that, and shorter.
#if REEL_ATOMICS == REEL_ATOMICS_NATIVE || REEL_ATOMICS == REEL_ATOMICS_CUSTOM
#define READ(word)         load_relaxed(&(word))
#define WRITE(word, bits_) store_relaxed(&(word), (bits_))
#else
#define READ(word)         ((word).value)
#define WRITE(word, bits_) ((void)((word).value = (bits_)))
#endif

ALWAYS_INLINE uintptr_t bit_of(size_t i)
{
    return (uintptr_t)1 << (i % WORD_BITS);
}

ALWAYS_INLINE bool is_start(const reel_heap *heap, size_t i)
{
    return (READ(cell_of(heap, i)->starts) >> (i % WORD_BITS) & 1) != 0;
}

ALWAYS_INLINE bool is_edge(const reel_heap *heap, size_t i)
{
    return (READ(cell_of(heap, i)->edges) >> (i % WORD_BITS) & 1) != 0;
}

// The bits of a granule, among those of its cell.
typedef struct granule_bits {
    reel_heap_cell *cell;
    uintptr_t bit;
    uintptr_t starts;
    uintptr_t edges;
} granule_bits;

// Not a result: some compilers copy that with memcpy at -Og.
ALWAYS_INLINE void bits_at(const reel_heap *heap, size_t i, granule_bits *at)
{
    at->cell = cell_of(heap, i);
    at->bit = bit_of(i);
    at->starts = READ(at->cell->starts);
    at->edges = READ(at->cell->edges);
}

// The bit of the granule is set if a block starts at the one after it.
ALWAYS_INLINE uintptr_t starts_behind(const granule_bits *at)
{
    return REEL_UNLIKELY(at->bit == bit_of(WORD_BITS - 1))
               ? READ(at->cell[1].starts) << (WORD_BITS - 1)
               : at->starts >> 1;
}

ALWAYS_INLINE void set_in(reel_word *word, uintptr_t bit)
{
    WRITE(*word, READ(*word) | bit);
}

ALWAYS_INLINE void clear_in(reel_word *word, uintptr_t bit)
{
    WRITE(*word, READ(*word) & ~bit);
}

INLINE_FOR_SPEED void set_start(const reel_heap *heap, size_t i)
{
    reel_heap_cell *const cell = cell_of(heap, i);
    WRITE(cell->starts, READ(cell->starts) | bit_of(i));
}

INLINE_FOR_SPEED void clear_start(const reel_heap *heap, size_t i)
{
    reel_heap_cell *const cell = cell_of(heap, i);
    WRITE(cell->starts, READ(cell->starts) & ~bit_of(i));
}

INLINE_FOR_SPEED void set_edge(const reel_heap *heap, size_t i)
{
    reel_heap_cell *const cell = cell_of(heap, i);
    WRITE(cell->edges, READ(cell->edges) | bit_of(i));
}

INLINE_FOR_SPEED void clear_edge(const reel_heap *heap, size_t i)
{
    reel_heap_cell *const cell = cell_of(heap, i);
    WRITE(cell->edges, READ(cell->edges) & ~bit_of(i));
}

ALWAYS_INLINE size_t frontier_of(const reel_heap *heap)
{
    return READ(heap->frontier);
}

ALWAYS_INLINE bool is_used(const reel_heap *heap, size_t i)
{
    return i < frontier_of(heap) && is_start(heap, i) && !is_edge(heap, i);
}

// Granules of the used block at i, in whose cell these starts are.
ALWAYS_INLINE size_t length_from(const reel_heap_cell *cell, uintptr_t starts,
                                 size_t i)
{
    const uintptr_t near = starts >> (i % WORD_BITS) >> 1;
    if (REEL_UNLIKELY(near == 0)) {
        const uintptr_t far = READ(cell[1].starts);
        return far != 0 ? WORD_BITS - i % WORD_BITS + lowest_bit(far)
                        : READ(cell[1].edges);
    }
    return lowest_bit(near) + 1;
}

// ---- addresses -----------------------------------------------------------------

// Granules for `size` bytes, which is 1 or more, and their zone; 0 if it overflows.
ALWAYS_INLINE size_t granules_for(const reel_heap *heap, size_t size)
{
    return (with_zone(size) + heap->mask) >> heap->shift;
}

ALWAYS_INLINE uintptr_t address_of(const reel_heap *heap, size_t i)
{
    return heap->base + (i << heap->shift);
}

// Rotated, so an address between two granules becomes a number that no granule has.
ALWAYS_INLINE size_t index_of(const reel_heap *heap, uintptr_t address)
{
    const uintptr_t offset = address - heap->base;
    const uintptr_t shift = heap->shift;
    return offset >> shift | offset << ((0 - shift) & (WORD_BITS - 1));
}

// For the other files of the module.
void *FROM(reel_heap_alloc)(reel_heap *heap, size_t size,
                            size_t align WITH_CALLER);
void *FROM(reel_heap_realloc)(reel_heap *heap, void *block, size_t size,
                              size_t align WITH_CALLER);

// The used block at `first` of `old` granules is to have n, fewer.
void reel_heap_shrink(reel_heap *heap, size_t first, size_t old, size_t n);

// Why is `block` not a used block?
reel_status reel_heap_blame(const reel_heap *heap, const void *block);

// Every build refuses a pointer that is no used block. Most panic, too.
static inline bool is_block(const reel_heap *heap, size_t first,
                            const void *block WITH_CALLER)
{
    if (is_used(heap, first)) {
        return true;
    }
    (void)HOLDS(false, reel_heap_blame(heap, block), REEL_KIND_HEAP, heap,
                caller);
    return false;
}

#endif
