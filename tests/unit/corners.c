// SPDX-License-Identifier: MIT
// Refusals and paths that no example comes by.

#include "things.h"

static reel_heap heap;
static reel_heap_cache heap_cache;
static unsigned char *memory;

static void start(void)
{
    unsigned char *const raw = test_memory(TEST_MEMORY);
    memory = raw + (0 - (uintptr_t)raw) % 64;
}

// `parent` is an allocator that does nothing, with which the others end.
static reel_handle parent;

static void start_registry(void)
{
    start();
    EXPECT_EQUAL(reel_registry_init(&the.registry, the.entries, 6), REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        REEL_NO_HANDLE, &parent),
                 REEL_OK);
}

static void start_blocks(void)
{
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, memory, 512, 20, 6), REEL_OK);
    EXPECT_EQUAL(
        reel_blocks_cache_init(&the.blocks_cache, &the.blocks, the.slots, 4),
        REEL_OK);
}

static void start_pool_on(reel_allocator backing)
{
    EXPECT_EQUAL(reel_pool_init(&the.pool, backing, the.chunks, 3, 64, 3 * 64),
                 REEL_OK);
    EXPECT_EQUAL(
        reel_pool_cache_init(&the.pool_cache, &the.pool, the.page_slots, 2),
        REEL_OK);
}

static void start_pool(void)
{
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, 1600), REEL_OK);
    start_pool_on(reel_arena_allocator(&the.arena));
}

// ---- binding ------------------------------------------------------------------

static void each_bind_wants_an_object_and_a_registry(void)
{
    reel_registry *const r = &the.registry;
    start_registry();
    const reel_handle p = parent;
    EXPECT_EQUAL(reel_arena_bind(&the.arena, NULL, p), REEL_INVALID);
    EXPECT_EQUAL(reel_arena_bind(NULL, r, p), REEL_INVALID);
    EXPECT_EQUAL(reel_temp_bind(&the.temp, NULL, p), REEL_INVALID);
    EXPECT_EQUAL(reel_temp_bind(NULL, r, p), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_bind(&the.blocks, NULL, p), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_bind(NULL, r, p), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_cache_bind(&the.blocks_cache, NULL, p),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_cache_bind(NULL, r, p), REEL_INVALID);
    EXPECT_EQUAL(reel_heap_bind(&heap, NULL, p), REEL_INVALID);
    EXPECT_EQUAL(reel_heap_bind(NULL, r, p), REEL_INVALID);
    EXPECT_EQUAL(reel_heap_cache_bind(&heap_cache, NULL, p), REEL_INVALID);
    EXPECT_EQUAL(reel_heap_cache_bind(NULL, r, p), REEL_INVALID);
    EXPECT_EQUAL(reel_pool_bind(&the.pool, NULL, p), REEL_INVALID);
    EXPECT_EQUAL(reel_pool_bind(NULL, r, p), REEL_INVALID);
    EXPECT_EQUAL(reel_pool_cache_bind(&the.pool_cache, NULL, p), REEL_INVALID);
    EXPECT_EQUAL(reel_pool_cache_bind(NULL, r, p), REEL_INVALID);
    EXPECT_EQUAL(reel_region_bind(&the.region, NULL, p), REEL_INVALID);
    EXPECT_EQUAL(reel_region_bind(NULL, r, p), REEL_INVALID);
    EXPECT_EQUAL(reel_rewindable_bind(&the.rewindable, NULL, p), REEL_INVALID);
    EXPECT_EQUAL(reel_rewindable_bind(NULL, r, p), REEL_INVALID);
    EXPECT_EQUAL(reel_registry_count(r), 1);
}

