// SPDX-License-Identifier: MIT
// Random operations on an arena, or a temp, and on a naive model that keeps every
// block, mark and rewind in a list, and decides by scanning them what must come
// back: the address of each block, and which marks are refused.

#include "things.h"

#define CAPACITY 512
#define STEPS    60 // of a run; the lists below are long enough for all of them

typedef struct model_block {
    size_t start, size; // from the buffer's start
    unsigned birth;     // when
    unsigned char pattern;
} model_block;

typedef struct model_mark {
    reel_mark mark;
    size_t position;
    unsigned birth;
    bool dropped;
} model_mark;

typedef struct model_rewind {
    size_t position;
    unsigned when;
} model_rewind;

static struct {
    unsigned char *base;
    size_t capacity, granule, used, peak;
    model_block blocks[STEPS];
    size_t block_count;
    model_mark marks[STEPS];
    size_t mark_count;
    model_rewind rewinds[STEPS]; // since the last reset
    size_t rewind_count;
    unsigned now, reset_at;
} model;

static reel_arena arena;
static reel_temp temp;
static bool is_temp;

// The two have the same functions.
#define EITHER(function, ...)                           \
    (is_temp ? reel_temp_##function(&temp, __VA_ARGS__) \
             : reel_arena_##function(&arena, __VA_ARGS__))
#define EITHER_0(function) \
    (is_temp ? reel_temp_##function(&temp) : reel_arena_##function(&arena))

static uint32_t seed;
static size_t accepted, refused, missed;

static size_t left(void)
{
    return is_temp ? reel_temp_available(&temp) : reel_arena_available(&arena);
}

static size_t rounded(size_t size)
{
    while (size % model.granule != 0) {
        size++;
    }
    return size;
}

static size_t below(size_t limit)
{
    return test_below(&seed, limit);
}

// ---- the model's answers ---------------------------------------------------

static bool fits(size_t size, size_t align, size_t *start)
{
    *start = model.used;
    while ((uintptr_t)(model.base + *start) % align != 0) {
        (*start)++;
    }
    return *start + size <= model.capacity;
}

static bool is_pinned(const model_block *block)
{
    for (size_t i = 0; i < model.mark_count; i++) {
        const model_mark *const m = &model.marks[i];
        if (!m->dropped && m->birth > block->birth) {
            return true;
        }
    }
    return false;
}

static bool is_last(const model_block *block)
{
    return rounded(block->start + block->size) == model.used
           && !is_pinned(block);
}

// The header's statement: dropped by the latest rewind that dropped any mark, or
// by the latest of those that went lowest, or by a reset.
static bool must_refuse(const model_mark *mark)
{
    if (mark->birth < model.reset_at) {
        return true;
    }
    if (model.rewind_count == 0) {
        return false;
    }
    const model_rewind *const latest = &model.rewinds[model.rewind_count - 1];
    const model_rewind *lowest = latest;
    for (size_t i = model.rewind_count; i-- > 0;) {
        if (model.rewinds[i].position < lowest->position) {
            lowest = &model.rewinds[i];
        }
    }
    return (mark->birth < latest->when && mark->position > latest->position)
           || (mark->birth < lowest->when && mark->position > lowest->position);
}

// ---- keeping the model -----------------------------------------------------

static void forget_block(size_t index)
{
    model.blocks[index] = model.blocks[--model.block_count];
}

static void write_block(const model_block *block, size_t from)
{
    for (size_t i = from; i < block->size; i++) {
        model.base[block->start + i] = block->pattern;
    }
}

static void add_block(size_t start, size_t size)
{
    model_block *const block = &model.blocks[model.block_count++];
    block->start = start;
    block->size = size;
    block->birth = model.now;
    block->pattern = (unsigned char)test_random(&seed);
    write_block(block, 0);
}

static void move_to(size_t used)
{
    model.peak = used > model.peak ? used : model.peak;
    model.used = used;
}

// Blocks above a live mark go; a rewind to a mark that was dropped unnoticed may
// also cut a block, which is then lost.
static void drop_above(size_t position, bool was_live)
{
    for (size_t i = model.block_count; i-- > 0;) {
        const model_block *const block = &model.blocks[i];
        if (block->start + block->size > position) {
            EXPECT(!was_live || block->start >= position);
            forget_block(i);
        }
    }
    move_to(position);
}

static void check_contents(void)
{
    for (size_t b = 0; b < model.block_count; b++) {
        const model_block *const block = &model.blocks[b];
        size_t wrong = 0;
        for (size_t i = 0; i < block->size; i++) {
            wrong += model.base[block->start + i] != block->pattern;
        }
        EXPECT_EQUAL(wrong, 0);
    }
}

// ---- one operation each ----------------------------------------------------

static void *call_alloc(size_t size, size_t align)
{
    switch (below(4)) {
    case 0:
        return EITHER(alloc_shared, size, align);
    case 1:
        return EITHER(alloc_zeroed, size, align);
    default:
        return EITHER(alloc, size, align);
    }
}

static void do_alloc(void)
{
    const size_t size = below(40);
    const size_t align = (size_t)1 << below(6);
    const size_t bytes = size == 0 ? 1 : size;
    size_t start;
    const bool expected = fits(bytes, align, &start);
    void *const block = call_alloc(size, align);
    EXPECT(block == (expected ? model.base + start : NULL));
    if (expected && block != NULL) {
        move_to(rounded(start + bytes));
        add_block(start, bytes);
    }
}

static void do_mark(void)
{
    model_mark *const m = &model.marks[model.mark_count++];
    m->mark = EITHER_0(mark);
    m->position = model.used;
    m->birth = model.now;
    m->dropped = false;
}

static bool drops_any(const model_mark *target)
{
    for (size_t i = 0; i < model.mark_count; i++) {
        const model_mark *const m = &model.marks[i];
        if (!m->dropped && m->position > target->position) {
            return true;
        }
    }
    return false;
}

static void note_rewind(model_mark *target)
{
    target->dropped = false; // a miss brings it back to life
    if (!drops_any(target)) {
        return;
    }
    model_rewind *const rewind = &model.rewinds[model.rewind_count++];
    rewind->position = target->position;
    rewind->when = model.now;
    for (size_t i = 0; i < model.mark_count; i++) {
        if (model.marks[i].position > target->position) {
            model.marks[i].dropped = true;
        }
    }
}

static void do_rewind(void)
{
    if (model.mark_count == 0) {
        return;
    }
    model_mark *const m = &model.marks[below(model.mark_count)];
    const bool refuse = REEL_CHECKS < 2 ? must_refuse(m) : m->dropped;
    EXPECT(!refuse || m->dropped); // no live mark is ever refused
    EXPECT(EITHER(rewind, m->mark) == (refuse ? REEL_STALE : REEL_OK));
    if (refuse) {
        refused++;
        return;
    }
    (*(m->dropped ? &missed : &accepted))++;
    drop_above(m->position, !m->dropped);
    note_rewind(m);
}

static void do_free(void)
{
    if (model.block_count == 0) {
        return;
    }
    const size_t index = below(model.block_count);
    const model_block block = model.blocks[index];
    const bool moves = is_last(&block);
    EXPECT_EQUAL(EITHER(free, model.base + block.start, block.size), REEL_OK);
    if (moves) {
        move_to(block.start);
    }
    forget_block(index);
}

static bool can_resize(const model_block *block, size_t size)
{
    return size <= block->size
           || (is_last(block) && block->start + size <= model.capacity);
}

static void set_size(model_block *block, size_t size)
{
    const size_t old_size = block->size;
    if (is_last(block)) {
        move_to(rounded(block->start + size));
    }
    block->size = size;
    if (size > old_size) {
        write_block(block, old_size);
    }
}

static void do_resize(void)
{
    if (model.block_count == 0) {
        return;
    }
    model_block *const block = &model.blocks[below(model.block_count)];
    const size_t size = 1 + below(60);
    const bool expected = can_resize(block, size);
    EXPECT_EQUAL(EITHER(resize, model.base + block->start, block->size, size),
                 expected);
    if (expected) {
        set_size(block, size);
    }
}

static void do_realloc(void)
{
    if (model.block_count == 0) {
        return;
    }
    model_block *const block = &model.blocks[below(model.block_count)];
    const size_t size = 1 + below(60);
    const size_t align = (size_t)1 << below(4);
    unsigned char *const old = model.base + block->start;
    const bool stays = (uintptr_t)old % align == 0 && can_resize(block, size);
    size_t start = block->start;
    const bool expected = stays || fits(size, align, &start);
    unsigned char *const moved = EITHER(realloc, old, block->size, size, align);
    EXPECT(moved == (expected ? model.base + start : NULL));
    if (stays) {
        set_size(block, size);
    } else if (expected) {
        const size_t kept = size < block->size ? size : block->size;
        block->start = start;
        block->size = size;
        block->birth = model.now;
        move_to(rounded(start + size));
        write_block(block, kept);
    }
}

static void do_reset(void)
{
    if (is_temp) {
        EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    } else {
        reel_arena_reset(&arena);
    }
    model.reset_at = model.now;
    model.rewind_count = 0;
    model.block_count = 0;
    move_to(0);
    for (size_t i = 0; i < model.mark_count; i++) {
        model.marks[i].dropped = true;
    }
}

static void do_something(void)
{
    static void (*const operations[])(void) = {
        do_alloc,  do_alloc,  do_alloc, do_mark,   do_mark,
        do_rewind, do_rewind, do_free,  do_resize, do_realloc,
    };
    const size_t dice = below(40);
    if (dice == 39) {
        do_reset();
    } else {
        operations[dice % 10]();
    }
}

static void start_model(size_t capacity, size_t granule)
{
    unsigned char *const raw = test_memory(CAPACITY + 64);
    model.base = raw + (0 - (uintptr_t)raw) % 64;
    model.capacity = capacity;
    model.granule = granule;
    model.used = 0;
    model.peak = 0;
    model.block_count = 0;
    model.mark_count = 0;
    model.rewind_count = 0;
    model.now = 1;
    model.reset_at = 0;
}

static void start_arena(size_t granule)
{
    is_temp = false;
    start_model(CAPACITY - below(40) / granule * granule, granule);
    EXPECT_EQUAL(
        reel_arena_init_granular(&arena, model.base, model.capacity, granule),
        REEL_OK);
}

static void start_temp(void)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    policy.step = 64 * (1 + below(4));
    policy.strict = below(2) == 0;
    policy.window = (uint16_t)below(3);
    is_temp = true;
    start_model(CAPACITY, 1);
    EXPECT_EQUAL(
        reel_temp_init(&temp, model.base, CAPACITY, &test_pages, &policy),
        REEL_OK);
}

static void run(void)
{
    for (int step = 0; step < STEPS; step++) {
        model.now++;
        do_something();
        EXPECT_EQUAL(EITHER_0(used), model.used);
        EXPECT_EQUAL(left(), model.capacity - model.used);
        EXPECT_EQUAL(EITHER_0(peak), model.peak);
        EXPECT(EITHER_0(is_valid));
        check_contents();
    }
}

static void arenas_and_temps_do_what_a_naive_model_does(void)
{
    const size_t runs = 100 * test_scale;
    accepted = refused = missed = 0;
    for (size_t i = 0; i < runs; i++) {
        seed = (uint32_t)i;
        start_arena(1);
        run();
        start_arena(16);
        run();
        start_temp();
        run();
    }
    test_note("rewinds accepted:", accepted);
    test_note("dropped marks refused:", refused);
    test_note("dropped marks not caught, as the header says:", missed);
    EXPECT(accepted > runs && refused > runs); // all of it really happened
}

const test_case model_tests[] = {
    TEST(arenas_and_temps_do_what_a_naive_model_does),
    END_OF_TESTS,
};
