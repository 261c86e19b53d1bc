// SPDX-License-Identifier: MIT
/// Pool: pages of one size for any number of contexts. They are cut out of
/// chunks, which come from a backing allocator.
///
///     chunk 0                         chunk 1
///      | p | p | p | p | … | p |       | p | p | p | … | p |
///      links: one for each page, in an allocation of their own
///
/// Free pages form one list over all chunks. A released page is the next to be
/// claimed. Unused pages are claimed in order, chunk by chunk. A watermark
/// separates used from unused pages, so no call loops over the pages of a new
/// chunk. Every page of a chunk is usable, and reel does not write to a page.
///
/// The list is that of reel/blocks.h. What is said there of ABA and of double
/// frees is true here, too. Only a thread grows the pool. A handler gets a page
/// only if one is free: reel_pool_reserve() prepares for that.
///
/// With REEL_RED_ZONES a page that nobody gets lies behind each, so a chunk takes twice
/// its size of the backing.
///
/// After scala-offheap's page pool, which loses one page in each chunk and
/// frees no chunk before its end.

#ifndef REEL_POOL_H
#define REEL_POOL_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/allocator.h"
#include "reel/blocks.h"
#include "reel/registry.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The defaults: bytes of a page, and pages of a chunk.
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#define REEL_POOL_PAGE_SIZE 256u
#define REEL_POOL_PAGES     16u
#else
#define REEL_POOL_PAGE_SIZE 4096u
#define REEL_POOL_PAGES     256u
#endif

/// A chunk. The caller provides a table of them. Only reel accesses it.
typedef struct reel_pool_chunk {
    reel_word base;   // of page 0; 0: there is no chunk
    reel_link *links; // one for each page
    reel_word peak;   // pages below it have been claimed
    reel_word after;  // the unused page to claim when this chunk is used up
    size_t free;      // pages; set by reel_pool_trim()
} reel_pool_chunk;

/// Owned by the caller, who only reads it.
typedef struct reel_pool {
    reel_list list; // of page numbers: chunk, then page in the chunk
    reel_pool_chunk *chunks;
    size_t capacity;
    uint8_t page_bits;  // log2 of the page size
    uint8_t place_bits; // low bits of a number: the page in its chunk
    uint8_t align_bits; // log2 of the alignment of pages
    bool is_joined;     // a chunk and its links are one block of the backing
    size_t chunk_pages;
    reel_word first; // the unused page to claim if no chunk is begun
    size_t newest;   // the newest chunk; SIZE_MAX: none
    reel_word gate;
    size_t peak; // pages, as of the last trim
    reel_word failures;
    reel_allocator backing;
    reel_allocator links;       // allocator of links
    size_t align;               // what chunks are asked to be aligned to
    reel_registry_entry *entry; // NULL: not bound
} reel_pool;

/// Where the memory of a pool lies. What is 0 is as without it.
typedef struct reel_pool_placement {
    // Of pages, in bytes: a power of two, at most the page size. Page tables, an
    // MPU and DMA may need it.
    size_t align;
    // Allocator of links, called as the backing, in memory where the exchanges
    // of REEL_ATOMICS work. Then pages may be in any memory.
    reel_allocator links;
} reel_pool_placement;

/// Start a pool. It has no chunk yet.
///
///   backing      allocator of chunks and their links; one thread at a time
///                calls it, never a handler
///   chunks       the caller's table, for as long as the pool
///   capacity     chunks in the table, 1 or more
///   page_size    bytes, a power of two; 0: REEL_POOL_PAGE_SIZE. A page is
///                aligned to REEL_ALIGN_DEFAULT, or to its size if that is
///                less.
///   chunk_size   bytes, a multiple of page_size; 0: REEL_POOL_PAGES pages. In
///                an arena, chunks of a multiple of REEL_ALIGN_DEFAULT leave no
///                gaps. A dispose frees them all, if the arena has no other
///                blocks above them.
///
/// A chunk is given up only where that is of use: see reel_reclaim(). If the
/// backing does not say REEL_FREES_AT_ONCE at the init, a chunk and its links are
/// one block of it. One that says REEL_FREES_NEVER gets nothing back, also by a
/// dispose: its memory is available after its rewind. A region's large objects
/// stay there, too.
///
/// Returns  REEL_OK; REEL_INVALID for NULL, an empty table, a page that is not
///          a power of two, a chunk that is not a multiple of it, or too many
///          pages. The limit is: capacity times the pages of a chunk, rounded
///          up to a power of two, is at most REEL_BLOCKS_MAX.
/// Cost     O(capacity)
reel_status reel_pool_init(reel_pool *pool, reel_allocator backing,
                           reel_pool_chunk *chunks, size_t capacity,
                           size_t page_size, size_t chunk_size)
    REEL_OF_THESE_OPTIONS(reel_pool_init);

