// SPDX-License-Identifier: MIT
#include "../../src/batch.h"
#include "test.h"

#define MOST 40

static reel_blocks blocks;
static unsigned char *memory;

static void fresh_blocks(size_t block_size, size_t count)
{
    const size_t size = REEL_BLOCKS_SIZE(block_size, count);
    memory = test_memory(size);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, size, block_size, count),
                 REEL_OK);
}

static unsigned char *at(size_t i)
{
    return memory + i * blocks.block_size;
}

static void fresh_blocks_come_in_order_and_freed_ones_last_in_first_out(void)
{
    fresh_blocks(24, 4);
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQUAL(reel_blocks_peak(&blocks), i);
        EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(i));
    }
    EXPECT(reel_blocks_alloc(&blocks) == NULL);
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(1)), REEL_OK);
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(3)), REEL_OK);
    EXPECT(reel_blocks_is_valid(&blocks));
    EXPECT_EQUAL(reel_blocks_count_used(&blocks), 2);
    EXPECT_EQUAL(reel_blocks_count_free(&blocks), 2);
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(3));
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(1));
    EXPECT(reel_blocks_alloc(&blocks) == NULL);
    EXPECT(reel_blocks_is_valid(&blocks));
}

static void a_freed_block_goes_before_a_fresh_one(void)
{
    fresh_blocks(8, 3);
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(0));
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(0)), REEL_OK);
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(0));
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(1));
    EXPECT_EQUAL(reel_blocks_peak(&blocks), 2);
}

static void a_free_blocks_bytes_are_never_touched(void)
{
    if (REEL_POISON || REEL_WATCH) {
        tap_skip("they are, by poison or a memory checker");
        return;
    }
    fresh_blocks(1, 10); // smaller than any link
    for (size_t i = 0; i < 10; i++) {
        *(unsigned char *)reel_blocks_alloc(&blocks) = (unsigned char)(i + 1);
    }
    for (size_t i = 0; i < 10; i++) {
        EXPECT_EQUAL(reel_blocks_free(&blocks, at(i)), REEL_OK);
    }
    for (size_t i = 0; i < 10; i++) {
        EXPECT_EQUAL(*at(i), i + 1);
    }
}

// ---- what is not a block that is out ---------------------------------------

static void check_every_address(size_t block_size, size_t count)
{
    fresh_blocks(block_size, count);
    for (size_t i = 0; i + 1 < count; i++) { // the last one stays fresh
        EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(i));
    }
    for (size_t byte = 0; byte < block_size * count + 40; byte++) {
        unsigned char *const p = memory - 20 + byte;
        const bool inside = byte >= 20 && byte < 20 + block_size * count;
        const bool first = inside && (byte - 20) % block_size == 0;
        const size_t i = first ? (byte - 20) / block_size : 0;
        EXPECT_EQUAL(reel_blocks_owns(&blocks, p), first);
        if (!first) {
            EXPECT_EQUAL(reel_blocks_free(&blocks, p), REEL_FOREIGN);
            continue;
        }
        EXPECT_EQUAL(reel_blocks_index(&blocks, p), i);
        EXPECT(reel_blocks_free(&blocks, p)
               == (i + 1 < count ? REEL_OK : REEL_DOUBLE_FREE));
        EXPECT_EQUAL(reel_blocks_free(&blocks, p), REEL_DOUBLE_FREE);
    }
    EXPECT(reel_blocks_is_valid(&blocks));
    EXPECT_EQUAL(reel_blocks_count_used(&blocks), 0);
}

static void every_pointer_that_is_no_block_is_refused(void)
{
    static const size_t sizes[] = { 1,  2,  3,  4,  5,  6,  7,  8,   9,
                                    12, 16, 24, 25, 31, 32, 33, 100, 200 };
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (size_t count = 1; count <= 5; count++) {
            check_every_address(sizes[s], count);
        }
    }
}

