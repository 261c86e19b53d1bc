// SPDX-License-Identifier: MIT
// What reel_arena_alloc_ahead() has the cache fetch: noted here instead.

#include "reel/base.h"

static uintptr_t fetched;
static size_t fetches;

static void note_fetch(uintptr_t address)
{
    fetched = address;
    fetches++;
}

#undef REEL_FETCH
#define REEL_FETCH(address) note_fetch(address)
#include "reel/arena.h"
#include "test.h"

static void what_lies_ahead_in_the_buffer_is_fetched(void)
{
    unsigned char *const memory = test_memory(256);
    reel_arena arena;
    EXPECT_EQUAL(reel_arena_init(&arena, memory, 256), REEL_OK);
    fetches = 0;
    EXPECT_EQUAL(reel_arena_alloc_ahead(&arena, 16, 1, 64), memory);
    EXPECT(fetches == 1 && fetched == (uintptr_t)memory + 64);
    EXPECT_EQUAL(reel_arena_alloc_ahead(&arena, 16, 1, 239), memory + 16);
    EXPECT(fetches == 2 && fetched == (uintptr_t)memory + 255);
}

static void nothing_is_fetched_past_the_buffer(void)
{
    unsigned char *const memory = test_memory(256);
    reel_arena arena;
    EXPECT_EQUAL(reel_arena_init(&arena, memory, 256), REEL_OK);
    fetches = 0;
    EXPECT_EQUAL(reel_arena_alloc_ahead(&arena, 16, 1, 256), memory);
    EXPECT_EQUAL(reel_arena_alloc_ahead(&arena, 16, 1, 240), memory + 16);
    EXPECT_EQUAL(reel_arena_alloc_ahead(&arena, 16, 1, SIZE_MAX), memory + 32);
    EXPECT(reel_arena_alloc_ahead(&arena, 256, 1, 8) == NULL);
    EXPECT(fetches == 1 && fetched == (uintptr_t)memory + 31);
}

const test_case ahead_tests[] = {
    TEST(what_lies_ahead_in_the_buffer_is_fetched),
    TEST(nothing_is_fetched_past_the_buffer),
    END_OF_TESTS,
};
