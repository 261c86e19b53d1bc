// SPDX-License-Identifier: MIT
// Uses after the end of a block, each in one way: what is said of them is judged by
// blame.t. A line that is to be named has the word of the program and what it does.

#include <stdlib.h>
#include <string.h>

#include "host/history.h"
#include "reel/reel.h"

REEL_ARENA_DEFINE(frames, 256);
REEL_BLOCKS_DEFINE(messages, 32, 4);

static _Alignas(16) unsigned char memory[2048];

static unsigned char *use_frames(bool is_reset)
{
    unsigned char *block = NULL;
    if (is_reset) {
        block = reel_arena_alloc(&frames, 24, 8); // reset: allocated
        (void)reel_arena_reset(&frames);          // reset: reset
        return block;
    }
    REEL_SCOPE(&frames) {                        // rewind: rewound
        block = reel_arena_alloc(&frames, 24, 8); // rewind: allocated
    }
    return block;
}

static unsigned char *use_messages(void)
{
    unsigned char *block = NULL;
    block = reel_blocks_alloc(&messages);     // blocks: allocated
    (void)reel_blocks_free(&messages, block); // blocks: freed
    return block;
}

static unsigned char *use_a_heap(void)
{
    static reel_heap heap;
    (void)reel_heap_init(&heap, memory, sizeof memory);
    unsigned char *block = NULL;
    block = reel_heap_alloc(&heap, 100, 8); // heap: allocated
    (void)reel_heap_free(&heap, block);     // heap: freed
    return block + 32;
}

static unsigned char *use_a_region(void)
{
    static reel_arena backing;
    static reel_pool pool;
    static reel_pool_chunk chunks[2];
    static reel_region region;
    (void)reel_arena_init(&backing, memory, sizeof memory);
    (void)reel_pool_init(&pool, reel_arena_allocator(&backing), chunks, 2, 256,
                         512);
    (void)reel_region_open(&region, &pool);
    unsigned char *block = NULL;
    block = reel_region_alloc(&region, 24, 8); // region: allocated
    (void)reel_region_close(&region);          // region: closed
    return block;
}

int main(int count, char **arguments)
{
    const char *const what = count == 2 ? arguments[1] : "";
    unsigned char *volatile block = NULL;
    if (strcmp(what, "rewind") == 0 || strcmp(what, "reset") == 0) {
        block = use_frames(strcmp(what, "reset") == 0);
    } else if (strcmp(what, "blocks") == 0) {
        block = use_messages();
    } else if (strcmp(what, "heap") == 0) {
        block = use_a_heap();
    } else if (strcmp(what, "region") == 0) {
        block = use_a_region();
    } else {
        return 3;
    }
    *block = 1;
    return 0;
}
