// SPDX-License-Identifier: MIT
// What REEL_CHECKS 2 looks at after each step, and what it leaves alone because
// another context may just be at it.

#include "things.h"

static bool has_no_invariants(void)
{
    if (REEL_CHECKS < 2) {
        tap_skip("invariants are checked at REEL_CHECKS 2");
    }
    return REEL_CHECKS < 2;
}

// Whatever the panics were, there was one at least.
static bool was_noticed(void)
{
    return !test_is_calm();
}

static void fresh_arena(void)
{
    EXPECT_EQUAL(
        reel_arena_init(&the.arena, test_memory(TEST_MEMORY), TEST_MEMORY),
        REEL_OK);
}

static void fresh_temp(void)
{
    unsigned char *const raw = test_memory(TEST_MEMORY);
    EXPECT_EQUAL(reel_temp_init(&the.temp, raw + (0 - (uintptr_t)raw) % 64,
                                1024, &test_pages, NULL),
                 REEL_OK);
}

static void fresh_blocks(void)
{
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, test_memory(256), 256, 24, 6),
                 REEL_OK);
}

static void fresh_cache_of_blocks(void)
{
    fresh_blocks();
    EXPECT_EQUAL(
        reel_blocks_cache_init(&the.blocks_cache, &the.blocks, the.slots, 4),
        REEL_OK);
}

static void fresh_pool(void)
{
    fresh_arena();
    EXPECT_EQUAL(reel_pool_init(&the.pool, reel_arena_allocator(&the.arena),
                                the.chunks, 2, 64, 3 * 64),
                 REEL_OK);
}

static void fresh_rewindable(void)
{
    const reel_rewindable_config config = { 128, 128, 8, true };
    fresh_arena();
    EXPECT_EQUAL(reel_rewindable_init(&the.rewindable,
                                      reel_arena_allocator(&the.arena),
                                      the.table, 2, &config),
                 REEL_OK);
}

// ---- what others change is not looked at --------------------------------------

// As one context sees it that looked at `next` before the owner allocated and took
// a mark: the floor is above.
static void sharing_an_arena_asks_nothing_of_its_marks(void)
{
    fresh_arena();
    EXPECT(reel_arena_alloc_shared(&the.arena, 10, 1) != NULL);
    the.arena.floor += 100;
    EXPECT(reel_arena_alloc_shared(&the.arena, 10, 1) != NULL);
    EXPECT(reel_arena_alloc_shared(&the.arena, 10, 0) != NULL);
    EXPECT(test_is_calm());
}

static void sharing_a_temp_asks_nothing_of_its_marks(void)
{
    fresh_temp();
    EXPECT(reel_temp_alloc_shared(&the.temp, 10, 1) != NULL);
    the.temp.stack.floor += 100;
    EXPECT(reel_temp_alloc_shared(&the.temp, 10, 1) != NULL);
    EXPECT(reel_temp_alloc_shared(&the.temp, 100, 0) != NULL); // commits
    EXPECT(test_is_calm());
}

// A context that commits has published `committed`, and `limit` not yet or already.
static void sharing_a_temp_asks_nothing_of_two_frontiers(void)
{
    fresh_temp();
    EXPECT(reel_temp_alloc_shared(&the.temp, 10, 1) != NULL);
    const uintptr_t limit = the.temp.stack.limit.value;
    the.temp.stack.limit.value = the.temp.stack.base;
    EXPECT(reel_temp_alloc_shared(&the.temp, 10, 1) != NULL);
    the.temp.stack.limit.value = the.temp.stack.end;
    EXPECT(reel_temp_alloc_shared(&the.temp, 10, 1) != NULL);
    the.temp.stack.limit.value = limit;
    EXPECT(test_is_calm());
}

// ---- what is wrong is seen by the next step ------------------------------------

static void a_shared_step_looks_at_the_arena(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_arena();
    the.arena.base = the.arena.next.value + 8;
    (void)reel_arena_alloc_shared(&the.arena, 1, 1);
    EXPECT(was_noticed());
    fresh_temp();
    the.temp.step++;
    (void)reel_temp_alloc_shared(&the.temp, 1, 1);
    EXPECT(was_noticed());
}

