// SPDX-License-Identifier: MIT
// Static instances that a memory checker watches, in C and, included by
// watched_statics.cc, in C++: used before main(), and in functions. Run by watch.t. A
// word says which block is written behind; without one, no block is.

#include <stdio.h>
#include <string.h>

#include "always.h"
#include "reel/reel.h"

REEL_ARENA_DEFINE(arena, 256);
REEL_BLOCKS_DEFINE(blocks, 24, 4);
REEL_HEAP_DEFINE(heap, 256);
REEL_ALWAYS_DEFINE(pages, 64, SIZE_MAX);
REEL_TEMP_DEFINE(temp, 256, 64, pages, 64);
REEL_POOL_DEFINE(frames, 32, 4);
REEL_REWINDABLE_DEFINE(level, 256);

enum { KINDS = 7 };
static unsigned char *early[KINDS]; // 24 bytes each, from before main()
static unsigned char *freed;        // a block that was freed by then

static unsigned char *in_a_function(void)
{
    REEL_ARENA_DEFINE(local, 64);
    return (unsigned char *)reel_arena_alloc(&local, 24, 8);
}

// Ahead of all others, and of what the instances bring along.
__attribute__((__constructor__(101))) static void before_main(void)
{
    early[0] = (unsigned char *)reel_arena_alloc(&arena, 24, 8);
    early[1] = (unsigned char *)reel_blocks_alloc(&blocks);
    early[2] = (unsigned char *)reel_heap_alloc(&heap, 24, 8);
    early[3] = (unsigned char *)reel_temp_alloc(&temp, 24, 8);
    early[4] = in_a_function();
    early[5] = (unsigned char *)reel_pool_claim(&frames);
    early[6] = (unsigned char *)reel_rewindable_alloc(&level, 24, 8);
    freed = (unsigned char *)reel_blocks_alloc(&blocks);
    if (reel_blocks_free(&blocks, freed) != REEL_OK) {
        puts("no free");
    }
    for (int i = 0; i < KINDS; i++) {
        memset(early[i], i, 24);
    }
}

static void write_to(volatile unsigned char *at)
{
    *at = 1;
}

int main(int count, char **arguments)
{
    static const char *const words[] = { "arena", "blocks", "heap",      "temp",
                                         "local", "pool",   "rewindable" };
    static const size_t ends[] = { 24, 24, 32, 24, 24, 32, 32 }; // of units
    const char *const what = count == 2 ? arguments[1] : "";
    for (int i = 0; i < KINDS; i++) {
        for (int j = 0; j < 24; j++) {
            if (early[i][j] != i) {
                return 3;
            }
        }
        if (strcmp(what, words[i]) == 0) {
            write_to(early[i] + ends[i]);
        }
    }
    if (strcmp(what, "freed") == 0) {
        write_to(freed);
    }
    // What is left is there for others.
    void *const more[] = {
        reel_arena_alloc(&arena, 100, 1), reel_blocks_alloc(&blocks),
        reel_heap_alloc(&heap, 100, 1),   reel_temp_alloc(&temp, 100, 1),
        reel_pool_claim(&frames),         reel_rewindable_alloc(&level, 100, 1)
    };
    for (int i = 0; i < 6; i++) {
        if (more[i] == NULL) {
            return 3;
        }
        memset(more[i], 1, i == 1 || i == 4 ? 24 : 100);
    }
    return 0;
}
