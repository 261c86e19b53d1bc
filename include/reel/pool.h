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
/// chunk. Every page of a chunk is usable, and reel writes to no page.
///
/// The list is that of reel/blocks.h, with its rules on ABA and double frees.
/// Only a thread grows the pool. A handler gets a page only if one is free:
/// reel_pool_reserve() prepares for that. (After scala-offheap's page pool, which
/// loses one page in each chunk, and frees no chunk before its end.)
///
/// With REEL_RED_ZONES an unusable page lies behind each page. So a chunk takes
/// twice its size from the backing.

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

/// Where the memory of a pool lies. A member that is 0 changes nothing.
typedef struct reel_pool_placement {
    // Of pages, for page tables, an MPU or DMA: bytes, a power of two, at most the
    // page size.
    size_t align;
    // Allocator of links, in memory where the exchanges of REEL_ATOMICS work. Then
    // pages may be in any memory.
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
///                an arena, multiples of REEL_ALIGN_DEFAULT leave no gaps
///
/// A trim frees a chunk only if the backing can allocate its memory again: see
/// reel_reclaim(). A dispose frees every chunk, also if the backing keeps its memory.
/// But chunks that one reserve took as one block are not freed. If the backing does
/// not say REEL_FREES_AT_ONCE at the init, a chunk and its links are one block.
///
/// Returns  REEL_OK; REEL_INVALID for NULL, an empty table, a page that is not
///          a power of two, a chunk that is not a multiple of it, or too many
///          pages. The limit: capacity times the pages of a chunk, rounded up
///          to a power of two, is REEL_BLOCKS_MAX or less.
/// Cost     O(capacity)
reel_status reel_pool_init(reel_pool *pool, reel_allocator backing,
                           reel_pool_chunk *chunks, size_t capacity,
                           size_t page_size, size_t chunk_size)
    REEL_OF_THESE_OPTIONS(reel_pool_init);

/// Start a pool, and say how its pages are aligned and where its links lie.
///
///   placement   copied; NULL makes this a reel_pool_init()
///
/// Returns  as reel_pool_init(); REEL_INVALID also for an alignment that is no
///          power of two, or is larger than a page.
/// Cost     O(capacity)
reel_status reel_pool_init_placed(reel_pool *pool, reel_allocator backing,
                                  reel_pool_chunk *chunks, size_t capacity,
                                  size_t page_size, size_t chunk_size,
                                  const reel_pool_placement *placement)
    REEL_OF_THESE_OPTIONS(reel_pool_init_placed);

/// Define a static pool of `count` pages in one chunk. It needs no init, and is
/// usable before main. It does not grow, and trim and dispose do not free the
/// chunk. Its regions have no large objects. Pages are aligned to their size, up
/// to 4096. Pages and links lie in section .noinit.reel. The control block also
/// takes flash. What reel_pool_init() refuses does not compile.
///
///   REEL_POOL_DEFINE(pages, 256, 16);
#define REEL_POOL_DEFINE(name, page_size, count)                      \
    REEL_POOL_DEFINE_(static, REEL_NOINIT(name), REEL_ZERO_BY_SCRIPT, \
                      REEL_POOL_ALIGN_(page_size), name, page_size, count)

/// Define a pool for several files, or with pages in a section of your own: see
/// reel/detail/compiler.h. The alignment is at most the page size. The links lie
/// in .noinit.reel.
#define REEL_POOL_DEFINE_AT(linkage, section, align, name, page_size, count)  \
    REEL_POOL_DEFINE_(linkage, REEL_IN_SECTION(section), REEL_ZERO_BY_SCRIPT, \
                      align, name, page_size, count)

/// Claim a page.
///
/// Returns  a page, contents unspecified; NULL if no page is free and the pool
///          cannot grow: the table is full, the backing fails, or this is a
///          handler.
/// Cost     O(1), and one retry for each context that gets in between; if the
///          pool grows, O(chunks) and two calls of the backing
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

/// Grow until `pages` pages are free, so that the next claims neither fail nor
/// wait. Other contexts may claim and release meanwhile. Then the pages that were
/// free at one moment of the call, and the new ones, are `pages` or more.
///
/// Meanwhile the call may count too few free pages. Then it takes more chunks
/// than needed, or fails although enough pages are free.
///
/// Returns  REEL_OK; REEL_BUSY in a handler; REEL_FULL if the table has no room
///          for the chunks; REEL_NO_MEMORY if the backing fails. After a failure
///          the new chunks are freed again. If the backing cannot allocate their
///          memory again, the pool keeps them for the next claims.
/// Cost     O(free pages + chunks), two calls of the backing for each new chunk
/// Callers  threads only
/// Waits    for the backing, also of another thread
reel_status reel_pool_reserve(reel_pool *pool, size_t pages);

/// Free every chunk that has no used page, if reel_reclaim() frees it. An arena
/// takes only its last block, and no pinned one. No other context may be inside a
/// call on the pool. Regions may be open.
///
/// Returns  the bytes freed, including the links; 0 in a handler. The backing
///          can allocate them again.
/// Cost     O(released pages + chunks), two calls of the backing for each freed
///          chunk
/// Callers  threads only
/// Waits    for the backing
size_t reel_pool_trim(reel_pool *pool);

/// Free all chunks, but not that of a static pool, and unregister. The pool may be
/// used again. A second call does no harm.
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

/// Begin a phase of the statistics. The failures become 0. The peak becomes the pages
/// of the present chunks that were ever claimed. So call reel_pool_trim() before: it
/// frees the chunks that have no used page.
///
/// Returns  nothing.
static inline void reel_pool_begin_phase(reel_pool *pool)
{
    pool->peak = 0;
    REEL_WORD_SET(pool->failures, 0);
}

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

/// Register the pool. When the blocks of the parent end, the pool ends: see
/// reel/registry.h. Its bound regions and caches end first. Then it has no chunk.
/// Close a region that is not bound before its pool ends. With REEL_CHECKS 2 the
/// next call on such a region panics (REEL_STALE).
///
///   parent   as for reel_registry_register(): the backing
///
/// Returns  the status of reel_registry_register(); REEL_INVALID for NULL;
///          REEL_BUSY if the pool is bound; REEL_STALE if it has ended.
/// Callers  threads only
reel_status reel_pool_bind(reel_pool *pool, reel_registry *registry,
                           reel_handle parent);

/// Get the handle for refs to pages: the parent of regions and caches.
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

#ifdef __cplusplus
}
#endif

#include "reel/detail/pool.h"

#endif