static void each_step_looks_at_the_blocks(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_blocks();
    void *const block = reel_blocks_alloc(&the.blocks);
    EXPECT(test_is_calm());
    the.blocks.list.peak.value = 7;
    EXPECT(reel_blocks_free(&the.blocks, block) == REEL_OK && was_noticed());
    fresh_blocks();
    the.blocks.inverse += 2;
    (void)reel_blocks_alloc(&the.blocks);
    EXPECT(was_noticed());
}

static void each_step_looks_at_a_cache_of_blocks(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_cache_of_blocks();
    void *const block = reel_blocks_cache_alloc(&the.blocks_cache);
    void *const other = reel_blocks_cache_alloc(&the.blocks_cache);
    EXPECT(test_is_calm());
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, block), REEL_OK);
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, block),
                 REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, (char *)block + 1),
                 REEL_FOREIGN);
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, other), REEL_OK);
    the.blocks_cache.slots[0] = other; // twice
    (void)reel_blocks_cache_alloc(&the.blocks_cache);
    EXPECT(test_is_calm()); // the one that is left is out, and once
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, block), REEL_OK);
    the.blocks_cache.slots[0] = block;
    EXPECT(!reel_blocks_cache_is_valid(&the.blocks_cache));
    the.blocks_cache.bytes--;
    (void)reel_blocks_cache_alloc(&the.blocks_cache);
    EXPECT(was_noticed());
}

// A refill and a drain: more blocks than the cache has slots.
static void what_a_cache_of_blocks_moves_looks_at_it(void)
{
    void *blocks[5];
    if (has_no_invariants()) {
        return;
    }
    fresh_cache_of_blocks();
    the.blocks_cache.bytes--;
    blocks[0] = reel_blocks_cache_alloc(&the.blocks_cache);
    EXPECT(blocks[0] != NULL && was_noticed());
    the.blocks_cache.bytes++;
    for (size_t i = 1; i < 5; i++) {
        blocks[i] = reel_blocks_cache_alloc(&the.blocks_cache);
    }
    for (size_t i = 0; the.blocks_cache.top < the.blocks_cache.limit; i++) {
        EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, blocks[i]),
                     REEL_OK);
    }
    EXPECT(test_is_calm());
    the.blocks_cache.bytes--;
    EXPECT(reel_blocks_cache_free(&the.blocks_cache, blocks[4]) == REEL_OK
           && was_noticed());
}

static void what_comes_back_looks_at_the_cache_of_blocks(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_cache_of_blocks();
    void *const block = reel_blocks_cache_alloc(&the.blocks_cache);
    EXPECT(test_is_calm());
    const bool is_inline = !REEL_POISON && !REEL_WATCH && !REEL_EVENTS;
    the.blocks_cache.bytes--;
    EXPECT(reel_blocks_cache_free(&the.blocks_cache, block) == REEL_OK
           && (is_inline || was_noticed()));
    reel_blocks_cache_flush(&the.blocks_cache);
    EXPECT(was_noticed());
}

static void each_step_looks_at_the_pool(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_pool();
    void *const page = reel_pool_claim(&the.pool);
    EXPECT(page != NULL && test_is_calm());
    the.pool.capacity++;
    EXPECT(reel_pool_release(&the.pool, page) == REEL_OK && was_noticed());
    (void)reel_pool_claim(&the.pool);
    EXPECT(was_noticed());
    the.pool.capacity--;
    the.pool.newest = 1; // which is not there
    (void)reel_pool_reserve(&the.pool, 1);
    EXPECT(was_noticed());
    the.pool.newest = 0;
    the.chunks[0].peak.value = 4;
    (void)reel_pool_trim(&the.pool);
    EXPECT(was_noticed());
}

static void growing_looks_at_the_newest_chunk(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_pool();
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6), REEL_OK);
    for (int i = 0; i < 6; i++) {
        EXPECT(reel_pool_claim(&the.pool) != NULL);
    }
    EXPECT(reel_pool_claim(&the.pool) == NULL && test_is_calm());
    the.pool.newest = the.pool.capacity;
    EXPECT(reel_pool_claim(&the.pool) == NULL && was_noticed());
}

static void a_flush_looks_at_the_cache_of_pages(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_pool();
    EXPECT_EQUAL(
        reel_pool_cache_init(&the.pool_cache, &the.pool, the.page_slots, 2),
        REEL_OK);
    reel_pool_cache_flush(&the.pool_cache);
    EXPECT(test_is_calm());
    the.pool_cache.page_size++;
    reel_pool_cache_flush(&the.pool_cache);
    EXPECT(was_noticed());
}

