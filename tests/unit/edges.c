// SPDX-License-Identifier: MIT
// At the edge of a decision: what no other test tells from the case beside it.

#include "things.h"

#define GRANULE   REEL_HEAP_GRANULE
#define WORD_BITS (8 * sizeof(uintptr_t))

static reel_heap heap;

static void fresh_arena(void)
{
    EXPECT_EQUAL(
        reel_arena_init(&the.arena, test_memory(TEST_MEMORY), TEST_MEMORY),
        REEL_OK);
}

static void fill(unsigned char *start, size_t size, unsigned char with)
{
    for (size_t i = 0; i < size; i++) {
        start[i] = with;
    }
}

static bool is_filled(const unsigned char *start, size_t size,
                      unsigned char with)
{
    for (size_t i = 0; i < size; i++) {
        if (start[i] != with) {
            return false;
        }
    }
    return true;
}

// ---- heap ------------------------------------------------------------------------

static void start_heap(unsigned char with)
{
    unsigned char *const memory = test_memory(TEST_MEMORY);
    if (!REEL_WATCH) {
        fill(memory, TEST_MEMORY, with);
    }
    EXPECT_EQUAL(reel_heap_init(&heap, memory, TEST_MEMORY), REEL_OK);
}

// A free block has words of the heap at both ends.
static void poison_fills_what_a_heap_has_not_handed_out(void)
{
    const size_t ends = 4 * sizeof(uintptr_t);
    if (REEL_WATCH) {
        tap_skip("no poison, or a checker that would not let us look");
        return;
    }
    start_heap(7);
    unsigned char *const never = (unsigned char *)heap.base + 40 * GRANULE;
    EXPECT(is_filled(never, GRANULE, REEL_POISON ? 0xDD : 7));
    unsigned char *const blocks[] = { reel_heap_alloc(&heap, 8 * GRANULE, 1),
                                      reel_heap_alloc(&heap, 8 * GRANULE, 1),
                                      reel_heap_alloc(&heap, 8 * GRANULE, 1),
                                      reel_heap_alloc(&heap, 8 * GRANULE, 1) };
    for (size_t i = 0; i < 4; i++) {
        EXPECT(is_filled(blocks[i], 8 * GRANULE, REEL_POISON ? 0xA5 : 7));
    }
    EXPECT_EQUAL(reel_heap_free(&heap, blocks[0]), REEL_OK);
    EXPECT(is_filled(blocks[0] + ends, 8 * GRANULE - 2 * ends,
                     REEL_POISON ? 0xDD : 7));
    EXPECT_EQUAL(reel_heap_free_later(&heap, blocks[2]), REEL_OK);
    EXPECT(is_filled(blocks[2] + sizeof(uintptr_t), GRANULE - sizeof(uintptr_t),
                     REEL_POISON ? 0xDD : 7));
}

// Free blocks of one granule and of two, at each place of a cell of the map: the one
// before joins them, and no more.
static void free_blocks_join_at_each_place_of_a_cell(void)
{
    const size_t most = TEST_MEMORY / GRANULE * 3 / 4;
    for (size_t length = 1; length <= 2; length++) {
        for (size_t place = 1; place + 6 < most; place++) {
            start_heap(0);
            (void)reel_heap_alloc(&heap, place * GRANULE, 1);
            void *const low = reel_heap_alloc(&heap, GRANULE, 1);
            void *const high = reel_heap_alloc(&heap, length * GRANULE, 1);
            void *const above = reel_heap_alloc(&heap, 2 * GRANULE, 1);
            (void)reel_heap_alloc(&heap, GRANULE, 1);
            EXPECT_EQUAL(reel_heap_free(&heap, high), REEL_OK);
            EXPECT_EQUAL(reel_heap_free(&heap, low), REEL_OK);
            EXPECT(reel_heap_is_valid(&heap) && test_is_calm());
            EXPECT_EQUAL(reel_heap_alloc(&heap, (1 + length) * GRANULE, 1),
                         low);
            EXPECT_EQUAL(reel_heap_free(&heap, low), REEL_OK);
            EXPECT_EQUAL(reel_heap_free(&heap, above), REEL_OK);
            EXPECT(reel_heap_is_valid(&heap) && test_is_calm());
            EXPECT_EQUAL(reel_heap_alloc(&heap, (3 + length) * GRANULE, 1),
                         low);
        }
    }
}

