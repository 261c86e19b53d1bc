// SPDX-License-Identifier: MIT
#include "pool_rig.h"

pool_rig *test_pool;

void fresh_pool_backing(void)
{
    fresh_backing_behind(sizeof(pool_rig));
    test_pool = (pool_rig *)(void *)test_backing;
}

void fresh_pool(size_t capacity, size_t page_size, size_t pages)
{
    fresh_pool_backing();
    EXPECT_EQUAL(reel_pool_init(the_pool(), test_backing->allocator,
                                test_pool->chunks, capacity, page_size,
                                pages * page_size),
                 REEL_OK);
    EXPECT(pool_agrees() && test_backing->held == 0);
}

// ---- what is there -------------------------------------------------------------

size_t size_of_links(size_t count)
{
    const size_t unit = REEL_ALIGN_DEFAULT;
    return (count * sizeof(reel_link) + unit - 1) / unit * unit;
}

static bool is_nobodys_untouched(void)
{
    const unsigned char *const byte =
        (const unsigned char *)&test_pool->chunks[MOST_CHUNKS];
    return is_stamped(byte, sizeof(reel_pool_chunk), UNTOUCHED);
}

bool pool_agrees_but_for(size_t others)
{
    const reel_pool *const pool = the_pool();
    const size_t page = reel_pool_page_size(pool);
    size_t chunks = 0;
    for (size_t i = 0; i < pool->capacity; i++) {
        const reel_pool_chunk *const chunk = &pool->chunks[i];
        if (chunk->base.value == 0) {
            continue;
        }
        chunks++;
        if (!is_held((void *)chunk->base.value, pool->chunk_pages * page)
            || !is_held(chunk->links, size_of_links(pool->chunk_pages))) {
            return false;
        }
    }
    return reel_pool_is_valid(pool) && chunks == reel_pool_chunks(pool)
           && test_backing->held == 2 * chunks + others
           && is_nobodys_untouched();
}

bool pool_agrees(void)
{
    return pool_agrees_but_for(0);
}

static void copy(void *to, const void *from, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
    }
}

void remember_pool(pool_state *state)
{
    copy(&state->pool, the_pool(), sizeof state->pool);
    copy(state->chunks, test_pool->chunks, sizeof state->chunks);
    state->held = test_backing->held;
}

static bool is_same_chunk(const reel_pool_chunk *a, const reel_pool_chunk *b)
{
    if (a->base.value == 0) {
        return b->base.value == 0;
    }
    return a->base.value == b->base.value && a->links == b->links
           && a->peak.value == b->peak.value
           && a->after.value == b->after.value;
}

bool pool_is_as(const pool_state *state)
{
    const reel_pool *const now = the_pool();
    const reel_pool *const then = &state->pool;
    for (size_t i = 0; i < now->capacity; i++) {
        if (!is_same_chunk(&now->chunks[i], &state->chunks[i])) {
            return false;
        }
    }
    return now->list.head.value == then->list.head.value
           && now->list.count == then->list.count && now->chunks == then->chunks
           && now->capacity == then->capacity
           && now->page_bits == then->page_bits
           && now->place_bits == then->place_bits
           && now->chunk_pages == then->chunk_pages
           && now->first.value == then->first.value
           && now->newest == then->newest && now->gate.value == then->gate.value
           && now->peak == then->peak && now->backing.ops == then->backing.ops
           && now->backing.self == then->backing.self
           && test_backing->held == state->held;
}

// ---- pages ---------------------------------------------------------------------

unsigned char *page_in(size_t chunk, size_t place)
{
    return (unsigned char *)test_pool->chunks[chunk].base.value
           + place * reel_pool_page_size(the_pool());
}

bool claims(size_t chunk, size_t place)
{
    void *const page = reel_pool_claim(the_pool());
    return page != NULL && page == page_in(chunk, place);
}

void release(size_t chunk, size_t place)
{
    EXPECT_EQUAL(reel_pool_release(the_pool(), page_in(chunk, place)), REEL_OK);
}
