// SPDX-License-Identifier: MIT
#define KIND              REEL_KIND_ARENA
#define REEL_ARENA_INLINE REEL_TO_EMIT
#include "reel/arena.h"

#include "binding.h"
#include "check.h"
#include "stack.h"

// ---- set-up ----------------------------------------------------------------

EXTERN_IN_CALLER reel_status reel_arena_init_granular(reel_arena *arena,
                                                      void *buffer, size_t size,
                                                      size_t granule)
{
    const uintptr_t start = (uintptr_t)buffer;
    if (arena == NULL || buffer == NULL || !is_pow2(granule)
        || !is_below_top(start, size)) {
        return REEL_INVALID;
    }
    const uintptr_t mask = granule - 1;
    const size_t gap = gap_to(start, mask);
    // At least one granule must stay: an arena that begins at its end counts as
    // ended.
    if (size <= gap || size - gap < granule) {
        return REEL_INVALID;
    }
    const uintptr_t stop = (start + size) & ~mask;
    start_empty(arena, start + gap, stop, stop, log2_of(granule));
    watch_unused(start + gap, stop - start - gap);
    REPORT(DEFINE, arena, start + gap, stop - start - gap);
    INVARIANT(reel_arena_is_valid(arena));
    return REEL_OK;
}
ALSO_PLAIN(reel_arena_init_granular);

reel_status reel_arena_init(reel_arena *arena, void *buffer, size_t size)
{
    return reel_arena_init_granular(arena, buffer, size, 1);
}
ALSO_PLAIN(reel_arena_init);

// ---- allocation ------------------------------------------------------------

// The place of a block if `next` is the first free byte.
typedef struct extent {
    uintptr_t start;
    uintptr_t stop; // a whole granule
} extent;

// What a block takes.
ONLY_REPORTED size_t taken_by(const reel_arena *arena, uintptr_t start,
                              size_t size)
{
    const uintptr_t stop = start + with_zone(at_least_1(size));
    return stop + gap_to(stop, granule_mask(arena)) - start;
}

ALWAYS_INLINE bool find_room(const reel_arena *arena, uintptr_t next,
                             size_t size, uintptr_t mask, extent *found)
{
    const size_t left = arena->end - next;
    const size_t gap = gap_to(next, mask);
    if (gap > left || size > left - gap) {
        return false;
    }
    // `end` is a whole granule, so the rounded stop is not above it.
    const uintptr_t stop = next + gap + size;
    found->start = next + gap;
    found->stop = stop + gap_to(stop, granule_mask(arena));
    return true;
}

EXTERN_IN_CALLER void *FROM(reel_arena_alloc_slow)(reel_arena *arena,
                                                   size_t size,
                                                   size_t align WITH_CALLER)
{
    const uintptr_t mask = mask_of(align);
    if (!HOLDS((align & mask) == 0, REEL_INVALID, KIND, arena, caller)) {
        return NULL;
    }
    extent found;
    const size_t taken = with_zone(at_least_1(size));
    if (!find_room(arena, next_of(arena), taken, mask, &found)) {
        REPORT(REFUSE, arena, reel_arena_available(arena), at_least_1(size));
        return refuse(arena, size, align PASS_CALLER);
    }
    // The owner has the arena to itself, so no exchange is needed.
    store_relaxed(&arena->next, found.stop);
    watch_alive(found.start, at_least_1(size));
    REPORT(ALLOC, arena, found.start, found.stop - found.start);
    INVARIANT(reel_arena_is_valid(arena));
    return (void *)found.start;
}

void *reel_arena_alloc_zeroed(reel_arena *arena, size_t size, size_t align)
{
    void *const block = ALLOC_IN(arena, size, align PASS_HERE);
    if (block != NULL) {
        // A request for 0 bytes has one byte, which must be 0, too.
        fill_bytes(block, 0, at_least_1(size));
    }
    return block;
}

// Contexts share `next` and nothing else. If it still has the value that was
// read, [next, end) is free, whatever happened in between.
OUT_OF_LINE void *alloc_shared_slow(reel_arena *arena, size_t size,
                                    size_t align WITH_CALLER)
{
    const uintptr_t mask = mask_of(align);
    if (!HOLDS((align & mask) == 0, REEL_INVALID, KIND, arena, caller)) {
        return NULL;
    }
    extent found;
    const size_t taken = with_zone(at_least_1(size));
    uintptr_t next = next_of(arena);
    do {
        if (!find_room(arena, next, taken, mask, &found)) {
            REPORT(REFUSE, arena, reel_arena_available(arena),
                   at_least_1(size));
            return refuse(arena, size, align PASS_CALLER);
        }
    } while (!swap_if_relaxed(&arena->next, &next, found.stop));
    watch_alive(found.start, at_least_1(size));
    REPORT(ALLOC, arena, found.start, found.stop - found.start);
    INVARIANT(is_shareable(arena, next_of(arena)));
    return (void *)found.start;
}