static void refusals_change_nothing(void)
{
    fresh_blocks(24, 3);
    void *const a = reel_blocks_alloc(&blocks);
    void *const b = reel_blocks_alloc(&blocks);
    EXPECT_EQUAL(reel_blocks_free(&blocks, a), REEL_OK);
    EXPECT_EQUAL(reel_blocks_free(&blocks, NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_free(&blocks, &blocks), REEL_FOREIGN);
    EXPECT_EQUAL(reel_blocks_free(&blocks, (unsigned char *)b + 1),
                 REEL_FOREIGN);
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(3)),
                 REEL_FOREIGN); // one past the end
    EXPECT_EQUAL(reel_blocks_free(&blocks, a), REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(2)),
                 REEL_DOUBLE_FREE); // never out
    EXPECT_EQUAL(reel_blocks_count_used(&blocks), 1);
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), a);
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(2));
    EXPECT(reel_blocks_alloc(&blocks) == NULL);
    EXPECT(reel_blocks_alloc(&blocks) == NULL);
    const reel_stats stats = reel_blocks_stats(&blocks);
    EXPECT(stats.used == 72 && stats.peak == 72);
    EXPECT(stats.failures == 2 && stats.largest_refused == 24);
    if (REEL_CHECKS > 0) {
        EXPECT_EQUAL(reel_blocks_index(&blocks, at(3)), SIZE_MAX);
        EXPECT(test_panicked(REEL_FOREIGN));
    }
}

// ---- set-up ----------------------------------------------------------------

static void the_promised_size_suffices_at_any_alignment(void)
{
    for (size_t shift = 0; shift < 8; shift++) {
        for (size_t block_size = 1; block_size < 12; block_size++) {
            const size_t size = REEL_BLOCKS_SIZE(block_size, 5);
            memory = test_memory(size + shift);
            EXPECT_EQUAL(reel_blocks_init(&blocks, memory, size, block_size, 5),
                         REEL_OK);
            for (size_t i = 0; i < 5; i++) {
                unsigned char *const block = reel_blocks_alloc(&blocks);
                EXPECT_EQUAL(block, at(i));
                block[block_size - 1] = 1;
            }
            EXPECT_EQUAL(reel_blocks_free(&blocks, at(4)), REEL_OK);
            EXPECT(reel_blocks_is_valid(&blocks));
        }
    }
}

static void pools_that_cannot_be_are_invalid(void)
{
    fresh_blocks(8, 2);
    const size_t size = REEL_BLOCKS_SIZE(8, 2);
    const reel_blocks before = blocks;
    const size_t half = SIZE_MAX / 2 + 1;
    const size_t root = (size_t)1 << 4 * sizeof(size_t); // of SIZE_MAX + 1
    const size_t all = SIZE_MAX - REEL_TOP_BYTES - (uintptr_t)memory;
    EXPECT_EQUAL(reel_blocks_init(NULL, memory, size, 8, 2), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, NULL, size, 8, 2), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, size, 0, 2), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, size, 8, 0), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, 0, 8, 2), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, size, size / 2, 3),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, 16, 8, 2), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, size, 8, 3), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, SIZE_MAX, 8, 2),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, size, half, 2),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, size, SIZE_MAX, SIZE_MAX),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, size, SIZE_MAX / 3 + 1, 3),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, all, root, root),
                 REEL_INVALID);
    EXPECT_EQUAL(
        reel_blocks_init(&blocks, memory, size, 1, REEL_BLOCKS_MAX + 1),
        REEL_INVALID);
    EXPECT(blocks.base == before.base && blocks.list.count == 2);
    EXPECT_EQUAL(blocks.inverse, before.inverse);
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), memory);
}

static reel_status init_of_bytes(size_t size, size_t count)
{
    return reel_blocks_init(&blocks, memory, size, 1, count);
}

// Nothing is there of these pools but their addresses: init does not touch them.
static void no_more_blocks_than_links_can_number(void)
{
    memory = test_memory(1);
    if (REEL_POISON || REEL_WATCH) {
        tap_skip("here init touches the memory");
        return;
    }
    if (REEL_LINKS_ARE_WORDS) {
        tap_skip("words can number more blocks than there are addresses");
        return;
    }
    const size_t size = REEL_BLOCKS_SIZE(1, 0x20000);
    EXPECT_EQUAL(REEL_BLOCKS_MAX, 32766);
    EXPECT_EQUAL(init_of_bytes(size, REEL_BLOCKS_MAX), REEL_OK);
    EXPECT_EQUAL(init_of_bytes(size, REEL_BLOCKS_MAX + 1), REEL_INVALID);
    EXPECT_EQUAL(init_of_bytes(size, REEL_BLOCKS_MAX + 2), REEL_INVALID);
    EXPECT_EQUAL(init_of_bytes(size, 0x10000), REEL_INVALID);
    EXPECT_EQUAL(init_of_bytes(size, 0x10001), REEL_INVALID);
    EXPECT_EQUAL(blocks.list.count, REEL_BLOCKS_MAX);
}

