// SPDX-License-Identifier: MIT
#include "rewindable_rig.h"

static const reel_rewindable_config of_128 = { 128, 64, 8, false };
static const reel_rewindable_config freeing = { 128, 64, 8, true };

static reel_span span;

static void *take(size_t size, size_t align)
{
    return reel_rewindable_alloc(&test_rig->rewindable, size, align);
}

static void *cut(size_t size, size_t align)
{
    return reel_span_alloc(&span, size, align);
}

static reel_status give(void *block, size_t size)
{
    return reel_rewindable_free(&test_rig->rewindable, block, size);
}

static unsigned char *at(size_t chunk, size_t offset)
{
    return test_backing->blocks[chunk].start + offset;
}

static void open_span(size_t size)
{
    EXPECT_EQUAL(reel_span_open(&span, &test_rig->rewindable, size), REEL_OK);
    EXPECT(rig_agrees());
}

static void close_span(void)
{
    EXPECT_EQUAL(reel_span_close(&span), REEL_OK);
    EXPECT(rig_agrees());
}

static size_t used(void)
{
    return reel_rewindable_stats(&test_rig->rewindable).used;
}

// Spans are aligned by default, chunks to 16 where that is 16.
static void fresh(const reel_rewindable_config *config, size_t capacity)
{
    span.end = 0;
    fresh_rig(config, capacity);
    if ((uintptr_t)at(0, 0) % 16 != 0) {
        EXPECT_EQUAL(take(8, 1), at(0, 0)); // from here on
    }
}

// ---- what a span does ------------------------------------------------------------

static void blocks_are_cut_off_one_behind_the_other(void)
{
    const reel_rewindable_config of_16 = { 128, 64, 16, false };
    fresh_rig(&of_16, 1);
    open_span(64);
    EXPECT_EQUAL(used(), 64);
    unsigned char *const base = at(0, 0);
    EXPECT(cut(1, 1) == base && cut(3, 2) == base + 2);
    EXPECT(cut(8, 8) == base + 8 && cut(0, 1) == base + 16);
    unsigned char *const last = cut(1, 0);
    EXPECT_EQUAL((uintptr_t)last % REEL_ALIGN_DEFAULT, 0);
    EXPECT(last > base + 16 && last <= base + 16 + REEL_ALIGN_DEFAULT);
    EXPECT_EQUAL(cut((size_t)(base + 63 - last), 1), last + 1);
    EXPECT(cut(1, 1) == NULL && cut(0, 1) == NULL);
    base[63] = 1;
    EXPECT(take(1, 1) == base + 64 && used() == 80);
    close_span();
}

static void a_span_is_filled_exactly(void)
{
    for (size_t size = 1; size <= 40; size++) {
        fresh_rig(&of_128, 1);
        open_span(size);
        const size_t whole = (size + 7) / 8 * 8; // a granule is used whole
        unsigned char *const start = (unsigned char *)span.start;
        for (size_t i = 0; i < whole; i++) {
            unsigned char *const block = cut(1, 1);
            EXPECT_EQUAL(block, start + i);
            *block = 7;
        }
        EXPECT(cut(1, 1) == NULL && cut(SIZE_MAX, 1) == NULL);
        close_span();
    }
}

static void sizes_and_alignments_that_do_not_fit_change_nothing(void)
{
    fresh(&of_128, 1);
    open_span(48);
    unsigned char *const first = cut(5, 1);
    const reel_span before = span;
    for (size_t k = 0; k < 70; k++) {
        EXPECT(cut(SIZE_MAX - k, 1) == NULL);
        EXPECT(cut(SIZE_MAX / 2 + k, 16) == NULL);
        EXPECT(cut(44 + k, 1) == NULL);
    }
    for (size_t bit = 10; bit < 8 * sizeof(size_t); bit++) {
        const size_t align = (size_t)1 << bit;
        if (((0 - (uintptr_t)(first + 5)) & (align - 1)) >= 43) {
            EXPECT(cut(1, align) == NULL);
        }
    }
    EXPECT(span.next == before.next && span.end == before.end);
    EXPECT(cut(43, 1) == first + 5 && rig_agrees());
}

