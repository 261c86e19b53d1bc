// SPDX-License-Identifier: MIT
// REEL_NEW for every allocator and kind of type, and scopes.

#include "test.h"

typedef int (*operation)(int);

static int doubled(int number)
{
    return 2 * number;
}

static reel_arena arena;

static void fresh_arena(size_t size)
{
    EXPECT_EQUAL(reel_arena_init(&arena, test_memory(size), size), REEL_OK);
}

static bool is_aligned(const void *block, size_t align)
{
    return block != NULL && (uintptr_t)block % align == 0;
}

// ---- REEL_NEW ------------------------------------------------------------------

static void any_type_can_be_allocated(void)
{
    fresh_arena(512);
    (void)reel_arena_alloc(&arena, 1, 1);
    long *const number = REEL_NEW(&arena, long);
    int(*const row)[4] = REEL_NEW(&arena, int[4]);
    operation *const call = REEL_NEW(&arena, int (*)(int));
    EXPECT(is_aligned(number, REEL_ALIGNOF(long)));
    EXPECT(is_aligned(row, REEL_ALIGNOF(int)));
    EXPECT(is_aligned(call, REEL_ALIGNOF(operation)));
    (*row)[3] = 4;
    *call = doubled;
    EXPECT_EQUAL((*call)((*row)[3]), 8);
    int(*const rows)[4] = REEL_NEW_ARRAY(&arena, int[4], 3);
    EXPECT(rows != NULL);
    rows[2][3] = 5;
    EXPECT(reel_arena_owns(&arena, rows, 3 * sizeof *rows));
    EXPECT(REEL_NEW_ARRAY(&arena, int[4], SIZE_MAX / 8) == NULL);
    EXPECT(REEL_NEW(&arena, char[600]) == NULL);
}

static void what_is_new_comes_from_its_owner(void)
{
    static reel_heap heap;
    static reel_blocks blocks;
    static reel_pool pool;
    static reel_pool_chunk chunks[2];
    static reel_region region;
    static reel_rewindable rewindable;
    static reel_rewindable_chunk table[2];
    static reel_span span;
    static const reel_rewindable_config config = { 64, 64, 8, false };
    fresh_arena(1280);
    void *const some = reel_arena_alloc(&arena, 256, 16);
    EXPECT_EQUAL(reel_heap_init(&heap, some, 256), REEL_OK);
    EXPECT(reel_heap_owns(&heap, REEL_NEW(&heap, double)));
    void *const more = reel_arena_alloc(&arena, 128, 16);
    EXPECT_EQUAL(reel_blocks_init(&blocks, more, 128, 16, 4), REEL_OK);
    EXPECT(reel_blocks_owns(&blocks, REEL_NEW(&blocks, int[4])));
    EXPECT(REEL_NEW(&blocks, int[5]) == NULL);
    const reel_allocator backing = reel_arena_allocator(&arena);
    double *const direct = REEL_NEW(backing, double);
    EXPECT(reel_arena_owns(&arena, direct, sizeof *direct));
    EXPECT_EQUAL(reel_pool_init(&pool, backing, chunks, 2, 64, 64), REEL_OK);
    EXPECT(REEL_NEW(&pool, char[64]) != NULL);
    EXPECT(REEL_NEW(&pool, char[65]) == NULL);
    EXPECT_EQUAL(reel_region_open(&region, &pool), REEL_OK);
    EXPECT(is_aligned(REEL_NEW(&region, double), REEL_ALIGNOF(double)));
    EXPECT_EQUAL(reel_rewindable_init(&rewindable, backing, table, 2, &config),
                 REEL_OK);
    EXPECT(is_aligned(REEL_NEW(&rewindable, long), REEL_ALIGNOF(long)));
    EXPECT_EQUAL(reel_span_open(&span, &rewindable, 24), REEL_OK);
    int *const three = REEL_NEW_ARRAY(&span, int, 3);
    EXPECT(three != NULL);
    EXPECT(REEL_NEW_ARRAY(&span, int, 4) == NULL);
    EXPECT_EQUAL(reel_span_close(&span), REEL_OK);
    EXPECT_EQUAL(reel_region_close(&region), REEL_OK);
}