// What is refused for its alignment is no reason to give the cache up.
static void a_cache_of_a_heap_is_kept_by_a_refusal_for_alignment(void)
{
    static reel_heap_cache cache; // a kernel's frames are small
    static reel_heap_slot slots[8];
    if (REEL_CHECKS == 0) {
        return; // no alignment is refused
    }
    start_heap(0);
    EXPECT_EQUAL(reel_heap_cache_init(&cache, &heap, slots, 8), REEL_OK);
    void *const block = reel_heap_cache_alloc(&cache, GRANULE, 1);
    (void)reel_heap_cache_alloc(&cache, GRANULE, 1);
    EXPECT_EQUAL(reel_heap_cache_free(&cache, block), REEL_OK);
    EXPECT(reel_heap_cache_alloc(&cache, 9 * GRANULE, 3) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT_EQUAL(reel_heap_cache_alloc(&cache, GRANULE, 1), block);
}

// A free block of one granule that lies right serves a request for it.
static void a_single_granule_that_is_aligned_is_taken(void)
{
    start_heap(0);
    unsigned char *block = reel_heap_alloc(&heap, GRANULE, 4 * GRANULE);
    (void)reel_heap_alloc(&heap, GRANULE, 1);
    EXPECT_EQUAL(reel_heap_free(&heap, block), REEL_OK);
    EXPECT_EQUAL(reel_heap_alloc(&heap, GRANULE, 4 * GRANULE), block);
    EXPECT(reel_heap_is_valid(&heap));
}

// One block in it is enough to be of use.
static void poison_fills_what_a_cache_of_a_heap_has(void)
{
    if (!REEL_POISON || REEL_WATCH) {
        tap_skip("no poison, or a checker that would not let us look");
        return;
    }
    static reel_heap_cache cache; // a kernel's frames are small
    reel_heap_slot slots[8];
    start_heap(7);
    EXPECT_EQUAL(reel_heap_cache_init(&cache, &heap, slots, 8), REEL_OK);
    for (int i = 0; i < 2; i++) { // from the heap, then from the cache
        unsigned char *const block = reel_heap_cache_alloc(&cache, GRANULE, 1);
        EXPECT(is_filled(block, GRANULE, 0xA5));
        fill(block, GRANULE, 7);
        EXPECT_EQUAL(reel_heap_cache_free(&cache, block), REEL_OK);
        EXPECT(is_filled(block, GRANULE, 0xDD));
        EXPECT_EQUAL(reel_heap_cache_free(&cache, block), REEL_DOUBLE_FREE);
        EXPECT(is_filled(block, GRANULE, 0xDD));
    }
}

static void a_cache_of_a_heap_is_flushed_for_one_block(void)
{
    reel_heap_cache cache;
    reel_heap_slot slot;
    start_heap(0);
    EXPECT_EQUAL(reel_heap_cache_init(&cache, &heap, &slot, 1), REEL_OK);
    void *const low = reel_heap_cache_alloc(&cache, GRANULE, 1);
    void *const high = reel_heap_cache_alloc(&cache, GRANULE, 1);
    while (reel_heap_alloc(&heap, GRANULE, 1) != NULL) {
    }
    EXPECT_EQUAL(reel_heap_free(&heap, high), REEL_OK);
    EXPECT_EQUAL(reel_heap_cache_free(&cache, low), REEL_OK);
    EXPECT_EQUAL(reel_heap_cache_alloc(&cache, 2 * GRANULE, 1), low);
    EXPECT(reel_heap_is_valid(&heap));
}

// The block would fit, the gap ahead of it does not.
static void a_cache_of_a_heap_is_flushed_for_a_gap(void)
{
    reel_heap_cache cache;
    reel_heap_slot slot;
    start_heap(0);
    EXPECT_EQUAL(reel_heap_cache_init(&cache, &heap, &slot, 1), REEL_OK);
    void *const cached = reel_heap_cache_alloc(&cache, GRANULE, 1);
    const size_t free_bytes = reel_heap_largest_free(&heap);
    EXPECT(reel_heap_alloc(&heap, free_bytes - 8 * GRANULE, 1) != NULL);
    EXPECT_EQUAL(reel_heap_cache_free(&cache, cached), REEL_OK);
    const size_t used = reel_heap_stats(&heap).used;
    (void)reel_heap_cache_alloc(&cache, 4 * GRANULE, 32 * GRANULE);
    EXPECT_EQUAL(reel_heap_free(&heap, cached), REEL_DOUBLE_FREE);
    EXPECT(reel_heap_stats(&heap).used <= used + 3 * GRANULE);
    EXPECT(reel_heap_is_valid(&heap));
}

static void a_shrink_through_a_cache_of_a_heap_flushes_nothing(void)
{
    reel_heap_cache cache;
    reel_heap_slot slot;
    start_heap(0);
    EXPECT_EQUAL(reel_heap_cache_init(&cache, &heap, &slot, 1), REEL_OK);
    reel_handle parent;
    EXPECT_EQUAL(reel_registry_init(&the.registry, the.entries, 2), REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&the.registry,
                                        reel_heap_allocator(&heap),
                                        REEL_NO_HANDLE, &parent),
                 REEL_OK);
    EXPECT_EQUAL(reel_heap_cache_bind(&cache, &the.registry, parent), REEL_OK);
    const reel_allocator allocator =
        *reel_registry_get(&the.registry, reel_heap_cache_handle(&cache));
    void *const cached = reel_allocate(allocator, GRANULE, 1);
    void *const block = reel_allocate(allocator, 4 * GRANULE, 1);
    EXPECT_EQUAL(reel_free(allocator, cached, GRANULE), REEL_OK);
    EXPECT_EQUAL(reel_reallocate(allocator, block, 4 * GRANULE, GRANULE, 1),
                 block);
    EXPECT_EQUAL(slot.count, 1);
}

