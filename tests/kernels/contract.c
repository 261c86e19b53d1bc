// SPDX-License-Identifier: MIT
// What reel/pages.h promises, of any port.

#include "rig.h"

static rig_range range;
static size_t page;

static void start(void)
{
    rig_start(&range);
    page = range.pages->page_size;
}

static bool commit_bytes(uintptr_t address, size_t size)
{
    return range.pages->commit(range.pages->context, (void *)address, size);
}

static void decommit_bytes(uintptr_t address, size_t size)
{
    range.pages->decommit(range.pages->context, (void *)address, size);
}

// By pages, from the start of the range.
static bool commit(size_t from, size_t to)
{
    return commit_bytes(range.start + from * page, (to - from) * page);
}

static void decommit(size_t from, size_t to)
{
    decommit_bytes(range.start + from * page, (to - from) * page);
}

// ---- looking ----------------------------------------------------------------

static bool is_open(size_t at)
{
    const uintptr_t first = range.start + at * page;
    return rig_is_open(first) && rig_is_open(first + page - 1);
}

static bool is_closed(size_t at)
{
    const uintptr_t first = range.start + at * page;
    return rig_is_closed(first) && rig_is_closed(first + page - 1);
}

static bool neighbours_stand(void)
{
    return !rig_has_neighbours
           || (rig_is_open(range.start - 1)
               && rig_is_open(range.start + range.size));
}

static bool is_right_everywhere(size_t committed)
{
    bool right = neighbours_stand();
    for (size_t at = 0; at < RIG_PAGES; at++) {
        right = right && (at < committed ? is_open(at) : is_closed(at));
    }
    return right;
}

static bool is_right_at_edges(size_t committed)
{
    const size_t pages = range.size / page;
    return neighbours_stand()
           && (committed == 0 || (is_open(0) && is_open(committed - 1)))
           && (committed == pages
               || (is_closed(committed) && is_closed(pages - 1)));
}

// ---- what is promised -------------------------------------------------------

static void nothing_is_there_at_first(void)
{
    start();
    EXPECT(rig_frames() == 0);
    EXPECT(is_right_everywhere(0) && is_right_at_edges(0));
}

static void pages_come_and_go_one_by_one(void)
{
    start();
    for (size_t at = 0; at < RIG_PAGES; at++) {
        EXPECT(commit(at, at + 1));
        EXPECT(is_right_everywhere(at + 1));
    }
    for (size_t at = RIG_PAGES; at > 0; at--) {
        decommit(at - 1, at);
        EXPECT(is_right_everywhere(at - 1));
    }
    EXPECT(rig_frames() == 0);
}

// Where tables begin and end, and far from there.
static const size_t stretches[][2] = {
    { 0, 1 },     { 1, 2 },    { 0, 32 },     { 3, 31 },
    { 5, 200 },   { 0, 512 },  { 511, 512 },  { 511, 513 },
    { 512, 513 }, { 1, 1024 }, { 500, 1030 }, { 1024, 1025 },
};

static void any_stretch_ends_where_it_was_sent(void)
{
    start();
    for (size_t i = 0; i < sizeof stretches / sizeof stretches[0]; i++) {
        const size_t low = stretches[i][0], high = stretches[i][1];
        if (high > range.size / page) {
            continue;
        }
        EXPECT(low == 0 || commit(0, low));
        const size_t frames = rig_frames();
        EXPECT(commit(low, high) && is_right_at_edges(high));
        decommit(low, high);
        EXPECT(rig_frames() == frames && is_right_at_edges(low));
        if (low > 0) {
            decommit(0, low);
        }
        EXPECT(rig_frames() == 0 && is_right_at_edges(0));
    }
}

static void what_stays_keeps_its_contents(void)
{
    start();
    EXPECT(commit(0, 3));
    volatile unsigned char *const bytes = (unsigned char *)range.start;
    for (size_t i = 0; i < 3 * page; i++) {
        bytes[i] = (unsigned char)(i * 7);
    }
    EXPECT(commit(3, RIG_PAGES));
    decommit(2, RIG_PAGES);
    EXPECT(commit(2, 4));
    size_t wrong = 0;
    for (size_t i = 0; i < 2 * page; i++) {
        wrong += bytes[i] != (unsigned char)(i * 7);
    }
    EXPECT(wrong == 0);
}

