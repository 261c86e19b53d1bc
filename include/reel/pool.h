/// Pool: pages of one size, cut out of chunks of a backing allocator, for any
/// number of owners.
///
///     chunk 0                         chunk 1
///      | p | p | p | p | … | p |       | p | p | p | … | p |
///      links: one for each page, a small allocation of their own
///
/// Pages that were given back form one list over all chunks: the last one given
/// back is the next to be claimed. Fresh pages come in order, chunk by chunk, by a
/// watermark, so nothing loops over the pages of a new chunk. All pages of a chunk
/// are used, and a page's bytes are its owner's alone.
///
/// The list is that of blocks.h, and so is what is said there of ABA, of double
/// frees, and of who may claim and give back. Only a thread makes the pool grow; in
/// an interrupt there is what there is. reel_pool_reserve() takes care of that.
///
/// After scala-offheap's page pool, which loses a page in each chunk and gives none
/// back before its end.

#ifndef REEL_POOL_H
#define REEL_POOL_H

#include "reel/allocator.h"
#include "reel/blocks.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What a pool has unless it is told: bytes of a page, and pages of a chunk.
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#define REEL_POOL_PAGE_SIZE 256u
#define REEL_POOL_PAGES     16u
#else
#define REEL_POOL_PAGE_SIZE 4096u
#define REEL_POOL_PAGES     256u
#endif

/// A chunk. The caller provides a table of them; only reel touches it.
typedef struct reel_pool_chunk {
    reel_word base;   // of page 0; 0: there is no chunk
    reel_link *links; // one for each page
    reel_word peak;   // pages below it have been claimed
    reel_word after;  // the fresh page that comes when this chunk is used up
    size_t free;      // pages, while reel_pool_trim() is at it
} reel_pool_chunk;

/// Owned by the caller; read-only to it.
typedef struct reel_pool {
    reel_list
        list; // of page numbers: that of the chunk, then of the page in it
    reel_pool_chunk *chunks;
    size_t capacity;
    uint8_t page_bits;  // log2 of the page size
    uint8_t place_bits; // low bits of a number: which page of the chunk
    size_t chunk_pages;
    reel_word first; // the fresh page that comes when no chunk has been begun
    size_t newest;   // the chunk that came last; SIZE_MAX: none
    reel_word gate;
    size_t peak; // pages, as of the last trim
    reel_word failures;
    reel_allocator backing;
} reel_pool;

/// Start a pool. It has no chunk yet.
///
///   backing      where chunks and their links come from and go to; asked by one
///                thread at a time, never in an interrupt
///   chunks       the caller's, for as long as the pool
///   capacity  1 or more: the most chunks at once
///   page_size    bytes, a power of two; 0: REEL_POOL_PAGE_SIZE. A page is aligned
///                to REEL_ALIGN_DEFAULT, or to its size if that is less
///   chunk_size   bytes, a multiple of page_size; 0: REEL_POOL_PAGES pages.
///                Chunks that are multiples of REEL_ALIGN_DEFAULT lie in an arena
///                without gaps; a dispose gives it all of them back, unless a trim
///                before dropped a chunk that was not the newest.
///
/// Returns  REEL_OK; REEL_INVALID for NULL, a table of no length, a page that is no
///          power of two, a chunk that is no multiple of it, and for more pages
///          than there are numbers: capacity times the power of two above a
///          chunk's pages is REEL_BLOCKS_MAX at most. Then nothing has changed.
/// Cost     linear in the table, whose entries are emptied.
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
reel_status reel_pool_init(reel_pool *pool, reel_allocator backing,
                           reel_pool_chunk *chunks, size_t capacity,
                           size_t page_size, size_t chunk_size);

/// Take a page.
///
/// Returns  a page, contents unspecified; NULL if none is free and the pool cannot
///          grow: its table is full, the backing refuses, or this is an interrupt.
/// Cost     O(1); if no page is free, the gate, O(chunks) and two calls of the
///          backing.
/// Context  any number. ISR: yes, and then it never grows nor waits. SMP: with
///          REEL_ATOMICS_NATIVE. Blocks: while another thread grows, yields;
///          MASKED masks interrupts as reel_blocks_alloc() does.
void *reel_pool_claim(reel_pool *pool);

/// Take a page: its number, by which regions chain pages.
///
/// Returns  the number; UINTPTR_MAX as reel_pool_claim() returns NULL.
/// Cost     as reel_pool_claim().
/// Context  as reel_pool_claim().
uintptr_t reel_pool_claim_number(reel_pool *pool);

/// Give a page back.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_FOREIGN for what is not the first
///          byte of a page of the pool; REEL_DOUBLE_FREE for a page that is free,
///          or a region's. Then nothing has changed.
/// Cost     O(chunks).
/// Context  any number. ISR: yes. SMP: with REEL_ATOMICS_NATIVE. Blocks: never;
///          MASKED masks interrupts as reel_blocks_free() does.
reel_status reel_pool_release(reel_pool *pool, void *page);

