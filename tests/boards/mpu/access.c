// SPDX-License-Identifier: MIT
// What is not committed faults, at the address that was touched; what is
// committed does not; what is not the range's is left alone.

#include "checks.h"
#include "probe.h"
#include "tap.h"

// ---- the memory around the range -------------------------------------------

static void plant_neighbours(const mpu_range *range)
{
    probe_store(range->start - WORD, CANARY);
    probe_store(range->start + range->size, CANARY + 1);
}

static bool neighbours_stand(const mpu_range *range)
{
    const uintptr_t below = range->start - WORD;
    const uintptr_t above = range->start + range->size;
    return probe_is_open(below) && probe_load(below) == CANARY
           && probe_is_open(above) && probe_load(above) == CANARY + 1;
}

bool is_right_everywhere(const mpu_range *range, size_t committed)
{
    const size_t page = range->pages->page_size;
    for (size_t at = 0; at < range->size; at += page) {
        const uintptr_t first = range->start + at;
        const uintptr_t last = first + page - WORD;
        const bool right =
            at < committed ? probe_is_open(first) && probe_is_open(last)
                           : probe_is_closed(first) && probe_is_closed(last);
        if (!right) {
            return false;
        }
    }
    return neighbours_stand(range);
}

bool is_right_at_edges(const mpu_range *range, size_t committed)
{
    const uintptr_t frontier = range->start + committed;
    const uintptr_t last = range->start + range->size - WORD;
    const bool below =
        committed == 0
        || (probe_is_open(range->start) && probe_is_open(frontier - WORD));
    const bool above = committed == range->size
                       || (probe_is_closed(frontier) && probe_is_closed(last));
    return below && above;
}

// ---- what is checked of each design ----------------------------------------

static void page_by_page(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    plant_neighbours(&range);
    const size_t page = range.pages->page_size;
    EXPECT(page == design->page_size);
    EXPECT(is_right_everywhere(&range, 0));
    for (size_t at = 0; at < range.size; at += page) {
        EXPECT(design_commit(&range, at, at + page));
        EXPECT(is_right_everywhere(&range, at + page));
        probe_store(range.start + at, (uint32_t)at);
        probe_store(range.start + at + page - WORD, ~(uint32_t)at);
    }
    for (size_t at = range.size; at > 0; at -= page) {
        EXPECT(probe_load(range.start + at - page) == at - page);
        EXPECT(probe_load(range.start + at - WORD) == ~(uint32_t)(at - page));
        design_decommit(&range, at, at - page);
        EXPECT(is_right_everywhere(&range, at - page));
    }
}

static void by_any_stretch(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    plant_neighbours(&range);
    const size_t page = range.pages->page_size;
    bool right = true;
    for (size_t low = 0; low < range.size; low += page) {
        for (size_t high = low + page; high <= range.size; high += page) {
            right = design_commit(&range, low, high) && right;
            right = is_right_at_edges(&range, high) && right;
            design_decommit(&range, high, low);
            right = is_right_at_edges(&range, low) && right;
        }
        right = is_right_everywhere(&range, low) && right;
        right = design_commit(&range, low, low + page) && right;
    }
    EXPECT(right);
}

static void contents_survive(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    const size_t page = range.pages->page_size;
    EXPECT(design_commit(&range, 0, range.size));
    for (size_t at = 0; at < range.size; at += WORD) {
        probe_store(range.start + at, (uint32_t)(at * 7));
    }
    design_decommit(&range, range.size, page);
    EXPECT(probe_is_closed(range.start + page));
    design_decommit(&range, page, 0);
    EXPECT(probe_is_closed(range.start));
    EXPECT(design_commit(&range, 0, range.size));
    size_t wrong = 0;
    for (size_t at = 0; at < range.size; at += WORD) {
        wrong += probe_load(range.start + at) != (uint32_t)(at * 7);
    }
    EXPECT(wrong == 0);
}

static const mpu_range *demanded;
static size_t demanded_end;

static void commit_on_demand(uintptr_t address)
{
    const size_t page = demanded->pages->page_size;
    EXPECT(address == demanded->start + demanded_end);
    EXPECT(design_commit(demanded, demanded_end, demanded_end + page));
    demanded_end += page;
}

static void on_demand(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    demanded = &range;
    demanded_end = 0;
    probe_fault.count = 0;
    probe_on_fault = commit_on_demand;
    for (size_t at = 0; at < range.size; at += WORD) {
        probe_store(range.start + at, ~(uint32_t)at);
    }
    probe_on_fault = NULL;
    EXPECT(probe_fault.count == range.size / design->page_size);
    size_t wrong = 0;
    for (size_t at = 0; at < range.size; at += WORD) {
        wrong += probe_load(range.start + at) != ~(uint32_t)at;
    }
    EXPECT(wrong == 0);
}

// Two ranges, each the other's neighbour: one grows while the other shrinks.
static void two_at_once(const mpu_design *design)
{
    mpu_range low, high;
    design_start(design, &low, &high);
    const size_t size = low.size, page = low.pages->page_size;
    EXPECT(is_right_at_edges(&low, 0) && is_right_at_edges(&high, 0));
    EXPECT(design_commit(&high, 0, size));
    for (size_t at = 0; at < size; at += page) {
        EXPECT(design_commit(&low, at, at + page));
        EXPECT(is_right_at_edges(&low, at + page));
        EXPECT(is_right_at_edges(&high, size - at));
        design_decommit(&high, size - at, size - at - page);
        EXPECT(is_right_at_edges(&low, at + page));
        EXPECT(is_right_at_edges(&high, size - at - page));
    }
}

// An init over regions that are in use, with several of them on.
static void init_closes_what_was_open(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    plant_neighbours(&range);
    EXPECT(design_commit(&range, 0, range.pages->page_size));
    EXPECT(design_init(design, &range, range.start, range.region) == REEL_OK);
    EXPECT(is_right_everywhere(&range, 0));
    EXPECT(design_commit(&range, 0, range.size - range.pages->page_size));
    EXPECT(design_init(design, &range, range.start, range.region) == REEL_OK);
    EXPECT(is_right_everywhere(&range, 0));
}

static void privileged_code_only(const mpu_design *design)
{
    mpu_range range;
    design_start(design, &range, NULL);
    EXPECT(design_commit(&range, 0, range.size));
    EXPECT(probe_is_open(range.start));
    (void)probe_load_unprivileged(range.start);
    EXPECT(probe_fault.count == 1 && probe_fault.address == range.start);
}

// Of the overlap design, committed memory is whatever the application made it.
static void nothing_is_executed(const mpu_design *design)
{
    const bool is_overlap = design->is_v8 && design->kind == REEL_MPU8_OVERLAP;
    mpu_range range;
    design_start(design, &range, NULL);
    EXPECT(!probe_can_run(range.start));
    EXPECT(design_commit(&range, 0, range.size));
    probe_plant_return(range.start);
    EXPECT(probe_can_run(range.start) == is_overlap);
}

const check access_checks[] = {
    CHECK(page_by_page),
    CHECK(by_any_stretch),
    CHECK(contents_survive),
    CHECK(on_demand),
    CHECK(two_at_once),
    CHECK(init_closes_what_was_open),
    CHECK(privileged_code_only),
    CHECK(nothing_is_executed),
    END_OF_CHECKS,
};
