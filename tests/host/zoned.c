// SPDX-License-Identifier: MIT
// Two neighbours of each allocator, both live, and misuses of them for a memory checker to
// catch: a program of its own in C and C++, also for zones.t. TAP. For each allocator
// processes write only what they may, behind the lower block, farther behind, and ahead of
// the upper one. A number says how many of these four there are.

#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "always.h"
#include "reel/reel.h"

#define SIZE 21u // no multiple of what a checker tells apart

typedef struct pair {
    unsigned char *low;
    unsigned char *high; // the next block that the allocator gave
} pair;

REEL_ALIGNAS(4096) static unsigned char memory[1 << 15];

static void require(bool fact)
{
    if (!fact) {
        exit(3);
    }
}

static pair ordered(void *one, void *other)
{
    unsigned char *const first = (unsigned char *)one;
    unsigned char *const second = (unsigned char *)other;
    const bool is_up = first < second;
    const pair blocks = { is_up ? first : second, is_up ? second : first };
    require(first != NULL && second != NULL);
    return blocks;
}

static reel_arena *new_arena(size_t granule)
{
    static reel_arena arena;
    require(reel_arena_init_granular(&arena, memory, sizeof memory, granule)
            == REEL_OK);
    return &arena;
}

// ---- stacks -------------------------------------------------------------------

// The last block grows, shrinks and goes, and takes its zone along.
static pair use_a_stack(reel_allocator stack)
{
    unsigned char *const first = (unsigned char *)reel_allocate(stack, SIZE, 1);
    unsigned char *const second =
        (unsigned char *)reel_allocate(stack, 3 * SIZE, 1);
    require(reel_reallocate(stack, second, 3 * SIZE, 9 * SIZE, 1) == second);
    memset(second, 1, 9 * SIZE);
    require(reel_reallocate(stack, second, 9 * SIZE, SIZE, 1) == second);
    require(reel_free(stack, second, SIZE) == REEL_OK);
    require(reel_allocate(stack, SIZE, 1) == second);
    return ordered(first, second);
}

static pair arena_blocks(void)
{
    reel_arena *const arena = new_arena(1);
    const pair blocks = use_a_stack(reel_arena_allocator(arena));
    require(reel_arena_used(arena) == 2 * (SIZE + REEL_RED_ZONES));
    require(reel_arena_free(arena, blocks.high, SIZE) == REEL_OK
            && reel_arena_free(arena, blocks.low, SIZE) == REEL_OK
            && reel_arena_used(arena) == 0);
    if (REEL_RED_ZONES > 0) {
        require(reel_arena_alloc(arena, sizeof memory, 1) == NULL);
    }
    require(reel_arena_alloc(arena, SIZE_MAX - 8, 1) == NULL);
    return ordered(reel_arena_alloc(arena, SIZE, 1),
                   reel_arena_alloc(arena, SIZE, 1));
}

static pair shared_blocks(void)
{
    reel_arena *const arena = new_arena(1);
    return ordered(reel_arena_alloc_shared(arena, SIZE, 1),
                   reel_arena_alloc_shared(arena, SIZE, 1));
}

static pair granular_blocks(void)
{
    return use_a_stack(reel_arena_allocator(new_arena(32)));
}

static pair locked_blocks(void)
{
    static reel_lock lock;
    return use_a_stack(reel_locked(&lock, reel_arena_allocator(new_arena(1))));
}

// Its first reserve commits whole pages, and all there may be.
static pair temp_blocks(void)
{
    static reel_always always;
    static reel_temp temp;
    const size_t page = 64;
    require(reel_always_init(&always, page, 4 * page) == REEL_OK
            && reel_temp_init(&temp, memory, sizeof memory, &always.pages, NULL)
                   == REEL_OK
            && reel_temp_reserve(&temp, 4 * page - REEL_RED_ZONES + 1)
                   == REEL_PORT_FAILED
            && reel_temp_reserve(&temp, 4 * page - REEL_RED_ZONES) == REEL_OK
            && reel_temp_alloc(&temp, 4 * page - REEL_RED_ZONES, 1) != NULL
            && reel_temp_reserve(&temp, 1) == REEL_PORT_FAILED
            && reel_temp_dispose(&temp) == REEL_OK);
    require(reel_always_init(&always, page, SIZE_MAX) == REEL_OK
            && reel_temp_init(&temp, memory, sizeof memory, &always.pages, NULL)
                   == REEL_OK);
    (void)use_a_stack(reel_temp_allocator(&temp));
    require(reel_temp_used(&temp) == 2 * (SIZE + REEL_RED_ZONES));
    return ordered(reel_temp_alloc_shared(&temp, SIZE, 1),
                   reel_temp_alloc(&temp, SIZE, 1));
}

