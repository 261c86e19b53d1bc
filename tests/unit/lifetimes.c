// SPDX-License-Identifier: MIT
// An allocator ends with its parent: every kind of child, every way to end.
//
// The parent is a rewindable over the memory of the tests. When it has ended, its
// first block lies where its children had their memory, and is full of a pattern
// that no test may disturb.

#include "always.h"
#include "things.h"

#define ENTRIES  6
#define PATTERN  0x5C
#define MEMORY   1024 // of the parent's chunk
#define PAGE     64
#define CHILD    512 // bytes for a child
#define OLD_SIZE 8

static const reel_rewindable_config of_parent = { MEMORY, MEMORY, 8, false };
static const reel_rewindable_config of_child = { 64, 64, 8, true };
static const reel_handle nothing = REEL_NO_HANDLE;

static reel_arena ground;
static reel_rewindable parent;
static reel_rewindable_chunk parent_table[1];
static unsigned char *taken; // what the parent handed out since it ended
static reel_region inner;
static reel_always always;
static reel_rewindable *made;
static reel_heap heap;
static reel_heap_cache heap_cache;
static reel_heap_slot heap_slots[2];

static void fresh_parent(void)
{
    EXPECT_EQUAL(reel_registry_init(&the.registry, the.entries, ENTRIES),
                 REEL_OK);
    EXPECT_EQUAL(
        reel_arena_init(&ground, test_memory(TEST_MEMORY), TEST_MEMORY),
        REEL_OK);
    EXPECT_EQUAL(reel_rewindable_init(&parent, reel_arena_allocator(&ground),
                                      parent_table, 1, &of_parent),
                 REEL_OK);
    EXPECT_EQUAL(reel_rewindable_bind(&parent, &the.registry, nothing),
                 REEL_OK);
    taken = NULL;
}

static reel_handle parent_handle(void)
{
    return reel_rewindable_handle(&parent);
}

static void *parent_block(void)
{
    void *const block = reel_rewindable_alloc(&parent, CHILD, PAGE);
    EXPECT(block != NULL);
    return block;
}

static void take_all(void)
{
    taken = reel_rewindable_alloc(&parent, MEMORY, 8);
    EXPECT(taken != NULL);
    for (size_t i = 0; taken != NULL && i < MEMORY; i++) {
        taken[i] = PATTERN;
    }
}

static bool is_undisturbed(void)
{
    for (size_t i = 0; i < MEMORY; i++) {
        if (taken[i] != PATTERN) {
            return false;
        }
    }
    return reel_rewindable_is_valid(&parent)
           && reel_registry_is_valid(&the.registry);
}

// ---- ways to end ---------------------------------------------------------------

static void rewind_parent(void)
{
    EXPECT_EQUAL(reel_rewindable_rewind(&parent), REEL_OK);
}

static void say_rewound(void)
{
    reel_handle handle = parent_handle();
    EXPECT_EQUAL(reel_registry_rewound(&the.registry, handle, &handle),
                 REEL_OK);
    EXPECT_EQUAL(reel_rewindable_rewind(&parent), REEL_OK);
}

static void unregister_parent(void)
{
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, parent_handle()),
                 REEL_OK);
    EXPECT_EQUAL(reel_rewindable_rewind(&parent), REEL_OK);
}

static void start_parent_again(void)
{
    EXPECT_EQUAL(reel_arena_reset(&ground), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_init(&parent, reel_arena_allocator(&ground),
                                      parent_table, 1, &of_parent),
                 REEL_OK);
}

static void dispose_of_parent(void)
{
    EXPECT_EQUAL(reel_rewindable_dispose(&parent), REEL_OK);
    start_parent_again();
}

static void (*const ways[])(void) = {
    rewind_parent,
    say_rewound,
    unregister_parent,
    dispose_of_parent,
};
#define WAYS (sizeof ways / sizeof ways[0])

// ---- kinds of children -----------------------------------------------------------

// What a kind is asked for: to start and bind it; its allocator; its handle; what else
// it must refuse; how to leave.
typedef struct kind {
    reel_status (*start)(void);
    reel_allocator (*allocator)(void);
    reel_handle (*handle)(void);
    void (*expect_refusals)(void);
    bool (*is_valid)(void);
} kind;

// Arena.

static reel_status start_arena(void)
{
    EXPECT_EQUAL(reel_arena_init(&the.arena, parent_block(), CHILD), REEL_OK);
    return reel_arena_bind(&the.arena, &the.registry, parent_handle());
}

static reel_allocator arena_allocator(void)
{
    return reel_arena_allocator(&the.arena);
}

static reel_handle arena_handle(void)
{
    return reel_arena_handle(&the.arena);
}

static reel_mark mark_before;