// The common case tries once, without a loop: more does not fit the registers.
void *reel_arena_alloc_shared(reel_arena *arena, size_t size, size_t align)
{
    uintptr_t start, stop;
    uintptr_t next = next_of(arena);
    // Relaxed is enough: no other word must be in order with this one.
    if (reel_arena_fit(next, arena->limit.value, size, align, &start, &stop)
        && swap_if_relaxed(&arena->next, &next, stop)) {
        return (void *)start;
    }
    return alloc_shared_slow(arena, size, align PASS_HERE);
}

// ---- changing and freeing one block ----------------------------------------

bool reel_arena_owns(const reel_arena *arena, const void *block, size_t size)
{
    const size_t used = used_by(arena);
    // An address below the base wraps to an offset above what is used.
    const size_t offset = (uintptr_t)block - arena->base;
    return offset < used && at_least_1(size) <= used - offset;
}

// Let the last block, which ends at `next`, end at `stop`, a whole granule.
ALWAYS_INLINE void move_end(reel_arena *arena, uintptr_t next, uintptr_t stop)
{
    // Only a fall needs lower_next(), which keeps the peak.
    if (stop > next) {
        store_relaxed(&arena->next, stop);
    } else {
        lower_next(arena, next, stop);
    }
}

// Sizes are not 0. A memory checker sees what the block gains or loses, without
// the padding. is_last() and reel_arena_owns() are not called here: on one
// value of `next` their tests save up to 34 instructions in a shrink.
static INLINE_IN_CALLER bool resize(reel_arena *arena, uintptr_t next,
                                    uintptr_t start, size_t old_size,
                                    size_t new_size)
{
    const uintptr_t mask = granule_mask(arena);
    const uintptr_t old_stop = start + with_zone(old_size);
    const uintptr_t new_stop = start + with_zone(new_size);
    // A block below the floor is pinned. If it moved `next` below a live mark,
    // that mark would lead into free memory.
    const bool is_last = old_stop + gap_to(old_stop, mask) == next
                         && start >= arena->floor
                         && with_zone(new_size) <= arena->end - start;
    if (new_size > old_size && !is_last) {
        return false;
    }
    if (new_size <= old_size) {
        // Dead before `next` falls, alive after it rises: so free memory is
        // never alive.
        watch_dead(start + new_size, old_size - new_size);
    }
    if (is_last) {
        move_end(arena, next, new_stop + gap_to(new_stop, mask));
    }
    if (new_size > old_size) {
        watch_alive(start + old_size, new_size - old_size);
    }
    REPORT(RESIZE, arena, start, taken_by(arena, start, new_size));
    return true;
}

EXTERN_IN_CALLER bool FROM(reel_arena_resize_slow)(reel_arena *arena,
                                                   void *block, size_t old_size,
                                                   size_t new_size WITH_CALLER)
{
    const uintptr_t start = (uintptr_t)block;
    const uintptr_t next = next_of(arena);
    const size_t used = next - arena->base;
    const size_t offset = start - arena->base;
    const size_t size = at_least_1(old_size);
    if (!HOLDS(offset < used && size <= used - offset,
               why_not(arena, REEL_FOREIGN), KIND, arena, caller)) {
        return false;
    }
    const bool done = resize(arena, next, start, size, at_least_1(new_size));
    INVARIANT(reel_arena_is_valid(arena));
    return done;
}

BODY_IN_CALLER void *FROM(reel_arena_realloc)(reel_arena *arena, void *block,
                                              size_t old_size, size_t new_size,
                                              size_t align WITH_CALLER)
{
    if (block == NULL) {
        return ALLOC_IN(arena, new_size, align PASS_CALLER);
    }
    const uintptr_t mask = mask_of(align);
    // Checked before either way, because a move copies from the block.
    if (!HOLDS((align & mask) == 0, REEL_INVALID, KIND, arena, caller)
        || !HOLDS(reel_arena_owns(arena, block, old_size),
                  why_not(arena, REEL_FOREIGN), KIND, arena, caller)) {
        return NULL;
    }
    if (((uintptr_t)block & mask) == 0
        && FROM(reel_arena_resize_slow)(arena, block, old_size,
                                        new_size PASS_CALLER)) {
        return block;
    }
    void *const copy = ALLOC_IN(arena, new_size, align PASS_CALLER);
    // The copy lies above the old block. So that one is not the last one, and
    // nothing can be freed.
    move_block(copy, block, old_size, new_size);
    if (copy != NULL) {
        REPORT(FREE, arena, block, taken_by(arena, (uintptr_t)block, old_size));
    }
    return copy;
}