// ---- temps ---------------------------------------------------------------------

static reel_temp temp;
static size_t decommits;

static bool commit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    decommits++;
}

static void fresh_temp(void)
{
    static const reel_pages pages = { 64, NULL, commit, decommit };
    reel_temp_policy policy = REEL_TEMP_POLICY;
    policy.strict = true;
    decommits = 0;
    EXPECT_EQUAL(reel_temp_init(&temp, test_memory(512), 512, &pages, &policy),
                 REEL_OK);
}

static size_t use_a_scope(bool is_left_early)
{
    REEL_TEMP_SCOPE (&temp) {
        char *const line = REEL_NEW_ARRAY(&temp, char, 200);
        if (line == NULL || is_left_early) {
            return reel_temp_used(&temp);
        }
        REEL_TEMP_SCOPE (&temp) {
            EXPECT(REEL_NEW(&temp, char[100]) != NULL);
        }
        EXPECT_EQUAL(reel_temp_used(&temp), 216);
    }
    return reel_temp_used(&temp);
}

static void the_policy_of_a_temp_sees_the_end_of_a_scope(void)
{
    fresh_temp();
    EXPECT(reel_temp_alloc(&temp, 16, 1) != NULL);
    EXPECT_EQUAL(use_a_scope(false), 16);
    EXPECT_EQUAL(reel_temp_committed(&temp), 64);
    EXPECT(decommits > 0);
    EXPECT_EQUAL(use_a_scope(true), 216);
    EXPECT_EQUAL(reel_temp_used(&temp), 16);
    EXPECT_EQUAL(reel_temp_committed(&temp), 64);
}

static void a_scope_of_a_temp_that_was_reset_panics(void)
{
    fresh_temp();
    EXPECT(reel_temp_alloc(&temp, 16, 1) != NULL);
    REEL_TEMP_SCOPE (&temp) {
        EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    }
    EXPECT(test_panicked(REEL_STALE));
}

// ---- spans ---------------------------------------------------------------------

static reel_rewindable messages;
static reel_span part;

static size_t use_a_span(size_t size, bool is_left_early)
{
    REEL_SPAN_SCOPE (&part, &messages, size) {
        if (REEL_NEW(&part, int) == NULL || is_left_early) {
            return 1;
        }
        return 2;
    }
    return 0;
}

static void a_span_is_closed_however_its_scope_is_left(void)
{
    static reel_rewindable_chunk table[1];
    static const reel_rewindable_config config = { 128, 64, 8, true };
    fresh_arena(512);
    EXPECT_EQUAL(reel_rewindable_init(&messages, reel_arena_allocator(&arena),
                                      table, 1, &config),
                 REEL_OK);
    EXPECT_EQUAL(use_a_span(64, true), 1);
    EXPECT_EQUAL(reel_span_close(&part), REEL_CLOSED);
    EXPECT_EQUAL(use_a_span(64, false), 2);
    EXPECT_EQUAL(use_a_span(1000, false), 0);
    EXPECT_EQUAL(reel_rewindable_stats(&messages).used, 0);
    REEL_SPAN_SCOPE (&part, &messages, 64) {
        EXPECT_EQUAL(reel_rewindable_rewind(&messages), REEL_OK);
    }
    EXPECT(test_panicked(REEL_STALE));
    REEL_SPAN_SCOPE (&part, &messages, 64) {
        EXPECT_EQUAL(reel_span_close(&part), REEL_OK);
    }
    EXPECT(test_panicked(REEL_CLOSED));
}