static void arena_refuses(void)
{
    EXPECT(reel_arena_alloc(&the.arena, 1, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT(reel_arena_alloc_shared(&the.arena, 1, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT(reel_arena_alloc_zeroed(&the.arena, 1, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT(reel_arena_alloc(&the.arena, 0, 0) == NULL
           && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_arena_rewind(&the.arena, mark_before), REEL_STALE);
    EXPECT_EQUAL(reel_arena_reset(&the.arena), REEL_STALE);
    EXPECT_EQUAL(reel_arena_dispose(&the.arena), REEL_STALE);
    EXPECT_EQUAL(reel_arena_bind(&the.arena, &the.registry, nothing),
                 REEL_STALE);
    EXPECT_EQUAL(reel_arena_rewind(&the.arena, reel_arena_mark(&the.arena)),
                 REEL_STALE);
    EXPECT(reel_arena_alloc(&the.arena, 1, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT(reel_arena_used(&the.arena) == 0
           && reel_arena_available(&the.arena) == 0);
    EXPECT(reel_arena_peak(&the.arena) == 0
           && !reel_arena_owns(&the.arena, taken, 1));
}

static bool arena_is_valid(void)
{
    return reel_arena_is_valid(&the.arena);
}

// Temp.

static reel_status start_temp(void)
{
    EXPECT_EQUAL(reel_always_init(&always, PAGE, SIZE_MAX), REEL_OK);
    EXPECT_EQUAL(
        reel_temp_init(&the.temp, parent_block(), CHILD, &always.pages, NULL),
        REEL_OK);
    EXPECT(reel_temp_alloc(&the.temp, 1, 1) != NULL
           && reel_temp_reset(&the.temp) == REEL_OK);
    return reel_temp_bind(&the.temp, &the.registry, parent_handle());
}

static reel_allocator temp_allocator(void)
{
    return reel_temp_allocator(&the.temp);
}

static reel_handle temp_handle(void)
{
    return reel_temp_handle(&the.temp);
}

static void temp_refuses(void)
{
    const size_t committed = always.committed;
    EXPECT(reel_temp_alloc(&the.temp, 1, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT(reel_temp_alloc_shared(&the.temp, 1, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_temp_rewind(&the.temp, mark_before), REEL_STALE);
    EXPECT_EQUAL(reel_temp_reset(&the.temp), REEL_STALE);
    EXPECT_EQUAL(reel_temp_trim(&the.temp), REEL_STALE);
    EXPECT_EQUAL(reel_temp_dispose(&the.temp), REEL_STALE);
    EXPECT_EQUAL(reel_temp_bind(&the.temp, &the.registry, nothing), REEL_STALE);
    EXPECT_EQUAL(reel_temp_rewind(&the.temp, reel_temp_mark(&the.temp)),
                 REEL_STALE);
    EXPECT(reel_temp_used(&the.temp) == 0 && reel_temp_committed(&the.temp) == 0
           && reel_temp_peak(&the.temp) == 0);
    EXPECT_EQUAL(always.committed, committed); // no hook was called
}

static bool temp_is_valid(void)
{
    return reel_temp_is_valid(&the.temp);
}

// Blocks.

static reel_status start_blocks(void)
{
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, parent_block(), CHILD, 16, 8),
                 REEL_OK);
    return reel_blocks_bind(&the.blocks, &the.registry, parent_handle());
}

static reel_allocator blocks_allocator(void)
{
    return reel_blocks_allocator(&the.blocks);
}

static reel_handle blocks_handle(void)
{
    return reel_blocks_handle(&the.blocks);
}

static void blocks_refuse(void)
{
    EXPECT(reel_blocks_alloc(&the.blocks) == NULL && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_blocks_free(&the.blocks, taken), REEL_STALE);
    EXPECT(!reel_blocks_owns(&the.blocks, taken));
    EXPECT(reel_blocks_index(&the.blocks, taken) == SIZE_MAX
           || REEL_CHECKS == 0);
    EXPECT(test_panicked(REEL_STALE));
    EXPECT(reel_blocks_count_used(&the.blocks) == 0
           && reel_blocks_count_free(&the.blocks) == 0);
    EXPECT_EQUAL(reel_blocks_dispose(&the.blocks), REEL_STALE);
    EXPECT_EQUAL(reel_blocks_bind(&the.blocks, &the.registry, nothing),
                 REEL_STALE);
}

static bool blocks_are_valid(void)
{
    return reel_blocks_is_valid(&the.blocks);
}

// A cache of blocks, with two blocks in it; the pool itself is not bound.

static reel_status start_cache(void)
{
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, parent_block(), CHILD, 16, 8),
                 REEL_OK);
    EXPECT_EQUAL(
        reel_blocks_cache_init(&the.blocks_cache, &the.blocks, the.slots, 4),
        REEL_OK);
    void *const block = reel_blocks_cache_alloc(&the.blocks_cache);
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, block), REEL_OK);
    return reel_blocks_cache_bind(&the.blocks_cache, &the.registry,
                                  parent_handle());
}

static reel_allocator cache_allocator(void)
{
    const reel_allocator *const found = reel_registry_get(
        &the.registry, reel_blocks_cache_handle(&the.blocks_cache));
    return found != NULL ? *found : reel_allocator_null();
}

static reel_handle cache_handle(void)
{
    return reel_blocks_cache_handle(&the.blocks_cache);
}

static void cache_refuses(void)
{
    EXPECT(reel_blocks_cache_alloc(&the.blocks_cache) == NULL
           && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, taken), REEL_STALE);
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, NULL), REEL_STALE);
    reel_blocks_cache_flush(&the.blocks_cache);
    EXPECT(reel_blocks_cache_alloc(&the.blocks_cache) == NULL
           && test_panicked(REEL_STALE));
    EXPECT_EQUAL(
        reel_blocks_cache_bind(&the.blocks_cache, &the.registry, nothing),
        REEL_STALE);
}

static bool cache_is_valid(void)
{
    return reel_blocks_cache_is_valid(&the.blocks_cache);
}

// A cache of a heap, with a block in it; the heap itself is not bound.

static reel_status start_heap_cache(void)
{
    EXPECT_EQUAL(reel_heap_init(&heap, parent_block(), CHILD), REEL_OK);
    EXPECT_EQUAL(reel_heap_cache_init(&heap_cache, &heap, heap_slots, 2),
                 REEL_OK);
    void *const block = reel_heap_cache_alloc(&heap_cache, OLD_SIZE, 1);
    EXPECT_EQUAL(reel_heap_cache_free(&heap_cache, block), REEL_OK);
    return reel_heap_cache_bind(&heap_cache, &the.registry, parent_handle());
}

static reel_handle heap_cache_handle(void)
{
    return reel_heap_cache_handle(&heap_cache);
}

static reel_allocator heap_cache_allocator(void)
{
    const reel_allocator *const found =
        reel_registry_get(&the.registry, heap_cache_handle());
    return found != NULL ? *found : reel_allocator_null();
}

static void heap_cache_refuses(void)
{
    EXPECT(reel_heap_cache_alloc(&heap_cache, OLD_SIZE, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_heap_cache_free(&heap_cache, taken), REEL_STALE);
    EXPECT_EQUAL(reel_heap_cache_free(&heap_cache, NULL), REEL_STALE);
    EXPECT_EQUAL(reel_heap_cache_flush(&heap_cache), REEL_STALE);
    EXPECT_EQUAL(reel_heap_cache_bind(&heap_cache, &the.registry, nothing),
                 REEL_STALE);
}

static bool heap_cache_is_valid(void)
{
    return heap_cache.slots == heap_slots;
}

// Page pool.

static reel_status start_pool(void)
{
    EXPECT_EQUAL(reel_pool_init(&the.pool, reel_rewindable_allocator(&parent),
                                the.chunks, 2, PAGE, 3 * PAGE),
                 REEL_OK);
    return reel_pool_bind(&the.pool, &the.registry, parent_handle());
}

static reel_allocator pool_allocator(void)
{
    return reel_pool_allocator(&the.pool);
}

static reel_handle pool_handle(void)
{
    return reel_pool_handle(&the.pool);
}

static void pool_refuses(void)
{
    EXPECT(reel_pool_claim(&the.pool) == NULL && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_pool_release(&the.pool, taken), REEL_STALE);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 0), REEL_STALE);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 1), REEL_STALE);
    EXPECT_EQUAL(reel_pool_trim(&the.pool), 0);
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_STALE);
    EXPECT_EQUAL(reel_pool_bind(&the.pool, &the.registry, nothing), REEL_STALE);
    EXPECT(reel_pool_chunks(&the.pool) == 0
           && reel_pool_used_pages(&the.pool) == 0);
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_STALE);
    EXPECT(!reel_region_is_open(&the.region));
}

