// SPDX-License-Identifier: MIT
// Blocks and large objects of regions are allocated, changed and freed.

#include "region.h"

static void *taken; // the main loop's result, or
static reel_status status;

// ---- the main loop ---------------------------------------------------------

// Not the inline copy: it is the function whose instructions are known.
static void take(void)
{
    static void *(*const volatile allocate)(reel_region *, size_t, size_t) =
        reel_region_alloc;
    taken = allocate(&main_region, argument(ASKED), argument(ALIGN));
}

static void change(void)
{
    taken = reel_region_realloc(&main_region, held, held_size, argument(ASKED),
                                argument(ALIGN));
}

static void change_foreign(void)
{
    taken = reel_region_realloc(&main_region, &page_pool, PAGE + 1, 1, 1);
}

static void free_it(void)
{
    status = reel_region_free(&main_region, held, held_size);
}

static void free_foreign(void)
{
    status = reel_region_free(&main_region, &page_pool, PAGE + 1);
}

static const test_operation additions[] = {
    { "add a page to a region", take, { 2, 3, 1, 2, 0, PAGE, 8 } },
    { "add a fresh page to a region", take, { 1, 0, 1, 1, 0, PAGE, 8 } },
    { "add a page to come to a region", take, { 2, 0, 1, 1, 0, PAGE, 8 } },
    { "add a page when there is none", take, { 2, 0, 7, 3, 0, PAGE, 8 } },
    { "add a page out of a cache", take, { 1, 1, 1, 2, CACHED, PAGE, 8 } },
    { "add a page for no bytes", take, { 2, 3, 1, 2, 0, 0, 0 } },
    { "add a page for a wide alignment", take, { 2, 3, 1, 2, 0, 1, PAGE } },
    { 0 },
};

static const test_operation blocks[] = {
    { "block of a region's page", take, { 1, 1, 1, 2, ROOMY, 4, 0 } },
    { "block of no bytes", take, { 1, 1, 1, 2, ROOMY, 0, 4 } },
    { "block, no alignment", take, { 1, 1, 1, 2, 0, 8, 3 } },
    { "block of a closed region", take, { 0, 1, 1, 2, 0, 8, 8 } },
    { "change no block", change, { 1, 3, 1, 2, 0, PAGE, 8 } },
    { "let the last block grow", change, { 1, 3, 1, 2, ROOMY, 16, 8 } },
    { "let the last block shrink", change, { 1, 3, 1, 2, ROOMY, 4, 8 } },
    { "move a block to another page",
      change,
      { 1, 3, 1, 2, CROWDED, PAGE, 8 } },
    { "move a block to its alignment", change, { 1, 3, 1, 2, ROOMY, 4, 16 } },
    { "move no block, as there is no page",
      change,
      { 1, 0, 8, 3, CROWDED, PAGE, 8 } },
    { "change, no alignment", change, { 1, 3, 1, 2, ROOMY, 16, 3 } },
    { "change, default alignment", change, { 1, 3, 1, 2, ROOMY, 16, 0 } },
    { "change in a closed region", change, { 0, 3, 1, 2, ROOMY, 16, 8 } },
    { "change what is no object", change_foreign, { 1, 3, 1, 2, 0, 1, 1 } },
    { 0 },
};

static const test_operation large_objects[] = {
    { "large object", take, { 1, 3, 1, 2, 0, LARGE, 8 } },
    { "large object, noted in place", take, { 1, 3, 1, 2, ROOMY, LARGE, 8 } },
    { "large object, no page for the note", take, { 2, 0, 7, 3, 0, LARGE, 8 } },
    { "large object, a busy gate", take, { 1, 3, 1, 2, BUSY, LARGE, 8 } },
    { "large object, refused", take, { 1, 3, 1, 2, 0, 2 * LARGE, 8 } },
    { "large object, for its alignment", take, { 1, 3, 1, 2, 0, 1, 2 * PAGE } },
    { "large object, noted where one was",
      take,
      { 1, 3, 1, 2, OBJECT | SPARE, LARGE, 8 } },
    { "large object in a handler",
      take,
      { 1, 3, 1, 2, 0, LARGE, 8, [IN_HANDLER] = 1 } },
    { "large object in a handler with a cache",
      take,
      { 1, 1, 1, 2, CACHED, LARGE, 8, [IN_HANDLER] = 1 } },
    { 0 },
};

static const test_operation changed_objects[] = {
    { "change no size of a large object",
      change,
      { 1, 3, 1, 2, OBJECT, LARGE, 8 } },
    { "let a large object grow", change, { 1, 3, 1, 2, OBJECT, 80, 8 } },
    { "let the older large object grow",
      change,
      { 2, 3, 1, 2, OBJECT | TWO, 80, 8 } },
    { "let a large object shrink", change, { 1, 3, 1, 2, OBJECT, 40, 8 } },
    { "a backing that lets no large object shrink",
      change,
      { 1, 3, 1, 2, OBJECT | REFUSES, 40, 8 } },
    { "a backing that lets no large object grow",
      change,
      { 1, 3, 1, 2, OBJECT | REFUSES, 80, 8 } },
    { "let a large object grow, a busy gate",
      change,
      { 1, 3, 1, 2, OBJECT | BUSY, 80, 8 } },
    { "move a large object", change, { 1, 3, 1, 2, OBJECT, MOVED, 8 } },
    { "let a large object grow in a handler",
      change,
      { 1, 3, 1, 2, OBJECT, 80, 8, [IN_HANDLER] = 1 } },
    { "let a large object shrink in a handler",
      change,
      { 1, 3, 1, 2, OBJECT, 40, 8, [IN_HANDLER] = 1 } },
    { 0 },
};