static void a_span_grows_the_rewindable_if_need_be(void)
{
    fresh_rig(&of_128, 2);
    (void)take(100, 1);
    open_span(100);
    EXPECT_EQUAL(cut(100, 1), at(1, 0));
    const reel_span before = span;
    EXPECT_EQUAL(reel_span_open(&span, &test_rig->rewindable, 129),
                 REEL_NO_MEMORY);
    EXPECT_EQUAL(reel_span_open(&span, &test_rig->rewindable, SIZE_MAX),
                 REEL_NO_MEMORY);
    EXPECT(span.start == before.start && span.next == before.next);
    EXPECT(span.end == before.end && span.generation == before.generation);
    close_span();
}

static void a_span_of_0_bytes_is_one_of_1(void)
{
    fresh_rig(&of_128, 1);
    open_span(0);
    EXPECT_EQUAL(span.end - span.start, 8);
    EXPECT(cut(8, 1) != NULL);
}

// ---- closing -------------------------------------------------------------------------

static void what_lies_behind_the_last_block_goes_back(void)
{
    for (size_t taken = 1; taken <= 48; taken++) {
        fresh(&of_128, 1);
        const size_t before = used();
        open_span(48);
        EXPECT_EQUAL(cut(taken, 1), at(0, before));
        close_span();
        EXPECT_EQUAL(used(), before + (taken + 7) / 8 * 8);
        EXPECT_EQUAL(take(1, 1), at(0, used() - 8));
    }
}

static void nothing_goes_back_if_something_lies_behind(void)
{
    fresh(&of_128, 1);
    open_span(48);
    unsigned char *const start = (unsigned char *)span.start;
    EXPECT(cut(10, 1) == start && take(8, 1) == start + 48);
    const size_t before = used();
    close_span();
    EXPECT(used() == before && take(8, 1) == start + 56);
}

static void two_spans_give_back_in_either_order(void)
{
    for (int newest_first = 0; newest_first < 2; newest_first++) {
        reel_span other;
        fresh(&of_128, 1);
        void *const bottom = take(16, 1);
        const size_t before = used();
        open_span(32);
        EXPECT_EQUAL(reel_span_open(&other, &test_rig->rewindable, 32),
                     REEL_OK);
        EXPECT(reel_span_close(newest_first ? &other : &span) == REEL_OK);
        EXPECT(rig_agrees() && used() == before + (newest_first ? 32 : 64));
        EXPECT(reel_span_close(newest_first ? &span : &other) == REEL_OK);
        EXPECT(rig_agrees() && used() == before + (newest_first ? 0 : 32));
        EXPECT_EQUAL(bottom, at(0, before - 16));
    }
}

// The last one that is alive lets the chunk start over, whatever lies between.
static void unused_spans_alone_leave_an_empty_chunk(void)
{
    reel_span other;
    fresh_rig(&of_128, 1);
    open_span(32);
    EXPECT_EQUAL(reel_span_open(&other, &test_rig->rewindable, 32), REEL_OK);
    close_span();
    EXPECT(used() > 0);
    EXPECT_EQUAL(reel_span_close(&other), REEL_OK);
    EXPECT(rig_agrees() && used() == 0);
}

static void unused_spans_use_nothing_up(void)
{
    for (int frees_blocks = 0; frees_blocks < 2; frees_blocks++) {
        for (int is_empty = 0; is_empty < 2; is_empty++) {
            fresh(frees_blocks == 1 ? &freeing : &of_128, 1);
            void *const block = is_empty == 1 ? NULL : take(16, 1);
            const size_t before = used();
            size_t failures = 0;
            for (uint32_t i = 0; i < 100000; i++) {
                failures +=
                    reel_span_open(&span, &test_rig->rewindable, 1 + i % 60)
                    != REEL_OK;
                failures += reel_span_close(&span) != REEL_OK;
            }
            EXPECT(failures == 0 && rig_agrees() && used() <= before + 8);
            EXPECT(block == NULL || take(8, 1) != block);
        }
    }
}