static bool pool_is_valid(void)
{
    return reel_pool_is_valid(&the.pool);
}

// A region over a bound pool, bound under that.

static reel_status start_region(void)
{
    EXPECT_EQUAL(start_pool(), REEL_OK);
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    return reel_region_bind(&the.region, &the.registry, pool_handle());
}

static reel_allocator region_allocator(void)
{
    return reel_region_allocator(&the.region);
}

static reel_handle region_handle(void)
{
    return reel_region_handle(&the.region);
}

static void region_refuses(void)
{
    EXPECT(reel_region_alloc(&the.region, 1, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_STALE);
    EXPECT_EQUAL(reel_region_close_cached(&the.region), REEL_STALE);
    EXPECT(!reel_region_is_open(&the.region));
    EXPECT_EQUAL(reel_region_bind(&the.region, &the.registry, nothing),
                 REEL_STALE);
    EXPECT_EQUAL(reel_region_stats(&the.region).used, 0);
    pool_refuses(); // which opens another one
    the.region.newest = UINTPTR_MAX;
}

static bool region_is_valid(void)
{
    return reel_region_is_valid(&the.region);
}

// Rewindables.

static reel_status start_child(void)
{
    EXPECT_EQUAL(reel_rewindable_init(&the.rewindable,
                                      reel_rewindable_allocator(&parent),
                                      the.table, 2, &of_child),
                 REEL_OK);
    return reel_rewindable_bind(&the.rewindable, &the.registry,
                                parent_handle());
}

static reel_allocator child_allocator(void)
{
    return reel_rewindable_allocator(&the.rewindable);
}

static reel_handle child_handle(void)
{
    return reel_rewindable_handle(&the.rewindable);
}

static void child_refuses(void)
{
    reel_span span;
    EXPECT(reel_rewindable_alloc(&the.rewindable, 1, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT(reel_rewindable_alloc(&the.rewindable, 4000, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_rewindable_free(&the.rewindable, taken, 1), REEL_STALE);
    EXPECT_EQUAL(reel_rewindable_rewind(&the.rewindable), REEL_STALE);
    EXPECT_EQUAL(reel_rewindable_dispose(&the.rewindable), REEL_STALE);
    EXPECT_EQUAL(reel_rewindable_destroy(&the.rewindable), REEL_INVALID);
    EXPECT_EQUAL(reel_rewindable_set_frees_blocks(&the.rewindable, false),
                 REEL_STALE);
    EXPECT_EQUAL(reel_rewindable_bind(&the.rewindable, &the.registry, nothing),
                 REEL_STALE);
    EXPECT(reel_span_open(&span, &the.rewindable, 8) == REEL_STALE
           && test_panicked(REEL_STALE));
    EXPECT(reel_rewindable_chunks(&the.rewindable) == 0
           && reel_rewindable_bytes_allocated(&the.rewindable) == 0);
    EXPECT_EQUAL(reel_rewindable_stats(&the.rewindable).used, 0);
}

static bool child_is_valid(void)
{
    return reel_rewindable_is_valid(&the.rewindable);
}

static const kind kinds[] = {
    { start_arena, arena_allocator, arena_handle, arena_refuses,
      arena_is_valid },
    { start_temp, temp_allocator, temp_handle, temp_refuses, temp_is_valid },
    { start_blocks, blocks_allocator, blocks_handle, blocks_refuse,
      blocks_are_valid },
    { start_cache, cache_allocator, cache_handle, cache_refuses,
      cache_is_valid },
    { start_heap_cache, heap_cache_allocator, heap_cache_handle,
      heap_cache_refuses, heap_cache_is_valid },
    { start_pool, pool_allocator, pool_handle, pool_refuses, pool_is_valid },
    { start_region, region_allocator, region_handle, region_refuses,
      region_is_valid },
    { start_child, child_allocator, child_handle, child_refuses,
      child_is_valid },
};
#define KINDS (sizeof kinds / sizeof kinds[0])

// ---- what fails without all this --------------------------------------------------

static void a_child_does_not_hand_out_its_rewound_parents_memory(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_child(), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_rewind(&parent), REEL_OK);
    unsigned char *const block = reel_rewindable_alloc(&parent, 64, 8);
    EXPECT(block != NULL
           && reel_rewindable_alloc(&the.rewindable, 8, 8) == NULL);
    EXPECT(test_panicked(REEL_STALE));
}

// The parent frees its blocks one by one.
static void a_childs_dispose_does_not_free_its_rewound_parents_block(void)
{
    fresh_parent();
    EXPECT_EQUAL(reel_rewindable_set_frees_blocks(&parent, true), REEL_OK);
    EXPECT_EQUAL(start_child(), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_rewind(&parent), REEL_OK);
    void *const block = reel_rewindable_alloc(&parent, 64, 8);
    EXPECT_EQUAL(reel_rewindable_dispose(&the.rewindable), REEL_STALE);
    EXPECT_EQUAL(reel_rewindable_free(&parent, block, 64), REEL_OK);
}

// ---- every kind, every way --------------------------------------------------------

static void expect_ended(const kind *k, reel_allocator before, void *block)
{
    EXPECT(reel_allocate(before, OLD_SIZE, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_free(before, block, OLD_SIZE), REEL_STALE);
    if (REEL_CHECKS >= 1) { // else the owner is not checked
        EXPECT(reel_reallocate(before, block, OLD_SIZE, 2 * OLD_SIZE, 1) == NULL
               && test_panicked(REEL_STALE));
        EXPECT(reel_reallocate(before, block, OLD_SIZE, 1, 1) == NULL
               && test_panicked(REEL_STALE));
    }
    EXPECT(reel_reallocate(before, NULL, 0, OLD_SIZE, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT(k->handle().index == 0 && k->handle().version == 0);
    k->expect_refusals();
    EXPECT(k->is_valid());
}

static void end_in_a_way(const kind *k, void (*way)(void))
{
    fresh_parent();
    EXPECT(k->start() == REEL_OK && k->is_valid());
    const reel_allocator before = k->allocator();
    const reel_handle handle = k->handle();
    mark_before = k->start == start_temp ? reel_temp_mark(&the.temp)
                                         : reel_arena_mark(&the.arena);
    void *const block = reel_allocate(before, OLD_SIZE, 1);
    const reel_ref ref = reel_ref_make(handle, block);
    EXPECT(block != NULL && reel_ref_get(&the.registry, ref) == block);
    EXPECT(handle.version != 0);
    way();
    take_all();
    EXPECT(reel_ref_get(&the.registry, ref) == NULL);
    EXPECT(reel_registry_count(&the.registry) <= 1);
    expect_ended(k, before, block);
    EXPECT(is_undisturbed());
}

static void every_kind_ends_with_its_parent_in_every_way(void)
{
    EXPECT_EQUAL(reel_arena_init(&the.arena, &the.slots, sizeof the.slots),
                 REEL_OK);
    EXPECT_EQUAL(reel_arena_dispose(&the.arena), REEL_OK);
    for (size_t i = 0; i < KINDS; i++) {
        for (size_t j = 0; j < WAYS; j++) {
            end_in_a_way(&kinds[i], ways[j]);
        }
    }
}

static void what_has_ended_may_be_started_and_bound_anew(void)
{
    for (size_t i = 0; i < KINDS; i++) {
        fresh_parent();
        EXPECT_EQUAL(kinds[i].start(), REEL_OK);
        for (size_t round = 0; round < 3; round++) {
            rewind_parent();
            EXPECT_EQUAL(kinds[i].start(), REEL_OK);
            void *const block =
                reel_allocate(kinds[i].allocator(), OLD_SIZE, 1);
            EXPECT(block != NULL && kinds[i].is_valid());
            EXPECT(kinds[i].handle().version != 0);
            EXPECT(reel_registry_is_valid(&the.registry));
        }
    }
}

// Each is the parent of the next, so none is ended before those above it.
static void the_deepest_end_first(void)
{
    reel_rewindable_chunk table[1];
    fresh_parent();
    EXPECT_EQUAL(start_pool(), REEL_OK);
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    EXPECT_EQUAL(reel_region_bind(&the.region, &the.registry, pool_handle()),
                 REEL_OK);
    void *const buffer = reel_region_alloc(&the.region, 32, 8);
    EXPECT_EQUAL(reel_arena_init(&the.arena, buffer, 32), REEL_OK);
    EXPECT_EQUAL(reel_arena_bind(&the.arena, &the.registry, region_handle()),
                 REEL_OK);
    const reel_rewindable_config tiny = { 16, 16, 8, true };
    EXPECT_EQUAL(reel_rewindable_init(&the.rewindable, arena_allocator(), table,
                                      1, &tiny),
                 REEL_OK);
    EXPECT_EQUAL(
        reel_rewindable_bind(&the.rewindable, &the.registry, arena_handle()),
        REEL_OK);
    EXPECT_EQUAL(reel_registry_count(&the.registry), 5);
    rewind_parent();
    take_all();
    EXPECT_EQUAL(reel_registry_count(&the.registry), 1);
    child_refuses();
    mark_before.owner = &the.arena;
    arena_refuses();
    region_refuses();
    EXPECT(is_undisturbed());
}

static void siblings_and_strangers_go_on(void)
{
    reel_handle stranger;
    fresh_parent();
    EXPECT(start_arena() == REEL_OK && start_child() == REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        nothing, &stranger),
                 REEL_OK);
    EXPECT_EQUAL(reel_arena_reset(&the.arena), REEL_OK);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 8, 8) != NULL);
    EXPECT(reel_arena_alloc(&the.arena, 8, 8) != NULL);
    rewind_parent();
    EXPECT(reel_registry_get(&the.registry, stranger) != NULL);
    EXPECT(reel_rewindable_alloc(&parent, 8, 8) != NULL);
}

// Unregistering says only that the registry is left.
static void what_is_unregistered_itself_goes_on(void)
{
    fresh_parent();
    for (size_t i = 0; i < KINDS; i++) {
        EXPECT_EQUAL(kinds[i].start(), REEL_OK);
        const reel_allocator allocator = kinds[i].allocator();
        EXPECT_EQUAL(reel_registry_unregister(&the.registry, kinds[i].handle()),
                     REEL_OK);
        EXPECT(reel_allocate(allocator, OLD_SIZE, 1) != NULL);
        EXPECT_EQUAL(kinds[i].handle().version, 0);
        rewind_parent();
    }
}

// It is not bound, only entered; it ends all the same.
static void enter_arena(void)
{
    reel_handle handle;
    fresh_parent();
    EXPECT(reel_arena_init(&the.arena, parent_block(), CHILD) == REEL_OK);
    EXPECT(reel_registry_register(&the.registry, arena_allocator(),
                                  parent_handle(), &handle)
           == REEL_OK);
}

static void an_arena_that_is_registered_by_its_value_ends(void)
{
    enter_arena();
    mark_before = reel_arena_mark(&the.arena);
    rewind_parent();
    take_all();
    arena_refuses();
    EXPECT(is_undisturbed());
}

// Nothing lies above the mark, so a rewind to it would change nothing.
static void a_mark_of_a_full_arena_ends_with_it(void)
{
    unsigned char *last = NULL, *block;
    enter_arena();
    while ((block = reel_arena_alloc(&the.arena, 1, 1)) != NULL) {
        last = block;
    }
    mark_before = reel_arena_mark(&the.arena);
    rewind_parent();
    if (REEL_CHECKS > 0) {
        EXPECT(!reel_arena_resize(&the.arena, last, 1, 1)
               && test_panicked(REEL_STALE));
    }
    arena_refuses();
}

static size_t ends;

static void count_end(void *self)
{
    (void)self;
    ends++;
}

static void allocators_written_elsewhere_end_as_they_say(void)
{
    const reel_allocator null = reel_allocator_null();
    const reel_allocator_ops with_end = {
        .allocate = null.ops->allocate,
        .free = null.ops->free,
        .end = count_end,
    };
    const reel_allocator_ops without = {
        .allocate = null.ops->allocate,
        .free = null.ops->free,
    };
    const reel_allocator one = { &with_end, NULL };
    const reel_allocator other = { &without, NULL };
    reel_handle handle;
    fresh_parent();
    EXPECT_EQUAL(
        reel_registry_register(&the.registry, one, parent_handle(), &handle),
        REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&the.registry, other, handle, &handle),
                 REEL_OK);
    ends = 0;
    rewind_parent();
    EXPECT(ends == 1 && reel_registry_count(&the.registry) == 1);
}

// ---- what a parent does -------------------------------------------------------------

static bool child_has_ended(void)
{
    const bool has_ended = reel_rewindable_alloc(&the.rewindable, 8, 8) == NULL;
    return test_panicked(REEL_STALE) && has_ended;
}

static void start_child_on(reel_allocator backing, reel_handle handle)
{
    const reel_rewindable_config tiny = { 32, 32, 8, false };
    EXPECT_EQUAL(
        reel_rewindable_init(&the.rewindable, backing, the.table, 1, &tiny),
        REEL_OK);
    EXPECT_EQUAL(reel_rewindable_bind(&the.rewindable, &the.registry, handle),
                 REEL_OK);
}

static void an_arenas_rewinds_and_resets_end_its_children(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_arena(), REEL_OK);
    for (int way = 0; way < 4; way++) {
        const reel_mark mark = reel_arena_mark(&the.arena);
        start_child_on(arena_allocator(), arena_handle());
        const reel_ref ref = reel_ref_make(arena_handle(), &the.arena);
        if (way == 0) {
            EXPECT_EQUAL(reel_arena_rewind(&the.arena, mark), REEL_OK);
        } else if (way == 1) {
            (void)reel_arena_mark(&the.arena);
            EXPECT_EQUAL(reel_arena_rewind(&the.arena, mark), REEL_OK);
        } else if (way == 2) {
            EXPECT_EQUAL(reel_arena_reset(&the.arena), REEL_OK);
        } else {
            EXPECT_EQUAL(reel_arena_dispose(&the.arena), REEL_OK);
        }
        EXPECT(child_has_ended() && reel_ref_get(&the.registry, ref) == NULL);
        EXPECT((arena_handle().version != 0) == (way < 3));
    }
    // Unbound again, its rewinds are inline, and no registry is told.
    const reel_mark mark = reel_arena_mark(&the.arena);
    EXPECT(reel_arena_alloc(&the.arena, 8, 8) != NULL);
    EXPECT_EQUAL(reel_arena_rewind(&the.arena, mark), REEL_OK);
    EXPECT_EQUAL(reel_arena_bind(&the.arena, &the.registry, parent_handle()),
                 REEL_OK);
}

static void a_refused_rewind_ends_nothing(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_arena(), REEL_OK);
    const reel_mark dropped = reel_arena_mark(&the.arena);
    EXPECT_EQUAL(reel_arena_reset(&the.arena), REEL_OK);
    start_child_on(arena_allocator(), arena_handle());
    EXPECT_EQUAL(reel_arena_rewind(&the.arena, dropped), REEL_STALE);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 8, 8) != NULL);
}