static void wrong_ranges_are_refused(void)
{
    start();
    EXPECT(commit(0, 2));
    const uintptr_t frontier = range.start + 2 * page;
    const size_t left = range.size - 2 * page, frames = rig_frames();
    EXPECT(!commit_bytes(frontier, 0));
    EXPECT(!commit_bytes(frontier, 1));
    EXPECT(!commit_bytes(frontier, page - 1));
    EXPECT(!commit_bytes(frontier, page + page / 2));
    EXPECT(!commit_bytes(frontier, left + page));
    EXPECT(!commit_bytes(frontier, 0 - page));
    EXPECT(!commit_bytes(frontier - page, page));
    EXPECT(!commit_bytes(frontier + page, page));
    EXPECT(!commit_bytes(range.start, page));
    EXPECT(!commit_bytes(frontier + page / 2, page));
    EXPECT(!commit_bytes(range.start + range.size, page));
    EXPECT(!commit_bytes(range.start - page, page));
    EXPECT(rig_frames() == frames && is_right_everywhere(2));
}

static void what_is_not_its_own_is_not_given_back(void)
{
    start();
    EXPECT(commit(0, 3));
    const uintptr_t frontier = range.start + 3 * page;
    const size_t frames = rig_frames();
    decommit_bytes(frontier, 0);
    decommit_bytes(frontier - page, 1);
    decommit_bytes(frontier - page - page / 2, page + page / 2);
    decommit_bytes(frontier - 2 * page, page);
    decommit_bytes(frontier, page);
    decommit_bytes(frontier - page, 2 * page);
    decommit_bytes(range.start - page, 4 * page);
    decommit_bytes(frontier - page, 0 - page);
    EXPECT(rig_frames() == frames && is_right_everywhere(3));
}

static volatile bool was_committed;

static void move_it(void)
{
    was_committed = commit(1, 2);
    decommit(0, 1);
}

static void a_handler_is_refused(void)
{
    start();
    EXPECT(commit(0, 1));
    was_committed = true;
    test_interrupt(move_it);
    EXPECT(!was_committed && is_right_everywhere(1));
}

static void a_commit_that_runs_out_of_frames_changes_nothing(void)
{
    const size_t many = range.size / page > 520 ? 520 : RIG_PAGES;
    start();
    if (!rig_leave(0)) {
        tap_skip("this port takes no frames");
        return;
    }
    EXPECT(!commit(0, 1) && rig_frames() == 0 && is_right_everywhere(0));
    EXPECT(rig_leave(RIG_ALL) && commit(0, 3));
    const size_t before = rig_frames();
    EXPECT(commit(3, many));
    const size_t needs = rig_frames() - before;
    decommit(3, many);
    for (size_t left = 0; left < needs; left += 1 + needs / 20) {
        EXPECT(rig_leave(left) && !commit(3, many));
        EXPECT(rig_frames() == before && is_right_everywhere(3));
    }
    EXPECT(rig_leave(needs - 1) && !commit(3, many));
    EXPECT(rig_frames() == before && is_right_everywhere(3));
    EXPECT(rig_leave(needs) && commit(3, many) && is_right_at_edges(many));
    EXPECT(rig_leave(RIG_ALL));
}

const test_case contract_tests[] = {
    TEST(nothing_is_there_at_first),
    TEST(pages_come_and_go_one_by_one),
    TEST(any_stretch_ends_where_it_was_sent),
    TEST(what_stays_keeps_its_contents),
    TEST(wrong_ranges_are_refused),
    TEST(what_is_not_its_own_is_not_given_back),
    TEST(a_handler_is_refused),
    TEST(a_commit_that_runs_out_of_frames_changes_nothing),
    END_OF_TESTS,
};
