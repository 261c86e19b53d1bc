// SPDX-License-Identifier: MIT
// One body for every allocator of the family, through the interface alone.

#include "things.h"

#define BLOCKS 8

typedef struct live_block {
    unsigned char *start;
    size_t size;
    unsigned char pattern;
} live_block;

static void fill(const live_block *block)
{
    for (size_t i = 0; i < block->size; i++) {
        block->start[i] = block->pattern;
    }
}

static size_t intact_bytes(const live_block *block, size_t size)
{
    size_t i = 0;
    while (i < size && block->start[i] == block->pattern) {
        i++;
    }
    return i;
}

static void make(reel_allocator a, live_block *block, uint32_t *seed)
{
    const size_t align = (size_t)1 << test_below(seed, 5);
    block->size = 1 + test_below(seed, 40);
    block->pattern = (unsigned char)test_random(seed);
    block->start = reel_allocate(a, block->size, align);
    if (block->start != NULL) {
        EXPECT((uintptr_t)block->start % align == 0);
        fill(block);
    }
}

static void change(reel_allocator a, live_block *block, uint32_t *seed)
{
    const size_t size = 1 + test_below(seed, 40);
    const size_t kept = size < block->size ? size : block->size;
    unsigned char *const moved =
        reel_reallocate(a, block->start, block->size, size, 1);
    if (moved != NULL) {
        block->start = moved;
        EXPECT(intact_bytes(block, kept) == kept);
        block->size = size;
        fill(block);
    }
}

static void give_all_back(reel_allocator a, live_block *blocks)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        if (blocks[i].start != NULL) {
            EXPECT(reel_free(a, blocks[i].start, blocks[i].size) == REEL_OK);
        }
    }
}

// Whatever the allocator: blocks keep their contents, and no two overlap (a
// shared byte would show the wrong pattern).
static void serves(reel_allocator a)
{
    live_block blocks[BLOCKS] = { { NULL, 0, 0 } };
    uint32_t seed = 1;
    for (int step = 0; step < 400; step++) {
        live_block *const block = &blocks[test_below(&seed, BLOCKS)];
        if (block->start == NULL) {
            make(a, block, &seed);
        } else if (test_below(&seed, 2) == 0) {
            change(a, block, &seed);
        } else {
            EXPECT(reel_free(a, block->start, block->size) == REEL_OK);
            block->start = NULL;
        }
        for (size_t i = 0; i < BLOCKS; i++) {
            EXPECT(blocks[i].start == NULL
                   || intact_bytes(&blocks[i], blocks[i].size)
                          == blocks[i].size);
        }
    }
    give_all_back(a, blocks);
}