static void a_bound_cache_of_blocks_is_an_allocator(void)
{
    start_registry();
    start_blocks();
    EXPECT_EQUAL(
        reel_blocks_cache_bind(&the.blocks_cache, &the.registry, parent),
        REEL_OK);
    const reel_handle handle = reel_blocks_cache_handle(&the.blocks_cache);
    const reel_allocator a = the.entries[handle.index].allocator;
    EXPECT(reel_allocate(a, 21, 1) == NULL);
    EXPECT(REEL_CHECKS == 0
           || (reel_allocate(a, 1, 3) == NULL && test_panicked(REEL_INVALID)));
    unsigned char *const block = reel_reallocate(a, NULL, 0, 20, 1);
    EXPECT_EQUAL((uintptr_t)block % 8, 4);
    EXPECT(reel_allocate(a, 20, 1) == memory);
    EXPECT(reel_reallocate(a, block, 20, 3, 1) == block);
    EXPECT(reel_reallocate(a, block, 20, 3, 8) == NULL);
    EXPECT(reel_reallocate(a, block, 20, 21, 1) == NULL);
    EXPECT_EQUAL(reel_free(a, block, 20), REEL_OK);
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, parent), REEL_OK);
    EXPECT(reel_reallocate(a, block, 20, 3, 1) == NULL);
    EXPECT(test_panicked(REEL_STALE));
}

static void a_bound_cache_of_pages_allocates_nothing(void)
{
    start_registry();
    start_pool();
    EXPECT_EQUAL(reel_pool_cache_bind(&the.pool_cache, &the.registry, parent),
                 REEL_OK);
    const reel_handle handle = reel_pool_cache_handle(&the.pool_cache);
    const reel_allocator a = the.entries[handle.index].allocator;
    EXPECT(reel_allocate(a, 1, 1) == NULL);
    EXPECT(reel_reallocate(a, memory, 1, 1, 1) == NULL);
    EXPECT_EQUAL(reel_free(a, memory, 1), REEL_FOREIGN);
    EXPECT(test_is_calm());
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, parent), REEL_OK);
    EXPECT(reel_allocate(a, 1, 1) == NULL && test_panicked(REEL_STALE));
    EXPECT_EQUAL(reel_free(a, memory, 1), REEL_STALE);
}

// ---- what is worth freeing to a stack -----------------------------------------------

// A second chunk, of 256 bytes, is given back if the stack says that it is the last.
static size_t chunks_left_with(size_t spare)
{
    const reel_rewindable_config config = { 128, 128, 8, false };
    start();
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, 128 + 256 + spare),
                 REEL_OK);
    EXPECT_EQUAL(reel_rewindable_init(&the.rewindable,
                                      reel_arena_allocator(&the.arena),
                                      the.table, 3, &config),
                 REEL_OK);
    EXPECT_EQUAL(reel_rewindable_reserve(&the.rewindable, 200), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_chunks(&the.rewindable), 2);
    const size_t failures = reel_arena_stats(&the.arena).failures;
    EXPECT_EQUAL(reel_rewindable_rewind(&the.rewindable), REEL_OK);
    EXPECT_EQUAL(reel_arena_stats(&the.arena).failures, failures);
    return reel_rewindable_chunks(&the.rewindable);
}

static void a_chunk_goes_back_to_a_stack_that_can_tell(void)
{
    EXPECT_EQUAL(chunks_left_with(0), 1);
    EXPECT_EQUAL(chunks_left_with(1), 1);
    EXPECT_EQUAL(chunks_left_with(2), 1);
    EXPECT_EQUAL(chunks_left_with(100), 1);
}

// A locked arena of several threads. Between any two calls of the pool another thread
// gets one byte of it, while `is_busy`.
static reel_lock lock;
static reel_allocator shared;
static bool is_busy;
static size_t others;

static void let_others_in(void)
{
    others += is_busy && reel_allocate(shared, 1, 1) != NULL;
}

static void *busy_allocate(void *self, size_t size, size_t align)
{
    void *const block = reel_allocate(*(reel_allocator *)self, size, align);
    let_others_in();
    return block;
}

static void *busy_reallocate(void *self, void *block, size_t old_size,
                             size_t new_size, size_t align)
{
    return reel_reallocate(*(reel_allocator *)self, block, old_size, new_size,
                           align);
}

static reel_status busy_free(void *self, void *block, size_t size)
{
    const reel_status status = reel_free(*(reel_allocator *)self, block, size);
    let_others_in();
    return status;
}

static reel_frees busy_frees(const void *self)
{
    const reel_frees worth =
        reel_allocator_frees(*(const reel_allocator *)self);
    let_others_in();
    return worth;
}

static bool busy_reclaim(void *self, void *block, size_t size)
{
    const bool is_done = reel_reclaim(*(reel_allocator *)self, block, size);
    let_others_in();
    return is_done;
}

