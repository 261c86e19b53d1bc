// SPDX-License-Identifier: MIT
/// Inside region.h: inline functions, their slow halves, and parts of macros.

#ifndef REEL_DETAIL_REGION_H
#define REEL_DETAIL_REGION_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/arena.h"
#include "reel/region.h"

// src/region.c says REEL_TO_EMIT.
#if REEL_HAS_INLINE && !defined(REEL_REGION_INLINE)
#define REEL_REGION_INLINE REEL_FOR_INLINING
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// The slow half of reel_region_open_cached().
reel_status reel_region_open_cached_slow(reel_region *region,
                                         reel_pool_cache *cache);

/// The slow half of reel_region_alloc().
void *reel_region_alloc_slow(reel_region *region, size_t size, size_t align);

#ifdef REEL_REGION_INLINE

// A closed region ends at 0, where nothing fits.
REEL_REGION_INLINE void *reel_region_alloc(reel_region *region, size_t size,
                                           size_t align)
{
    uintptr_t start, end;
    if (REEL_OUT_OF_LINE
        || !reel_arena_fit(region->next, region->end, size, align, &start,
                           &end)) {
        return reel_region_alloc_slow(region, size, align);
    }
    region->next = end;
    return (void *)start;
}

#endif

static inline void reel_region_begin_phase(reel_region *region)
{
    region->failures = 0;
    region->largest_refused = 0;
    if (region->end != 0 && region->has_more) {
        region->peak = 0;
    }
}

static inline REEL_SEEN_THROUGH reel_status
reel_region_open_cached(reel_region *region, reel_pool_cache *cache)
{
    if (REEL_OUT_OF_LINE || region == NULL || cache == NULL
        || REEL_UNLIKELY(cache->top == cache->slots)) {
        return reel_region_open_cached_slow(region, cache);
    }
    // A page in a cache links to no other page, like the oldest of a region.
    const reel_pool_slot *const slot = cache->top - 1;
    const uintptr_t page = slot->page;
    const uintptr_t number = slot->number;
    cache->top--;
    region->next = page;
    region->end = page + cache->page_size;
    region->newest = number;
    region->oldest = number;
    region->pages = 1;
    region->failures = 0;
    region->largest_refused = 0;
    region->pool = cache->pool;
    region->cache = cache;
    region->has_more = false;
    return REEL_OK;
}

static inline REEL_SEEN_THROUGH reel_status
reel_region_close_cached(reel_region *region)
{
    reel_pool_cache *const cache = region->cache;
    if (REEL_OUT_OF_LINE || region->end == 0 || region->pages != 1
        || region->has_more || cache == NULL
        || REEL_UNLIKELY(cache->top >= cache->limit)) {
        return reel_region_close(region);
    }
    // The page usually came from this slot, which still holds it. Not writing it
    // again spares the next open a wait for the store.
    reel_pool_slot *const slot = cache->top;
    const uintptr_t page = region->end - cache->page_size;
    if (slot->page != page || slot->number != region->newest) {
        if (REEL_CHECKS >= 1 && slot > cache->slots && slot[-1].page == page) {
            return reel_region_close(region); // a copy was closed before
        }
        slot->page = page;
        slot->number = region->newest;
    }
    cache->top = slot + 1;
    region->end = 0;
    return REEL_OK;
}

#if defined(__GNUC__)

/// An open region and its scope.
typedef struct reel_region_scope {
    reel_region *region; // NULL: it could not be opened
    bool has_run;        // the body
} reel_region_scope;

/// The beginning of REEL_REGION_SCOPE: open a region. If that fails, the scope
/// leaves the region alone and its body does not run.
static inline reel_region_scope reel_region_scope_open(reel_region *region,
                                                       reel_pool *pool)
{
    const bool is_open = reel_region_open(region, pool) == REEL_OK;
    const reel_region_scope scope = { is_open ? region : NULL, !is_open };
    return scope;
}

/// The end of REEL_REGION_SCOPE: close the region, if it was opened. A panic if
/// it was closed inside (REEL_CLOSED), or cannot be closed in a handler
/// (REEL_BUSY).
static inline REEL_SEEN_THROUGH void
reel_region_scope_close(reel_region_scope *scope)
{
    if (scope->region != NULL) {
        const reel_status status = reel_region_close(scope->region);
        if (REEL_CHECKS >= 1 && status != REEL_OK) {
            REEL_ACCUSE(status, REEL_KIND_REGION, scope->region);
        }
    }
}

#define REEL_REGION_SCOPE_(region, pool, name)                   \
    for (reel_region_scope name                                  \
         __attribute__((__cleanup__(reel_region_scope_close))) = \
             reel_region_scope_open(region, pool);               \
         !name.has_run; name.has_run = true)

#endif

#ifdef __cplusplus
}
#endif

#endif
