// SPDX-License-Identifier: MIT
// AddressSanitizer is asked what it takes for dead: what no block is, and nothing else.

#include "things.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__ 1 // as gcc says it
#endif
#endif

#if defined(__SANITIZE_ADDRESS__)
#define HAS_CHECKER REEL_WATCH
int __asan_address_is_poisoned(const volatile void *address);
#else
#define HAS_CHECKER                         0
#define __asan_address_is_poisoned(address) ((address) == NULL)
#endif

#define BLOCK ((size_t)32) // bytes; the checker knows groups of 8

static unsigned char *memory;

static bool has_no_checker(void)
{
    unsigned char *const raw = test_memory(TEST_MEMORY);
    if (!HAS_CHECKER) {
        tap_skip("no AddressSanitizer");
    }
    memory = raw + (0 - (uintptr_t)raw) % 64;
    return !HAS_CHECKER;
}

// How many bytes of a block are dead.
static size_t dead_in(const void *block, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        count += __asan_address_is_poisoned((const char *)block + i) != 0;
    }
    return count;
}

static bool is_dead(const void *block)
{
    return dead_in(block, BLOCK) == BLOCK;
}

static bool is_alive(const void *block)
{
    return block != NULL && dead_in(block, BLOCK) == 0;
}

static void start_arena(void)
{
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, 1024), REEL_OK);
}

// ---- arena and temp --------------------------------------------------------------

static void what_an_arena_has_not_handed_out_is_dead(void)
{
    if (has_no_checker()) {
        return;
    }
    start_arena();
    EXPECT_EQUAL(dead_in(memory, 1024), 1024);
    unsigned char *const a = reel_arena_alloc(&the.arena, BLOCK, 8);
    const reel_mark mark = reel_arena_mark(&the.arena);
    unsigned char *const b = reel_arena_alloc(&the.arena, BLOCK, 8);
    EXPECT(is_alive(a) && is_alive(b) && is_dead(b + BLOCK));
    EXPECT_EQUAL(reel_arena_rewind(&the.arena, mark), REEL_OK);
    EXPECT(is_alive(a) && is_dead(b));
    EXPECT(reel_arena_resize(&the.arena, a, BLOCK, 8));
    EXPECT_EQUAL(dead_in(a, BLOCK), BLOCK - 8);
    EXPECT(reel_arena_alloc(&the.arena, BLOCK, 64) != NULL);
    unsigned char *const moved = reel_arena_realloc(&the.arena, a, 8, BLOCK, 8);
    EXPECT(is_alive(moved) && is_dead(a));
    EXPECT_EQUAL(reel_arena_free(&the.arena, moved, BLOCK), REEL_OK);
    EXPECT(is_dead(moved));
    EXPECT_EQUAL(reel_arena_reset(&the.arena), REEL_OK);
    EXPECT_EQUAL(dead_in(memory, 1024), 1024);
    EXPECT_EQUAL(reel_arena_dispose(&the.arena), REEL_OK);
    EXPECT_EQUAL(dead_in(memory, 1024), 0); // the caller's again
}

static void what_a_temp_has_not_handed_out_is_dead(void)
{
    if (has_no_checker()) {
        return;
    }
    EXPECT_EQUAL(reel_temp_init(&the.temp, memory, 1024, &test_pages, NULL),
                 REEL_OK);
    EXPECT_EQUAL(reel_temp_reserve(&the.temp, 3 * BLOCK), REEL_OK);
    unsigned char *const a = reel_temp_alloc(&the.temp, BLOCK, 8);
    unsigned char *const b = reel_temp_alloc_shared(&the.temp, BLOCK, 8);
    EXPECT(is_alive(a) && is_alive(b) && is_dead(b + BLOCK));
    EXPECT_EQUAL(reel_temp_reset(&the.temp), REEL_OK);
    EXPECT(is_dead(a) && is_dead(b));
    EXPECT_EQUAL(reel_temp_alloc(&the.temp, BLOCK, 8), a);
    EXPECT_EQUAL(reel_temp_dispose(&the.temp), REEL_OK);
    EXPECT_EQUAL(reel_temp_reserve(&the.temp, 4 * BLOCK), REEL_OK);
    EXPECT(is_dead(a) && is_dead(b));
}

// ---- blocks ------------------------------------------------------------------------

static void what_a_block_pool_has_not_handed_out_is_dead(void)
{
    if (has_no_checker()) {
        return;
    }
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, memory, 512, BLOCK, 6), REEL_OK);
    EXPECT_EQUAL(
        reel_blocks_cache_init(&the.blocks_cache, &the.blocks, the.slots, 4),
        REEL_OK);
    EXPECT(is_dead(memory));
    void *const a = reel_blocks_alloc(&the.blocks);
    EXPECT(is_alive(a));
    EXPECT_EQUAL(reel_blocks_free(&the.blocks, a), REEL_OK);
    EXPECT(is_dead(a));
    void *const b = reel_blocks_cache_alloc(&the.blocks_cache);
    EXPECT(is_alive(b) && is_dead(the.slots[0]));
    void *const c = reel_blocks_cache_alloc(&the.blocks_cache);
    EXPECT(is_alive(c));
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, c), REEL_OK);
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, b), REEL_OK);
    EXPECT(is_dead(b));
    reel_blocks_cache_flush(&the.blocks_cache);
    EXPECT(is_dead(a) && is_dead(b));
}

