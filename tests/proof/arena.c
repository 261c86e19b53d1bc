// SPDX-License-Identifier: MIT
// src/arena*.c, src/stack.h and the inline half of reel/arena.h.
//
// The state of an arena is any that keeps the invariant. What init makes keeps it, and
// each call passes it on, so it holds for ever. The arena is not bound to a registry.

#include "proof.h"

#include "where/reel_arena_alloc_shared"
#include "where/reel_arena_alloc_slow"
#include "where/reel_arena_free"
#include "where/reel_arena_init_granular"
#include "where/reel_arena_is_valid"
#include "where/reel_arena_offset"
#include "where/reel_arena_owns"
#include "where/reel_arena_peak"
#include "where/reel_arena_reset"
#include "where/reel_arena_resize_slow"

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line; // it returns, so that calls must fail
}

// ---- any arena -----------------------------------------------------------------

#define ANY_ARENA(name)                                                        \
    reel_arena name;                                                           \
    name.next.value = any_word(), name.limit.value = any_word();               \
    name.end = any_word(), name.base = any_word(), name.floor = any_word();    \
    name.peak = any_word(), name.serial = any_word();                          \
    name.inline_serial = name.serial, name.low_position = any_word();          \
    name.last_position = any_word(), name.low_serial = any_word();             \
    name.refusals.value = any_word(), name.largest_refused.value = any_word(); \
    name.epoch = any_word(), name.entry = NULL

static bool is_sound(const reel_arena *arena)
{
    return reel_arena_is_valid(arena) && arena->base < arena->end
           && arena->end <= UINTPTR_MAX - REEL_TOP_BYTES
           && arena->inline_serial == arena->serial
           && (arena->floor & granule_mask(arena)) == 0
           && (arena->limit.value == 0
               || (arena->limit.value == arena->end
                   && granule_mask(arena) == 0));
}

static bool have_same_marks(const reel_arena *a, const reel_arena *b)
{
    return a->floor == b->floor && a->serial == b->serial
           && a->epoch == b->epoch && a->last_position == b->last_position
           && a->low_position == b->low_position
           && a->low_serial == b->low_serial;
}

static bool have_same_room(const reel_arena *a, const reel_arena *b)
{
    return a->limit.value == b->limit.value && a->end == b->end
           && a->base == b->base && a->entry == b->entry
           && ((a->refusals.value ^ b->refusals.value) & GRANULE_BITS) == 0;
}

static bool are_same(const reel_arena *a, const reel_arena *b)
{
    return have_same_marks(a, b) && have_same_room(a, b)
           && a->next.value == b->next.value && a->peak == b->peak
           && a->refusals.value == b->refusals.value
           && a->largest_refused.value == b->largest_refused.value;
}

static void observe(const reel_arena *arena)
{
    OBSERVE(arena->next.value);
    OBSERVE(arena->floor);
    OBSERVE(arena->peak);
    OBSERVE(arena->low_position);
    OBSERVE(arena->low_serial);
    OBSERVE(arena->serial);
    OBSERVE(arena->refusals.value);
    OBSERVE(arena->largest_refused.value);
}

// ---- set-up ----------------------------------------------------------------------

PROOF(an_arena_is_whole_granules_of_the_buffer, WORD_BITS)
{
    const uintptr_t buffer = any_word();
    const size_t size = any_word();
    const size_t granule = any_word();
    ANY_ARENA(arena);
    const reel_arena old = arena;
    const reel_status status =
        reel_arena_init_granular(&arena, (void *)buffer, size, granule);
    const wide first = up(buffer, (wide)granule - 1);
    const wide stop = ((wide)buffer + size) & ~((wide)granule - 1);
    const bool fits = buffer != 0 && is_pow2(granule) && first < stop
                      && (wide)buffer + size <= UINTPTR_MAX - REEL_TOP_BYTES;
    ASSERT((status == REEL_OK) == fits);
    ASSERT(status == REEL_OK || status == REEL_INVALID);
    ASSERT(!fits || is_sound(&arena));
    ASSERT(!fits || (arena.base == first && arena.end == stop));
    ASSERT(!fits || reel_arena_used(&arena) == 0);
    ASSERT(fits || are_same(&arena, &old));
    COVER(fits && granule > 1);
    COVER(!fits && buffer != 0 && is_pow2(granule));
    OBSERVE(status);
    observe(&arena);
}