static void each_step_looks_at_the_region(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_pool();
    EXPECT(reel_region_open(&the.region, &the.pool) == REEL_OK
           && test_is_calm());
    the.region.pages++;
    (void)reel_region_alloc(&the.region, 1, 1);
    EXPECT(was_noticed());
    the.region.pages--;
    void *const block = reel_region_alloc(&the.region, 1, 1);
    EXPECT(test_is_calm());
    the.region.oldest++;
    (void)reel_region_realloc(&the.region, block, 1, 2, 1);
    EXPECT(was_noticed());
    (void)reel_region_free(&the.region, block, 2);
    EXPECT(was_noticed());
    the.region.oldest--;
    the.region.end--;
    (void)reel_region_close(&the.region);
    EXPECT(was_noticed());
}

static void each_step_looks_at_the_chunk_of_a_rewindable(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_rewindable();
    void *const block = reel_rewindable_alloc(&the.rewindable, 8, 8);
    EXPECT(test_is_calm());
    the.table[0].used.value += 5; // more live than granules
    (void)reel_rewindable_alloc(&the.rewindable, 8, 8);
    EXPECT(was_noticed());
    EXPECT_EQUAL(reel_rewindable_free(&the.rewindable, block, 8), REEL_OK);
    EXPECT(was_noticed());
}

static void a_choice_to_free_blocks_looks_at_the_chunks(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_rewindable();
    EXPECT_EQUAL(reel_rewindable_set_frees_blocks(&the.rewindable, true),
                 REEL_OK);
    EXPECT_EQUAL(reel_rewindable_set_frees_blocks(&the.rewindable, false),
                 REEL_OK);
    EXPECT(test_is_calm());
    the.table[0].base++; // no granule begins there
    EXPECT_EQUAL(reel_rewindable_set_frees_blocks(&the.rewindable, false),
                 REEL_OK);
    EXPECT(was_noticed());
}

// A backing whose chunks are not aligned as it was asked.
static void *allocate_askew(void *self, size_t size, size_t align)
{
    unsigned char *const block = reel_arena_alloc(self, size + 1, align);
    return block != NULL ? block + 1 : NULL;
}

static void a_start_looks_at_the_chunk_that_it_got(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_arena();
    reel_allocator_ops askew = *reel_arena_allocator(&the.arena).ops;
    askew.allocate = allocate_askew;
    const reel_allocator backing = { &askew, &the.arena };
    const reel_rewindable_config config = { 64, 64, 8, false };
    EXPECT_EQUAL(
        reel_rewindable_init(&the.rewindable, backing, the.table, 2, &config),
        REEL_OK);
    EXPECT(was_noticed());
}

static void each_step_looks_at_the_span(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_rewindable();
    EXPECT_EQUAL(reel_span_open(&the.span, &the.rewindable, 32), REEL_OK);
    EXPECT(test_is_calm());
    the.span.start++;
    (void)reel_span_alloc(&the.span, 4, 1);
    EXPECT(was_noticed());
    the.span.start--;
    the.span.next = the.span.start - 8;
    (void)reel_span_close(&the.span);
    EXPECT(was_noticed());
}

// A field that no shared step looks at, but every step of the owner.
static void each_step_of_its_owner_looks_at_the_arena(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_arena();
    const reel_mark mark = reel_arena_mark(&the.arena);
    void *const below = reel_arena_alloc(&the.arena, 8, 1);
    void *const block = reel_arena_alloc(&the.arena, 8, 1);
    EXPECT(test_is_calm());
    const uintptr_t low = the.arena.low_position;
    the.arena.low_position = the.arena.end + 1;
    EXPECT(reel_arena_alloc(&the.arena, 8, 1) != NULL && was_noticed());
    const uintptr_t floor = the.arena.floor;
    (void)reel_arena_mark(&the.arena);
    EXPECT(was_noticed());
    the.arena.floor = floor;
    EXPECT(reel_arena_resize(&the.arena, below, 8, 4) && was_noticed());
    EXPECT(reel_arena_realloc(&the.arena, block, 8, 4, 1) == block
           && was_noticed());
    the.arena.low_position = low;
    void *const last = reel_arena_alloc(&the.arena, 8, 1);
    EXPECT(test_is_calm());
    the.arena.low_position = the.arena.end + 1;
    EXPECT(reel_arena_free(&the.arena, last, 8) == REEL_OK && was_noticed());
    EXPECT(reel_arena_rewind(&the.arena, mark) == REEL_OK && was_noticed());
    the.arena.limit.value = the.arena.end + 1;
    reel_arena_reset(&the.arena);
    EXPECT(was_noticed());
}

