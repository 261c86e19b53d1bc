// SPDX-License-Identifier: MIT
// src/span.c and the inline half of reel/span.h: a span's bytes, its blocks, and what its
// close leaves of its place.

#include "where/reel_span_alloc_slow"

#include "proof.h"

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
}

// What the rewindable says: the place it gives, 0 for none; the chunk that a place lies
// in, NULL for none.
static uintptr_t the_place;
static bool has_ended;
static chunk_entry *the_chunk;

void *cut_reel_rewindable_alloc(reel_rewindable *rewindable, size_t size,
                                size_t align)
{
    (void)rewindable, (void)size, (void)align;
    return (void *)the_place;
}

bool cut_rewindable_has_ended(const reel_rewindable *rewindable)
{
    (void)rewindable;
    return has_ended;
}

chunk_entry *cut_chunk_of(const reel_rewindable *rewindable, uintptr_t start)
{
    (void)rewindable, (void)start;
    return the_chunk;
}

bool cut_clear_start(const reel_rewindable *rewindable,
                     const chunk_entry *chunk, uintptr_t granule)
{
    (void)rewindable, (void)chunk, (void)granule;
    return true;
}

void cut_look_again(reel_rewindable *rewindable, const chunk_entry *chunk)
{
    (void)rewindable, (void)chunk;
}

// arena.c has the goal that reel_arena_fit() does this.
bool cut_reel_arena_fit(uintptr_t next, uintptr_t limit, size_t size,
                        size_t align, uintptr_t *start, uintptr_t *end)
{
    const wide first = up(next, mask_of(align));
    if (size == 0 || first + size > limit) {
        return false;
    }
    *start = (uintptr_t)first;
    *end = (uintptr_t)(first + size);
    return true;
}

#define ANY_SPAN(span)                                         \
    reel_rewindable rewindable;                                \
    reel_span span;                                            \
    span.next = any_word(), span.end = any_word();             \
    span.start = any_word(), span.generation = any_word();     \
    span.rewindable = &rewindable;                             \
    rewindable.generation = any_word();                        \
    rewindable.shift = any_word() & (WORD_BITS - 1);           \
    rewindable.frees_blocks = (any_word() & 1) != 0;           \
    the_place = any_word(), has_ended = (any_word() & 1) != 0; \
    the_chunk = NULL

// A closed span is of no bytes.
static bool is_sound(const reel_span *span)
{
    return span->end == 0
               ? span->start == 0 && span->next == 0
               : span->start > 0 && span->start < span->end
                     && span->start <= span->next && span->next <= span->end
                     && span->end <= UINTPTR_MAX - REEL_TOP_BYTES;
}

// All granules of the place that the rewindable gave, which are enough.
PROOF(a_span_is_all_granules_of_its_place, 0)
{
    const size_t size = any_word();
    ANY_SPAN(span);
    const reel_span old = span;
    const uintptr_t shift = rewindable.shift;
    const uintptr_t mask = ((uintptr_t)1 << shift) - 1;
    const size_t granules = granules_in(at_least_1(size), shift);
    ASSUME(shift < WORD_BITS - 1);
    ASSUME(the_place == 0 || granules <= most_granules(shift));
    ASSUME(the_place <= UINTPTR_MAX - REEL_TOP_BYTES
           && granules << shift <= UINTPTR_MAX - REEL_TOP_BYTES - the_place);
    const reel_status status = reel_span_open(&span, &rewindable, size);
    ASSERT((status == REEL_OK) == (the_place != 0));
    ASSERT(status == REEL_OK
           || status == (has_ended ? REEL_STALE : REEL_NO_MEMORY));
    ASSERT(the_place == 0
           || (span.start == the_place && span.next == the_place
               && span.generation == rewindable.generation));
    ASSERT(the_place == 0
           || (span.end > span.start && span.end - span.start >= size
               && span.end - span.start - at_least_1(size) <= mask));
    ASSERT(the_place == 0 || is_sound(&span));
    ASSERT(the_place != 0
           || (span.start == old.start && span.next == old.next
               && span.end == old.end && span.generation == old.generation));
    COVER(status == REEL_OK && shift > 0 && granules > 1);
    COVER(status == REEL_STALE);
}

