// SPDX-License-Identifier: MIT
// The last value that is accepted and the first that is refused, where no example
// gets that far by itself.

#include "things.h"

static bool commit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
}

static void start_arena(void)
{
    EXPECT_EQUAL(
        reel_arena_init(&the.arena, test_memory(TEST_MEMORY), TEST_MEMORY),
        REEL_OK);
}

static void start_pool(void)
{
    start_arena();
    EXPECT_EQUAL(reel_pool_init(&the.pool, reel_arena_allocator(&the.arena),
                                the.chunks, 2, 64, 4 * 64),
                 REEL_OK);
}

static void a_block_of_a_temp_grows_to_the_end_of_the_range(void)
{
    static const reel_pages pages = { 64, NULL, commit, decommit };
    unsigned char *const raw = test_memory(TEST_MEMORY);
    unsigned char *const start = raw + (0 - (uintptr_t)raw) % 64;
    EXPECT_EQUAL(reel_temp_init(&the.temp, start, 512, &pages, NULL), REEL_OK);
    EXPECT(reel_temp_alloc(&the.temp, 64, 1) != NULL);
    void *const last = reel_temp_alloc(&the.temp, 10, 1);
    EXPECT(!reel_temp_resize(&the.temp, last, 10, 449));
    EXPECT_EQUAL(reel_temp_committed(&the.temp), 128);
    EXPECT(reel_temp_resize(&the.temp, last, 10, 448));
    EXPECT_EQUAL(reel_temp_available(&the.temp), 0);
    EXPECT_EQUAL(reel_temp_committed(&the.temp), 512);
    EXPECT(reel_temp_is_valid(&the.temp));
}

static void a_block_that_shrinks_is_dead_behind_its_end(void)
{
    if (!REEL_POISON || REEL_WATCH) {
        tap_skip("no poison, or a checker that would not let us look");
        return;
    }
    start_arena();
    unsigned char *const block = reel_arena_alloc(&the.arena, 40, 1);
    EXPECT(reel_arena_alloc(&the.arena, 1, 1) != NULL);
    EXPECT(reel_arena_resize(&the.arena, block, 40, 3));
    for (size_t i = 0; i < 40; i++) {
        EXPECT_EQUAL(block[i], i < 3 ? 0xA5 : 0xDD);
    }
}

static void the_last_byte_of_an_arena_has_an_offset(void)
{
    start_arena();
    unsigned char *const block = reel_arena_alloc(&the.arena, 20, 1);
    for (size_t i = 0; i < 20; i++) {
        EXPECT_EQUAL(reel_arena_offset(&the.arena, block + i), i);
        EXPECT(reel_arena_at(&the.arena, i) == block + i);
    }
    EXPECT(test_is_calm());
    if (REEL_CHECKS >= 1) {
        EXPECT_EQUAL(reel_arena_offset(&the.arena, block + 20), SIZE_MAX);
        EXPECT(test_panicked(REEL_FOREIGN));
        EXPECT(reel_arena_at(&the.arena, 20) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
    }
}

// Of a chunk with a page that is out, each page that never was.
static void a_page_that_was_never_claimed_is_not_released(void)
{
    start_pool();
    unsigned char *const first = reel_pool_claim(&the.pool);
    for (size_t i = 1; i < 4; i++) {
        EXPECT_EQUAL(reel_pool_release(&the.pool, first + i * 64),
                     REEL_DOUBLE_FREE);
    }
    EXPECT_EQUAL(reel_pool_release(&the.pool, first + 4 * 64), REEL_FOREIGN);
    EXPECT_EQUAL(reel_pool_used_pages(&the.pool), 1);
    EXPECT(reel_pool_claim(&the.pool) == first + 64);
    EXPECT_EQUAL(reel_pool_release(&the.pool, first + 2 * 64),
                 REEL_DOUBLE_FREE);
    EXPECT(reel_pool_is_valid(&the.pool));
}

// The block just behind, one inside, and one of another allocator.
static void a_foreign_block_is_not_reallocated_by_a_block_pool(void)
{
    unsigned char *const memory = test_memory(TEST_MEMORY);
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, memory, 512, 24, 6), REEL_OK);
    const reel_allocator a = reel_blocks_allocator(&the.blocks);
    unsigned char *const block = reel_allocate(a, 24, 1);
    EXPECT(reel_reallocate(a, block, 24, 8, 1) == block);
    EXPECT(reel_reallocate(a, block, 24, 25, 1) == NULL);
    EXPECT(test_is_calm());
    if (REEL_CHECKS >= 1) {
        EXPECT(reel_reallocate(a, memory + 6 * 24, 24, 8, 1) == NULL);
        EXPECT(test_panicked(REEL_FOREIGN));
        EXPECT(reel_reallocate(a, block + 8, 16, 8, 1) == NULL);
        EXPECT(test_panicked(REEL_FOREIGN));
        EXPECT(reel_reallocate(a, &the, 24, 8, 1) == NULL);
        EXPECT(test_panicked(REEL_FOREIGN));
        EXPECT(reel_reallocate(a, memory + 24, 24, 8, 1) == NULL);
        EXPECT(test_panicked(REEL_DOUBLE_FREE)); // was never out
    }
    EXPECT_EQUAL(reel_blocks_count_used(&the.blocks), 1);
}

// One block of nearly all addresses: its size is all ones above, all zeroes below.
// The product's middle is the largest that is accepted.
static void the_largest_product_of_size_and_count_is_accepted(void)
{
    const size_t half = sizeof(size_t) * 4;
    const size_t size = ~(size_t)0 >> half << half;
    if (REEL_POISON || REEL_WATCH) {
        tap_skip("here init touches the memory");
        return;
    }
    void *const start = (void *)(uintptr_t)64;
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, start, size + 64, size, 1),
                 REEL_OK);
    EXPECT(reel_blocks_is_valid(&the.blocks));
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, start, size + 64, size >> 1, 2),
                 REEL_OK);
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, start, size + 64, size, 2),
                 REEL_INVALID);
    EXPECT_EQUAL(
        reel_blocks_init(&the.blocks, start, size, size - sizeof(reel_link), 1),
        REEL_OK);
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, start, size,
                                  size - sizeof(reel_link) + 1, 1),
                 REEL_INVALID);
}

const test_case limits_tests[] = {
    TEST(a_block_of_a_temp_grows_to_the_end_of_the_range),
    TEST(a_block_that_shrinks_is_dead_behind_its_end),
    TEST(the_last_byte_of_an_arena_has_an_offset),
    TEST(a_page_that_was_never_claimed_is_not_released),
    TEST(a_foreign_block_is_not_reallocated_by_a_block_pool),
    TEST(the_largest_product_of_size_and_count_is_accepted),
    END_OF_TESTS,
};
