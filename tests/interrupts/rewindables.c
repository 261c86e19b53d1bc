// SPDX-License-Identifier: MIT
// Blocks of rewindables are allocated and freed.

#include "rewindable.h"

// From this row of the usual actions on a handler frees what it takes.
#define FREES_ALL 1

static void *taken; // the main loop's result, or
static reel_status status;
static size_t wins; // frees of piece 0 that took effect

static void take(void)
{
    taken =
        reel_rewindable_alloc(&rewindable, argument(ASKED), argument(ALIGN));
}

static void release(void)
{
    status = reel_rewindable_free(&rewindable, pieces[0].start, pieces[0].size);
}

static void release_null(void)
{
    status = reel_rewindable_free(&rewindable, NULL, 1);
}

static void release_foreign(void)
{
    status = reel_rewindable_free(&rewindable, &rewindable, 1);
}

static void release_inside(void)
{
    status = reel_rewindable_free(&rewindable, pieces[0].start + GRANULE, 1);
}

static void release_between(void)
{
    status = reel_rewindable_free(&rewindable, pieces[0].start + 1, 1);
}

// How it begins; how blocks are freed; size and alignment asked for, or the
// status to come; what else there is.
static const test_operation takes[] = {
    { "rewindable", take, { ROOMY, 0, 24, 8 } },
    { "rewindable, start bits", take, { ROOMY, BEHIND_DATA, 24, 8 } },
    { "rewindable, default alignment", take, { ROOMY, 0, 24, 0 } },
    { "rewindable, more alignment", take, { ROOMY, 0, 8, 32 } },
    { "rewindable, no bytes", take, { ROOMY, BEHIND_DATA, 0, 8 } },
    { "rewindable, no alignment", take, { ROOMY, 0, 24, 3 } },
    { "rewindable, the last of a chunk", take, { TAIL, BEHIND_DATA, 16, 8 } },
    { "rewindable, another chunk", take, { BEHIND, BEHIND_DATA, 16, 8 } },
    { "rewindable, a chunk that was kept", take, { KEPT, 0, 16, 8 } },
    { "rewindable, a chunk that was kept, start bits",
      take,
      { KEPT, BEHIND_DATA, 16, 8 } },
    { "rewindable, past a chunk with one block",
      take,
      { PASSED, BEHIND_DATA, 16, 8 } },
    { "rewindable, after a rewind", take, { REWOUND, BEHIND_DATA, 24, 8 } },
    { "rewindable, start bits apart", take, { ROOMY, BITS_APART, 24, 8 } },
    { 0 },
};

static const test_operation growing[] = {
    { "rewindable, growth", take, { FULL, 0, 16, 8 } },
    { "rewindable, growth, start bits", take, { FULL, BEHIND_DATA, 16, 8 } },
    { "rewindable, growth beyond the tail",
      take,
      { TAIL, BEHIND_DATA, 24, 32 } },
    { "rewindable, growth, again", take, { BEHIND, BEHIND_DATA, 24, 8 } },
    { "rewindable, a large request", take, { FULL, 0, 400, 8 } },
    { "rewindable, growth, less", take, { FULL, 0, 16, 8, NO_GROWN } },
    { "rewindable, growth, less, start bits",
      take,
      { FULL, BEHIND_DATA, 16, 8, NO_GROWN } },
    { "rewindable, growth, as little as can be",
      take,
      { FULL, 0, INITIAL + 8, 8, NO_GROWN } },
    { "rewindable, growth, start bits apart",
      take,
      { FULL, BITS_APART, 16, 8 } },
    { "rewindable, no start bits apart",
      take,
      { FULL, BITS_APART, 16, 8, NO_BITS } },
    { "rewindable, start bits apart, no chunk",
      take,
      { FULL, BITS_APART, 16, 8, NO_CHUNK } },
    { "rewindable in a handler, no growth",
      take,
      { FULL, 0, 16, 8, [IN_HANDLER] = 1 } },
    { "rewindable, no growth", take, { FULL, 0, 16, 8, NO_CHUNK } },
    { "rewindable, a full table", take, { CROWDED, 0, 16, 8 } },
    { "rewindable, more than a chunk", take, { FULL, 0, 0x80000, 8 } },
    { "rewindable, everything", take, { FULL, 0, SIZE_MAX, 8 } },
    { "rewindable, a busy gate", take, { FULL, 0, 16, 8, GATE_BUSY } },
    { "rewindable, who waits need not grow",
      take,
      { FULL, BEHIND_DATA, 16, 8, GATE_WORK } },
    { "rewindable, the first chunk is half empty",
      take,
      { TAIL, BEHIND_DATA, 24, 8, GATE_WORK } },
    { 0 },
};

