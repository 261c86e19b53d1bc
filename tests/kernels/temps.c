// SPDX-License-Identifier: MIT
// Temps over the port: a use of what is not live traps, and the fault has an
// owner and a state.

#include "rig.h"

static rig_range range;
static reel_temp temp;
static size_t page;

static void start(bool strict)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    rig_start(&range);
    page = range.pages->page_size;
    policy.strict = strict;
    policy.step = page;
    EXPECT(reel_temp_init(&temp, (void *)range.start, range.size, range.pages,
                          &policy)
           == REEL_OK);
}

static void memory_comes_when_a_block_needs_it(void)
{
    start(false);
    EXPECT(rig_is_closed(range.start));
    unsigned char *const block = reel_temp_alloc(&temp, page + 1, 1);
    EXPECT((uintptr_t)block == range.start);
    block[page] = 1;
    EXPECT(rig_is_open(range.start + 2 * page - 1));
    EXPECT(rig_is_closed(range.start + 2 * page));
}

static void trimmed_memory_traps(void)
{
    start(false);
    (void)reel_temp_alloc(&temp, 8, 8);
    const reel_mark mark = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 5 * page, 8);
    EXPECT(reel_temp_rewind(&temp, mark) == REEL_OK);
    EXPECT(rig_is_open(range.start + 2 * page)); // still there
    EXPECT(reel_temp_trim(&temp) == REEL_OK);
    EXPECT(rig_is_open(range.start) && rig_is_closed(range.start + page));
    EXPECT(reel_temp_dispose(&temp) == REEL_OK);
    EXPECT(rig_is_closed(range.start) && rig_frames() == 0);
}

static void rewound_memory_traps_if_the_policy_is_strict(void)
{
    start(true);
    (void)reel_temp_alloc(&temp, 8, 8);
    const reel_mark mark = reel_temp_mark(&temp);
    for (int i = 0; i < 3; i++) {
        (void)reel_temp_alloc(&temp, 4 * page, 8);
        EXPECT(rig_is_open(range.start + 4 * page));
        EXPECT(reel_temp_rewind(&temp, mark) == REEL_OK);
        EXPECT(rig_is_closed(range.start + page));
    }
    EXPECT(reel_temp_reset(&temp) == REEL_OK);
    EXPECT(rig_is_closed(range.start));
}

static bool is_located(size_t offset, reel_temp_state state)
{
    size_t found = 0;
    const void *const at = (const void *)rig_refused_at();
    return rig_is_closed(range.start + offset)
           && reel_temp_locate(&temp, at, &found) == state && found == offset;
}

static void a_fault_has_an_owner_and_a_state(void)
{
    start(true);
    const reel_mark mark = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 2 * page, 8);
    EXPECT(reel_temp_rewind(&temp, mark) == REEL_OK);
    EXPECT(rig_is_closed(range.start + page)); // now it was the last refusal
    EXPECT(is_located(page, REEL_TEMP_FREED));
    EXPECT(rig_is_closed(range.start + 9 * page + 1));
    EXPECT(is_located(9 * page + 1, REEL_TEMP_UNUSED));
    EXPECT(rig_has_neighbours || rig_is_closed(range.start + range.size));
    EXPECT(rig_has_neighbours || is_located(range.size, REEL_TEMP_BEYOND));
}

static void a_refused_commit_is_a_refused_block(void)
{
    start(false);
    (void)reel_temp_alloc(&temp, page, 1);
    const size_t frames = rig_frames(), used = reel_temp_used(&temp);
    if (!rig_leave(1)) {
        tap_skip("this port takes no frames");
        return;
    }
    EXPECT(reel_temp_alloc(&temp, 2 * page, 1) == NULL);
    EXPECT(reel_temp_used(&temp) == used && rig_frames() == frames);
    EXPECT(reel_temp_alloc(&temp, page, 1) != NULL);
    EXPECT(rig_leave(RIG_ALL) && reel_temp_alloc(&temp, page, 1) != NULL);
}

static void regions_over_a_pool_over_a_temp_give_all_of_it_back(void)
{
    static reel_pool pool;
    static reel_pool_chunk chunks[4];
    reel_region region;
    start(false);
    EXPECT(reel_pool_init(&pool, reel_temp_allocator(&temp), chunks, 4,
                          2 * page, 4 * page)
           == REEL_OK);
    EXPECT(reel_region_open(&region, &pool) == REEL_OK);
    EXPECT(reel_region_alloc(&region, page, 8) != NULL);
    EXPECT(reel_region_alloc(&region, page, 8) != NULL);
    EXPECT(reel_region_alloc(&region, 6 * page, 8) != NULL);
    EXPECT(reel_region_close(&region) == REEL_OK);
    EXPECT(reel_pool_dispose(&pool) == REEL_OK);
    EXPECT(reel_temp_dispose(&temp) == REEL_OK && rig_frames() == 0);
    EXPECT(rig_is_closed(range.start));
}

const test_case temps_tests[] = {
    TEST(memory_comes_when_a_block_needs_it),
    TEST(trimmed_memory_traps),
    TEST(rewound_memory_traps_if_the_policy_is_strict),
    TEST(a_fault_has_an_owner_and_a_state),
    TEST(a_refused_commit_is_a_refused_block),
    TEST(regions_over_a_pool_over_a_temp_give_all_of_it_back),
    END_OF_TESTS,
};
