// SPDX-License-Identifier: MIT
/// Inside arena.h: inline functions, their slow halves, and parts of macros.

#ifndef REEL_DETAIL_ARENA_H
#define REEL_DETAIL_ARENA_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/arena.h"
#include "reel/events.h"

// src/arena.c says REEL_TO_EMIT.
#if REEL_HAS_INLINE && !defined(REEL_ARENA_INLINE)
#define REEL_ARENA_INLINE REEL_FOR_INLINING
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// With events: a bit of `refusals` says that the arena is a temp's, which reports.
#define REEL_STACK_OF_TEMP (REEL_EVENTS ? 0x80u : 0u)

/// The state of an empty arena over [start, stop). Inline allocation ends at
/// `ready`. `zero` is 0, or REEL_ZERO_BY_SCRIPT.
#define REEL_ARENA_INITIAL(start, ready, stop, zero)                         \
    {                                                                        \
        { start }, { REEL_OUT_OF_LINE ? 0 : (ready) }, stop, start, start,   \
            start, 0, 0, start, stop, 0, { zero }, { REEL_ZERO_BY_OPTIONS }, \
            0, NULL,                                                         \
    }

#define REEL_ARENA_DEFINE_(linkage, place, zero, align, name, bytes)           \
    REEL_STATIC_ASSERT((bytes) > 0, "an arena needs 1 byte or more");          \
    REEL_NAME_OPTIONS(name)                                                    \
    REEL_MEMORY_PLACE(place, name##_memory, bytes, align);                     \
    linkage reel_arena name =                                                  \
        REEL_ARENA_INITIAL(REEL_ADDRESS(name##_memory),                        \
                           REEL_ADDRESS(name##_memory) + (bytes),              \
                           REEL_ADDRESS(name##_memory) + (bytes), zero)        \
            REEL_WATCH_MEMORY(name, name##_memory, bytes, &name.next.value, 0) \
                REEL_ON_LIST(name, ARENA)

/// The slow half of reel_arena_alloc(): any size and alignment, and the
/// failure.
void *reel_arena_alloc_slow(reel_arena *arena, size_t size, size_t align);

/// Find the place of a block in the common case: the size is not 0 and there is
/// room below `limit`. Each sum that can overflow is checked. True: the block
/// is [*start, *end). False: the slow half must look.
bool reel_arena_fit(uintptr_t next, uintptr_t limit, size_t size, size_t align,
                    uintptr_t *start, uintptr_t *end);

/// The slow half of reel_arena_resize(): any block and size.
bool reel_arena_resize_slow(reel_arena *arena, void *block, size_t old_size,
                            size_t new_size);

/// reel_arena_rewind() with the mark in registers, which saves spilling it.
reel_status reel_arena_rewind_to(reel_arena *arena, const void *owner,
                                 uintptr_t position, unsigned long serial);

/// The slow half of reel_arena_rewind(): any mark, the newest included.
reel_status reel_arena_rewind_slow(reel_arena *arena, const void *owner,
                                   uintptr_t position, unsigned long serial);

#ifdef REEL_ARENA_INLINE

REEL_ARENA_INLINE REEL_ALWAYS_INLINED bool
reel_arena_fit(uintptr_t next, uintptr_t limit, size_t size, size_t align,
               uintptr_t *start, uintptr_t *end)
{
    const uintptr_t mask = (align == 0 ? REEL_ALIGN_DEFAULT : align) - 1;
    if (REEL_UNLIKELY((align & mask) != 0)) {
        return false;
    }
    const uintptr_t padded = next + mask;
    if (REEL_UNLIKELY(REEL_MAY_CARRY(mask) && padded < next)) {
        return false;
    }
    *start = padded & ~mask;
    *end = *start + size; // not above *start: a carry, or a size of 0
    if (REEL_UNLIKELY(REEL_MAY_CARRY(size) ? *end <= *start : size == 0)) {
        return false;
    }
    return !REEL_UNLIKELY(*end > limit);
}

REEL_ARENA_INLINE void *reel_arena_alloc(reel_arena *arena, size_t size,
                                         size_t align)
{
    uintptr_t start, end;
    if (!reel_arena_fit(arena->next.value, arena->limit.value, size, align,
                        &start, &end)) {
        return reel_arena_alloc_slow(arena, size, align);
    }
    arena->next.value = end;
    return (void *)start;
}

// The last block ends at `next`. A size of 1 to next - floor is not pinned.
REEL_ARENA_INLINE bool reel_arena_resize(reel_arena *arena, void *block,
                                         size_t old_size, size_t new_size)
{
    const uintptr_t next = arena->next.value;
    const uintptr_t stop = (uintptr_t)block + new_size;
    if (stop >= next && stop <= arena->limit.value
        && (uintptr_t)block + old_size == next
        && old_size - 1 < next - arena->floor) {
        arena->next.value = stop;
        return true;
    }
    return reel_arena_resize_slow(arena, block, old_size, new_size);
}

REEL_ARENA_INLINE reel_status reel_arena_rewind_to(reel_arena *arena,
                                                   const void *owner,
                                                   uintptr_t position,
                                                   unsigned long serial)
{
    if (REEL_OUT_OF_LINE || owner != arena || serial != arena->inline_serial
        || position != arena->floor) {
        return reel_arena_rewind_slow(arena, owner, position, serial);
    }
    const uintptr_t next = arena->next.value;
    if (arena->peak < next) {
        arena->peak = next;
    }
    arena->next.value = position;
    return REEL_OK;
}

REEL_ARENA_INLINE reel_status reel_arena_rewind(reel_arena *arena,
                                                reel_mark mark)
{
    return reel_arena_rewind_to(arena, mark.owner, mark.position, mark.serial);
}

REEL_ARENA_INLINE reel_mark reel_arena_mark(reel_arena *arena)
{
    const uintptr_t next = REEL_WORD_VALUE(arena->next);
    const reel_mark mark = { arena, next, arena->serial };
    arena->floor = next;
    if (REEL_EVENTS && (arena->refusals.value & REEL_STACK_OF_TEMP) == 0) {
        REEL_REPORT(MARK, ARENA, arena, next, 0);
    }
    if (REEL_CHECKS >= 2 && !reel_arena_is_valid(arena)) {
        reel_panic(REEL_INVALID, __FILE__, __LINE__);
    }
    return mark;
}

#endif

static inline size_t reel_arena_size(const reel_arena *arena)
{
    return arena->end - arena->base;
}

// The lowest bits of `refusals` are the granule's.
static inline void reel_arena_begin_phase(reel_arena *arena)
{
    arena->peak = REEL_WORD_VALUE(arena->next);
    REEL_WORD_SET(arena->refusals, REEL_WORD_VALUE(arena->refusals) & 0xFF);
    REEL_WORD_SET(arena->largest_refused, 0);
}

static inline void reel_arena_expose(reel_arena *arena)
{
#if REEL_WATCH && defined(REEL_PORT_WATCHES_CONTENTS)
    reel_port_watch_own((void *)arena->base, reel_arena_used(arena));
#elif REEL_WATCH
    reel_port_watch_alive((void *)arena->base, reel_arena_used(arena));
#endif
    (void)arena;
}

static inline REEL_SEEN_THROUGH void *reel_arena_alloc_ahead(reel_arena *arena,
                                                             size_t size,
                                                             size_t align,
                                                             size_t ahead)
{
    void *const block = reel_arena_alloc(arena, size, align);
    const uintptr_t at = (uintptr_t)block + ahead;
    // Not past the buffer: devices may lie there. Also, Cortex-M7 has an erratum
    // (1013783) for a prefetch of memory that the MPU forbids.
    if (REEL_UNLIKELY(at - arena->base >= arena->end - arena->base)) {
        return block;
    }
    REEL_FETCH(at);
    return block;
}

#if defined(__GNUC__)

/// An open scope, which rewinds its arena when it ends.
typedef struct reel_scope {
    reel_arena *arena;
    reel_mark mark;
    bool has_run; // the body
} reel_scope;

/// The beginning of REEL_SCOPE: take a mark.
static inline reel_scope reel_scope_open(reel_arena *arena)
{
    const reel_scope scope = { arena, reel_arena_mark(arena), false };
    return scope;
}

/// The end of REEL_SCOPE: rewind. A panic if the arena was reset or rewound
/// below the scope (REEL_STALE).
static inline REEL_SEEN_THROUGH void reel_scope_close(reel_scope *scope)
{
    const reel_status status = reel_arena_rewind(scope->arena, scope->mark);
    if (REEL_CHECKS >= 1 && status != REEL_OK) {
        REEL_ACCUSE(status, REEL_KIND_ARENA, scope->arena);
    }
}

#define REEL_JOIN_(a, b) a##b
#define REEL_JOIN(a, b)  REEL_JOIN_(a, b)

#define REEL_SCOPE_(owner, name)                                          \
    for (reel_scope name __attribute__((__cleanup__(reel_scope_close))) = \
             reel_scope_open(owner);                                      \
         !name.has_run; name.has_run = true)

#endif

// Dropped marks. A mark has a serial, which counts the resets and the rewinds that
// dropped a mark. Not detected:
//
//   * a mark that another rewind dropped than the latest, and the lowest since the
//     reset
//   * a mark that is 2^n or more serials old, if `unsigned long` has n bits
//   * a mark that was taken 2^n - 1 or more serials after a reset
//   * a mark from before a new init
//
// The log of REEL_CHECKS 2 detects the first kind, too. It has room for 8 arenas, and
// for 8 rewinds of each, each lower than all after it. Later arenas are not in it.

#ifdef __cplusplus
}
#endif

#endif
