// SPDX-License-Identifier: MIT
// What is refused has changed nothing. A registry refuses a thread that is inside it
// already, as one is that an `end` calls back.

#include "always.h"
#include "things.h"

#define INSIDE 77

static const reel_handle nothing = REEL_NO_HANDLE;
static const reel_rewindable_config of_64 = { 64, 64, 8, false };
static reel_always always;

static void fresh_arena(void)
{
    EXPECT_EQUAL(reel_registry_init(&the.registry, the.entries, 2), REEL_OK);
    EXPECT_EQUAL(
        reel_arena_init(&the.arena, test_memory(TEST_MEMORY), TEST_MEMORY),
        REEL_OK);
}

// The calling thread is inside the registry, if the call is checked for that.
static bool enter_registry(void)
{
    if (REEL_CHECKS < 1) {
        tap_skip("not checked in this build");
        return false;
    }
    test_thread = INSIDE;
    the.registry.gate.value = INSIDE;
    return true;
}

static void leave_registry(void)
{
    the.registry.gate.value = 0;
    test_thread = 0;
    EXPECT(reel_registry_is_valid(&the.registry));
}

static bool is_refused(reel_status status)
{
    return status == REEL_BUSY && test_panicked(REEL_BUSY);
}

static void a_rewindable_that_may_not_tell_its_registry_keeps_all(void)
{
    fresh_arena();
    EXPECT_EQUAL(reel_rewindable_init(&the.rewindable,
                                      reel_arena_allocator(&the.arena),
                                      the.table, 1, &of_64),
                 REEL_OK);
    EXPECT_EQUAL(reel_rewindable_bind(&the.rewindable, &the.registry, nothing),
                 REEL_OK);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 8, 8) != NULL);
    const reel_handle handle = reel_rewindable_handle(&the.rewindable);
    if (!enter_registry()) {
        return;
    }
    EXPECT(is_refused(reel_rewindable_rewind(&the.rewindable)));
    EXPECT(is_refused(reel_rewindable_dispose(&the.rewindable)));
    leave_registry();
    EXPECT_EQUAL(reel_rewindable_chunks(&the.rewindable), 1);
    EXPECT_EQUAL(reel_rewindable_stats(&the.rewindable).used, 8);
    EXPECT(reel_registry_get(&the.registry, handle) != NULL);
}

static void a_pool_that_may_not_tell_its_registry_keeps_its_chunks(void)
{
    fresh_arena();
    EXPECT_EQUAL(reel_pool_init(&the.pool, reel_arena_allocator(&the.arena),
                                the.chunks, 1, 64, 128),
                 REEL_OK);
    EXPECT_EQUAL(reel_pool_bind(&the.pool, &the.registry, nothing), REEL_OK);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 2), REEL_OK);
    if (!enter_registry()) {
        return;
    }
    EXPECT(is_refused(reel_pool_dispose(&the.pool)));
    leave_registry();
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 1);
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
}

static void a_temp_that_may_not_tell_its_registry_keeps_its_blocks(void)
{
    fresh_arena();
    unsigned char *const space = reel_arena_alloc(&the.arena, 256, 64);
    EXPECT_EQUAL(reel_always_init(&always, 64, SIZE_MAX), REEL_OK);
    EXPECT_EQUAL(reel_temp_init(&the.temp, space, 256, &always.pages, NULL),
                 REEL_OK);
    EXPECT_EQUAL(reel_temp_bind(&the.temp, &the.registry, nothing), REEL_OK);
    EXPECT(reel_temp_alloc(&the.temp, 8, 8) != NULL);
    if (!enter_registry()) {
        return;
    }
    EXPECT(is_refused(reel_temp_dispose(&the.temp)));
    EXPECT(is_refused(reel_temp_reset(&the.temp)));
    leave_registry();
    EXPECT(reel_temp_used(&the.temp) == 8
           && reel_temp_committed(&the.temp) == 64);
    EXPECT_EQUAL(reel_temp_dispose(&the.temp), REEL_OK);
    EXPECT_EQUAL(reel_temp_used(&the.temp), 0);
}