static const test_operation frees[] = {
    { "rewindable free", release, { ROOMY, BEHIND_DATA } },
    { "rewindable free, the last", release, { ALONE, BEHIND_DATA } },
    { "rewindable free, start bits apart", release, { ROOMY, BITS_APART } },
    { "rewindable free, a chunk below two", release, { LADDER, BEHIND_DATA } },
    { "rewindable free, a lower chunk", release, { ABOVE, BEHIND_DATA } },
    { 0 },
};

static const test_operation refused_frees[] = {
    { "free, not one by one", release, { ROOMY, 0, (size_t)REEL_OK } },
    { "free NULL", release_null, { ROOMY, BEHIND_DATA, (size_t)REEL_INVALID } },
    { "free what is in no chunk",
      release_foreign,
      { BEHIND, BEHIND_DATA, (size_t)REEL_FOREIGN } },
    { "free what is at no granule",
      release_between,
      { ROOMY, BEHIND_DATA, (size_t)REEL_FOREIGN } },
    { "free the middle of a block",
      release_inside,
      { ROOMY, BEHIND_DATA, (size_t)REEL_DOUBLE_FREE } },
    { 0 },
};

static const test_operation late_free[] = {
    { "free what a rewind has freed",
      release,
      { REWOUND, BEHIND_DATA, (size_t)REEL_DOUBLE_FREE } },
    { 0 },
};

// Some paths are entered only because of a first interrupt.
static const test_operation retried_takes[] = {
    { "rewindable, another chunk", take, { BEHIND, BEHIND_DATA, 16, 8 } },
    { "rewindable, a chunk that was kept", take, { KEPT, 0, 16, 8 } },
    { 0 },
};

static const test_operation retried_take[] = {
    { "rewindable", take, { ROOMY, BEHIND_DATA, 24, 8 } },
    { 0 },
};

static const test_operation passing_takes[] = {
    { "rewindable, another chunk", take, { BEHIND, BEHIND_DATA, 16, 8 } },
    { "rewindable, past a chunk with one block",
      take,
      { PASSED, BEHIND_DATA, 16, 8 } },
    { 0 },
};

static void note_dispute(reel_status of)
{
    REQUIRE(of == REEL_OK || of == REEL_DOUBLE_FREE);
    wins += of == REEL_OK;
}

static void free_the_same(void)
{
    note_dispute(
        reel_rewindable_free(&rewindable, pieces[0].start, pieces[0].size));
}

static const test_action disputes[] = {
    { "the handler frees the same", free_the_same, NULL },
    { 0 },
};

// ---- before and after ------------------------------------------------------

// Piece 0 has no owner any more: who frees it first wins.
static void prepare_free(void)
{
    rewindable_prepare();
    wins = 0;
    pieces_let_go(&pieces[0]);
}

static void check_take(void)
{
    const size_t align = argument(ALIGN);
    const size_t mask = (align > 0 ? align : REEL_ALIGN_DEFAULT) - 1;
    if ((align & mask) != 0) {
        REQUIRE(taken == NULL && interrupts_panics == 1);
    } else if (taken == NULL) {
        rewindable_check_refusal();
    } else {
        REQUIRE(((uintptr_t)taken & mask) == 0);
        pieces_keep(MAIN_LOOP, taken, argument(ASKED));
    }
    rewindable_check(0);
}

static void check_free(void)
{
    note_dispute(status);
    REQUIRE(wins == 1);
    rewindable_check(0);
}

static void check_refused_free(void)
{
    REQUIRE(status == (reel_status)argument(STATUS));
    rewindable_check(0);
}

const test_family rewindables_families[] = {
    { takes, rewindable_actions, rewindable_prepare, check_take },
    { growing, rewindable_few_actions, rewindable_prepare, check_take },
    { frees, rewindable_actions, prepare_free, check_free },
    { frees, disputes, prepare_free, check_free },
    { refused_frees, rewindable_few_actions, rewindable_prepare,
      check_refused_free },
    // Until another block has the place.
    { late_free, &rewindable_actions[FREES_ALL], rewindable_prepare,
      check_refused_free },
    { retried_takes, rewindable_takes_first, rewindable_prepare, check_take },
    { retried_take, rewindable_frees_first, rewindable_prepare, check_take },
    { passing_takes, rewindable_frees_first, rewindable_prepare, check_take },
    { frees, rewindable_frees_first, prepare_free, check_free },
    { 0 },
};
