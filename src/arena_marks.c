// SPDX-License-Identifier: MIT
#include "mark_log.h"
#include "stack.h"

// ---- marks -----------------------------------------------------------------
//
// A rewind to position P drops the marks that were taken before it above P. To
// refuse them later without a list of marks, the arena remembers two rewinds: the
// latest that dropped any, and the lowest of these since the reset. The latest
// one's serial is the current serial, so it needs no word of its own.
//
// `floor` is where the newest live mark is. A rewind to it drops none, so there
// is nothing to remember: that is the common case, and inline.

// The serial stops before it meets that of the last reset again. From then on a
// dropped mark may be accepted, but no live one is ever refused.
static unsigned long next_serial(const reel_arena *arena)
{
    const unsigned long next = arena->serial + 1;
    return next != arena->epoch ? next : arena->serial;
}

// `<=`: of two rewinds that go equally low, the later one has dropped more
// marks.
static void remember_drop(reel_arena *arena, uintptr_t position)
{
    const unsigned long serial = next_serial(arena);
    log_drop(arena, position, serial);
    if (position <= arena->low_position) {
        arena->low_position = position;
        arena->low_serial = serial;
    }
    arena->last_position = position;
    arena->floor = position;
    set_serial(arena, serial);
}

// Serials wrap, so they are compared as distances from the last reset.
static bool was_dropped(const reel_arena *arena, uintptr_t position,
                        unsigned long serial)
{
    const unsigned long epoch = arena->epoch;
    const unsigned long age = serial - epoch;

    return age > arena->serial - epoch // from before the reset, or forged
           || (serial != arena->serial && position > arena->last_position)
           || (age < arena->low_serial - epoch
               && position > arena->low_position)
           || log_says_dropped(arena, position, serial);
}

// All checks come before the registry, because it ends the descendants.
EXTERN_IN_CALLER reel_status reel_arena_rewind_slow(reel_arena *arena,
                                                    const void *owner,
                                                    uintptr_t position,
                                                    unsigned long serial)
{
    const uintptr_t base = arena->base;
    const uintptr_t next = next_of(arena);
    if (owner != arena) {
        return REEL_FOREIGN;
    }
    if (position - base > next - base
        || (position & granule_mask(arena)) != 0 // of before a new init
        || was_dropped(arena, position, serial)) {
        return REEL_STALE;
    }
    const reel_status status = tell_of_rewind(arena);
    if (status != REEL_OK) {
        return status;
    }
    if (position != arena->floor) {
        remember_drop(arena, position);
    }
    lower_next(arena, next, position);
    REPORT(REWIND, arena, position, next - position);
    INVARIANT(reel_arena_is_valid(arena));
    return REEL_OK;
}

// The next serial becomes the epoch, so all older marks are from before the
// reset.
EXTERN_IN_CALLER reel_status reel_arena_reset(reel_arena *arena)
{
    const reel_status status = tell_of_rewind(arena);
    if (status != REEL_OK) {
        return status;
    }
    REPORT(RESET, arena, arena->base, used_by(arena));
    lower_next(arena, next_of(arena), arena->base);
    start_over(arena, arena->serial + 1);
    INVARIANT(reel_arena_is_valid(arena));
    return REEL_OK;
}
