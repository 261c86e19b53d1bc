// SPDX-License-Identifier: MIT
// Batches of a block pool, as caches take and give them.

#include "blocks_scenes.h"

#define BATCH_MAX 3

static kept mail; // handed over

// ---- taking --------------------------------------------------------------------

// A cache of twice as many slots, which is empty, takes so many.
static void take_batch(unsigned context, unsigned wanted)
{
    void *slots[2 * BATCH_MAX], *had[BATCH_MAX];
    reel_blocks_cache cache;
    int count = 0;
    (void)reel_blocks_cache_init(&cache, blocks_pool(), slots,
                                 2 * (size_t)wanted);
    letters_begin_taking(context, (int)wanted);
    void *one = reel_blocks_cache_refill(&cache);
    explorer_call(CALL_NONE);
    for (; one != NULL; one = cache.top > slots ? *--cache.top : NULL) {
        had[count++] = one;
    }
    explorer_reach(count == (int)wanted ? SUCCESS : EMPTY);
    letters_end_taking(context, had, count,
                       explorer_scene()->is_weak && book.was_freed);
}

// ---- giving --------------------------------------------------------------------

// The drain of a cache that is full of them, and whose half is all.
static reel_status give_batch(unsigned context, const kept *from)
{
    void *slots[2 * sizeof from->things / sizeof from->things[0]];
    reel_blocks_cache cache;
    (void)reel_blocks_cache_init(&cache, blocks_pool(), slots,
                                 2 * (from->last - from->first));
    for (size_t i = from->first; i < from->last; i++) {
        blocks_things.use(from->things[i]);
        letters_begin_giving(context, from->things[i]);
        *cache.top++ = from->things[i];
    }
    explorer_call(CALL_FREE);
    const reel_status status = reel_blocks_cache_drain(&cache, NULL);
    explorer_call(CALL_NONE);
    return status;
}

static void give_all_of(unsigned context, kept *from)
{
    if (from->first < from->last) {
        const reel_status status = give_batch(context, from);
        for (size_t i = from->first; i < from->last; i++) {
            (void)letters_end_giving(from->things[i], status, true);
        }
        from->first = from->last;
    }
}

static void give_all(unsigned context, unsigned number)
{
    (void)number;
    give_all_of(context, letters_kept(context));
}

// Block 0 twice: that must be told, whichever wins what. All are free in the end.
static void give_any_batch(unsigned context, unsigned number)
{
    void *const first = blocks_things.place(0);
    const kept all = { { first, blocks_things.place(1), first }, 0, 3 };
    (void)number;
    require(give_batch(context, &all) == REEL_DOUBLE_FREE,
            "a double free is not told");
    explorer_reach(DOUBLE_FREE);
    for (size_t i = 0; i < all.last; i++) {
        ledger_end_freeing(blocks_things.number_of(all.things[i]), true);
    }
}

static void hand_over(unsigned context, unsigned number)
{
    kept *const hand = letters_kept(context);
    (void)number;
    if (hand->first < hand->last) {
        for (size_t i = hand->first; i < hand->last; i++) {
            blocks_things.use(hand->things[i]);
        }
        mail = *hand;
        hand->first = hand->last;
        letters_send(1);
    }
}

static void give_what_was_handed_over(unsigned context, unsigned number)
{
    (void)number;
    if (letters_found() != 0) {
        give_all_of(context, &mail);
    }
}

static const letter letters[] = {
    { 'b', take_batch, 2 },
    { 'c', take_batch, 3 },
    { 'g', give_all, 0 },
    { 'h', hand_over, 0 },
    { 'i', give_what_was_handed_over, 0 },
    { 'B', give_any_batch, 0 },
    { 0 },
};

static void set_up(const scene *plan)
{
    blocks_set_up(&batch_stage, plan);
}

#define USUAL (SUCCESS | RETRY | FREED | FREE_BETWEEN)

static const scene scenes[] = {
    // ---- small ones first: most broken twins are noticed by these
    { "batch: blocks are freed twice, within a batch and by another", "B x",
      FREED | DOUBLE_FREE, .size = 3, .before = "b" },
    { "batch: two batches free the same blocks", "B B x", FREED | DOUBLE_FREE,
      .size = 3, .before = "b" },
    { "batch: a batch is handed over and given by another, weak memory",
      "bh ib", SUCCESS | RETRY | FREED | HANDED_OVER | STALE, .size = 3,
      .before = "cg", .spurious = 1, .is_weak = true },
    { "batch: a batch is handed over and given by another", "bhb ib",
      USUAL | EMPTY | HANDED_OVER, .size = 3, .before = "cg" },
    { "batch: two batches free the same blocks, weak memory", "B B",
      DOUBLE_FREE | STALE, .size = 3, .before = "b", .spurious = 1,
      .is_weak = true },
    { "batch: 3 blocks on the list, 2 x 2 calls, weak memory", "bg **",
      USUAL | EMPTY | STALE, .size = 3, .before = "cg", .letters = "aFbg",
      .spurious = 1, .is_weak = true, .is_long = true },
    { "batch: 3 blocks on the list, taken singly and by two", "b* ***",
      USUAL | EMPTY, .size = 3, .before = "cg", .letters = "aFf" },
    { "batch: 3 blocks on the list, taken by two and given by two", "bgb **",
      USUAL | EMPTY, .size = 3, .before = "cg", .letters = "aFbg" },
    { "batch: 3 blocks on the list, 2 x 3 calls with batches", "bf* b*",
      USUAL | EMPTY, .size = 3, .before = "cg", .letters = "aFfbg" },
    { "batch: 4 blocks, 3 on the list, batches of three", "cg ***",
      USUAL | EMPTY, .size = 4, .before = "cg a", .letters = "aF" },
    { "batch: 4 blocks, 2 on the list, 2 fresh", "bg **", USUAL, .size = 4,
      .before = "bg", .letters = "aFbg" },
    { "batch: 3 blocks, all fresh", "bg **", SUCCESS | RETRY | FREED | EMPTY,
      .size = 3, .letters = "aFbg" },
    { "batch: 3 blocks, 3 contexts", "b a aF", USUAL | EMPTY, .size = 3,
      .before = "cg" },
    { "batch: 4 blocks, 3 contexts with batches, up to 3 preemptions",
      "bg bg **", USUAL | EMPTY, .size = 4, .before = "cg", .letters = "aFbg",
      .bound = 3, .is_whole = true, .is_long = true },
    { "batch: an interrupt takes and frees", "bgb *** **",
      SUCCESS | EMPTY | FREED, .size = 3, .before = "cg", .letters = "aFbg",
      .interrupts = 1 << 1 | 1 << 2, .is_whole = true, .is_long_one_core = true,
      .is_long = true },
    { "batch: every order", "b **", USUAL, .size = 3, .before = "cg",
      .letters = "aF", .is_whole = true, .is_long = true },
    { "batch: 3 blocks, one of them fresh, 2 x 2 calls, weak memory", "bg **",
      USUAL | EMPTY | STALE, .size = 3, .before = "bg", .letters = "aFbg",
      .is_weak = true, .is_long = true },
    { "batch: 3 blocks, 2 x 3 calls, up to 2 preemptions, weak memory",
      "bgb ***", USUAL | EMPTY | STALE, .size = 3, .before = "cg",
      .letters = "aFbg", .bound = 2, .is_weak = true, .is_whole = true,
      .is_long = true },
    { 0 },
};

const stage batch_stage = { scenes, letters, &blocks_things, set_up,
                            blocks_inspect };