static void no_more_blocks_than_there_are_addresses(void)
{
    memory = test_memory(1);
    if (REEL_POISON || REEL_WATCH) {
        tap_skip("here init touches the memory");
        return;
    }
    if (!REEL_LINKS_ARE_WORDS) {
        tap_skip("links are too narrow");
        return;
    }
    const size_t room = UINTPTR_MAX - REEL_TOP_BYTES - (uintptr_t)memory;
    const size_t fit = room / (1 + sizeof(reel_link)) - 1; // and a gap
    const size_t most = REEL_BLOCKS_MAX < fit ? REEL_BLOCKS_MAX : fit;
    EXPECT_EQUAL(init_of_bytes(room, most), REEL_OK);
    EXPECT_EQUAL(init_of_bytes(room, most + 2), REEL_INVALID);
    EXPECT_EQUAL(init_of_bytes(room, fit + 2), REEL_INVALID);
    EXPECT_EQUAL(init_of_bytes(room, REEL_BLOCKS_MAX + 1), REEL_INVALID);
    EXPECT_EQUAL(init_of_bytes(room, SIZE_MAX), REEL_INVALID);
    EXPECT_EQUAL(init_of_bytes(room + 1, 1), REEL_INVALID);
    EXPECT_EQUAL(blocks.list.count, most);
}

REEL_BLOCKS_DEFINE(static_24, 24, 5);
REEL_BLOCKS_DEFINE(static_200, 200, 3);
REEL_BLOCKS_DEFINE(static_1, 1, 1);
REEL_BLOCKS_DEFINE(static_7, 7, 16);

static void compare_with_init(reel_blocks *defined)
{
    reel_blocks same;
    const size_t count = defined->list.count;
    const size_t size = REEL_BLOCKS_SIZE(defined->block_size, count);
    EXPECT(reel_blocks_is_valid(defined));
    EXPECT_EQUAL(reel_blocks_init(&same, test_memory(size), size,
                                  defined->block_size, count),
                 REEL_OK);
    EXPECT_EQUAL(defined->list.head.value, same.list.head.value);
    EXPECT(!REEL_LISTS_ARE_VERSIONED
           || defined->list.fresh_bit == same.list.fresh_bit);
    EXPECT(defined->inverse == same.inverse && defined->shift == same.shift);
    for (size_t i = 0; i < count; i++) {
        unsigned char *const block = reel_blocks_alloc(defined);
        EXPECT_EQUAL((uintptr_t)block, defined->base + i * defined->block_size);
        block[defined->block_size - 1] = 1;
    }
    EXPECT(reel_blocks_alloc(defined) == NULL);
    for (size_t i = 0; i < count; i++) {
        EXPECT_EQUAL(
            reel_blocks_free(defined,
                             (void *)(defined->base + i * defined->block_size)),
            REEL_OK);
    }
}

static void a_static_pool_needs_no_init(void)
{
    compare_with_init(&static_24);
    compare_with_init(&static_200);
    compare_with_init(&static_1);
    compare_with_init(&static_7);
}

// The macros are evaluated at run time here, for more sizes than one would type.
static void the_constants_of_define_are_those_of_init(void)
{
    for (size_t size = 1; size < 2000; size += 1 + size / 50) {
        const size_t odd = size / REEL_LOW_BIT_(size);
        EXPECT_EQUAL(odd * REEL_INVERSE_(odd), 1);
        EXPECT((size_t)1 << REEL_WHICH_BIT_(REEL_LOW_BIT_(size))
               == REEL_LOW_BIT_(size));
        EXPECT(REEL_ABOVE_(size) > size && REEL_ABOVE_(size) <= 2 * size);
        EXPECT_EQUAL((REEL_ABOVE_(size) & (REEL_ABOVE_(size) - 1)), 0);
    }
    for (size_t bit = 0; bit < 8 * sizeof(size_t); bit++) {
        EXPECT(REEL_WHICH_BIT_((size_t)1 << bit) == bit);
    }
}