static void a_temps_rewinds_and_resets_end_its_children(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_temp(), REEL_OK);
    for (int way = 0; way < 3; way++) {
        const reel_mark mark = reel_temp_mark(&the.temp);
        start_child_on(temp_allocator(), temp_handle());
        EXPECT((way == 0   ? reel_temp_rewind(&the.temp, mark)
                : way == 1 ? reel_temp_reset(&the.temp)
                           : reel_temp_dispose(&the.temp))
               == REEL_OK);
        EXPECT(child_has_ended());
        EXPECT((temp_handle().version != 0) == (way < 2));
    }
}

static void a_regions_close_ends_its_children(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_region(), REEL_OK);
    start_child_on(region_allocator(), region_handle());
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
    EXPECT(child_has_ended());
    EXPECT_EQUAL(reel_registry_count(&the.registry), 2);
}

static void a_block_pools_dispose_ends_its_cache(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_blocks(), REEL_OK);
    EXPECT_EQUAL(
        reel_blocks_cache_init(&the.blocks_cache, &the.blocks, the.slots, 4),
        REEL_OK);
    EXPECT_EQUAL(reel_blocks_cache_bind(&the.blocks_cache, &the.registry,
                                        blocks_handle()),
                 REEL_OK);
    void *const block = reel_blocks_cache_alloc(&the.blocks_cache);
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, block), REEL_OK);
    EXPECT_EQUAL(reel_blocks_dispose(&the.blocks), REEL_OK);
    EXPECT_EQUAL(reel_blocks_handle(&the.blocks).version, 0);
    EXPECT(reel_blocks_cache_alloc(&the.blocks_cache) == NULL
           && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_registry_count(&the.registry), 1);
    EXPECT(reel_blocks_alloc(&the.blocks) != NULL); // nothing else changed
}

