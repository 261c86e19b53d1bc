// SPDX-License-Identifier: MIT
// Allocators that end with their parent, while a handler uses them. What the handler
// gets it gets before the parent's memory is used anew, in its place, and no block
// twice. From then on it gets nothing, and touches nothing.
//
// If interrupts_have_broken_ends, each kind has an end whose stores come in another order.

#include "broken_ends.h"
#include "interrupts.h"

#include "always.h"
#include "reel/pool.h"
#include "reel/region.h"
#include "reel/registry.h"
#include "reel/rewindable.h"
#include "reel/temp.h"

#define SIZE    16u // of a block
#define BLOCKS  4u
#define MEMORY  128u // of the parent
#define PATTERN 0x5C5C5C5Cu

enum { KIND, HELD }; // arguments of an operation: blocks that are out before

typedef struct kind {
    reel_allocator (*start)(void);
    reel_handle (*bind)(reel_handle parent);
    void (*broken_end)(void *self);
} kind;

static union {
    reel_blocks blocks;
    reel_arena arena;
    reel_temp temp;
    reel_rewindable rewindable;
    reel_pool pool;
    reel_region region;
} the;
static reel_pool pages; // of the region; lives on
static reel_pool_chunk chunks[2];
static reel_rewindable_chunk table[2];
static reel_always always;
static reel_registry registry;
static reel_registry_entry entries[2];
static _Alignas(64) unsigned char memory[MEMORY];
static reel_arena backing; // over the memory
static reel_handle parent, child;
static reel_allocator used; // by the handler
static const kind *tried;
static void *out[2 * BLOCKS];
static volatile size_t count;
static volatile bool has_ended;
static size_t usable; // bytes of the memory

// ---- kinds -----------------------------------------------------------------------

static reel_allocator start_blocks(void)
{
    REQUIRE(reel_blocks_init(&the.blocks, memory, MEMORY, SIZE, BLOCKS)
            == REEL_OK);
    return reel_blocks_allocator(&the.blocks);
}

static reel_handle bind_blocks(reel_handle under)
{
    REQUIRE(reel_blocks_bind(&the.blocks, &registry, under) == REEL_OK);
    return reel_blocks_handle(&the.blocks);
}

static reel_allocator start_arena(void)
{
    REQUIRE(reel_arena_init(&the.arena, memory, BLOCKS * SIZE) == REEL_OK);
    return reel_arena_allocator(&the.arena);
}

static reel_handle bind_arena(reel_handle under)
{
    REQUIRE(reel_arena_bind(&the.arena, &registry, under) == REEL_OK);
    return reel_arena_handle(&the.arena);
}

// All but one block's memory is committed.
static reel_allocator start_temp(void)
{
    REQUIRE(reel_always_init(&always, SIZE, SIZE_MAX) == REEL_OK);
    REQUIRE(
        reel_temp_init(&the.temp, memory, BLOCKS * SIZE, &always.pages, NULL)
        == REEL_OK);
    usable = (BLOCKS - 1) * SIZE;
    void *const all = reel_temp_alloc(&the.temp, usable, SIZE);
    REQUIRE(reel_temp_free(&the.temp, all, usable) == REEL_OK);
    return reel_temp_allocator(&the.temp);
}

static reel_handle bind_temp(reel_handle under)
{
    REQUIRE(reel_temp_bind(&the.temp, &registry, under) == REEL_OK);
    return reel_temp_handle(&the.temp);
}

static reel_allocator start_rewindable(void)
{
    const reel_rewindable_config config = { BLOCKS * SIZE, SIZE, SIZE, true };
    REQUIRE(reel_rewindable_init(&the.rewindable,
                                 reel_arena_allocator(&backing), table, 2,
                                 &config)
            == REEL_OK);
    return reel_rewindable_allocator(&the.rewindable);
}

static reel_handle bind_rewindable(reel_handle under)
{
    REQUIRE(reel_rewindable_bind(&the.rewindable, &registry, under) == REEL_OK);
    return reel_rewindable_handle(&the.rewindable);
}

