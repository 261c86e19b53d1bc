// SPDX-License-Identifier: MIT
// Regions are opened and closed, and their caches flushed.

#include "region.h"

static reel_region copy;
static reel_status status; // the main loop's result

// ---- the main loop ---------------------------------------------------------

static void open_region(void)
{
    status = reel_region_open(&main_region, &page_pool);
}

static void open_inline(void)
{
    status = reel_region_open_cached(&main_region, &cache);
}

static void open_cached(void)
{
    status = reel_region_open_cached_slow(&main_region, &cache);
}

static void open_nowhere(void)
{
    status = reel_region_open(&main_region, NULL);
}

static void open_without_cache(void)
{
    status = reel_region_open_cached_slow(&main_region, NULL);
}

static void close_region(void)
{
    status = reel_region_close(&main_region);
}

static void close_inline(void)
{
    status = reel_region_close_cached(&main_region);
}

static void close_copy(void)
{
    status = reel_region_close(&copy);
}

static void flush_cache(void)
{
    reel_pool_cache_flush(&cache);
    status = REEL_OK;
}

static const test_operation opens[] = {
    { "open a region", open_region, { 0, 3, 1, 2 } },
    { "open a region on a fresh page", open_region, { 0, 0, 1, 1 } },
    { "open a region on a chunk to come", open_region, { 0, 0, 3, 1 } },
    { "open a region when there is no page", open_region, { 0, 0, 9, 3 } },
    { "open a region inline", open_inline, { 1, 1, 1, 2, CACHED } },
    { "open a region out of a cache", open_cached, { 1, 1, 1, 2, CACHED } },
    { "open a region, its cache being empty", open_inline, { 0, 1, 1, 2 } },
    { "open a region, no page and none cached", open_cached, { 0, 0, 9, 3 } },
    { "open a region while the list is counted",
      open_region,
      { 0, 3, 1, 2, COUNTED } },
    { "open a region in a handler",
      open_region,
      { 0, 0, 3, 1, [IN_HANDLER] = 1 } },
    { 0 },
};

static const test_operation closings[] = {
    { "close a region of a page", close_region, { 1, 3, 1, 2 } },
    { "close a region, the list being empty", close_region, { 1, 0, 1, 1 } },
    { "close a region of several pages", close_region, { 4, 0, 1, 3 } },
    { 0 },
};

static const test_operation more_closings[] = {
    { "close a region with a large object",
      close_region,
      { 2, 1, 1, 2, OBJECT } },
    { "close a region with two large objects",
      close_region,
      { 2, 1, 1, 2, OBJECT | TWO } },
    { "close a region whose large object is gone",
      close_region,
      { 2, 1, 1, 2, OBJECT | SPARE } },
    { "close a bound region", close_region, { 1, 3, 1, 2, BOUND } },
    { "close a bound region with a large object",
      close_region,
      { 1, 3, 1, 2, BOUND | OBJECT } },
    { "close a region when the gate is busy",
      close_region,
      { 2, 1, 1, 2, OBJECT | BUSY } },
    { "close a region with a large object in a handler",
      close_region,
      { 1, 3, 1, 2, OBJECT, (size_t)REEL_BUSY, [IN_HANDLER] = 1 } },
    { "close a bound region in a handler",
      close_region,
      { 1, 3, 1, 2, BOUND, (size_t)REEL_BUSY, [IN_HANDLER] = 1 } },
    { "close a bound region inside its registry",
      close_region,
      { 1, 3, 1, 2, BOUND | OBJECT | LOCKED, (size_t)REEL_BUSY } },
    { "close a region of several pages with a cache",
      close_region,
      { 4, 0, 1, 3, CACHED } },
    { "close a region with a large object and a cache",
      close_region,
      { 2, 1, 1, 2, OBJECT | CACHED } },
    { "close a bound region with a cache",
      close_region,
      { 1, 3, 1, 2, BOUND | CACHED } },
    { "close a region whose cache has room",
      close_region,
      { 1, 3, 1, 2, CACHED } },
    { "close a region inline", close_inline, { 1, 3, 1, 2, CACHED } },
    { "close it inline where it came from",
      close_inline,
      { 1, 3, 1, 2, WARM } },
    { "close a region inline, of more pages",
      close_inline,
      { 4, 0, 1, 3, CACHED } },
    { "close a copy of a region that is in its cache",
      close_copy,
      { 1, 3, 1, 2, CACHED, (size_t)REEL_DOUBLE_FREE } },
    { "flush a cache", flush_cache, { 2, 1, 1, 2, CACHED } },
    { 0 },
};

