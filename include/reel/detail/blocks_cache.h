// SPDX-License-Identifier: MIT
/// Inside blocks_cache.h: inline functions and their slow halves.

#ifndef REEL_DETAIL_BLOCKS_CACHE_H
#define REEL_DETAIL_BLOCKS_CACHE_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/blocks_cache.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The slow half of reel_blocks_cache_alloc(): fill half the cache, and take a
/// block.
void *reel_blocks_cache_refill(reel_blocks_cache *cache);

/// The two functions below in builds that watch or report blocks. They also refuse a
/// block that is in the cache already.
void *reel_blocks_cache_take(reel_blocks_cache *cache);
reel_status reel_blocks_cache_put(reel_blocks_cache *cache, void *block);

static inline REEL_SEEN_THROUGH void *
reel_blocks_cache_alloc(reel_blocks_cache *cache)
{
#if REEL_POISON || REEL_WATCH || REEL_EVENTS // no call where none is linked
    return reel_blocks_cache_take(cache);
#else
    void **const top = cache->top;
    if (REEL_UNLIKELY(top == cache->slots)) {
        return reel_blocks_cache_refill(cache);
    }
    cache->top = top - 1;
    if (REEL_CHECKS >= 2 && !reel_blocks_cache_is_valid(cache)) {
        reel_panic(REEL_INVALID, __FILE__, __LINE__);
    }
    return top[-1];
#endif
}

/// Look at a block before it is put into a cache, at REEL_CHECKS 2.
///
/// Returns  REEL_OK; REEL_FOREIGN if it is not the first byte of a block;
///          REEL_DOUBLE_FREE if it is free, or in the cache.
reel_status reel_blocks_cache_inspect(const reel_blocks_cache *cache,
                                      const void *block);

/// The slow half of reel_blocks_cache_free(): free the older half of the blocks
/// in a full cache, then put in `block`.
reel_status reel_blocks_cache_drain(reel_blocks_cache *cache, void *block);

static inline REEL_SEEN_THROUGH reel_status
reel_blocks_cache_free(reel_blocks_cache *cache, void *block)
{
#if REEL_POISON || REEL_WATCH || REEL_EVENTS
    return reel_blocks_cache_put(cache, block);
#else
    void **const top = cache->top;
    if (REEL_UNLIKELY((uintptr_t)block - cache->blocks->base >= cache->bytes)) {
        return cache->bytes == 0 ? REEL_STALE : REEL_FOREIGN;
    }
    if (REEL_CHECKS >= 2) {
        const reel_status status = reel_blocks_cache_inspect(cache, block);
        if (status != REEL_OK) {
            return status;
        }
    }
    if (REEL_UNLIKELY(top == cache->limit)) {
        return reel_blocks_cache_drain(cache, block);
    }
    *top = block;
    cache->top = top + 1;
    return REEL_OK;
#endif
}

#ifdef __cplusplus
}
#endif

#endif
