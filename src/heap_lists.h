// SPDX-License-Identifier: MIT
// Free blocks of a heap: their words, what a use after free may have done to them, and
// their lists.

#ifndef REEL_SRC_HEAP_LISTS_H
#define REEL_SRC_HEAP_LISTS_H

#include "heap_map.h"

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

// ---- red zones -----------------------------------------------------------------

// With red zones the last bytes of a block's zone say how many bytes the block has. So
// a checker knows its end, and the usable size is what the caller asked for.
#define NOTE 8u

ALWAYS_INLINE void note_size(uintptr_t end, size_t size)
{
    if (REEL_RED_ZONES) {
        watch_own(end - NOTE, NOTE);
        *(raw_word *)LAST_WORD(end) = size;
        watch_unused(end - NOTE, NOTE);
    }
}

// The size of a used block of so many bytes, zone and all.
ALWAYS_INLINE size_t size_in(uintptr_t block, size_t bytes)
{
    if (!REEL_RED_ZONES) {
        return bytes;
    }
    const uintptr_t end = block + bytes;
    watch_own(end - NOTE, NOTE);
    const size_t size = *(const raw_word *)LAST_WORD(end);
    watch_unused(end - NOTE, NOTE);
    return size;
}

// ---- use after free ------------------------------------------------------------

// A fact about the words of a free block. If it does not hold, they were written to.
// Who wrote there is not known.
#define UNTOUCHED(fact) HOLDS(fact, REEL_INVALID, REEL_KIND_HEAP, heap, NULL)
#define CHECKED(fact)   (REEL_CHECKS < 1 || (fact))

// Is what comes next on a list as the heap left it? It is read only where that is safe,
// whatever it is.
ALWAYS_INLINE bool leads_back(const reel_heap *heap, uintptr_t block,
                              uintptr_t next)
{
    return next == 0
           || (is_inside(heap, next)
               && get_word(heap, LED_FROM(next)) == block);
}

// The length that was read at one end of a free block stands at the other one, too.
ALWAYS_INLINE bool has_length(const reel_heap *heap, uintptr_t other,
                              size_t bytes)
{
    return is_inside(heap, other) && get_word(heap, other) == bytes;
}

// Bytes of a free block of two granules or more. False: it was written to, or has not
// even `least`.
ALWAYS_INLINE bool bytes_for(const reel_heap *heap, uintptr_t block,
                             size_t least, size_t *bytes)
{
    *bytes = get_word(heap, BYTES(block));
    return CHECKED(*bytes >= least
                   && has_length(heap, LAST_WORD(block + *bytes), *bytes));
}

// Bytes of the free block that ends before `end`. False: it was written to.
ALWAYS_INLINE bool read_before(const reel_heap *heap, uintptr_t end,
                               bool is_one, size_t *bytes)
{
    *bytes = is_one ? heap->mask + 1 : get_word(heap, LAST_WORD(end));
    return is_one
           || CHECKED(*bytes != 0
                      && has_length(heap, BYTES(end - *bytes), *bytes));
}

// The same of the one at `block`.
ALWAYS_INLINE bool read_behind(const reel_heap *heap, uintptr_t block,
                               bool is_one, size_t *bytes)
{
    *bytes = is_one ? heap->mask + 1 : get_word(heap, BYTES(block));
    return is_one
           || CHECKED(*bytes != 0
                      && has_length(heap, LAST_WORD(block + *bytes), *bytes));
}

// ---- of all files --------------------------------------------------------------

#if IS_FOR_SPEED
#include "heap_shared.h"
#else
size_t reel_heap_used_length(const reel_heap *heap, size_t i);
void reel_heap_note_length(const reel_heap *heap, size_t i, size_t n,
                           size_t length);
void reel_heap_link(reel_heap *heap, uintptr_t block, size_t bytes);
bool reel_heap_unlink(reel_heap *heap, uintptr_t block);
#endif

#endif
