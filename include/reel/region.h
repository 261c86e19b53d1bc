// SPDX-License-Identifier: MIT
/// Region: blocks of any size on pages of a pool, all freed when the region is
/// closed.
///
///     pool's pages     | a a b … c |   | d d d . |   | e . next … end |
///                        oldest  <------- chain ------  newest
///     backing          | large object |
///
/// Opening a region claims a page. A request that finds no room claims another
/// page. Closing releases all pages by one exchange, since they are a chain in
/// the links of the pool.
///
/// A block that may not fit into a page, padding included, is a large object. It
/// comes from the backing of the pool, and is freed at the close, or before. A
/// backing that does not say REEL_FREES_AT_ONCE keeps its memory. Each large object
/// takes a note of three words on a page. If a page is smaller than a note, large
/// objects are refused.
///
/// A request may leave room in the page in use, and claim another. The page with
/// more room left is used next. For marks, open a second region. Regions are
/// independent of each other. (After scala-offheap's regions.)

#ifndef REEL_REGION_H
#define REEL_REGION_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/pool_cache.h"
#include "reel/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Owned by the caller, who only reads it. A region of all zeros is closed.
typedef struct reel_region {
    uintptr_t next;   // position of the next block, before alignment
    uintptr_t end;    // of the newest page; 0: closed, other fields unset
    uintptr_t newest; // numbers of pages in the pool
    uintptr_t oldest;
    size_t pages;
    size_t failures;
    size_t largest_refused;
    reel_pool *pool;
    reel_pool_cache *cache;          // NULL: none
    bool has_more;                   // false: the fields below are unset
    struct reel_region_large *large; // large objects; NULL: none
    struct reel_region_large *spare; // notes whose objects are gone
    size_t large_size;               // bytes of large objects
    size_t peak;                     // bytes, before one went or changed
    reel_registry_entry *entry;      // NULL: not bound
} reel_region;

/// Open a region, and claim its first page.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_NO_MEMORY if the pool has no
///          page; REEL_STALE if the pool, or the cache, has ended. Then the
///          region is closed.
/// Cost     as reel_pool_claim()
/// Waits    as reel_pool_claim()
reel_status reel_region_open(reel_region *region, reel_pool *pool);

/// Open a region whose pages come from a cache while it has any. The close
/// refills it.
///
///   cache    of the same owner, for as long as the region is open
///
/// Returns  as reel_region_open().
/// Cost     O(1); if the cache is empty, as reel_pool_claim()
/// Waits    if the cache is empty, as reel_pool_claim()
static inline reel_status reel_region_open_cached(reel_region *region,
                                                  reel_pool_cache *cache);

/// Allocate a block.
///
///   size     bytes; 0 means 1
///   align    bytes, a power of two; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, contents unspecified, valid until the close; NULL if the
///          pool has no page for it, or the backing fails for a large object.
///          In a handler the pool does not grow, and large objects are refused.
/// Panics   the region is closed (REEL_CLOSED).
/// Cost     O(1); if it needs a page, as reel_pool_claim(); a large object
///          costs a call of the backing
/// Waits    if it needs a page, as reel_pool_claim(); a thread waits for the
///          backing of a large object
void *reel_region_alloc(reel_region *region, size_t size, size_t align);

/// Change the size of a block. It stays in place if its address satisfies `align`,
/// and it does not grow. The last block also grows in place if its page has room.
/// The backing resizes a large object. In a handler a large object keeps its size.
///
///   block     of this region; NULL makes this a reel_region_alloc()
///   old_size  bytes that were requested when the block was allocated or last
///             changed
///   new_size  bytes; 0 means 1
///   align     as in reel_region_alloc()
///
/// Returns  the block, with the old contents up to the smaller size; NULL if it
///          does not fit. Then the old block is unchanged.
/// Panics   as reel_region_alloc(); `block` is larger than a page and no large
///          object of the region (REEL_FOREIGN).
/// Cost     O(1) in place; O(smaller size) if the block moves, and as
///          reel_region_alloc(); O(large objects) if it is not on the page in use
/// Waits    as reel_region_alloc()
void *reel_region_realloc(reel_region *region, void *block, size_t old_size,
                          size_t new_size, size_t align);

