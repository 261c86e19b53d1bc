// SPDX-License-Identifier: MIT
// Two cores on the same objects, on the machine itself.

#include "both.h"
#include "checks.h"
#include "pool.h"
#include "regions.h"
#include "semihost.h"
#include "tap.h"

// Fewer overlaps than these, and nothing was tested. In 4 million turns of the
// two, cores that take turns in one thread of the emulator have 10; in a thread
// each, 160 where the host has one processor for both of them, and 100,000
// where it has two.
#define TURNS      500000u
#define ROUNDS_MIN 2u
#define ROUNDS_MAX 8u
#define OVERLAPS   96u

// Of more steps each.
#define REGION_TURNS      20000u
#define REGION_ROUNDS_MAX 200u

int main(void);

void test_write(const char *text)
{
    semihost_write(text);
}

static size_t identity[2];

static void identify(size_t core)
{
    both_meet();
    identity[core] = both_who();
    both_meet();
}

static void there_are_two_cores(void)
{
    both_run(identify);
    EXPECT(identity[0] == 0 && identity[1] == 1);
}

static void each_block_has_one_owner_at_a_time(void)
{
    size_t round = 0;
    do {
        pool_run(TURNS);
        round++;
    } while (round < ROUNDS_MIN
             || (round < ROUNDS_MAX && pool_overlaps() < OVERLAPS));
    test_note("turns:", pool_turns());
    test_note("takes that the other core got into:", pool_overlaps());
    EXPECT(pool_wrong() == 0);
    EXPECT(pool_overlaps() >= OVERLAPS);
}

static void pages_and_regions_have_one_owner_at_a_time(void)
{
    size_t round = 0;
    regions_start();
    do {
        regions_run(REGION_TURNS);
        round++;
    } while (round < ROUNDS_MIN
             || (round < REGION_ROUNDS_MAX && regions_overlaps() < OVERLAPS));
    test_note("turns:", regions_turns());
    test_note("claims that the other core got into:", regions_overlaps());
    EXPECT(regions_wrong() == 0);
    EXPECT(regions_overlaps() >= OVERLAPS);
}

#define CHECK(function)     \
    {                       \
#function, function \
    }

static const struct {
    const char *name;
    void (*run)(void);
} checks[] = {
    CHECK(there_are_two_cores),
    CHECK(each_block_has_one_owner_at_a_time),
    CHECK(each_fresh_block_goes_to_one_core),
    CHECK(of_two_that_free_a_block_one_wins),
    CHECK(blocks_wander_through_caches),
    CHECK(an_arena_is_cut_into_whole_blocks),
    CHECK(a_temp_commits_for_one_core_at_a_time),
    CHECK(a_rewindable_grows_for_one_core_at_a_time),
    CHECK(blocks_and_spans_come_and_go),
    CHECK(of_two_that_free_in_a_rewindable_one_wins),
    CHECK(a_heap_takes_back_what_another_core_frees),
    CHECK(a_pool_grows_for_one_core_at_a_time),
    CHECK(pages_and_regions_have_one_owner_at_a_time),
};

int main(void)
{
    both_start();
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        checks[i].run();
        tap_result(checks[i].name, NULL);
    }
    return tap_end() ? 0 : 1;
}
