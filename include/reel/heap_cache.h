// SPDX-License-Identifier: MIT
/// Heap cache: a few freed blocks of each small size, for the owner of a heap.
///
///     slots   | 1 granule: a b . . | 2 granules: c . . . | 3 granules: . . . . |
///
/// Most calls for small blocks move a pointer between the caller and a slot, and do
/// not reach the heap. Nothing is written to the blocks.
///
/// The most instructions that were counted on a Cortex-M3 (-O2, REEL_CHECKS 1): 22 to
/// allocate from a slot, 50 to free into one.

#ifndef REEL_HEAP_CACHE_H
#define REEL_HEAP_CACHE_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/heap.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The most cached blocks of one size.
#if UINTPTR_MAX > 0xFFFFFFFF
#define REEL_HEAP_CACHED 31u
#else
#define REEL_HEAP_CACHED 7u
#endif

/// The cached blocks of one size. The caller provides a table of them. Only reel
/// accesses it.
typedef struct reel_heap_slot {
    size_t count;
    void *blocks[REEL_HEAP_CACHED];
} reel_heap_slot;

/// A cached block counts as used. Owned by the caller, who only reads it.
typedef struct reel_heap_cache {
    reel_heap *heap;
    reel_heap_slot *slots;      // for blocks of 1, 2, 3, … granules
    size_t capacity;            // slots; 0: it has ended
    reel_registry_entry *entry; // NULL: not bound
} reel_heap_cache;

/// Start an empty cache. It has the same owner as the heap. Bind it, or flush it
/// before the heap is reset, is disposed of or ends.
///
///   slots     the caller's table, for as long as the cache
///   capacity  slots, 1 or more; blocks of up to `capacity` granules are cached
///
/// Returns  REEL_OK; REEL_INVALID, and then `cache` is unchanged.
/// Cost     O(capacity)
reel_status reel_heap_cache_init(reel_heap_cache *cache, reel_heap *heap,
                                 reel_heap_slot *slots, size_t capacity);

/// Allocate a block from the cache, or from the heap if the cache has none of this
/// size. If the heap has no room, the cache is flushed first.
///
/// Returns  as reel_heap_alloc().
/// Panics   as reel_heap_alloc().
/// Cost     O(1); O(cached blocks) if it is flushed
static inline void *reel_heap_cache_alloc(reel_heap_cache *cache, size_t size,
                                          size_t align);

/// Free a block into the cache, or into the heap if it is large or its slot is full.
/// What reel_heap_free() refuses, this refuses, too. But a block that is in the cache
/// already is refused only with REEL_CHECKS 2, or a memory checker. Otherwise it is
/// allocated twice.
///
/// Returns  as reel_heap_free().
/// Panics   as reel_heap_free().
reel_status reel_heap_cache_free(reel_heap_cache *cache, void *block);

/// Free all cached blocks.
///
/// Returns  REEL_OK; REEL_STALE if the cache has ended; or the status of
///          reel_heap_free() for a block that it refused, which the cache forgets.
/// Panics   as reel_heap_free().
/// Cost     O(cached blocks)
reel_status reel_heap_cache_flush(reel_heap_cache *cache);

/// Register the cache. When the blocks of the parent end, the cache ends: see
/// reel/registry.h. Its blocks are freed to no heap. The registered allocator uses
/// the cache.
///
/// A cache has no dispose: flush it, then unregister its handle.
///
///   parent   the handle of the heap. Then the cache ends also when the heap is
///            reset or disposed of.
///
/// Returns  as reel_heap_bind().
/// Callers  threads only
reel_status reel_heap_cache_bind(reel_heap_cache *cache,
                                 reel_registry *registry, reel_handle parent);

/// Get the handle of the cache.
///
/// Returns  the handle, valid until the cache ends; REEL_NO_HANDLE if it is not
///          bound.
/// Callers  any context
reel_handle reel_heap_cache_handle(const reel_heap_cache *cache);

#ifdef __cplusplus
}
#endif

#include "reel/detail/heap_cache.h"

#endif
