// SPDX-License-Identifier: MIT
#include "bits.h"
#include "pool_chunks.h"

size_t reel_pool_page_size(const reel_pool *pool)
{
    return page_size_in(pool);
}

size_t reel_pool_chunks(const reel_pool *pool)
{
    size_t chunks = 0;
    for (size_t i = 0; i < pool->capacity; i++) {
        chunks += base_of(&pool->chunks[i]) != 0;
    }
    return chunks;
}

size_t reel_pool_pages(const reel_pool *pool)
{
    return reel_pool_chunks(pool) * pool->chunk_pages;
}

// The list is read first. A page that is claimed and released in between then
// counts as used: too many is allowed, too few is not.
size_t reel_pool_used_pages(const reel_pool *pool)
{
    const size_t listed = list_length(&pool->list, claimed_ever(pool));
    const size_t claimed = claimed_ever(pool);
    return claimed - min_of(listed, claimed);
}

size_t reel_pool_peak_pages(const reel_pool *pool)
{
    // Only a trim lowers the sum of the chunks' peaks, and it saves the sum
    // first.
    return max_of(pool->peak, claimed_ever(pool));
}

reel_stats reel_pool_stats(const reel_pool *pool)
{
    const size_t failures = load_relaxed(&pool->failures);
    reel_stats stats;
    stats.size = reel_pool_pages(pool) << pool->page_bits;
    stats.used = reel_pool_used_pages(pool) << pool->page_bits;
    stats.peak = reel_pool_peak_pages(pool) << pool->page_bits;
    stats.failures = failures;
    stats.largest_refused = failures > 0 ? reel_pool_page_size(pool) : 0;
    return stats;
}

static bool is_chunk_valid(const reel_pool *pool, const reel_pool_chunk *chunk)
{
    return base_of(chunk) == 0
           || ((base_of(chunk) & page_align_mask(pool)) == 0
               && is_below_top(base_of(chunk), chunk_size(pool))
               && chunk->links != NULL && peak_in(chunk) <= pool->chunk_pages);
}

bool reel_pool_is_valid(const reel_pool *pool)
{
    if (pool_has_ended(pool)) {
        return pool->chunks != NULL
               && is_bottom(&pool->list, list_top(&pool->list));
    }
    if (!is_shareable(pool)) {
        return false;
    }
    // The chunks first: the count below follows links in them.
    for (size_t i = 0; i < pool->capacity; i++) {
        if (!is_chunk_valid(pool, &pool->chunks[i])) {
            return false;
        }
    }
    size_t listed;
    // A count writes to the list, and leaves it as it was.
    return list_count((reel_list *)(uintptr_t)&pool->list, claimed_ever(pool),
                      &listed)
           && has_newest(pool);
}