static const test_operation frees[] = {
    { "give a block back", free_it, { 1, 1, 1, 2, ROOMY, (size_t)REEL_OK } },
    { "give NULL back", free_it, { 1, 1, 1, 2, 0, (size_t)REEL_INVALID } },
    { "give back to a closed region",
      free_it,
      { 0, 1, 1, 2, 0, (size_t)REEL_CLOSED } },
    { "give back what is no object",
      free_foreign,
      { 1, 1, 1, 2, OBJECT, (size_t)REEL_FOREIGN } },
    { "free a large object", free_it, { 1, 1, 1, 2, OBJECT } },
    { "free the older large object", free_it, { 1, 1, 1, 2, OBJECT | TWO } },
    { "free a large object, a busy gate",
      free_it,
      { 1, 1, 1, 2, OBJECT | BUSY } },
    { "free a large object in a handler",
      free_it,
      { 1, 1, 1, 2, OBJECT, (size_t)REEL_BUSY, [IN_HANDLER] = 1 } },
    { 0 },
};

// The pool's pages may belong to other allocators.
static const test_operation ended[] = {
    { "add a page of a pool that has ended",
      take,
      { 1, 3, 1, 2, ENDED, PAGE, 8 } },
    { "large object of a pool that has ended",
      take,
      { 1, 3, 1, 2, ENDED | ROOMY, LARGE, 8 } },
    { "change a large object of a pool that has ended",
      change,
      { 1, 3, 1, 2, ENDED | OBJECT, 80, 8 } },
    { 0 },
};

static const test_operation ended_frees[] = {
    { "free a large object of a pool that has ended",
      free_it,
      { 1, 3, 1, 2, ENDED | OBJECT, (size_t)REEL_STALE } },
    { 0 },
};

// ---- before and after ------------------------------------------------------

static void prepare(void)
{
    region_begin();
    if (has(CACHED)) {
        region_fill_cache(argument(MINE) + 1);
    }
    if (argument(MINE) > 0) {
        region_prepare();
    }
    pages_prepare_handler();
    pages_prepare_else();
    ledger_begin_taking(MAIN_LOOP, 1);
}

static bool is_panic(void)
{
    return argument(ALIGN) == 3 || argument(MINE) == 0
           || is_operation(change_foreign);
}

// Does only the backing know, and it is not asked or refuses?
static bool is_refused_object(void)
{
    const bool is_change = is_operation(change) && has(OBJECT);
    const size_t least = is_change ? LARGE + 1 : LARGE;
    return argument(ASKED) >= least
           && (argument(IN_HANDLER) || has(REFUSES)
               || argument(ASKED) > (is_change ? MOVED : LARGE));
}

static bool must_fail(void)
{
    return is_panic() || argument(ALIGN) > PAGE || is_refused_object();
}

static bool is_large(const void *object)
{
    return object == large[0] || object == large[1];
}

// The note of a new object is on the newest page.
static void check_taken(void)
{
    REQUIRE((taken == NULL) == must_fail() || book.fewest[MAIN_LOOP] <= 0);
    if (taken == NULL && !must_fail()) {
        (void)things_keep(MAIN_LOOP, NULL);
    } else if (is_large(taken)) {
        region_has_page_of((void *)(main_region.end - PAGE), false);
    } else if (taken != NULL) {
        region_has_page_of(taken, argument(ASKED) == PAGE);
    }
    ledger_take_none(MAIN_LOOP);
}

static void check_take(void)
{
    pages_end_else();
    REQUIRE(taken == NULL || is_large(taken) == (argument(ASKED) == LARGE));
    REQUIRE(interrupts_panics == is_panic());
    check_taken();
    region_check(has(CACHED) && taken == NULL);
}

// It stays in place if it can, and what is left of it is as it was.
static void check_change(void)
{
    const size_t least =
        argument(ASKED) < held_size ? argument(ASKED) : held_size;
    const bool stays = (has(OBJECT) && argument(ASKED) < MOVED)
                       || (has(ROOMY) && argument(ALIGN) <= 8);
    if (is_operation(take)) {
        check_take();
        return;
    }
    REQUIRE(taken == NULL || stays == (taken == held));
    REQUIRE(taken == NULL || held == NULL
            || region_holds_as_before(taken, least));
    pages_end_else();
    REQUIRE(interrupts_panics == is_panic());
    check_taken();
    region_check(0);
}

static void check_free(void)
{
    pages_end_else();
    REQUIRE(status == (reel_status)argument(STATUS));
    REQUIRE(interrupts_panics == 0);
    REQUIRE(!has(OBJECT) || is_operation(free_foreign)
            || backing.is_out[0] == (status != REEL_OK));
    ledger_take_none(MAIN_LOOP);
    region_check(0);
}

static void check_ended(void)
{
    REQUIRE(taken == NULL && interrupts_panics == 1);
}

static void check_ended_free(void)
{
    REQUIRE(status == REEL_STALE && interrupts_panics == 0);
}

const test_family objects_families[] = {
    { additions, things_few_actions, prepare, check_take },
    { blocks, things_one_action, prepare, check_change },
    { large_objects, things_few_actions, prepare, check_take },
    { changed_objects, things_one_action, prepare, check_change },
    { frees, things_one_action, prepare, check_free },
    { ended, interrupts_no_action, prepare, check_ended },
    { ended_frees, interrupts_no_action, prepare, check_ended_free },
    { 0 },
};