// A memory checker would report the writes.
static void a_buffer_is_the_callers_again_after_a_dispose(void)
{
    unsigned char buffer[128];
    reel_arena local;
    for (int way = 0; way < 2; way++) {
        if (way == 0) {
            EXPECT_EQUAL(reel_arena_init(&local, buffer, sizeof buffer),
                         REEL_OK);
            EXPECT(reel_arena_alloc(&local, 8, 8) != NULL);
            EXPECT_EQUAL(reel_arena_dispose(&local), REEL_OK);
            EXPECT_EQUAL(reel_arena_dispose(&local), REEL_OK);
            EXPECT(reel_arena_used(&local) >= 8); // nothing else changed
        } else {
            EXPECT_EQUAL(
                reel_blocks_init(&the.blocks, buffer, sizeof buffer, 8, 4),
                REEL_OK);
            EXPECT(reel_blocks_alloc(&the.blocks) != NULL);
            EXPECT_EQUAL(reel_blocks_dispose(&the.blocks), REEL_OK);
            EXPECT_EQUAL(reel_blocks_dispose(&the.blocks), REEL_OK);
            EXPECT_EQUAL(reel_blocks_count_used(&the.blocks), 1);
        }
        for (size_t i = 0; i < sizeof buffer; i++) {
            *(volatile unsigned char *)&buffer[i] = 1;
        }
    }
}

static void a_pools_dispose_leaves_the_registry(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_pool(), REEL_OK);
    void *const page = reel_pool_claim(&the.pool);
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_BUSY);
    EXPECT(pool_handle().version != 0);
    EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
    EXPECT_EQUAL(pool_handle().version, 0);
    EXPECT_EQUAL(reel_registry_count(&the.registry), 1);
    EXPECT(reel_pool_claim(&the.pool) != NULL);
}

