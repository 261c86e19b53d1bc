// SPDX-License-Identifier: MIT
// A heap whose free blocks and bookkeeping were written to, in each place that looks;
// and heaps that are larger than one word or cell can tell.

#include "things.h"

#define GRANULE   REEL_HEAP_GRANULE
#define WORD_BITS (8 * sizeof(uintptr_t))

static reel_heap heap;

static bool is_heap(void)
{
    return reel_heap_is_valid(&heap);
}

// ---- words of free blocks ------------------------------------------------------------

// Used, free, used, used, free, used; of 4 granules each.
static unsigned char *blocks[6];

static void start(void)
{
    EXPECT_EQUAL(reel_heap_init(&heap, test_memory(TEST_MEMORY), TEST_MEMORY),
                 REEL_OK);
    for (size_t i = 0; i < 6; i++) {
        blocks[i] = reel_heap_alloc(&heap, 4 * GRANULE, 1);
    }
    EXPECT_EQUAL(reel_heap_free(&heap, blocks[4]), REEL_OK);
    EXPECT_EQUAL(reel_heap_free(&heap, blocks[1]), REEL_OK);
}

static uintptr_t *words_of(unsigned char *block)
{
    return (uintptr_t *)(void *)block;
}

// One word of the first block of the list is wrong. What the call says is known; the
// heap is valid again as soon as the word is right.
static void with_a_wrong_word(size_t word, void (*call)(void))
{
    start();
    uintptr_t *const at = &words_of(blocks[1])[word];
    const uintptr_t was = *at;
    *at = was + 1;
    call();
    *at = was;
    EXPECT(is_heap());
}

static bool are_writes_seen(void)
{
    if (REEL_CHECKS == 0 || REEL_WATCH) {
        tap_skip(REEL_WATCH ? "a memory checker knows what no block is"
                            : "contracts are not checked");
    }
    return REEL_CHECKS > 0 && !REEL_WATCH;
}

