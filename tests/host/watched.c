// SPDX-License-Identifier: MIT
// One misuse of an arena per run, for a memory checker to catch: a program of
// its own, run by watch.t. It exits with 0 if nothing stops it.

#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "always.h"
#include "host/malloc.h"
#include "host/pages.h"
#include "reel/reel.h"

REEL_ARENA_DEFINE(static_arena, 256);

static unsigned char *volatile block; // keeps the accesses

static void touch(size_t offset)
{
    block[offset] = 1;
}

// Kilobytes of memory that the process held at most.
static size_t most_resident(void)
{
    char line[128];
    size_t kilobytes = 0;
    FILE *const file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "VmHWM: %zu", &kilobytes);
    }
    if (file != NULL) {
        fclose(file);
    }
    return kilobytes;
}

// A large range is released while some of it is committed. What comes to lie there
// next is not the temp's, and the checker's notes were taken for what was committed.
static int release_a_range(bool is_disposed)
{
    const size_t size = (size_t)1 << 34;
    reel_pages pages;
    reel_temp temp;
    void *space;
    if (reel_host_pages_init(&pages) != REEL_OK
        || reel_host_reserve(size, &space) != REEL_OK
        || reel_temp_init(&temp, space, size, &pages, NULL) != REEL_OK
        || reel_temp_alloc(&temp, 100000, 1) != space) {
        return 3;
    }
    const size_t before = most_resident();
    if ((is_disposed && reel_temp_dispose(&temp) != REEL_OK)
        || reel_host_release(space, size) != REEL_OK
        || mmap(space, 1 << 20, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
               != space) {
        return 3;
    }
    const size_t after = most_resident();
    for (size_t i = 0; i < 1 << 20; i++) {
        ((volatile unsigned char *)space)[i] = 1;
    }
    return after < before + 65536 ? 0 : 4;
}

// Requests that no malloc grants are refused, under a sanitizer too.
static int ask_for_too_much(void)
{
    const reel_allocator host = reel_host_malloc();
    const size_t top = SIZE_MAX ^ SIZE_MAX >> 1;
    for (size_t size = top; size > top >> 25; size >>= 1) {
        if (reel_allocate(host, size, 8) != NULL
            || reel_allocate(host, size - 1, 1) != NULL
            || reel_allocate(host, 8, size) != NULL
            || reel_allocate(host, size, size) != NULL) {
            return 4;
        }
    }
    return reel_allocate(host, SIZE_MAX, 1) == NULL ? 0 : 4;
}

static int misuse_a_temp(const char *what)
{
    static _Alignas(64) unsigned char plain[1024];
    static reel_always always; // protects nothing: only the checker can see
    reel_temp temp;
    if (strcmp(what, "too-much") == 0) {
        return ask_for_too_much();
    }
    if (strncmp(what, "release", 7) == 0) {
        return release_a_range(strcmp(what, "release-disposed") == 0);
    }
    if (reel_always_init(&always, 64, SIZE_MAX) != REEL_OK
        || reel_temp_init(&temp, plain, sizeof plain, &always.pages, NULL)
               != REEL_OK) {
        return 3;
    }
    (void)reel_temp_alloc(&temp, 3, 1);
    const reel_mark mark = reel_temp_mark(&temp);
    block = reel_temp_alloc(&temp, 24, 8);
    if (strcmp(what, "temp-nothing") == 0) {
        touch(23);
    } else if (strcmp(what, "temp-rewind") == 0) {
        (void)reel_temp_rewind(&temp, mark);
        touch(8);
    } else if (strcmp(what, "temp-reset") == 0) {
        (void)reel_temp_reset(&temp);
        touch(8);
    } else if (strcmp(what, "temp-trim") == 0) {
        (void)reel_temp_rewind(&temp, mark);
        (void)reel_temp_trim(&temp);
        touch(8);
    } else if (strcmp(what, "temp-overflow") == 0) {
        touch(24);
    } else {
        return 3;
    }
    return 0;
}

// Control blocks, tables and memory that nobody wrote, as malloc gives them: what init
// did not fill is not read.
static int use_what_nobody_wrote(void)
{
    // Static: what they lead to is not lost at the end.
    static reel_pool *pool;
    static reel_pool_chunk *chunks;
    static reel_region *region;
    static reel_rewindable *rewindable;
    static reel_rewindable_chunk *table;
    static reel_blocks *blocks;
    static void *buffer;
    const reel_allocator a = reel_host_malloc();
    const reel_rewindable_config config = { 256, 256, 8, true };
    pool = malloc(sizeof *pool);
    chunks = malloc(3 * sizeof *chunks);
    region = malloc(sizeof *region);
    rewindable = malloc(sizeof *rewindable);
    table = malloc(3 * sizeof *table);
    blocks = malloc(sizeof *blocks);
    buffer = malloc(REEL_BLOCKS_SIZE(24, 8));
    if (reel_pool_init(pool, a, chunks, 3, 64, 4 * 64) != REEL_OK
        || reel_rewindable_init(rewindable, a, table, 3, &config) != REEL_OK
        || reel_blocks_init(blocks, buffer, REEL_BLOCKS_SIZE(24, 8), 24, 8)
               != REEL_OK
        || reel_pool_trim(pool) != 0 || reel_pool_dispose(pool) != REEL_OK
        || reel_pool_reserve(pool, 5) != REEL_OK
        || reel_region_open(region, pool) != REEL_OK
        || reel_region_alloc(region, 100, 1) == NULL
        || reel_region_close(region) != REEL_OK || reel_pool_trim(pool) == 0
        || !reel_pool_is_valid(pool) || reel_pool_dispose(pool) != REEL_OK) {
        return 3;
    }
    void *const one = reel_rewindable_alloc(rewindable, 200, 8);
    void *const other = reel_rewindable_alloc(rewindable, 200, 8);
    void *const first = reel_blocks_alloc(blocks);
    if (reel_rewindable_free(rewindable, one, 200) != REEL_OK
        || reel_rewindable_free(rewindable, other, 200) != REEL_OK
        || !reel_rewindable_is_valid(rewindable)
        || reel_rewindable_dispose(rewindable) != REEL_OK
        || reel_blocks_free(blocks, (char *)first + 24) != REEL_DOUBLE_FREE
        || reel_blocks_free(blocks, first) != REEL_OK
        || !reel_blocks_is_valid(blocks)) {
        return 3;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *const what = argc == 2 ? argv[1] : "";
    if (strcmp(what, "unwritten") == 0) {
        return use_what_nobody_wrote();
    }
    static _Alignas(64) unsigned char memory[256];
    reel_arena arena;
    if (reel_arena_init(&arena, memory, sizeof memory) != REEL_OK) {
        return 3;
    }
    (void)reel_arena_alloc(&arena, 3, 1);
    const reel_mark mark = reel_arena_mark(&arena);
    block = reel_arena_alloc(&arena, 24, 32);

    if (strcmp(what, "nothing") == 0) {
        touch(0);
        touch(23);
    } else if (strcmp(what, "rewind") == 0) {
        (void)reel_arena_rewind(&arena, mark);
        touch(8);
    } else if (strcmp(what, "reset") == 0) {
        reel_arena_reset(&arena);
        touch(8);
    } else if (strcmp(what, "free") == 0) {
        (void)reel_arena_free(&arena, block, 24);
        touch(8);
    } else if (strcmp(what, "overflow") == 0) {
        touch(24);
    } else if (strcmp(what, "shrink") == 0) {
        (void)reel_arena_resize(&arena, block, 24, 8);
        touch(16);
    } else if (strcmp(what, "move") == 0) {
        (void)reel_arena_alloc(&arena, 8, 8);
        (void)reel_arena_realloc(&arena, block, 24, 64, 8);
        touch(8);
    } else if (strcmp(what, "padding") == 0) {
        touch((size_t)-2); // between the first block and this one
    } else if (strcmp(what, "shared") == 0) {
        block = reel_arena_alloc_shared(&arena, 16, 8);
        touch(16);
    } else if (strcmp(what, "static-shared") == 0) {
        block = reel_arena_alloc_shared(&static_arena, 16, 8);
        touch(16);
    } else if (strcmp(what, "static") == 0) {
        block = reel_arena_alloc(&static_arena, 16, 8);
        touch(16);
    } else {
        return misuse_a_temp(what);
    }
    return 0;
}