static void a_block_that_moved_in_an_inner_scope_ends_with_it(void)
{
    fresh_arena(256);
    char *const old = reel_arena_alloc(&arena, 10, 1);
    old[0] = 7;
    REEL_SCOPE (&arena) {
        char *const copy = reel_arena_realloc(&arena, old, 10, 20, 1);
        EXPECT(copy != NULL && copy != old && copy[0] == 7);
    }
    EXPECT_EQUAL(reel_arena_used(&arena), 10);
}

static void what_an_owner_leaves_in_a_cache_stays_used(void)
{
    static reel_blocks blocks;
    static reel_blocks_cache cache;
    static void *slots[4];
    static reel_pool pool;
    static reel_pool_chunk chunks[1];
    static reel_pool_cache pages;
    static reel_pool_slot few[2];
    reel_region region;
    fresh_arena(1024);
    void *const some = reel_arena_alloc(&arena, 512, 16);
    EXPECT_EQUAL(reel_blocks_init(&blocks, some, 512, 32, 8), REEL_OK);
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &blocks, slots, 4), REEL_OK);
    void *const block = reel_blocks_cache_alloc(&cache);
    EXPECT_EQUAL(reel_blocks_cache_free(&cache, block), REEL_OK);
    EXPECT(reel_blocks_count_used(&blocks) > 0);
    reel_blocks_cache_flush(&cache);
    EXPECT_EQUAL(reel_blocks_count_used(&blocks), 0);

    EXPECT_EQUAL(
        reel_pool_init(&pool, reel_arena_allocator(&arena), chunks, 1, 64, 128),
        REEL_OK);
    EXPECT_EQUAL(reel_pool_cache_init(&pages, &pool, few, 2), REEL_OK);
    EXPECT_EQUAL(reel_region_open_cached(&region, &pages), REEL_OK);
    EXPECT_EQUAL(reel_region_close(&region), REEL_OK);
    EXPECT_EQUAL(reel_pool_used_pages(&pool), 1);
    reel_pool_cache_flush(&pages);
    EXPECT_EQUAL(reel_pool_used_pages(&pool), 0);
}

// ---- statistics ----------------------------------------------------------------

static void a_phase_forgets_the_peak_and_keeps_what_is_live(void)
{
    static reel_heap heap;
    fresh_arena(512);
    const reel_mark mark = reel_arena_mark(&arena);
    EXPECT(reel_arena_alloc(&arena, 400, 1) != NULL);
    EXPECT(reel_arena_alloc(&arena, 200, 1) == NULL);
    EXPECT_EQUAL(reel_arena_rewind(&arena, mark), REEL_OK);
    void *const kept = reel_arena_alloc(&arena, 100, 1);
    reel_arena_begin_phase(&arena);
    reel_stats stats = reel_arena_stats(&arena);
    EXPECT(stats.used == 100 && stats.peak == 100);
    EXPECT(stats.failures == 0 && stats.largest_refused == 0);
    EXPECT(reel_arena_owns(&arena, kept, 100));
    EXPECT(reel_arena_is_valid(&arena));
    EXPECT_EQUAL(reel_arena_rewind(&arena, mark), REEL_OK);
    EXPECT_EQUAL(reel_arena_peak(&arena), 100);
    EXPECT_EQUAL(reel_arena_init_granular(&arena, test_memory(512), 512, 32),
                 REEL_OK);
    EXPECT(reel_arena_alloc(&arena, 600, 1) == NULL);
    reel_arena_begin_phase(&arena);
    EXPECT_EQUAL(reel_arena_stats(&arena).failures, 0);
    EXPECT(reel_arena_alloc(&arena, 1, 1) != NULL);
    EXPECT_EQUAL(reel_arena_used(&arena), 32); // the granule is kept

    EXPECT_EQUAL(reel_heap_init(&heap, test_memory(512), 512), REEL_OK);
    void *const block = reel_heap_alloc(&heap, 100, 0);
    void *const other = reel_heap_alloc(&heap, 100, 0);
    EXPECT(reel_heap_alloc(&heap, 600, 0) == NULL);
    EXPECT_EQUAL(reel_heap_free(&heap, other), REEL_OK);
    reel_heap_begin_phase(&heap);
    stats = reel_heap_stats(&heap);
    EXPECT(stats.used == reel_heap_usable_size(&heap, block));
    EXPECT(stats.peak == stats.used && stats.failures == 0
           && stats.largest_refused == 0);
    EXPECT(reel_heap_alloc(&heap, 100, 0) != NULL);
    EXPECT_EQUAL(reel_heap_stats(&heap).peak, 2 * stats.used);
    EXPECT(reel_heap_is_valid(&heap));
}

