// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_POOL
#include "reel/pool.h"

#include "binding.h"
#include "bits.h"
#include "gate.h"
#include "pool_chunks.h"
#include "reel/events.h"
#include "watch.h"

// ---- claiming ---------------------------------------------------------------

// The unused page that follows a watermark, in its chunk or in the one that comes
// after; NO_NUMBER if none does, NOT_SEEN if the watermark says that the list is
// covered.
static uintptr_t fresh_at(const reel_pool *pool, uintptr_t watermark)
{
    if (LISTS_ARE_COVERED && watermark > nowhere(pool)) {
        return NOT_SEEN;
    }
    // Acquire, here and below: the entry of the chunk that follows is complete.
    if (watermark == nowhere(pool)) {
        return load_acquire(&pool->first);
    }
    return place_in(pool, watermark) + 1 < pool->chunk_pages
               ? watermark + 1
               : load_acquire(&chunk_at(pool, watermark)->after);
}

// As for blocks, NO_NUMBER is never spurious; NOT_SEEN says nothing.
static uintptr_t take_page(reel_pool *pool)
{
    for (;;) {
        uintptr_t head;
        const uintptr_t i = list_take_listed(&pool->list, &head);
        if (i != NO_NUMBER) {
            return i;
        }
        const uintptr_t watermark =
            fresh_at(pool, watermark_of(&pool->list, head));
        if (is_none(watermark)
            || list_take_fresh(&pool->list, &head, watermark)) {
            return watermark;
        }
        // The head changed: a page came back, or another context took this one.
    }
}

// take_page() returned NO_NUMBER or NOT_SEEN. If the list was covered, lift the cover
// and look again.
static uintptr_t take_unseen(reel_pool *pool, uintptr_t i)
{
    while (is_unseen(i)) {
        list_uncover(&pool->list);
        i = take_page(pool);
    }
    return i;
}

ONLY_REPORTED reel_status why_refused(const reel_pool *pool)
{
    size_t chunk;
    return reel_port_in_interrupt()   ? REEL_BUSY
           : !find_room(pool, &chunk) ? REEL_FULL
                                      : REEL_NO_MEMORY;
}

// The backing is named if it was asked.
static void count_refusal(reel_pool *pool WITH_CALLER)
{
    TELL_REFUSAL(!pool_has_ended(pool), why_refused(pool), KIND, pool, caller,
                 page_size_in(pool), 0, 0,
                 why_refused(pool) == REEL_NO_MEMORY ? pool->backing.self
                                                     : NULL);
    count_one(&pool->failures);
}

// Look for a page again inside: another thread may have grown while this one
// waited.
OUT_OF_LINE uintptr_t grow_in_turn(reel_pool *pool WITH_CALLER)
{
    uintptr_t i = NO_NUMBER;
    if (reel_gate_enter(&pool->gate PASS_CALLER)) {
        i = take_unseen(pool, take_page(pool));
        if (i == NO_NUMBER) {
            i = reel_pool_grow(pool);
        }
        INVARIANT(has_newest(pool));
        gate_leave(&pool->gate);
    }
    if (i == NO_NUMBER) {
        REEL_REPORT(REFUSE, POOL, pool, 0, page_size_in(pool));
        count_refusal(pool PASS_CALLER);
    }
    return i;
}

OUT_OF_LINE uintptr_t claim_unseen(reel_pool *pool WITH_CALLER)
{
    const uintptr_t i = take_unseen(pool, NOT_SEEN);
    return i == NO_NUMBER ? grow_in_turn(pool PASS_CALLER) : i;
}

EXTERN_IN_CALLER uintptr_t
FROM(reel_pool_claim_number)(reel_pool *pool WITH_CALLER)
{
    uintptr_t i = take_page(pool);
    if (REEL_UNLIKELY(is_none(i))) {
        i = is_unseen(i) ? claim_unseen(pool PASS_CALLER)
                         : grow_in_turn(pool PASS_CALLER);
    }
    INVARIANT(is_shareable(pool)
              && (i == NO_NUMBER || pool_has_ended(pool) || has_page(pool, i)));
    if (REEL_EVENTS && i != NO_NUMBER) {
        REEL_REPORT(ALLOC, POOL, pool, page_at(pool, i), page_size_in(pool));
    }
    return i;
}

BODY_IN_CALLER void *FROM(reel_pool_claim)(reel_pool *pool WITH_CALLER)
{
    const uintptr_t i = FROM(reel_pool_claim_number)(pool PASS_CALLER);
    if (REEL_UNLIKELY(i == NO_NUMBER)) {
        // To use a pool after its end breaks the contract. To find it full does
        // not.
        (void)HOLDS(!pool_has_ended(pool), REEL_STALE, KIND, pool, caller);
        return NULL;
    }
    watch_alive(page_at(pool, i), page_size_in(pool));
    return (void *)page_at(pool, i);
}

// ---- giving back ------------------------------------------------------------

static reel_status foreign_to(const reel_pool *pool)
{
    return pool_has_ended(pool) ? REEL_STALE : REEL_FOREIGN;
}