// ---- places of one size ---------------------------------------------------------

static pair pool_blocks(void)
{
    static reel_blocks blocks;
    const size_t size = REEL_BLOCKS_SIZE(SIZE, 8);
    void *last = NULL;
    require(reel_blocks_init(&blocks, memory, size, SIZE, 8) == REEL_OK
            && reel_blocks_count(&blocks) == 8);
    for (size_t i = 0; i < 8; i++) {
        void *const block = reel_blocks_alloc(&blocks);
        require(reel_blocks_index(&blocks, block) == i);
        last = block;
    }
    require(reel_blocks_alloc(&blocks) == NULL
            && !reel_blocks_owns(&blocks, (char *)last + SIZE)
            && reel_blocks_is_valid(&blocks));
    return ordered((char *)last - REEL_BLOCKS_STRIDE(SIZE), last);
}

static pair apart_blocks(void)
{
    static reel_blocks blocks;
    static reel_link links[2];
    require(reel_blocks_init_apart(&blocks, memory, 2 * REEL_BLOCKS_STRIDE(64),
                                   64, 2, links)
            == REEL_OK);
    const reel_allocator allocator = reel_blocks_allocator(&blocks);
    return ordered(reel_allocate(allocator, 64, 64), // aligned as without zones
                   reel_allocate(allocator, 64, 64));
}

REEL_BLOCKS_DEFINE(static_pool, SIZE, 2);

static pair static_blocks(void)
{
    return ordered(reel_blocks_alloc(&static_pool),
                   reel_blocks_alloc(&static_pool));
}

static pair cached_blocks(void)
{
    static reel_blocks blocks;
    static reel_blocks_cache cache;
    static void *slots[4];
    require(reel_blocks_init(&blocks, memory, sizeof memory, SIZE, 8) == REEL_OK
            && reel_blocks_cache_init(&cache, &blocks, slots, 4) == REEL_OK);
    return ordered(reel_blocks_cache_alloc(&cache),
                   reel_blocks_cache_alloc(&cache));
}

static reel_pool *new_pool(void)
{
    static reel_pool pool;
    static reel_pool_chunk chunks[2];
    require(reel_pool_init(&pool, reel_arena_allocator(new_arena(1)), chunks, 2,
                           256, 1024)
            == REEL_OK);
    return &pool;
}

static pair pages(void)
{
    reel_pool *const pool = new_pool();
    return ordered(reel_pool_claim(pool), reel_pool_claim(pool));
}

REEL_POOL_DEFINE(static_pages, 64, 2);

static pair pages_of_a_static_pool(void)
{
    const pair both =
        ordered(reel_pool_claim(&static_pages), reel_pool_claim(&static_pages));
    require(reel_pool_claim(&static_pages) == NULL);
    return both;
}

// ---- chunks and regions -----------------------------------------------------------

static pair region_blocks(void)
{
    static reel_region region;
    require(reel_region_open(&region, new_pool()) == REEL_OK);
    unsigned char *const first =
        (unsigned char *)reel_region_alloc(&region, SIZE, 1);
    void *const second = reel_region_alloc(&region, 2 * SIZE, 1);
    require(
        reel_region_realloc(&region, second, 2 * SIZE, 3 * SIZE, 1) == second
        && reel_region_realloc(&region, second, 3 * SIZE, SIZE, 1) == second);
    require(reel_region_alloc(&region, 1, 1)
            == (unsigned char *)second + SIZE + REEL_RED_ZONES);
    require(reel_region_alloc(&region, 1000, 8) != NULL // large, and its note
            && reel_region_is_valid(&region));
    return ordered(first, second);
}

static reel_rewindable *new_rewindable(bool frees_blocks)
{
    static reel_rewindable rewindable;
    static reel_rewindable_chunk table[4];
    const reel_rewindable_config config = { 512, 512, 8, frees_blocks };
    require(reel_rewindable_init(&rewindable,
                                 reel_arena_allocator(new_arena(1)), table, 4,
                                 &config)
            == REEL_OK);
    return &rewindable;
}

static pair use_a_rewindable(bool frees_blocks)
{
    reel_rewindable *const rewindable = new_rewindable(frees_blocks);
    const reel_allocator a = reel_rewindable_allocator(rewindable);
    void *const nothing = reel_allocate(a, 0, 8);
    void *const first = reel_allocate(a, SIZE, 8);
    void *const second = reel_allocate(a, SIZE, 8);
    require(nothing != NULL && nothing != first
            && reel_reallocate(a, second, SIZE, 5 * SIZE, 8) == second
            && reel_reallocate(a, second, 5 * SIZE, SIZE, 8) == second);
    require(reel_free(a, nothing, 0) == REEL_OK
            && reel_free(a, nothing, 0)
                   == (frees_blocks ? REEL_DOUBLE_FREE : REEL_OK)
            && reel_rewindable_is_valid(rewindable));
    require(reel_allocate(a, SIZE_MAX - 8, 8) == NULL);
    return ordered(first, second);
}

