/// Region: blocks of any size on pages of a pool, all freed when it is closed.
///
///     pool's pages     | a a b … c |   | d d d . |   | e . next … end |
///                        oldest  <------- chain ------  newest
///     backing          | large object |
///
/// Opening claims a page; a request that finds no room claims another. Closing
/// gives all of them back at once: they are a chain, in the links that the pool
/// keeps for them, and one exchange puts the chain on the pool's list.
///
/// An object that may not fit into a page, padding included, comes from the pool's
/// backing allocator and goes back at the close. It is noted on a page, in three
/// words; where pages are smaller than that, it is refused. When a large request
/// passes by, the page with more room left stays the current one.
///
/// For marks, nest a second region. Regions are independent of each other. After
/// scala-offheap's regions.

#ifndef REEL_REGION_H
#define REEL_REGION_H

#include "reel/pool.h"
#include "reel/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Owned by the caller; read-only to it. One that is all zeros is closed.
typedef struct reel_region {
    uintptr_t next;   // where the next block goes, before alignment
    uintptr_t end;    // of the current page; 0: closed, and nothing else counts
    uintptr_t newest; // pages, as the pool numbers them
    uintptr_t oldest;
    size_t pages;
    size_t failures;
    size_t largest_refused;
    reel_pool *pool;
    reel_pool_cache *cache;          // NULL: none
    bool has_more;                   // of what follows; else it is not set
    struct reel_region_large *large; // objects of the backing; NULL: none
    size_t large_size;               // their bytes
    reel_binding binding;
} reel_region;

/// Open a region, which claims a page at once.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_NO_MEMORY if the pool has no page,
///          and then the region is closed.
/// Cost     that of reel_pool_claim().
/// Context  one owner, which may be an interrupt handler.
reel_status reel_region_open(reel_region *region, reel_pool *pool);

/// Open a region whose pages come from a cache as long as it has any, and fill it
/// again at the close.
///
///   cache    of the same owner, for as long as the region is open
///
/// Returns  as reel_region_open().
/// Cost     O(1); if the cache is empty, that of reel_pool_claim().
/// Context  one owner of both, which may be an interrupt handler.
static inline reel_status reel_region_open_cached(reel_region *region,
                                                  reel_pool_cache *cache);

/// Take a block.
///
///   size     bytes; 0 means 1
///   align    bytes, a power of two; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, contents unspecified, good until the close; NULL if the pool
///          has no page for it, or the backing no room for a large one. Then
///          nothing has changed but the count of refusals.
/// Panics   the region is closed (REEL_CLOSED); `align` is not a power of two.
/// Cost     O(1); at times that of reel_pool_claim(), or of the backing.
/// Context  one owner, which may be an interrupt handler: there the pool does not
///          grow, and nothing larger than a page can be had.
void *reel_region_alloc(reel_region *region, size_t size, size_t align);

/// Change a block's size, in place if it is not to grow, or is the last one and its
/// page has room.
///
///   block     of this region, or NULL: then this is reel_region_alloc()
///   old_size  bytes asked for when the block was made or last changed
///   new_size  bytes; 0 means 1
///   align     as in reel_region_alloc()
///
/// Returns  the block, which holds the old contents up to the smaller size; NULL if
///          it does not fit, and then the old block is as it was.
/// Panics   as reel_region_alloc().
/// Cost     O(1) in place; O(smaller size) if it moves.
/// Context  as reel_region_alloc().
void *reel_region_realloc(reel_region *region, void *block, size_t old_size,
                          size_t new_size, size_t align);

/// Give a block back: does nothing, for generic code.
///
/// Returns  REEL_OK; REEL_CLOSED if the region is closed; REEL_INVALID for NULL.
/// Cost     O(1).
/// Context  as reel_region_alloc().
reel_status reel_region_free(reel_region *region, void *block, size_t size);

/// Free everything: the pages go back to the pool, large objects to its backing,
/// and if the region is bound its refs are stale.
///
/// Returns  REEL_OK; REEL_CLOSED if it is closed already; REEL_BUSY in an interrupt
///          if it has large objects. Then nothing has changed.
/// Cost     O(1) however many pages; linear in large objects, and in the free slots
///          of a cache.
/// Context  as reel_region_alloc().
reel_status reel_region_close(reel_region *region);

/// Close a region, inline if it has a cache with room for its only page and nothing
/// else. Any region may be closed by this or by reel_region_close().
///
/// Returns  as reel_region_close().
/// Cost     as reel_region_close().
/// Context  as reel_region_alloc().
static inline reel_status reel_region_close_cached(reel_region *region);

/// Tell whether a region is open.
///
/// Returns  true between open and close.
/// Cost     O(1).
/// Context  as reel_region_alloc().
bool reel_region_is_open(const reel_region *region);

/// Read all counts at once.
///
/// Returns  the statistics of an open region, in bytes: pages but for what is left
///          of the current one, and large objects. While it is open nothing is
///          freed, so the peak is what is used. All 0 but the refusals when closed.
/// Cost     O(1).
/// Context  as reel_region_alloc().
reel_stats reel_region_stats(const reel_region *region);

/// Check the region's own bookkeeping.
///
/// Returns  true while all of it makes sense; also for a closed one.
/// Cost     linear in its pages and large objects.
/// Context  as reel_region_alloc().
bool reel_region_is_valid(const reel_region *region);

/// Offer the region as a backing allocator.
///
/// Returns  a value that is good while the region is open.
/// Cost     O(1).
/// Context  the functions behind it: as reel_region_alloc().
reel_allocator reel_region_allocator(reel_region *region);

/// Enter an open region into a registry; closing takes it out, and its refs and
/// descendants are stale.
///
///   parent   as for reel_registry_register()
///
/// Returns  what reel_registry_register() says; REEL_INVALID for NULL; REEL_CLOSED;
///          REEL_BUSY if it is bound. Then nothing has changed.
/// Cost     as reel_registry_register().
/// Context  one owner of both. ISR: no. SMP: no. Blocks: never.
reel_status reel_region_bind(reel_region *region, reel_registry *registry,
                             reel_handle parent);

/// Tell the handle that refs to the region's blocks are made with.
///
/// Returns  the handle, good until the close; REEL_NO_HANDLE if it is not bound.
/// Cost     O(1).
/// Context  as reel_region_alloc().
reel_handle reel_region_handle(const reel_region *region);

#if defined(__GNUC__)

/// Open a region, run the block that follows, and close the region however the
/// block is left: at its end, by return, goto or break. If the region cannot be
/// opened the block is skipped. (break and continue leave this block, not a loop
/// around it.) A region that was closed inside is a panic (REEL_CLOSED).
///
///   reel_region region;
///   REEL_REGION_SCOPE(&region, &pages) {
///       char *line = reel_region_alloc(&region, 80, 1);
///       …
///   }
#define REEL_REGION_SCOPE(region, pool) \
    REEL_REGION_SCOPE_(region, pool, REEL_JOIN(reel_scope_, __LINE__))

#endif

#ifdef __cplusplus
}
#endif

#include "reel/detail/region.h"

#endif
