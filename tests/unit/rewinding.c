// SPDX-License-Identifier: MIT
// Any sequence of calls of a rewindable against a naive model, which keeps every
// live block and says where the next one lies.

#include "rewindable_rig.h"

#define CHUNKS 4
#define BLOCKS 16

typedef struct model_chunk {
    unsigned short size; // bytes from the backing
    unsigned char granules, position, live;
} model_chunk;

// In granules of its chunk; a number that was overwritten shows.
typedef struct model_block {
    unsigned char chunk, start, granules; // no granules: none
    unsigned char size, stamp;            // bytes that are stamped
} model_block;

static struct {
    size_t granule, initial, limit; // bytes
    size_t count, length, highest;
    size_t peak, failures;
    bool frees_blocks;
    model_chunk chunks[CHUNKS];
    model_block blocks[BLOCKS]; // the first one is a span
    reel_span span;
} model;

static uint32_t seed;

static size_t below(size_t limit)
{
    return test_below(&seed, limit);
}

static size_t granules_for(size_t size)
{
    return ((size == 0 ? 1 : size) + model.granule - 1) / model.granule;
}

static unsigned char *address_of(size_t chunk, size_t granule)
{
    return test_backing->blocks[chunk].start + granule * model.granule;
}

static unsigned char *start_of(const model_block *block)
{
    return address_of(block->chunk, block->start);
}

static size_t model_used(void)
{
    size_t granules = 0;
    for (size_t i = 0; i < model.count; i++) {
        granules += model.chunks[i].position;
    }
    return granules * model.granule;
}

// ---- where a block goes --------------------------------------------------------------

static bool fits(size_t i, size_t granules, size_t align, size_t *start)
{
    const model_chunk *const chunk = &model.chunks[i];
    for (*start = chunk->position; *start + granules <= chunk->granules;
         ++*start) {
        if ((uintptr_t)address_of(i, *start) % align == 0) {
            return true;
        }
    }
    return false;
}

static size_t whole_size(size_t granules)
{
    return granules * model.granule
           + (model.frees_blocks ? bits_bytes(granules) : 0);
}

static size_t max(size_t a, size_t b)
{
    return a > b ? a : b;
}

// Of the next chunk; 0: none is to be had.
static size_t model_grow(size_t granules)
{
    size_t wanted = 0; // what growth makes of the chunks so far
    for (size_t i = 0; i < model.count; i++) {
        const size_t size = model.chunks[i].granules * model.granule;
        const size_t last = i == 0 || size < wanted ? size : wanted;
        wanted = last + (last < model.limit ? last : model.limit);
    }
    const size_t grown = max(granules, wanted / model.granule);
    const size_t least = max(granules, granules_for(model.initial));
    if (model.count == model.length) {
        return 0;
    }
    if (whole_size(grown) <= test_backing->refuse_above) {
        return grown;
    }
    return whole_size(least) <= test_backing->refuse_above ? least : 0;
}

static void enter_chunk(size_t granules)
{
    model_chunk *const chunk = &model.chunks[model.count++];
    chunk->size = (unsigned short)whole_size(granules);
    chunk->granules = (unsigned char)granules;
    chunk->position = 0;
    chunk->live = 0;
}

// With 1/16 left, or less, it may be passed by, unless no other has room.
static bool may_be_passed(size_t i)
{
    const model_chunk *const chunk = &model.chunks[i];
    return chunk->granules - chunk->position <= chunk->granules / 16;
}

// The first chunk with room, or that of `got` if those before it may be passed by.
static size_t chunk_for(const void *got, size_t granules, size_t align)
{
    size_t start, first = model.count;
    for (size_t i = 0; i < model.count; i++) {
        if (!fits(i, granules, align, &start)) {
            continue;
        }
        if (address_of(i, start) == got) {
            return i;
        }
        first = first < model.count ? first : i;
        if (!may_be_passed(i)) {
            return first;
        }
    }
    return first;
}