// ---- allocation ------------------------------------------------------------------

PROOF(a_fit_is_exact, 0)
{
    const uintptr_t next = any_word();
    const uintptr_t limit = any_word();
    const size_t size = any_word();
    const size_t align = any_word();
    uintptr_t start = 0;
    uintptr_t end = 0;
    ASSUME(next <= UINTPTR_MAX - REEL_TOP_BYTES);
    ASSUME(align == 0 || is_pow2(align));
    const wide first = up(next, mask_of(align));
    const bool fits = size != 0 && first + size <= limit;
    const bool placed = reel_arena_fit(next, limit, size, align, &start, &end);
    ASSERT(placed == fits);
    ASSERT(!placed || (start == first && end == first + size));
    COVER(placed);
    COVER(!placed && size != 0);
    OBSERVE(placed);
    OBSERVE(placed ? start : 0);
    OBSERVE(placed ? end : 0);
}

PROOF(no_fit_is_for_an_odd_alignment, 0)
{
    const uintptr_t next = any_word();
    const uintptr_t limit = any_word();
    const size_t size = any_word();
    const size_t align = any_word();
    uintptr_t start = 0;
    uintptr_t end = 0;
    ASSUME(align != 0 && !is_pow2(align));
    ASSERT(!reel_arena_fit(next, limit, size, align, &start, &end));
    COVER(size <= limit);
}

// Both halves compute the same start. It has room for a short block above it.
#define KNOW_PADDING(next, mask)                                  \
    KNOW_GAP((next), (mask));                                     \
    TRUTH(!is_mask(mask)                                          \
          || (((next) + (mask)) & ~(mask))                        \
                 == (next) + gap_to((next), (mask)));             \
    TRUTH(!is_mask(mask)                                          \
          || ((next) + (mask) < (next))                           \
                 == ((next) + gap_to((next), (mask)) < (next)));  \
    TRUTH(!is_mask(mask) || (next) > UINTPTR_MAX - REEL_TOP_BYTES \
          || (next) + gap_to((next), (mask))                      \
                 <= UINTPTR_MAX - REEL_TOP_BYTES + 1)

// To be good an alignment is 0 or a power of two.
#define KNOW_ALIGN(align)               \
    TRUTH(((align)&mask_of(align)) != 0 \
          || (is_mask(mask_of(align)) && (align == 0 || is_pow2(align))))

// Up to the end, which is a whole granule, both are in one order.
ALWAYS_INLINE void know_whole(uintptr_t of, uintptr_t top, uintptr_t granule)
{
    const uintptr_t x = any_same(of);
    const uintptr_t end = any_same(top);
    const uintptr_t mask = any_same(granule);
    KNOW_GAP(x, mask);
    TRUTH(!is_mask(mask) || (end & mask) != 0 || x > end
          || gap_to(x, mask) <= end - x);
}

// What a block needs in all, in the words of both halves. Two words at most are added
// or subtracted in each step.
ALWAYS_INLINE void know_room(uintptr_t from, uintptr_t to, size_t length,
                             uintptr_t top)
{
    const uintptr_t next = any_same(from);
    const uintptr_t gap = any_same(to);
    const uintptr_t size = any_same(length);
    const uintptr_t end = any_same(top);
    const uintptr_t start = next + gap;
    const uintptr_t first_word = any_same(start);
    const wide first = (wide)next + gap;
    TRUTH((first == start) == (start >= next));
    TRUTH((next > end) | ((gap > end - next) == (first > end)));
    TRUTH(end - next - gap == end - start);
    TRUTH((first_word > end)
          | ((size > end - first_word) == ((wide)first_word + size > end)));
    TRUTH((start + size >= start) == ((wide)start + size == start + size));
}

