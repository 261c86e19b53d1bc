// SPDX-License-Identifier: MIT
// Uses after the end of a block, each in one way: what is said of them is judged by
// blame.t. A line that is to be named has the word of the program and what it does.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/history.h"
#include "reel/reel.h"
#include "report/report.h"

REEL_ARENA_DEFINE(frames, 256);
REEL_BLOCKS_DEFINE(messages, 32, 8);

static _Alignas(16) unsigned char memory[2048];

static unsigned char *use_frames(bool is_reset)
{
    unsigned char *block = NULL;
    if (is_reset) {
        block = reel_arena_alloc(&frames, 24, 8); // reset: allocated
        (void)reel_arena_reset(&frames);          // reset: reset
        return block;
    }
    REEL_SCOPE (&frames) {                        // rewind: rewound
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
    static _Alignas(16) unsigned char pages[2048];
    (void)reel_arena_init(&backing, pages, sizeof pages);
    (void)reel_pool_init(&pool, reel_arena_allocator(&backing), chunks, 2, 256,
                         512);
    (void)reel_region_open(&region, &pool);
    unsigned char *block = NULL;
    block = reel_region_alloc(&region, 24, 8); // region: allocated
    (void)reel_region_close(&region);          // region: closed
    return block;
}

// What no checker asks for: a block that lives, one in a cache, one whose allocator ended,
// and addresses of no block.
static void explain(const char *what, const void *address)
{
    (void)fprintf(stderr, "%s: %s\n", what,
                  reel_history_explain(address) ? "known" : "unknown");
}

static void explain_a_cache(void)
{
    static reel_named name;
    static reel_blocks_cache cache;
    static void *slots[4];
    (void)reel_set_name(&name, &messages, "messages");
    (void)reel_blocks_cache_init(&cache, &messages, slots, 4);
    void *cached = NULL;
    cached = reel_blocks_cache_alloc(&cache); // explain: allocated
    void *const direct = reel_blocks_alloc(&messages);
    (void)reel_blocks_free(&messages, direct);
    explain("taken", cached);
    (void)reel_blocks_cache_free(&cache, cached); // explain: freed
    explain("put", cached);
    void *blocks[4];
    for (int i = 0; i < 4; i++) {
        blocks[i] = reel_blocks_cache_alloc(&cache);
    }
    for (int i = 0; i < 4; i++) {
        (void)reel_blocks_cache_free(&cache, blocks[i]);
    }
    void *const more = reel_blocks_alloc(&messages);
    (void)reel_blocks_cache_free(&cache, more); // full: freed
    explain("full", more);
    explain("no block", &cache);
}

static void explain_an_end(void)
{
    static reel_registry registry;
    static reel_registry_entry entries[2];
    static reel_arena child, other;
    reel_handle parent;
    (void)reel_registry_init(&registry, entries, 2);
    (void)reel_registry_register(&registry, reel_arena_allocator(&frames),
                                 REEL_NO_HANDLE, &parent);
    (void)reel_arena_init(&child, memory, 256);
    (void)reel_arena_init(&other, memory + 512, 512);
    (void)reel_arena_bind(&child, &registry, parent);
    void *const block = reel_arena_alloc(&child, 24, 8);
    (void)reel_arena_alloc(&other, 8, 8);
    const reel_mark mark = reel_arena_mark(&other);
    (void)reel_arena_alloc(&other, 8, 8);
    (void)reel_arena_rewind(&other, mark);
    (void)reel_arena_reset(&other);
    (void)reel_arena_dispose(&other);
    (void)use_a_region();
    (void)reel_registry_rewound(&registry, parent, &parent);
    explain("ended", block);
    for (unsigned i = 0; i < REEL_HISTORY_LENGTH; i++) {
        (void)reel_arena_mark(&frames);
    }
    explain("long ago", block);
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
    } else if (strcmp(what, "explain") == 0) {
        explain_a_cache();
        explain_an_end();
        return 0;
    } else {
        return 3;
    }
    *block = 1;
    return 0;
}