// Note where the block goes, which is `got` if it may; false: it is refused.
static bool model_take(model_block *block, const void *got, size_t size,
                       size_t align)
{
    const size_t granules = granules_for(size);
    const size_t chunk = chunk_for(got, granules, align);
    size_t start = 0;
    if (chunk < model.count) {
        (void)fits(chunk, granules, align, &start);
    } else {
        const size_t grown = model_grow(granules);
        start = 0;
        if (grown == 0) {
            model.failures++;
            return false;
        }
        enter_chunk(grown);
    }
    model.chunks[chunk].position = (unsigned char)(start + granules);
    model.chunks[chunk].live++;
    model.highest = max(model.highest, chunk);
    block->chunk = (unsigned char)chunk;
    block->start = (unsigned char)start;
    block->granules = (unsigned char)granules;
    block->size = (unsigned char)size;
    return true;
}

static void model_give(model_block *block)
{
    model_chunk *const chunk = &model.chunks[block->chunk];
    chunk->live--;
    if (chunk->live == 0) {
        chunk->position = 0;
    }
    block->granules = 0;
}

// ---- operations ------------------------------------------------------------------------

static void fill(model_block *block)
{
    block->stamp = (unsigned char)test_random(&seed);
    stamp(start_of(block), block->size, block->stamp);
}

static bool is_intact(const model_block *block)
{
    return block->granules == 0
           || is_stamped(start_of(block), block->size, block->stamp);
}

static void do_alloc(void)
{
    model_block *const block = &model.blocks[1 + below(BLOCKS - 1)];
    const size_t size = below(below(8) == 0 ? 100 : 40);
    const size_t align = (size_t)1 << below(7);
    if (block->granules > 0) {
        return;
    }
    void *const got = reel_rewindable_alloc(&test_rig->rewindable, size, align);
    const bool is_had = model_take(block, got, size, align);
    EXPECT(got == (is_had ? start_of(block) : NULL));
    if (is_had && got != NULL) {
        fill(block);
    }
}

static model_block *starting_at(const void *address)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        model_block *const block = &model.blocks[i];
        if (block->granules > 0 && start_of(block) == address) {
            return block;
        }
    }
    return NULL;
}

// At a granule of a chunk?
static bool is_granule(const unsigned char *address)
{
    for (size_t i = 0; i < model.count; i++) {
        for (size_t g = 0; g < model.chunks[i].granules; g++) {
            if (address == address_of(i, g)) {
                return true;
            }
        }
    }
    return false;
}

// Whatever is there, up to behind a chunk.
static void do_free(void)
{
    const size_t chunk = below(model.count);
    unsigned char *const address =
        address_of(chunk, below(model.chunks[chunk].granules + 2u))
        + (below(8) == 0 ? below(model.granule) : 0);
    model_block *const block = starting_at(address);
    const reel_status status = reel_rewindable_free(
        &test_rig->rewindable, address, block != NULL ? block->size : 1);
    if (!is_granule(address)) {
        EXPECT(status == REEL_FOREIGN);
    } else if (!model.frees_blocks) {
        EXPECT(status == REEL_OK);
    } else {
        const bool is_block = block != NULL && block != &model.blocks[0];
        EXPECT(status == (is_block ? REEL_OK : REEL_DOUBLE_FREE));
        if (is_block) {
            if (model.chunks[block->chunk].live == 1) {
                model.peak = max(model.peak, model_used());
            }
            model_give(block);
        }
    }
}

static void do_rewind(void)
{
    model.peak = max(model.peak, model_used());
    EXPECT(reel_rewindable_rewind(&test_rig->rewindable) == REEL_OK);
    model.count = model.highest + 1;
    model.highest = 0;
    for (size_t i = 0; i < model.count; i++) {
        model.chunks[i].position = 0;
        model.chunks[i].live = 0;
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        model.blocks[i].granules = 0;
    }
}

static void model_set(bool frees_blocks)
{
    model.frees_blocks = frees_blocks;
    for (size_t i = 0; frees_blocks && i < model.count; i++) {
        model_chunk *const chunk = &model.chunks[i];
        const size_t need = bits_bytes(chunk->granules);
        while (chunk->granules * model.granule + need > chunk->size) {
            chunk->granules--;
        }
    }
}

static void do_set(void)
{
    const bool frees_blocks = below(2) == 0;
    const reel_status status =
        reel_rewindable_set_frees_blocks(&test_rig->rewindable, frees_blocks);
    EXPECT(status == (model_used() == 0 ? REEL_OK : REEL_BUSY));
    if (status == REEL_OK) {
        model_set(frees_blocks);
    }
}

// ---- spans -----------------------------------------------------------------------------

