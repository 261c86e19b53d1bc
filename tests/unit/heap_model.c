// SPDX-License-Identifier: MIT
// Random calls on a heap, and a naive model that keeps every block in a list: what is
// returned lies in the buffer, overlaps nothing and keeps its contents; statistics are
// sums over the list; a request that is refused was larger than the heap said it could
// serve; and every pointer that is not the start of a block in the list is refused.

#include "test.h"

#define BLOCKS  24
#define GRANULE REEL_HEAP_GRANULE

typedef struct model_block {
    unsigned char *start; // NULL: none
    size_t size;
    unsigned char pattern;
} model_block;

static struct {
    unsigned char *buffer;
    size_t size, granule;
    model_block blocks[BLOCKS];
    size_t used, peak, failures, largest_refused;
} model;

static reel_heap heap;
static uint32_t seed;

static size_t below(size_t limit)
{
    return test_below(&seed, limit);
}

static size_t rounded(size_t size)
{
    size += size == 0;
    while (size % model.granule != 0) {
        size++;
    }
    return size;
}

// What an alignment of 0 stands for: more than a granule, on some targets.
static size_t wanted(size_t align)
{
    return align != 0 ? align : REEL_ALIGN_DEFAULT;
}

static void count_used(void)
{
    model.used = 0;
    for (size_t i = 0; i < BLOCKS; i++) {
        const model_block *const block = &model.blocks[i];
        model.used += block->start != NULL ? rounded(block->size) : 0;
    }
    model.peak = model.used > model.peak ? model.used : model.peak;
}

static void fill(const model_block *block)
{
    for (size_t i = 0; i < block->size; i++) {
        block->start[i] = block->pattern;
    }
}

static bool is_intact(const model_block *block, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (block->start[i] != block->pattern) {
            return false;
        }
    }
    return true;
}

static bool overlaps(const model_block *a, const model_block *b)
{
    return a != b && b->start != NULL && a->start < b->start + rounded(b->size)
           && b->start < a->start + rounded(a->size);
}

static void expect_place(const model_block *block, size_t align)
{
    const size_t offset = (size_t)(block->start - model.buffer);
    EXPECT(offset < model.size && rounded(block->size) <= model.size - offset);
    EXPECT((uintptr_t)block->start % model.granule == 0);
    EXPECT((uintptr_t)block->start % wanted(align) == 0);
    for (size_t i = 0; i < BLOCKS; i++) {
        EXPECT(!overlaps(block, &model.blocks[i]));
    }
    EXPECT(reel_heap_owns(&heap, block->start));
    EXPECT(reel_heap_usable_size(&heap, block->start) == rounded(block->size));
}

static void note_refusal(size_t size, size_t align, size_t largest)
{
    EXPECT(rounded(size) > largest || wanted(align) > model.granule);
    model.failures++;
    if (size > model.largest_refused) {
        model.largest_refused = size;
    }
}

static size_t any_size(void)
{
    const size_t most[] = { 1, 40, 40, 40, 100, 300, model.size };
    return below(most[below(7)] + 1);
}

static size_t any_align(void)
{
    return below(3) == 0 ? (size_t)1 << below(8) : 0;
}

// ---- steps -------------------------------------------------------------------

static void allocate(model_block *block)
{
    const size_t size = any_size(), align = any_align();
    const size_t largest = reel_heap_largest_free(&heap);
    const bool zeroed = below(4) == 0;
    unsigned char *const start =
        zeroed ? reel_heap_alloc_zeroed(&heap, size, align)
               : reel_heap_alloc(&heap, size, align);
    if (start == NULL) {
        note_refusal(size, align, largest);
        return;
    }
    block->start = start;
    block->size = size;
    block->pattern = 0;
    EXPECT(!zeroed || is_intact(block, size));
    expect_place(block, align);
    block->pattern = (unsigned char)test_random(&seed);
    fill(block);
    count_used();
}

static void change(model_block *block)
{
    const size_t size = any_size(), align = any_align();
    const size_t largest = reel_heap_largest_free(&heap);
    const size_t kept = size < block->size ? size : block->size;
    const bool may_stay = (uintptr_t)block->start % wanted(align) == 0;
    const bool is_smaller = rounded(size) <= rounded(block->size);
    unsigned char *const start =
        reel_heap_realloc(&heap, block->start, size, align);
    if (start == NULL) {
        EXPECT(!(may_stay && is_smaller));
        note_refusal(size, align, largest);
        return;
    }
    EXPECT(!(may_stay && is_smaller) || start == block->start);
    const bool moved = start != block->start;
    if (moved) { // both were there for a moment
        model.used += rounded(size);
        model.peak = model.used > model.peak ? model.used : model.peak;
    }
    block->start = start;
    EXPECT(is_intact(block, kept));
    block->size = size;
    expect_place(block, align);
    fill(block);
    count_used();
}