static reel_allocator start_pool(void)
{
    REQUIRE(reel_pool_init(&the.pool, reel_arena_allocator(&backing), chunks, 2,
                           SIZE, 2 * SIZE)
            == REEL_OK);
    REQUIRE(reel_pool_reserve(&the.pool, BLOCKS) == REEL_OK);
    return reel_pool_allocator(&the.pool);
}

static reel_handle bind_pool(reel_handle under)
{
    REQUIRE(reel_pool_bind(&the.pool, &registry, under) == REEL_OK);
    return reel_pool_handle(&the.pool);
}

static reel_allocator start_region(void)
{
    REQUIRE(reel_pool_init(&pages, reel_arena_allocator(&backing), chunks, 1,
                           2 * SIZE, 4 * SIZE)
            == REEL_OK);
    REQUIRE(reel_pool_reserve(&pages, 2) == REEL_OK);
    REQUIRE(reel_region_open(&the.region, &pages) == REEL_OK);
    return reel_region_allocator(&the.region);
}

static reel_handle bind_region(reel_handle under)
{
    REQUIRE(reel_region_bind(&the.region, &registry, under) == REEL_OK);
    return reel_region_handle(&the.region);
}

static const kind kinds[] = {
    { start_blocks, bind_blocks, broken_end_of_blocks },
    { start_arena, bind_arena, broken_end_of_arena },
    { start_temp, bind_temp, broken_end_of_temp },
    { start_rewindable, bind_rewindable, broken_end_of_rewindable },
    { start_pool, bind_pool, broken_end_of_pool },
    { start_region, bind_region, broken_end_of_region },
};

static reel_handle bind_broken(void)
{
    static reel_allocator_ops ops;
    reel_handle handle = REEL_NO_HANDLE;
    ops.allocate = used.ops->allocate;
    ops.free = used.ops->free;
    ops.end = tried->broken_end;
    const reel_allocator broken = { &ops, used.self };
    REQUIRE(reel_registry_register(&registry, broken, parent, &handle)
            == REEL_OK);
    return handle;
}

// ---- what the handler does ------------------------------------------------------------

static void note(const void *block)
{
    const size_t offset = (size_t)((const unsigned char *)block - memory);
    if (block == NULL) {
        return;
    }
    REQUIRE(!has_ended && offset < usable && count < BLOCKS);
    for (size_t i = 0; i < count; i++) {
        REQUIRE(out[i] != block);
    }
    if (count < 2 * BLOCKS) {
        out[count++] = (void *)(uintptr_t)block;
    }
}

static void take(void)
{
    note(reel_allocate(used, SIZE, 8));
}

static void give(void)
{
    const bool had_ended = has_ended;
    if (count > 0) {
        const reel_status status = reel_free(used, out[count - 1], SIZE);
        count -= status == REEL_OK;
        REQUIRE(status == REEL_STALE || !had_ended);
    }
}

static void give_and_take(void)
{
    give();
    take();
}

static void take_by_handle(void)
{
    const reel_allocator *const found = reel_registry_get(&registry, child);
    REQUIRE(found == NULL || !has_ended);
    if (found != NULL) {
        note(reel_allocate(*found, SIZE, 8));
    }
}

// ---- what the main loop does ------------------------------------------------------------

static void end_parent(void)
{
    REQUIRE(reel_registry_rewound(&registry, parent, &parent) == REEL_OK);
    has_ended = true;
    for (size_t i = 0; i < MEMORY; i += sizeof(uint32_t)) {
        *(volatile uint32_t *)(void *)&memory[i] = PATTERN;
    }
}