static void a_heap_has_no_gap_larger_than_itself(void)
{
    start_heap(0);
    EXPECT(reel_heap_alloc(&heap, GRANULE, SIZE_MAX / 2 + 1) == NULL);
    EXPECT(test_is_calm() && reel_heap_is_valid(&heap));
}

// ---- regions and pools --------------------------------------------------------------

static void fresh_pool(void)
{
    fresh_arena();
    EXPECT_EQUAL(reel_pool_init(&the.pool, reel_arena_allocator(&the.arena),
                                the.chunks, 3, 64, 3 * 64),
                 REEL_OK);
}

// A region keeps no sizes, so it believes the caller; but it writes to its pages only.
static void a_free_beside_the_pages_of_a_region_writes_nothing(void)
{
    unsigned char beside[64];
    fill(beside, sizeof beside, 7);
    fresh_pool();
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    unsigned char *const block = reel_region_alloc(&the.region, 16, 8);
    unsigned char *const next = reel_region_alloc(&the.region, 16, 8);
    EXPECT(block != NULL && next != NULL);
    EXPECT(reel_region_alloc(&the.region, 16, 8) != NULL);
    fill(block, 16, 7);
    fill(next, 16, 7);
    (void)reel_region_free(&the.region, beside, sizeof beside);
    EXPECT(is_filled(beside, sizeof beside, 7));
    (void)reel_region_free(&the.region, block, 65); // more than a page
    (void)reel_region_free(&the.region, next, 60); // beyond the end of its page
    EXPECT(is_filled(block, 16, 7) && is_filled(next, 16, 7));
    EXPECT(test_is_calm() || REEL_CHECKS > 0);
    EXPECT(reel_region_is_valid(&the.region));
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
}

static void a_free_page_is_not_reallocated(void)
{
    fresh_pool();
    const reel_allocator allocator = reel_pool_allocator(&the.pool);
    void *const page = reel_pool_claim(&the.pool);
    EXPECT_EQUAL(reel_reallocate(allocator, page, 64, 8, 1), page);
    EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
    void *const pages[] = { page, (unsigned char *)page + 64 }; // never claimed
    for (int i = 0; REEL_CHECKS > 0 && i < 2; i++) {
        EXPECT(reel_reallocate(allocator, pages[i], 64, 8, 1) == NULL);
        EXPECT(test_panicked(REEL_DOUBLE_FREE));
    }
}

static void a_bound_region_without_blocks_has_no_peak(void)
{
    reel_handle parent;
    fresh_pool();
    EXPECT_EQUAL(reel_registry_init(&the.registry, the.entries, 4), REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        REEL_NO_HANDLE, &parent),
                 REEL_OK);
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    const reel_stats before = reel_region_stats(&the.region);
    EXPECT_EQUAL(reel_region_bind(&the.region, &the.registry, parent), REEL_OK);
    const reel_stats bound = reel_region_stats(&the.region);
    EXPECT(before.peak == bound.peak && before.used == bound.used);
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
}