static void each_step_of_its_owner_looks_at_the_temp(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_temp();
    const reel_mark mark = reel_temp_mark(&the.temp);
    void *const block = reel_temp_alloc(&the.temp, 100, 1);
    EXPECT(block != NULL && test_is_calm());
    the.temp.step++; // not a multiple of the page
    EXPECT(reel_temp_rewind(&the.temp, mark) == REEL_OK && was_noticed());
    reel_temp_reset(&the.temp);
    EXPECT(was_noticed());
    (void)reel_temp_trim(&the.temp);
    EXPECT(was_noticed());
    EXPECT(reel_temp_dispose(&the.temp) == REEL_OK && was_noticed());
    the.temp.step--;
    EXPECT(reel_temp_is_valid(&the.temp) && test_is_calm());
}

static void a_rewind_looks_at_the_rewindable(void)
{
    if (has_no_invariants()) {
        return;
    }
    fresh_rewindable();
    void *block = reel_rewindable_alloc(&the.rewindable, 8, 8);
    EXPECT(block != NULL && test_is_calm());
    *(unsigned char *)&the.rewindable.is_created = 2;
    EXPECT(reel_rewindable_rewind(&the.rewindable) == REEL_OK && was_noticed());
    fresh_rewindable();
    const reel_allocator a = reel_rewindable_allocator(&the.rewindable);
    block = reel_allocate(a, 8, 8);
    EXPECT(block != NULL && test_is_calm());
    the.table[0].used.value += 5; // more live than granules
    EXPECT(reel_reallocate(a, block, 8, 16, 8) == block && was_noticed());
}

static void each_change_looks_at_the_registry(void)
{
    if (has_no_invariants()) {
        return;
    }
    reel_handle handle, child;
    EXPECT_EQUAL(reel_registry_init(&the.registry, the.entries, 4), REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        REEL_NO_HANDLE, &handle),
                 REEL_OK);
    EXPECT(test_is_calm());
    the.registry.used++;
    EXPECT(reel_registry_register(&the.registry, reel_allocator_null(), handle,
                                  &child)
               == REEL_OK
           && was_noticed());
    EXPECT(reel_registry_rewound(&the.registry, handle, &handle) == REEL_OK
           && was_noticed());
    EXPECT(reel_registry_unregister(&the.registry, handle) == REEL_OK
           && was_noticed());
}

const test_case invariants_tests[] = {
    TEST(each_step_of_its_owner_looks_at_the_arena),
    TEST(each_step_of_its_owner_looks_at_the_temp),
    TEST(a_rewind_looks_at_the_rewindable),
    TEST(each_change_looks_at_the_registry),
    TEST(sharing_an_arena_asks_nothing_of_its_marks),
    TEST(sharing_a_temp_asks_nothing_of_its_marks),
    TEST(sharing_a_temp_asks_nothing_of_two_frontiers),
    TEST(a_shared_step_looks_at_the_arena),
    TEST(each_step_looks_at_the_blocks),
    TEST(each_step_looks_at_a_cache_of_blocks),
    TEST(what_a_cache_of_blocks_moves_looks_at_it),
    TEST(what_comes_back_looks_at_the_cache_of_blocks),
    TEST(each_step_looks_at_the_pool),
    TEST(growing_looks_at_the_newest_chunk),
    TEST(a_flush_looks_at_the_cache_of_pages),
    TEST(each_step_looks_at_the_region),
    TEST(each_step_looks_at_the_chunk_of_a_rewindable),
    TEST(a_choice_to_free_blocks_looks_at_the_chunks),
    TEST(a_start_looks_at_the_chunk_that_it_got),
    TEST(each_step_looks_at_the_span),
    END_OF_TESTS,
};