EXTERN_IN_CALLER reel_status reel_arena_free(reel_arena *arena, void *block,
                                             size_t size)
{
    const uintptr_t start = (uintptr_t)block;
    if (block == NULL) {
        return REEL_INVALID;
    }
    if (!reel_arena_owns(arena, block, size)) {
        return why_not(arena, REEL_FOREIGN);
    }
    watch_dead(start, at_least_1(size));
    // Any other block stays in use until a rewind. That is no error:
    // REEL_FREES_LAST says it.
    if (is_last(arena, start, at_least_1(size))) {
        lower_next(arena, next_of(arena), start);
    }
    REPORT(FREE, arena, start, taken_by(arena, start, size));
    INVARIANT(reel_arena_is_valid(arena));
    return REEL_OK;
}

// ---- the allocator interface -----------------------------------------------

static void *allocate(void *self, size_t size, size_t align)
{
    return ALLOC_IN(self, size, align PASS_HERE);
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    return FROM(reel_arena_realloc)(self, block, old_size, new_size,
                                    align PASS_HERE);
}

static reel_status give_back(void *self, void *block, size_t size)
{
    return reel_arena_free(self, block, size);
}

static void end(void *self)
{
    reel_arena *const arena = self;
    end_stack(arena);
    REPORT(END, arena, 0, 0);
}

static reel_frees frees(const void *self)
{
    return frees_of(self);
}

static bool reclaim(void *self, void *block, size_t size)
{
    // Ask first: a free of any other block says REEL_OK, and its memory stays
    // in use.
    return is_last(self, (uintptr_t)block, at_least_1(size))
           && reel_arena_free(self, block, size) == REEL_OK;
}

reel_allocator reel_arena_allocator(reel_arena *arena)
{
    static const reel_allocator_ops ops = {
        .allocate = allocate,
        .reallocate = reallocate,
        .free = give_back,
        .frees = frees,
        .end = end,
        .reclaim = reclaim,
    };
    const reel_allocator allocator = { &ops, arena };
    return allocator;
}

// ---- lifetimes ---------------------------------------------------------------

reel_status reel_arena_bind(reel_arena *arena, reel_registry *registry,
                            reel_handle parent)
{
    if (arena == NULL) {
        return REEL_INVALID;
    }
    const reel_allocator self = reel_arena_allocator(arena);
    const reel_status status =
        reel_binding_start(&arena->entry, registry, self.ops, self.self,
                           parent.index, parent.version, has_ended(arena));
    // With an entry no rewind may be inline: the registry would not learn of
    // it.
    set_serial(arena, arena->serial);
    return status;
}

reel_handle reel_arena_handle(const reel_arena *arena)
{
    reel_handle handle;
    // An arena that has ended has an entry that leads nowhere (end_stack).
    reel_binding_handle(has_ended(arena) ? NULL : arena->entry, arena, &handle);
    return handle;
}

reel_status reel_arena_dispose(reel_arena *arena)
{
    const reel_status status =
        arena->entry != NULL ? tell_or_refuse(arena, false) : REEL_OK;
    if (status != REEL_OK) {
        return status;
    }
    // Without an entry rewinds are inline again.
    set_serial(arena, arena->serial);
    // The memory is the application's again, so a checker lets it in.
    watch_own(arena->base, arena->end - arena->base);
    REPORT(END, arena, 0, 0);
    return REEL_OK;
}

// ---- what the program calls, if callers are kept -----------------------------

#if REEL_CALLERS

EXTERN_IN_CALLER void *reel_arena_alloc_slow(reel_arena *arena, size_t size,
                                             size_t align)
{
    return FROM(reel_arena_alloc_slow)(arena, size, align PASS_HERE);
}

EXTERN_IN_CALLER bool reel_arena_resize_slow(reel_arena *arena, void *block,
                                             size_t old_size, size_t new_size)
{
    return FROM(reel_arena_resize_slow)(arena, block, old_size,
                                        new_size PASS_HERE);
}

EXTERN_IN_CALLER void *reel_arena_realloc(reel_arena *arena, void *block,
                                          size_t old_size, size_t new_size,
                                          size_t align)
{
    return FROM(reel_arena_realloc)(arena, block, old_size, new_size,
                                    align PASS_HERE);
}

#endif