static void open_span(void)
{
    model_block *const span = &model.blocks[0];
    const size_t size = 1 + below(60);
    const reel_status status =
        reel_span_open(&model.span, &test_rig->rewindable, size);
    const void *const got =
        status == REEL_OK ? (const void *)model.span.start : NULL;
    if (model_take(span, got, size, REEL_ALIGN_DEFAULT)) {
        EXPECT_EQUAL(status, REEL_OK);
        EXPECT(got == start_of(span));
        span->size = 0;
    } else {
        EXPECT_EQUAL(status, REEL_NO_MEMORY);
    }
}

static void cut_off_span(void)
{
    model_block *const span = &model.blocks[0];
    const size_t size = 1 + below(20);
    const size_t whole = span->granules * model.granule;
    const bool is_had = size <= whole - span->size;
    void *const got = reel_span_alloc(&model.span, size, 1);
    EXPECT(got == (is_had ? start_of(span) + span->size : NULL));
    if (is_had) {
        span->size = (unsigned char)(span->size + size);
        fill(span);
    }
}

// What was taken out of it lives on as a block, if blocks are not freed.
static void keep_taken(model_block *span)
{
    for (size_t i = 1; i < BLOCKS && span->granules > 0; i++) {
        if (model.blocks[i].granules == 0) {
            model.blocks[i] = *span;
            span->granules = 0;
        }
    }
    span->granules = 0;
}

static void close_span(void)
{
    model_block *const span = &model.blocks[0];
    model_chunk *const chunk = &model.chunks[span->chunk];
    EXPECT(reel_span_close(&model.span) == REEL_OK);
    const size_t kept =
        model.frees_blocks || span->size == 0 ? 0 : granules_for(span->size);
    if (chunk->position == span->start + span->granules) {
        chunk->position = (unsigned char)(span->start + kept);
    }
    if (kept == 0) {
        model_give(span);
    } else {
        keep_taken(span);
    }
}

static void do_span(void)
{
    if (model.blocks[0].granules == 0) {
        open_span();
    } else if (below(4) == 0) {
        close_span();
    } else {
        cut_off_span();
    }
}

// ---- all of it --------------------------------------------------------------------------

static void start_run(void)
{
    static const size_t limits[] = { 1, 16, 32, 64 };
    model.granule = (size_t)8 << below(3);
    model.initial = 2 * model.granule + below(40);
    model.limit = limits[below(4)];
    model.length = 1 + below(CHUNKS);
    model.frees_blocks = below(2) == 0;
    const reel_rewindable_config config = { model.initial, model.limit,
                                            model.granule, model.frees_blocks };
    fresh_rig(&config, model.length);
    model.count = model.highest = model.peak = model.failures = 0;
    enter_chunk(granules_for(model.initial));
    for (size_t i = 0; i < BLOCKS; i++) {
        model.blocks[i].granules = 0;
    }
}

static void do_one_thing(void)
{
    const size_t what = below(40);
    test_backing->refuse_above = below(4) == 0 ? 60 + below(60) : SIZE_MAX;
    if (what == 0) {
        do_rewind();
    } else if (what < 3) {
        do_set();
    } else if (what < 14) {
        do_span();
    } else if (what < 26) {
        do_free();
    } else {
        do_alloc();
    }
}

static bool agrees(void)
{
    const reel_stats stats = reel_rewindable_stats(&test_rig->rewindable);
    size_t bytes = 0;
    bool are_intact = true;
    for (size_t i = 0; i < model.count; i++) {
        bytes += model.chunks[i].granules * model.granule;
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        are_intact = are_intact && is_intact(&model.blocks[i]);
    }
    return are_intact && rig_agrees() && stats.used == model_used()
           && stats.peak == max(model.peak, model_used())
           && stats.failures == model.failures
           && reel_rewindable_bytes_allocated(&test_rig->rewindable) == bytes
           && reel_rewindable_chunks(&test_rig->rewindable) == model.count;
}

static void a_rewindable_does_what_a_naive_model_does(void)
{
    seed = 11;
    for (size_t run = 0; run < 20 * test_scale; run++) {
        start_run();
        for (size_t step = 0; step < 300; step++) {
            do_one_thing();
            if (!agrees()) {
                test_note("run", run);
                test_note("step", step);
                EXPECT(agrees());
                return;
            }
        }
    }
}

const test_case rewinding_tests[] = {
    TEST(a_rewindable_does_what_a_naive_model_does),
    END_OF_TESTS,
};