/// Start a pool, and say how its pages are aligned and where its links lie.
///
///   placement   copied; NULL makes this a reel_pool_init()
///
/// Returns  as reel_pool_init(); REEL_INVALID also for an alignment that is not a
///          power of two or larger than a page.
/// Cost     O(capacity)
reel_status reel_pool_init_placed(reel_pool *pool, reel_allocator backing,
                                  reel_pool_chunk *chunks, size_t capacity,
                                  size_t page_size, size_t chunk_size,
                                  const reel_pool_placement *placement)
    REEL_OF_THESE_OPTIONS(reel_pool_init_placed);

/// Define a static pool of `count` pages. It is usable before main and in handlers,
/// and needs no init: it has one chunk, and does not grow. Pages are aligned to
/// their size, up to 4096. They and their links lie in section .noinit.reel. Its
/// control block takes its own size of flash. Neither trim nor dispose frees the
/// chunk. Its regions have no large objects. What reel_pool_init() would refuse
/// does not compile.
///
///   REEL_POOL_DEFINE(pages, 256, 16);
#define REEL_POOL_DEFINE(name, page_size, count)                      \
    REEL_POOL_DEFINE_(static, REEL_NOINIT(name), REEL_ZERO_BY_SCRIPT, \
                      REEL_POOL_ALIGN_(page_size), name, page_size, count)

/// Define a pool that other files may use, or with pages in a section of your own:
/// see reel/detail/compiler.h. The alignment is at most the page size. The links
/// lie in .noinit.reel.
#define REEL_POOL_DEFINE_AT(linkage, section, align, name, page_size, count)  \
    REEL_POOL_DEFINE_(linkage, REEL_IN_SECTION(section), REEL_ZERO_BY_SCRIPT, \
                      align, name, page_size, count)

/// Claim a page.
///
/// Returns  a page, contents unspecified; NULL if no page is free and the pool
///          cannot grow. It cannot if its table is full, the backing fails, or
///          in a handler.
/// Cost     O(1), and one retry for each context that gets in between; if the
///          pool grows O(chunks) and two calls of the backing
/// Callers  any context
/// Waits    a thread waits for the backing, also of another thread; a handler
///          never waits
void *reel_pool_claim(reel_pool *pool);

/// Release a page.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_FOREIGN for a pointer that is
///          not the first byte of a page; REEL_DOUBLE_FREE for a free page, and
///          for a region's.
/// Cost     O(chunks)
/// Callers  any context
reel_status reel_pool_release(reel_pool *pool, void *page);

/// Grow now, so that the next claims neither fail nor wait. Other contexts may
/// claim and release meanwhile. Then REEL_OK says: the pages that were free at
/// one moment of the call, and the new ones, are at least `pages`.
///
/// The call counts free pages as reel_pool_used_pages() does. While other
/// contexts claim and release, it may count too few. Then it takes more chunks
/// than needed, or returns REEL_FULL or REEL_NO_MEMORY although enough pages
/// are free.
///
///   pages    the number of pages that are to be free
///
/// Returns  REEL_OK; REEL_BUSY in a handler; REEL_FULL if the table has no room
///          for the chunks; REEL_NO_MEMORY if the backing fails. Then it has
///          given back what it took. What the backing would keep, it keeps, for
///          the next claims: over REEL_FREES_NEVER with links placed apart, and
///          over a locked stack if another thread allocates meanwhile.
/// Cost     O(free pages + chunks), two calls of the backing for each new chunk
/// Callers  threads only
/// Waits    for the backing, also of another thread
reel_status reel_pool_reserve(reel_pool *pool, size_t pages);

/// Free every chunk that has no used page. No other context may be inside a
/// call on the pool. Regions may be open. Of a stack, free only chunks with no
/// other block above them; of an arena right after a mark, none: reel_reclaim()
/// says what the backing takes.
///
/// Returns  the bytes freed, including the links; 0 in a handler. The backing
///          can allocate them again.
/// Cost     O(released pages + chunks), two calls of the backing for each freed
///          chunk
/// Callers  threads only
/// Waits    for the backing
size_t reel_pool_trim(reel_pool *pool);

/// Free all chunks, but not that of a static pool, and unregister. A second call
/// does no harm, and the pool may be used again.
///
/// Returns  REEL_OK; REEL_BUSY in a handler, and while a page is in use;
///          REEL_STALE if the pool has ended.
/// Cost     as reel_pool_trim()
/// Callers  threads only
/// Waits    for the backing
reel_status reel_pool_dispose(reel_pool *pool);

