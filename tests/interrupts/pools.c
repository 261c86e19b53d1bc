// SPDX-License-Identifier: MIT
// Pools: pages are claimed, released, counted and reserved.

#include "pages.h"

static void *taken; // the main loop's result, or
static reel_status status;
static size_t counted;

// ---- the main loop ---------------------------------------------------------

static void claim(void)
{
    taken = reel_pool_claim(&page_pool);
}

static void release_disputed(void)
{
    status = reel_pool_release(&page_pool, things_at(0));
}

static void release_null(void)
{
    status = reel_pool_release(&page_pool, NULL);
}

static void release_foreign(void)
{
    status = reel_pool_release(&page_pool, large);
}

static void release_inner(void)
{
    status = reel_pool_release(&page_pool, things_at(0) + 1);
}

static void release_fresh(void)
{
    status = reel_pool_release(&page_pool, things_at(2 * CHUNK_PAGES - 1));
}

static void count(void)
{
    counted = reel_pool_used_pages(&page_pool);
}

static void reserve(void)
{
    status = reel_pool_reserve(&page_pool, argument(ASKED));
}

static const test_operation claims[] = {
    { "claim from the list", claim, { 1, 3, 1, 2 } },
    { "claim the last on the list", claim, { 1, 1, 1, 2 } },
    { "claim the last on the list, none fresh", claim, { 1, 1, 4, 2 } },
    { "claim the last on the list, no more to come", claim, { 1, 1, 7, 3 } },
    { "claim when there is none", claim, { 1, 0, 8, 3 } },
    { "claim a fresh page", claim, { 1, 0, 1, 2 } },
    { "claim the very first page", claim, { 0, 0, 0, 1 } },
    { "claim the first page of the next chunk", claim, { 1, 0, 2, 2 } },
    { "claim the last fresh page", claim, { 1, 0, 7, 3 } },
    { 0 },
};

static const test_operation growing[] = {
    { "claim from a chunk to come", claim, { 0, 0, 0, 0 } },
    { "claim from another chunk to come", claim, { 1, 0, 2, 1 } },
    { "claim when the backing refuses", claim, { 1, 0, 2, 1, REFUSES } },
    { "claim when it refuses links", claim, { 1, 0, 2, 1, NO_LINKS } },
    { "claim when the gate is busy", claim, { 1, 0, 2, 1, BUSY } },
    { "claim what came meanwhile", claim, { 1, 0, 2, 1, WORK } },
    { "claim what came meanwhile, counted",
      claim,
      { 1, 0, 2, 1, WORK | COUNTED } },
    { "claim inside the gate", claim, { 1, 0, 2, 1, INSIDE } },
    { "claim from a chunk to come, links apart", claim, { 1, 0, 2, 1, APART } },
    { "claim, links apart are refused",
      claim,
      { 1, 0, 2, 1, APART | NO_LINKS } },
    { "claim, pages are refused behind links",
      claim,
      { 1, 0, 2, 1, APART | REFUSES } },
    { "claim from a unit to come", claim, { 1, 0, 2, 1, JOINED } },
    { "claim when a unit is refused", claim, { 1, 0, 2, 1, JOINED | REFUSES } },
    { 0 },
};

// A thread that was interrupted hides the list, where interrupts are masked.
static const test_operation counted_claims[] = {
    { "claim from a list that is counted", claim, { 1, 3, 1, 2, COUNTED } },
    { "claim the last on a list that is counted",
      claim,
      { 1, 1, 4, 2, COUNTED } },
    { "claim a fresh page while the list is counted",
      claim,
      { 1, 0, 1, 2, COUNTED } },
    { 0 },
};

static const test_operation handlers_claims[] = {
    { "claim in a handler", claim, { 1, 3, 1, 2, [IN_HANDLER] = 1 } },
    { "claim in a handler, from a chunk to come",
      claim,
      { 1, 0, 2, 1, [IN_HANDLER] = 1 } },
    { 0 },
};

static const test_operation releases[] = {
    { "release", release_disputed, { 1, 3, 1, 2 } },
    { "release, the list being empty", release_disputed, { 1, 0, 1, 1 } },
    { "release when there is none", release_disputed, { 1, 0, 8, 3 } },
    { "release twice", release_disputed, { 0, 3, 1, 2 } },
    { 0 },
};

static const test_operation refused_releases[] = {
    { "release NULL", release_null, { 1, 1, 1, 2, 0, (size_t)REEL_INVALID } },
    { "release what is no page's",
      release_foreign,
      { 1, 1, 1, 2, 0, (size_t)REEL_FOREIGN } },
    { "release a part of a page",
      release_inner,
      { 1, 1, 1, 2, 0, (size_t)REEL_FOREIGN } },
    { "release what was never claimed",
      release_fresh,
      { 1, 1, 1, 2, 0, (size_t)REEL_DOUBLE_FREE } },
    { 0 },
};

static const test_operation counts[] = {
    { "count pages", count, { 1, 4, 1, 2 } },
    { "count when one is used", count, { 0, 4, 1, 2 } },
    { "count, the list being empty", count, { 1, 0, 2, 2 } },
    { "count pages that are counted", count, { 1, 4, 1, 2, COUNTED } },
    { 0 },
};

