// SPDX-License-Identifier: MIT
// Blocks and pages that are taken and given back: blocks, pool and region, with
// and without a cache.

#include "calls.h"
#include "inlined.h"

#define BLOCKS     16u
#define BLOCK_SIZE 32u
#define SLOTS      8u // of a cache
#define PAGE       64u
#define CHUNKS     4u
#define CHUNK      256u // bytes
#define PAGES      (CHUNKS * CHUNK / PAGE)

static word held[PAGES > BLOCKS ? PAGES : BLOCKS];

static reel_blocks blocks;
static reel_blocks_cache blocks_cache;
static reel_heap backing;
static reel_pool pool;
static reel_pool_cache pool_cache;
static reel_region region;

// ---- blocks ----------------------------------------------------------------

void start_blocks(void)
{
    must(reel_blocks_init(&blocks, calls_memory, CALLS_MEMORY, BLOCK_SIZE,
                          BLOCKS - 2)
         == REEL_OK);
    for (size_t i = 0; i < BLOCKS; i++) {
        held[i] = 0;
    }
}

// Two more are wanted than there are.
void step_blocks(void)
{
    word *const slot = &held[random_below(BLOCKS)];
    if (*slot == 0) {
        *slot = CALL(reel_blocks_alloc, AT(&blocks));
        must(is_ours(*slot, BLOCK_SIZE));
    } else {
        must(STATUS(reel_blocks_free, AT(&blocks), *slot) == REEL_OK);
        *slot = 0;
    }
}

void start_blocks_cache(void)
{
    static void *slots[SLOTS];
    start_blocks();
    must(reel_blocks_cache_init(&blocks_cache, &blocks, slots, SLOTS)
         == REEL_OK);
}

void step_blocks_cache(void)
{
    word *const slot = &held[random_below(BLOCKS)];
    if (random_below(8) == 0) {
        (void)CALL(reel_blocks_cache_flush, AT(&blocks_cache));
    } else if (*slot == 0) {
        *slot =
            CALL_AS("reel_blocks_cache_alloc", cached_block, AT(&blocks_cache));
        must(is_ours(*slot, BLOCK_SIZE));
    } else {
        must((reel_status)CALL_AS("reel_blocks_cache_free", free_cached_block,
                                  AT(&blocks_cache), *slot)
             == REEL_OK);
        *slot = 0;
    }
}

// ---- pool ------------------------------------------------------------------

static void start_pages(size_t page_size)
{
    static reel_pool_chunk chunks[CHUNKS];
    must(reel_heap_init(&backing, calls_memory, CALLS_MEMORY) == REEL_OK);
    must(reel_pool_init(&pool, reel_heap_allocator(&backing), chunks, CHUNKS,
                        page_size, CHUNK)
         == REEL_OK);
}

void start_pool(void)
{
    start_pages(PAGE);
    for (size_t i = 0; i < PAGES; i++) {
        held[i] = 0;
    }
}

static void release_all(void)
{
    for (size_t i = 0; i < PAGES; i++) {
        if (held[i] != 0) {
            must(STATUS(reel_pool_release, AT(&pool), held[i]) == REEL_OK);
            held[i] = 0;
        }
    }
}

void step_pool(void)
{
    const uint32_t chance = random_below(16);
    word *const slot = &held[random_below(PAGES)];
    if (chance < 2) {
        release_all();
        (void)CALL(reel_pool_trim, AT(&pool));
    } else if (chance < 4) {
        (void)CALL(reel_pool_reserve, AT(&pool), random_below(4));
    } else if (*slot == 0) {
        *slot = CALL(reel_pool_claim, AT(&pool));
        must(is_ours(*slot, PAGE));
    } else {
        must(STATUS(reel_pool_release, AT(&pool), *slot) == REEL_OK);
        *slot = 0;
    }
}

// ---- region ----------------------------------------------------------------

static void allocate_in_region(size_t most)
{
    const size_t size = random_size(most);
    must(is_ours(CALL(reel_region_alloc, AT(&region), size, random_align()),
                 size));
}

void start_region(void)
{
    start_pages(PAGE);
    must(reel_region_open(&region, &pool) == REEL_OK);
}

// Some blocks are larger than a page.
void step_region(void)
{
    if (random_below(8) != 0) {
        allocate_in_region(2 * PAGE);
    } else {
        must(STATUS(reel_region_close, AT(&region)) == REEL_OK);
        must(STATUS(reel_region_open, AT(&region), AT(&pool)) == REEL_OK);
    }
}

void start_region_cache(void)
{
    static reel_pool_slot slots[SLOTS];
    start_pages(PAGE);
    must(reel_pool_cache_init(&pool_cache, &pool, slots, SLOTS) == REEL_OK);
    must(reel_region_open_cached(&region, &pool_cache) == REEL_OK);
}

void step_region_cache(void)
{
    const uint32_t chance = random_below(8);
    if (chance == 0) {
        (void)CALL(reel_pool_cache_flush, AT(&pool_cache));
    } else if (chance < 6) {
        allocate_in_region(PAGE / 2);
    } else {
        must((reel_status)CALL_AS("reel_region_close_cached", close_cached,
                                  AT(&region))
             == REEL_OK);
        must((reel_status)CALL_AS("reel_region_open_cached", open_cached,
                                  AT(&region), AT(&pool_cache))
             == REEL_OK);
    }
}