// ---- created ones ------------------------------------------------------------------

static reel_rewindable *made;
static reel_handle taken;
static const reel_rewindable_config of_128 = { 64, 64, 128, false };

static reel_status create(reel_allocator background)
{
    return reel_rewindable_create(&made, background, 1, &of_128, &the.registry,
                                  nothing);
}

static void fill_registry(void)
{
    for (size_t i = 0; i < 2; i++) {
        EXPECT_EQUAL(reel_registry_register(
                         &the.registry, reel_allocator_null(), nothing, &taken),
                     REEL_OK);
    }
}

static void a_created_one_that_a_full_registry_refuses_takes_nothing(void)
{
    fresh_arena();
    fill_registry();
    const size_t used = reel_arena_used(&the.arena);
    EXPECT_EQUAL(create(reel_arena_allocator(&the.arena)), REEL_FULL);
    EXPECT_EQUAL(reel_arena_used(&the.arena), used);
}

static void a_stack_gets_all_of_a_created_one_back(void)
{
    fresh_arena();
    EXPECT(reel_arena_alloc(&the.arena, 1, 32) != NULL);
    EXPECT_EQUAL(create(reel_arena_allocator(&the.arena)), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_destroy(made), REEL_OK);
    const size_t used = reel_arena_used(&the.arena);
    EXPECT_EQUAL(create(reel_arena_allocator(&the.arena)), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_destroy(made), REEL_OK);
    EXPECT_EQUAL(reel_arena_used(&the.arena), used);
}

static void *take_of_arena(void *self, size_t size, size_t align)
{
    return reel_arena_alloc(self, size, align);
}

static reel_status keep(void *self, void *block, size_t size)
{
    (void)self, (void)block, (void)size;
    return REEL_OK;
}

static reel_frees never(const void *self)
{
    (void)self;
    return REEL_FREES_NEVER;
}

// The other thread is inside the registry, and takes an allocator out.
static void make_room(void)
{
    the.registry.gate.value = 0;
    test_on_yield = NULL;
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, taken), REEL_OK);
}

static void asking_a_registry_whether_it_is_full_takes_no_entry(void)
{
    static const reel_allocator_ops ops = { .allocate = take_of_arena,
                                            .free = keep,
                                            .frees = never };
    const reel_allocator keeps = { &ops, &the.arena };
    fresh_arena();
    fill_registry();
    the.registry.gate.value = 1;
    test_on_yield = make_room;
    EXPECT_EQUAL(create(keeps), REEL_OK);
    EXPECT_EQUAL(reel_registry_count(&the.registry), 2);
    EXPECT_EQUAL(reel_rewindable_destroy(made), REEL_OK);
    EXPECT_EQUAL(reel_registry_count(&the.registry), 1);
}

// An entry that was taken and given back has another version.
static void a_created_one_without_memory_leaves_its_registry_as_it_was(void)
{
    reel_handle before, after;
    fresh_arena();
    EXPECT(reel_arena_alloc(&the.arena, TEST_MEMORY - 64, 1) != NULL);
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        nothing, &before),
                 REEL_OK);
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, before), REEL_OK);
    EXPECT_EQUAL(create(reel_arena_allocator(&the.arena)), REEL_NO_MEMORY);
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        nothing, &after),
                 REEL_OK);
    const uintptr_t step = after.version - before.version;
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, after), REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        nothing, &before),
                 REEL_OK);
    EXPECT_EQUAL(before.version - after.version, step);
}

const test_case refusals_tests[] = {
    TEST(a_rewindable_that_may_not_tell_its_registry_keeps_all),
    TEST(a_pool_that_may_not_tell_its_registry_keeps_its_chunks),
    TEST(a_temp_that_may_not_tell_its_registry_keeps_its_blocks),
    TEST(a_created_one_that_a_full_registry_refuses_takes_nothing),
    TEST(a_stack_gets_all_of_a_created_one_back),
    TEST(asking_a_registry_whether_it_is_full_takes_no_entry),
    TEST(a_created_one_without_memory_leaves_its_registry_as_it_was),
    END_OF_TESTS,
};