// Pages that are asked for, and the status that is to come.
static const test_operation reserves[] = {
    { "reserve what is there", reserve, { 0, 4, 1, 2, 0, 4 } },
    { "reserve more", reserve, { 0, 4, 1, 2, 0, 6 } },
    { "reserve the first chunk", reserve, { 0, 0, 0, 0, 0, 2 } },
    { "reserve two chunks", reserve, { 0, 2, 1, 1, 0, 8 } },
    { "reserve more than the table has",
      reserve,
      { 0, 2, 1, 1, 0, 10, (size_t)REEL_FULL } },
    { "reserve when the gate is busy", reserve, { 0, 4, 1, 2, BUSY, 6 } },
    { "reserve inside the gate",
      reserve,
      { 0, 4, 1, 2, INSIDE, 6, (size_t)REEL_BUSY } },
    { "reserve in a handler",
      reserve,
      { 0, 4, 1, 2, 0, 6, (size_t)REEL_BUSY, [IN_HANDLER] = 1 } },
    { "reserve when a chunk is refused",
      reserve,
      { 0, 2, 1, 1, REFUSES, 8, (size_t)REEL_NO_MEMORY } },
    { "reserve when the second chunk is refused",
      reserve,
      { 0, 2, 1, 1, ONE_MORE, 8, (size_t)REEL_NO_MEMORY } },
    { "reserve, links apart, the second chunk is refused",
      reserve,
      { 0, 2, 1, 1, APART | ONE_MORE, 8, (size_t)REEL_NO_MEMORY } },
    { "reserve, links apart, what came stays",
      reserve,
      { 0, 2, 1, 1, APART | KEEPS | ONE_MORE, 8, (size_t)REEL_NO_MEMORY } },
    { "reserve a unit", reserve, { 0, 4, 1, 2, JOINED, 6 } },
    { "reserve two units", reserve, { 0, 2, 1, 1, JOINED, 8 } },
    { "reserve two units of a backing that keeps",
      reserve,
      { 0, 2, 1, 1, JOINED | KEEPS, 8 } },
    { "reserve when units are refused",
      reserve,
      { 0, 2, 1, 1, JOINED | ONE_MORE, 8, (size_t)REEL_NO_MEMORY } },
    { 0 },
};

// With two interrupts: some paths are entered only because of the first.
static const test_operation retried_claims[] = {
    { "claim the last on the list", claim, { 1, 1, 1, 2 } },
    { "claim the first page of the next chunk", claim, { 1, 0, 2, 2 } },
    { 0 },
};

static const test_operation retried_release[] = {
    { "release when there is none", release_disputed, { 1, 0, 8, 3 } },
    { 0 },
};

static const test_action takes_first[] = {
    { "the handler takes one, later frees one", handler_takes_one,
      handler_frees_one },
    { 0 },
};

static const test_action frees_first[] = {
    { "the handler frees one, later takes one", handler_frees_one,
      handler_takes_one },
    { 0 },
};

// ---- before and after ------------------------------------------------------

static void prepare(void)
{
    pages_begin();
    things_take(MAIN_LOOP, argument(MINE));
    pages_prepare_handler();
    pages_prepare_else();
    if (is_operation(count)) {
        ledger_begin_counting(MAIN_LOOP);
    } else if (is_operation(claim)) {
        ledger_begin_taking(MAIN_LOOP, 1);
    }
    if ((is_operation(release_disputed) && argument(MINE) > 0) || has(WORK)) {
        things_let_go(0);
    } else if (is_operation(release_disputed)) {
        ledger_begin_freeing(0);
    }
}

static void check_claim(void)
{
    REQUIRE(!has(WORK) || backing.chunks == argument(CAME));
    (void)things_keep(MAIN_LOOP, taken);
}

// What is reserved is free, since the handler gives back what it claims. What comes in
// vain goes again, if the backing takes it.
static void check_reserve(void)
{
    const size_t kept = argument(CAME) + (has(APART) && has(KEEPS));
    REQUIRE(status == (reel_status)argument(ALIGN));
    REQUIRE(status == REEL_OK || backing.chunks == kept);
    REQUIRE(status != REEL_OK
            || backing.chunks * CHUNK_PAGES - (size_t)book.owned
                   >= argument(ASKED));
}

static void check(void)
{
    pages_end_else();
    REQUIRE(interrupts_panics <= has(INSIDE));
    if (is_operation(count)) {
        ledger_end_counting(MAIN_LOOP, counted);
    } else if (is_operation(reserve)) {
        check_reserve();
    } else if (is_operation(claim)) {
        check_claim();
    } else if (is_operation(release_disputed)) {
        things_end_giving(status);
    } else {
        REQUIRE(status == (reel_status)argument(STATUS));
    }
    pages_check();
}

const test_family pools_families[] = {
    { claims, things_actions, prepare, check },
    { growing, things_few_actions, prepare, check },
    { counted_claims, things_few_actions, prepare, check },
    { counted_claims, things_pairs, prepare, check },
    { handlers_claims, things_few_actions, prepare, check },
    { releases, things_actions, prepare, check },
    { releases, things_disputes, prepare, check },
    { refused_releases, things_one_action, prepare, check },
    { counts, things_changes, prepare, check },
    { counts, frees_first, prepare, check },
    { reserves, things_changes, prepare, check },
    { retried_claims, takes_first, prepare, check },
    { retried_release, frees_first, prepare, check },
    { 0 },
};