// A page with as much room left as the one before takes what comes next.
static void of_two_pages_with_equal_room_the_newer_is_used(void)
{
    fresh_pool();
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    EXPECT(reel_region_alloc(&the.region, 40, 1) != NULL);
    unsigned char *const second = reel_region_alloc(&the.region, 40, 1);
    EXPECT_EQUAL(reel_region_alloc(&the.region, 8, 1), second + 40);
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
}

// The peak is what was used before a large object became smaller.
static void a_large_object_that_shrinks_leaves_the_peak(void)
{
    fresh_pool();
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    void *const object = reel_region_alloc(&the.region, 200, 1);
    const size_t most = reel_region_stats(&the.region).used;
    EXPECT_EQUAL(reel_region_realloc(&the.region, object, 200, 80, 1), object);
    const reel_stats stats = reel_region_stats(&the.region);
    EXPECT(stats.used == most - 120 && stats.peak == most);
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
}

static void poison_fills_what_a_region_gives_up(void)
{
    if (REEL_WATCH) {
        tap_skip("no poison, or a checker that would not let us look");
        return;
    }
    fresh_pool();
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    unsigned char *const block = reel_region_alloc(&the.region, 40, 1);
    fill(block, 40, 7);
    EXPECT_EQUAL(reel_region_realloc(&the.region, block, 40, 16, 1), block);
    EXPECT(is_filled(block, 16, 7));
    EXPECT(is_filled(block + 16, 24, REEL_POISON ? 0xDD : 7));
    unsigned char *const page = reel_region_alloc(&the.region, 64, 1);
    fill(page, 64, 7);
    EXPECT_EQUAL(reel_region_free(&the.region, block, 8), REEL_OK);
    EXPECT(is_filled(block, 8, REEL_POISON ? 0xDD : 7));
    EXPECT(is_filled(block + 8, 8, 7));
    EXPECT_EQUAL(reel_region_free(&the.region, page + 56, 8), REEL_OK);
    EXPECT(is_filled(page + 56, 8, REEL_POISON ? 0xDD : 7));
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
    EXPECT(is_filled(block, 16, REEL_POISON ? 0xDD : 7));
    EXPECT(is_filled(page, 64, REEL_POISON ? 0xDD : 7));
}

// Slots that have something in them, even the page itself, count as empty.
static void a_cache_of_pages_starts_empty_whatever_is_in_its_slots(void)
{
    fresh_pool();
    void *const page = reel_pool_claim(&the.pool);
    EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
    for (size_t i = 0; i < 2; i++) {
        the.page_slots[i].page = (uintptr_t)page;
        the.page_slots[i].number = 0;
    }
    EXPECT_EQUAL(
        reel_pool_cache_init(&the.pool_cache, &the.pool, the.page_slots, 2),
        REEL_OK);
    EXPECT(the.page_slots[0].page == 0 && the.page_slots[1].page == 0);
}

// ---- blocks and rewindables, and another context --------------------------------------

#define MEDDLES (REEL_ATOMICS == REEL_ATOMICS_CUSTOM)

static void *theirs;

static void free_their_block(void)
{
    EXPECT_EQUAL(reel_blocks_free(&the.blocks, theirs), REEL_OK);
}

static void fresh_blocks(size_t count)
{
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, test_memory(256), 256, 8, count),
                 REEL_OK);
}

static void a_block_freed_while_a_fresh_one_is_taken_is_taken(void)
{
    if (!MEDDLES) {
        return;
    }
    fresh_blocks(3);
    theirs = reel_blocks_alloc(&the.blocks);
    test_before_swap = free_their_block;
    EXPECT_EQUAL(reel_blocks_alloc(&the.blocks), theirs);
    EXPECT(test_before_swap == NULL);
    EXPECT(reel_blocks_alloc(&the.blocks) != NULL);
    EXPECT(reel_blocks_alloc(&the.blocks) != NULL);
    EXPECT(reel_blocks_alloc(&the.blocks) == NULL);
}

static size_t visits;

// Between looks at the list a block goes and comes back.
static void visit(void)
{
    void *const block = reel_blocks_alloc(&the.blocks);
    EXPECT_EQUAL(reel_blocks_free(&the.blocks, block), REEL_OK);
    visits--;
    test_before_swap = visits > 0 ? visit : NULL;
}

