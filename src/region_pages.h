// SPDX-License-Identifier: MIT
// The pages of a region, for the files of its module.

#ifndef REEL_SRC_REGION_PAGES_H
#define REEL_SRC_REGION_PAGES_H

#include "page_list.h"
#include "reel/events.h"
#include "reel/region.h"
#include "watch.h"

static inline size_t page_size_of(const reel_region *region)
{
    return page_size_in(region->pool);
}

// From the cache, if there is one and it has a page.
static INLINE_IN_CALLER uintptr_t
claim_page(const reel_region *region WITH_CALLER)
{
    reel_pool_cache *const cache = region->cache;
    if (REEL_EVENTS && cache != NULL && cache->top > cache->slots) {
        REEL_REPORT(TAKE, POOL, region->pool, cache->top[-1].page,
                    page_size_of(region));
    }
    return cache != NULL && cache->top > cache->slots
               ? (--cache->top)->number
               : FROM(reel_pool_claim_number)(region->pool PASS_CALLER);
}

// Give back a page that was claimed and not added to a region.
static inline void unclaim_page(const reel_region *region, uintptr_t i)
{
    reel_list *const list = &region->pool->list;
    if (i == NO_NUMBER) {
        return;
    }
    if (list_is_allocated(list, i)) {
        REEL_REPORT(FREE, POOL, region->pool, page_at(region->pool, i),
                    page_size_of(region));
        (void)list_give(list, i, list->count);
    } else {
        REEL_REPORT(PUT, POOL, region->pool, region->cache->top->page,
                    page_size_of(region));
        region->cache->top++; // its slot still says so
    }
}

// Was it closed by its owner, or did it end with its parent?
static inline reel_status why_closed(const reel_region *region)
{
    return region->newest == NO_NUMBER ? REEL_STALE : REEL_CLOSED;
}

// False for an open region that is not bound, after its pool has ended. Its
// pages belong to other allocators then.
static inline bool has_pool(const reel_region *region WITH_CALLER)
{
    return REEL_CHECKS < 2
           || HOLDS(!pool_has_ended(region->pool), REEL_STALE, REEL_KIND_REGION,
                    region, caller);
}

#endif