static void give_back(model_block *block)
{
    EXPECT(is_intact(block, block->size));
    unsigned char *const start = block->start;
    const size_t size = block->size;
    EXPECT(reel_heap_free_sized(&heap, start, rounded(size) + 1)
           == REEL_INVALID);
    switch (below(3)) {
    case 0:
        EXPECT(reel_heap_free(&heap, start) == REEL_OK);
        break;
    case 1:
        EXPECT(reel_heap_free_sized(&heap, start, size) == REEL_OK);
        break;
    default:
        EXPECT(reel_free(reel_heap_allocator(&heap), start, size) == REEL_OK);
    }
    block->start = NULL;
    count_used();
    EXPECT(!reel_heap_owns(&heap, start));
    EXPECT(reel_heap_free(&heap, start) != REEL_OK);
}

static bool is_block(const unsigned char *pointer)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        if (model.blocks[i].start == pointer) {
            return true;
        }
    }
    return false;
}

static void free_what_is_none(void)
{
    unsigned char *const pointer = model.buffer + below(model.size + 16);
    if (!is_block(pointer)) {
        const reel_status status = reel_heap_free(&heap, pointer);
        EXPECT(status == REEL_FOREIGN || status == REEL_DOUBLE_FREE);
        EXPECT(reel_heap_free_sized(&heap, pointer, 1) == status);
    }
    EXPECT(reel_heap_free(&heap, NULL) == REEL_INVALID);
}

static void reset(void)
{
    EXPECT(reel_heap_reset(&heap) == REEL_OK);
    for (size_t i = 0; i < BLOCKS; i++) {
        model.blocks[i].start = NULL;
    }
    count_used();
    EXPECT(reel_heap_is_valid(&heap));
}

static void expect_the_sums(void)
{
    const reel_stats stats = reel_heap_stats(&heap);
    EXPECT(stats.used == model.used && stats.peak == model.peak);
    EXPECT(stats.failures == model.failures);
    EXPECT(stats.largest_refused == model.largest_refused);
    EXPECT(reel_heap_is_valid(&heap));
}

// What the heap says that it can serve, it can serve.
static void take_the_largest(void)
{
    const size_t largest = reel_heap_largest_free(&heap);
    if (largest > 0) {
        void *const block = reel_heap_alloc(&heap, largest, 1);
        EXPECT(block != NULL);
        model.used += rounded(largest);
        model.peak = model.used > model.peak ? model.used : model.peak;
        EXPECT(reel_heap_free(&heap, block) == REEL_OK);
        count_used();
    }
}

static void step(void)
{
    model_block *const block = &model.blocks[below(BLOCKS)];
    const size_t what = below(64);
    if (what == 0) {
        reset();
    } else if (what < 4) {
        take_the_largest();
    } else if (what < 8) {
        free_what_is_none();
    } else if (block->start == NULL) {
        allocate(block);
    } else if (what < 36) {
        give_back(block);
    } else {
        change(block);
    }
}

static void run(size_t size, size_t granule)
{
    model.buffer = test_memory(size);
    model.size = size;
    model.granule = granule;
    model.peak = model.failures = model.largest_refused = 0;
    const reel_status status =
        reel_heap_init_granular(&heap, model.buffer, size, granule);
    if (status != REEL_OK) {
        EXPECT(size < 8 * granule);
        return;
    }
    reset();
    for (int i = 0; i < 300; i++) {
        step();
        expect_the_sums();
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        if (model.blocks[i].start != NULL) {
            give_back(&model.blocks[i]);
        }
    }
    expect_the_sums();
}

static void a_heap_agrees_with_a_naive_model(void)
{
    seed = 1;
    for (size_t i = 0; i < 3 * test_scale; i++) {
        run(TEST_MEMORY - below(16), GRANULE);
        run(1 + below(TEST_MEMORY), GRANULE << below(4));
    }
}

const test_case heap_model_tests[] = {
    TEST(a_heap_agrees_with_a_naive_model),
    END_OF_TESTS,
};
