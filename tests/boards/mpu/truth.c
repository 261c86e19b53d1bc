// SPDX-License-Identifier: MIT
// Success means that what is not committed would trap now. Where it would not, init
// says so and leaves everything as it was.

#include "checks.h"
#include "probe.h"
#include "reel/temp.h"
#include "snapshot.h"
#include "tap.h"

#define OTHER_REGION 7u  // no design has it
#define LAST_8       31u // of a granule of Armv8-M
#define ON           1u
#define SIZE_4_GIB   (31u << 1)
#define FULL_ACCESS  (3u << 24)

static void write_rest(uint32_t region, uint32_t base, uint32_t rest)
{
    MPU_RNR = region;
    MPU_RBAR = base;
    MPU_RASR = rest;
    synchronise();
}

// A part whose registers are as they are: init fails and changes none of them.
static void init_fails(const mpu_design *design, const mpu_range *range,
                       reel_status why)
{
    mpu_range other = *range;
    snapshot before;
    take(&before);
    EXPECT(design_init(design, &other, range->start, range->region) == why);
    EXPECT(is_unchanged(&before));
}

static void with_the_mpu_off_init_fails(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    const uint32_t ctrl = MPU_CTRL;
    MPU_CTRL = ctrl & ~MPU_CTRL_ENABLE;
    synchronise();
    init_fails(design, &range, REEL_PORT_FAILED);
    MPU_CTRL = ctrl;
    synchronise();
    init_fails(design, &range, REEL_OK);
}

// Who maps all memory by regions has closed the rest, and enable leaves it closed.
static void enable_leaves_a_map_that_is_on_as_it_is(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    snapshot before;
    take(&before);
    EXPECT(reel_mpu_enable() == REEL_OK);
    EXPECT(is_unchanged(&before));
    EXPECT(is_right_at_edges(&range, 0));
}

static void
with_the_background_map_under_a_window_init_fails(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    if (design_is_window(design)) {
        MPU_CTRL |= MPU_CTRL_PRIVDEFENA;
        synchronise();
        EXPECT(probe_is_open(range.start));
        init_fails(design, &range, REEL_PORT_FAILED);
    }
}

// A region over some of the range, at its end or its start.
static void lay_over(const mpu_design *design, uintptr_t start, size_t size)
{
    if (design->is_v8) {
        write_rest(OTHER_REGION, start, ((start + size - 1) & ~LAST_8) | ON);
    } else {
        unsigned log2 = 5;
        while ((size_t)1 << log2 < size) {
            log2++;
        }
        write_rest(OTHER_REGION, start, FULL_ACCESS | (log2 - 1) << 1 | ON);
    }
}

static void
where_another_region_would_open_it_init_fails(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    const uintptr_t last = range.start + range.size - 32;
    const bool is_opened = !design->is_v8 || design_is_window(design);
    const reel_status expected = is_opened ? REEL_PORT_FAILED : REEL_OK;
    lay_over(design, last, 32);
    EXPECT(probe_is_open(last) == is_opened);
    init_fails(design, &range, expected);
    lay_over(design, range.start, 32);
    init_fails(design, &range, expected);
    MPU_RASR &= ~ON;
    init_fails(design, &range, REEL_OK);
    lay_over(design, range.start - 32, 32);
    init_fails(design, &range, REEL_OK);
    lay_over(design, range.start + range.size, 32);
    init_fails(design, &range, REEL_OK);
}

// Of Armv8-M: neither does it matter what a region lets through to whom, which is in
// the lowest bits of its base.
static void whatever_another_region_opens_init_fails(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    if (design_is_window(design)) {
        const uintptr_t inside = range.start + 32;
        const uintptr_t end = range.start + range.size;
        write_rest(OTHER_REGION, inside | LAST_8, inside | ON);
        init_fails(design, &range, REEL_PORT_FAILED);
        write_rest(OTHER_REGION, end | LAST_8, end | ON);
        init_fails(design, &range, REEL_OK);
        write_rest(0, inside, inside | ON);
        init_fails(design, &range, REEL_PORT_FAILED);
    }
}