static pair rewindable_blocks(void)
{
    return use_a_rewindable(false);
}

// It takes its own memory with it.
static pair created_blocks(void)
{
    reel_arena *const arena = new_arena(1);
    const reel_rewindable_config config = { 512, 512, 64, false };
    reel_rewindable *made = NULL;
    for (int i = 0; i < 2; i++) {
        require(made == NULL || reel_rewindable_destroy(made) == REEL_OK);
        require(reel_arena_used(arena) == 0
                && reel_rewindable_create(&made, reel_arena_allocator(arena), 4,
                                          &config, NULL, REEL_NO_HANDLE)
                       == REEL_OK);
    }
    void *const first = reel_rewindable_alloc(made, SIZE, 8);
    return ordered(first, reel_rewindable_alloc(made, SIZE, 8));
}

static pair freeable_blocks(void)
{
    return use_a_rewindable(true);
}

static pair span_blocks(void)
{
    static reel_span span;
    reel_rewindable *const rewindable = new_rewindable(false);
    require(reel_span_open(&span, rewindable, 128) == REEL_OK
            && reel_span_alloc(&span, 128, 1) != NULL
            && reel_span_close(&span) == REEL_OK
            && reel_span_open(&span, rewindable, 128) == REEL_OK);
    return ordered(reel_span_alloc(&span, SIZE, 1),
                   reel_span_alloc(&span, SIZE, 1));
}

// ---- heaps ----------------------------------------------------------------------

static reel_heap *new_heap(size_t granule)
{
    static reel_heap heap;
    require(reel_heap_init_granular(&heap, memory, sizeof memory, granule)
            == REEL_OK);
    return &heap;
}

static void write_all(void *block, size_t size)
{
    memset(block, 1, size);
}

// What a block is told to have may be written, after each change of its size.
static pair use_a_heap(reel_heap *heap)
{
    void *const larger = reel_heap_alloc(heap, SIZE + 5, 1);
    void *const low = reel_heap_realloc(heap, larger, SIZE, 1);
    void *block = reel_heap_alloc(heap, 3 * SIZE, 1);
    require(low == larger);
    void *const above = reel_heap_alloc(heap, 5 * SIZE, 1);
    static const size_t sizes[] = { 2 * SIZE, 2 * SIZE + 1, 3 * SIZE,
                                    1,        40 * SIZE,    SIZE };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        block = reel_heap_realloc(heap, block, sizes[i], 1);
        require(block != NULL && reel_heap_is_valid(heap));
        write_all(block, sizes[i]);
        const size_t has = reel_heap_usable_size(heap, block);
        require(REEL_RED_ZONES > 0 ? has == sizes[i] : has >= sizes[i]);
        write_all(block, has);
    }
    require(reel_heap_free_sized(heap, block, SIZE + 60) == REEL_INVALID
            && reel_free(reel_heap_allocator(heap), block, SIZE + 60)
                   == REEL_INVALID
            && reel_heap_free_sized(heap, block, SIZE) == REEL_OK
            && reel_heap_free(heap, above) == REEL_OK);
    const size_t most = reel_heap_largest_free(heap);
    block = reel_heap_alloc(heap, most, 1);
    write_all(block, most);
    require(reel_heap_alloc(heap, 1, 1) == NULL
            && reel_heap_free(heap, block) == REEL_OK
            && reel_heap_alloc(heap, most + 1, 1) == NULL
            && reel_heap_alloc(heap, SIZE_MAX - 8, 1) == NULL
            && reel_heap_is_valid(heap));
    void *const high = reel_heap_alloc_zeroed(heap, SIZE, 1);
    // The answer lies in the zone.
    require(reel_heap_usable_size(heap, low) >= SIZE);
    return ordered(low, high);
}

static pair heap_blocks(void)
{
    return use_a_heap(new_heap(REEL_HEAP_GRANULE));
}

static pair heap_blocks_of_lines(void)
{
    return use_a_heap(new_heap(64));
}

static pair aligned_heap_blocks(void)
{
    reel_heap *const heap = new_heap(REEL_HEAP_GRANULE);
    return ordered(reel_heap_alloc(heap, SIZE, 128),
                   reel_heap_alloc(heap, SIZE, 256));
}

