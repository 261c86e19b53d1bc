// SPDX-License-Identifier: MIT
#include "pool.h"

#include "both.h"
#include "reel/blocks.h"

#define BLOCKS 4 // two for each core

// Read again from memory when a block is given back.
typedef struct block {
    volatile size_t owner;
    volatile size_t stamp;
} block;

REEL_BLOCKS_DEFINE(pool, sizeof(block), BLOCKS);

// Each core writes its own.
static tally turns[2], steps[2], overlaps[2], wrong[2];
static size_t turns_to_do;

static block *take(size_t core, size_t stamp)
{
    const size_t seen = steps[1 - core].count;
    block *const b = reel_blocks_alloc(&pool);
    overlaps[core].count += seen != steps[1 - core].count;
    steps[core].count++;
    if (b == NULL) {
        wrong[core].count++;
        return NULL;
    }
    b->owner = core;
    b->stamp = stamp;
    return b;
}

static void give(size_t core, size_t stamp, block *b)
{
    if (b == NULL) {
        return;
    }
    wrong[core].count += b->owner != core || b->stamp != stamp;
    wrong[core].count += reel_blocks_free(&pool, b) != REEL_OK;
    steps[core].count++;
}

// The list's top comes back at once with another block below it, and in the end
// the two come back in either order: what deceives a taker who looked away in
// between, if nothing but the top tells him so (ABA).
static void do_turn(size_t core, size_t turn)
{
    const size_t stamp = 4 * turn;
    block *const a = take(core, stamp);
    block *const b = take(core, stamp + 1);
    give(core, stamp, a);
    block *const c = take(core, stamp + 2);
    if (turn % 2 == 0) {
        give(core, stamp + 2, c);
        give(core, stamp + 1, b);
    } else {
        give(core, stamp + 1, b);
        give(core, stamp + 2, c);
    }
}

static void work(size_t core)
{
    both_meet();
    for (size_t i = 0; i < turns_to_do; i++) {
        if (wrong[0].count > 0 || wrong[1].count > 0) {
            return;
        }
        do_turn(core, turns[core].count++);
    }
}

void pool_run(size_t more_turns)
{
    turns_to_do = more_turns;
    both_run(work);
}

size_t pool_turns(void)
{
    return turns[0].count + turns[1].count;
}

size_t pool_overlaps(void)
{
    return overlaps[0].count + overlaps[1].count;
}

size_t pool_wrong(void)
{
    return wrong[0].count + wrong[1].count
           + !(reel_blocks_is_valid(&pool)
               && reel_blocks_count_used(&pool) == 0);
}