// With a checker, a double free must be detected before the page is reported
// dead: the page may have a new owner, or is about to get one.
reel_status reel_pool_release(reel_pool *pool, void *page)
{
    const uintptr_t i = find_page(pool, (uintptr_t)page);
    if (page == NULL) {
        return REEL_INVALID;
    }
    if (i == NO_NUMBER || page_at(pool, i) != (uintptr_t)page) {
        return foreign_to(pool);
    }
    // It was never claimed, so its link was never written and must not be read.
    if (place_in(pool, i) >= peak_in(chunk_at(pool, i))) {
        return REEL_DOUBLE_FREE;
    }
    if (REEL_POISON || REEL_WATCH || REEL_EVENTS) {
        if (!list_is_allocated(&pool->list, i)) {
            return REEL_DOUBLE_FREE;
        }
        watch_dead((uintptr_t)page, page_size_in(pool));
        REEL_REPORT(FREE, POOL, pool, page, page_size_in(pool));
    }
    // While it is claimed its link holds the count, which is no page's number: so
    // of two releases at once only one succeeds.
    const bool is_given = list_give(&pool->list, i, pool->list.count);
    INVARIANT(is_shareable(pool));
    return is_given ? REEL_OK : REEL_DOUBLE_FREE;
}

// ---- the allocator interface ------------------------------------------------

static bool suits(const reel_pool *pool, size_t size, size_t align)
{
    return size <= page_size_in(pool)
           && mask_of(align) <= page_align_mask(pool);
}

BODY void *FROM(reel_pool_allocate)(void *self, size_t size,
                                    size_t align WITH_CALLER)
{
    reel_pool *const pool = self;
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, pool,
               caller)) {
        return NULL;
    }
    return suits(pool, size, align) ? FROM(reel_pool_claim)(pool PASS_CALLER)
                                    : NULL;
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    const reel_pool *const pool = self;
    (void)old_size;
    if (block == NULL) {
        return FROM(reel_pool_allocate)(self, new_size, align PASS_HERE);
    }
    // Each fact below makes the next one safe: only a page that was claimed has
    // a link to read.
    const uintptr_t i = find_page(pool, (uintptr_t)block);
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, self, HERE)
        || !HOLDS(i != NO_NUMBER && page_at(pool, i) == (uintptr_t)block,
                  foreign_to(pool), KIND, self, HERE)
        || !HOLDS(has_page(pool, i) && list_is_allocated(&pool->list, i),
                  REEL_DOUBLE_FREE, KIND, self, HERE)) {
        return NULL;
    }
    // No other page is larger or better aligned, so a move would not help.
    const bool is_aligned = ((uintptr_t)block & mask_of(align)) == 0;
    return is_aligned && new_size <= page_size_in(pool) ? block : NULL;
}

static reel_status give_back(void *self, void *block, size_t size)
{
    (void)size;
    return reel_pool_release(self, block);
}

// ---- the end ----------------------------------------------------------------

// The memory is still accessible, and a handler may interrupt this anywhere.
// First no page is found by its address, so none is released. Then no unused
// page follows. Last the list is emptied.
static void end_pool(reel_pool *pool)
{
    nobody_is_inside(&pool->gate);
    pool->entry = NULL;
    *(volatile size_t *)&pool->capacity = 0;
    store_release(&pool->first, NO_NUMBER);
    list_replace(&pool->list, fresh_from(&pool->list, nowhere(pool)));
    pool->newest = SIZE_MAX;
    REEL_REPORT(END, POOL, pool, 0, 0);
}

static void end(void *self)
{
    end_pool(self);
}

reel_allocator reel_pool_allocator(reel_pool *pool)
{
    static const reel_allocator_ops ops = {
        .allocate = reel_pool_allocate,
        .reallocate = reallocate,
        .free = give_back,
        .end = end,
    };
    const reel_allocator allocator = { &ops, pool };
    return allocator;
}

// ---- lifetimes ---------------------------------------------------------------

reel_status reel_pool_bind(reel_pool *pool, reel_registry *registry,
                           reel_handle parent)
{
    if (pool == NULL) {
        return REEL_INVALID;
    }
    const reel_allocator self = reel_pool_allocator(pool);
    return reel_binding_start(&pool->entry, registry, self.ops, self.self,
                              parent.index, parent.version,
                              pool_has_ended(pool));
}

reel_handle reel_pool_handle(const reel_pool *pool)
{
    reel_handle handle;
    reel_binding_handle(pool->entry, pool, &handle);
    return handle;
}

// ---- what the program calls, if callers are kept -----------------------------

#if REEL_CALLERS

EXTERN_IN_CALLER uintptr_t reel_pool_claim_number(reel_pool *pool)
{
    return FROM(reel_pool_claim_number)(pool PASS_HERE);
}

EXTERN_IN_CALLER void *reel_pool_claim(reel_pool *pool)
{
    return FROM(reel_pool_claim)(pool PASS_HERE);
}

void *reel_pool_allocate(void *self, size_t size, size_t align)
{
    return FROM(reel_pool_allocate)(self, size, align PASS_HERE);
}

#endif
