// What the modules that are arenas inside share: the stack of blocks itself.

#ifndef REEL_SRC_STACK_H
#define REEL_SRC_STACK_H

#include "atomic.h"
#include "bits.h"
#include "reel/arena.h"
#include "watch.h"

#define GRANULE_BITS 0xFFu // of `refusals`: log2 of the granule
#define ONE_REFUSAL  0x100u

ALWAYS_INLINE uintptr_t granule_log2(const reel_arena *arena)
{
    return load_relaxed(&arena->refusals) & GRANULE_BITS;
}

ALWAYS_INLINE uintptr_t granule_mask(const reel_arena *arena)
{
    return ((uintptr_t)1 << granule_log2(arena)) - 1;
}

ALWAYS_INLINE uintptr_t next_of(const reel_arena *arena)
{
    return load_relaxed(&arena->next);
}

// No marks: those taken before now are older than `serial`. The stack is empty.
static inline void start_over(reel_arena *arena, unsigned long serial)
{
    const uintptr_t base = arena->base;
    arena->floor = base;
    arena->last_position = base;
    arena->low_position = arena->end;
    arena->low_serial = serial;
    arena->epoch = serial;
    arena->serial = serial;
}

// Inline allocation up to `ready`; granules of 2^log2 bytes, of which
// [start, stop) holds whole ones.
static inline void start_empty(reel_arena *arena, uintptr_t start,
                               uintptr_t ready, uintptr_t stop, uintptr_t log2)
{
    store_relaxed(&arena->limit, REEL_OUT_OF_LINE || log2 > 0 ? 0 : ready);
    arena->end = stop;
    arena->base = start;
    arena->peak = start;
    store_relaxed(&arena->refusals, log2);
    store_relaxed(&arena->largest_refused, 0);
    store_relaxed(&arena->next, start);
    start_over(arena, 0);
}

// Count a request that did not fit. Two contexts at once may count one.
OUT_OF_LINE void *count_refusal(reel_arena *arena, size_t size)
{
    const uintptr_t refusals = load_relaxed(&arena->refusals);
    const uintptr_t one_more = refusals + ONE_REFUSAL;
    if (one_more > refusals) {
        store_relaxed(&arena->refusals, one_more);
    }
    if (load_relaxed(&arena->largest_refused) < size) {
        store_relaxed(&arena->largest_refused, size);
    }
    return NULL;
}

// The block's end in memory is where the next block would start, and no mark
// pins it.
static bool is_last(const reel_arena *arena, uintptr_t start, size_t size)
{
    const uintptr_t stop = start + size;
    return stop + gap_to(stop, granule_mask(arena)) == next_of(arena)
           && start >= arena->floor;
}

#endif