// ---- regions -------------------------------------------------------------------------

static void start_pool(void)
{
    start_arena();
    EXPECT_EQUAL(reel_pool_init(&the.pool, reel_arena_allocator(&the.arena),
                                the.chunks, 3, 64, 3 * 64),
                 REEL_OK);
}

static void what_a_pool_has_not_handed_out_is_dead(void)
{
    if (has_no_checker()) {
        return;
    }
    start_pool();
    unsigned char *const page = reel_pool_claim(&the.pool);
    EXPECT(is_alive(page) && is_alive(page + BLOCK) && is_dead(page + 64));
    EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
    EXPECT(is_dead(page) && is_dead(page + BLOCK));
}

static void what_a_region_has_not_handed_out_is_dead(void)
{
    if (has_no_checker()) {
        return;
    }
    start_pool();
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    unsigned char *const a = reel_region_alloc(&the.region, BLOCK, 8);
    unsigned char *const next = reel_region_alloc(&the.region, BLOCK, 8);
    unsigned char *const large = reel_region_alloc(&the.region, 4 * 64, 8);
    EXPECT(is_alive(a) && is_alive(next) && is_alive(large));
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
    EXPECT(is_dead(a) && is_dead(next));
    EXPECT(reel_pool_trim(&the.pool) > 0);
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
}

// ---- rewindables ---------------------------------------------------------------------

static void start_rewindable(bool frees_blocks)
{
    const reel_rewindable_config config = { 256, 256, 8, frees_blocks };
    start_arena();
    EXPECT_EQUAL(reel_rewindable_init(&the.rewindable,
                                      reel_arena_allocator(&the.arena),
                                      the.table, 2, &config),
                 REEL_OK);
}

static void what_a_rewindable_has_not_handed_out_is_dead(void)
{
    if (has_no_checker()) {
        return;
    }
    for (int frees = 0; frees < 2; frees++) {
        start_rewindable(frees == 1);
        unsigned char *const a =
            reel_rewindable_alloc(&the.rewindable, BLOCK, 8);
        EXPECT(is_alive(a) && is_dead(a + BLOCK));
        EXPECT_EQUAL(reel_rewindable_free(&the.rewindable, a, BLOCK), REEL_OK);
        EXPECT(frees == 1 ? is_dead(a) : is_alive(a));
        unsigned char *const b =
            reel_rewindable_alloc(&the.rewindable, BLOCK, 8);
        EXPECT(is_alive(b));
        EXPECT_EQUAL(reel_rewindable_rewind(&the.rewindable), REEL_OK);
        EXPECT(is_dead(a) && is_dead(b));
    }
}

static void what_a_span_has_not_handed_out_is_dead(void)
{
    if (has_no_checker()) {
        return;
    }
    for (int frees = 0; frees < 2; frees++) {
        start_rewindable(frees == 1);
        EXPECT_EQUAL(reel_span_open(&the.span, &the.rewindable, 4 * BLOCK),
                     REEL_OK);
        unsigned char *const a = reel_span_alloc(&the.span, BLOCK, 8);
        EXPECT(is_alive(a) && is_dead(a + BLOCK));
        EXPECT_EQUAL(reel_span_close(&the.span), REEL_OK);
        EXPECT(frees == 1 ? is_dead(a) : is_alive(a));
        EXPECT(is_dead(a + BLOCK));
        EXPECT_EQUAL(reel_rewindable_rewind(&the.rewindable), REEL_OK);
        EXPECT(is_dead(a));
    }
}

// ---- heap ------------------------------------------------------------------------------

static void what_a_heap_has_not_handed_out_is_dead(void)
{
    static reel_heap heap;
    if (has_no_checker()) {
        return;
    }
    EXPECT_EQUAL(reel_heap_init(&heap, memory, 1536), REEL_OK);
    unsigned char *const a = reel_heap_alloc(&heap, 8 * BLOCK, 8);
    unsigned char *const b = reel_heap_alloc(&heap, BLOCK, 8);
    EXPECT(is_alive(a) && is_alive(a + 7 * BLOCK) && is_alive(b));
    EXPECT_EQUAL(reel_heap_free(&heap, a), REEL_OK);
    EXPECT(is_dead(a + 4 * BLOCK) && is_alive(b));
    unsigned char *const c = reel_heap_alloc(&heap, 8 * BLOCK, 8);
    EXPECT(c == a && is_alive(a + 4 * BLOCK));
    EXPECT_EQUAL(reel_heap_realloc(&heap, a, 2 * BLOCK, 8), a);
    EXPECT(is_alive(a + BLOCK) && is_dead(a + 4 * BLOCK));
}

const test_case watched_tests[] = {
    TEST(what_an_arena_has_not_handed_out_is_dead),
    TEST(what_a_temp_has_not_handed_out_is_dead),
    TEST(what_a_block_pool_has_not_handed_out_is_dead),
    TEST(what_a_pool_has_not_handed_out_is_dead),
    TEST(what_a_region_has_not_handed_out_is_dead),
    TEST(what_a_rewindable_has_not_handed_out_is_dead),
    TEST(what_a_span_has_not_handed_out_is_dead),
    TEST(what_a_heap_has_not_handed_out_is_dead),
    END_OF_TESTS,
};
