// SPDX-License-Identifier: MIT
// A region for each request, over a pool of pages, over a rewindable whose chunks lie
// in an arena. Requests end in any order, and each frees all it has at once.

#include "reel/reel.h"

REEL_ARENA_DEFINE(memory, 32768);
static reel_rewindable chunks;
static reel_rewindable_chunk chunk_table[8];
static reel_pool pages;
static reel_pool_chunk page_table[8];

static bool set_up(void)
{
    const reel_rewindable_config config = { .initial_size = 8192,
                                            .growth_limit = 8192,
                                            .frees_blocks = true };
    const reel_allocator below = reel_arena_allocator(&memory);
    return reel_rewindable_init(&chunks, below, chunk_table, 8, &config)
               == REEL_OK
           && reel_pool_init(&pages, reel_rewindable_allocator(&chunks),
                             page_table, 8, 512, 4096)
                  == REEL_OK;
}

static bool serve(reel_region *request, size_t size)
{
    return reel_region_open(request, &pages) == REEL_OK
           && reel_region_alloc(request, size, 0) != NULL;
}

int main(void)
{
    reel_region first, second;
    if (!set_up() || !serve(&first, 100)) {
        return 1;
    }
    for (int i = 0; i < 100; i++) { // two at a time: the older ends first
        if (!serve(&second, 700) || reel_region_close(&first) != REEL_OK
            || !serve(&first, 100) || reel_region_close(&second) != REEL_OK) {
            return 2;
        }
    }
    return reel_region_close(&first) == REEL_OK
                   && reel_pool_used_pages(&pages) == 0
               ? 0
               : 3;
}
