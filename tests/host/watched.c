// SPDX-License-Identifier: MIT
// One misuse of an arena per process, for a memory checker to catch: a program of
// its own, run by watch.t. It exits with 0 if nothing stops it. With several words it
// runs each in a child, and prints how that ended: Valgrind takes long to start.

#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

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

// Control blocks, tables and memory with undefined contents, from malloc: what init did
// not fill is not read.
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

// ---- blocks, heaps, regions, and their caches -----------------------------------

static _Alignas(64) unsigned char many[4096];

static void misuse_blocks(const char *what)
{
    static reel_blocks blocks;
    static reel_blocks_cache cache;
    static void *slots[4];
    if (reel_blocks_init(&blocks, many, sizeof many, 32, 32) != REEL_OK
        || reel_blocks_cache_init(&cache, &blocks, slots, 4) != REEL_OK) {
        exit(3);
    }
    unsigned char *const first = reel_blocks_cache_alloc(&cache);
    unsigned char *const other = reel_blocks_cache_alloc(&cache);
    block = first;
    touch(31);
    block = other;
    touch(31);
    if (strcmp(what, "cached-unused") == 0) {
        block = (unsigned char *)(first < other ? first : other) + 64;
        touch(0); // filled into the cache, and not taken
    }
    if (reel_blocks_cache_free(&cache, other) != REEL_OK
        || reel_blocks_cache_free(&cache, other) != REEL_DOUBLE_FREE) {
        exit(3);
    }
    if (strcmp(what, "cached-free") == 0) {
        touch(0);
    }
    block = reel_blocks_cache_alloc(&cache);
    touch(31);
    if (reel_blocks_cache_free(&cache, block) != REEL_OK) {
        exit(3);
    }
    reel_blocks_cache_flush(&cache);
    if (strcmp(what, "cached-flush") == 0) {
        touch(0);
    }
}

static void misuse_a_heap(const char *what)
{
    static reel_heap heap;
    static reel_heap_cache cache;
    static reel_heap_slot slots[4];
    if (reel_heap_init(&heap, many, sizeof many) != REEL_OK
        || reel_heap_cache_init(&cache, &heap, slots, 4) != REEL_OK) {
        exit(3);
    }
    block = reel_heap_cache_alloc(&cache, 32, 16);
    touch(31);
    if (reel_heap_cache_free(&cache, block) != REEL_OK
        || reel_heap_cache_free(&cache, block) != REEL_DOUBLE_FREE) {
        exit(3);
    }
    if (strcmp(what, "heap-cached-free") == 0) {
        touch(16);
    }
    block = reel_heap_cache_alloc(&cache, 32, 16);
    touch(31);
    block = reel_heap_realloc(&heap, block, 200, 16);
    touch(199);
    block = reel_heap_realloc(&heap, block, 64, 16);
    touch(63);
    if (strcmp(what, "heap-shrink") == 0) {
        touch(100);
    }
    if (reel_heap_free(&heap, block) != REEL_OK) {
        exit(3);
    }
    if (strcmp(what, "heap-free") == 0) {
        touch(32);
    }
}

static void misuse_a_region(const char *what)
{
    static reel_arena arena;
    static reel_pool pool;
    static reel_pool_chunk chunks[2];
    static reel_region region;
    if (reel_arena_init(&arena, many, sizeof many) != REEL_OK
        || reel_pool_init(&pool, reel_arena_allocator(&arena), chunks, 2, 512,
                          1024)
               != REEL_OK
        || reel_region_open(&region, &pool) != REEL_OK) {
        exit(3);
    }
    unsigned char *const first = reel_region_alloc(&region, 64, 8);
    unsigned char *const other = reel_region_alloc(&region, 64, 8);
    block = other;
    touch(63);
    (void)reel_region_realloc(&region, other, 64, 16, 8);
    touch(15);
    if (strcmp(what, "region-shrink") == 0) {
        touch(24);
    }
    block = first;
    touch(63);
    if (reel_region_free(&region, first, 64) != REEL_OK) {
        exit(3);
    }
    if (strcmp(what, "region-free") == 0) {
        touch(8);
    }
    if (reel_region_close(&region) != REEL_OK) {
        exit(3);
    }
    block = other;
    if (strcmp(what, "region-close") == 0) {
        touch(0);
    }
}

// ---- one buffer for several owners ------------------------------------------------