// What statistics say right after a phase has begun.
static bool is_as_if_new(reel_stats stats)
{
    return stats.peak == stats.used && stats.used > 0
           && stats.used <= stats.size && stats.failures == 0
           && stats.largest_refused == 0;
}

static void a_phase_of_a_temp_forgets_its_frames(void)
{
    fresh_temp();
    const reel_mark mark = reel_temp_mark(&temp);
    EXPECT(reel_temp_alloc(&temp, 400, 1) != NULL);
    EXPECT(reel_temp_alloc(&temp, 200, 1) == NULL);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    EXPECT(reel_temp_alloc(&temp, 300, 1) != NULL);
    EXPECT_EQUAL(reel_temp_rewind(&temp, mark), REEL_STALE);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    EXPECT(reel_temp_alloc(&temp, 100, 1) != NULL);
    EXPECT_EQUAL(reel_temp_stats(&temp).peak, 400);
    reel_temp_begin_phase(&temp);
    EXPECT(is_as_if_new(reel_temp_stats(&temp)));
    EXPECT_EQUAL(reel_temp_stats(&temp).size, 512);
    EXPECT(reel_temp_alloc(&temp, 50, 1) != NULL);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    EXPECT_EQUAL(reel_temp_peak(&temp), 150);
    EXPECT(reel_temp_is_valid(&temp));
}

static void a_phase_of_a_rewindable_and_of_a_region_keeps_what_is_live(void)
{
    static reel_rewindable_chunk table[2];
    static reel_pool pool;
    static reel_pool_chunk chunks[2];
    static reel_region region;
    static const reel_rewindable_config config = { 128, 64, 8, false };
    fresh_arena(TEST_MEMORY);
    const reel_allocator backing = reel_arena_allocator(&arena);
    EXPECT_EQUAL(reel_rewindable_init(&messages, backing, table, 2, &config),
                 REEL_OK);
    EXPECT(reel_rewindable_alloc(&messages, 120, 8) != NULL);
    EXPECT_EQUAL(reel_rewindable_rewind(&messages), REEL_OK);
    EXPECT(reel_rewindable_alloc(&messages, 4000, 8) == NULL);
    EXPECT(reel_rewindable_alloc(&messages, 40, 8) != NULL);
    EXPECT_EQUAL(reel_rewindable_stats(&messages).peak, 120);
    reel_rewindable_begin_phase(&messages);
    EXPECT(is_as_if_new(reel_rewindable_stats(&messages)));
    EXPECT_EQUAL(reel_rewindable_stats(&messages).size,
                 reel_rewindable_bytes_allocated(&messages));

    EXPECT_EQUAL(reel_pool_init(&pool, backing, chunks, 2, 64, 128), REEL_OK);
    EXPECT_EQUAL(reel_region_open(&region, &pool), REEL_OK);
    EXPECT(reel_region_alloc(&region, 16, 8) != NULL);
    reel_region_begin_phase(&region); // it has one page, and no larger peak
    EXPECT(is_as_if_new(reel_region_stats(&region)));
    void *const large = reel_region_alloc(&region, 200, 8);
    EXPECT(large != NULL);
    EXPECT_EQUAL(reel_region_free(&region, large, 200), REEL_OK);
    EXPECT(reel_region_alloc(&region, 4000, 8) == NULL);
    EXPECT(reel_region_stats(&region).peak > 200);
    reel_region_begin_phase(&region);
    EXPECT(is_as_if_new(reel_region_stats(&region)));
    EXPECT_EQUAL(reel_region_close(&region), REEL_OK);
    EXPECT_EQUAL(reel_region_stats(&region).size, 0);
    reel_region_begin_phase(&region);
    EXPECT_EQUAL(reel_region_close(&region), REEL_CLOSED);
}

