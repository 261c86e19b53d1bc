// SPDX-License-Identifier: MIT
// Block pools.

#include "reel/blocks.h"
#include "list.h"
#include "things.h"

#define COUNT      8u
#define BLOCK_SIZE 12u // bytes

// Row of the table of frees from where on two interrupts come.
#define FREE_AT_LAST 2

// Blocks that the main loop owns, that are on the list, that the handler owns; the others
// are fresh. Block 0 is the main loop's first, or if it has none the bottom of the list.
// Then the status that a free must have, and what else there is.
enum { MINE, LISTED, HANDLERS, STATUS, ELSE };

#define COUNTED 1u // a thread that the main loop interrupts counts the list

static reel_blocks blocks;
static unsigned char buffer[REEL_BLOCKS_SIZE(BLOCK_SIZE, COUNT)];
static uintptr_t counted_head;
static size_t counted; // the main loop's result, or
static void *taken;
static reel_status status;

static void *take_block(void)
{
    return reel_blocks_alloc(&blocks);
}

static reel_status give_block(void *block)
{
    return reel_blocks_free(&blocks, block);
}

static const things all = { .first = buffer,
                            .size = BLOCK_SIZE,
                            .count = COUNT,
                            .take = take_block,
                            .give = give_block };

// ---- the main loop ---------------------------------------------------------

static void take(void)
{
    taken = reel_blocks_alloc(&blocks);
}

static void free_disputed(void)
{
    status = reel_blocks_free(&blocks, buffer);
}

static void free_null(void)
{
    status = reel_blocks_free(&blocks, NULL);
}

static void free_foreign(void)
{
    status = reel_blocks_free(&blocks, buffer + 1);
}

static void free_fresh(void)
{
    status = reel_blocks_free(&blocks, things_at(COUNT - 1));
}

static void count(void)
{
    counted = reel_blocks_count_used(&blocks);
}

static const test_operation takes[] = {
    { "take from the list", take, { 1, 3, 1 } },
    { "take the last on the list", take, { 1, 1, 1 } },
    { "take the last on the list, none fresh", take, { 1, 1, 6 } },
    { "take a fresh block", take, { 1, 0, 1 } },
    { "take the last fresh block", take, { 1, 0, 6 } },
    { "take when there is none", take, { 1, 0, 7 } },
    { 0 },
};

static const test_operation covered_takes[] = {
    { "take from a list that is counted", take, { 1, 3, 1, 0, COUNTED } },
    { "take the last on a list that is counted",
      take,
      { 1, 1, 1, 0, COUNTED } },
    { "take the last on a list that is counted, none fresh",
      take,
      { 1, 1, 6, 0, COUNTED } },
    { 0 },
};

static const test_operation frees[] = {
    { "free", free_disputed, { 1, 3, 1 } },
    { "free, the list being empty", free_disputed, { 1, 0, 1 } },
    { "free when there is none", free_disputed, { 1, 0, 7 } },
    { "free twice", free_disputed, { 0, 3, 1 } },
    { 0 },
};

static const test_operation refused_frees[] = {
    { "free NULL", free_null, { 1, 1, 1, (size_t)REEL_INVALID } },
    { "free what is no block",
      free_foreign,
      { 1, 1, 1, (size_t)REEL_FOREIGN } },
    { "free what was never out",
      free_fresh,
      { 1, 1, 1, (size_t)REEL_DOUBLE_FREE } },
    { 0 },
};

static const test_operation counts[] = {
    { "count", count, { 1, 4, 2 } },
    { "count when one is used", count, { 0, 4, 1 } },
    { "count, the list being empty", count, { 1, 0, 2 } },
    { "count what is counted already", count, { 1, 4, 2, 0, COUNTED } },
    { 0 },
};

// ---- before and after ------------------------------------------------------

static void prepare(void)
{
    REQUIRE(reel_blocks_init(&blocks, buffer, sizeof buffer, BLOCK_SIZE, COUNT)
            == REEL_OK);
    things_begin(&all);
    things_take(MAIN_LOOP, argument(MINE));
    things_take(HANDLER, argument(LISTED) + argument(HANDLERS));
    things_list(argument(LISTED));
    if (LISTS_ARE_COVERED && argument(ELSE) == COUNTED) {
        REQUIRE(list_begin_count(&blocks.list, &counted_head));
    }
    if (is_operation(take)) {
        ledger_begin_taking(MAIN_LOOP, 1);
    } else if (is_operation(count)) {
        ledger_begin_counting(MAIN_LOOP);
    } else if (is_operation(free_disputed) && argument(MINE) > 0) {
        things_let_go(0);
    } else if (is_operation(free_disputed)) {
        ledger_begin_freeing(0);
    }
}

static void check_counts(void)
{
    const reel_stats stats = reel_blocks_stats(&blocks);
    const size_t owned = (size_t)book.owned;
    REQUIRE(reel_blocks_is_valid(&blocks));
    REQUIRE(reel_blocks_count_used(&blocks) == owned);
    REQUIRE(reel_blocks_count_free(&blocks) == COUNT - owned);
    REQUIRE(stats.used == owned * BLOCK_SIZE);
    REQUIRE(stats.peak >= (size_t)book.most_owned * BLOCK_SIZE);
    REQUIRE(stats.failures <= (size_t)book.refused);
    REQUIRE(stats.failures > 0 || book.refused == 0);
}

static void check(void)
{
    if (is_operation(count)) {
        ledger_end_counting(MAIN_LOOP, counted);
    } else if (is_operation(take)) {
        (void)things_keep(MAIN_LOOP, taken);
    } else if (is_operation(free_disputed)) {
        things_end_giving(status);
    } else {
        REQUIRE(status == (reel_status)argument(STATUS));
    }
    if (LISTS_ARE_COVERED && argument(ELSE) == COUNTED) {
        (void)list_end_count(&blocks.list, counted_head);
    }
    things_check();
    check_counts();
    things_check_each(COUNT);
}

const test_family blocks_families[] = {
    { takes, things_actions, prepare, check },
    { covered_takes, things_few_actions, prepare, check },
    { covered_takes, things_pairs, prepare, check },
    { frees, things_actions, prepare, check },
    { frees, things_disputes, prepare, check },
    { refused_frees, things_actions, prepare, check },
    { counts, things_changes, prepare, check },
    { counts, things_turns, prepare, check },
    { takes, things_pairs, prepare, check },
    { &frees[FREE_AT_LAST], things_pairs, prepare, check },
    { 0 },
};
