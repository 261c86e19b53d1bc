// SPDX-License-Identifier: MIT
// The list of a pool's pages: that of list.h, with the links in pieces, one for
// each chunk. The number of a page is the number of its chunk, then its place
// in the chunk, in `place_bits` bits.

#ifndef REEL_SRC_PAGE_LIST_H
#define REEL_SRC_PAGE_LIST_H

#include "bits.h"
#include "count.h"
#include "reel/pool_cache.h"

#define LIST_HAS_PIECES

typedef const reel_pool *list_table;

// The list is the first member of the pool.
ALWAYS_INLINE list_table table_of(const reel_list *list)
{
    return (const reel_pool *)list;
}

ALWAYS_INLINE reel_pool_chunk *chunk_at(const reel_pool *pool, uintptr_t i)
{
    return &pool->chunks[i >> pool->place_bits];
}

ALWAYS_INLINE uintptr_t place_in(const reel_pool *pool, uintptr_t i)
{
    return i & (((uintptr_t)1 << pool->place_bits) - 1);
}

ALWAYS_INLINE reel_link *link_at(list_table pool, uintptr_t i)
{
    return &chunk_at(pool, i)->links[place_in(pool, i)];
}

ALWAYS_INLINE reel_word *peak_of(reel_list *list, uintptr_t i)
{
    return &chunk_at(table_of(list), i)->peak;
}

ALWAYS_INLINE uintptr_t place_of(const reel_list *list, uintptr_t i)
{
    return place_in(table_of(list), i);
}

static inline uintptr_t base_of(const reel_pool_chunk *chunk)
{
    return load_acquire(&chunk->base);
}

// Is there such a page, and was it claimed since its chunk came?
static inline bool was_allocated(const reel_list *list, uintptr_t i)
{
    const reel_pool *const pool = table_of(list);
    const size_t chunk = i >> pool->place_bits;
    return chunk < pool->capacity && base_of(&pool->chunks[chunk]) != 0
           && place_in(pool, i) < load_relaxed(&pool->chunks[chunk].peak);
}

// The watermark is the newest of the unused pages that were claimed, not the one that
// follows: that one may be in another chunk.
ALWAYS_INLINE uintptr_t fresh_after(const reel_list *list, uintptr_t i)
{
    (void)list;
    return i;
}

#include "list.h"

// For regions.
uintptr_t FROM(reel_pool_claim_number)(reel_pool *pool WITH_CALLER);

// Log2 of the bytes from one page to the next. With red zones an unusable page lies
// behind each page, so a chunk takes twice the bytes of its pages.
#define ZONE_BITS (REEL_RED_ZONES ? 1u : 0u)

ALWAYS_INLINE uintptr_t stride_bits(const reel_pool *pool)
{
    return (uintptr_t)pool->page_bits + ZONE_BITS;
}

static inline uintptr_t number_in(const reel_pool *pool, size_t chunk,
                                  uintptr_t place)
{
    return (uintptr_t)chunk << pool->place_bits | place;
}

// The number of the page that an address lies in; NO_NUMBER if it lies in none.
static inline uintptr_t find_page(const reel_pool *pool, uintptr_t address)
{
    for (size_t i = 0; i < pool->capacity; i++) {
        const uintptr_t base = base_of(&pool->chunks[i]);
        const uintptr_t place = (address - base) >> stride_bits(pool);
        // Without this test a free entry would have pages from address 0 on.
        if (base != 0 && place < pool->chunk_pages) {
            return number_in(pool, i, place);
        }
    }
    return NO_NUMBER;
}

static inline bool has_page(const reel_pool *pool, uintptr_t i)
{
    return was_allocated(&pool->list, i);
}

ALWAYS_INLINE uintptr_t page_at(const reel_pool *pool, uintptr_t i)
{
    // The number led here, so the base came with what led to it.
    const uintptr_t base = load_relaxed(&chunk_at(pool, i)->base);
    return base + (place_in(pool, i) << stride_bits(pool));
}

ALWAYS_INLINE size_t page_size_in(const reel_pool *pool)
{
    return (size_t)1 << pool->page_bits;
}

// After its end a pool has a table of no entries. No live pool has.
ALWAYS_INLINE bool pool_has_ended(const reel_pool *pool)
{
    return *(const volatile size_t *)&pool->capacity == 0;
}

// After its end the slots must not be accessed.
ALWAYS_INLINE bool cache_has_ended(const reel_pool_cache *cache)
{
    return cache->limit == cache->slots;
}

// The alignment of every page, less one.
ALWAYS_INLINE uintptr_t page_align_mask(const reel_pool *pool)
{
    return ((uintptr_t)1 << pool->align_bits) - 1;
}

#endif
