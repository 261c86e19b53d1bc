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

#define NOTICED_FAULT \
    "# a fault: a core followed a pointer of the broken list\n"

int main(void);
void hard_fault_handler(void);

void test_write(const char *text)
{
    semihost_write(text);
}

// ---- who ends the run -------------------------------------------------------------

static const char *being_done; // the test; NULL: none that a fault may end
static size_t ends;

// One core ends it. The other one, if it comes here, too, stays.
static void begin_end(void)
{
    if (__atomic_fetch_add(&ends, 1, __ATOMIC_ACQ_REL) != 0) {
        for (;;) {
        }
    }
}

static _Noreturn void end(void)
{
    semihost_exit(tap_end() ? 0 : 1);
}

// A broken list may lead to a page without memory: that is noticed, too.
void hard_fault_handler(void)
{
    begin_end();
    semihost_write(NOTICED_FAULT);
    EXPECT(being_done != NULL);
    tap_result(being_done != NULL ? being_done : "no fault", NULL);
    end();
}

// ---- the tests --------------------------------------------------------------------

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
    being_done = "so it is under pages and regions";
    so_it_is_under_pages_and_regions();
    begin_end();
    tap_result(being_done, NULL);
    end();
}
