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
    EXPECT_EQUAL(
        reel_rewindable_bind(&the.rewindable, &the.registry, nothing), REEL_OK);
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

const test_case refusals_tests[] = {
    TEST(a_rewindable_that_may_not_tell_its_registry_keeps_all),
    TEST(a_pool_that_may_not_tell_its_registry_keeps_its_chunks),
    TEST(a_temp_that_may_not_tell_its_registry_keeps_its_blocks),
    END_OF_TESTS,
};
