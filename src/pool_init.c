// SPDX-License-Identifier: MIT
#include "bits.h"
#include "gate.h"
#include "pool_chunks.h"
#include "reel/events.h"

// ---- set-up -----------------------------------------------------------------

// Of a number from 0 to count - 1.
static uintptr_t bits_for(size_t count)
{
    return log2_of(pow2_above(count - 1));
}

// Whole pages, and so few that a size says what they take.
static bool is_whole(size_t chunk, size_t page_mask)
{
    return (chunk & (page_mask | ~(SIZE_MAX >> ZONE_BITS))) == 0;
}

static bool are_countable(size_t capacity, size_t chunk_pages)
{
    // A link has the number of the chunk above the bits for the place.
    return chunk_pages <= REEL_BLOCKS_MAX
           && capacity <= REEL_BLOCKS_MAX >> bits_for(chunk_pages);
}

static void start_without_chunks(reel_pool *pool, size_t page,
                                 size_t chunk_pages)
{
    pool->page_bits = (uint8_t)log2_of(page);
    pool->place_bits = (uint8_t)bits_for(chunk_pages);
    pool->chunk_pages = chunk_pages;
    pool->newest = SIZE_MAX;
    pool->peak = 0;
    store_relaxed(&pool->first, NO_NUMBER);
    store_relaxed(&pool->gate, GATE_OPEN);
    store_relaxed(&pool->failures, 0);
    for (size_t i = 0; i < pool->capacity; i++) {
        // An entry without a base is free, so its other fields need no value.
        store_relaxed(&pool->chunks[i].base, 0);
    }
    list_start(&pool->list, NULL, number_in(pool, pool->capacity, 0));
    // With the watermark 0 a context would claim a page of a chunk that is not
    // there.
    list_replace(&pool->list, fresh_from(&pool->list, nowhere(pool)));
}

// Without a placement pages are aligned by default, as far as their size is.
static bool is_placeable(const reel_pool_placement *placement, size_t page)
{
    return placement == NULL || placement->align == 0
           || (is_pow2(placement->align) && placement->align <= page);
}

static void place(reel_pool *pool, const reel_pool_placement *placement,
                  size_t page)
{
    const bool is_apart = placement != NULL && placement->links.ops != NULL;
    pool->align = placement != NULL ? placement->align : 0;
    pool->align_bits = (uint8_t)log2_of(
        pool->align > 0 ? pool->align : min_of(REEL_ALIGN_DEFAULT, page));
    pool->links.ops = is_apart ? placement->links.ops : pool->backing.ops;
    pool->links.self = is_apart ? placement->links.self : pool->backing.self;
}

reel_status reel_pool_init_placed(reel_pool *pool, reel_allocator backing,
                                  reel_pool_chunk *chunks, size_t capacity,
                                  size_t page_size, size_t chunk_size,
                                  const reel_pool_placement *placement)
{
    const size_t page = page_size > 0 ? page_size : REEL_POOL_PAGE_SIZE;
    const size_t chunk = chunk_size > 0 ? chunk_size : REEL_POOL_PAGES * page;
    if (pool == NULL || backing.ops == NULL || chunks == NULL || capacity == 0
        || !is_pow2(page) || chunk < page || !is_whole(chunk, page - 1)
        || !are_countable(capacity, chunk >> log2_of(page))
        || !is_placeable(placement, page)) {
        return REEL_INVALID;
    }
    pool->backing.ops = backing.ops;
    pool->backing.self = backing.self;
    pool->chunks = chunks;
    pool->capacity = capacity;
    pool->entry = NULL;
    place(pool, placement, page);
    // After place(), which says where the links come from.
    pool->is_joined = !has_links_apart(pool) && !is_all_taken_back(pool);
    start_without_chunks(pool, page, chunk >> log2_of(page));
    REEL_REPORT(DEFINE, POOL, pool, backing.self, page);
    INVARIANT(reel_pool_is_valid(pool));
    return REEL_OK;
}
ALSO_PLAIN(reel_pool_init_placed);

reel_status reel_pool_init(reel_pool *pool, reel_allocator backing,
                           reel_pool_chunk *chunks, size_t capacity,
                           size_t page_size, size_t chunk_size)
{
    return reel_pool_init_placed(pool, backing, chunks, capacity, page_size,
                                 chunk_size, NULL);
}
ALSO_PLAIN(reel_pool_init);