// An end of the rewindable ends its generation.
PROOF(alloc_succeeds_if_and_only_if_the_span_is_live_and_it_fits, 0)
{
    const size_t size = any_word();
    const size_t align = any_word();
    ANY_SPAN(span);
    const reel_span old = span;
    ASSUME(is_sound(&span));
    ASSUME(align == 0 || is_pow2(align));
    ASSUME(!has_ended || span.generation != rewindable.generation);
    const wide start = up(span.next, mask_of(align));
    TRUTH(start >= span.next);
    const bool fits = span.end != 0 && span.generation == rewindable.generation
                      && start + at_least_1(size) <= span.end;
    const uintptr_t block = (uintptr_t)reel_span_alloc(&span, size, align);
    ASSERT((block != 0) == fits);
    ASSERT(!fits || block == start);
    ASSERT(span.next == (fits ? block + at_least_1(size) : old.next));
    ASSERT(span.start == old.start && span.end == old.end
           && span.generation == old.generation);
    LEMMA(span.next >= old.next && span.next <= span.end);
    ASSERT(is_sound(&span));
    COVER(fits && size == 0);
    COVER(!fits && span.end != 0);
    COVER(!fits && span.end == 0);
}

PROOF(an_odd_alignment_is_refused, 0)
{
    const size_t size = any_word();
    const size_t align = any_word();
    const uintptr_t next = any_word();
    const uintptr_t end = any_word();
    ANY_SPAN(span);
    ASSUME(align != 0 && !is_pow2(align));
    span.next = next, span.end = end;
    ASSERT(reel_span_alloc_slow(&span, size, align) == NULL);
    ASSERT(span.next == next && span.end == end);
    COVER(size < end - next);
}

// The word of the chunk keeps what it says of the blocks beside the span.
PROOF(a_close_keeps_the_word_of_a_chunk, 0)
{
    const uintptr_t used = any_word();
    const uintptr_t start = any_word();
    const uintptr_t kept = any_word();
    const uintptr_t stop = any_word();
    chunk_entry chunk;
    chunk.granules = any_word();
    ASSUME(chunk.granules <= LOW_HALF && is_word(&chunk, used));
    ASSUME(start <= kept && kept <= stop && start < stop);
    ASSUME(stop <= position_of(used) && live_of(used) > 0);
    // Each other block has a granule outside the span.
    ASSUME(live_of(used) - 1 <= position_of(used) - (stop - start));
    const bool is_last = position_of(used) == stop;
    const uintptr_t word = word_without(used, start, kept, stop);
    ASSERT(is_word(&chunk, word));
    ASSERT(live_of(word) == live_of(used) - (kept == start));
    ASSERT(word == 0
           || position_of(word) == (is_last ? kept : position_of(used)));
    ASSERT(word != 0 || (kept == start && live_of(used) == 1));
    COVER(word != 0 && is_last);
    COVER(word == 0 && !is_last);
    OBSERVE(word);
}

// What was allocated stays until the rewind, unless blocks are freed. A stale span gives
// nothing back.
PROOF(a_close_gives_back_what_lies_behind_the_blocks, 1)
{
    ANY_SPAN(span);
    const reel_span old = span;
    chunk_entry chunk;
    const uintptr_t base = any_word();
    const uintptr_t used = any_word();
    chunk.base = base, chunk.used.value = used, chunk.granules = any_word();
    the_chunk = &chunk;
    const uintptr_t shift = rewindable.shift;
    const uintptr_t mask = ((uintptr_t)1 << shift) - 1;
    ASSUME(is_sound(&span) && shift < WORD_BITS - 1);
    ASSUME(chunk.granules <= LOW_HALF && is_word(&chunk, used));
    ASSUME(base <= span.start || span.end == 0);
    ASSUME(span.end == 0
           || (((span.start - base) | (span.end - base)) & mask) == 0);
    ASSUME(span.end == 0 || (span.end - base) >> shift <= position_of(used));
    ASSUME(live_of(used) > 1); // one stays, so the word is not 0
    const bool is_live =
        span.end != 0 && span.generation == rewindable.generation;
    const reel_status status = reel_span_close(&span);
    const uintptr_t word = chunk.used.value;
    const bool is_last = position_of(used) == (old.end - base) >> shift;
    const uintptr_t first = (old.start - base) >> shift;
    const size_t taken = old.next - old.start;
    const uintptr_t kept = first + (taken > 0 ? granules_in(taken, shift) : 0);
    ASSERT(status
           == (old.end == 0 ? REEL_CLOSED
               : is_live    ? REEL_OK
                            : REEL_STALE));
    ASSERT(span.next == 0 && span.end == 0);
    ASSERT(is_live || word == used);
    ASSERT(!is_live || is_last || position_of(word) == position_of(used));
    ASSERT(!is_live || !is_last || !rewindable.frees_blocks
           || position_of(word) == first);
    ASSERT(!is_live || !is_last || rewindable.frees_blocks
           || position_of(word) == (kept & LOW_HALF));
    COVER(is_live && is_last && old.next > old.start);
    COVER(is_live && !is_last);
    COVER(status == REEL_STALE);
}