static void room_that_comes_back_in_an_early_chunk_is_found(void)
{
    for (int frees_blocks = 0; frees_blocks < 2; frees_blocks++) {
        const reel_rewindable_config config = { 128, 64, 16,
                                                frees_blocks == 1 };
        fresh_rig(&config, 2);
        EXPECT_EQUAL(take(64, 1), at(0, 0));
        open_span(64);
        EXPECT(take(16, 1) == at(1, 0) && take(16, 1) == at(1, 16));
        close_span();
        EXPECT(take(64, 1) == at(0, 64) && take(16, 1) == at(1, 32));
    }
}

// ---- with frees_blocks -------------------------------------------------------------------

static void closing_frees_the_whole_span(void)
{
    fresh_rig(&freeing, 1);
    open_span(40);
    unsigned char *const start = (unsigned char *)span.start;
    EXPECT(cut(8, 1) == start && cut(8, 1) == start + 8);
    EXPECT_EQUAL(give(start + 8, 8), REEL_DOUBLE_FREE); // no block of its own
    EXPECT(rig_agrees());
    close_span();
    EXPECT(used() == 0 && give(start, 40) == REEL_DOUBLE_FREE);
    EXPECT_EQUAL(take(128, 1), at(0, 0));
}

static void poison_fills_a_span_that_is_closed(void)
{
    if (REEL_WATCH) {
        tap_skip("no poison, or a checker that would not let us look");
        return;
    }
    fresh(&freeing, 1);
    open_span(32);
    unsigned char *const block = cut(24, 1);
    for (size_t i = 0; i < 24; i++) {
        block[i] = 7;
    }
    close_span();
    for (size_t i = 0; i < 24; i++) {
        EXPECT_EQUAL(block[i], REEL_POISON ? 0xDD : 7);
    }
}

static void closing_frees_a_span_between_blocks(void)
{
    fresh(&freeing, 1);
    void *const below = take(16, 1);
    open_span(32);
    unsigned char *const start = (unsigned char *)span.start;
    (void)cut(20, 1);
    unsigned char *const above = take(8, 1);
    const size_t before = used();
    close_span();
    EXPECT_EQUAL(used(), before);
    EXPECT_EQUAL(give(start, 32), REEL_DOUBLE_FREE);
    EXPECT(give(below, 16) == REEL_OK && give(above, 8) == REEL_OK);
    EXPECT(rig_agrees() && (used() == 0 || used() == before));
}

static void a_freed_span_that_is_last_gives_its_place_back(void)
{
    fresh(&freeing, 1);
    void *const below = take(16, 1);
    const size_t before = used();
    open_span(32);
    EXPECT(cut(32, 1) != NULL);
    close_span();
    EXPECT(used() == before && below != NULL);
    EXPECT_EQUAL(take(8, 1), at(0, before));
}

// Its start is that of a block: freeing it frees the span.
static void a_span_is_freed_by_nothing_but_its_closing(void)
{
    fresh(&freeing, 1);
    (void)take(16, 1);
    const size_t before = used();
    open_span(32);
    void *const start = (void *)span.start;
    EXPECT(give(start, 32) == REEL_DOUBLE_FREE && cut(8, 1) == start);
    EXPECT(give(start, 8) == REEL_DOUBLE_FREE && rig_agrees());
    close_span();
    EXPECT_EQUAL(used(), before);
    EXPECT_EQUAL(give(start, 32), REEL_DOUBLE_FREE);
}

// ---- refusals -----------------------------------------------------------------------------

