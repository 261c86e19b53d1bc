// SPDX-License-Identifier: MIT
/// Blocks cache: a few blocks of a block pool that one owner holds.
///
///     slots   | a | b | c |   |   |   |
///                            top
///
/// Each thread, or each core, has a cache of its own. Most of its calls access no word
/// that contexts share. An empty cache takes half its capacity from the block pool, and
/// a full one gives half back. With REEL_ATOMICS_NATIVE one exchange moves all of these.

#ifndef REEL_BLOCKS_CACHE_H
#define REEL_BLOCKS_CACHE_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/blocks.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Cached blocks count as used. Owned by the caller, who only reads it.
typedef struct reel_blocks_cache {
    void **top;   // the first empty slot
    void **slots; // blocks lie in [slots, top)
    void **limit; // after the last slot
    size_t bytes; // of all blocks; 0: the cache has ended
    reel_blocks *blocks;
    reel_registry_entry *entry; // NULL: not bound
} reel_blocks_cache;

/// Start an empty cache. Flush it before its thread ends. Otherwise its blocks
/// stay used.
///
///   slots     the caller's table: one pointer for each block that the cache
///             can hold
///   capacity  slots, 2 or more; half of them are filled or emptied at a time
///
/// Returns  REEL_OK; REEL_INVALID, and then `cache` is unchanged.
reel_status reel_blocks_cache_init(reel_blocks_cache *cache,
                                   reel_blocks *blocks, void **slots,
                                   size_t capacity);

/// Allocate a block from the cache, or from the block pool if the cache is
/// empty. Other contexts may use the block pool.
///
/// Returns  a block; NULL if neither has one. Other caches may have free
///          blocks.
/// Cost     O(1); O(capacity) for a refill, and again for each context that gets
///          in between
static inline void *reel_blocks_cache_alloc(reel_blocks_cache *cache);

/// Put a block into the cache, also one that another owner allocated. This checks
/// only the range of addresses. A drain or a flush detects a pointer into a block
/// and a free block. Until then the cache may hand it out again. With REEL_CHECKS 2,
/// the debug fill, a memory checker or events this call detects both.
///
/// Returns  REEL_OK; REEL_FOREIGN for a pointer outside the block pool, also
///          for NULL; the status of reel_blocks_free() for a drained block,
///          which the cache then forgets.
/// Cost     O(1); O(capacity) for a drain, and one retry for each context that
///          gets in between
static inline reel_status reel_blocks_cache_free(reel_blocks_cache *cache,
                                                 void *block);

/// Check the bookkeeping of the cache. Each block in it is allocated, and is in it
/// once.
///
/// Returns  true if it is consistent.
/// Cost     O(square of the blocks in the cache)
bool reel_blocks_cache_is_valid(const reel_blocks_cache *cache);

/// Register the cache. When the blocks of the parent end, the cache ends: see
/// reel/registry.h. Its blocks are freed to no block pool. The registered
/// allocator uses the cache.
///
/// A cache has no dispose: flush it, then unregister its handle.
///
///   parent   the handle of the block pool; or of what the slots come from, if
///            that ends first
///
/// Returns  as reel_blocks_bind().
/// Callers  threads only
reel_status reel_blocks_cache_bind(reel_blocks_cache *cache,
                                   reel_registry *registry, reel_handle parent);

/// Get the handle of the cache.
///
/// Returns  the handle, valid until the cache ends; REEL_NO_HANDLE if it is not
///          bound.
/// Callers  any context
reel_handle reel_blocks_cache_handle(const reel_blocks_cache *cache);

/// Free every block of the cache to the block pool.
///
/// Returns  when the cache is empty. If the block pool has ended, the cache
///          forgets its blocks.
/// Cost     O(capacity)
void reel_blocks_cache_flush(reel_blocks_cache *cache);

#ifdef __cplusplus
}
#endif

#include "reel/detail/blocks_cache.h"

#endif