static const test_operation refusals[] = {
    { "open a region without a pool",
      open_nowhere,
      { 1, 1, 1, 2, 0, (size_t)REEL_INVALID } },
    { "open a region without its cache",
      open_without_cache,
      { 1, 1, 1, 2, 0, (size_t)REEL_INVALID } },
    { "close a closed region",
      close_region,
      { 0, 1, 1, 2, 0, (size_t)REEL_CLOSED } },
    { 0 },
};

// The pool's pages may belong to other allocators.
static const test_operation ended[] = {
    { "open a region on a pool that has ended",
      open_region,
      { 0, 3, 1, 2, ENDED, (size_t)REEL_STALE } },
    { "flush the cache of a pool that has ended",
      flush_cache,
      { 2, 1, 1, 2, CACHED | ENDED } },
    { 0 },
};

// With two interrupts: some paths are entered only because of the first.
static const test_operation retried_closing[] = {
    { "close a region of several pages", close_region, { 3, 0, 1, 2 } },
    { 0 },
};

static const test_action frees_first[] = {
    { "the handler frees one, later takes one", handler_frees_one,
      handler_takes_one },
    { 0 },
};

// ---- before and after ------------------------------------------------------

static bool is_opening(void)
{
    return is_operation(open_region) || is_operation(open_cached)
           || is_operation(open_inline);
}

static bool is_closing(void)
{
    return is_operation(close_region) || is_operation(close_inline)
           || is_operation(close_copy);
}

static void prepare_pages(void)
{
    const size_t mine = argument(MINE);
    if (has(WARM) || (has(CACHED) && !is_closing())) {
        region_fill_cache(mine);
    }
    if (is_closing() && mine > 0) {
        region_prepare();
    } else if (!has(CACHED)) {
        things_take(MAIN_LOOP, mine);
    }
}

static void close_original(void)
{
    copy = main_region;
    (void)things_let_go_of_all(MAIN_LOOP);
    REQUIRE(reel_region_close(&main_region) == REEL_OK);
    things_end_giving(REEL_OK);
}

static void prepare(void)
{
    region_begin();
    prepare_pages();
    if (is_operation(close_copy)) {
        close_original();
    }
    pages_prepare_handler();
    pages_prepare_else();
    region_prepare_else();
    if (is_closing() && argument(STATUS) == REEL_OK) {
        (void)things_let_go_of_all(MAIN_LOOP);
    } else if (is_opening()) {
        ledger_begin_taking(MAIN_LOOP, 1);
    } else if (is_operation(flush_cache)) {
        ledger_begin_taking(MAIN_LOOP, (int)argument(MINE));
    }
}

static void check_opening(void)
{
    const bool is_open = status == REEL_OK;
    REQUIRE(is_open || status == REEL_NO_MEMORY);
    (void)things_keep(MAIN_LOOP, is_open ? (void *)main_region.next : NULL);
}

static void check_closing(void)
{
    REQUIRE(status == (reel_status)argument(STATUS));
    REQUIRE(status != REEL_OK || (!backing.is_out[0] && !backing.is_out[1]));
    things_end_giving(REEL_OK);
}

// A close fills it, whatever else there is empties it.
static size_t cached_pages(void)
{
    const size_t most = argument(MINE) < SLOTS ? argument(MINE) : SLOTS;
    return is_closing() && has(CACHED | WARM) ? most : 0;
}

static void check(void)
{
    pages_end_else();
    REQUIRE(interrupts_panics == (has(LOCKED) || is_operation(close_copy)));
    if (is_opening()) {
        check_opening();
    } else if (is_operation(flush_cache)) {
        ledger_take_none(MAIN_LOOP);
    } else {
        check_closing();
    }
    region_check(cached_pages());
}

static void check_status(void)
{
    REQUIRE(status == (reel_status)argument(STATUS));
    REQUIRE(interrupts_panics == 0);
}

static void prepare_ended(void)
{
    prepare();
    ledger_take_none(MAIN_LOOP);
}

const test_family regions_families[] = {
    { opens, things_few_actions, prepare, check },
    { closings, things_actions, prepare, check },
    { closings, region_actions, prepare, check },
    { more_closings, things_few_actions, prepare, check },
    { refusals, things_one_action, prepare, check },
    { ended, interrupts_no_action, prepare_ended, check_status },
    { retried_closing, frees_first, prepare, check },
    { 0 },
};