static void take_less(void)
{
    EXPECT(reel_heap_alloc(&heap, GRANULE, 1) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
}

static void take_aligned(void)
{
    EXPECT(reel_heap_alloc(&heap, GRANULE, 2 * GRANULE) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
}

static void free_before(void)
{
    EXPECT_EQUAL(reel_heap_free(&heap, blocks[0]), REEL_INVALID);
    EXPECT(test_panicked(REEL_INVALID));
}

// It moves, and keeps what is in it.
static void grow_into(void)
{
    blocks[0][4 * GRANULE - 1] = 77;
    unsigned char *const moved =
        reel_heap_realloc(&heap, blocks[0], 5 * GRANULE, 1);
    EXPECT(moved != NULL && moved != blocks[0]);
    EXPECT(moved == NULL || moved[4 * GRANULE - 1] == 77);
    EXPECT(!test_is_calm());
}

static void a_wrong_word_of_a_free_block_is_seen_by_whatever_needs_it(void)
{
    if (!are_writes_seen()) {
        return;
    }
    const size_t last = 4 * GRANULE / sizeof(uintptr_t) - 1;
    const size_t needed[] = { 0, 1, 2, last };
    for (size_t i = 0; i < 4; i++) {
        with_a_wrong_word(needed[i], take_less);
        with_a_wrong_word(needed[i], free_before);
        if (REEL_CHECKS < 2) { // which look at the whole heap
            with_a_wrong_word(needed[i], take_aligned);
            with_a_wrong_word(needed[i], grow_into);
        }
    }
}

// Both ends agree, so only what is asked for tells.
static void a_free_block_that_says_it_is_shorter_is_not_taken(void)
{
    if (!are_writes_seen()) {
        return;
    }
    start();
    uintptr_t *const words = words_of(blocks[1]);
    const size_t short_last = 2 * GRANULE / sizeof(uintptr_t) - 1;
    words[2] = 2 * GRANULE;
    words[short_last] = 2 * GRANULE;
    EXPECT(reel_heap_alloc(&heap, 3 * GRANULE, 1) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
    words[2] = 4 * GRANULE;
    EXPECT(is_heap());
}

// Not even if the block behind looks like a free one of no bytes.
static void a_free_block_of_no_bytes_is_not_believed(void)
{
    if (!are_writes_seen()) {
        return;
    }
    start();
    uintptr_t *const words = words_of(blocks[2]);
    const uintptr_t was = words[-1];
    words[-1] = 0;
    words[0] = 0;
    words[1] = (uintptr_t)&words[3];
    words[2] = 0;
    words[3] = (uintptr_t)words;
    EXPECT_EQUAL(reel_heap_free(&heap, blocks[2]), REEL_INVALID);
    EXPECT(test_panicked(REEL_INVALID));
    words[-1] = was;
    EXPECT(is_heap());
}

// ---- what is freed later -----------------------------------------------------------

// The list of those goes on where no block is.
static void a_list_of_blocks_to_free_ends_where_none_is(void)
{
    static const size_t wrong[] = { 0, GRANULE, GRANULE + 1 };
    static const reel_status why[] = { REEL_DOUBLE_FREE, REEL_INVALID,
                                       REEL_INVALID };
    for (size_t i = 0; i < 3; i++) {
        start();
        EXPECT_EQUAL(reel_heap_free_later(&heap, blocks[3]), REEL_OK);
        if (REEL_WATCH) {
            tap_skip("a memory checker knows what no block is");
            return;
        }
        // Of blocks[1], which is free, or inside of blocks[2], which is used.
        words_of(blocks[3])[0] = (uintptr_t)blocks[i == 0 ? 1 : 2] + wrong[i];
        EXPECT_EQUAL(reel_heap_drain(&heap, 9), 1);
        EXPECT(test_panicked(why[i]));
        EXPECT_EQUAL(reel_heap_drain(&heap, 9), 0);
        EXPECT(is_heap() && !reel_heap_owns(&heap, blocks[3]));
    }
}

// ---- is_valid ----------------------------------------------------------------------

static void a_free_block_that_leads_wrong_is_seen(void)
{
    if (REEL_WATCH) {
        tap_skip("a memory checker knows what no block is");
        return;
    }
    start();
    uintptr_t *const last = words_of(blocks[4]); // of its list
    SEES(is_heap(), last[0], 1);
    SEES(is_heap(), last[0], (uintptr_t)(blocks[4] + 2 * sizeof(uintptr_t)));
    SEES(is_heap(), last[1], 1);
    SEES(is_heap(), last[1], (uintptr_t)blocks[0]);
}

static void an_edge_inside_of_a_block_is_seen(void)
{
    start();
    uintptr_t *const edges = &heap.map[0].edges.value;
    for (size_t i = 0; i < 6; i++) {
        const size_t first = ((uintptr_t)blocks[i] - heap.base) / GRANULE;
        SEES(is_heap(), *edges, *edges | (uintptr_t)1 << (first + 1));
        SEES(is_heap(), *edges, *edges | (uintptr_t)1 << (first + 2));
    }
}

// No block is on that list, which leads somewhere.
static void a_list_that_leads_to_no_free_block_is_seen(void)
{
    if (REEL_WATCH) {
        tap_skip("a memory checker knows what no block is");
        return;
    }
    start();
    uintptr_t *const head = &heap.heads[0];
    unsigned char *const wrong[] = {
        blocks[0], blocks[0] + GRANULE,     blocks[1] + 3 * GRANULE,
        blocks[1], blocks[5] + 4 * GRANULE, blocks[1] + 1
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        *head = (uintptr_t)wrong[i];
        SEES(is_heap(), heap.bins[0], heap.bins[0] | 1);
    }
}

static void a_free_block_below_the_frontier_is_seen(void)
{
    start();
    const size_t end = ((uintptr_t)blocks[2] - heap.base) / GRANULE;
    SEES(is_heap(), heap.frontier.value, end);
}

static void bytes_in_use_that_are_wrong_are_seen(void)
{
    start();
    SEES(is_heap(), heap.peak, heap.peak - GRANULE);
    SEES(is_heap(), heap.below_peak, heap.below_peak - GRANULE);
    if (REEL_CHECKS < 2) {
        tap_skip("invariants are checked at REEL_CHECKS 2");
        return;
    }
    heap.below_peak -= GRANULE;
    EXPECT_EQUAL(reel_heap_free(&heap, blocks[2]), REEL_OK);
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT(reel_heap_alloc(&heap, 1, 1) != NULL);
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT(reel_heap_realloc(&heap, blocks[5], 5 * GRANULE, 1) == blocks[5]);
    EXPECT(test_panicked(REEL_INVALID));
    heap.below_peak += GRANULE;
    EXPECT(is_heap());
}

// ---- large heaps -------------------------------------------------------------------

// Of so many granules and what a map of them takes, from a host's malloc.
static unsigned char *start_large(size_t granules, size_t *size)
{
    *size = granules * (GRANULE + 1) + 1024;
    unsigned char *const buffer = reel_allocate(test_malloc(), *size, 64);
    if (buffer == NULL) {
        tap_skip("a board has not so much memory");
    } else {
        EXPECT_EQUAL(reel_heap_init(&heap, buffer, *size), REEL_OK);
    }
    return buffer;
}

static void a_map_of_several_cells_is_looked_at_as_a_whole(void)
{
    size_t size;
    unsigned char *const buffer = start_large(5 * WORD_BITS, &size);
    if (buffer == NULL) {
        return;
    }
    const size_t n = 4 * WORD_BITS;
    unsigned char *const block = reel_heap_alloc(&heap, n * GRANULE, 1);
    EXPECT(block != NULL && is_heap());
    SEES(is_heap(), heap.cleared, 1);
    SEES(is_heap(), heap.cleared, 4); // of 5
    // The length is in the edges of cell 1; none is anywhere else.
    SEES(is_heap(), heap.map[0].edges.value, 2);
    SEES(is_heap(), heap.map[2].edges.value, 2);
    SEES(is_heap(), heap.map[3].edges.value, 2);
    SEES(is_heap(), heap.map[1].edges.value, n + 1);
    // Far from its start a block is not known.
    EXPECT_EQUAL(reel_heap_free(&heap, block + GRANULE), REEL_FOREIGN);
    EXPECT_EQUAL(reel_heap_free(&heap, block + (n - 1) * GRANULE),
                 REEL_FOREIGN);
    EXPECT_EQUAL(reel_heap_free(&heap, block), REEL_OK);
    EXPECT_EQUAL(reel_heap_free(&heap, block), REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_free(test_malloc(), buffer, size), REEL_OK);
}

// The first list that has bits of the second word is that of 2^(WORD_BITS / 4)
// granules.
static void the_lists_of_long_blocks_are_found(void)
{
    const size_t n = (size_t)1 << WORD_BITS / 4;
    size_t size;
    unsigned char *const buffer =
        start_large((size_t)1 << (WORD_BITS / 4 + 2), &size);
    if (buffer == NULL) {
        return;
    }
    unsigned char *const low = reel_heap_alloc(&heap, n * GRANULE, 1);
    EXPECT(reel_heap_alloc(&heap, 1, 1) != NULL);
    EXPECT_EQUAL(reel_heap_free(&heap, low), REEL_OK);
    EXPECT(heap.bins[0] == 0 && heap.bins[1] != 0);
    // Too short for this one: no list has it.
    unsigned char *const high = reel_heap_alloc(&heap, 2 * n * GRANULE, 1);
    EXPECT(high > low + n * GRANULE);
    // A short one finds the long block, from the lists of the word below.
    EXPECT(reel_heap_alloc(&heap, GRANULE, 1) == low);
    EXPECT(is_heap());
    EXPECT_EQUAL(reel_heap_largest_free(&heap) / GRANULE >= n - 1, 1);
    EXPECT_EQUAL(reel_free(test_malloc(), buffer, size), REEL_OK);
}

// The free block in front was written to. The one behind keeps its length in the map.
static void a_free_that_is_refused_leaves_the_map_as_it_was(void)
{
    size_t size;
    unsigned char *const buffer =
        are_writes_seen() ? start_large(5 * WORD_BITS, &size) : NULL;
    if (buffer == NULL) {
        return;
    }
    EXPECT(reel_heap_alloc(&heap, WORD_BITS * GRANULE, 1) != NULL);
    unsigned char *const written = reel_heap_alloc(&heap, 4 * GRANULE, 1);
    unsigned char *const block = reel_heap_alloc(&heap, 4 * GRANULE, 1);
    EXPECT(reel_heap_alloc(&heap, 3 * WORD_BITS * GRANULE, 1) != NULL);
    EXPECT_EQUAL(reel_heap_free(&heap, written), REEL_OK);
    words_of(written)[2]++;
    EXPECT_EQUAL(reel_heap_free(&heap, block), REEL_INVALID);
    EXPECT(test_panicked(REEL_INVALID));
    words_of(written)[2]--;
    EXPECT(is_heap() && reel_heap_owns(&heap, block));
    EXPECT_EQUAL(reel_free(test_malloc(), buffer, size), REEL_OK);
}

// A heap as no machine has memory for. All of it is used but one block, whose list is in
// the middle of a word. Only the heads and that block's first words are there: if it is
// found, its other end is missing.
static void a_longer_block_is_found_in_any_word_of_lists(void)
{
    uintptr_t *const heads = words_of(test_memory(TEST_MEMORY));
    const size_t middle = WORD_BITS / 2;
    for (size_t has = 0; has < 4; has++) {
        const size_t head = has * WORD_BITS + middle;
        const size_t n = (size_t)1 << head / 4;
        const uintptr_t block[] = { 0, (uintptr_t)&heads[head], n * GRANULE };
        heads[head] = (uintptr_t)block;
        for (size_t wanted = 0; wanted < 4; wanted++) {
            const size_t quarter = (wanted * WORD_BITS + middle) / 4 - 2;
            reel_heap vast = { 0 };
            vast.mask = GRANULE - 1;
            vast.shift = sizeof(uintptr_t) == 8 ? 4 : 3;
            vast.base = ~vast.mask; // a memory checker looks at none below
            vast.count = SIZE_MAX / GRANULE;
            vast.frontier.value = vast.count;
            vast.heads = heads;
            vast.bins[has] = (uintptr_t)1 << middle;
            if (has > wanted && REEL_CHECKS == 0) {
                continue; // its other end is not looked at
            }
            EXPECT(reel_heap_alloc(&vast, (size_t)5 * GRANULE << quarter, 1)
                   == NULL);
            EXPECT(has > wanted ? test_panicked(REEL_INVALID) : test_is_calm());
            EXPECT_EQUAL(reel_heap_stats(&vast).failures, has <= wanted);
            EXPECT_EQUAL(reel_heap_largest_free(&vast), n * GRANULE);
        }
    }
}

// The map keeps a long block's length where bits of its granules would be, so nothing
// of it may stay: wherever the block begins in a cell, and however short it becomes.
static void a_long_block_that_shrinks_leaves_nothing_of_its_length(void)
{
    size_t size;
    unsigned char *const buffer = start_large(9 * WORD_BITS, &size);
    if (buffer == NULL) {
        return;
    }
    for (size_t first = 1; first < WORD_BITS + 2; first++) {
        for (size_t kept = 1; kept < 2 * WORD_BITS; kept += WORD_BITS / 4) {
            void *const before = reel_heap_alloc(&heap, first * GRANULE, 1);
            const size_t used = reel_heap_stats(&heap).used;
            void *const block =
                reel_heap_alloc(&heap, 6 * WORD_BITS * GRANULE, 1);
            EXPECT(reel_heap_realloc(&heap, block, kept * GRANULE, 1) == block);
            void *const behind =
                reel_heap_alloc(&heap, 2 * WORD_BITS * GRANULE, 1);
            EXPECT(block != NULL && behind != NULL && is_heap());
            EXPECT_EQUAL(reel_heap_free_sized(&heap, block, kept * GRANULE),
                         REEL_OK);
            EXPECT_EQUAL(reel_heap_free(&heap, behind), REEL_OK);
            EXPECT_EQUAL(reel_heap_stats(&heap).used, used);
            EXPECT_EQUAL(reel_heap_free(&heap, before), REEL_OK);
        }
    }
    EXPECT_EQUAL(reel_free(test_malloc(), buffer, size), REEL_OK);
}

const test_case heap_words_tests[] = {
    TEST(a_wrong_word_of_a_free_block_is_seen_by_whatever_needs_it),
    TEST(a_free_block_that_says_it_is_shorter_is_not_taken),
    TEST(a_free_block_of_no_bytes_is_not_believed),
    TEST(a_list_of_blocks_to_free_ends_where_none_is),
    TEST(a_free_block_that_leads_wrong_is_seen),
    TEST(an_edge_inside_of_a_block_is_seen),
    TEST(a_list_that_leads_to_no_free_block_is_seen),
    TEST(a_free_block_below_the_frontier_is_seen),
    TEST(bytes_in_use_that_are_wrong_are_seen),
    TEST(a_map_of_several_cells_is_looked_at_as_a_whole),
    TEST(the_lists_of_long_blocks_are_found),
    TEST(a_free_that_is_refused_leaves_the_map_as_it_was),
    TEST(a_longer_block_is_found_in_any_word_of_lists),
    TEST(a_long_block_that_shrinks_leaves_nothing_of_its_length),
    END_OF_TESTS,
};