// A block if and only if it fits: the first place there is, and nothing else moves.
ALWAYS_INLINE void check_alloc(void *(*alloc)(reel_arena *, size_t, size_t))
{
    const size_t size = any_word();
    const size_t align = any_word();
    ANY_ARENA(arena);
    const uintptr_t log2 = granule_log2(&arena);
    const reel_arena old = arena;
    const uintptr_t next = old.next.value;
    const uintptr_t mask = mask_of(align);
    const uintptr_t last = next + gap_to(next, mask) + at_least_1(size);
    ASSUME((align & mask) == 0);
    ASSUME(log2 < WORD_BITS);
    KNOW_ALIGN(align);
    KNOW_PADDING(next, mask);
    TRUTH(log2 >= WORD_BITS || is_mask(granule_mask(&old)));
    know_whole(last, old.end, granule_mask(&old));
    know_room(next, gap_to(next, mask), at_least_1(size), old.end);
    know_room(next, gap_to(next, mask), size, old.end);
    ASSUME(is_sound(&arena));
    const bool fits = up(next, mask) + at_least_1(size) <= old.end;
    const uintptr_t stop = last + gap_to(last, granule_mask(&old));
    const uintptr_t block = (uintptr_t)alloc(&arena, size, align);
    ASSERT((block != 0) == fits);
    ASSERT(block == 0 || block == up(next, mask));
    ASSERT(arena.next.value == (fits ? stop : next));
    ASSERT(have_same_marks(&arena, &old) && have_same_room(&arena, &old)
           && arena.peak == old.peak);
    ASSERT(!fits || arena.refusals.value == old.refusals.value);
    LEMMA((arena.refusals.value & GRANULE_BITS) == log2);
    ASSERT(is_sound(&arena));
    COVER(fits);
    COVER(!fits);
    COVER(fits && log2 > 0);
    OBSERVE(block);
    observe(&arena);
}

PROOF(alloc_succeeds_if_and_only_if_it_fits, 0)
{
    check_alloc(reel_arena_alloc);
}

PROOF(alloc_shared_succeeds_if_and_only_if_it_fits, 1)
{
    check_alloc(reel_arena_alloc_shared);
}

PROOF(alloc_refuses_an_odd_alignment, 0)
{
    const size_t size = any_word();
    const size_t align = any_word();
    ANY_ARENA(arena);
    const reel_arena old = arena;
    ASSUME((align & mask_of(align)) != 0);
    ASSUME(is_sound(&arena));
    ASSERT(reel_arena_alloc(&arena, size, align) == NULL);
    ASSERT(are_same(&arena, &old));
    COVER(size <= arena.end - arena.next.value);
}

// Any bytes for which a call says that they are no block change nothing.
PROOF(a_failure_is_counted_and_nothing_else, 0)
{
    const size_t size = any_word();
    ANY_ARENA(arena);
    const reel_arena old = arena;
    (void)count_refusal(&arena, size);
    const uintptr_t most = UINTPTR_MAX / ONE_REFUSAL;
    const uintptr_t was = old.refusals.value / ONE_REFUSAL;
    ASSERT(arena.refusals.value / ONE_REFUSAL == (was < most ? was + 1 : most));
    ASSERT(have_same_marks(&arena, &old) && have_same_room(&arena, &old));
    ASSERT(arena.next.value == old.next.value && arena.peak == old.peak);
    ASSERT(arena.largest_refused.value
           == max_of(size, old.largest_refused.value));
    COVER(was == most);
    observe(&arena);
}

// ---- one block changes -------------------------------------------------------------

