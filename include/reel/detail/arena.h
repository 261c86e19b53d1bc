/// Inside arena.h: inline functions, their slow halves, what the macros expand to.

#ifndef REEL_DETAIL_ARENA_H
#define REEL_DETAIL_ARENA_H

#include "reel/arena.h"

// src/arena.c says REEL_TO_EMIT.
#if REEL_HAS_INLINE && !defined(REEL_ARENA_INLINE)
#define REEL_ARENA_INLINE REEL_FOR_INLINING
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// The state of an empty arena over [start, stop) with inline allocation up to
/// `ready`.
#define REEL_ARENA_INITIAL(start, ready, stop)                             \
    {                                                                      \
        { start }, { REEL_OUT_OF_LINE ? 0 : (ready) }, stop, start, start, \
            start, 0, 0, start, stop, 0, { 0 }, { 0 },                     \
    }

/// The part of reel_arena_alloc() that is not worth inlining.
///
/// Returns  as reel_arena_alloc().
/// Panics   as reel_arena_alloc().
/// Cost     O(1), no loop.
/// Context  as reel_arena_alloc().
void *reel_arena_alloc_slow(reel_arena *arena, size_t size, size_t align);

/// Where a block goes in the common case: a size that is not 0, room below
/// `limit`. Every sum that may have a carry is checked for it.
///
/// Returns  true, and the block would be [*start, *end); false if that needs a
///          second look.
/// Cost     O(1), no loop.
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
bool reel_arena_fit(uintptr_t next, uintptr_t limit, size_t size, size_t align,
                    uintptr_t *start, uintptr_t *end);

/// The part of reel_arena_resize() that is not worth inlining: it takes any block
/// and size.
///
/// Returns  as reel_arena_resize().
/// Panics   as reel_arena_resize().
/// Cost     as reel_arena_resize().
/// Context  as reel_arena_resize().
bool reel_arena_resize_slow(reel_arena *arena, void *block, size_t old_size,
                            size_t new_size);

/// reel_arena_rewind() with the mark in registers: saves spilling it.
///
/// Returns  as reel_arena_rewind().
/// Cost     as reel_arena_rewind().
/// Context  as reel_arena_rewind().
reel_status reel_arena_rewind_to(reel_arena *arena, const void *owner,
                                 uintptr_t position, unsigned long serial);

/// The part of reel_arena_rewind() that is not worth inlining: it takes any mark,
/// the newest too.
///
/// Returns  as reel_arena_rewind().
/// Cost     as reel_arena_rewind().
/// Context  as reel_arena_rewind().
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

// The last block grows within the room for inline allocation. It ends at `next`, and
// a size from 1 to next - floor is that of one whose start no mark pins.
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
    if (REEL_OUT_OF_LINE || owner != arena || serial != arena->serial
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
    if (REEL_CHECKS >= 2 && !reel_arena_is_valid(arena)) {
        reel_panic(REEL_INVALID, __FILE__, __LINE__);
    }
    return mark;
}

#endif

static inline void *reel_arena_alloc_ahead(reel_arena *arena, size_t size,
                                           size_t align, size_t ahead)
{
    void *const block = reel_arena_alloc(arena, size, align);
    REEL_FETCH((uintptr_t)block + ahead);
    return block;
}

#if defined(__GNUC__)

/// An open scope: rewinds its arena when it ends.
typedef struct reel_scope {
    reel_arena *arena;
    reel_mark mark;
    bool has_run; // the body
} reel_scope;

/// The beginning of REEL_SCOPE: take a mark.
///
/// Returns  the scope, whose body has not run.
/// Cost     O(1).
/// Context  as reel_arena_mark().
static inline reel_scope reel_scope_open(reel_arena *arena)
{
    const reel_scope scope = { arena, reel_arena_mark(arena), false };
    return scope;
}

/// The end of REEL_SCOPE: rewind.
///
/// Returns  when the arena is where it was.
/// Panics   the arena was reset or rewound below the scope (REEL_STALE).
/// Cost     as reel_arena_rewind().
/// Context  as reel_arena_rewind().
static inline void reel_scope_close(reel_scope *scope)
{
    const reel_status status = reel_arena_rewind(scope->arena, scope->mark);
    if (REEL_CHECKS >= 1 && status != REEL_OK) {
        reel_panic(status, __FILE__, __LINE__);
    }
}

#define REEL_JOIN_(a, b) a##b
#define REEL_JOIN(a, b)  REEL_JOIN_(a, b)

#define REEL_SCOPE_(owner, name)                                          \
    for (reel_scope name __attribute__((__cleanup__(reel_scope_close))) = \
             reel_scope_open(owner);                                      \
         !name.has_run; name.has_run = true)

#endif

#ifdef __cplusplus
}
#endif

#endif
