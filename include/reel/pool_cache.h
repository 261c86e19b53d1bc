// SPDX-License-Identifier: MIT
/// Pool cache: a few pages of a pool that one owner holds for its regions.
///
///     slots   | p | p | p |   |   |   |
///                            top
///
/// A close of a region (reel/region.h) puts its pages here, and the next open takes
/// one. So neither accesses a word that contexts share.

#ifndef REEL_POOL_CACHE_H
#define REEL_POOL_CACHE_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/pool.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A page in a cache. The caller provides a table of them. Only reel accesses
/// it.
typedef struct reel_pool_slot {
    uintptr_t page;   // its address
    uintptr_t number; // in the pool
} reel_pool_slot;

/// Cached pages count as used. Owned by the caller, who only reads it.
typedef struct reel_pool_cache {
    reel_pool_slot *top;   // the first empty slot
    reel_pool_slot *slots; // pages lie in [slots, top)
    reel_pool_slot *limit; // after the last slot
    size_t page_size;      // bytes
    reel_pool *pool;
    reel_registry_entry *entry; // NULL: not bound
} reel_pool_cache;

/// Start an empty cache. Regions fill it when they are closed. Flush it before its
/// thread ends. Otherwise its pages stay used.
///
///   slots     the caller's table: one slot for each page that the cache can
///             hold
///   capacity  slots, 1 or more
///
/// Returns  REEL_OK; REEL_INVALID.
/// Cost     O(capacity)
reel_status reel_pool_cache_init(reel_pool_cache *cache, reel_pool *pool,
                                 reel_pool_slot *slots, size_t capacity);

/// Check the bookkeeping of the cache.
///
/// Returns  true if it is consistent.
/// Cost     O(pages of the cache)
bool reel_pool_cache_is_valid(const reel_pool_cache *cache);

/// Register the cache. When the blocks of the parent end, the cache ends: see
/// reel/registry.h. Its pages are released to no pool, and no region opens with it
/// or fills it. The registered allocator refuses every request.
///
/// A cache has no dispose: flush it, then unregister its handle.
///
///   parent   the handle of the pool; or of what the slots come from, if that
///            ends first
///
/// Returns  as reel_pool_bind().
/// Callers  threads only
reel_status reel_pool_cache_bind(reel_pool_cache *cache,
                                 reel_registry *registry, reel_handle parent);

/// Get the handle of the cache.
///
/// Returns  the handle, valid until the cache ends; REEL_NO_HANDLE if it is not
///          bound.
/// Callers  any context
reel_handle reel_pool_cache_handle(const reel_pool_cache *cache);

/// Release every page of the cache to the pool, for example before a trim.
///
/// Returns  when the cache is empty. If the pool has ended, the cache forgets its
///          pages.
/// Cost     O(capacity)
void reel_pool_cache_flush(reel_pool_cache *cache);

#ifdef __cplusplus
}
#endif

#endif