// As if all but a few blocks of a huge pool had been out: nothing loops, and
// nothing but the links that are used is touched.
static void a_huge_pool_works_at_its_far_end(void)
{
    const size_t count = REEL_BLOCKS_MAX < 60000 ? REEL_BLOCKS_MAX : 60000;
    static reel_link link_window[4]; // of the last four blocks
    if (REEL_OUT_OF_LINE) {
        tap_skip("these builds look at the memory");
        return;
    }
    fresh_blocks(8, 2);
    blocks.list.links =
        (reel_link *)((uintptr_t)link_window - (count - 4) * sizeof(reel_link));
    blocks.list.count = count;
    blocks.list.fresh_bit = REEL_ABOVE_(count);
    blocks.list.peak.value = count - 4;
    blocks.list.head.value = REEL_LIST_EMPTY(count - 4, count);
    for (size_t i = count - 4; i < count; i++) {
        EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(i));
    }
    EXPECT(reel_blocks_alloc(&blocks) == NULL);
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(count)), REEL_FOREIGN);
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(count - 1)), REEL_OK);
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(count - 1)), REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(count - 1));
}

// What is on top of the list may be taken and given back while another context walks
// from there: its link then says what its last owner found above it.
static void a_batch_looks_at_no_link_that_was_never_written(void)
{
#if REEL_LISTS_ARE_VERSIONED
    fresh_blocks(8, 4);
    void *const block = reel_blocks_alloc(&blocks);
    (void)reel_blocks_alloc(&blocks);
    EXPECT(list_claim(&blocks.list, 0, reel_blocks_peak(&blocks)));
    blocks.list.links[2] = 3; // whatever was there
    uintptr_t link = 0;
    EXPECT_EQUAL(walk(&blocks.list, 4, &link), 1);
    EXPECT_EQUAL(link, 2);
    EXPECT_EQUAL(reel_blocks_free(&blocks, block), REEL_DOUBLE_FREE);
#else
    tap_skip("numbers go one by one");
#endif
}

// ---- any sequence ----------------------------------------------------------

static struct {
    bool out[MOST];
    size_t free_list[MOST]; // the newest last
    size_t free_count, fresh, count;
} model;

static size_t model_take(void)
{
    if (model.free_count > 0) {
        return model.free_list[--model.free_count];
    }
    return model.fresh < model.count ? model.fresh++ : SIZE_MAX;
}

static void do_one_thing(uint32_t *seed)
{
    if (test_below(seed, 2) == 0) {
        const size_t i = model_take();
        unsigned char *const block = reel_blocks_alloc(&blocks);
        EXPECT(block == (i == SIZE_MAX ? NULL : at(i)));
        if (i != SIZE_MAX) {
            model.out[i] = true;
        }
        return;
    }
    const size_t i = test_below(seed, model.count);
    EXPECT(reel_blocks_free(&blocks, at(i))
           == (model.out[i] ? REEL_OK : REEL_DOUBLE_FREE));
    if (model.out[i]) {
        model.out[i] = false;
        model.free_list[model.free_count++] = i;
    }
}

static void a_pool_does_what_a_naive_model_does(void)
{
    uint32_t seed = 5;
    for (size_t run = 0; run < 20 * test_scale; run++) {
        model.count = 1 + test_below(&seed, MOST);
        model.free_count = 0;
        model.fresh = 0;
        for (size_t i = 0; i < MOST; i++) {
            model.out[i] = false;
        }
        fresh_blocks(1 + test_below(&seed, 30), model.count);
        for (int step = 0; step < 200; step++) {
            do_one_thing(&seed);
        }
        EXPECT(reel_blocks_is_valid(&blocks));
        EXPECT_EQUAL(reel_blocks_peak(&blocks), model.fresh);
        EXPECT_EQUAL(reel_blocks_count_used(&blocks),
                     model.fresh - model.free_count);
    }
}

