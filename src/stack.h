// SPDX-License-Identifier: MIT
// The stack of blocks: what arenas and the modules that contain one share.

#ifndef REEL_SRC_STACK_H
#define REEL_SRC_STACK_H

#include "atomic.h"
#include "binding.h"
#include "bits.h"
#include "check.h"
#include "reel/arena.h"
#include "reel/events.h"
#include "watch.h"

#define GRANULE_BITS (0xFFu & ~REEL_STACK_OF_TEMP) // of `refusals`
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

static inline bool is_of_temp(const reel_arena *arena)
{
    return (load_relaxed(&arena->refusals) & REEL_STACK_OF_TEMP) != 0;
}

// The stack of a temp does not report: the temp does.
#define REPORT(kind, arena, place, size)                        \
    do {                                                        \
        if (REEL_EVENTS && !is_of_temp(arena)) {                \
            REEL_REPORT(kind, ARENA, (arena), (place), (size)); \
        }                                                       \
    } while (0)

ALWAYS_INLINE size_t used_by(const reel_arena *arena)
{
    return next_of(arena) - arena->base;
}

// Lower `next`. Only here is the peak updated: `next` was never higher than
// just before it falls.
ALWAYS_INLINE void lower_next(reel_arena *arena, uintptr_t next,
                              uintptr_t position)
{
    if (arena->peak < next) {
        arena->peak = next;
    }
    watch_dead(position, next - position);
    store_relaxed(&arena->next, position);
}

// A bound arena tells its registry of every rewind, so none is inline: no mark
// has the serial after the present one.
ALWAYS_INLINE void set_serial(reel_arena *arena, unsigned long serial)
{
    arena->serial = serial;
    arena->inline_serial = arena->entry == NULL ? serial : serial + 1;
}

// What holds while other contexts share the stack: what they do not change, and
// the ranges of `next` and `limit`, each by itself; also when it has ended. Only
// the owner, who moves the floor, can compare it with `next`.
static inline bool is_shareable(const reel_arena *arena, uintptr_t next)
{
    const uintptr_t limit = load_relaxed(&arena->limit);
    const uintptr_t edges = next | arena->base | arena->end;
    return granule_log2(arena) < WORD_BITS && arena->base != 0
           && arena->base <= next && next <= arena->end
           && (limit == 0 || (arena->base <= limit && limit <= arena->end))
           && (edges & granule_mask(arena)) == 0;
}

// Empty the stack, without marks: those from before are older than `serial`.
static inline void start_over(reel_arena *arena, unsigned long serial)
{
    const uintptr_t base = arena->base;
    arena->floor = base;
    arena->last_position = base;
    arena->low_position = arena->end;
    arena->low_serial = serial;
    arena->epoch = serial;
    set_serial(arena, serial);
}

// Inline allocation ends at `ready`. [start, stop) is whole granules of 2^log2
// bytes. A temp says REEL_STACK_OF_TEMP.
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
    arena->entry = NULL;
    start_over(arena, 0);
}

// What a free is worth. Directly above the newest mark there is no block that can be
// freed, and those below are pinned.
static inline reel_frees frees_of(const reel_arena *arena)
{
    const uintptr_t next = next_of(arena);
    return next == arena->floor && next != arena->base ? REEL_FREES_NEVER
                                                       : REEL_FREES_LAST;
}

// ---- lifetimes -------------------------------------------------------------

// After its end the stack is empty and full at once. No live arena is.
ALWAYS_INLINE bool has_ended(const reel_arena *arena)
{
    return arena->base == arena->end;
}

// Why a block or an offset is not in the used part.
static inline reel_status why_not(const reel_arena *arena, reel_status why)
{
    return has_ended(arena) ? REEL_STALE : why;
}

// A bound arena tells its registry before its blocks end. One that has ended is
// refused here, too: it also has an entry, which leads nowhere.
OUT_OF_LINE reel_status tell_or_refuse(reel_arena *arena, bool goes_on)
{
    return has_ended(arena) ? REEL_STALE
                            : tell_registry(&arena->entry, arena, goes_on);
}

// Before its blocks end. Most arenas have no entry.
ALWAYS_INLINE reel_status tell_of_rewind(reel_arena *arena)
{
    return REEL_UNLIKELY(arena->entry != NULL) ? tell_or_refuse(arena, true)
                                               : REEL_OK;
}

// Fill the stack, then let it begin where it ends: from then on it has ended. Then it gets
// an entry, so that no rewind is inline and all are refused. A handler may interrupt this
// anywhere: its calls succeed as before, or fail. What it freed or rewound since the
// first fill, the last store undoes; after the entry it can do neither.
static inline void end_stack(reel_arena *arena)
{
    const uintptr_t stop = arena->end;
    store_release(&arena->limit, 0);
    store_release(&arena->next, stop);
    put(&arena->base, stop);
    *(reel_registry_entry *volatile *)&arena->entry =
        (reel_registry_entry *)(void *)arena;
    // Read now: a handler may have rewound until then.
    set_serial(arena, *(volatile unsigned long *)&arena->serial);
    store_release(&arena->next, stop);
}

// Count a request that did not fit. Two contexts at once may count one.
OUT_OF_LINE void *count_refusal(reel_arena *arena,
                                size_t size WITH(reel_kind kind) WITH_CALLER)
{
    const uintptr_t refusals = load_relaxed(&arena->refusals);
    const uintptr_t one_more = refusals + ONE_REFUSAL;
    // It saturates: after a carry the count would start again at 0.
    if (one_more > refusals) {
        store_relaxed(&arena->refusals, one_more);
    }
    if (load_relaxed(&arena->largest_refused) < size) {
        store_relaxed(&arena->largest_refused, size);
    }
    (void)HOLDS(!has_ended(arena), REEL_STALE, kind, arena, caller);
    return NULL;
}

ALWAYS_INLINE void *refuse(reel_arena *arena, size_t size,
                           size_t align WITH_CALLER)
{
    (void)align;
    TELL_REFUSAL(!has_ended(arena), REEL_NO_MEMORY, REEL_KIND_ARENA, arena,
                 caller, at_least_1(size), align, arena->end - next_of(arena),
                 NULL);
    return count_refusal(arena,
                         at_least_1(size) PASS(REEL_KIND_ARENA) PASS_CALLER);
}

// The inline half, or with REEL_CALLERS the body that gets the caller.
void *FROM(reel_arena_alloc_slow)(reel_arena *arena, size_t size,
                                  size_t align WITH_CALLER);
bool FROM(reel_arena_resize_slow)(reel_arena *arena, void *block,
                                  size_t old_size, size_t new_size WITH_CALLER);
#if REEL_CALLERS
#define ALLOC_IN FROM(reel_arena_alloc_slow)
#else
#define ALLOC_IN reel_arena_alloc
#endif

// Is it the last block, and not pinned? The last one ends where the next block
// would start. What starts within a granule is none.
ALWAYS_INLINE bool is_last(const reel_arena *arena, uintptr_t start,
                           size_t size)
{
    const uintptr_t mask = granule_mask(arena);
    const uintptr_t stop = start + with_zone(size);
    return stop + gap_to(stop, mask) == next_of(arena) && start >= arena->floor
           && (start & mask) == 0;
}

#endif
