// SPDX-License-Identifier: MIT
#include "binding.h"
#include "pool_chunks.h"
#include "reel/port.h"

static bool is_unused(const reel_pool *pool, const reel_pool_chunk *chunk)
{
    return base_of(chunk) != 0 && chunk->free == pool->chunk_pages;
}

// Count the free pages of each chunk: unused or on the list. Only the owner is here, who
// has the pool to itself, so the list does not change on the way.
static void count_free(const reel_pool *pool)
{
    for (size_t i = 0; i < pool->capacity; i++) {
        reel_pool_chunk *const chunk = &pool->chunks[i];
        // Nothing was ever written of one that is not there.
        if (base_of(chunk) != 0 && chunk->free != IS_A_PART) {
            chunk->free = pool->chunk_pages - peak_in(chunk);
        }
    }
    uintptr_t link = list_top(&pool->list);
    while (!is_bottom(&pool->list, link)) {
        reel_pool_chunk *const chunk = chunk_at(pool, link);
        chunk->free += chunk->free != IS_A_PART;
        link = link_after(pool, link);
    }
}

// Link the unused pages of the chunks that stay anew, in table order. The
// watermark must be nowhere.
static void string_fresh_pages(reel_pool *pool)
{
    store_relaxed(&pool->first, NO_NUMBER);
    pool->newest = SIZE_MAX;
    for (size_t i = 0; i < pool->capacity; i++) {
        reel_pool_chunk *const chunk = &pool->chunks[i];
        store_relaxed(&chunk->after, NO_NUMBER);
        if (base_of(chunk) != 0 && peak_in(chunk) < pool->chunk_pages) {
            let_follow(pool, number_in(pool, i, peak_in(chunk)), i);
        }
    }
}

// Take the pages of unused chunks off the list. The order of the others stays.
static void filter_list(reel_pool *pool)
{
    uintptr_t link = list_top(&pool->list);
    uintptr_t top = fresh_from(&pool->list, nowhere(pool));
    const uintptr_t bottom = top;
    uintptr_t last = NO_NUMBER;
    for (; !is_bottom(&pool->list, link); link = link_after(pool, link)) {
        if (is_unused(pool, chunk_at(pool, link))) {
            continue;
        }
        if (last == NO_NUMBER) {
            top = link;
        } else {
            list_set_link(&pool->list, last, link);
        }
        last = link;
    }
    if (last != NO_NUMBER) {
        list_set_link(&pool->list, last, bottom);
    }
    list_replace(&pool->list, top);
}

// The highest entry goes first: a backing that is a stack gets its chunks back in
// order. The pages of one that stays are unused again.
static size_t drop_each(reel_pool *pool)
{
    size_t count = 0;
    for (size_t i = pool->capacity; i > 0; i--) {
        reel_pool_chunk *const chunk = &pool->chunks[i - 1];
        if (!is_unused(pool, chunk)) {
            continue;
        }
        if (reel_pool_drop_chunk(pool, chunk)) {
            count++;
        } else {
            store_relaxed(&chunk->peak, 0);
        }
    }
    return count;
}

// The list loses the pages of unused chunks before their links are freed. A stack may
// have got them in another order than that of the entries, so it is asked again.
static size_t drop_unused(reel_pool *pool)
{
    size_t count = 0, more;
    filter_list(pool);
    do {
        more = drop_each(pool);
        count += more;
    } while (more > 0);
    string_fresh_pages(pool);
    return count * (chunk_size(pool) + links_size(pool));
}

// The peak is the sum of the chunks' peaks, so it is saved before they go.
size_t reel_pool_trim(reel_pool *pool)
{
    // A backing may call hooks, and may wait: no handler may do that.
    if (reel_port_in_interrupt() || pool_has_ended(pool)) {
        return 0;
    }
    pool->peak = reel_pool_peak_pages(pool);
    count_free(pool);
    const size_t bytes = drop_unused(pool);
    INVARIANT(reel_pool_is_valid(pool));
    return bytes;
}

// The chunk of a static pool stays.
static void forget_chunks(reel_pool *pool)
{
    if (pool->backing.ops == &reel_allocator_null_ops) {
        return;
    }
    for (size_t i = pool->capacity; i > 0; i--) {
        if (base_of(&pool->chunks[i - 1]) != 0) {
            reel_pool_forget_chunk(pool, &pool->chunks[i - 1]);
        }
    }
    // No link may lead into a chunk that is gone.
    list_replace(&pool->list, fresh_from(&pool->list, nowhere(pool)));
    string_fresh_pages(pool);
}

reel_status reel_pool_dispose(reel_pool *pool)
{
    // Pages of regions and of caches are in use: their owners would write into
    // memory that the backing has.
    if (reel_port_in_interrupt() || reel_pool_used_pages(pool) > 0) {
        return REEL_BUSY;
    }
    if (pool_has_ended(pool)) {
        return REEL_STALE;
    }
    // The registry may refuse, so it is asked before a chunk goes.
    if (end_binding(&pool->entry, pool) != REEL_OK) {
        return REEL_BUSY;
    }
    pool->peak = reel_pool_peak_pages(pool);
    // First in the order that a stack can take back, then what it would keep.
    count_free(pool);
    (void)drop_unused(pool);
    forget_chunks(pool);
    INVARIANT(reel_pool_is_valid(pool));
    return REEL_OK;
}
