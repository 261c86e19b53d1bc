// SPDX-License-Identifier: MIT
// A heap by examples: what joins and splits, what is refused, what a write to a freed
// block does, blocks that others free, caches, and how it ends.

#include "test.h"

#define GRANULE REEL_HEAP_GRANULE
#define SIZE    1024

static reel_heap heap;
static unsigned char *buffer;

static void start(size_t size)
{
    buffer = test_memory(size);
    EXPECT(reel_heap_init(&heap, buffer, size) == REEL_OK);
}

static unsigned char *take(size_t granules)
{
    unsigned char *const block = reel_heap_alloc(&heap, granules * GRANULE, 1);
    EXPECT(block != NULL && reel_heap_is_valid(&heap));
    return block;
}

static size_t used(void)
{
    return reel_heap_stats(&heap).used / GRANULE;
}

static void free_blocks_join_on_both_sides(void)
{
    start(SIZE);
    unsigned char *const a = take(3);
    unsigned char *const b = take(2);
    unsigned char *const c = take(5);
    (void)take(1);
    EXPECT(b == a + 3 * GRANULE && c == b + 2 * GRANULE);
    EXPECT(reel_heap_free(&heap, a) == REEL_OK);
    EXPECT(reel_heap_free(&heap, c) == REEL_OK);
    EXPECT(reel_heap_free(&heap, b) == REEL_OK);
    EXPECT(reel_heap_is_valid(&heap) && used() == 1);
    EXPECT(take(10) == a);
}

static void a_block_grows_into_all_that_is_free_behind_it(void)
{
    start(SIZE);
    unsigned char *const a = take(3);
    unsigned char *const b = take(2);
    (void)take(1);
    EXPECT(reel_heap_free(&heap, b) == REEL_OK);
    EXPECT(reel_heap_realloc(&heap, a, 5 * GRANULE, 0) == a);
    EXPECT(reel_heap_realloc(&heap, a, 6 * GRANULE, 0) != a);
    EXPECT(reel_heap_is_valid(&heap));
}

static void the_largest_free_block_may_be_in_a_list(void)
{
    start(SIZE);
    unsigned char *const a = take(3);
    unsigned char *const b = take(1);
    (void)reel_heap_alloc(&heap, reel_heap_largest_free(&heap), 0);
    EXPECT(reel_heap_largest_free(&heap) == 0);
    EXPECT(reel_heap_free(&heap, b) == REEL_OK);
    EXPECT(reel_heap_largest_free(&heap) == GRANULE);
    EXPECT(reel_heap_free(&heap, a) == REEL_OK);
    EXPECT(reel_heap_largest_free(&heap) == 4 * GRANULE);
}

static void a_block_may_be_the_whole_heap(void)
{
    start(SIZE);
    for (int i = 0; i < 3; i++) {
        const size_t all = reel_heap_largest_free(&heap);
        EXPECT(all > SIZE / 4 * 3);
        unsigned char *const block = reel_heap_alloc(&heap, all, 1);
        EXPECT(block != NULL && reel_heap_largest_free(&heap) == 0);
        EXPECT(reel_heap_alloc(&heap, 1, 1) == NULL);
        EXPECT(reel_heap_usable_size(&heap, block) == all);
        EXPECT(reel_heap_free(&heap, block) == REEL_OK);
    }
}

static void any_buffer_will_do(void)
{
    for (size_t offset = 0; offset < 2 * GRANULE; offset++) {
        size_t most = 0;
        for (size_t size = 0; size <= 600; size++) {
            unsigned char *const memory = test_memory(600 + 2 * GRANULE);
            const reel_status status =
                reel_heap_init(&heap, memory + offset, size);
            EXPECT(status
                   == (most > 0 || status == REEL_OK ? REEL_OK : REEL_INVALID));
            if (status != REEL_OK) {
                continue;
            }
            const size_t all = reel_heap_largest_free(&heap);
            EXPECT(all >= most && all <= size);
            most = all;
            unsigned char *const block = reel_heap_alloc(&heap, all, 1);
            EXPECT(block >= memory + offset
                   && block + all <= memory + offset + size);
            EXPECT(reel_heap_is_valid(&heap));
            EXPECT(reel_heap_free(&heap, block) == REEL_OK);
        }
        EXPECT(most > 350);
    }
}