static void a_registry_forgets_its_peak_and_blocks_keep_their_watermark(void)
{
    static reel_blocks blocks;
    static reel_registry registry;
    static reel_registry_entry entries[2];
    reel_handle first, second;
    fresh_arena(1024);
    void *const some = reel_arena_alloc(&arena, 256, 8);
    EXPECT_EQUAL(reel_blocks_init(&blocks, some, 256, 24, 2), REEL_OK);
    EXPECT(reel_blocks_alloc(&blocks) != NULL);
    EXPECT_EQUAL(reel_blocks_free(&blocks, reel_blocks_alloc(&blocks)),
                 REEL_OK);
    reel_blocks_begin_phase(&blocks);
    const reel_stats of_blocks = reel_blocks_stats(&blocks);
    EXPECT(of_blocks.used == 24 && of_blocks.peak == 48);

    const reel_allocator nothing = reel_allocator_null();
    EXPECT_EQUAL(reel_registry_init(&registry, entries, 2), REEL_OK);
    EXPECT_EQUAL(
        reel_registry_register(&registry, nothing, REEL_NO_HANDLE, &first),
        REEL_OK);
    EXPECT_EQUAL(
        reel_registry_register(&registry, nothing, REEL_NO_HANDLE, &second),
        REEL_OK);
    EXPECT_EQUAL(reel_registry_unregister(&registry, first), REEL_OK);
    reel_registry_begin_phase(&registry);
    reel_stats stats = reel_registry_stats(&registry);
    EXPECT(stats.peak == stats.used && stats.used > 0);
    EXPECT_EQUAL(reel_registry_peak(&registry), 1);
    EXPECT(reel_registry_get(&registry, second) != NULL);
    EXPECT(reel_registry_is_valid(&registry));
    EXPECT_EQUAL(
        reel_registry_register(&registry, nothing, REEL_NO_HANDLE, &first),
        REEL_OK);
    EXPECT(reel_registry_get(&registry, first) != NULL);
    EXPECT_EQUAL(reel_registry_unregister(&registry, first), REEL_OK);
    stats = reel_registry_stats(&registry);
    EXPECT(stats.peak == 2 * stats.used && stats.used > 0);
    EXPECT(reel_registry_is_valid(&registry));
}