static void a_span_is_stale_after_a_rewind(void)
{
    fresh(&of_128, 1);
    open_span(64);
    EXPECT(cut(8, 1) != NULL);
    EXPECT_EQUAL(reel_rewindable_rewind(&test_rig->rewindable), REEL_OK);
    EXPECT(cut(8, 1) == NULL && cut(0, 0) == NULL);
    void *const block = take(64, 1);
    EXPECT(reel_span_close(&span) == REEL_STALE && rig_agrees());
    EXPECT(used() == 64 && block == at(0, 0));
    EXPECT(reel_span_close(&span) == REEL_CLOSED && cut(1, 1) == NULL);
    open_span(32);
    EXPECT(cut(16, 1) != NULL);
    EXPECT_EQUAL(reel_rewindable_dispose(&test_rig->rewindable), REEL_OK);
    EXPECT(cut(1, 1) == NULL && reel_span_close(&span) == REEL_STALE);
    EXPECT_EQUAL(reel_span_open(&span, &test_rig->rewindable, 1),
                 REEL_NO_MEMORY);
}

static void a_span_that_is_not_open_has_nothing(void)
{
    static reel_span zero;
    fresh(&of_128, 1);
    EXPECT(reel_span_alloc(&zero, 1, 1) == NULL);
    EXPECT(reel_span_alloc(&zero, 0, 0) == NULL);
    EXPECT_EQUAL(reel_span_close(&zero), REEL_CLOSED);
    open_span(16);
    EXPECT(cut(8, 1) != NULL);
    close_span();
    const size_t before = used();
    EXPECT(cut(1, 1) == NULL && cut(0, 0) == NULL && cut(8, 64) == NULL);
    EXPECT(reel_span_close(&span) == REEL_CLOSED && used() == before);
    EXPECT_EQUAL(reel_span_close(NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_span_open(NULL, &test_rig->rewindable, 8), REEL_INVALID);
    EXPECT_EQUAL(reel_span_open(&span, NULL, 8), REEL_INVALID);
    EXPECT(reel_span_close(&span) == REEL_CLOSED && rig_agrees());
}

static void a_span_that_is_open_may_be_opened_anew(void)
{
    fresh(&of_128, 1);
    open_span(32);
    unsigned char *const start = (unsigned char *)span.start;
    open_span(32);
    EXPECT_EQUAL(cut(1, 1), start + 32);
    close_span();
    EXPECT_EQUAL(reel_rewindable_rewind(&test_rig->rewindable), REEL_OK);
    EXPECT(used() == 0 && rig_agrees());
}

static void misuse_of_a_span_is_reported(void)
{
    if (REEL_CHECKS == 0) {
        return;
    }
    fresh(&of_128, 1);
    open_span(32);
    const uintptr_t next = span.next;
    EXPECT(cut(1, 3) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT(cut(0, 6) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT_EQUAL(span.next, next);
}

const test_case span_tests[] = {
    TEST(blocks_are_cut_off_one_behind_the_other),
    TEST(a_span_is_filled_exactly),
    TEST(sizes_and_alignments_that_do_not_fit_change_nothing),
    TEST(a_span_grows_the_rewindable_if_need_be),
    TEST(a_span_of_0_bytes_is_one_of_1),
    TEST(what_lies_behind_the_last_block_goes_back),
    TEST(nothing_goes_back_if_something_lies_behind),
    TEST(two_spans_give_back_in_either_order),
    TEST(unused_spans_alone_leave_an_empty_chunk),
    TEST(unused_spans_use_nothing_up),
    TEST(room_that_comes_back_in_an_early_chunk_is_found),
    TEST(closing_frees_the_whole_span),
    TEST(poison_fills_a_span_that_is_closed),
    TEST(closing_frees_a_span_between_blocks),
    TEST(a_freed_span_that_is_last_gives_its_place_back),
    TEST(a_span_is_freed_by_nothing_but_its_closing),
    TEST(a_span_is_stale_after_a_rewind),
    TEST(a_span_that_is_not_open_has_nothing),
    TEST(a_span_that_is_open_may_be_opened_anew),
    TEST(misuse_of_a_span_is_reported),
    END_OF_TESTS,
};