static void a_count_is_tried_four_times(void)
{
    if (!MEDDLES) {
        return;
    }
    fresh_blocks(4);
    void *const block = reel_blocks_alloc(&the.blocks);
    EXPECT(reel_blocks_alloc(&the.blocks) != NULL);
    EXPECT_EQUAL(reel_blocks_free(&the.blocks, block), REEL_OK);
    visits = 3;
    test_before_swap = visit;
    EXPECT_EQUAL(reel_blocks_count_free(&the.blocks), 3);
    EXPECT_EQUAL(visits, 0);
    visits = 4;
    test_before_swap = visit;
    EXPECT_EQUAL(reel_blocks_count_free(&the.blocks), 2); // those never used
    EXPECT_EQUAL(visits, 0);
}

static void poison_fills_a_block_that_is_freed(void)
{
    if (REEL_WATCH) {
        tap_skip("no poison, or a checker that would not let us look");
        return;
    }
    fresh_blocks(4);
    unsigned char *const block = reel_blocks_alloc(&the.blocks);
    fill(block, 8, 7);
    EXPECT_EQUAL(reel_blocks_free(&the.blocks, block), REEL_OK);
    EXPECT(is_filled(block, 8, REEL_POISON ? 0xDD : 7));
}

static void poison_fills_a_page_that_is_released(void)
{
    if (REEL_WATCH) {
        tap_skip("no poison, or a checker that would not let us look");
        return;
    }
    EXPECT_EQUAL(reel_arena_init(&the.arena, test_memory(1024), 1024), REEL_OK);
    EXPECT_EQUAL(reel_pool_init(&the.pool, reel_arena_allocator(&the.arena),
                                the.chunks, 1, 64, 64),
                 REEL_OK);
    unsigned char *const page = reel_pool_claim(&the.pool);
    fill(page, 64, 7);
    EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
    EXPECT(is_filled(page, 64, REEL_POISON ? 0xDD : 7));
}

// Handed out, in the cache, freed twice, and given back by the cache.
static void poison_fills_what_a_cache_of_blocks_has(void)
{
    if (!REEL_POISON || REEL_WATCH) {
        tap_skip("no poison, or a checker that would not let us look");
        return;
    }
    void *slots[4];
    reel_blocks_cache cache;
    fresh_blocks(4);
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &the.blocks, slots, 4),
                 REEL_OK);
    for (int i = 0; i < 2; i++) { // from the block pool, then from the cache
        unsigned char *const block = reel_blocks_cache_alloc(&cache);
        EXPECT(is_filled(block, 8, 0xA5));
        EXPECT(is_filled(slots[0], 8, 0xDD)); // came with the first one
        fill(block, 8, 7);
        EXPECT_EQUAL(reel_blocks_cache_free(&cache, block), REEL_OK);
        EXPECT(is_filled(block, 8, 0xDD));
        EXPECT_EQUAL(reel_blocks_cache_free(&cache, block), REEL_DOUBLE_FREE);
        EXPECT(is_filled(block, 8, 0xDD));
    }
    unsigned char *const block = *(cache.top - 1);
    reel_blocks_cache_flush(&cache);
    EXPECT(is_filled(block, 8, 0xDD));
}

static void a_version_that_begins_too_low_is_seen_by_each_step(void)
{
    if (!REEL_LISTS_ARE_VERSIONED || REEL_CHECKS < 2) {
        return;
    }
    fresh_blocks(6);
    for (size_t i = 0; i < 6; i++) {
        EXPECT(reel_blocks_alloc(&the.blocks) != NULL);
    }
    the.blocks.list.fresh_bit = 4; // 6 are more
    (void)reel_blocks_alloc(&the.blocks);
    EXPECT(!test_is_calm());
}

static void free_the_other(void)
{
    EXPECT_EQUAL(reel_rewindable_free(&the.rewindable, theirs, 8), REEL_OK);
}

static void free_the_other_next(void)
{
    test_before_swap = free_the_other;
}

static void start_rewindable(size_t align)
{
    const reel_rewindable_config config = { 256, 256, align, true };
    fresh_arena();
    EXPECT(reel_arena_alloc(&the.arena, 1, 1) != NULL);
    EXPECT_EQUAL(reel_rewindable_init(&the.rewindable,
                                      reel_arena_allocator(&the.arena),
                                      the.table, 2, &config),
                 REEL_OK);
}