static void arguments_that_cannot_be_are_refused(void)
{
    reel_heap untouched;
    buffer = test_memory(SIZE);
    EXPECT(reel_heap_init(NULL, buffer, SIZE) == REEL_INVALID);
    EXPECT(reel_heap_init(&untouched, NULL, SIZE) == REEL_INVALID);
    EXPECT(reel_heap_init(&untouched, buffer, 0) == REEL_INVALID);
    EXPECT(reel_heap_init(&untouched, buffer, SIZE_MAX) == REEL_INVALID);
    const size_t wrong[] = { 0,           1,        GRANULE / 2,
                             3 * GRANULE, 2 * SIZE, SIZE_MAX / 2 + 1 };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        EXPECT(reel_heap_init_granular(&untouched, buffer, SIZE, wrong[i])
               == REEL_INVALID);
    }
}

// Whatever is added to them on the way.
static void sizes_near_the_end_do_not_wrap(void)
{
    start(SIZE);
    unsigned char *const block = take(2);
    for (size_t less = 0; less <= 64; less++) {
        for (size_t align = 0; align <= SIZE; align += align + (align == 0)) {
            EXPECT(reel_heap_alloc(&heap, SIZE_MAX - less, align) == NULL);
            EXPECT(reel_heap_realloc(&heap, block, SIZE_MAX - less, align)
                   == NULL);
        }
        EXPECT(reel_heap_free_sized(&heap, block, SIZE_MAX - less)
               == REEL_INVALID);
    }
    EXPECT(reel_heap_alloc(&heap, 1, SIZE_MAX / 2 + 1) == NULL);
    EXPECT(reel_heap_is_valid(&heap) && used() == 2);
    EXPECT(reel_heap_stats(&heap).largest_refused == SIZE_MAX);
}