// It is bound under the heap, which the owner goes on to use.
static void a_heaps_cache_ends_with_a_reset_of_the_heap(void)
{
    fresh_parent();
    EXPECT_EQUAL(reel_heap_init(&heap, parent_block(), CHILD), REEL_OK);
    EXPECT_EQUAL(reel_heap_bind(&heap, &the.registry, parent_handle()),
                 REEL_OK);
    EXPECT_EQUAL(reel_heap_cache_init(&heap_cache, &heap, heap_slots, 2),
                 REEL_OK);
    EXPECT_EQUAL(reel_heap_cache_bind(&heap_cache, &the.registry,
                                      reel_heap_handle(&heap)),
                 REEL_OK);
    EXPECT_EQUAL(reel_heap_cache_bind(&heap_cache, &the.registry,
                                      reel_heap_handle(&heap)),
                 REEL_BUSY);
    void *const block = reel_heap_cache_alloc(&heap_cache, OLD_SIZE, 1);
    EXPECT_EQUAL(reel_heap_cache_free(&heap_cache, block), REEL_OK);
    EXPECT_EQUAL(reel_heap_reset(&heap), REEL_OK);
    void *const again = reel_heap_alloc(&heap, OLD_SIZE, 1);
    EXPECT_EQUAL((uintptr_t)again, (uintptr_t)block);
    heap_cache_refuses();
    EXPECT_EQUAL(reel_heap_free(&heap, again), REEL_OK);
    EXPECT_EQUAL(reel_heap_cache_init(&heap_cache, &heap, heap_slots, 2),
                 REEL_OK);
    EXPECT(reel_heap_cache_alloc(&heap_cache, OLD_SIZE, 1) == block);
}

// ---- caches of pages ----------------------------------------------------------------

static void start_page_cache(void)
{
    EXPECT_EQUAL(start_pool(), REEL_OK);
    EXPECT_EQUAL(
        reel_pool_cache_init(&the.pool_cache, &the.pool, the.page_slots, 2),
        REEL_OK);
    EXPECT_EQUAL(
        reel_pool_cache_bind(&the.pool_cache, &the.registry, pool_handle()),
        REEL_OK);
    EXPECT_EQUAL(reel_pool_cache_bind(&the.pool_cache, &the.registry, nothing),
                 REEL_BUSY);
    EXPECT_EQUAL(reel_region_open_cached(&inner, &the.pool_cache), REEL_OK);
    EXPECT_EQUAL(reel_region_open_cached(&the.region, &the.pool_cache),
                 REEL_OK);
    EXPECT_EQUAL(reel_region_close_cached(&inner), REEL_OK);
}

static void a_page_cache_ends_with_its_pool(void)
{
    fresh_parent();
    start_page_cache();
    EXPECT_EQUAL(reel_region_bind(&the.region, &the.registry, pool_handle()),
                 REEL_OK);
    rewind_parent();
    take_all();
    EXPECT_EQUAL(reel_region_open_cached(&inner, &the.pool_cache), REEL_STALE);
    EXPECT_EQUAL(reel_region_close_cached(&the.region), REEL_STALE);
    reel_pool_cache_flush(&the.pool_cache);
    EXPECT(reel_pool_cache_is_valid(&the.pool_cache));
    EXPECT_EQUAL(reel_pool_cache_handle(&the.pool_cache).version, 0);
    EXPECT_EQUAL(reel_pool_cache_bind(&the.pool_cache, &the.registry, nothing),
                 REEL_STALE);
    EXPECT(is_undisturbed());
}

// Its slots are gone, the pool is not: regions that used it give their pages to the
// pool.
// It is not bound, so its end is not called. The links of its pages have a pattern.
static void a_flush_after_the_end_of_the_pool_writes_nothing(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_pool(), REEL_OK);
    EXPECT_EQUAL(
        reel_pool_cache_init(&the.pool_cache, &the.pool, the.page_slots, 2),
        REEL_OK);
    EXPECT_EQUAL(reel_region_open_cached(&the.region, &the.pool_cache),
                 REEL_OK);
    EXPECT_EQUAL(reel_region_close_cached(&the.region), REEL_OK);
    rewind_parent();
    take_all();
    reel_pool_cache_flush(&the.pool_cache);
    EXPECT(test_is_calm() && is_undisturbed());
    EXPECT(the.pool_cache.top == the.pool_cache.slots);
}

// Likewise for blocks.
static void a_flush_after_the_end_of_a_block_pool_writes_nothing(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_blocks(), REEL_OK);
    EXPECT_EQUAL(
        reel_blocks_cache_init(&the.blocks_cache, &the.blocks, the.slots, 4),
        REEL_OK);
    void *const block = reel_blocks_cache_alloc(&the.blocks_cache);
    EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, block), REEL_OK);
    rewind_parent();
    take_all();
    reel_blocks_cache_flush(&the.blocks_cache);
    EXPECT(test_is_calm() && is_undisturbed());
    EXPECT(the.blocks_cache.top == the.blocks_cache.slots);
}

static void a_page_cache_may_end_before_its_pool(void)
{
    reel_handle handle;
    fresh_parent();
    EXPECT_EQUAL(reel_pool_init(&the.pool, reel_arena_allocator(&ground),
                                the.chunks, 2, PAGE, 3 * PAGE),
                 REEL_OK);
    EXPECT_EQUAL(
        reel_pool_cache_init(&the.pool_cache, &the.pool, the.page_slots, 2),
        REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        nothing, &handle),
                 REEL_OK);
    EXPECT_EQUAL(reel_pool_cache_bind(&the.pool_cache, &the.registry, handle),
                 REEL_OK);
    EXPECT_EQUAL(reel_region_open_cached(&the.region, &the.pool_cache),
                 REEL_OK);
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, handle), REEL_OK);
    the.page_slots[0].page = the.page_slots[1].page = 77;
    EXPECT_EQUAL(reel_region_open_cached(&inner, &the.pool_cache), REEL_STALE);
    EXPECT_EQUAL(reel_region_close_cached(&the.region), REEL_OK);
    EXPECT(the.page_slots[0].page == 77
           && reel_pool_used_pages(&the.pool) == 0);
    EXPECT(reel_pool_is_valid(&the.pool));
}

static void a_region_left_open_over_an_ended_pool_is_told(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_pool(), REEL_OK);
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    rewind_parent();
    take_all();
    if (REEL_CHECKS >= 2) {
        EXPECT(reel_region_alloc(&the.region, 8, 8) == NULL
               && test_panicked(REEL_STALE));
        EXPECT(reel_region_close(&the.region) == REEL_STALE
               && test_panicked(REEL_STALE));
        EXPECT(is_undisturbed());
    }
    EXPECT(REEL_CHECKS >= 2 || reel_region_alloc(&the.region, PAGE, 1) != NULL);
    EXPECT(reel_region_alloc(&the.region, PAGE, 1) == NULL
           && test_panicked(REEL_STALE));
    EXPECT(reel_region_alloc(&the.region, 2 * PAGE, 1) == NULL
           && test_panicked(REEL_STALE));
}

