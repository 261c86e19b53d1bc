// SPDX-License-Identifier: MIT
// A backing for several threads.

#include "test.h"

static reel_lock lock;
static reel_arena arena;
static reel_allocator shared;

static void fresh_lock(void)
{
    EXPECT_EQUAL(reel_arena_init(&arena, test_memory(256), 256), REEL_OK);
    shared = reel_locked(&lock, reel_arena_allocator(&arena));
}

static void a_lock_does_what_its_backing_does(void)
{
    fresh_lock();
    unsigned char *const block = reel_allocate(shared, 10, 1);
    EXPECT(block != NULL && reel_arena_owns(&arena, block, 10));
    EXPECT_EQUAL(reel_reallocate(shared, block, 10, 20, 1), block);
    EXPECT_EQUAL(reel_arena_used(&arena), 20);
    EXPECT(reel_allocate(shared, 237, 1) == NULL);
    EXPECT(REEL_CHECKS == 0
           || (reel_allocate(shared, 1, 3) == NULL
               && test_panicked(REEL_INVALID)));
    EXPECT_EQUAL(reel_free(shared, NULL, 1), REEL_INVALID);
    EXPECT_EQUAL(reel_free(shared, &arena, 1), REEL_FOREIGN);
    EXPECT_EQUAL(reel_free(shared, block, 20), REEL_OK);
    EXPECT_EQUAL(reel_arena_used(&arena), 0);
}

static void *kept;

static void use_in_a_handler(void)
{
    EXPECT(reel_allocate(shared, 1, 1) == NULL);
    EXPECT(reel_allocator_frees(shared) == REEL_FREES_NEVER);
    EXPECT(reel_reallocate(shared, kept, 8, 16, 1) == NULL);
    EXPECT_EQUAL(reel_reallocate(shared, kept, 8, 4, 1), kept);
    EXPECT_EQUAL(reel_reallocate(shared, kept, 8, 8, 1), kept);
    EXPECT(reel_reallocate(shared, NULL, 0, 8, 1) == NULL);
    EXPECT(REEL_CHECKS == 0
           || (reel_reallocate(shared, kept, 8, 8, 3) == NULL
               && test_panicked(REEL_INVALID)));
    EXPECT_EQUAL(reel_free(shared, kept, 8), REEL_BUSY);
}

static void a_handler_gets_nothing_and_changes_nothing(void)
{
    fresh_lock();
    kept = reel_allocate(shared, 8, 1);
    test_interrupt(use_in_a_handler);
    EXPECT(reel_arena_used(&arena) == 8
           && reel_free(shared, kept, 8) == REEL_OK);
}

static void shrink_in_a_handler(void)
{
    EXPECT_EQUAL(reel_reallocate(shared, kept, 64, 8, 1), kept);
}

static void what_shrank_in_a_handler_is_freed_by_a_heap(void)
{
    static reel_heap heap;
    EXPECT_EQUAL(reel_heap_init(&heap, test_memory(1024), 1024), REEL_OK);
    shared = reel_locked(&lock, reel_heap_allocator(&heap));
    kept = reel_allocate(shared, 64, 1);
    test_interrupt(shrink_in_a_handler);
    EXPECT_EQUAL(reel_free(shared, kept, 8), REEL_OK);
    EXPECT_EQUAL(reel_heap_stats(&heap).used, 0);
}

static size_t yields;

static void leave_later(void)
{
    if (++yields == 3) {
        lock.gate.value = 0;
    }
}

static void a_lock_frees_when_its_backing_does(void)
{
    fresh_lock();
    EXPECT_EQUAL(reel_allocator_frees(shared), REEL_FREES_LAST);
    reel_lock other;
    EXPECT_EQUAL(
        reel_allocator_frees(reel_locked(&other, reel_allocator_null())),
        reel_allocator_frees(reel_allocator_null()));
}

static void threads_take_turns(void)
{
    fresh_lock();
    lock.gate.value = 1; // another thread is inside
    yields = 0;
    test_on_yield = leave_later;
    EXPECT(reel_allocate(shared, 8, 1) != NULL && yields == 3);
    test_on_yield = NULL;
}

static void two_pools_share_a_backing(void)
{
    reel_pool pools[2];
    reel_pool_chunk chunks[2][1];
    fresh_lock();
    for (size_t i = 0; i < 2; i++) {
        EXPECT_EQUAL(reel_pool_init(&pools[i], shared, chunks[i], 1, 32, 64),
                     REEL_OK);
        EXPECT(reel_pool_claim(&pools[i]) != NULL);
    }
    EXPECT(reel_arena_used(&arena) >= 128);
}

static void a_lock_ends_with_its_parent(void)
{
    reel_registry registry;
    reel_registry_entry entries[2];
    reel_handle parent, handle;
    const reel_handle none = REEL_NO_HANDLE;
    fresh_lock();
    kept = reel_allocate(shared, 8, 1);
    EXPECT_EQUAL(reel_registry_init(&registry, entries, 2), REEL_OK);
    EXPECT_EQUAL(
        reel_registry_register(&registry, reel_allocator_null(), none, &parent),
        REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&registry, shared, parent, &handle),
                 REEL_OK);
    EXPECT_EQUAL(reel_registry_rewound(&registry, parent, &parent), REEL_OK);
    EXPECT(reel_allocate(shared, 8, 1) == NULL && test_panicked(REEL_STALE));
    EXPECT(reel_reallocate(shared, kept, 8, 4, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_free(shared, kept, 8), REEL_STALE);
    EXPECT(!reel_reclaim(shared, kept, 8));
    EXPECT_EQUAL(reel_arena_used(&arena), 8);
}

const test_case locked_tests[] = {
    TEST(a_lock_does_what_its_backing_does),
    TEST(a_handler_gets_nothing_and_changes_nothing),
    TEST(what_shrank_in_a_handler_is_freed_by_a_heap),
    TEST(a_lock_frees_when_its_backing_does),
    TEST(threads_take_turns),
    TEST(two_pools_share_a_backing),
    TEST(a_lock_ends_with_its_parent),
    END_OF_TESTS,
};
