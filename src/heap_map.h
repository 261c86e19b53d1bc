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
#include "bits.h"
#include "check.h"
#include "reel/heap.h"
#include "watch.h"

#define BIN_WORDS 4u
#define SMALL     8u // granules: shorter blocks have a list for each length

// -Os calls what -O2 inlines.
#if defined(__OPTIMIZE_SIZE__) && !REEL_EVENTS
#define INLINE_FOR_SPEED static __attribute__((__noinline__, __unused__))
#else
#define INLINE_FOR_SPEED ALWAYS_INLINE
#endif

// ---- bits --------------------------------------------------------------------

#if defined(__ARM_ARCH) && !defined(__ARM_FEATURE_CLZ)
#define HAS_CLZ 0
#elif defined(__riscv) && !defined(__riscv_zbb)
#define HAS_CLZ 0
#else
#define HAS_CLZ 1
#endif

#if HAS_CLZ
// Which is the lowest, and which the highest bit that is set? One is.
ALWAYS_INLINE uintptr_t lowest_bit(uintptr_t word)
{
    return (uintptr_t)(sizeof word > sizeof(unsigned)
                           ? __builtin_ctzll(word)
                           : __builtin_ctz((unsigned)word));
}

ALWAYS_INLINE uintptr_t leading_zeroes(uintptr_t word)
{
    return (uintptr_t)(sizeof word > sizeof(unsigned)
                           ? __builtin_clzll(word)
                           : __builtin_clz((unsigned)word));
}

ALWAYS_INLINE uintptr_t highest_bit(uintptr_t word)
{
    return WORD_BITS - 1 - leading_zeroes(word);
}
#else
// A product with a de Bruijn sequence has a number of its own in its top five bits
// for each power of two.
ALWAYS_INLINE uintptr_t which_bit(uint32_t bit)
{
    static const uint8_t numbers[] = { 0,  1,  28, 2,  29, 14, 24, 3,
                                       30, 22, 20, 15, 25, 17, 4,  8,
                                       31, 27, 13, 23, 21, 19, 16, 7,
                                       26, 12, 18, 6,  11, 5,  10, 9 };
    return numbers[(uint32_t)(bit * UINT32_C(0x077CB531)) >> 27];
}

// The upper half of a word of 64 bits; else 0.
ALWAYS_INLINE uint32_t above_32(uintptr_t word)
{
#if UINTPTR_MAX > 0xFFFFFFFF
    return (uint32_t)(word >> 32);
#else
    (void)word;
    return 0;
#endif
}

ALWAYS_INLINE uintptr_t lowest_bit(uintptr_t word)
{
    const bool is_above = (uint32_t)word == 0;
    const uint32_t half = is_above ? above_32(word) : (uint32_t)word;
    return which_bit(half & (0 - half)) + (is_above ? 32 : 0);
}

ALWAYS_INLINE uintptr_t highest_bit(uintptr_t word)
{
    const bool is_above = above_32(word) != 0;
    uint32_t half = is_above ? above_32(word) : (uint32_t)word;
    half |= half >> 1;
    half |= half >> 2;
    half |= half >> 4;
    half |= half >> 8;
    half |= half >> 16;
    return which_bit(half - (half >> 1)) + (is_above ? 32 : 0);
}
#endif

// The list for free blocks of n granules, 1 or more: four times log2(n), and the two
// bits below the highest. So there are 4 lists for each power of two; of those for 1,
// and for 2 and 3, some are never used.
ALWAYS_INLINE uintptr_t bin_of(size_t n)
{
#if HAS_CLZ
    const uintptr_t zeroes = leading_zeroes(n);
    return 4 * (WORD_BITS - 2) - 4 * zeroes + (n << zeroes >> (WORD_BITS - 3));
#else
    static const uint8_t small[SMALL] = { 0, 0, 4, 6, 8, 9, 10, 11 };
    uintptr_t bin = 0;
    while (n >= 16 * SMALL) {
        n >>= 4;
        bin += 16;
    }
    while (n >= SMALL) {
        n >>= 1;
        bin += 4;
    }
    return bin + small[n];
#endif
}

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

INLINE_FOR_SPEED size_t used_length(const reel_heap *heap, size_t i)
{
    const reel_heap_cell *const cell = cell_of(heap, i);
    return length_from(cell, READ(cell->starts), i);
}

// The used block at i has n granules: note `length` where it belongs, n or 0.
INLINE_FOR_SPEED void note_length(const reel_heap *heap, size_t i, size_t n,
                                  size_t length)
{
    if (n > WORD_BITS && (i + n) / WORD_BITS >= i / WORD_BITS + 2) {
        WRITE(cell_of(heap, i)[1].edges, length);
    }
}

// ---- addresses -----------------------------------------------------------------

// Granules for `size` bytes, which is 1 or more; 0 if it overflows.
ALWAYS_INLINE size_t granules_for(const reel_heap *heap, size_t size)
{
    return (size + heap->mask) >> heap->shift;
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

// ---- words in free blocks --------------------------------------------------------

// A memory checker lets only these access them. Heads lie below the granules and are
// never dead.
ALWAYS_INLINE void watch_word(const reel_heap *heap, uintptr_t address,
                              bool is_own)
{
    const uintptr_t start = address & ~(REEL_HEAP_GRANULE - 1);
    if (!REEL_WATCH || address < heap->base) {
        return;
    }
    if (is_own) {
        watch_own(start, REEL_HEAP_GRANULE);
    } else {
        watch_unused(start, REEL_HEAP_GRANULE);
    }
}

ALWAYS_INLINE uintptr_t get_word(const reel_heap *heap, uintptr_t address)
{
    watch_word(heap, address, true);
    const uintptr_t value = *(const raw_word *)address;
    watch_word(heap, address, false);
    return value;
}

ALWAYS_INLINE void put_word(const reel_heap *heap, uintptr_t address,
                            uintptr_t value)
{
    watch_word(heap, address, true);
    *(raw_word *)address = value;
    watch_word(heap, address, false);
}

// The head of a list that is not empty. Its bit is tested first.
ALWAYS_INLINE uintptr_t first_of(const reel_heap *heap, uintptr_t bin)
{
    return get_word(heap, (uintptr_t)&heap->heads[bin]);
}

#define NEXT(block)     (block)
#define LED_FROM(block) ((block) + sizeof(uintptr_t))
#define BYTES(block)    ((block) + 2 * sizeof(uintptr_t))
#define LAST_WORD(end)  ((end) - sizeof(uintptr_t))

// Where a word may be read from any address, none is refused for being odd.
#ifdef __ARM_FEATURE_UNALIGNED
#define IS_WORD_ALIGNED(address) true
#else
#define IS_WORD_ALIGNED(address) ((address) % sizeof(uintptr_t) == 0)
#endif

// May a word and the one after it be read there?
ALWAYS_INLINE bool is_inside(const reel_heap *heap, uintptr_t address)
{
    return address - (uintptr_t)heap->heads < heap->reach
           && IS_WORD_ALIGNED(address);
}

// For others of the heap's files.
void *FROM(reel_heap_alloc)(reel_heap *heap, size_t size,
                            size_t align WITH_CALLER);
void *FROM(reel_heap_realloc)(reel_heap *heap, void *block, size_t size,
                              size_t align WITH_CALLER);

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