/// Count the chunks.
///
/// Returns  0 to capacity.
/// Cost     O(chunks)
/// Callers  any context
size_t reel_pool_chunks(const reel_pool *pool);

/// Count the pages of all chunks, used or not.
///
/// Returns  the number.
/// Cost     O(chunks)
/// Callers  any context
size_t reel_pool_pages(const reel_pool *pool);

/// Count the claimed pages, including those of regions and caches.
///
/// Returns  0 to reel_pool_pages(). While other contexts claim and release, the
///          number may be too high, up to reel_pool_peak_pages(), but not too
///          low.
/// Cost     O(released pages + chunks), up to four times while other contexts
///          claim and release: for diagnosis
/// Callers  any context
size_t reel_pool_used_pages(const reel_pool *pool);

/// Get the most pages that were in use at one time.
///
/// Returns  pages; at most one too many for each context that was inside a
///          call.
/// Cost     O(chunks)
/// Callers  any context
size_t reel_pool_peak_pages(const reel_pool *pool);

/// Get all statistics, in bytes of pages.
///
/// Returns  the statistics. Two failures at the same instant may count as one.
/// Cost     as reel_pool_used_pages()
/// Callers  any context
reel_stats reel_pool_stats(const reel_pool *pool);

/// Get the size of a page.
///
/// Returns  bytes.
/// Callers  any context
size_t reel_pool_page_size(const reel_pool *pool);

/// Check the bookkeeping of the pool.
///
/// Returns  true if it is consistent.
/// Cost     as reel_pool_used_pages()
bool reel_pool_is_valid(const reel_pool *pool);

/// Register the pool. When the blocks of the parent end, the pool ends. The
/// regions and caches that are bound under it end first. From then on it has no
/// chunk and frees none. Claiming returns NULL and panics (REEL_STALE), and
/// calls with a status return REEL_STALE. The pool may be initialised again.
///
/// A pool that is not bound does not end: the caller must not use it after its
/// backing is gone. The caller must close a region that is not bound before its
/// pool ends. With REEL_CHECKS 2 the next call on such a region panics
/// (REEL_STALE).
///
///   parent   as for reel_registry_register(): the backing
///
/// Returns  the status of reel_registry_register(); REEL_INVALID for NULL;
///          REEL_BUSY if the pool is bound; REEL_STALE if it has ended.
/// Callers  threads only
reel_status reel_pool_bind(reel_pool *pool, reel_registry *registry,
                           reel_handle parent);

/// Get the handle for refs to pages. Regions and caches are bound under it.
///
/// Returns  the handle, valid until the pool is disposed of or ends;
///          REEL_NO_HANDLE if it is not bound.
/// Callers  any context
reel_handle reel_pool_handle(const reel_pool *pool);

/// Offer the pool as an allocator of blocks up to a page. A reallocate keeps
/// the block in place, or fails. It panics for a foreign block and a free one,
/// and for a page of a region.
///
/// Returns  the allocator, valid as long as the pool. Any context may use it.
reel_allocator reel_pool_allocator(reel_pool *pool);

// ---- per-owner caches --------------------------------------------------------

/// A page in a cache. The caller provides a table of them. Only reel accesses
/// it.
typedef struct reel_pool_slot {
    uintptr_t page;   // its address
    uintptr_t number; // in the pool
} reel_pool_slot;

/// A few pages that one owner holds for its regions, so that opening and
/// closing access no shared word. They count as used. Owned by the caller, who
/// only reads it.
typedef struct reel_pool_cache {
    reel_pool_slot *top;   // the first empty slot
    reel_pool_slot *slots; // pages lie in [slots, top)
    reel_pool_slot *limit; // after the last slot
    size_t page_size;      // bytes
    reel_pool *pool;
    reel_registry_entry *entry; // NULL: not bound
} reel_pool_cache;

/// Start an empty cache. Regions fill it when they are closed.
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

/// Register the cache. When the blocks of the parent end, the cache ends: its
/// pages are released to no pool. From then on no region opens with it
/// (REEL_STALE), and no region fills it. The cache may be initialised again.
/// The registered allocator refuses every request.
///
/// A cache has no dispose: flush it, then unregister its handle. One that is not
/// bound does not end: the caller must not use it after the pool or the slots
/// are gone.
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
/// Returns  when the cache is empty. The pages of a pool that has ended are
///          forgotten.
/// Cost     O(capacity)
void reel_pool_cache_flush(reel_pool_cache *cache);

#ifdef __cplusplus
}
#endif

#include "reel/detail/pool.h"

#endif