// ---- copies of a region ---------------------------------------------------------------

static void close_twice(void)
{
    reel_region copy = the.region;
    const size_t used = reel_pool_used_pages(&the.pool);
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
    const size_t left = reel_pool_used_pages(&the.pool);
    EXPECT(left < used || copy.cache != NULL);
    for (int i = 0; i < 2; i++) {
        EXPECT(reel_region_close_cached(&copy) == REEL_DOUBLE_FREE
               && test_panicked(REEL_DOUBLE_FREE));
        EXPECT(reel_region_close(&copy) == REEL_DOUBLE_FREE
               && test_panicked(REEL_DOUBLE_FREE));
    }
    EXPECT(reel_pool_used_pages(&the.pool) == left
           && reel_pool_is_valid(&the.pool));
}

static void a_region_that_was_copied_is_not_closed_twice(void)
{
    if (REEL_CHECKS < 1) {
        tap_skip("not checked in this build");
        return;
    }
    for (size_t pages = 1; pages < 5; pages++) {
        for (int cached = 0; cached < 2; cached++) {
            fresh_parent();
            EXPECT_EQUAL(start_pool(), REEL_OK);
            EXPECT_EQUAL(reel_pool_cache_init(&the.pool_cache, &the.pool,
                                              the.page_slots, 2),
                         REEL_OK);
            EXPECT((cached == 1
                        ? reel_region_open_cached(&the.region, &the.pool_cache)
                        : reel_region_open(&the.region, &the.pool))
                   == REEL_OK);
            for (size_t i = 1; i < pages; i++) {
                EXPECT(reel_region_alloc(&the.region, PAGE, 1) != NULL);
            }
            EXPECT(pages == 1
                   || reel_region_alloc(&the.region, PAGE, 1) != NULL);
            close_twice();
            // Where its page is claimed by itself now, the copy is as wrong.
            reel_pool_cache_flush(&the.pool_cache);
            EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
        }
    }
}

// The pages are another one's by now.
static void a_copy_is_not_closed_over_pages_of_others(void)
{
    if (REEL_CHECKS < 1) {
        tap_skip("not checked in this build");
        return;
    }
    fresh_parent();
    EXPECT_EQUAL(start_pool(), REEL_OK);
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    reel_region copy = the.region;
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
    void *const page = reel_pool_claim(&the.pool);
    EXPECT(reel_region_close(&copy) == REEL_DOUBLE_FREE
           && test_panicked(REEL_DOUBLE_FREE));
    EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
}

// ---- created rewindables ----------------------------------------------------------

static void a_created_one_dies_with_its_background(void)
{
    fresh_parent();
    EXPECT_EQUAL(
        reel_rewindable_create(&made, reel_rewindable_allocator(&parent), 2,
                               &of_child, &the.registry, parent_handle()),
        REEL_OK);
    const reel_handle handle = reel_rewindable_handle(made);
    void *const block = reel_rewindable_alloc(made, 8, 8);
    const reel_ref ref = reel_ref_make(handle, block);
    EXPECT(reel_ref_get(&the.registry, ref) == block && block != NULL);
    rewind_parent();
    take_all();
    EXPECT(reel_ref_get(&the.registry, ref) == NULL);
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, handle), REEL_STALE);
    EXPECT(is_undisturbed());
    rewind_parent();
    take_all();
    EXPECT(is_undisturbed());
}

// Its background is not its parent, and lives on: then it may still be asked.
static void a_created_one_ends_with_its_parent(void)
{
    reel_handle handle;
    fresh_parent();
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        nothing, &handle),
                 REEL_OK);
    EXPECT_EQUAL(reel_rewindable_create(&made, reel_arena_allocator(&ground), 2,
                                        &of_child, &the.registry, handle),
                 REEL_OK);
    EXPECT_EQUAL(reel_registry_rewound(&the.registry, handle, &handle),
                 REEL_OK);
    EXPECT(reel_rewindable_alloc(made, 8, 8) == NULL
           && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_rewindable_destroy(made), REEL_STALE);
}

// ---- spans --------------------------------------------------------------------------

static void a_span_of_an_ended_rewindable_hands_out_nothing(void)
{
    reel_span span;
    fresh_parent();
    EXPECT_EQUAL(start_child(), REEL_OK);
    EXPECT_EQUAL(reel_span_open(&span, &the.rewindable, 32), REEL_OK);
    EXPECT(reel_span_alloc(&span, 8, 8) != NULL);
    rewind_parent();
    take_all();
    EXPECT(reel_span_alloc(&span, 8, 8) == NULL && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_span_close(&span), REEL_STALE);
    EXPECT(is_undisturbed());
}

// ---- interrupts ---------------------------------------------------------------------

static void nothing_of_the_registry_changes(void)
{
    reel_handle handle = parent_handle();
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        nothing, &handle),
                 REEL_BUSY);
    EXPECT_EQUAL(reel_registry_rewound(&the.registry, handle, &handle),
                 REEL_BUSY);
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, handle), REEL_BUSY);
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_BUSY);
    EXPECT_EQUAL(reel_region_close_cached(&the.region), REEL_BUSY);
    EXPECT(reel_region_alloc(&the.region, 8, 8) != NULL);
    EXPECT_EQUAL(reel_arena_rewind(&the.arena, mark_before), REEL_BUSY);
    EXPECT_EQUAL(reel_arena_reset(&the.arena), REEL_BUSY);
    EXPECT_EQUAL(reel_arena_dispose(&the.arena), REEL_BUSY);
    EXPECT_EQUAL(reel_blocks_dispose(&the.blocks), REEL_BUSY);
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_BUSY);
    EXPECT_EQUAL(reel_region_bind(&inner, &the.registry, nothing), REEL_BUSY);
    EXPECT_EQUAL(reel_rewindable_bind(&the.rewindable, &the.registry, nothing),
                 REEL_BUSY);
    EXPECT_EQUAL(reel_rewindable_rewind(&parent), REEL_BUSY);
    EXPECT_EQUAL(reel_region_close(&inner), REEL_OK); // not bound, so it may
}

