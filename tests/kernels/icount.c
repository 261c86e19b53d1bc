// SPDX-License-Identifier: MIT
// An interrupt after every instruction of commit and decommit: whatever stays
// committed can be used, whatever stays uncommitted traps, and a handler that
// calls the hooks is refused. And the exact cost of a call. Needs -icount
// shift=10.

#include "board.h"
#include "machine.h"
#include "rig.h"

#define MOST_INTERRUPTS 20000u
#define MOST_ADDRESSES  1000u
#define COUNT(list)     (sizeof(list) / sizeof(list)[0])

static rig_range range;
static size_t page;
static size_t wrong; // things that should have been otherwise

// ---- one move of the frontier -----------------------------------------------

typedef struct page_move {
    size_t from, to; // pages
} page_move;

typedef void hook(size_t from, size_t to);

static void *at(size_t pages)
{
    return (void *)(range.start + pages * page);
}

static void move(size_t from, size_t to)
{
    if (to > from) {
        wrong += !range.pages->commit(range.pages->context, at(from),
                                      (to - from) * page);
    } else if (to < from) {
        range.pages->decommit(range.pages->context, at(to), (from - to) * page);
    }
}

// It closes all that stays, and opens it again.
static void broken_move(size_t from, size_t to)
{
    move(from, 0);
    move(0, to);
}

// ---- the interrupt ----------------------------------------------------------

static volatile bool under_way, fired_in_time;
static size_t staying, closed; // pages committed before and after; at most

static void look_around(void)
{
    if (staying > 0) {
        wrong += !rig_is_open((uintptr_t)at(0));
        wrong += !rig_is_open((uintptr_t)at(staying) - 1);
    }
    if (closed < range.size / page) {
        wrong += !rig_is_closed((uintptr_t)at(closed));
        wrong += !rig_is_closed(range.start + range.size - 1);
    }
    wrong += range.pages->commit(range.pages->context, at(staying), page);
}

// The instructions that were next when an interrupt came.
static uintptr_t addresses[MOST_ADDRESSES];
static size_t address_count;

static void note_address(uintptr_t pc)
{
    for (size_t i = 0; i < address_count; i++) {
        if (addresses[i] == pc) {
            return;
        }
    }
    if (address_count < MOST_ADDRESSES) {
        addresses[address_count++] = pc;
    }
}

static void take_tick(uintptr_t pc)
{
    note_address(pc);
    fired_in_time = under_way;
    look_around();
}

static uint64_t ticks_of(uint64_t instructions)
{
    return (instructions * MACHINE_ICOUNT_NS * 1000 + MACHINE_ICOUNT_NS * 500)
           / machine_tick_ps;
}

// Is the call interrupted after `count` instructions?
static bool interrupt_call(hook *call, const page_move *one, size_t count)
{
    fired_in_time = false;
    under_way = true;
    machine_fire_after(ticks_of(count), take_tick);
    call(one->from, one->to);
    under_way = false;
    machine_no_fire();
    return fired_in_time;
}

static size_t interrupt_everywhere(hook *call, const page_move *one)
{
    const bool up = one->to > one->from;
    size_t count = 0;
    staying = up ? one->from : one->to;
    closed = up ? one->to : one->from;
    while (count < MOST_INTERRUPTS && interrupt_call(call, one, count + 1)) {
        wrong += one->to > 0 && !rig_is_open((uintptr_t)at(one->to) - 1);
        wrong += !rig_is_closed((uintptr_t)at(one->to));
        move(one->to, one->from);
        count++;
    }
    EXPECT(count < MOST_INTERRUPTS);
    move(one->to, one->from);
    return count;
}

// Within a table and, where there are tables, into the next one.
static const page_move moves[] = {
    { 0, 1 }, { 1, 2 }, { 1, 4 }, { 3, 9 }, { 511, 513 },
};

static size_t interrupt_all_moves(hook *call, size_t count)
{
    size_t interrupts = 0;
    wrong = 0;
    for (size_t i = 0; i < count; i++) {
        const page_move up = moves[i], down = { up.to, up.from };
        if (up.to > range.size / page) {
            continue;
        }
        rig_start(&range);
        move(0, up.from);
        interrupts += interrupt_everywhere(call, &up);
        move(up.from, up.to);
        interrupts += interrupt_everywhere(call, &down);
    }
    return interrupts;
}

static void an_interrupt_at_every_instruction_finds_it_right(void)
{
    board_be_alone();
    rig_start(&range);
    page = range.pages->page_size;
    const size_t interrupts = interrupt_all_moves(move, COUNT(moves));
    EXPECT(wrong == 0 && interrupts > 100);
    test_note("interrupts", interrupts);
    test_note("addresses interrupted, the caller's included", address_count);
}

static void closing_before_opening_is_noticed(void)
{
    test_note("interrupts", interrupt_all_moves(broken_move, COUNT(moves) - 1));
    EXPECT(wrong > 0);
}

// ---- costs ------------------------------------------------------------------

static void nothing(size_t from, size_t to)
{
    (void)from, (void)to;
}

static uint64_t cost_of(hook *call, size_t from, size_t to)
{
    hook *volatile function = call;
    const uint64_t before = machine_instructions();
    function(from, to);
    return machine_instructions() - before;
}

static size_t cost(size_t from, size_t to)
{
    return (size_t)(cost_of(move, from, to) - cost_of(nothing, from, to));
}

typedef struct priced_move {
    const char *commit, *decommit;
    page_move move;
} priced_move;

static const priced_move prices[] = {
    { "commit_1", "decommit_1", { 1, 2 } },
    { "commit_16", "decommit_16", { 1, 17 } },
    { "commit_1_and_a_table", "decommit_1_and_a_table", { 512, 513 } },
    { "commit_512", "decommit_512", { 1, 513 } },
};

// Twice, so that no frame is fresh.
static void every_call_has_its_price(void)
{
    for (size_t i = 0; i < COUNT(prices); i++) {
        const page_move one = prices[i].move;
        if (one.to > range.size / page) {
            continue;
        }
        rig_start(&range);
        move(0, one.to);
        move(one.to, one.from);
        test_note(prices[i].commit, cost(one.from, one.to));
        test_note(prices[i].decommit, cost(one.to, one.from));
        const size_t again = cost(one.from, one.to);
        move(one.to, one.from);
        EXPECT(again
               == cost(one.from, one.to)); // exact, and the same each time
    }
}

// Far up in a range as at its start, and with many frames as with few. No frame
// is fresh.
static void price(size_t *up, size_t *down)
{
    rig_start(&range);
    const size_t pages = range.size / page < 1500 ? RIG_PAGES : 1500;
    move(0, pages);
    move(pages, 1);
    *up = cost(1, 2);
    *down = cost(2, 1);
    move(1, pages - 2);
    EXPECT(cost(pages - 2, pages - 1) == *up);
    EXPECT(cost(pages - 1, pages - 2) == *down);
}

static void neither_height_nor_many_frames_cost_anything(void)
{
    size_t up, down, up_of_many, down_of_many;
    price(&up, &down);
    if (board_take_many()) {
        price(&up_of_many, &down_of_many);
        EXPECT(up_of_many == up && down_of_many == down);
    }
}

const test_case icount_tests[] = {
    TEST(an_interrupt_at_every_instruction_finds_it_right),
    TEST(closing_before_opening_is_noticed),
    TEST(every_call_has_its_price),
    TEST(neither_height_nor_many_frames_cost_anything),
    END_OF_TESTS,
};
