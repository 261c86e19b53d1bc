// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_REGION
#include "binding.h"
#include "large.h"
#include "reel/events.h"
#include "region_pages.h"
#include "watch.h"

// ---- one block ----------------------------------------------------------------

// Is it in one of the pages? It is no larger than one. Only builds that watch blocks
// ask.
static inline bool is_in_pages(const reel_region *region, uintptr_t start,
                               size_t size)
{
    const size_t page_size = page_size_of(region);
    uintptr_t i = region->newest;
    for (size_t left = region->pages; left > 0; left--) {
        if (start - page_at(region->pool, i) <= page_size - size) {
            return true;
        }
        i = link_after(region->pool, i);
    }
    return false;
}

// Nothing is freed, but the caller is done with it.
static void note_free(const reel_region *region, const void *block, size_t size)
{
    if ((REEL_POISON || REEL_WATCH)
        && is_in_pages(region, (uintptr_t)block, at_least_1(size))) {
        watch_dead((uintptr_t)block, at_least_1(size));
    }
}

// A block that fits no page and has no note is not of this region, or already
// free.
reel_status reel_region_free(reel_region *region, void *block, size_t size)
{
    if (!reel_region_is_open(region)) {
        return why_closed(region);
    }
    if (block == NULL) {
        return REEL_INVALID;
    }
    INVARIANT(reel_region_is_valid(region));
    large_note **const note = find_note(region, block);
    if (note != NULL) {
        return free_large(region, note PASS_HERE);
    }
    if (size > page_size_of(region)) {
        return REEL_FOREIGN;
    }
    note_free(region, block, size);
    REEL_REPORT(FREE, REGION, region, block, with_zone(at_least_1(size)));
    return REEL_OK;
}

// ---- all of it ----------------------------------------------------------------

// Move the newest pages into the cache, as many as it has room for. The newest
// goes on top, since it is in the processor's cache. In a cache a page links to
// no page, like the oldest of a region. True if some pages are left.
OUT_OF_LINE bool fill_cache(reel_region *region)
{
    reel_pool *const pool = region->pool;
    reel_pool_cache *const cache = region->cache;
    const size_t room =
        cache->top < cache->limit ? (size_t)(cache->limit - cache->top) : 0;
    const size_t count = min_of(room, region->pages);
    reel_pool_slot *slot = cache->top + count;
    uintptr_t i = region->newest;
    // From the newest down: so the newest lies on top, and the oldest ones are
    // left.
    while (slot > cache->top) {
        const uintptr_t next = link_after(pool, i);
        slot--;
        slot->page = page_at(pool, i);
        slot->number = i;
        list_set_link(&pool->list, i, pool->list.count);
        REEL_REPORT(PUT, POOL, pool, slot->page, page_size_of(region));
        i = next;
    }
    cache->top += count;
    region->newest = i;
    region->pages -= count;
    return region->pages > 0;
}

// Tell a memory checker before other contexts can claim the pages.
static void note_death(const reel_region *region)
{
    const reel_pool *const pool = region->pool;
    uintptr_t i = region->newest;
    for (size_t left = region->pages; left > 0; left--) {
        watch_dead(page_at(pool, i), page_size_of(region));
        i = link_after(pool, i);
    }
}

// Report the pages that go back to the pool, before another context can claim them.
ALWAYS_INLINE void report_pages(const reel_region *region)
{
    uintptr_t i = region->newest;
    for (size_t left = region->pages; left > 0; left--) {
        REEL_REPORT(FREE, POOL, region->pool, page_at(region->pool, i),
                    page_size_of(region));
        i = link_after(region->pool, i);
    }
}

// False in a handler, and for a thread that is inside the pool's gate: then nothing has
// changed. Gate and registry may refuse, so both are asked before anything is freed.
static bool close_more(reel_region *region WITH_CALLER)
{
    const bool has_large = region->large != NULL;
    reel_word *const gate = &region->pool->gate;
    if (has_large && !reel_gate_enter(gate PASS_CALLER)) {
        return false;
    }
    const bool may_go = end_binding(&region->entry, region) == REEL_OK;
    if (has_large) {
        if (may_go) {
            free_all_large(region);
        }
        gate_leave(gate);
    }
    return may_go;
}

// A copy of the region was closed before: its newest page is on top of the
// cache.
static bool is_in_cache(const reel_region *region)
{
    const reel_pool_cache *const cache = region->cache;
    return cache != NULL && cache->top > cache->slots
           && cache->top[-1].number == region->newest;
}

// What can refuse comes first. From note_death() on nothing fails.
reel_status reel_region_close(reel_region *region)
{
    if (REEL_UNLIKELY(region->end == 0)) {
        return why_closed(region);
    }
    if (!has_pool(region PASS_HERE)) {
        return REEL_STALE;
    }
    // The oldest page of an open region links to no page. A copy that was closed
    // before put it on the list.
    reel_list *const list = &region->pool->list;
    list_link *const last = link_of(list, region->oldest);
    if (!HOLDS(next_in(last) == list->count && !is_in_cache(region),
               REEL_DOUBLE_FREE, KIND, region, HERE)) {
        return REEL_DOUBLE_FREE;
    }
    if (region->has_more && !close_more(region PASS_HERE)) {
        return REEL_BUSY;
    }
    INVARIANT(reel_region_is_valid(region));
    if (REEL_POISON || REEL_WATCH) {
        note_death(region);
    }
    REEL_REPORT(CLOSE, REGION, region, 0, 0);
    if (region->cache == NULL || fill_cache(region)) {
        if (REEL_EVENTS) {
            report_pages(region);
        }
        // The pages are a chain already: one exchange gives all of them back.
        list_push(list, region->newest, last);
    }
    region->end = 0;
    return REEL_OK;
}

// ---- lifetimes ---------------------------------------------------------------

reel_status reel_region_bind(reel_region *region, reel_registry *registry,
                             reel_handle parent)
{
    if (region == NULL || registry == NULL) {
        return REEL_INVALID;
    }
    if (!reel_region_is_open(region)) {
        return why_closed(region);
    }
    const reel_allocator self = reel_region_allocator(region);
    // First: it gives `entry` its first value, which the binding reads.
    have_more(region);
    return reel_binding_start(&region->entry, registry, self.ops, self.self,
                              parent.index, parent.version, false);
}

reel_handle reel_region_handle(const reel_region *region)
{
    const bool may_be_bound = reel_region_is_open(region) && region->has_more;
    reel_handle handle;
    reel_binding_handle(may_be_bound ? region->entry : NULL, region, &handle);
    return handle;
}