static void refuses_what_it_must(reel_allocator a)
{
    EXPECT(reel_allocate(a, SIZE_MAX, 1) == NULL);
    EXPECT(reel_allocate(a, SIZE_MAX / 2 + 1, 0) == NULL);
    EXPECT(reel_free(a, NULL, 1) == REEL_INVALID);
    unsigned char *const block = reel_reallocate(a, NULL, 0, 4, 0);
    EXPECT(block != NULL && (uintptr_t)block % REEL_ALIGN_DEFAULT == 0);
    EXPECT(reel_reallocate(a, block, 4, SIZE_MAX, 0) == NULL);
    if (REEL_CHECKS > 0) {
        EXPECT(reel_allocate(a, 1, 3) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
        EXPECT(reel_reallocate(a, block, 4, 5, 3) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
    }
    EXPECT(reel_free(a, block, 4) == REEL_OK);
}

static void an_arena_is_an_allocator(void)
{
    reel_arena arena;
    EXPECT(reel_arena_init(&arena, test_memory(1024), 1024) == REEL_OK);
    refuses_what_it_must(reel_arena_allocator(&arena));
    serves(reel_arena_allocator(&arena));
}

static void a_lock_over_an_arena_is_an_allocator(void)
{
    reel_arena arena;
    reel_lock lock;
    EXPECT(reel_arena_init(&arena, test_memory(1024), 1024) == REEL_OK);
    const reel_allocator a = reel_locked(&lock, reel_arena_allocator(&arena));
    refuses_what_it_must(a);
    serves(a);
}

static void a_heap_is_an_allocator(void)
{
    reel_heap heap;
    EXPECT(reel_heap_init(&heap, test_memory(1024), 1024) == REEL_OK);
    refuses_what_it_must(reel_heap_allocator(&heap));
    serves(reel_heap_allocator(&heap));
    EXPECT(reel_heap_stats(&heap).used == 0 && reel_heap_is_valid(&heap));
}

static void a_granular_arena_is_an_allocator(void)
{
    reel_arena arena;
    EXPECT(reel_arena_init_granular(&arena, test_memory(1024), 1024, 32)
           == REEL_OK);
    refuses_what_it_must(reel_arena_allocator(&arena));
    serves(reel_arena_allocator(&arena));
}

static bool commit_anything(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    return true;
}

static void decommit_anything(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
}

static void a_temp_is_an_allocator(void)
{
    const reel_pages pages = { 64, NULL, commit_anything, decommit_anything };
    reel_temp temp;
    EXPECT(reel_temp_init(&temp, test_memory(TEST_MEMORY), 1024, &pages, NULL)
           == REEL_OK);
    refuses_what_it_must(reel_temp_allocator(&temp));
    serves(reel_temp_allocator(&temp));
}

static void a_block_pool_is_an_allocator(void)
{
    unsigned char *const raw = test_memory(TEST_MEMORY);
    unsigned char *const memory = raw + (0 - (uintptr_t)raw) % 64;
    const size_t size = TEST_MEMORY - 64;
    reel_blocks blocks;
    EXPECT(reel_blocks_init(&blocks, memory, size, 64, 20) == REEL_OK);
    const reel_allocator a = reel_blocks_allocator(&blocks);
    refuses_what_it_must(a);
    serves(a);
    EXPECT(reel_blocks_count_used(&blocks) == 0);
    EXPECT(reel_allocate(a, 65, 1) == NULL);  // larger than a block
    EXPECT(reel_allocate(a, 1, 128) == NULL); // not every block is so aligned
    EXPECT(reel_free(a, memory + 1, 1) == REEL_FOREIGN);
    EXPECT(reel_free(a, memory, 1) == REEL_DOUBLE_FREE);
}

static void serve_from_a_rewindable(reel_allocator backing, bool frees_blocks)
{
    const reel_rewindable_config config = { 96, 128, 8, frees_blocks };
    reel_rewindable rewindable;
    reel_rewindable_chunk table[4];
    EXPECT(reel_rewindable_init(&rewindable, backing, table, 4, &config)
           == REEL_OK);
    const reel_allocator a = reel_rewindable_allocator(&rewindable);
    refuses_what_it_must(a);
    serves(a);
    EXPECT(reel_rewindable_stats(&rewindable).failures > 0); // it was full
    EXPECT(!frees_blocks || reel_rewindable_stats(&rewindable).used == 0);
    EXPECT(reel_rewindable_rewind(&rewindable) == REEL_OK);
    serves(a);
    EXPECT(reel_rewindable_is_valid(&rewindable));
    EXPECT(reel_rewindable_dispose(&rewindable) == REEL_OK);
    EXPECT(reel_allocate(a, 1, 1) == NULL);
}

static void a_rewindable_is_an_allocator(void)
{
    for (int frees_blocks = 0; frees_blocks < 2; frees_blocks++) {
        reel_arena arena;
        EXPECT(reel_arena_init(&arena, test_memory(1024), 1024) == REEL_OK);
        serve_from_a_rewindable(reel_arena_allocator(&arena),
                                frees_blocks == 1);
    }
}

static void a_rewindable_on_blocks_on_an_arena_is_an_allocator(void)
{
    for (int frees_blocks = 0; frees_blocks < 2; frees_blocks++) {
        const size_t size = REEL_BLOCKS_SIZE(160, 4);
        reel_arena arena;
        reel_blocks blocks;
        EXPECT(reel_arena_init(&arena, test_memory(1024), 1024) == REEL_OK);
        EXPECT(reel_blocks_init(&blocks, reel_arena_alloc(&arena, size, 32),
                                size, 160, 4)
               == REEL_OK);
        serve_from_a_rewindable(reel_blocks_allocator(&blocks),
                                frees_blocks == 1);
        EXPECT(reel_blocks_count_used(&blocks) == 0);
        EXPECT(reel_blocks_is_valid(&blocks));
    }
}

static void serve_from_a_pool(reel_allocator backing)
{
    reel_pool pool;
    reel_pool_chunk chunks[2];
    EXPECT(reel_pool_init(&pool, backing, chunks, 2, 64, 4 * 64) == REEL_OK);
    refuses_what_it_must(reel_pool_allocator(&pool));
    serves(reel_pool_allocator(&pool));
    EXPECT(reel_pool_used_pages(&pool) == 0 && reel_pool_is_valid(&pool));
    EXPECT(reel_pool_dispose(&pool) == REEL_OK);
}

static void serve_from_a_region(reel_allocator backing)
{
    reel_pool pool;
    reel_pool_chunk chunks[2];
    reel_region region;
    EXPECT(reel_pool_init(&pool, backing, chunks, 2, 64, 4 * 64) == REEL_OK);
    for (int round = 0; round < 2; round++) {
        EXPECT(reel_region_open(&region, &pool) == REEL_OK);
        refuses_what_it_must(reel_region_allocator(&region));
        serves(reel_region_allocator(&region));
        EXPECT(reel_region_is_valid(&region));
        EXPECT(reel_region_stats(&region).failures > 0); // it was full
        EXPECT(reel_region_close(&region) == REEL_OK);
        EXPECT(reel_pool_used_pages(&pool) == 0 && reel_pool_is_valid(&pool));
    }
    EXPECT(reel_pool_dispose(&pool) == REEL_OK);
}

static void a_pool_and_a_region_are_allocators(void)
{
    reel_arena arena;
    EXPECT(reel_arena_init(&arena, test_memory(1024), 1024) == REEL_OK);
    serve_from_a_pool(reel_arena_allocator(&arena));
    EXPECT(reel_arena_init(&arena, test_memory(1024), 1024) == REEL_OK);
    serve_from_a_region(reel_arena_allocator(&arena));
}

static void a_region_on_a_pool_on_a_rewindable_on_an_arena_is_an_allocator(void)
{
    const reel_rewindable_config config = { 384, 384, 16, true };
    reel_arena arena;
    reel_rewindable rewindable;
    reel_rewindable_chunk table[2];
    EXPECT(reel_arena_init(&arena, test_memory(TEST_MEMORY), TEST_MEMORY)
           == REEL_OK);
    EXPECT(reel_rewindable_init(&rewindable, reel_arena_allocator(&arena),
                                table, 2, &config)
           == REEL_OK);
    serve_from_a_pool(reel_rewindable_allocator(&rewindable));
    serve_from_a_region(reel_rewindable_allocator(&rewindable));
    EXPECT(reel_rewindable_stats(&rewindable).used == 0);
    EXPECT(reel_rewindable_is_valid(&rewindable));
}

static void the_hosts_malloc_is_an_allocator(void)
{
    const reel_allocator a = test_malloc();
    if (a.ops != reel_allocator_null().ops) {
        refuses_what_it_must(a);
        serves(a);
    }
}

// Ops that were written without the member count as those that free at once.
static void each_allocator_says_what_a_free_is_worth(void)
{
    const reel_allocator_ops old = { .allocate = NULL };
    const reel_allocator written_elsewhere = { &old, NULL };
    EXPECT(reel_allocator_frees(written_elsewhere) == REEL_FREES_AT_ONCE);
    EXPECT(reel_allocator_frees(reel_arena_allocator(&the.arena))
           == REEL_FREES_LAST);
    EXPECT(reel_allocator_frees(reel_temp_allocator(&the.temp))
           == REEL_FREES_LAST);
    EXPECT(reel_allocator_frees(reel_blocks_allocator(&the.blocks))
           == REEL_FREES_AT_ONCE);
    EXPECT(reel_allocator_frees(reel_pool_allocator(&the.pool))
           == REEL_FREES_AT_ONCE);
    EXPECT(reel_allocator_frees(reel_region_allocator(&the.region))
           == REEL_FREES_NEVER);
    EXPECT(reel_allocator_frees(reel_allocator_null()) == REEL_FREES_AT_ONCE);
    the.rewindable.frees_blocks = false;
    const reel_allocator a = reel_rewindable_allocator(&the.rewindable);
    EXPECT(reel_allocator_frees(a) == REEL_FREES_NEVER);
    the.rewindable.frees_blocks = true;
    EXPECT(reel_allocator_frees(a) == REEL_FREES_AT_ONCE);
}

static void the_null_allocator_refuses_everything(void)
{
    const reel_allocator a = reel_allocator_null();
    char byte = 'x';
    EXPECT(reel_allocate(a, 0, 0) == NULL);
    EXPECT(reel_reallocate(a, NULL, 0, 1, 1) == NULL);
    EXPECT(reel_reallocate(a, &byte, 1, 1, 1) == NULL);
    EXPECT(reel_free(a, &byte, 1) == REEL_FOREIGN);
    EXPECT(reel_free(a, NULL, 0) == REEL_INVALID);
    EXPECT(byte == 'x');
}

const test_case allocator_tests[] = {
    TEST(an_arena_is_an_allocator),
    TEST(a_lock_over_an_arena_is_an_allocator),
    TEST(a_heap_is_an_allocator),
    TEST(a_granular_arena_is_an_allocator),
    TEST(a_temp_is_an_allocator),
    TEST(a_block_pool_is_an_allocator),
    TEST(a_rewindable_is_an_allocator),
    TEST(a_rewindable_on_blocks_on_an_arena_is_an_allocator),
    TEST(a_pool_and_a_region_are_allocators),
    TEST(a_region_on_a_pool_on_a_rewindable_on_an_arena_is_an_allocator),
    TEST(the_hosts_malloc_is_an_allocator),
    TEST(each_allocator_says_what_a_free_is_worth),
    TEST(the_null_allocator_refuses_everything),
    END_OF_TESTS,
};
