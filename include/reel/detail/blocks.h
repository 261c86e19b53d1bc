/// Inside blocks.h: a cache's inline functions and their slow halves, and what
/// REEL_BLOCKS_DEFINE expands to.

#ifndef REEL_DETAIL_BLOCKS_H
#define REEL_DETAIL_BLOCKS_H

#include "reel/blocks.h"

#ifdef __cplusplus
extern "C" {
#endif

#define REEL_BLOCKS_INITIAL_(memory, links, size, count)                   \
    {                                                                      \
        { { REEL_LIST_EMPTY(0, count) },                                   \
          links,                                                           \
          (count),                                                         \
          REEL_ABOVE_(count),                                              \
          { 0 } },                                                         \
            REEL_WHICH_BIT_(REEL_LOW_BIT_(size)),                          \
            REEL_INVERSE_((size_t)(size) / REEL_LOW_BIT_(size)), (memory), \
            (size), { 0 },                                                 \
    }

/// Fill half the cache and take one of the blocks: the slow part of
/// reel_blocks_cache_alloc().
///
/// Returns  as reel_blocks_cache_alloc().
/// Cost     O(slots) alone; as much again for each context that gets in between.
/// Context  as reel_blocks_cache_alloc().
void *reel_blocks_cache_refill(reel_blocks_cache *cache);

static inline void *reel_blocks_cache_alloc(reel_blocks_cache *cache)
{
    void **const top = cache->top;
    if (REEL_UNLIKELY(top == cache->slots)) {
        return reel_blocks_cache_refill(cache);
    }
    cache->top = top - 1;
    return top[-1];
}

/// Give back half the blocks of a full cache, the oldest, and put in the one in
/// hand: the slow part of reel_blocks_cache_free().
///
/// Returns  as reel_blocks_cache_free().
/// Cost     O(slots) alone; a retry for each other context that gets in between.
/// Context  as reel_blocks_cache_free().
reel_status reel_blocks_cache_drain(reel_blocks_cache *cache, void *block);

static inline reel_status reel_blocks_cache_free(reel_blocks_cache *cache,
                                                 void *block)
{
    void **const top = cache->top;
    if (REEL_UNLIKELY((uintptr_t)block - cache->blocks->base >= cache->bytes)) {
        return REEL_FOREIGN;
    }
    if (REEL_UNLIKELY(top == cache->limit)) {
        return reel_blocks_cache_drain(cache, block);
    }
    *top = block;
    cache->top = top + 1;
    return REEL_OK;
}

#ifdef __cplusplus
}
#endif

#endif
