// SPDX-License-Identifier: MIT
// Another context gets in between a look at shared state and its exchange. Only
// builds with the meddling backend have one; see meddling.h.

#include "test.h"

#define MEDDLES (REEL_ATOMICS == REEL_ATOMICS_CUSTOM)

static bool no_context_gets_in(void)
{
    if (!MEDDLES) {
        tap_skip("no other context without the meddling backend");
    }
    return !MEDDLES;
}

static reel_arena arena;
static reel_temp temp;
static void *theirs;

static void take_from_the_arena(void)
{
    theirs = reel_arena_alloc_shared(&arena, 10, 1);
}

static void a_block_taken_in_between_is_nobody_elses(void)
{
    if (no_context_gets_in()) {
        return;
    }
    unsigned char *const memory = test_memory(64);
    for (size_t granule = 1; granule <= 8; granule *= 8) {
        EXPECT_EQUAL(reel_arena_init_granular(&arena, memory, 64, granule),
                     REEL_OK);
        test_before_swap = take_from_the_arena;
        unsigned char *const ours = reel_arena_alloc_shared(&arena, 20, 1);
        EXPECT_EQUAL(theirs, memory);
        EXPECT(ours == memory + (granule == 1 ? 10 : 16));
        EXPECT(test_before_swap == NULL && reel_arena_is_valid(&arena));
    }
}

static void take_all_of_the_arena(void)
{
    theirs = reel_arena_alloc_shared(&arena, 64, 1);
}

static void the_last_room_taken_in_between_is_a_refusal(void)
{
    if (no_context_gets_in()) {
        return;
    }
    unsigned char *const memory = test_memory(64);
    EXPECT_EQUAL(reel_arena_init(&arena, memory, 64), REEL_OK);
    test_before_swap = take_all_of_the_arena;
    EXPECT(reel_arena_alloc_shared(&arena, 1, 1) == NULL);
    EXPECT(theirs == memory && reel_arena_stats(&arena).failures == 1);
}

// ---- temp ------------------------------------------------------------------

static size_t committed, commits;

static bool commit(void *context, void *addr, size_t size)
{
    unsigned char *const start = context;
    EXPECT_EQUAL(addr, start + committed); // one frontier for all callers
    committed += size;
    commits++;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr;
    committed -= size;
}

static reel_pages pages = { 64, NULL, commit, decommit };

static void fresh_temp(void)
{
    unsigned char *const memory = test_memory(TEST_MEMORY);
    pages.context = memory;
    committed = commits = 0;
    EXPECT_EQUAL(reel_temp_init(&temp, memory, 512, &pages, NULL), REEL_OK);
}

static void take_from_the_temp(void)
{
    theirs = reel_temp_alloc_shared(&temp, 10, 1);
}

static void a_temps_block_taken_in_between_is_nobody_elses(void)
{
    if (no_context_gets_in()) {
        return;
    }
    fresh_temp();
    unsigned char *const first = reel_temp_alloc(&temp, 1, 1);
    test_before_swap = take_from_the_temp; // at the exchange of the position
    unsigned char *const ours = reel_temp_alloc_shared(&temp, 20, 1);
    EXPECT(theirs == first + 1 && ours == first + 11);
    EXPECT(commits == 1 && reel_temp_is_valid(&temp));
}

// While a thread is at the gate, another one goes through it and commits what
// the first one wanted: it must look again.
static void memory_committed_in_between_is_not_committed_twice(void)
{
    if (no_context_gets_in()) {
        return;
    }
    fresh_temp();
    test_before_swap = take_from_the_temp; // at the exchange of the gate
    unsigned char *const ours = reel_temp_alloc_shared(&temp, 20, 1);
    EXPECT(theirs != NULL && ours == (unsigned char *)theirs + 10);
    EXPECT(commits == 1 && committed == 64 && reel_temp_is_valid(&temp));
}

// ---- blocks ----------------------------------------------------------------

static reel_blocks blocks;
static reel_status their_status;

static unsigned char *fresh_blocks(void)
{
    unsigned char *const memory = test_memory(REEL_BLOCKS_SIZE(8, 4));
    EXPECT_EQUAL(
        reel_blocks_init(&blocks, memory, REEL_BLOCKS_SIZE(8, 4), 8, 4),
        REEL_OK);
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQUAL(reel_blocks_alloc(&blocks), memory + 8 * i);
    }
    return memory;
}

static void take_a_block(void)
{
    theirs = reel_blocks_alloc(&blocks);
}

static void a_block_taken_while_a_batch_is_taken_is_not_part_of_it(void)
{
    void *slots[4];
    reel_blocks_cache cache;
    if (!MEDDLES) {
        return;
    }
    unsigned char *const memory = fresh_blocks();
    for (size_t i = 4; i-- > 0;) {
        EXPECT_EQUAL(reel_blocks_free(&blocks, memory + 8 * i), REEL_OK);
    }
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &blocks, slots, 4), REEL_OK);
    test_before_swap = take_a_block;
    EXPECT_EQUAL(reel_blocks_cache_alloc(&cache), memory + 16);
    EXPECT(theirs == memory && slots[0] == memory + 8);
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), memory + 24);
    EXPECT(reel_blocks_is_valid(&blocks));
}

static void free_the_second_block(void)
{
    their_status = reel_blocks_free(&blocks, (void *)(blocks.base + 8));
}

static void a_block_freed_while_a_batch_is_given_is_freed_once(void)
{
    void *slots[4];
    reel_blocks_cache cache;
    if (!MEDDLES) {
        return;
    }
    unsigned char *const memory = fresh_blocks();
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &blocks, slots, 4), REEL_OK);
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQUAL(reel_blocks_cache_free(&cache, memory + 8 * i), REEL_OK);
    }
    test_before_swap = free_the_second_block; // at the claim of the first one
    reel_blocks_cache_flush(&cache);
    EXPECT(their_status == REEL_OK && test_before_swap == NULL);
    EXPECT_EQUAL(reel_blocks_count_free(&blocks), 4);
    EXPECT(reel_blocks_is_valid(&blocks));
}

const test_case shared_tests[] = {
    TEST(a_block_taken_in_between_is_nobody_elses),
    TEST(the_last_room_taken_in_between_is_a_refusal),
    TEST(a_temps_block_taken_in_between_is_nobody_elses),
    TEST(memory_committed_in_between_is_not_committed_twice),
    TEST(a_block_taken_while_a_batch_is_taken_is_not_part_of_it),
    TEST(a_block_freed_while_a_batch_is_given_is_freed_once),
    END_OF_TESTS,
};
