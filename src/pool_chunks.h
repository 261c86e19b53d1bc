// SPDX-License-Identifier: MIT
// The chunks of a pool, for the files of its module: pool.c hands out their pages,
// pool_chunks.c takes them from the backing and gives them back, pool_trim.c decides
// which go.

#ifndef REEL_SRC_POOL_CHUNKS_H
#define REEL_SRC_POOL_CHUNKS_H

#include "page_list.h"

static inline size_t chunk_size(const reel_pool *pool)
{
    return pool->chunk_pages << stride_bits(pool);
}

// Rounded up to the alignment of the chunk that may come behind: so chunks and
// links leave no gaps in an arena, and the arena gets all of them back in
// order. The most links of a word each would be rounded up to 0.
static inline size_t links_size(const reel_pool *pool)
{
    const size_t size = pool->chunk_pages * sizeof(reel_link);
    const size_t rounded = size + gap_to(size, mask_of(0));
    return REEL_LINKS_ARE_WORDS ? max_of(size, rounded) : rounded;
}

static inline size_t peak_in(const reel_pool_chunk *chunk)
{
    return load_relaxed(&chunk->peak);
}

// The watermark while no chunk is begun: above all numbers.
static inline uintptr_t nowhere(const reel_pool *pool)
{
    return pool->list.count;
}

// The pages that were claimed since their chunk came.
static inline size_t claimed_ever(const reel_pool *pool)
{
    size_t pages = 0;
    for (size_t i = 0; i < pool->capacity; i++) {
        const reel_pool_chunk *const chunk = &pool->chunks[i];
        pages += base_of(chunk) != 0 ? peak_in(chunk) : 0;
    }
    return pages;
}

// ---- what holds -------------------------------------------------------------

// What init has set, and no call changes.
static inline bool has_form(const reel_pool *pool)
{
    return stride_bits(pool) < WORD_BITS && pool->place_bits < WORD_BITS
           && pool->align_bits <= pool->page_bits && pool->chunk_pages > 0
           && pool->chunk_pages <= SIZE_MAX >> stride_bits(pool)
           && pool->chunk_pages <= (uintptr_t)1 << pool->place_bits
           && has_valid_form(&pool->list)
           && pool->capacity <= pool->list.count >> pool->place_bits
           && pool->list.count == number_in(pool, pool->capacity, 0);
}

// What holds at every moment, whatever other contexts do.
static inline bool is_shareable(const reel_pool *pool)
{
    return pool_has_ended(pool)
           || (has_form(pool) && list_has_head(&pool->list));
}

// Inside the gate, or alone: is there a newest chunk?
static inline bool has_newest(const reel_pool *pool)
{
    return pool->newest == SIZE_MAX
           || (pool->newest < pool->capacity
               && base_of(&pool->chunks[pool->newest]) != 0);
}

static inline bool find_room(const reel_pool *pool, size_t *chunk)
{
    for (size_t i = 0; i < pool->capacity; i++) {
        if (base_of(&pool->chunks[i]) == 0) {
            *chunk = i;
            return true;
        }
    }
    return false;
}

// ---- the backing ------------------------------------------------------------

static inline bool has_links_apart(const reel_pool *pool)
{
    return pool->links.ops != pool->backing.ops
           || pool->links.self != pool->backing.self;
}

static inline bool is_all_taken_back(const reel_pool *pool)
{
    return reel_allocator_frees(pool->backing) == REEL_FREES_AT_ONCE;
}

// In place of a count of free pages: the chunk is a part of a block that the backing
// keeps, so it does not go before the pool does.
#define IS_A_PART SIZE_MAX

// Inside the gate: add a chunk. Its first page is the caller's; NO_NUMBER if there is
// no room or no memory.
uintptr_t reel_pool_grow(reel_pool *pool);

// Give a chunk back, if the backing takes it. If it would keep it, false: the chunk
// stays, with all pages free.
bool reel_pool_drop_chunk(const reel_pool *pool, reel_pool_chunk *chunk);

// Give a chunk back, whatever the backing does with it.
void reel_pool_forget_chunk(const reel_pool *pool, reel_pool_chunk *chunk);

// Inside the gate: let the watermark go on to `number` at the end of the newest
// chunk. Release: a context that gets there sees the new entries.
static inline void let_follow(reel_pool *pool, uintptr_t number, size_t newest)
{
    const size_t last = pool->newest;
    pool->newest = newest;
    store_release(last == SIZE_MAX ? &pool->first : &pool->chunks[last].after,
                  number);
}

#endif
