// SPDX-License-Identifier: MIT
// Memory that a backing takes back at once, or not; units that no memory has room for;
// more dropped marks than are remembered.

#include "things.h"

// ---- reclaiming -------------------------------------------------------------------

static reel_status answer; // of a free
static reel_frees frees;
static size_t asked, freed;

static void *count_asked(void *self, size_t size, size_t align)
{
    (void)self, (void)size, (void)align;
    asked++;
    return NULL;
}

static reel_status free_as_told(void *self, void *block, size_t size)
{
    (void)self, (void)block, (void)size;
    freed++;
    return answer;
}

// Ops without `reclaim`: what they free is taken back at once.
static void a_free_that_is_refused_reclaims_nothing(void)
{
    static const reel_allocator_ops ops = { .allocate = count_asked,
                                            .free = free_as_told };
    const reel_allocator allocator = { &ops, NULL };
    answer = REEL_OK;
    EXPECT(reel_reclaim(allocator, &answer, 1));
    answer = REEL_BUSY;
    EXPECT(!reel_reclaim(allocator, &answer, 1));
}

static void a_temp_reclaims_its_last_block_only(void)
{
    static const reel_temp_policy policy = { 0 };
    unsigned char *const memory = test_memory(1024);
    EXPECT_EQUAL(reel_temp_init(&the.temp, memory, 1024, &test_pages, &policy),
                 REEL_OK);
    const reel_allocator allocator = reel_temp_allocator(&the.temp);
    void *const first = reel_allocate(allocator, 100, 1);
    void *const last = reel_allocate(allocator, 100, 1);
    EXPECT(!reel_reclaim(allocator, first, 100));
    EXPECT_EQUAL(reel_temp_used(&the.temp), 200);
    EXPECT(reel_reclaim(allocator, last, 100));
    EXPECT(reel_reclaim(allocator, first, 100));
    EXPECT_EQUAL(reel_temp_used(&the.temp), 0);
}

static reel_allocator shared;
static void *kept;

static void reclaim_in_a_handler(void)
{
    EXPECT(!reel_reclaim(shared, kept, 8));
}

static void a_lock_reclaims_where_it_may_wait(void)
{
    static reel_lock lock;
    EXPECT_EQUAL(reel_arena_init(&the.arena, test_memory(256), 256), REEL_OK);
    shared = reel_locked(&lock, reel_arena_allocator(&the.arena));
    kept = reel_allocate(shared, 8, 1);
    test_interrupt(reclaim_in_a_handler);
    EXPECT_EQUAL(reel_arena_used(&the.arena), 8);
    EXPECT(reel_reclaim(shared, kept, 8));
    EXPECT_EQUAL(reel_arena_used(&the.arena), 0);
}

// ---- units ------------------------------------------------------------------------

static reel_frees say_frees(const void *self)
{
    (void)self;
    return frees;
}

// One unit fits into a size, so a pool can have it; several do not.
static void units_beyond_all_memory_are_not_asked_for(void)
{
    static const reel_allocator_ops ops = { .allocate = count_asked,
                                            .free = free_as_told,
                                            .frees = say_frees };
    const reel_allocator backing = { &ops, NULL };
    const size_t page = (SIZE_MAX >> 3) + 1;
    frees = REEL_FREES_NEVER;
    asked = 0;
    EXPECT_EQUAL(reel_pool_init(&the.pool, backing, the.chunks, 3, page, page),
                 REEL_OK);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 2), REEL_NO_MEMORY);
    EXPECT_EQUAL(asked, 1);
    EXPECT_EQUAL(
        reel_pool_init(&the.pool, backing, the.chunks, 3, page, 3 * page),
        REEL_OK);
    asked = 0;
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 9), REEL_NO_MEMORY);
    EXPECT_EQUAL(asked, 0);
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 0);
}

static unsigned char *next_block;

static void *take_next(void *self, size_t size, size_t align)
{
    unsigned char *const block = next_block;
    (void)self, (void)align; // all sizes here are whole units of 16 bytes
    if (asked == 0) {
        return NULL;
    }
    asked--;
    next_block += size;
    return block;
}

// A backing whose answer changes: it took every block back when the pool was made.
static void a_chunk_stays_if_the_backing_would_keep_it(void)
{
    static const reel_allocator_ops ops = { .allocate = take_next,
                                            .free = free_as_told,
                                            .frees = say_frees };
    const reel_allocator backing = { &ops, NULL };
    next_block = test_memory(1024);
    next_block += (0 - (uintptr_t)next_block) % 64;
    answer = REEL_OK;
    frees = REEL_FREES_AT_ONCE;
    asked = 3; // pages, links, pages; and no links
    freed = 0;
    EXPECT_EQUAL(reel_pool_init(&the.pool, backing, the.chunks, 3, 64, 128),
                 REEL_OK);
    EXPECT(reel_pool_claim(&the.pool) != NULL);
    frees = REEL_FREES_NEVER;
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 4), REEL_NO_MEMORY);
    EXPECT_EQUAL(freed, 1); // the pages that got no links
    asked = 3;
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 5), REEL_NO_MEMORY);
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 2); // the one that came stays
    EXPECT(reel_pool_is_valid(&the.pool));
    EXPECT_EQUAL(reel_pool_trim(&the.pool), 0);
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 2);
}

// ---- dropped marks ------------------------------------------------------------------

#define DROPS 9u // one more than are logged: the lowest the arena keeps itself

// Each drop is higher than the one before, so none of them covers another.
static void the_log_of_drops_forgets_the_lowest(void)
{
    reel_mark dropped[DROPS];
    reel_mark kept_mark;
    EXPECT_EQUAL(reel_arena_init(&the.arena, test_memory(1024), 1024), REEL_OK);
    for (size_t i = 0; i < DROPS; i++) {
        (void)reel_arena_alloc(&the.arena, 8, 1);
        kept_mark = reel_arena_mark(&the.arena);
        (void)reel_arena_alloc(&the.arena, 8, 1);
        dropped[i] = reel_arena_mark(&the.arena);
        EXPECT_EQUAL(reel_arena_rewind(&the.arena, kept_mark), REEL_OK);
        (void)reel_arena_alloc(&the.arena, 16, 1);
    }
    const size_t used = reel_arena_used(&the.arena);
    EXPECT_EQUAL(reel_arena_rewind(&the.arena, dropped[0]), REEL_STALE);
    EXPECT_EQUAL(reel_arena_rewind(&the.arena, dropped[DROPS - 1]), REEL_STALE);
    for (size_t i = 0; REEL_CHECKS >= 2 && i < DROPS; i++) {
        EXPECT_EQUAL(reel_arena_rewind(&the.arena, dropped[i]), REEL_STALE);
    }
    EXPECT_EQUAL(reel_arena_used(&the.arena), used);
    EXPECT_EQUAL(reel_arena_rewind(&the.arena, kept_mark), REEL_OK);
    EXPECT(reel_arena_is_valid(&the.arena));
}

const test_case reclaims_tests[] = {
    TEST(a_free_that_is_refused_reclaims_nothing),
    TEST(a_temp_reclaims_its_last_block_only),
    TEST(a_lock_reclaims_where_it_may_wait),
    TEST(units_beyond_all_memory_are_not_asked_for),
    TEST(a_chunk_stays_if_the_backing_would_keep_it),
    TEST(the_log_of_drops_forgets_the_lowest),
    END_OF_TESTS,
};