static void corrupt_lists_are_noticed(void)
{
    fresh_blocks(8, 4);
    for (size_t i = 0; i < 4; i++) {
        (void)reel_blocks_alloc(&blocks);
    }
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(0)), REEL_OK);
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(1)), REEL_OK);
    EXPECT(reel_blocks_is_valid(&blocks));
    blocks.list.links[0] = 1; // a ring
    EXPECT(!reel_blocks_is_valid(&blocks));
    blocks.list.links[0] = 3; // a block that is out
    EXPECT(!reel_blocks_is_valid(&blocks));
    blocks.list.links[0] =
        (reel_link)REEL_LIST_EMPTY(3, 4); // another watermark
    EXPECT(!reel_blocks_is_valid(&blocks));
    fresh_blocks(8, 4);
    blocks.inverse++;
    EXPECT(!reel_blocks_is_valid(&blocks));
    fresh_blocks(8, 4);
    blocks.list.peak.value = 1;
    EXPECT(!reel_blocks_is_valid(&blocks));
}

// ---- interrupts ------------------------------------------------------------

static void *taken;

static void take_and_give(void)
{
    taken = reel_blocks_alloc(&blocks);
    EXPECT(taken == NULL || reel_blocks_free(&blocks, taken) == REEL_OK);
}

static void an_interrupt_may_do_all_of_it(void)
{
    fresh_blocks(8, 3);
    test_interrupt(take_and_give);
    EXPECT_EQUAL(taken, at(0));
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(0));
    test_interrupt(take_and_give);
    EXPECT_EQUAL(taken, at(1));
    EXPECT(reel_blocks_is_valid(&blocks));
}

// ---- caches ----------------------------------------------------------------

static size_t held_by(const reel_blocks_cache *cache)
{
    return (size_t)(cache->top - cache->slots);
}

static void a_cache_takes_and_gives_in_batches(void)
{
    void *slots[4];
    reel_blocks_cache cache;
    fresh_blocks(16, 8);
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &blocks, slots, 4), REEL_OK);
    void *mine[8] = { reel_blocks_cache_alloc(&cache) };
    EXPECT(mine[0] == at(0) || mine[0] == at(1));
    EXPECT(held_by(&cache) == 1 && reel_blocks_count_used(&blocks) == 2);
    for (size_t i = 1; i < 8; i++) {
        mine[i] = reel_blocks_cache_alloc(&cache);
        EXPECT(mine[i] != NULL);
    }
    EXPECT(reel_blocks_cache_alloc(&cache) == NULL);
    EXPECT_EQUAL(reel_blocks_stats(&blocks).failures, 1);
    for (size_t i = 0; i < 8; i++) {
        EXPECT_EQUAL(reel_blocks_cache_free(&cache, mine[i]), REEL_OK);
        EXPECT(held_by(&cache) <= 4 && reel_blocks_is_valid(&blocks));
    }
    EXPECT_EQUAL(reel_blocks_cache_alloc(&cache),
                 mine[7]); // the newest is warm
    EXPECT_EQUAL(reel_blocks_cache_free(&cache, mine[7]), REEL_OK);
    reel_blocks_cache_flush(&cache);
    EXPECT(held_by(&cache) == 0 && reel_blocks_count_used(&blocks) == 0);
    EXPECT(reel_blocks_is_valid(&blocks));
}

// Does a cache look at a block as a free does, not at its address alone?
#define INSPECTS \
    (REEL_CHECKS >= 2 || REEL_POISON || REEL_WATCH || REEL_EVENTS)