// Also of a block that is none, which is refused.
PROOF(resize_succeeds_if_and_only_if_it_fits, 0)
{
    const uintptr_t block = any_word();
    const size_t old_size = at_least_1(any_word());
    const size_t new_size = at_least_1(any_word());
    ANY_ARENA(arena);
    const reel_arena old = arena;
    const uintptr_t next = old.next.value;
    const uintptr_t log2 = granule_log2(&arena);
    ASSUME(log2 < WORD_BITS);
    const uintptr_t mask = granule_mask(&arena);
    const uintptr_t old_stop = block + old_size;
    const uintptr_t new_stop = block + new_size;
    TRUTH(log2 >= WORD_BITS || is_mask(mask));
    TRUTH((log2 != 0) | (mask == 0));
    TRUTH((mask != 0) | (gap_to(old_stop, mask) == 0));
    TRUTH((mask != 0) | (gap_to(new_stop, mask) == 0));
    KNOW_GAP(old_stop, mask);
    know_whole(new_stop, old.end, mask);
    know_whole(new_stop, next, mask);
    ASSUME(is_sound(&arena));
    const bool is_inside =
        block >= old.base && block < next && old_size <= next - block;
    const bool is_last =
        old_stop + gap_to(old_stop, mask) == next && block >= old.floor;
    const bool fits =
        new_size <= old_size || (is_last && new_size <= old.end - block);
    const bool done =
        reel_arena_resize_slow(&arena, (void *)block, old_size, new_size);
    ASSERT(done == (is_inside && fits));
    ASSERT(arena.next.value
           == (done && is_last ? new_stop + gap_to(new_stop, mask) : next));
    ASSERT(have_same_marks(&arena, &old) && have_same_room(&arena, &old));
    ASSERT(arena.peak >= old.peak
           && (arena.next.value >= next || arena.peak >= next));
    COVER(done && new_size > old_size);
    COVER(is_inside && !fits);
    COVER(done && is_last && new_size < old_size);
    OBSERVE(done);
    observe(&arena);
}

PROOF(the_inline_half_of_resize_agrees_with_the_other, 0)
{
    const uintptr_t block = any_word();
    const size_t old_size = any_word();
    const size_t new_size = any_word();
    ANY_ARENA(arena);
    arena.refusals.value = 0;
    reel_arena other = arena;
    ASSUME(is_sound(&arena));
    ASSUME(old_size != 0 && new_size != 0);
    const bool done =
        reel_arena_resize(&arena, (void *)block, old_size, new_size);
    ASSERT(
        done
        == reel_arena_resize_slow(&other, (void *)block, old_size, new_size));
    ASSERT(arena.next.value == other.next.value
           && reel_arena_peak(&arena) == reel_arena_peak(&other));
    ASSERT(have_same_marks(&arena, &other) && have_same_room(&arena, &other));
    COVER(done && arena.limit.value != 0 && new_size > old_size);
    observe(&arena);
}

PROOF(free_lowers_the_end_if_the_block_is_the_last, 0)
{
    const uintptr_t block = any_word();
    const size_t size = any_word();
    ANY_ARENA(arena);
    const reel_arena old = arena;
    const uintptr_t next = old.next.value;
    ASSUME(granule_log2(&arena) < WORD_BITS);
    const uintptr_t mask = granule_mask(&arena);
    const uintptr_t stop = block + at_least_1(size);
    ASSUME(is_sound(&arena));
    const bool is_inside =
        block >= old.base && block < next && at_least_1(size) <= next - block;
    const bool is_last =
        is_inside && stop + gap_to(stop, mask) == next && block >= old.floor
        && (block & mask) == 0; // no block starts within a granule
    const reel_status status = reel_arena_free(&arena, (void *)block, size);
    ASSERT(status
           == (block == 0  ? REEL_INVALID
               : is_inside ? REEL_OK
                           : REEL_FOREIGN));
    ASSERT(arena.next.value == (is_last ? block : next));
    ASSERT(have_same_marks(&arena, &old) && have_same_room(&arena, &old));
    ASSERT(is_sound(&arena));
    COVER(is_last);
    COVER(is_inside && !is_last);
    OBSERVE(status);
    observe(&arena);
}

// ---- marks ---------------------------------------------------------------------
//
// One mark, any that there may be, through every kind of call.

static bool is_live(const reel_arena *arena, uintptr_t position,
                    unsigned long serial)
{
    return arena->base <= position && position <= arena->floor
           && !was_dropped(arena, position, serial);
}

PROOF(a_mark_is_live_and_drops_none, 0)
{
    const uintptr_t position = any_word();
    const unsigned long serial = any_word();
    ANY_ARENA(arena);
    ASSUME(is_sound(&arena));
    const bool was_live = is_live(&arena, position, serial);
    const reel_mark mark = reel_arena_mark(&arena);
    ASSERT(is_live(&arena, mark.position, mark.serial));
    ASSERT(!was_live || is_live(&arena, position, serial));
    ASSERT(mark.position == arena.next.value);
    ASSERT(is_sound(&arena));
    COVER(was_live);
    observe(&arena);
}