static void a_phase_of_blocks_pools_and_registries_forgets_refusals(void)
{
    static reel_blocks blocks;
    static reel_pool pool;
    static reel_pool_chunk chunks[2];
    static reel_registry registry;
    static reel_registry_entry entries[1];
    reel_handle handle;
    fresh_arena(1024);
    const reel_allocator backing = reel_arena_allocator(&arena);
    void *const some = reel_arena_alloc(&arena, 256, 8);
    EXPECT_EQUAL(reel_blocks_init(&blocks, some, 256, 24, 1), REEL_OK);
    EXPECT(reel_blocks_alloc(&blocks) != NULL);
    EXPECT(reel_blocks_alloc(&blocks) == NULL);
    EXPECT_EQUAL(reel_blocks_stats(&blocks).failures, 1);
    reel_blocks_begin_phase(&blocks);
    EXPECT(is_as_if_new(reel_blocks_stats(&blocks)));
    EXPECT_EQUAL(reel_blocks_stats(&blocks).size, 24);

    EXPECT_EQUAL(reel_pool_init(&pool, backing, chunks, 2, 64, 128), REEL_OK);
    EXPECT_EQUAL(reel_pool_stats(&pool).size, 0);
    void *page[4];
    for (int i = 0; i < 4; i++) {
        page[i] = reel_pool_claim(&pool);
    }
    EXPECT(reel_pool_claim(&pool) == NULL);
    EXPECT_EQUAL(reel_pool_stats(&pool).size, 256);
    for (int i = 3; i > 0; i--) {
        EXPECT_EQUAL(reel_pool_release(&pool, page[i]), REEL_OK);
    }
    EXPECT(reel_pool_trim(&pool) > 0);
    EXPECT_EQUAL(reel_pool_stats(&pool).peak, 256);
    reel_pool_begin_phase(&pool);
    const reel_stats stats = reel_pool_stats(&pool);
    EXPECT(stats.peak == 128 && stats.used == 64 && stats.size == 128);
    EXPECT(stats.failures == 0 && stats.largest_refused == 0);

    EXPECT_EQUAL(reel_registry_init(&registry, entries, 1), REEL_OK);
    EXPECT_EQUAL(
        reel_registry_register(&registry, backing, REEL_NO_HANDLE, &handle),
        REEL_OK);
    EXPECT_EQUAL(
        reel_registry_register(&registry, backing, REEL_NO_HANDLE, &handle),
        REEL_FULL);
    EXPECT_EQUAL(reel_registry_stats(&registry).failures, 1);
    reel_registry_begin_phase(&registry);
    EXPECT(is_as_if_new(reel_registry_stats(&registry)));
    EXPECT_EQUAL(reel_registry_stats(&registry).size, sizeof entries);
}

static void sizes_are_what_is_used_and_what_is_free(void)
{
    static reel_heap heap;
    static reel_blocks blocks;
    fresh_arena(100);
    EXPECT(reel_arena_alloc(&arena, 30, 1) != NULL);
    EXPECT_EQUAL(reel_arena_size(&arena), 100);
    EXPECT_EQUAL(reel_arena_used(&arena) + reel_arena_available(&arena), 100);
    EXPECT_EQUAL(reel_heap_init(&heap, test_memory(512), 512), REEL_OK);
    EXPECT_EQUAL(reel_heap_size(&heap), reel_heap_largest_free(&heap));
    EXPECT_EQUAL(reel_blocks_init(&blocks, test_memory(512), 512, 24, 5),
                 REEL_OK);
    EXPECT_EQUAL(reel_arena_stats(&arena).size, 100);
    EXPECT_EQUAL(reel_heap_stats(&heap).size, reel_heap_size(&heap));
    EXPECT_EQUAL(reel_blocks_stats(&blocks).size, 120);
    EXPECT_EQUAL(reel_blocks_block_size(&blocks), 24);
    EXPECT_EQUAL(reel_blocks_count(&blocks), 5);
}

const test_case conveniences_tests[] = {
    TEST(a_phase_forgets_the_peak_and_keeps_what_is_live),
    TEST(a_phase_of_a_temp_forgets_its_frames),
    TEST(a_phase_of_a_rewindable_and_of_a_region_keeps_what_is_live),
    TEST(a_registry_forgets_its_peak_and_blocks_keep_their_watermark),
    TEST(a_phase_of_blocks_pools_and_registries_forgets_refusals),
    TEST(sizes_are_what_is_used_and_what_is_free),
    TEST(any_type_can_be_allocated),
    TEST(what_is_new_comes_from_its_owner),
    TEST(the_policy_of_a_temp_sees_the_end_of_a_scope),
    TEST(a_scope_of_a_temp_that_was_reset_panics),
    TEST(a_span_is_closed_however_its_scope_is_left),
    TEST(what_an_owner_leaves_in_a_cache_stays_used),
    TEST(a_block_that_moved_in_an_inner_scope_ends_with_it),
    END_OF_TESTS
};