static void a_cache_refuses_what_is_not_the_pools(void)
{
    void *slots[2];
    reel_blocks_cache cache;
    fresh_blocks(16, 3);
    EXPECT_EQUAL(reel_blocks_cache_init(NULL, &blocks, slots, 2), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, NULL, slots, 2), REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &blocks, NULL, 2),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &blocks, slots, 1),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &blocks, slots, 2), REEL_OK);
    EXPECT_EQUAL(reel_blocks_cache_free(&cache, NULL), REEL_FOREIGN);
    EXPECT_EQUAL(reel_blocks_cache_free(&cache, at(3)), REEL_FOREIGN);
    EXPECT_EQUAL(reel_blocks_cache_free(&cache, memory - 1), REEL_FOREIGN);
    EXPECT_EQUAL(held_by(&cache), 0);
    unsigned char *const a = reel_blocks_cache_alloc(&cache);
    if (INSPECTS) {
        EXPECT_EQUAL(reel_blocks_cache_free(&cache, a + 1), REEL_FOREIGN);
        EXPECT_EQUAL(reel_blocks_cache_free(&cache, at(1)), REEL_DOUBLE_FREE);
        EXPECT_EQUAL(reel_blocks_cache_free(&cache, a), REEL_OK);
        EXPECT_EQUAL(reel_blocks_cache_free(&cache, a), REEL_DOUBLE_FREE);
        return;
    }
    EXPECT_EQUAL(reel_blocks_cache_free(&cache, a + 1),
                 REEL_OK); // not yet seen
    EXPECT_EQUAL(reel_blocks_cache_free(&cache, a), REEL_OK);
    EXPECT_EQUAL(reel_blocks_cache_free(&cache, at(1)),
                 REEL_FOREIGN); // now it is
    reel_blocks_cache_flush(&cache);
    EXPECT_EQUAL(reel_blocks_count_used(&blocks), 0);
}

static void a_drain_tells_of_each_block_that_is_free_already(void)
{
    if (INSPECTS) {
        tap_skip("this cache takes no block that is free");
        return;
    }
    void *slots[6];
    reel_blocks_cache cache;
    fresh_blocks(16, 6);
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &blocks, slots, 6), REEL_OK);
    for (size_t i = 0; i < 6; i++) {
        EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(i));
    }
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(2)), REEL_OK);
    static const size_t freed[] = {
        1, 1, 2, 3, 4, 5
    }; // 1 and 2 once too often
    for (size_t i = 0; i < 6; i++) {
        EXPECT_EQUAL(reel_blocks_cache_free(&cache, at(freed[i])), REEL_OK);
    }
    EXPECT_EQUAL(reel_blocks_cache_free(&cache, at(0)), REEL_DOUBLE_FREE);
    EXPECT(reel_blocks_is_valid(&blocks));
    EXPECT(reel_blocks_count_free(&blocks) == 2 && held_by(&cache) == 4);
    reel_blocks_cache_flush(&cache);
    EXPECT(reel_blocks_is_valid(&blocks));
    EXPECT_EQUAL(reel_blocks_count_free(&blocks), 6);
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(0)); // freed last
}

static void a_batch_is_listed_blocks_and_then_fresh_ones(void)
{
    void *slots[8];
    reel_blocks_cache cache;
    fresh_blocks(16, 7);
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &blocks, slots, 8), REEL_OK);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQUAL(reel_blocks_alloc(&blocks), at(i));
    }
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(0)), REEL_OK);
    EXPECT_EQUAL(reel_blocks_free(&blocks, at(2)), REEL_OK);
    EXPECT_EQUAL(reel_blocks_cache_alloc(&cache), at(4));
    EXPECT(slots[0] == at(2) && slots[1] == at(0) && slots[2] == at(3));
    EXPECT(held_by(&cache) == 3 && reel_blocks_peak(&blocks) == 5);
    EXPECT_EQUAL(reel_blocks_count_used(&blocks), 5);
    EXPECT(reel_blocks_is_valid(&blocks));
    reel_blocks_cache_flush(&cache);
    EXPECT_EQUAL(reel_blocks_cache_alloc(&cache), at(5)); // three and one fresh
    EXPECT(reel_blocks_is_valid(&blocks));
}

// Two caches of some size on one pool, and calls past them.
static struct {
    void *slots[2][12], *held[MOST];
    reel_blocks_cache caches[2];
    bool is_owned[MOST];
    size_t count;
} owner;

static void take_one(uint32_t *seed)
{
    const size_t which = test_below(seed, 3);
    void *const block = which < 2
                            ? reel_blocks_cache_alloc(&owner.caches[which])
                            : reel_blocks_alloc(&blocks);
    if (block != NULL) {
        const size_t i = reel_blocks_index(&blocks, block);
        EXPECT(!owner.is_owned[i]);
        owner.is_owned[i] = true;
        owner.held[owner.count++] = block;
    }
}