static void start_pool_on_busy_arena(size_t size)
{
    static const reel_allocator_ops ops = { .allocate = busy_allocate,
                                            .reallocate = busy_reallocate,
                                            .free = busy_free,
                                            .frees = busy_frees,
                                            .reclaim = busy_reclaim };
    const reel_allocator backing = { &ops, &shared };
    start();
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, size), REEL_OK);
    shared = reel_locked(&lock, reel_arena_allocator(&the.arena));
    is_busy = false;
    others = 0;
    start_pool_on(backing);
}

static bool is_all_accounted_for(void)
{
    const size_t used = reel_arena_used(&the.arena);
    const size_t chunk = 3 * 64 + 3 * sizeof(reel_link);
    const size_t least = reel_pool_chunks(&the.pool) * chunk + others;
    return least <= used && used - least < 64 && test_is_calm();
}

static void a_trim_frees_what_a_locked_stack_takes_back(void)
{
    start_pool_on_busy_arena(1600);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6), REEL_OK);
    is_busy = true;
    EXPECT(reel_pool_trim(&the.pool) > 0); // the newest, but not the one below
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 1);
    EXPECT_EQUAL(reel_pool_trim(&the.pool), 0);
    EXPECT(is_all_accounted_for() && reel_pool_is_valid(&the.pool));
    for (size_t i = 0; i < 3; i++) {
        EXPECT(reel_pool_claim(&the.pool) != NULL);
    }
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 1);
}

static void a_reserve_that_others_get_in_between_loses_nothing(void)
{
    start_pool_on_busy_arena(1600);
    is_busy = true;
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 9), REEL_OK);
    EXPECT(is_all_accounted_for() && reel_pool_is_valid(&the.pool));
    start_pool_on_busy_arena(2 * 3 * (64 + sizeof(reel_link)) + 2 * 16);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 9), REEL_NO_MEMORY);
    EXPECT_EQUAL(reel_arena_used(&the.arena), 0);
    is_busy = true;
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 9), REEL_NO_MEMORY);
    EXPECT(is_all_accounted_for() && reel_pool_is_valid(&the.pool));
}

static void a_trim_over_a_full_arena_frees_and_counts_no_failure(void)
{
    start();
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, 1600), REEL_OK);
    start_pool_on(reel_arena_allocator(&the.arena));
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 3), REEL_OK);
    const size_t used = reel_arena_used(&the.arena);
    start();
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, used), REEL_OK);
    start_pool_on(reel_arena_allocator(&the.arena));
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 3), REEL_OK);
    EXPECT_EQUAL(reel_arena_available(&the.arena), 0);
    EXPECT_EQUAL(reel_pool_trim(&the.pool), used);
    EXPECT_EQUAL(reel_arena_used(&the.arena), 0);
    EXPECT_EQUAL(reel_arena_stats(&the.arena).failures, 0);
}

// Chunks that came in one block are not blocks of the backing, so none of them goes back
// alone: a stack of granules would end within one.
static void chunks_of_one_block_stay_together(void)
{
    start_pool_on_busy_arena(1600);
    EXPECT_EQUAL(reel_arena_init_granular(&the.arena, memory, 1600, 64),
                 REEL_OK);
    is_busy = true; // so the block that shows the room stays
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6), REEL_OK);
    is_busy = false;
    EXPECT_EQUAL(reel_pool_trim(&the.pool), 0);
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 2);
    void *const page = reel_pool_claim(&the.pool);
    EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
    EXPECT(reel_pool_chunks(&the.pool) == 0 && reel_pool_is_valid(&the.pool));
    EXPECT(reel_arena_is_valid(&the.arena));
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 3), REEL_OK);
    EXPECT(reel_pool_claim(&the.pool) != NULL);
}