// Each leaves its part dead for the next, and a last one writes to all of it.
static int pass_a_buffer_on(bool is_disposed)
{
    static reel_arena arena;
    static reel_blocks blocks;
    static reel_heap heap;
    static reel_rewindable rewindable;
    static reel_rewindable_chunk table[2];
    static const reel_rewindable_config config = { 512, 512, 8, true };
    for (int round = 0; round < 2; round++) {
        if (reel_arena_init(&arena, many, sizeof many) != REEL_OK
            || reel_arena_alloc(&arena, 100, 8) == NULL
            || (is_disposed && reel_arena_dispose(&arena) != REEL_OK)
            || reel_blocks_init(&blocks, many, sizeof many, 24, 32) != REEL_OK
            || reel_blocks_alloc(&blocks) == NULL
            || (is_disposed && reel_blocks_dispose(&blocks) != REEL_OK)
            || reel_heap_init(&heap, many, sizeof many) != REEL_OK
            || reel_heap_alloc(&heap, 100, 8) == NULL
            || (is_disposed && reel_heap_dispose(&heap) != REEL_OK)
            || reel_arena_init(&arena, many, sizeof many) != REEL_OK
            || reel_rewindable_init(&rewindable, reel_arena_allocator(&arena),
                                    table, 2, &config)
                   != REEL_OK
            || reel_rewindable_alloc(&rewindable, 100, 8) == NULL
            || reel_rewindable_dispose(&rewindable) != REEL_OK
            || (is_disposed && reel_arena_dispose(&arena) != REEL_OK)) {
            return 3;
        }
    }
    if (is_disposed) {
        memset(many, 1, sizeof many);
    }
    return 0;
}

// A buffer of a function's ends with the function: later frames lie there.
__attribute__((__noinline__)) static int use_a_local_buffer(void)
{
    _Alignas(16) unsigned char local[512];
    reel_arena arena;
    if (reel_arena_init(&arena, local, sizeof local) != REEL_OK
        || reel_arena_alloc(&arena, 100, 8) == NULL
        || reel_arena_dispose(&arena) != REEL_OK) {
        return 3;
    }
    return local[0] == 77;
}

__attribute__((__noinline__)) static int use_later_frames(void)
{
    volatile unsigned char later[1024];
    for (size_t i = 0; i < sizeof later; i++) {
        later[i] = (unsigned char)i;
    }
    return later[100] == 100 ? 0 : 3;
}

// The arena's documented way to a file and back.
static int dump_and_load(void)
{
    static unsigned char other[256], file[256];
    reel_arena from, to;
    if (reel_arena_init(&from, many, 256) != REEL_OK
        || reel_arena_init(&to, other, 256) != REEL_OK) {
        return 3;
    }
    unsigned char *const first = reel_arena_alloc(&from, 3, 1);
    unsigned char *const second = reel_arena_alloc(&from, 100, 64); // a gap
    if (first == NULL || second == NULL) {
        return 3;
    }
    memset(first, 5, 3);
    memset(second, 6, 100);
    const size_t used = reel_arena_used(&from);
    reel_arena_expose(&from);
    memcpy(file, (unsigned char *)reel_arena_at(&from, 0), used);
    void *const copy = reel_arena_alloc(&to, used, 1);
    if (copy == NULL) {
        return 3;
    }
    memcpy(copy, file, used);
    const unsigned char *const loaded =
        reel_arena_at(&to, reel_arena_offset(&from, second));
    return loaded[0] == 6 && loaded[99] == 6 ? 0 : 3;
}

// What a block of a temp alone leads to is no leak.
static int keep_in_a_temp(void)
{
    static reel_pages pages;
    static reel_temp temp;
    void *space;
    if (reel_host_pages_init(&pages) != REEL_OK
        || reel_host_reserve(1 << 20, &space) != REEL_OK
        || reel_temp_init(&temp, space, 1 << 20, &pages, NULL) != REEL_OK) {
        return 3;
    }
    void **const kept = reel_temp_alloc(&temp, sizeof *kept, sizeof *kept);
    if (kept == NULL) {
        return 3;
    }
    *kept = malloc(100);
    return *kept != NULL ? 0 : 3;
}

// Several of these may follow main's own words.
static bool run_more(const char *what, int *result)
{
    *result = 0;
    if (strncmp(what, "cached-", 7) == 0) {
        misuse_blocks(what);
    } else if (strncmp(what, "heap-", 5) == 0) {
        misuse_a_heap(what);
    } else if (strncmp(what, "region-", 7) == 0) {
        misuse_a_region(what);
    } else if (strcmp(what, "next-owner") == 0) {
        *result = pass_a_buffer_on(false);
    } else if (strcmp(what, "next-owner-disposed") == 0) {
        *result = pass_a_buffer_on(true);
    } else if (strcmp(what, "dump") == 0) {
        *result = dump_and_load();
    } else if (strcmp(what, "roots") == 0) {
        *result = keep_in_a_temp();
    } else if (strcmp(what, "local-buffer") == 0) {
        (void)use_a_local_buffer();
        *result = use_later_frames();
    } else {
        return false;
    }
    return true;
}

static int use(const char *what)
{
    int result;
    if (strcmp(what, "unwritten") == 0) {
        return use_what_nobody_wrote();
    }
    if (run_more(what, &result)) {
        return result;
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

static int status_of(const char *what)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        exit(use(what));
    }
    return waitpid(child, &status, 0) == child ? status : -1;
}

int main(int argc, char **argv)
{
    if (argc <= 2) {
        return use(argc == 2 ? argv[1] : "");
    }
    for (int i = 1; i < argc; i++) {
        (void)fprintf(stderr, "= %s %d\n", argv[i], status_of(argv[i]));
    }
    return 0;
}