PROOF(a_rewind_keeps_lower_marks_and_drops_higher_ones, 0)
{
    const uintptr_t to = any_word();
    const unsigned long of = any_word();
    const uintptr_t position = any_word();
    const unsigned long serial = any_word();
    ANY_ARENA(arena);
    const reel_arena old = arena;
    ASSUME(is_sound(&arena));
    const bool is_good =
        is_live(&old, to, of) && (to & granule_mask(&arena)) == 0;
    const bool was_live = is_live(&old, position, serial);
    const bool was_refused = was_dropped(&old, position, serial);
    const reel_status status = reel_arena_rewind_to(&arena, &arena, to, of);
    const bool is_done = status == REEL_OK;
    ASSERT(!is_good || is_done);
    ASSERT(is_done || status == REEL_STALE);
    ASSERT(!is_done || (arena.next.value == to && arena.floor == to));
    ASSERT(!is_done || is_live(&arena, to, of));
    ASSERT(is_done || are_same(&arena, &old));
    ASSERT(have_same_room(&arena, &old));
    ASSERT(is_sound(&arena));
    ASSERT(!was_live || position > to || is_live(&arena, position, serial));
    ASSERT(!is_done || !was_live || position <= to
           || was_dropped(&arena, position, serial)
           || old.serial + 1 == old.epoch); // the serials are used up
    ASSERT(!is_done || arena.peak >= old.next.value);
    COVER(is_good && was_live && position > to);
    COVER(is_good && was_live && position < to);
    COVER(!is_good && !was_refused);
    OBSERVE(status);
    observe(&arena);
}

PROOF(what_the_lowest_rewind_dropped_stays_dropped, 0)
{
    const uintptr_t to = any_word();
    const unsigned long of = any_word();
    const uintptr_t position = any_word();
    const unsigned long serial = any_word();
    ANY_ARENA(arena);
    ASSUME(is_sound(&arena));
    ASSUME(serial - arena.epoch < arena.low_serial - arena.epoch
           && position > arena.low_position);
    (void)reel_arena_rewind_to(&arena, &arena, to, of);
    ASSERT(serial - arena.epoch < arena.low_serial - arena.epoch
           && position > arena.low_position);
    ASSERT(was_dropped(&arena, position, serial));
    COVER(arena.next.value == to);
    observe(&arena);
}

PROOF(a_reset_drops_every_mark, 0)
{
    const uintptr_t position = any_word();
    const unsigned long serial = any_word();
    ANY_ARENA(arena);
    const reel_arena old = arena;
    ASSUME(is_sound(&arena));
    const bool was_live = is_live(&old, position, serial);
    ASSERT(reel_arena_reset(&arena) == REEL_OK);
    ASSERT(is_sound(&arena));
    ASSERT(have_same_room(&arena, &old) && arena.next.value == arena.base);
    ASSERT(!was_live || was_dropped(&arena, position, serial)
           || old.serial + 1 == old.epoch); // the serials are used up
    ASSERT(arena.peak >= old.next.value && arena.peak >= old.peak);
    COVER(was_live);
    observe(&arena);
}

// ---- questions -------------------------------------------------------------------

PROOF(questions_are_answered_without_wrapping, 0)
{
    const uintptr_t block = any_word();
    const size_t size = any_word();
    ANY_ARENA(arena);
    ASSUME(is_sound(&arena));
    const size_t used = reel_arena_used(&arena);
    const size_t offset = reel_arena_offset(&arena, (void *)block);
    const bool is_used = block >= arena.base && block < arena.next.value;
    ASSERT(used + reel_arena_available(&arena) == arena.end - arena.base);
    ASSERT(reel_arena_peak(&arena) >= used
           && reel_arena_peak(&arena) <= arena.end - arena.base);
    ASSERT(reel_arena_owns(&arena, (void *)block, size)
           == (is_used && at_least_1(size) <= arena.next.value - block));
    ASSERT((offset != SIZE_MAX) == is_used);
    ASSERT(!is_used || (uintptr_t)reel_arena_at(&arena, offset) == block);
    COVER(is_used);
    OBSERVE(offset);
}