/// Free a large object, at the backing. For any other block do nothing: it is
/// freed when the region is closed.
///
///   size     bytes that were requested when the block was allocated or last
///            changed
///
/// Returns  REEL_OK, also if it did nothing; REEL_CLOSED if the region is
///          closed; REEL_STALE if it has ended; REEL_INVALID for NULL;
///          REEL_FOREIGN if `block` is larger than a page and no large object
///          of the region; REEL_BUSY in a handler for a large object.
/// Cost     O(large objects); O(1) if the block is on the page in use
/// Waits    for a large object, as its allocation
reel_status reel_region_free(reel_region *region, void *block, size_t size);

/// Free everything. Pages are released to the pool, and large objects to its
/// backing. If the region is bound, it is unregistered: its refs become stale,
/// and its descendants end. So only threads close a bound region.
///
/// Returns  REEL_OK; REEL_CLOSED if it is closed already; REEL_STALE if it has
///          ended; REEL_BUSY in a handler if it is bound or has large objects;
///          REEL_DOUBLE_FREE after a panic.
/// Panics   a copy of the region was closed before (REEL_DOUBLE_FREE). Not
///          detected: if its oldest page is now another region's, or its chunk
///          was freed.
/// Cost     O(large objects + unused cache slots), for any number of pages; if it
///          is bound, as reel_registry_unregister()
/// Waits    a thread waits for the backing if there are large objects
reel_status reel_region_close(reel_region *region);

/// Close a region. This is inline if the region has only one page, and a cache with
/// room for it.
///
/// Returns  as reel_region_close().
/// Panics   as reel_region_close().
/// Cost     as reel_region_close()
/// Waits    as reel_region_close()
static inline reel_status reel_region_close_cached(reel_region *region);

/// Tell whether a region is open.
///
/// Returns  true between open and close.
bool reel_region_is_open(const reel_region *region);

/// Get all statistics.
///
/// Returns  the statistics, in bytes. Used are the pages, less the room in the
///          newest page, and large objects. An open region frees nothing, so
///          the peak is what is used. A closed region keeps only its failures.
reel_stats reel_region_stats(const reel_region *region);

/// Begin a phase of the statistics. The peak becomes what is in use now, and the
/// failures become 0. Blocks stay.
///
/// Returns  nothing.
static inline void reel_region_begin_phase(reel_region *region);

/// Check the bookkeeping of the region.
///
/// Returns  true if it is consistent; also for a closed region.
/// Cost     O(pages + large objects)
bool reel_region_is_valid(const reel_region *region);

/// Offer the region as an allocator. It says REEL_FREES_NEVER, since only large
/// objects are freed at once.
///
/// Returns  the allocator, valid while the region is open.
reel_allocator reel_region_allocator(reel_region *region);

/// Register an open region. Closing it unregisters it.
///
/// When the blocks of the parent end, the region ends: see reel/registry.h. Its
/// pages are released to no pool. It may be opened again over a pool that has not
/// ended. Close a region that is not bound before its pool ends.
///
///   parent   as for reel_registry_register(): the handle of the pool
///
/// Returns  the status of reel_registry_register(); REEL_INVALID for NULL;
///          REEL_CLOSED; REEL_BUSY if the region is bound; REEL_STALE if it has
///          ended.
/// Callers  threads only
reel_status reel_region_bind(reel_region *region, reel_registry *registry,
                             reel_handle parent);

/// Get the handle for refs to the region's blocks.
///
/// Returns  the handle, valid until the close; REEL_NO_HANDLE if the region is
///          not bound.
reel_handle reel_region_handle(const reel_region *region);

#if defined(__GNUC__)

/// Open a region, run the block that follows, and close the region. What REEL_SCOPE
/// says of the end of a block holds here, too (reel/arena.h). If the region cannot be
/// opened, the block is skipped. If the region was closed inside the block, that is
/// a panic (REEL_CLOSED).
///
///   reel_region region;
///   REEL_REGION_SCOPE(&region, &pages) {
///       char *line = reel_region_alloc(&region, 80, 1);
///       …
///   }
#define REEL_REGION_SCOPE(region, pool) \
    REEL_REGION_SCOPE_(region, pool, REEL_JOIN(reel_scope_, __COUNTER__))

#endif

#ifdef __cplusplus
}
#endif

#include "reel/detail/region.h"

#endif