static void an_alignment_that_is_no_power_of_two_panics(void)
{
    start(SIZE);
    if (REEL_CHECKS > 0) {
        EXPECT(reel_heap_alloc(&heap, 1, 3) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
        EXPECT(reel_heap_alloc(&heap, 1, 3 * GRANULE) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
    }
}

// Also where a cache has a block of that size.
static void a_cache_refuses_an_alignment_that_is_no_power_of_two(void)
{
    reel_heap_cache cache;
    reel_heap_slot slots[2];
    start(SIZE);
    EXPECT(reel_heap_cache_init(&cache, &heap, slots, 2) == REEL_OK);
    EXPECT(reel_heap_cache_free(&cache, take(1)) == REEL_OK);
    if (REEL_CHECKS > 0) {
        EXPECT(reel_heap_cache_alloc(&cache, 1, 3) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
    }
    EXPECT(reel_heap_cache_alloc(&cache, 1, 1) != NULL);
}

// The hole that an aligned block left is as good as when it was made.
static void an_aligned_block_is_found_again(void)
{
    start(SIZE);
    (void)take(1);
    unsigned char *const block = reel_heap_alloc(&heap, 4 * GRANULE, 128);
    EXPECT((uintptr_t)block % 128 == 0);
    (void)reel_heap_alloc(&heap, reel_heap_largest_free(&heap), 1);
    while (reel_heap_alloc(&heap, 1, 1) != NULL) {
    }
    EXPECT(reel_heap_free(&heap, block) == REEL_OK);
    EXPECT(reel_heap_alloc(&heap, 4 * GRANULE, 128) == block);
}

static void granules_keep_blocks_apart(void)
{
    buffer = test_memory(SIZE);
    EXPECT(reel_heap_init_granular(&heap, buffer, SIZE, 64) == REEL_OK);
    unsigned char *const a = reel_heap_alloc(&heap, 1, 1);
    unsigned char *const b = reel_heap_alloc(&heap, 65, 32);
    EXPECT((uintptr_t)a % 64 == 0 && b == a + 64);
    EXPECT(reel_heap_usable_size(&heap, b) == 128);
    EXPECT(reel_heap_alloc(&heap, 1, 1) == b + 128);
}

// Which list it is on is no matter.
static void a_free_block_serves_what_is_no_longer_than_it(void)
{
    start(TEST_MEMORY);
    for (size_t has = 1; has <= 33; has++) {
        for (size_t wanted = 1; wanted <= 34; wanted++) {
            EXPECT(reel_heap_reset(&heap) == REEL_OK);
            unsigned char *const block = take(has);
            (void)take(1);
            EXPECT(reel_heap_free(&heap, block) == REEL_OK);
            EXPECT((take(wanted) == block) == (wanted <= has));
        }
    }
}

// ---- misuse ------------------------------------------------------------------

static void a_free_says_what_is_wrong(void)
{
    start(SIZE);
    unsigned char *const a = take(3);
    unsigned char *const b = take(2);
    unsigned char *const c = take(1);
    EXPECT(reel_heap_free(&heap, NULL) == REEL_INVALID);
    EXPECT(reel_heap_free(&heap, a + GRANULE) == REEL_FOREIGN);
    EXPECT(reel_heap_free(&heap, a + 1) == REEL_FOREIGN);
    EXPECT(reel_heap_free(&heap, &heap) == REEL_FOREIGN);
    EXPECT(reel_heap_free(&heap, buffer) == REEL_FOREIGN);
    EXPECT(reel_heap_free(&heap, buffer + SIZE) == REEL_FOREIGN);
    EXPECT(reel_heap_free(&heap, c + GRANULE) == REEL_DOUBLE_FREE);
    EXPECT(reel_heap_free(&heap, a) == REEL_OK);
    EXPECT(reel_heap_free(&heap, a) == REEL_DOUBLE_FREE);
    EXPECT(reel_heap_free(&heap, b) == REEL_OK);
    EXPECT(reel_heap_free(&heap, b) == REEL_DOUBLE_FREE);
    EXPECT(reel_heap_free(&heap, c) == REEL_OK);
    EXPECT(reel_heap_free(&heap, c) == REEL_DOUBLE_FREE);
    EXPECT(reel_heap_is_valid(&heap) && used() == 0);
}

static void a_wrong_size_is_refused(void)
{
    start(SIZE);
    unsigned char *const a = take(3);
    (void)take(2);
    const size_t wrong[] = { 0,           GRANULE, 2 * GRANULE, 3 * GRANULE + 1,
                             5 * GRANULE, SIZE };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        EXPECT(reel_heap_free_sized(&heap, a, wrong[i]) == REEL_INVALID);
    }
    EXPECT(reel_heap_free_sized(&heap, a, 2 * GRANULE + 1) == REEL_OK);
    EXPECT(reel_heap_free_sized(&heap, a, 3 * GRANULE) == REEL_DOUBLE_FREE);
}

static void what_is_no_block_has_no_size(void)
{
    start(SIZE);
    unsigned char *const a = take(3);
    EXPECT(reel_heap_usable_size(&heap, a + GRANULE) == 0);
    EXPECT(test_panicked(REEL_FOREIGN));
    EXPECT(reel_heap_usable_size(&heap, &heap) == 0);
    EXPECT(test_panicked(REEL_FOREIGN));
    EXPECT(reel_heap_realloc(&heap, a + GRANULE, 1, 0) == NULL);
    EXPECT(test_panicked(REEL_FOREIGN));
    EXPECT(reel_heap_free(&heap, a) == REEL_OK);
    EXPECT(reel_heap_realloc(&heap, a, 1, 0) == NULL);
    EXPECT(test_panicked(REEL_DOUBLE_FREE));
}

// Three free blocks of 4 granules, apart; any word of the middle one that holds
// something of the heap's is overwritten. The heap is repaired afterwards.
static void with_a_word_changed(void (*use)(unsigned char *const *blocks),
                                size_t word, uintptr_t value)
{
    unsigned char *blocks[7];
    start(SIZE);
    for (size_t i = 0; i < 7; i++) {
        blocks[i] = take(4);
        for (size_t byte = 0; byte < 4 * GRANULE; byte++) {
            blocks[i][byte] = 0; // may be taken for what the heap writes
        }
    }
    for (size_t i = 1; i < 7; i += 2) {
        EXPECT(reel_heap_free(&heap, blocks[i]) == REEL_OK);
    }
    uintptr_t *const words = (uintptr_t *)(void *)blocks[3];
    const uintptr_t kept = words[word];
    if (kept != value) {
        words[word] = value;
        use(blocks);
        EXPECT(test_panicked(REEL_INVALID));
        words[word] = kept;
    }
    EXPECT(reel_heap_is_valid(&heap));
    EXPECT(used() == 4 * 4);
}

static void free_before(unsigned char *const *blocks)
{
    EXPECT(reel_heap_free(&heap, blocks[2]) == REEL_INVALID);
}

static void free_behind(unsigned char *const *blocks)
{
    EXPECT(reel_heap_free(&heap, blocks[4]) == REEL_INVALID);
}

// The last block freed is the first to be taken: it leads to the middle one.
static void take_first(unsigned char *const *blocks)
{
    (void)blocks;
    EXPECT(reel_heap_alloc(&heap, 4 * GRANULE, 1) == NULL);
}

static void a_write_to_a_freed_block_panics(void)
{
    if (REEL_CHECKS == 0 || REEL_WATCH) {
        return; // not detected; detected by the watch
    }
    const size_t last = 4 * GRANULE / sizeof(uintptr_t) - 1;
    const uintptr_t values[] = { 0,
                                 1,
                                 0xFF,
                                 3 * GRANULE,
                                 8 * GRANULE,
                                 UINTPTR_MAX,
                                 (uintptr_t)test_memory(1),
                                 (uintptr_t)&heap };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const size_t words[] = { 0, 1, 2, last };
        for (size_t word = 0; word < 4; word++) {
            if (words[word] == 0 && values[i] == 0) {
                continue; // a shorter list
            }
            with_a_word_changed(free_before, words[word], values[i]);
            with_a_word_changed(free_behind, words[word], values[i]);
        }
        with_a_word_changed(take_first, 1, values[i]);
    }
}

// ---- blocks that others free -------------------------------------------------------

static void blocks_freed_later_are_used_until_drained(void)
{
    start(SIZE);
    unsigned char *const a = take(3);
    unsigned char *const b = take(2);
    unsigned char *const c = take(1);
    EXPECT(reel_heap_free_later(&heap, a) == REEL_OK);
    EXPECT(reel_heap_free_later(&heap, c) == REEL_OK);
    EXPECT(reel_heap_free_later(&heap, b) == REEL_OK);
    EXPECT(used() == 6 && reel_heap_is_valid(&heap));
    EXPECT(reel_heap_drain(&heap, 0) == 0 && used() == 6);
    EXPECT(reel_heap_drain(&heap, 2) == 2 && used() == 3);
    EXPECT(reel_heap_drain(&heap, 9) == 1 && used() == 0);
    EXPECT(reel_heap_drain(&heap, 9) == 0);
    EXPECT(reel_heap_is_valid(&heap));
}

static void a_block_freed_later_leaves_the_one_behind_it_alone(void)
{
    start(SIZE);
    unsigned char *const a = take(1);
    unsigned char *const b = take(1);
    *b = 77;
    EXPECT(reel_heap_free_later(&heap, a) == REEL_OK && *b == 77);
}

static void what_cannot_be_freed_later_is_refused_at_once(void)
{
    start(SIZE);
    unsigned char *const a = take(3);
    unsigned char *const b = take(2);
    (void)take(1);
    EXPECT(reel_heap_free(&heap, b) == REEL_OK);
    EXPECT(reel_heap_free_later(&heap, NULL) == REEL_INVALID);
    EXPECT(reel_heap_free_later(&heap, a + GRANULE) == REEL_FOREIGN);
    EXPECT(reel_heap_free_later(&heap, &heap) == REEL_FOREIGN);
    EXPECT(reel_heap_free_later(&heap, b) == REEL_DOUBLE_FREE);
    EXPECT(reel_heap_drain(&heap, 9) == 0 && used() == 4);
}

static void a_drain_finds_a_block_that_was_freed_twice(void)
{
    if (REEL_CHECKS == 0) {
        return; // a list without an end
    }
    for (size_t between = 0; between < 3; between++) {
        start(SIZE);
        unsigned char *const a = take(3);
        EXPECT(reel_heap_free_later(&heap, a) == REEL_OK);
        for (size_t i = 0; i < between; i++) {
            EXPECT(reel_heap_free_later(&heap, take(1)) == REEL_OK);
        }
        EXPECT(reel_heap_free_later(&heap, a) == REEL_OK);
        EXPECT(reel_heap_drain(&heap, 99) == 1 + between);
        EXPECT(test_panicked(REEL_DOUBLE_FREE));
        EXPECT(reel_heap_is_valid(&heap));
        EXPECT(reel_heap_drain(&heap, 99) == 0);
    }
}

static void a_reset_forgets_what_was_queued(void)
{
    start(SIZE);
    EXPECT(reel_heap_free_later(&heap, take(3)) == REEL_OK);
    EXPECT(reel_heap_free_later(&heap, take(3)) == REEL_OK);
    EXPECT(reel_heap_drain(&heap, 1) == 1);
    EXPECT(reel_heap_free_later(&heap, take(1)) == REEL_OK);
    EXPECT(reel_heap_reset(&heap) == REEL_OK);
    EXPECT(reel_heap_drain(&heap, 9) == 0 && used() == 0);
}

// ---- caches ------------------------------------------------------------------------

static void a_cache_hands_out_what_it_was_given(void)
{
    reel_heap_cache cache;
    reel_heap_slot slots[4];
    start(SIZE);
    EXPECT(reel_heap_cache_init(&cache, &heap, slots, 4) == REEL_OK);
    unsigned char *const a = reel_heap_cache_alloc(&cache, 3 * GRANULE, 1);
    unsigned char *const b = reel_heap_cache_alloc(&cache, 5 * GRANULE, 1);
    (void)take(1);
    EXPECT(reel_heap_cache_free(&cache, a) == REEL_OK);
    EXPECT(used() == 9 && reel_heap_owns(&heap, a));
    EXPECT(reel_heap_cache_free(&cache, b) == REEL_OK); // too large for it
    EXPECT(used() == 4);
    EXPECT(reel_heap_cache_alloc(&cache, 2 * GRANULE + 1, GRANULE) == a);
    EXPECT(reel_heap_cache_free(&cache, a + GRANULE) == REEL_FOREIGN);
    EXPECT(reel_heap_cache_free(&cache, NULL) == REEL_INVALID);
    EXPECT(reel_heap_cache_free(&cache, a) == REEL_OK);
    EXPECT(reel_heap_cache_flush(&cache) == REEL_OK && used() == 1);
    EXPECT(reel_heap_cache_free(&cache, a) == REEL_DOUBLE_FREE);
}

static void a_cache_is_flushed_before_a_request_fails(void)
{
    reel_heap_cache cache;
    reel_heap_slot slots[2];
    start(SIZE);
    EXPECT(reel_heap_cache_init(&cache, &heap, slots, 2) == REEL_OK);
    void *blocks[SIZE / GRANULE];
    size_t count = 0;
    while ((blocks[count] = reel_heap_cache_alloc(&cache, 1, 1)) != NULL) {
        count++;
    }
    EXPECT(reel_heap_stats(&heap).failures == 1);
    EXPECT(reel_heap_cache_free(&cache, blocks[3]) == REEL_OK);
    EXPECT(reel_heap_cache_free(&cache, blocks[4]) == REEL_OK);
    EXPECT(reel_heap_cache_alloc(&cache, 2 * GRANULE, 1) == blocks[3]);
    EXPECT(reel_heap_cache_alloc(&cache, 0, 1) == NULL);
    EXPECT(reel_heap_stats(&heap).failures == 2);
}

// By each way that a cache may be asked, and however often the heap refused before.
static void what_a_cache_has_aside_serves_before_the_heap_refuses(void)
{
    static reel_registry registry;
    static reel_registry_entry entries[2];
    static const reel_handle nothing = { 0, 0 };
    reel_heap_cache cache;
    reel_heap_slot slots[8];
    const size_t size = REEL_HEAP_SIZE(8 * GRANULE);
    start(size);
    EXPECT(reel_heap_cache_init(&cache, &heap, slots, 8) == REEL_OK);
    EXPECT(reel_registry_init(&registry, entries, 2) == REEL_OK);
    EXPECT(reel_heap_cache_bind(&cache, &registry, nothing) == REEL_OK);
    const reel_allocator a =
        *reel_registry_get(&registry, reel_heap_cache_handle(&cache));
    void *block = reel_heap_cache_alloc(&cache, 3 * GRANULE, 1);
    void *const aside = reel_heap_cache_alloc(&cache, 4 * GRANULE, 1);
    EXPECT(reel_heap_cache_free(&cache, aside) == REEL_OK);
    void *const grown = reel_reallocate(a, block, 3 * GRANULE, 7 * GRANULE, 1);
    EXPECT(grown == block && reel_heap_stats(&heap).used == 7 * GRANULE);
    EXPECT(reel_heap_cache_free(&cache, grown) == REEL_OK);
    block = reel_heap_cache_alloc(&cache, 6 * GRANULE, 2 * GRANULE);
    EXPECT(block != NULL && reel_heap_cache_free(&cache, block) == REEL_OK);
    heap.failures = SIZE_MAX;
    block = reel_heap_cache_alloc(&cache, 8 * GRANULE, 1);
    EXPECT(block != NULL && reel_heap_cache_free(&cache, block) == REEL_OK);
    heap.failures = 0;
    EXPECT(reel_allocate(a, 5 * GRANULE, 1) != NULL);
    EXPECT(reel_heap_stats(&heap).failures == 0
           && reel_heap_stats(&heap).largest_refused == 0);
}

static void a_full_slot_frees_into_the_heap(void)
{
    reel_heap_cache cache;
    reel_heap_slot slots[2];
    void *blocks[REEL_HEAP_CACHED + 1];
    start(SIZE);
    EXPECT(reel_heap_cache_init(&cache, &heap, slots, 1) == REEL_OK);
    for (size_t i = 0; i <= REEL_HEAP_CACHED; i++) {
        blocks[i] = take(1);
    }
    for (size_t i = 0; i <= REEL_HEAP_CACHED; i++) {
        EXPECT(reel_heap_cache_free(&cache, blocks[i]) == REEL_OK);
    }
    EXPECT(used() == REEL_HEAP_CACHED);
    EXPECT(reel_heap_cache_flush(&cache) == REEL_OK && used() == 0);
}

static void full_checks_find_a_block_in_the_cache(void)
{
    reel_heap_cache cache;
    reel_heap_slot slots[2];
    start(SIZE);
    EXPECT(reel_heap_cache_init(&cache, &heap, slots, 2) == REEL_OK);
    void *const a = reel_heap_cache_alloc(&cache, 1, 1);
    void *const b = reel_heap_cache_alloc(&cache, 1, 1);
    EXPECT(reel_heap_cache_free(&cache, a) == REEL_OK);
    EXPECT(reel_heap_cache_free(&cache, b) == REEL_OK);
    if (REEL_CHECKS == 2) {
        EXPECT(reel_heap_cache_free(&cache, a) == REEL_DOUBLE_FREE);
        EXPECT(reel_heap_cache_free(&cache, b) == REEL_DOUBLE_FREE);
    }
    EXPECT(reel_heap_cache_flush(&cache) == REEL_OK && used() == 0);
}

static void a_cache_wants_a_heap_and_slots(void)
{
    reel_heap_cache cache;
    reel_heap_slot slots[2];
    start(SIZE);
    EXPECT(reel_heap_cache_init(NULL, &heap, slots, 2) == REEL_INVALID);
    EXPECT(reel_heap_cache_init(&cache, NULL, slots, 2) == REEL_INVALID);
    EXPECT(reel_heap_cache_init(&cache, &heap, NULL, 2) == REEL_INVALID);
    EXPECT(reel_heap_cache_init(&cache, &heap, slots, 0) == REEL_INVALID);
    EXPECT(reel_heap_cache_init(&cache, &heap, slots, 2) == REEL_OK);
    if (REEL_CHECKS > 0) {
        EXPECT(reel_heap_cache_alloc(&cache, 1, 3) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
    }
    EXPECT(reel_heap_cache_alloc(&cache, SIZE_MAX, 1) == NULL);
}

// ---- static instances, lifetimes -----------------------------------------------------

REEL_HEAP_DEFINE(defined, 500);
REEL_HEAP_DEFINE(tiny, 1);

static void a_static_heap_needs_no_init(void)
{
    EXPECT(reel_heap_is_valid(&defined));
    EXPECT(reel_heap_largest_free(&defined)
           == (500 + GRANULE - 1) / GRANULE * GRANULE);
    void *const block = reel_heap_alloc(&defined, 500, 1);
    EXPECT(block != NULL && reel_heap_is_valid(&defined));
    EXPECT(reel_heap_alloc(&defined, 1, 1) == NULL);
    EXPECT(reel_heap_free(&defined, block) == REEL_OK);
    EXPECT(reel_heap_alloc(&tiny, 1, 1) != NULL);
    EXPECT(reel_heap_alloc(&tiny, 1, 1) == NULL);
    EXPECT(reel_heap_reset(&tiny) == REEL_OK);
}

// Whatever its size: the macros count its lists as init does.
static void a_static_heap_is_laid_out_as_any_other(void)
{
    for (size_t size = GRANULE; size <= TEST_MEMORY; size += GRANULE) {
        if (reel_heap_init(&heap, test_memory(TEST_MEMORY), size) == REEL_OK) {
            const uintptr_t *const map = (uintptr_t *)(void *)heap.map;
            EXPECT(map == heap.heads + REEL_HEAP_BIN_(heap.count) + 1);
        }
    }
}

static void the_last_block_grows_up_to_the_end(void)
{
    start(SIZE);
    void *const block = reel_heap_alloc(&heap, 1, 1);
    const size_t all = GRANULE + reel_heap_largest_free(&heap);
    EXPECT(reel_heap_realloc(&heap, block, all + 1, 1) == NULL);
    EXPECT(reel_heap_realloc(&heap, block, all, 1) == block);
    EXPECT(reel_heap_largest_free(&heap) == 0 && reel_heap_is_valid(&heap));
}

// REEL_HEAP_SIZE() is enough, and not a granule too much.
static void the_size_of_a_buffer_can_be_told(void)
{
    const size_t bytes = 777;
    const size_t size = REEL_HEAP_SIZE(777);
    EXPECT(reel_heap_init(&heap, test_memory(size), size) == REEL_OK);
    EXPECT(reel_heap_largest_free(&heap) >= bytes);
    EXPECT(reel_heap_largest_free(&heap) < bytes + 2 * GRANULE);
}

static void an_ended_heap_gives_and_takes_nothing(void)
{
    reel_registry registry;
    reel_registry_entry entries[2];
    reel_handle parent;
    EXPECT(reel_registry_init(&registry, entries, 2) == REEL_OK);
    EXPECT(reel_registry_register(&registry, reel_allocator_null(),
                                  REEL_NO_HANDLE, &parent)
           == REEL_OK);
    start(SIZE);
    EXPECT(reel_heap_bind(&heap, &registry, parent) == REEL_OK);
    EXPECT(reel_heap_bind(&heap, &registry, parent) == REEL_BUSY);
    unsigned char *const block = take(2);
    const reel_ref ref = reel_ref_make(reel_heap_handle(&heap), block);
    EXPECT(reel_ref_get(&registry, ref) == block);
    EXPECT(reel_heap_reset(&heap) == REEL_OK);
    EXPECT(reel_ref_get(&registry, ref) == NULL);
    EXPECT(take(2) == block);
    EXPECT(reel_registry_unregister(&registry, parent) == REEL_OK);

    EXPECT(reel_heap_alloc(&heap, 1, 1) == NULL);
    EXPECT(test_panicked(REEL_STALE));
    EXPECT(reel_heap_alloc(&heap, 0, 64) == NULL);
    EXPECT(test_panicked(REEL_STALE));
    EXPECT(reel_heap_alloc(&heap, 0, 1) == NULL);
    EXPECT(test_panicked(REEL_STALE));
    EXPECT(reel_heap_free(&heap, block) == REEL_STALE);
    EXPECT(reel_heap_free_sized(&heap, block, 1) == REEL_STALE);
    EXPECT(reel_heap_free_later(&heap, block) == REEL_STALE);
    EXPECT(reel_heap_drain(&heap, 1) == 0);
    EXPECT(reel_heap_reset(&heap) == REEL_STALE);
    EXPECT(reel_heap_dispose(&heap) == REEL_STALE);
    EXPECT(reel_heap_bind(&heap, &registry, parent) == REEL_STALE);
    EXPECT(reel_heap_stats(&heap).used == 0);
    EXPECT(reel_heap_largest_free(&heap) == 0 && !reel_heap_owns(&heap, block));
    EXPECT(reel_heap_is_valid(&heap));
    start(SIZE);
    EXPECT(reel_heap_dispose(&heap) == REEL_OK);
}

const test_case heap_tests[] = {
    TEST(free_blocks_join_on_both_sides),
    TEST(a_block_grows_into_all_that_is_free_behind_it),
    TEST(the_largest_free_block_may_be_in_a_list),
    TEST(a_block_may_be_the_whole_heap),
    TEST(any_buffer_will_do),
    TEST(arguments_that_cannot_be_are_refused),
    TEST(sizes_near_the_end_do_not_wrap),
    TEST(an_alignment_that_is_no_power_of_two_panics),
    TEST(a_cache_refuses_an_alignment_that_is_no_power_of_two),
    TEST(an_aligned_block_is_found_again),
    TEST(granules_keep_blocks_apart),
    TEST(a_free_block_serves_what_is_no_longer_than_it),
    TEST(a_free_says_what_is_wrong),
    TEST(a_wrong_size_is_refused),
    TEST(what_is_no_block_has_no_size),
    TEST(a_write_to_a_freed_block_panics),
    TEST(blocks_freed_later_are_used_until_drained),
    TEST(a_block_freed_later_leaves_the_one_behind_it_alone),
    TEST(what_cannot_be_freed_later_is_refused_at_once),
    TEST(a_drain_finds_a_block_that_was_freed_twice),
    TEST(a_reset_forgets_what_was_queued),
    TEST(a_cache_hands_out_what_it_was_given),
    TEST(a_cache_is_flushed_before_a_request_fails),
    TEST(what_a_cache_has_aside_serves_before_the_heap_refuses),
    TEST(a_full_slot_frees_into_the_heap),
    TEST(full_checks_find_a_block_in_the_cache),
    TEST(a_cache_wants_a_heap_and_slots),
    TEST(a_static_heap_needs_no_init),
    TEST(a_static_heap_is_laid_out_as_any_other),
    TEST(the_last_block_grows_up_to_the_end),
    TEST(the_size_of_a_buffer_can_be_told),
    TEST(an_ended_heap_gives_and_takes_nothing),
    END_OF_TESTS,
};
