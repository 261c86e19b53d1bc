// SPDX-License-Identifier: MIT
// A program that has static instances, and no init.

#include "reel/reel.h"

REEL_ARENA_DEFINE(arena, 256);
REEL_BLOCKS_DEFINE(blocks, 16, 8);
REEL_REGISTRY_DEFINE(registry, 4);
REEL_HEAP_DEFINE(heap, 256);
REEL_POOL_DEFINE(pool, 64, 5);
REEL_REWINDABLE_DEFINE(rewindable, 256);

int main(void);
int reset(void);

int main(void)
{
    return reel_arena_alloc(&arena, 4, 4) == NULL
           || reel_blocks_alloc(&blocks) == NULL
           || reel_registry_count(&registry) != 0
           || reel_heap_alloc(&heap, 8, 8) == NULL
           || reel_pool_claim(&pool) == NULL
           || reel_rewindable_alloc(&rewindable, 256, 8) == NULL
           || reel_arena_stats(&arena).largest_refused != 0;
}

int reset(void)
{
    return main();
}