static void what_starts_within_a_granule_is_no_last_block(void)
{
    start();
    EXPECT_EQUAL(reel_arena_init_granular(&the.arena, memory, 1024, 64),
                 REEL_OK);
    unsigned char *const block = reel_arena_alloc(&the.arena, 100, 1);
    EXPECT_EQUAL(reel_arena_free(&the.arena, block + 30, 70), REEL_OK);
    EXPECT_EQUAL(reel_arena_used(&the.arena), 128);
    EXPECT(!reel_reclaim(reel_arena_allocator(&the.arena), block + 30, 70));
    EXPECT(reel_arena_is_valid(&the.arena));
    EXPECT(reel_reclaim(reel_arena_allocator(&the.arena), block, 100));
    EXPECT_EQUAL(reel_arena_used(&the.arena), 0);
}

// A page needs no alignment then, but its links do.
static void the_links_of_unaligned_pages_end_with_their_block(void)
{
    const reel_pool_placement placement = { 1, { NULL, NULL } };
    for (size_t page = 1; page <= 64; page *= 64) {
        start();
        EXPECT_EQUAL(reel_arena_init(&the.arena, memory, 1600), REEL_OK);
        EXPECT(reel_arena_alloc(&the.arena, 1, 1) != NULL);
        EXPECT_EQUAL(
            reel_pool_init_placed(&the.pool, reel_arena_allocator(&the.arena),
                                  the.chunks, 3, page, 3 * page, &placement),
            REEL_OK);
        EXPECT(reel_pool_claim(&the.pool) != NULL);
        EXPECT((uintptr_t)(the.chunks[0].links + 3)
               <= (uintptr_t)memory + reel_arena_used(&the.arena));
    }
}

// ---- temp ---------------------------------------------------------------------------

static void *last;

static void free_the_last(void)
{
    EXPECT_EQUAL(reel_temp_free(&the.temp, last, 100), REEL_OK);
}

static void a_strict_temp_decommits_nothing_in_a_handler(void)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    policy.strict = true;
    start();
    EXPECT_EQUAL(reel_temp_init(&the.temp, memory, 512, &test_pages, &policy),
                 REEL_OK);
    last = reel_temp_alloc(&the.temp, 100, 1);
    test_interrupt(free_the_last);
    EXPECT_EQUAL(reel_temp_used(&the.temp), 0);
    EXPECT_EQUAL(reel_temp_committed(&the.temp), 128);
    EXPECT_EQUAL(reel_temp_trim(&the.temp), REEL_OK);
    EXPECT_EQUAL(reel_temp_committed(&the.temp), 0);
}

static void a_temp_that_has_ended_reserves_nothing(void)
{
    start();
    EXPECT_EQUAL(reel_temp_init(&the.temp, memory, 512, &test_pages, NULL),
                 REEL_OK);
    const reel_allocator a = reel_temp_allocator(&the.temp);
    a.ops->end(a.self);
    EXPECT_EQUAL(reel_temp_reserve(&the.temp, 1), REEL_STALE);
}

static void what_is_no_state_has_a_name(void)
{
    EXPECT_EQUAL(reel_temp_state_name((reel_temp_state)99),
                 reel_temp_state_name(REEL_TEMP_ELSEWHERE));
}

// Of such a page, 16 are more than a size can say.
static void a_quarter_of_all_addresses_is_a_page(void)
{
    const size_t quarter = SIZE_MAX / 4 + 1;
    const reel_pages large = { quarter, NULL, test_pages.commit,
                               test_pages.decommit };
    EXPECT_EQUAL(
        reel_temp_init(&the.temp, (void *)quarter, quarter, &large, NULL),
        REEL_OK);
    EXPECT_EQUAL(the.temp.step, quarter);
}

// ---- rewindable -----------------------------------------------------------------------

static void a_rewindable_has_as_many_chunks_as_half_a_word_says(void)
{
    const size_t half = SIZE_MAX >> sizeof(size_t) * 4;
    start();
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, 1024), REEL_OK);
    const reel_allocator a = reel_arena_allocator(&the.arena);
    const reel_rewindable_config config = REEL_REWINDABLE_SMALL;
    EXPECT_EQUAL(
        reel_rewindable_init(&the.rewindable, a, the.table, half + 1, &config),
        REEL_INVALID);
    EXPECT_EQUAL(reel_arena_used(&the.arena), 0);
    EXPECT_EQUAL(
        reel_rewindable_init(&the.rewindable, a, the.table, half, &config),
        REEL_OK);
    const reel_allocator own = reel_rewindable_allocator(&the.rewindable);
    own.ops->end(own.self);
    EXPECT_EQUAL(reel_rewindable_reserve(&the.rewindable, 1), REEL_STALE);
}

