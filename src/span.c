// SPDX-License-Identifier: MIT
#define KIND             REEL_KIND_SPAN
#define REEL_SPAN_INLINE REEL_TO_EMIT
#include "reel/span.h"

#include "chunk.h"
#include "reel/events.h"
#include "watch.h"

// No block of a span can be freed singly. The first block has the place of the
// span's start bit, so the bit is cleared.
static void hide_start(const reel_rewindable *rewindable, uintptr_t start)
{
    const chunk_entry *const chunk = chunk_of(rewindable, start);
    if (chunk != NULL) {
        (void)clear_start(rewindable, chunk,
                          (start - chunk->base) >> rewindable->shift);
    }
}

reel_status reel_span_open(reel_span *span, reel_rewindable *rewindable,
                           size_t size)
{
    if (span == NULL || rewindable == NULL) {
        return REEL_INVALID;
    }
    const uintptr_t start =
        (uintptr_t)FROM(reel_rewindable_alloc)(rewindable, size, 0 PASS_HERE);
    if (start == 0) {
        return rewindable_has_ended(rewindable) ? REEL_STALE : REEL_NO_MEMORY;
    }
    const size_t granules = granules_for(at_least_1(size), rewindable->shift);
    if (rewindable->frees_blocks) {
        hide_start(rewindable, start);
    }
    span->rewindable = rewindable;
    span->generation = rewindable->generation;
    span->start = start;
    span->next = start;
    span->end = start + (granules << rewindable->shift);
    watch_unused(start, span->end - start);
    REEL_REPORT(OPEN, SPAN, span, start, span->end - start);
    INVARIANT(reel_span_is_valid(span));
    return REEL_OK;
}

// A rewind has freed the span, it is closed, or it is full.
ONLY_REPORTED reel_status why_refused(const reel_span *span)
{
    return span->end == 0                                     ? REEL_CLOSED
           : span->generation != span->rewindable->generation ? REEL_STALE
                                                              : REEL_NO_MEMORY;
}

EXTERN_IN_CALLER void *reel_span_alloc_slow(reel_span *span, size_t size,
                                            size_t align)
{
    uintptr_t start, stop;
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, span, HERE)) {
        return NULL;
    }
    size = at_least_1(size);
    // The rewindable of a closed span may be gone, so it is not asked.
    if (span->end != 0
        && !HOLDS(!rewindable_has_ended(span->rewindable), REEL_STALE, KIND,
                  span, HERE)) {
        return NULL;
    }
    // Nothing fits a closed span, so its generation is not read either.
    if (!reel_arena_fit(span->next, span->end, with_zone(size), align, &start,
                        &stop)
        || span->generation != span->rewindable->generation) {
        TELL_REFUSAL(true, why_refused(span), KIND, span, HERE, size, align,
                     span->end - span->next, NULL);
        REEL_REPORT(REFUSE, SPAN, span, span->end - span->next, size);
        return NULL;
    }
    span->next = stop;
    watch_alive(start, size);
    REEL_REPORT(ALLOC, SPAN, span, start, with_zone(size));
    INVARIANT(reel_span_is_valid(span));
    return (void *)start;
}

// The chunk's word after the span [start, stop) of it is closed, where the
// granules up to `kept` stay live. If nothing lies behind the span, its place
// is free again.
static uintptr_t word_without(uintptr_t used, uintptr_t start, uintptr_t kept,
                              uintptr_t stop)
{
    const uintptr_t live = live_of(used) - (kept == start);
    const uintptr_t position =
        position_of(used) == stop ? kept : position_of(used);
    return live == 0 ? 0 : position << HALF_BITS | live;
}

static IN_CALLER void give_back(reel_rewindable *rewindable, chunk_entry *chunk,
                                uintptr_t start, uintptr_t kept, uintptr_t stop)
{
    // Release: the next owner of the place sees that this one is done with it.
    uintptr_t used = load_relaxed(&chunk->used);
    while (!swap_if_release(&chunk->used, &used,
                            word_without(used, start, kept, stop))) {
    }
    // `used` is the word that the exchange replaced.
    const uintptr_t next = position_of(word_without(used, start, kept, stop));
    if (REEL_EVENTS && next != position_of(used)) {
        REEL_REPORT(REWIND, REWINDABLE, rewindable,
                    chunk->base + (next << rewindable->shift),
                    (position_of(used) - next) << rewindable->shift);
    }
    look_again(rewindable, chunk);
}

static IN_CALLER void close_in(reel_span *span, chunk_entry *chunk)
{
    reel_rewindable *const rewindable = span->rewindable;
    const uintptr_t shift = rewindable->shift;
    const uintptr_t start = (span->start - chunk->base) >> shift;
    const uintptr_t stop = (span->end - chunk->base) >> shift;
    const size_t taken = span->next - span->start;
    uintptr_t kept = start;
    // With frees_blocks the blocks end with the span. Without, they live until
    // the rewind.
    if (rewindable->frees_blocks) {
        watch_dead(span->start, span->end - span->start);
    } else if (taken > 0) {
        kept += granules_in(taken, shift);
    }
    if (kept > start) {
        REEL_REPORT(RESIZE, REWINDABLE, rewindable, span->start,
                    (kept - start) << shift);
    } else {
        REEL_REPORT(FREE, REWINDABLE, rewindable, span->start,
                    span->end - span->start);
    }
    give_back(rewindable, chunk, start, kept, stop);
}

reel_status reel_span_close(reel_span *span)
{
    if (span == NULL) {
        return REEL_INVALID;
    }
    if (span->end == 0) {
        return REEL_CLOSED;
    }
    INVARIANT(reel_span_is_valid(span));
    REEL_REPORT(CLOSE, SPAN, span, span->start, span->end - span->start);
    // After a rewind the place belongs to other blocks: a close would free
    // them.
    const bool is_live = span->generation == span->rewindable->generation;
    chunk_entry *const chunk =
        is_live ? chunk_of(span->rewindable, span->start) : NULL;
    if (chunk != NULL) {
        close_in(span, chunk);
    }
    // Closed, also if it was stale: a second close finds nothing to give back.
    span->next = 0;
    span->end = 0;
    return chunk != NULL ? REEL_OK : REEL_STALE;
}

// For a span that is live: it lies in a chunk, below the position.
static bool is_allocated(const reel_span *span)
{
    const chunk_entry *const chunk = chunk_of(span->rewindable, span->start);
    if (chunk == NULL) {
        return false;
    }
    const uintptr_t granule_mask =
        ((uintptr_t)1 << span->rewindable->shift) - 1;
    const size_t used = position_of(load_relaxed(&chunk->used))
                        << span->rewindable->shift;
    return span->end - chunk->base <= used
           && ((span->start | span->end) & granule_mask) == 0;
}

bool reel_span_is_valid(const reel_span *span)
{
    if (span->end == 0) {
        return true;
    }
    return span->start < span->end && span->start <= span->next
           && span->next <= span->end
           && (span->generation != span->rewindable->generation
               || is_allocated(span));
}