/// Grow now, so that so many claims in a row can neither fail nor wait.
///
/// Others may claim and give back meanwhile: REEL_OK then says that the pages that
/// were free at one moment of the call and the new ones are so many. It counts as
/// reel_pool_used_pages() does, so pages on the list may pass for used, and all of them if
/// others do not let it count: it may take more chunks than it needs, and it may say
/// REEL_FULL or REEL_NO_MEMORY although so many pages are free.
///
///   pages    0 or more that are to be free
///
/// Returns  REEL_OK; REEL_BUSY in an interrupt; REEL_FULL if the table has no room
///          for so many chunks; REEL_NO_MEMORY if the backing refuses. Then nothing
///          has changed.
/// Cost     linear in the free pages and the chunks; two calls of the backing for
///          each new chunk.
/// Context  one thread; others may claim and give back meanwhile. ISR: no. SMP: no.
///          Blocks: while another thread grows, yields.
reel_status reel_pool_reserve(reel_pool *pool, size_t pages);

/// Give back every chunk of which no page is in use.
///
/// Returns  bytes given back, those of the links included; 0 in an interrupt.
/// Cost     linear in the free pages that were used before, and in the chunks; two
///          calls of the backing for each chunk that goes.
/// Context  one owner, and no other context inside a call on the pool; regions may
///          be open. ISR: no. SMP: no. Blocks: as the backing.
size_t reel_pool_trim(reel_pool *pool);

/// Give everything back. Twice is harmless, and the pool may be used again.
///
/// Returns  REEL_OK; REEL_BUSY in an interrupt, and while a page is in use. Then
///          nothing has changed.
/// Cost     as reel_pool_trim().
/// Context  as reel_pool_trim().
reel_status reel_pool_dispose(reel_pool *pool);

/// Count the chunks.
///
/// Returns  0 to the table's length.
/// Cost     O(chunks).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_pool_chunks(const reel_pool *pool);

/// Count the pages of all chunks.
///
/// Returns  the number, used or not.
/// Cost     O(chunks).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_pool_pages(const reel_pool *pool);

/// Count the pages that are claimed, regions' included.
///
/// Returns  0 to reel_pool_pages(); while others are at it rather too many than too
///          few: up to all that were ever claimed, if they do not let it count.
/// Cost     linear in the free pages that were used before, and in the chunks, up
///          to four times while others are at it: a diagnosis.
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_pool_used_pages(const reel_pool *pool);

/// Tell the most pages that were ever in use at once: fresh ones are claimed only
/// when no other is free.
///
/// Returns  pages; at most one too many for each context that was inside a call.
/// Cost     O(chunks).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_pool_peak_pages(const reel_pool *pool);

/// Read all counts at once, in bytes of pages.
///
/// Returns  the statistics; two refusals at the same instant may count as one.
/// Cost     as reel_pool_used_pages().
/// Context  as reel_pool_used_pages().
reel_stats reel_pool_stats(const reel_pool *pool);

/// Tell the size of a page.
///
/// Returns  bytes.
/// Cost     O(1).
/// Context  any number. ISR: yes. SMP: yes. Blocks: never.
size_t reel_pool_page_size(const reel_pool *pool);

/// Check the pool's own bookkeeping.
///
/// Returns  true while all of it makes sense.
/// Cost     as reel_pool_used_pages().
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
bool reel_pool_is_valid(const reel_pool *pool);

/// Offer the pool as a backing allocator of blocks of up to a page. Changing a
/// block's size keeps it in place, or refuses.
///
/// Returns  a value that is good for as long as the pool is.
/// Cost     O(1).
/// Context  the functions behind it: as reel_pool_claim() and _release().
reel_allocator reel_pool_allocator(reel_pool *pool);

// ---- per-owner caches --------------------------------------------------------

/// A page in a cache. The caller provides a table of them; only reel touches it.
typedef struct reel_pool_slot {
    uintptr_t page;   // where it begins
    uintptr_t number; // as the pool numbers it
} reel_pool_slot;

/// A few pages that one owner keeps at hand for its regions, so that opening and
/// closing touches no shared word. They count as used. Owned by the caller;
/// read-only to it.
typedef struct reel_pool_cache {
    reel_pool_slot *top;   // the first empty slot
    reel_pool_slot *slots; // pages lie in [slots, top)
    reel_pool_slot *limit; // after the last slot
    size_t page_size;      // bytes
    reel_pool *pool;
} reel_pool_cache;

/// Start an empty cache. Regions fill it when they are closed.
///
///   slots       the caller's, one for each page the cache may hold
///   capacity  1 or more
///
/// Returns  REEL_OK; REEL_INVALID, and then nothing has changed.
/// Cost     linear in the slots.
/// Context  one owner, which may be an interrupt handler.
reel_status reel_pool_cache_init(reel_pool_cache *cache, reel_pool *pool,
                                 reel_pool_slot *slots, size_t capacity);

/// Check the cache's own bookkeeping.
///
/// Returns  true while all of it makes sense.
/// Cost     linear in the pages that it holds.
/// Context  as reel_pool_cache_init().
bool reel_pool_cache_is_valid(const reel_pool_cache *cache);

/// Give every page of the cache back to the pool; before a trim, say.
///
/// Returns  when the cache is empty.
/// Cost     O(slots).
/// Context  as reel_pool_cache_init().
void reel_pool_cache_flush(reel_pool_cache *cache);

#ifdef __cplusplus
}
#endif

#endif