static reel_status created;

static void create_one(void)
{
    reel_rewindable *one;
    const reel_rewindable_config config = REEL_REWINDABLE_SMALL;
    created = reel_rewindable_create(&one, reel_region_allocator(&the.region),
                                     1, &config, &the.registry, parent);
}

// Its backing keeps what it is given, so the registry is asked first.
static void nothing_is_created_in_a_handler(void)
{
    start_registry();
    start_pool();
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    const size_t used = reel_region_stats(&the.region).used;
    test_interrupt(create_one);
    EXPECT_EQUAL(created, REEL_BUSY);
    EXPECT_EQUAL(reel_region_stats(&the.region).used, used);
    EXPECT_EQUAL(reel_registry_count(&the.registry), 1);
}

// ---- regions ------------------------------------------------------------------------

// A backing of which a free fails.
static reel_status freed_as;
static void (*inside)(void); // called once, inside the pool's gate

static void *allocate(void *self, size_t size, size_t align)
{
    if (inside != NULL) {
        void (*const call)(void) = inside;
        inside = NULL;
        call();
    }
    return reel_arena_alloc(self, size, align);
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    return reel_arena_realloc(self, block, old_size, new_size, align);
}

static reel_status give_back(void *self, void *block, size_t size)
{
    return freed_as == REEL_OK ? reel_arena_free(self, block, size) : freed_as;
}

static void open_region(void)
{
    static const reel_allocator_ops ops = { .allocate = allocate,
                                            .reallocate = reallocate,
                                            .free = give_back };
    const reel_allocator backing = { &ops, &the.arena };
    start();
    freed_as = REEL_OK;
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, 1600), REEL_OK);
    start_pool_on(backing);
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
}

static void a_large_object_stays_if_its_backing_does_not_free_it(void)
{
    open_region();
    void *const object = reel_region_alloc(&the.region, 100, 1);
    const size_t used = reel_region_stats(&the.region).used;
    freed_as = REEL_INVALID;
    EXPECT_EQUAL(reel_region_free(&the.region, object, 100), REEL_INVALID);
    EXPECT_EQUAL(reel_region_stats(&the.region).used, used);
    EXPECT(reel_region_is_valid(&the.region));
    freed_as = REEL_OK;
    EXPECT_EQUAL(reel_region_free(&the.region, object, 100), REEL_OK);
}

static reel_status closed_as;

static void close_region(void)
{
    closed_as = reel_region_close(&the.region);
}

// The thread is inside the gate that a close needs: the registry is not asked.
static void a_bound_region_that_cannot_close_stays_bound(void)
{
    if (REEL_CHECKS < 1) {
        tap_skip("not checked in this build");
        return;
    }
    start_registry();
    open_region();
    void *const object = reel_region_alloc(&the.region, 100, 1);
    EXPECT_EQUAL(reel_region_bind(&the.region, &the.registry, parent), REEL_OK);
    const reel_handle handle = reel_region_handle(&the.region);
    test_thread = 77;
    inside = close_region;
    EXPECT(reel_region_alloc(&the.region, 101, 1) != NULL);
    EXPECT(closed_as == REEL_BUSY && test_panicked(REEL_BUSY));
    test_thread = 0;
    EXPECT(reel_region_is_open(&the.region));
    EXPECT_EQUAL(reel_region_handle(&the.region).version, handle.version);
    EXPECT(reel_registry_get(&the.registry, handle) != NULL);
    EXPECT_EQUAL(reel_region_free(&the.region, object, 100), REEL_OK);
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
    EXPECT_EQUAL(reel_registry_count(&the.registry), 1);
}

// It is not larger, but has not the alignment.
static void a_large_object_moves_for_an_alignment(void)
{
    open_region();
    EXPECT(reel_region_alloc(&the.region, 100, 1) != NULL);
    unsigned char *const object = reel_region_alloc(&the.region, 101, 1);
    EXPECT((uintptr_t)object % 64 != 0);
    unsigned char *const moved =
        reel_region_realloc(&the.region, object, 101, 90, 64);
    EXPECT(moved != NULL && (uintptr_t)moved % 64 == 0);
    EXPECT(reel_region_is_valid(&the.region));
}