// Of Armv7-M: a region whose sub-regions leave the range out is not over it.
static void sub_regions_are_told_apart(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    if (design->is_v8) {
        return;
    }
    const uintptr_t part = range.start >> 29;
    const uint32_t all = FULL_ACCESS | SIZE_4_GIB | ON;
    write_rest(OTHER_REGION, 0, all | 1u << (8 + part));
    init_fails(design, &range, REEL_OK);
    write_rest(OTHER_REGION, 0, all | (0xFFu & ~(1u << part)) << 8);
    init_fails(design, &range, REEL_PORT_FAILED);
    write_rest(OTHER_REGION, 0, all & ~ON);
    init_fails(design, &range, REEL_OK);
    write_rest(0, 0, all); // below it does not matter
    init_fails(design, &range, REEL_OK);
}

// The MPU is off at the priority that FAULTMASK gives, which is that of HardFault; one
// below is that of NMI. fault.h says so.
static void with_faultmask_set_nothing_traps(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    EXPECT(probe_is_closed(range.start));
    __asm__ volatile("cpsid f" ::: "memory");
    const bool is_open = probe_is_open(range.start);
    __asm__ volatile("cpsie f" ::: "memory");
    EXPECT(is_open);
    EXPECT(probe_is_closed(range.start));
}

// An Armv8-M is asked, and with FAULTMASK set it says so.
static void where_the_part_says_it_is_open_init_fails(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    if (design->is_v8) {
        const size_t page = range.pages->page_size;
        EXPECT(design_commit(&range, 0, page));
        __asm__ volatile("cpsid f" ::: "memory");
        init_fails(design, &range, REEL_PORT_FAILED);
        __asm__ volatile("cpsie f" ::: "memory");
        EXPECT(is_right_at_edges(&range, page));
    }
}

static void
another_selection_of_a_region_is_left_alone(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    const size_t page = range.pages->page_size;
    MPU_RNR = OTHER_REGION;
    EXPECT(design_commit(&range, 0, page));
    EXPECT(MPU_RNR == OTHER_REGION);
    EXPECT(design_commit(&range, page, range.size));
    EXPECT(MPU_RNR == OTHER_REGION);
    design_decommit(&range, range.size, page);
    EXPECT(MPU_RNR == OTHER_REGION);
    design_decommit(&range, page, 0);
    EXPECT(MPU_RNR == OTHER_REGION);
    EXPECT(design_init(design, &range, range.start, range.region) == REEL_OK);
    EXPECT(MPU_RNR == OTHER_REGION);
}

static void any_region_may_be_selected_at_init(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    for (unsigned i = 0; i < reel_mpu_regions(); i++) {
        EXPECT(design_commit(&range, 0, range.pages->page_size));
        MPU_RNR = i;
        EXPECT(design_init(design, &range, range.start, range.region)
               == REEL_OK);
        EXPECT(MPU_RNR == i);
    }
}

// A temp that is initialised again, without dispose, knows of no committed memory.
static void a_temp_may_begin_anew(const mpu_design *design)
{
    mpu_range range;
    reel_temp temp;
    reel_temp_policy policy = REEL_TEMP_POLICY;
    design_start(design, &range, NULL);
    const size_t page = range.pages->page_size;
    policy.step = page;
    void *const start = (void *)range.start;
    for (int i = 0; i < 3; i++) {
        EXPECT(reel_temp_init(&temp, start, range.size, range.pages, &policy)
               == REEL_OK);
        EXPECT(reel_temp_alloc(&temp, 1, 1) == start);
        EXPECT(is_right_at_edges(&range, page));
        EXPECT(reel_temp_alloc(&temp, 3 * page, 1) != NULL);
        EXPECT(is_right_at_edges(&range, 4 * page));
    }
}

const check truth_checks[] = {
    CHECK(with_the_mpu_off_init_fails),
    CHECK(enable_leaves_a_map_that_is_on_as_it_is),
    CHECK(with_the_background_map_under_a_window_init_fails),
    CHECK(where_another_region_would_open_it_init_fails),
    CHECK(whatever_another_region_opens_init_fails),
    CHECK(sub_regions_are_told_apart),
    CHECK(with_faultmask_set_nothing_traps),
    CHECK(where_the_part_says_it_is_open_init_fails),
    CHECK(another_selection_of_a_region_is_left_alone),
    CHECK(any_region_may_be_selected_at_init),
    CHECK(a_temp_may_begin_anew),
    END_OF_CHECKS,
};