static void prepare(void)
{
    const reel_handle none = REEL_NO_HANDLE;
    tried = &kinds[argument(KIND)];
    has_ended = false;
    count = 0;
    usable = MEMORY;
    REQUIRE(reel_arena_init(&backing, memory, MEMORY) == REEL_OK);
    REQUIRE(reel_registry_init(&registry, entries, 2) == REEL_OK);
    REQUIRE(
        reel_registry_register(&registry, reel_allocator_null(), none, &parent)
        == REEL_OK);
    used = tried->start();
    child = interrupts_have_broken_ends ? bind_broken() : tried->bind(parent);
    for (size_t i = 0; i < argument(HELD); i++) {
        take();
    }
    REQUIRE(count == argument(HELD));
}

static void check(void)
{
    take();
    give();
    for (size_t i = 0; i < MEMORY; i += sizeof(uint32_t)) {
        REQUIRE(*(const uint32_t *)(const void *)&memory[i] == PATTERN);
    }
    REQUIRE(reel_registry_is_valid(&registry));
    REQUIRE(reel_registry_count(&registry) == 1);
}

static const test_operation ends[] = {
    { "end of blocks", end_parent, { 0, 2 } },
    { "end of all blocks", end_parent, { 0, 4 } },
    { "end of an arena", end_parent, { 1, 2 } },
    { "end of a full arena", end_parent, { 1, 4 } },
    { "end of a temp", end_parent, { 2, 3 } },
    { "end of a rewindable", end_parent, { 3, 2 } },
    { "end of a pool", end_parent, { 4, 2 } },
    { "end of a full pool", end_parent, { 4, 4 } },
    { "end of a region", end_parent, { 5, 2 } },
    { 0 },
};

static const test_operation full_ends[] = {
    { "end of a full arena, twice interrupted", end_parent, { 1, 4 } },
    { 0 },
};

// ---- what has ended, and a region that was copied -----------------------------------------

static void take_dead(void)
{
    note(reel_allocate(used, SIZE, 8));
}

static void take_shared(void)
{
    note(reel_arena_alloc_shared(&the.arena, SIZE, 8));
}

static void take_temp(void)
{
    note(reel_temp_alloc_shared(&the.temp, SIZE, 8));
}

static void close_it(void)
{
    REQUIRE(reel_region_close(&the.region) == REEL_STALE);
}

static void prepare_ended(void)
{
    prepare();
    end_parent();
}

static reel_region copy;

static void close_copy(void)
{
    REQUIRE(reel_region_close(&copy) == REEL_DOUBLE_FREE);
}

static void prepare_copy(void)
{
    prepare();
    copy.next = the.region.next;
    copy.end = the.region.end;
    copy.newest = the.region.newest;
    copy.oldest = the.region.oldest;
    copy.pages = the.region.pages;
    copy.pool = the.region.pool;
    copy.cache = NULL;
    copy.has_more = false;
    REQUIRE(reel_region_close(&the.region) == REEL_OK);
}

static void check_copy(void)
{
    REQUIRE(reel_pool_is_valid(&pages));
    REQUIRE(reel_pool_used_pages(&pages) == 0);
}

static const test_operation dead_calls[] = {
    { "take a dead block", take_dead, { 0, 2 } },
    { "take of a dead arena", take_shared, { 1, 2 } },
    { "take of a dead temp", take_temp, { 2, 3 } },
    { "take of a dead rewindable", take_dead, { 3, 2 } },
    { "take of a dead pool", take_dead, { 4, 2 } },
    { "close of a dead region", close_it, { 5, 2 } },
    { 0 },
};

static const test_operation copies[] = {
    { "close of a copy", close_copy, { 5, 2 } },
    { 0 },
};

static const test_action actions[] = {
    { "take", take, NULL },
    { "free", give, NULL },
    { "free and take", give_and_take, NULL },
    { "take by the handle", take_by_handle, NULL },
    { 0 },
};

static const test_action two_actions[] = {
    { "free, then take", give, take },
    { 0 },
};

const test_family lifetimes_families[] = {
    { ends, actions, prepare, check },
    { full_ends, two_actions, prepare, check },
    { dead_calls, interrupts_no_action, prepare_ended, check },
    { copies, interrupts_no_action, prepare_copy, check_copy },
    { 0 },
};
