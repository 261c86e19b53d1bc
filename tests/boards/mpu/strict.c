// SPDX-License-Identifier: MIT
// A temp over memory that the MPU closes: use of what is not committed, trimmed or
// rewound faults, on the machine itself.

#include "checks.h"
#include "probe.h"
#include "reel/temp.h"
#include "tap.h"

static mpu_range range;
static reel_temp temp;
static size_t page;

static void start_temp(const mpu_design *design, bool strict)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    policy.strict = strict;
    policy.step = design->page_size;
    design_start(design, &range, NULL);
    page = design->page_size;
    EXPECT(reel_temp_init(&temp, (void *)range.start, range.size, range.pages,
                          &policy)
           == REEL_OK);
}

// A block of a page and a word, which the fourth word of the range begins.
static uintptr_t allocate(void)
{
    return (uintptr_t)reel_temp_alloc(&temp, page + WORD, WORD);
}

static void
uncommitted_memory_faults_until_a_block_needs_it(const mpu_design *design)
{
    start_temp(design, false);
    EXPECT(is_right_everywhere(&range, 0));
    const uintptr_t block = allocate();
    EXPECT(block == range.start);
    EXPECT(is_right_everywhere(&range, 2 * page));
    EXPECT(reel_temp_alloc_shared(&temp, page, 1) != NULL);
    EXPECT(is_right_everywhere(&range, 3 * page));
}

static void trimmed_memory_faults(const mpu_design *design)
{
    start_temp(design, false);
    (void)reel_temp_alloc(&temp, WORD, WORD);
    const reel_mark mark = reel_temp_mark(&temp);
    (void)allocate();
    EXPECT(reel_temp_rewind(&temp, mark) == REEL_OK);
    EXPECT(is_right_everywhere(&range, 2 * page)); // still there
    EXPECT(reel_temp_trim(&temp) == REEL_OK);
    EXPECT(is_right_everywhere(&range, page));
    EXPECT(reel_temp_dispose(&temp) == REEL_OK);
    EXPECT(is_right_everywhere(&range, 0));
}

// From the page above the last live byte on; below that is the blind spot.
static void
rewound_memory_faults_if_the_policy_is_strict(const mpu_design *design)
{
    start_temp(design, true);
    const uintptr_t live = (uintptr_t)reel_temp_alloc(&temp, WORD, WORD);
    const reel_mark mark = reel_temp_mark(&temp);
    for (int i = 0; i < 3; i++) {
        const uintptr_t block = allocate();
        EXPECT(is_right_everywhere(&range, 2 * page));
        EXPECT(reel_temp_rewind(&temp, mark) == REEL_OK);
        EXPECT(probe_is_open(block)); // the blind spot
        EXPECT(probe_is_closed(range.start + page));
        EXPECT(is_right_everywhere(&range, page));
    }
    EXPECT(probe_is_open(live));
    EXPECT(reel_temp_reset(&temp) == REEL_OK);
    EXPECT(is_right_everywhere(&range, 0));
}

static void a_fault_is_located(const mpu_design *design)
{
    size_t offset = 0;
    start_temp(design, true);
    const reel_mark mark = reel_temp_mark(&temp);
    (void)allocate();
    EXPECT(reel_temp_rewind(&temp, mark) == REEL_OK);
    EXPECT(probe_is_closed(range.start + page));
    EXPECT(reel_temp_locate(&temp, (void *)probe_fault.address, &offset)
           == REEL_TEMP_FREED);
    EXPECT(offset == page + WORD - 1); // the last probe, a byte of that word
    EXPECT(probe_is_closed(range.start + 2 * page));
    EXPECT(reel_temp_locate(&temp, (void *)probe_fault.address, NULL)
           == REEL_TEMP_UNUSED);
}

const check strict_checks[] = {
    CHECK(uncommitted_memory_faults_until_a_block_needs_it),
    CHECK(trimmed_memory_faults),
    CHECK(rewound_memory_faults_if_the_policy_is_strict),
    CHECK(a_fault_is_located),
    END_OF_CHECKS,
};
