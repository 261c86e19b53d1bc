// SPDX-License-Identifier: MIT
// reel's contestants, all over the same memory. What each does with a free:
//
//   arena       gives back the last block; for any other, nothing. When it is
//               full it is reset.
//   temp        as the arena; pages are committed as they are used, and a
//               reset gives some of them back
//   region      nothing; it is closed and opened again when the pool has no
//               more pages
//   rewindable  nothing; it is rewound when no chunk has room
//   frees_blocks  a rewindable with frees_blocks takes the block off its chunk's
//               live ones, and rewinds the chunk with the last of them; all
//               are rewound when no chunk has room
//   blocks      puts the block on the list, to be the next that is taken; all
//               blocks are of the largest size
//   pool        the same with pages of a pool

#include "reel/reel.h"
#include "always.h"
#include "workloads.h"

#define CHUNKS      3
#define CHUNK_SIZE  1024 // bytes of the first; the others double
#define CHUNK_LIMIT 4096
#define PAGE_SIZE   256
#define REGION_PAGE 512
#define PAGES       30
#define STEP        1024

static _Alignas(256) unsigned char memory[WORKLOAD_HEAP];
static reel_arena arena;
static reel_temp temp;
static reel_always always;
static reel_blocks blocks;
static reel_rewindable rewindable;
static reel_rewindable_chunk table[CHUNKS];
static reel_pool pool;
static reel_pool_chunk chunk[1];
static reel_region region;

static void start_arena(void)
{
    (void)reel_arena_init(&arena, memory, sizeof memory);
}

static void start_temp(void)
{
    const reel_temp_policy steps = { STEP, 0, 1, 64, 1024, false, 0 };
    (void)reel_always_init(&always, PAGE_SIZE, SIZE_MAX);
    (void)reel_temp_init(&temp, memory, sizeof memory, &always.pages, &steps);
}

static void start_blocks(void)
{
    (void)reel_blocks_init(&blocks, memory, sizeof memory, WORKLOAD_LARGEST,
                           sizeof memory
                               / (WORKLOAD_LARGEST + sizeof(reel_link)));
}

static void start_chunks(bool frees_blocks)
{
    const reel_rewindable_config doubling = { CHUNK_SIZE, CHUNK_LIMIT,
                                              WORKLOAD_ALIGN, frees_blocks };
    start_arena();
    (void)reel_rewindable_init(&rewindable, reel_arena_allocator(&arena), table,
                               CHUNKS, &doubling);
}

static void start_rewindable(void)
{
    start_chunks(false);
}

static void start_rewindable_free(void)
{
    start_chunks(true);
}

static void start_pages(size_t page_size, size_t count)
{
    start_arena();
    (void)reel_pool_init(&pool, reel_arena_allocator(&arena), chunk, 1,
                         page_size, page_size * count);
}

static void start_pool(void)
{
    start_pages(PAGE_SIZE, PAGES);
}

static void start_region(void)
{
    start_pages(REGION_PAGE, PAGES * PAGE_SIZE / REGION_PAGE);
    (void)reel_region_open(&region, &pool);
}

#define ADDRESS(what) ((uintptr_t)(what))

const contestant contestants[] = {
    { "arena",
      start_arena,
      ADDRESS(&arena),
      ADDRESS(reel_arena_alloc),
      ADDRESS(reel_arena_free),
      { ADDRESS(reel_arena_reset), 0 },
      0 },
    { "temp",
      start_temp,
      ADDRESS(&temp),
      ADDRESS(reel_temp_alloc),
      ADDRESS(reel_temp_free),
      { ADDRESS(reel_temp_reset), 0 },
      0 },
    { "region",
      start_region,
      ADDRESS(&region),
      ADDRESS(reel_region_alloc),
      ADDRESS(reel_region_free),
      { ADDRESS(reel_region_close), ADDRESS(reel_region_open) },
      ADDRESS(&pool) },
    { "rewindable",
      start_rewindable,
      ADDRESS(&rewindable),
      ADDRESS(reel_rewindable_alloc),
      ADDRESS(reel_rewindable_free),
      { ADDRESS(reel_rewindable_rewind), 0 },
      0 },
    { "frees_blocks",
      start_rewindable_free,
      ADDRESS(&rewindable),
      ADDRESS(reel_rewindable_alloc),
      ADDRESS(reel_rewindable_free),
      { ADDRESS(reel_rewindable_rewind), 0 },
      0 },
    { "blocks",
      start_blocks,
      ADDRESS(&blocks),
      ADDRESS(reel_blocks_alloc),
      ADDRESS(reel_blocks_free),
      { 0, 0 },
      0 },
    { "pool",
      start_pool,
      ADDRESS(&pool),
      ADDRESS(reel_pool_claim),
      ADDRESS(reel_pool_release),
      { 0, 0 },
      0 },
};
const size_t contestant_count = sizeof contestants / sizeof contestants[0];