// At the exchange of its start bit, and at that of the count.
static void two_blocks_that_are_freed_at_once_are_counted_off(void)
{
    if (!MEDDLES) {
        return;
    }
    for (int i = 0; i < 2; i++) {
        start_rewindable(8);
        void *const ours = reel_rewindable_alloc(&the.rewindable, 8, 8);
        theirs = reel_rewindable_alloc(&the.rewindable, 8, 8);
        test_before_swap = i == 0 ? free_the_other : free_the_other_next;
        EXPECT_EQUAL(reel_rewindable_free(&the.rewindable, ours, 8), REEL_OK);
        EXPECT(test_before_swap == NULL);
        EXPECT_EQUAL(reel_rewindable_stats(&the.rewindable).used, 0);
        EXPECT(reel_rewindable_is_valid(&the.rewindable));
    }
}

// Other blocks come and go: the last one grows all the same.
static void a_block_grows_while_another_one_is_freed(void)
{
    if (!MEDDLES) {
        return;
    }
    start_rewindable(8);
    const reel_allocator a = reel_rewindable_allocator(&the.rewindable);
    theirs = reel_allocate(a, 8, 8);
    unsigned char *const ours = reel_allocate(a, 8, 8);
    test_before_swap = free_the_other;
    EXPECT_EQUAL(reel_reallocate(a, ours, 8, 32, 8), ours);
    EXPECT(test_before_swap == NULL);
    unsigned char *const next = reel_allocate(a, 8, 8);
    EXPECT(next >= ours + 32);
}

static void a_created_rewindable_has_chunks_of_its_alignment(void)
{
    const reel_rewindable_config config = { 256, 256, 64, false };
    reel_rewindable *made = NULL;
    fresh_arena();
    EXPECT(reel_arena_alloc(&the.arena, 1, 1) != NULL);
    EXPECT_EQUAL(reel_rewindable_create(&made, reel_arena_allocator(&the.arena),
                                        2, &config, NULL, REEL_NO_HANDLE),
                 REEL_OK);
    const uintptr_t block = (uintptr_t)reel_rewindable_alloc(made, 8, 64);
    EXPECT(block != 0 && block % 64 == 0);
    EXPECT(reel_rewindable_is_valid(made));
    EXPECT_EQUAL(reel_rewindable_destroy(made), REEL_OK);
}

// No memory is looked at, so it may be as large as it likes.
static void the_largest_product_is_accepted(void)
{
    static reel_link links[2];
    const size_t half = (size_t)1 << WORD_BITS / 2;
    if (REEL_WATCH || REEL_POISON) {
        return;
    }
    EXPECT_EQUAL(reel_blocks_init_apart(&the.blocks, (void *)half, 2 * half,
                                        half, 2, links),
                 REEL_OK);
    EXPECT_EQUAL(reel_blocks_init_apart(&the.blocks, (void *)half, 2 * half - 1,
                                        half, 2, links),
                 REEL_INVALID);
}

const test_case edges_tests[] = {
    TEST(poison_fills_what_a_heap_has_not_handed_out),
    TEST(free_blocks_join_at_each_place_of_a_cell),
    TEST(a_cache_of_a_heap_is_kept_by_a_refusal_for_alignment),
    TEST(a_bound_region_without_blocks_has_no_peak),
    TEST(of_two_pages_with_equal_room_the_newer_is_used),
    TEST(a_large_object_that_shrinks_leaves_the_peak),
    TEST(a_count_is_tried_four_times),
    TEST(poison_fills_a_block_that_is_freed),
    TEST(poison_fills_a_page_that_is_released),
    TEST(poison_fills_what_a_cache_of_blocks_has),
    TEST(a_single_granule_that_is_aligned_is_taken),
    TEST(a_cache_of_a_heap_is_flushed_for_one_block),
    TEST(a_cache_of_a_heap_is_flushed_for_a_gap),
    TEST(a_shrink_through_a_cache_of_a_heap_flushes_nothing),
    TEST(a_heap_has_no_gap_larger_than_itself),
    TEST(a_free_beside_the_pages_of_a_region_writes_nothing),
    TEST(a_free_page_is_not_reallocated),
    TEST(poison_fills_what_a_cache_of_a_heap_has),
    TEST(poison_fills_what_a_region_gives_up),
    TEST(two_blocks_that_are_freed_at_once_are_counted_off),
    TEST(a_created_rewindable_has_chunks_of_its_alignment),
    TEST(the_largest_product_is_accepted),
    TEST(a_cache_of_pages_starts_empty_whatever_is_in_its_slots),
    TEST(a_block_freed_while_a_fresh_one_is_taken_is_taken),
    TEST(a_version_that_begins_too_low_is_seen_by_each_step),
    TEST(a_block_grows_while_another_one_is_freed),
    END_OF_TESTS,
};