// Unbound, so its end is not called.
static void a_region_over_a_pool_that_has_ended_does_nothing_large(void)
{
    open_region();
    void *const object = reel_region_alloc(&the.region, 100, 1);
    const reel_allocator a = reel_pool_allocator(&the.pool);
    a.ops->end(a.self);
    EXPECT(reel_region_realloc(&the.region, object, 100, 200, 1) == NULL);
    EXPECT(test_panicked(REEL_STALE));
    EXPECT(reel_region_alloc(&the.region, 100, 1) == NULL);
    EXPECT(test_panicked(REEL_STALE));
    if (REEL_CHECKS
        < 2) { // else it asks whether it is valid, and its pages are not
        EXPECT_EQUAL(reel_region_free(&the.region, object, 100), REEL_STALE);
    }
}

// ---- locks, blocks, malloc ---------------------------------------------------------------

static reel_lock lock;
static reel_allocator shared;

static void change_in_a_handler(void)
{
    EXPECT(reel_reallocate(shared, last, 8, 8, 64) == NULL);
    EXPECT_EQUAL(reel_reallocate(shared, last, 8, 8, 1), last);
}

static void a_lock_moves_nothing_in_a_handler(void)
{
    start();
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory + 8, 256), REEL_OK);
    shared = reel_locked(&lock, reel_arena_allocator(&the.arena));
    last = reel_allocate(shared, 8, 1);
    test_interrupt(change_in_a_handler);
    shared.ops->end(shared.self);
    EXPECT_EQUAL(reel_allocator_frees(shared), REEL_FREES_NEVER);
}

static void blocks_apart_have_links_where_links_can_be(void)
{
    reel_blocks *const b = &the.blocks;
    reel_link *const links = (reel_link *)(void *)the.slots;
    reel_link *const high =
        (reel_link *)(UINTPTR_MAX / sizeof(reel_link) * sizeof(reel_link));
    start();
    EXPECT_EQUAL(reel_blocks_init_apart(NULL, memory, 100, 20, 4, links),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init_apart(b, memory, 100, 20, 0, links),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init_apart(b, memory, 100, 26, 4, links),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init_apart(b, memory, 100, 20, 4, NULL),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init_apart(
                     b, memory, 100, 20, 4,
                     (reel_link *)(void *)((unsigned char *)the.slots + 1)),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init_apart(b, memory, 100, 20, 4, high),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init_apart(b, memory, 100, 20, 4, links), REEL_OK);
}

static void no_malloc_has_so_large_an_alignment(void)
{
    EXPECT(reel_allocate(test_malloc(), 1, SIZE_MAX / 2 + 1) == NULL);
}

static void a_block_that_is_free_is_not_cached(void)
{
    start();
    start_blocks();
    void *const block = reel_blocks_cache_alloc(&the.blocks_cache);
    reel_blocks_cache_flush(&the.blocks_cache);
    EXPECT_EQUAL(reel_blocks_free(&the.blocks, block), REEL_OK);
    if (REEL_CHECKS >= 2) {
        EXPECT_EQUAL(reel_blocks_cache_free(&the.blocks_cache, block),
                     REEL_DOUBLE_FREE);
    }
    EXPECT(reel_blocks_is_valid(&the.blocks));
}

static void a_mark_of_a_broken_arena_is_noticed(void)
{
    start();
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, 256), REEL_OK);
    the.arena.peak = 1;
    (void)reel_arena_mark(&the.arena);
    EXPECT(REEL_CHECKS < 2 ? test_is_calm() : test_panicked(REEL_INVALID));
}

// ---- heap -----------------------------------------------------------------------------

static void start_heap(void)
{
    start();
    EXPECT_EQUAL(reel_heap_init(&heap, memory, 1024), REEL_OK);
}

