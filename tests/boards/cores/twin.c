// SPDX-License-Identifier: MIT
// The same work on pools whose lists' versions stand still: it must be seen.

#include "both.h"
#include "pool.h"
#include "regions.h"
#include "semihost.h"
#include "tap.h"

// One to two million turns of the two are enough on average, five were the most
// in 30 runs; with regions two were the most in 20. Cores that take turns in one
// thread of the emulator never see it.
#define TURNS        1000000u
#define REGION_TURNS 250000u
#define ROUNDS_MAX   16u

int main(void);

void test_write(const char *text)
{
    semihost_write(text);
}

static void a_list_without_a_version_is_noticed(void)
{
    size_t round = 0;
    do {
        pool_run(TURNS);
        round++;
    } while (round < ROUNDS_MAX && pool_wrong() == 0);
    test_note("turns:", pool_turns());
    test_note("takes that the other core got into:", pool_overlaps());
    EXPECT(pool_wrong() > 0);
}

static void so_it_is_under_pages_and_regions(void)
{
    size_t round = 0;
    regions_start();
    do {
        regions_run(REGION_TURNS);
        round++;
    } while (round < ROUNDS_MAX && regions_wrong() == 0);
    test_note("turns:", regions_turns());
    test_note("claims that the other core got into:", regions_overlaps());
    EXPECT(regions_wrong() > 0);
}

int main(void)
{
    both_start();
    a_list_without_a_version_is_noticed();
    tap_result("a list without a version is noticed", NULL);
    so_it_is_under_pages_and_regions();
    tap_result("so it is under pages and regions", NULL);
    return tap_end() ? 0 : 1;
}