static void give_one(uint32_t *seed)
{
    const size_t which = test_below(seed, 3);
    const size_t at = test_below(seed, owner.count);
    void *const block = owner.held[at];
    owner.held[at] = owner.held[--owner.count];
    owner.is_owned[reel_blocks_index(&blocks, block)] = false;
    EXPECT((which < 2 ? reel_blocks_cache_free(&owner.caches[which], block)
                      : reel_blocks_free(&blocks, block))
           == REEL_OK);
}

static void start_caches(uint32_t *seed)
{
    fresh_blocks(8, 1 + test_below(seed, MOST));
    owner.count = 0;
    for (size_t i = 0; i < MOST; i++) {
        owner.is_owned[i] = false;
    }
    for (size_t c = 0; c < 2; c++) {
        EXPECT_EQUAL(reel_blocks_cache_init(&owner.caches[c], &blocks,
                                            owner.slots[c],
                                            2 + test_below(seed, 11)),
                     REEL_OK);
    }
}

static void no_block_has_two_owners_whatever_caches_do(void)
{
    uint32_t seed = 11;
    for (size_t run = 0; run < 20 * test_scale; run++) {
        start_caches(&seed);
        for (int step = 0; step < 200; step++) {
            if (owner.count == 0 || test_below(&seed, 2) == 0) {
                take_one(&seed);
            } else {
                give_one(&seed);
            }
        }
        EXPECT(reel_blocks_is_valid(&blocks));
        EXPECT_EQUAL(reel_blocks_count_used(&blocks),
                     owner.count + held_by(&owner.caches[0])
                         + held_by(&owner.caches[1]));
    }
}

// However many blocks there may be, a version has 8 bits at least.
static void a_list_has_a_version_of_8_bits_at_least(void)
{
    const size_t bits = 8 * sizeof(uintptr_t);
    if (!REEL_LISTS_ARE_VERSIONED) {
        EXPECT_EQUAL(REEL_BLOCKS_MAX, (size_t)REEL_LINK_MAX - 1);
        return; // one core needs no version
    }
    EXPECT_EQUAL(REEL_BLOCKS_MAX, ((size_t)1 << (bits - 9)) - 1);
    fresh_blocks(1, 4);
    blocks.list.count = REEL_BLOCKS_MAX;
    size_t below = 0; // bits of a number and of the one that says "fresh"
    while (((uintptr_t)1 << below) <= REEL_BLOCKS_MAX) {
        below++;
    }
    EXPECT_EQUAL(bits - (below + 1), 8);
    EXPECT_EQUAL(
        reel_blocks_init(&blocks, memory, SIZE_MAX / 2, 1, REEL_BLOCKS_MAX + 1),
        REEL_INVALID);
}

const test_case blocks_tests[] = {
    TEST(a_list_has_a_version_of_8_bits_at_least),
    TEST(fresh_blocks_come_in_order_and_freed_ones_last_in_first_out),
    TEST(a_freed_block_goes_before_a_fresh_one),
    TEST(a_free_blocks_bytes_are_never_touched),
    TEST(every_pointer_that_is_no_block_is_refused),
    TEST(refusals_change_nothing),
    TEST(the_promised_size_suffices_at_any_alignment),
    TEST(pools_that_cannot_be_are_invalid),
    TEST(no_more_blocks_than_links_can_number),
    TEST(no_more_blocks_than_there_are_addresses),
    TEST(a_static_pool_needs_no_init),
    TEST(the_constants_of_define_are_those_of_init),
    TEST(a_huge_pool_works_at_its_far_end),
    TEST(a_batch_looks_at_no_link_that_was_never_written),
    TEST(a_pool_does_what_a_naive_model_does),
    TEST(corrupt_lists_are_noticed),
    TEST(an_interrupt_may_do_all_of_it),
    TEST(a_cache_takes_and_gives_in_batches),
    TEST(a_cache_refuses_what_is_not_the_pools),
    TEST(a_drain_tells_of_each_block_that_is_free_already),
    TEST(a_batch_is_listed_blocks_and_then_fresh_ones),
    TEST(no_block_has_two_owners_whatever_caches_do),
    END_OF_TESTS,
};