static void a_cache_of_a_heap_passes_on_what_it_does_not_keep(void)
{
    reel_heap_cache cache;
    reel_heap_slot slots[2];
    void *blocks[REEL_HEAP_CACHED + 1];
    start_heap();
    EXPECT_EQUAL(reel_heap_cache_init(&cache, &heap, slots, 2), REEL_OK);
    unsigned char *const wide = reel_heap_cache_alloc(&cache, 8, 64);
    EXPECT_EQUAL((uintptr_t)wide % 64, 0);
    for (size_t i = 0; i <= REEL_HEAP_CACHED; i++) {
        blocks[i] = reel_heap_cache_alloc(&cache, 8, 1);
    }
    for (size_t i = 0; i <= REEL_HEAP_CACHED; i++) {
        EXPECT_EQUAL(reel_heap_cache_free(&cache, blocks[i]), REEL_OK);
    }
    EXPECT_EQUAL(slots[0].count, REEL_HEAP_CACHED);
    EXPECT(reel_heap_cache_alloc(&cache, 8, 64) != blocks[0]);
    // What was freed behind its back is found when it is flushed.
    EXPECT_EQUAL(reel_heap_free(&heap, slots[0].blocks[0]), REEL_OK);
    EXPECT(reel_heap_cache_flush(&cache) != REEL_OK);
    EXPECT(reel_heap_is_valid(&heap));
}

static void a_heap_frees_no_more_than_a_block_has(void)
{
    start_heap();
    const reel_allocator a = reel_heap_allocator(&heap);
    void *const block = reel_allocate(a, 40, 1);
    EXPECT_EQUAL(reel_free(a, block, 200), REEL_INVALID);
    EXPECT_EQUAL(reel_free(a, &heap, 8), REEL_FOREIGN);
    EXPECT_EQUAL(reel_free(a, block, 8), REEL_OK);
    EXPECT_EQUAL(reel_free(a, block, 8), REEL_DOUBLE_FREE);
}

static void dispose_of_heap(void)
{
    EXPECT_EQUAL(reel_heap_dispose(&heap), REEL_BUSY);
}

static void a_bound_heap_is_not_disposed_of_in_a_handler(void)
{
    start_registry();
    EXPECT_EQUAL(reel_heap_init(&heap, memory, 1024), REEL_OK);
    EXPECT_EQUAL(reel_heap_bind(&heap, &the.registry, parent), REEL_OK);
    test_interrupt(dispose_of_heap);
    EXPECT_EQUAL(reel_heap_dispose(&heap), REEL_OK);
}

const test_case corners_tests[] = {
    TEST(each_bind_wants_an_object_and_a_registry),
    TEST(a_bound_cache_of_blocks_is_an_allocator),
    TEST(a_bound_cache_of_pages_allocates_nothing),
    TEST(a_chunk_goes_back_to_a_stack_that_can_tell),
    TEST(a_trim_frees_what_a_locked_stack_takes_back),
    TEST(a_reserve_that_others_get_in_between_loses_nothing),
    TEST(a_trim_over_a_full_arena_frees_and_counts_no_failure),
    TEST(chunks_of_one_block_stay_together),
    TEST(what_starts_within_a_granule_is_no_last_block),
    TEST(the_links_of_unaligned_pages_end_with_their_block),
    TEST(a_strict_temp_decommits_nothing_in_a_handler),
    TEST(a_temp_that_has_ended_reserves_nothing),
    TEST(what_is_no_state_has_a_name),
    TEST(a_quarter_of_all_addresses_is_a_page),
    TEST(a_rewindable_has_as_many_chunks_as_half_a_word_says),
    TEST(nothing_is_created_in_a_handler),
    TEST(a_large_object_stays_if_its_backing_does_not_free_it),
    TEST(a_bound_region_that_cannot_close_stays_bound),
    TEST(a_large_object_moves_for_an_alignment),
    TEST(a_region_over_a_pool_that_has_ended_does_nothing_large),
    TEST(a_lock_moves_nothing_in_a_handler),
    TEST(blocks_apart_have_links_where_links_can_be),
    TEST(no_malloc_has_so_large_an_alignment),
    TEST(a_block_that_is_free_is_not_cached),
    TEST(a_mark_of_a_broken_arena_is_noticed),
    TEST(a_cache_of_a_heap_passes_on_what_it_does_not_keep),
    TEST(a_heap_frees_no_more_than_a_block_has),
    TEST(a_bound_heap_is_not_disposed_of_in_a_handler),
    END_OF_TESTS,
};