static void in_an_interrupt_all_that_the_registry_hears_of_is_refused(void)
{
    fresh_parent();
    EXPECT(start_region() == REEL_OK && start_arena() == REEL_OK);
    void *const buffer = reel_arena_alloc(&ground, 64, 8);
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, buffer, 64, 1, 4), REEL_OK);
    EXPECT_EQUAL(reel_blocks_bind(&the.blocks, &the.registry, nothing),
                 REEL_OK);
    EXPECT_EQUAL(reel_region_open(&inner, &the.pool), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_init(&the.rewindable,
                                      reel_arena_allocator(&ground), the.table,
                                      2, &of_child),
                 REEL_OK);
    mark_before = reel_arena_mark(&the.arena);
    void *const block = reel_arena_alloc(&the.arena, 8, 8);
    const size_t pages = reel_pool_used_pages(&the.pool);
    const size_t count = reel_registry_count(&the.registry);
    test_interrupt(nothing_of_the_registry_changes);
    EXPECT(reel_arena_owns(&the.arena, block, 8));
    EXPECT(reel_region_is_open(&the.region));
    EXPECT_EQUAL(reel_pool_used_pages(&the.pool), pages - 1);
    EXPECT_EQUAL(reel_registry_count(&the.registry), count);
    EXPECT(reel_registry_is_valid(&the.registry));
}

// An unregistered region is like one that was never bound.
static void close_region(void)
{
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
}

static void what_has_left_the_registry_closes_in_an_interrupt(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_region(), REEL_OK);
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, region_handle()),
                 REEL_OK);
    test_interrupt(close_region);
    EXPECT(!reel_region_is_open(&the.region));
}

// Another thread is inside the registry: this one waits until that has left.
static bool region_was_open;

static void leave_registry(void)
{
    region_was_open = reel_region_is_open(&the.region)
                      && reel_pool_used_pages(&the.pool) == 1;
    the.registry.gate.value = 0;
}

static void a_close_waits_for_a_thread_that_is_in_the_registry(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_region(), REEL_OK);
    the.registry.gate.value = 1;
    region_was_open = false;
    test_on_yield = leave_registry;
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
    test_on_yield = NULL;
    EXPECT(region_was_open && reel_registry_is_valid(&the.registry));
}

// An end of another library closes what is bound: the thread would wait for itself.
static void a_thread_in_the_registry_does_not_wait_for_itself(void)
{
    if (REEL_CHECKS < 1) {
        tap_skip("nobody asks");
        return;
    }
    fresh_parent();
    EXPECT(start_region() == REEL_OK && start_arena() == REEL_OK);
    test_thread = 77;
    the.registry.gate.value = 77;
    EXPECT(reel_region_close(&the.region) == REEL_BUSY
           && test_panicked(REEL_BUSY));
    EXPECT(reel_arena_reset(&the.arena) == REEL_BUSY
           && test_panicked(REEL_BUSY));
    the.registry.gate.value = 0;
    test_thread = 0;
    EXPECT(reel_region_is_open(&the.region));
    EXPECT(region_handle().version != 0 && arena_handle().version != 0);
    EXPECT(reel_registry_is_valid(&the.registry));
}

// Its rewinds are inline from then on.
static void what_was_unregistered_forgets_its_entry_at_the_next_rewind(void)
{
    fresh_parent();
    EXPECT(start_arena() == REEL_OK);
    EXPECT(reel_registry_unregister(&the.registry, arena_handle()) == REEL_OK);
    EXPECT(reel_arena_reset(&the.arena) == REEL_OK);
    EXPECT(the.arena.entry == NULL);
    EXPECT(the.arena.inline_serial == the.arena.serial);
}

static void a_thread_that_grows_what_ends_is_told(void)
{
    fresh_parent();
    EXPECT_EQUAL(start_child(), REEL_OK);
    the.rewindable.gate.value = 1;
    rewind_parent();
    EXPECT(REEL_CHECKS < 2 || test_panicked(REEL_BUSY));
    EXPECT_EQUAL(start_pool(), REEL_OK);
    the.pool.gate.value = 1;
    rewind_parent();
    EXPECT(REEL_CHECKS < 2 || test_panicked(REEL_BUSY));
    EXPECT_EQUAL(start_temp(), REEL_OK);
    the.temp.gate.value = 1;
    rewind_parent();
    EXPECT(REEL_CHECKS < 2 || test_panicked(REEL_BUSY));
}

const test_case lifetimes_tests[] = {
    TEST(a_child_does_not_hand_out_its_rewound_parents_memory),
    TEST(a_childs_dispose_does_not_free_its_rewound_parents_block),
    TEST(every_kind_ends_with_its_parent_in_every_way),
    TEST(what_has_ended_may_be_started_and_bound_anew),
    TEST(the_deepest_end_first),
    TEST(siblings_and_strangers_go_on),
    TEST(what_is_unregistered_itself_goes_on),
    TEST(an_arena_that_is_registered_by_its_value_ends),
    TEST(a_mark_of_a_full_arena_ends_with_it),
    TEST(allocators_written_elsewhere_end_as_they_say),
    TEST(an_arenas_rewinds_and_resets_end_its_children),
    TEST(a_refused_rewind_ends_nothing),
    TEST(a_temps_rewinds_and_resets_end_its_children),
    TEST(a_regions_close_ends_its_children),
    TEST(a_block_pools_dispose_ends_its_cache),
    TEST(a_buffer_is_the_callers_again_after_a_dispose),
    TEST(a_pools_dispose_leaves_the_registry),
    TEST(a_heaps_cache_ends_with_a_reset_of_the_heap),
    TEST(a_page_cache_ends_with_its_pool),
    TEST(a_flush_after_the_end_of_the_pool_writes_nothing),
    TEST(a_flush_after_the_end_of_a_block_pool_writes_nothing),
    TEST(a_page_cache_may_end_before_its_pool),
    TEST(a_region_left_open_over_an_ended_pool_is_told),
    TEST(a_region_that_was_copied_is_not_closed_twice),
    TEST(a_copy_is_not_closed_over_pages_of_others),
    TEST(a_created_one_dies_with_its_background),
    TEST(a_created_one_ends_with_its_parent),
    TEST(a_span_of_an_ended_rewindable_hands_out_nothing),
    TEST(in_an_interrupt_all_that_the_registry_hears_of_is_refused),
    TEST(what_has_left_the_registry_closes_in_an_interrupt),
    TEST(a_close_waits_for_a_thread_that_is_in_the_registry),
    TEST(a_thread_in_the_registry_does_not_wait_for_itself),
    TEST(what_was_unregistered_forgets_its_entry_at_the_next_rewind),
    TEST(a_thread_that_grows_what_ends_is_told),
    END_OF_TESTS,
};
