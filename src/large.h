// SPDX-License-Identifier: MIT
// A region's large objects, which its pool's backing holds. Each is noted on a page
// of the region, in the order in which they came, the newest first. A note whose
// object is gone serves the next one.

#ifndef REEL_SRC_LARGE_H
#define REEL_SRC_LARGE_H

#include "gate.h"
#include "page_list.h"
#include "reel/events.h"
#include "reel/region.h"
#include "watch.h"

struct reel_region_large {
    struct reel_region_large *next;
    void *object;
    size_t size; // as the backing knows it
};

typedef struct reel_region_large large_note;

// What most regions do not have is set when the first of it comes.
static inline void have_more(reel_region *region)
{
    if (!region->has_more) {
        region->large = NULL;
        region->spare = NULL;
        region->large_size = 0;
        region->peak = 0;
        region->entry = NULL;
        region->has_more = true;
    }
}

static inline size_t used_in(const reel_region *region)
{
    return (region->pages << region->pool->page_bits)
           - (region->end - region->next)
           + (region->has_more ? region->large_size : 0);
}

// Where the note of an object hangs; NULL if it is no large object of the region. A
// block of the current page is none.
static inline large_note **find_note(reel_region *region, const void *object)
{
    const size_t page = page_size_in(region->pool);
    if (!region->has_more || (uintptr_t)object - (region->end - page) < page) {
        return NULL;
    }
    large_note **at = &region->large;
    while (*at != NULL && (*at)->object != object) {
        at = &(*at)->next;
    }
    return *at != NULL ? at : NULL;
}

// The backing is the pool's, and so is the gate to it. NULL in an interrupt, too.
static inline void *take_large(const reel_region *region, size_t size,
                               size_t align WITH_CALLER)
{
    reel_pool *const pool = region->pool;
    if (pool_has_ended(pool) || !reel_gate_enter(&pool->gate PASS_CALLER)) {
        return NULL;
    }
    void *const object = reel_allocate(pool->backing, size, align);
    gate_leave(&pool->gate);
    return object;
}

static inline void note_large(reel_region *region, large_note *note,
                              void *object, size_t size)
{
    note->next = region->large;
    note->object = object;
    note->size = size;
    region->large_size += size;
    region->large = note;
}

// Resized by the backing. What is not to grow succeeds whatever the backing says,
// and in an interrupt, where it is not asked: it keeps its place and size.
static INLINE_IN_CALLER void *resize_large(reel_region *region,
                                           large_note *note, size_t size,
                                           size_t align WITH_CALLER)
{
    reel_pool *const pool = region->pool;
    const bool fits =
        size <= note->size && ((uintptr_t)note->object & mask_of(align)) == 0;
    void *const kept = fits ? note->object : NULL;
    if (pool_has_ended(pool)) {
        return NULL; // the caller says why
    }
    if ((fits && size == note->size)
        || !reel_gate_enter(&pool->gate PASS_CALLER)) {
        return kept;
    }
    void *const object =
        reel_reallocate(pool->backing, note->object, note->size, size, align);
    gate_leave(&pool->gate);
    if (object == NULL) {
        return kept;
    }
    if (object == note->object) {
        REEL_REPORT(RESIZE, REGION, region, object, size);
    } else {
        REEL_REPORT(FREE, REGION, region, note->object, note->size);
        REEL_REPORT(ALLOC, REGION, region, object, size);
    }
    // Before the sum changes: the peak is noted when it may fall.
    region->peak = max_of(region->peak, used_in(region));
    region->large_size += size - note->size;
    note->object = object;
    note->size = size;
    return object;
}

static INLINE_IN_CALLER reel_status free_large(reel_region *region,
                                               large_note **at WITH_CALLER)
{
    reel_pool *const pool = region->pool;
    large_note *const note = *at;
    if (pool_has_ended(pool)) {
        return REEL_STALE;
    }
    if (!reel_gate_enter(&pool->gate PASS_CALLER)) {
        return REEL_BUSY;
    }
    const reel_status status =
        reel_free(pool->backing, note->object, note->size);
    gate_leave(&pool->gate);
    if (status == REEL_OK) {
        REEL_REPORT(FREE, REGION, region, note->object, note->size);
        region->peak = max_of(region->peak, used_in(region));
        region->large_size -= note->size;
        *at = note->next;
        // The note stays on its page until the close, and serves the next
        // object.
        note->next = region->spare;
        region->spare = note;
    }
    return status;
}

// At the close, inside the gate: the newest goes first.
static inline void free_all_large(const reel_region *region)
{
    for (const large_note *each = region->large; each != NULL;
         each = each->next) {
        (void)reel_free(region->pool->backing, each->object, each->size);
    }
}

// Find room for the next note: a note without an object, or room in the newest
// page, or else page i.
static inline bool has_note(const reel_region *region)
{
    uintptr_t start, stop;
    return (region->has_more && region->spare != NULL)
           || reel_arena_fit(region->next, region->end,
                             with_zone(sizeof(large_note)),
                             REEL_ALIGNOF(large_note), &start, &stop);
}

#endif