static pair cached_heap_blocks(void)
{
    static reel_heap_cache cache;
    static reel_heap_slot slots[4];
    reel_heap *const heap = new_heap(REEL_HEAP_GRANULE);
    require(reel_heap_cache_init(&cache, heap, slots, 4) == REEL_OK);
    void *const first = reel_heap_cache_alloc(&cache, SIZE + 1, 1);
    void *const other = reel_heap_cache_alloc(&cache, SIZE, 1);
    require(reel_heap_cache_free(&cache, first) == REEL_OK
            && reel_heap_cache_alloc(&cache, SIZE, 1) == first
            && reel_heap_free_later(heap, other) == REEL_OK
            && reel_heap_drain(heap, 2) == 1);
    return ordered(first, reel_heap_cache_alloc(&cache, SIZE, 1));
}

REEL_HEAP_DEFINE(static_heap, 256);

static pair blocks_of_a_static_heap(void)
{
    return ordered(reel_heap_alloc(&static_heap, SIZE, 1),
                   reel_heap_alloc(&static_heap, SIZE, 1));
}

// ---- the program --------------------------------------------------------------------

// Symbols in reports would take longer than all else.
#ifdef __cplusplus
extern "C" {
#endif
const char *__asan_default_options(void);
#ifdef __cplusplus
}
#endif

const char *__asan_default_options(void)
{
    return "symbolize=0";
}

static const struct {
    const char *name;
    pair (*take)(void);
    size_t size;
} owners[] = {
    { "arena", arena_blocks, SIZE },
    { "shared", shared_blocks, SIZE },
    { "granular", granular_blocks, SIZE },
    { "locked", locked_blocks, SIZE },
    { "temp", temp_blocks, SIZE },
    { "blocks", pool_blocks, SIZE },
    { "apart", apart_blocks, 64 },
    { "static", static_blocks, SIZE },
    { "cached", cached_blocks, SIZE },
    { "pages", pages, 256 },
    { "static-pages", pages_of_a_static_pool, 64 },
    { "region", region_blocks, SIZE },
    { "rewindable", rewindable_blocks, SIZE },
    { "created", created_blocks, SIZE },
    { "freeable", freeable_blocks, SIZE },
    { "span", span_blocks, SIZE },
    { "heap", heap_blocks, SIZE },
    { "heap-lines", heap_blocks_of_lines, SIZE },
    { "heap-aligned", aligned_heap_blocks, SIZE },
    { "heap-cached", cached_heap_blocks, SIZE },
    { "static-heap", blocks_of_a_static_heap, SIZE },
};

typedef enum misuse { NONE, OVER, FAR, UNDER, MISUSES } misuse;

static void write_to(pair blocks, size_t size, int what)
{
    volatile unsigned char *const low = blocks.low, *const high = blocks.high;
    for (size_t i = 0; i < size; i++) {
        low[i] = 1;
        high[i] = 2;
    }
    if (what == OVER) {
        low[size] = 1;
    } else if (what == FAR) {
        low[size + REEL_RED_ZONES / 2] = 1;
    } else if (what == UNDER) {
        high[-8] = 1;
    }
}

// Each in a process of its own, since a checker may end it.
static int status_of(size_t owner, int what)
{
    fflush(stdout); // or the child would say it again
    const pid_t child = fork();
    int status = -1;
    if (child == 0) {
        write_to(owners[owner].take(), owners[owner].size, what);
        exit(0);
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status)
               ? WEXITSTATUS(status)
               : 3;
}

// 3: the allocator does not do what it promises.
static bool is_accused(int status)
{
    return status != 0 && status != 3;
}

static void say(bool is_right, const char *owner, const char *what)
{
    static int results;
    printf("%sok %d - %s: %s\n", is_right ? "" : "not ", ++results, owner,
           what);
}

int main(int count, char **arguments)
{
    static const char *const accused[] = {
        "", "who writes behind it is accused",
        "who writes farther behind it is accused",
        "who writes ahead of it is accused"
    };
    const int misuses = REEL_RED_ZONES == 0 ? NONE + 1
                        : count == 2        ? atoi(arguments[1])
                                            : MISUSES;
    const size_t owner_count = sizeof owners / sizeof *owners;
    printf("1..%d\n", (int)owner_count * misuses + (REEL_RED_ZONES == 0));
    for (size_t i = 0; i < owner_count; i++) {
        say(status_of(i, NONE) == 0, owners[i].name,
            "who writes what it may is not accused");
        for (int what = OVER; what < misuses; what++) {
            say(is_accused(status_of(i, what)), owners[i].name, accused[what]);
        }
        if (REEL_RED_ZONES == 0 && owners[i].take == pool_blocks) {
            say(status_of(i, OVER) == 0, owners[i].name,
                "without zones a neighbour hides an overrun");
        }
    }
    return 0;
}
