// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_ARENA
#include "stack.h"

bool reel_arena_is_valid(const reel_arena *arena)
{
    const uintptr_t next = next_of(arena);
    if (has_ended(arena)) {
        return arena->base != 0 && load_relaxed(&arena->limit) == 0
               && next == arena->end;
    }
    // base <= last_position <= floor <= next. Serials wrap, so their distances
    // from the epoch are compared.
    return is_shareable(arena, next) && arena->base <= arena->floor
           && arena->floor <= next && arena->base <= arena->last_position
           && arena->last_position <= arena->floor
           && arena->base <= arena->low_position
           && arena->low_position <= arena->end && arena->base <= arena->peak
           && arena->peak <= arena->end
           && arena->low_serial - arena->epoch <= arena->serial - arena->epoch;
}

// ---- questions -------------------------------------------------------------

size_t reel_arena_used(const reel_arena *arena)
{
    return used_by(arena);
}

size_t reel_arena_available(const reel_arena *arena)
{
    return arena->end - next_of(arena);
}

size_t reel_arena_peak(const reel_arena *arena)
{
    // The stored peak is updated only when `next` falls, so now may be the
    // peak.
    const uintptr_t next = next_of(arena);
    return (arena->peak < next ? next : arena->peak) - arena->base;
}

reel_stats reel_arena_stats(const reel_arena *arena)
{
    reel_stats stats;
    stats.size = reel_arena_size(arena);
    stats.used = reel_arena_used(arena);
    stats.peak = reel_arena_peak(arena);
    // The low byte of the word is the granule.
    stats.failures = load_relaxed(&arena->refusals) / ONE_REFUSAL;
    stats.largest_refused = load_relaxed(&arena->largest_refused);
    return stats;
}

size_t reel_arena_offset(const reel_arena *arena, const void *block)
{
    const size_t offset = (uintptr_t)block - arena->base;
    // An address below the base wraps, so one comparison refuses it, too.
    return HOLDS(offset < used_by(arena), why_not(arena, REEL_FOREIGN), KIND,
                 arena, HERE)
               ? offset
               : SIZE_MAX;
}

void *reel_arena_at(const reel_arena *arena, size_t offset)
{
    if (!HOLDS(offset < used_by(arena), why_not(arena, REEL_INVALID), KIND,
               arena, HERE)) {
        return NULL;
    }
    return (void *)(arena->base + offset);
}
