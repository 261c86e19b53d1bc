// SPDX-License-Identifier: MIT
// Sizes, alignments and buffers that break careless arithmetic. Whatever is
// refused leaves the arena exactly as it was, but for its count of refusals.

#include "test.h"

static bool same_state(const reel_arena *a, const reel_arena *b)
{
    return a->next.value == b->next.value && a->limit.value == b->limit.value
           && a->end == b->end && a->base == b->base && a->floor == b->floor
           && a->peak == b->peak && a->serial == b->serial
           && a->epoch == b->epoch && a->last_position == b->last_position
           && a->low_position == b->low_position
           && a->low_serial == b->low_serial;
}

typedef void *alloc_function(reel_arena *, size_t, size_t);

static void *alloc_out_of_line(reel_arena *arena, size_t size, size_t align)
{
    return reel_arena_alloc_slow(arena, size, align);
}

static void *alloc_inline(reel_arena *arena, size_t size, size_t align)
{
    return reel_arena_alloc(arena, size, align);
}

static alloc_function *const ways[] = { alloc_inline, alloc_out_of_line,
                                        reel_arena_alloc_shared,
                                        reel_arena_alloc_zeroed };

#define WAYS      (sizeof ways / sizeof ways[0])
#define SIZE_BITS (8 * sizeof(size_t))
#define HOSTILE_K 4096

// An arena with history: blocks, marks and a rewind.
static reel_arena used_arena(size_t granule)
{
    reel_arena arena;
    EXPECT_EQUAL(
        reel_arena_init_granular(&arena, test_memory(600), 600, granule),
        REEL_OK);
    (void)reel_arena_alloc(&arena, 100, 4);
    const reel_mark mark = reel_arena_mark(&arena);
    (void)reel_arena_alloc(&arena, 60, 1);
    EXPECT_EQUAL(reel_arena_rewind(&arena, mark), REEL_OK);
    (void)reel_arena_alloc(&arena, 7, 1);
    return arena;
}

static void try_size(reel_arena *arena, alloc_function *alloc, size_t size)
{
    const reel_arena before = *arena;
    for (size_t bit = 0; bit <= SIZE_BITS; bit++) {
        const size_t align = bit == SIZE_BITS ? 0 : (size_t)1 << bit;
        EXPECT(alloc(arena, size, align) == NULL);
    }
    EXPECT(same_state(arena, &before));
}

static void no_size_near_the_top_wraps(void)
{
    for (size_t granule = 1; granule <= 64; granule *= 64) {
        reel_arena arena = used_arena(granule);
        for (size_t way = 0; way < WAYS; way++) {
            for (size_t k = 0; k <= HOSTILE_K; k++) {
                try_size(&arena, ways[way], SIZE_MAX - k);
            }
        }
        EXPECT_EQUAL(reel_arena_stats(&arena).largest_refused, SIZE_MAX);
        EXPECT_EQUAL(reel_arena_stats(&arena).failures,
                     WAYS * (HOSTILE_K + 1) * (SIZE_BITS + 1));
    }
}

static void powers_of_two_and_their_neighbours_do_not_wrap(void)
{
    reel_arena arena = used_arena(1);
    const size_t left = reel_arena_available(&arena);
    for (size_t bit = 10; bit < SIZE_BITS; bit++) {
        const size_t size = (size_t)1 << bit;
        EXPECT(size - 1 > left);
        for (size_t way = 0; way < WAYS; way++) {
            try_size(&arena, ways[way], size - 1);
            try_size(&arena, ways[way], size);
            try_size(&arena, ways[way], size + 1);
        }
    }
}

// Every alignment is either honoured or refused.
static void a_huge_alignment_is_honoured_or_refused(void)
{
    for (size_t way = 0; way < WAYS; way++) {
        for (size_t bit = 0; bit < SIZE_BITS; bit++) {
            reel_arena arena = used_arena(1);
            const reel_arena before = arena;
            const size_t align = (size_t)1 << bit;
            void *const block = ways[way](&arena, 1, align);
            if (block == NULL) {
                EXPECT(same_state(&arena, &before));
            } else {
                EXPECT_EQUAL((uintptr_t)block % align, 0);
                EXPECT(reel_arena_owns(&arena, block, 1));
            }
        }
    }
}

static void an_odd_alignment_panics_and_changes_nothing(void)
{
    static const size_t odd[] = { 3, 5, 6, 7, 12, 100, SIZE_MAX, SIZE_MAX - 1 };
    if (REEL_CHECKS == 0) {
        tap_skip("contracts are not checked");
        return;
    }
    reel_arena arena = used_arena(1);
    const reel_arena before = arena;
    void *const block = (void *)(arena.next.value - 7);
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        for (size_t way = 0; way < WAYS; way++) {
            EXPECT(ways[way](&arena, 1, odd[i]) == NULL);
            EXPECT(test_panicked(REEL_INVALID));
        }
        EXPECT(reel_arena_realloc(&arena, block, 7, 8, odd[i]) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
    }
    EXPECT(same_state(&arena, &before));
}

static void no_new_size_makes_resize_wrap(void)
{
    for (size_t granule = 1; granule <= 64; granule *= 64) {
        reel_arena arena = used_arena(granule);
        const size_t size = 7;
        unsigned char *const last = reel_arena_alloc(&arena, size, 1);
        const reel_arena before = arena;
        for (size_t k = 0; k <= HOSTILE_K; k++) {
            EXPECT(!reel_arena_resize(&arena, last, size, SIZE_MAX - k));
            EXPECT(reel_arena_realloc(&arena, last, size, SIZE_MAX - k, 1)
                   == NULL);
        }
        EXPECT(same_state(&arena, &before));
    }
}

// Sizes that would carry the block past the used part, or all the way round.
static void a_block_that_is_not_the_arenas_is_refused(void)
{
    reel_arena arena = used_arena(1);
    unsigned char *const base = (unsigned char *)arena.base;
    unsigned char *const next = (unsigned char *)arena.next.value;
    const size_t used = reel_arena_used(&arena);
    const reel_arena before = arena;
    const struct {
        void *block;
        size_t size;
    } foreign[] = {
        { base - 1, 1 },
        { base - 1, SIZE_MAX },
        { next, 0 },
        { next, 1 },
        { base, used + 1 },
        { base, SIZE_MAX },
        { next - 1, 2 },
        { next - 1, SIZE_MAX },
        { &arena, 1 },
        { base + 1, SIZE_MAX },
        { (void *)UINTPTR_MAX, 1 },
    };
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        void *const block = foreign[i].block;
        const size_t size = foreign[i].size;
        EXPECT(!reel_arena_owns(&arena, block, size));
        EXPECT_EQUAL(reel_arena_free(&arena, block, size), REEL_FOREIGN);
        if (REEL_CHECKS > 0) {
            EXPECT(!reel_arena_resize(&arena, block, size, 1));
            EXPECT(test_panicked(REEL_FOREIGN));
            EXPECT(reel_arena_realloc(&arena, block, size, 1, 1) == NULL);
            EXPECT(test_panicked(REEL_FOREIGN));
        }
    }
    EXPECT(!reel_arena_owns(&arena, NULL, 1));
    EXPECT_EQUAL(reel_arena_free(&arena, NULL, 1), REEL_INVALID);
    EXPECT(same_state(&arena, &before));
}

static void an_offset_or_address_outside_is_refused(void)
{
    if (REEL_CHECKS == 0) {
        tap_skip("contracts are not checked");
        return;
    }
    reel_arena arena = used_arena(1);
    const size_t used = reel_arena_used(&arena);
    EXPECT(reel_arena_at(&arena, used) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT(reel_arena_at(&arena, SIZE_MAX) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT_EQUAL(reel_arena_offset(&arena, (void *)arena.next.value), SIZE_MAX);
    EXPECT(test_panicked(REEL_FOREIGN));
    EXPECT_EQUAL(reel_arena_offset(&arena, NULL), SIZE_MAX);
    EXPECT(test_panicked(REEL_FOREIGN));
}

static void a_buffer_that_cannot_be_is_invalid_and_changes_nothing(void)
{
    unsigned char *const memory = test_memory(64);
    const size_t to_the_top = UINTPTR_MAX - REEL_TOP_BYTES - (uintptr_t)memory;
    reel_arena arena = used_arena(1);
    const reel_arena before = arena;
    EXPECT_EQUAL(reel_arena_init(NULL, memory, 64), REEL_INVALID);
    EXPECT_EQUAL(reel_arena_init(&arena, NULL, 64), REEL_INVALID);
    EXPECT_EQUAL(reel_arena_init(&arena, memory, 0), REEL_INVALID);
    EXPECT_EQUAL(reel_arena_init(&arena, memory, SIZE_MAX), REEL_INVALID);
    EXPECT_EQUAL(reel_arena_init(&arena, memory, to_the_top + 1), REEL_INVALID);
    EXPECT_EQUAL(reel_arena_init(&arena, (void *)(UINTPTR_MAX - 64), 32),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_arena_init_granular(&arena, memory, 64, 0), REEL_INVALID);
    EXPECT_EQUAL(reel_arena_init_granular(&arena, memory, 64, 24),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_arena_init_granular(&arena, memory, 64, SIZE_MAX / 2 + 1),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_arena_init_granular(
                     &arena, (void *)(((uintptr_t)memory | 31) + 2), 32, 32),
                 REEL_INVALID); // no whole granule inside
    EXPECT_EQUAL(reel_arena_init_granular(
                     &arena, (void *)((uintptr_t)memory | 31), 1, 32),
                 REEL_INVALID); // not even the gap to the first one
    EXPECT(same_state(&arena, &before));
}

// Near the top of the address space, where every sum would like to wrap. No
// byte is touched, so any address will do.
static void an_arena_at_the_top_of_the_address_space_works(void)
{
    if (REEL_OUT_OF_LINE) {
        tap_skip("these builds look at the memory");
        return;
    }
    for (size_t left = 1; left < 40; left++) {
        const uintptr_t start = UINTPTR_MAX - REEL_TOP_BYTES - left;
        for (size_t way = 0; way < WAYS - 1; way++) { // all but the zeroing one
            for (size_t size = 1; size < 50; size++) {
                reel_arena arena;
                EXPECT_EQUAL(reel_arena_init(&arena, (void *)start, left),
                             REEL_OK);
                void *const block = ways[way](&arena, size, 1);
                EXPECT((uintptr_t)block == (size <= left ? start : 0));
                EXPECT(ways[way](&arena, 1, SIZE_MAX / 2 + 1) == NULL);
                EXPECT(ways[way](&arena, 1, 64) == NULL);
                EXPECT(reel_arena_used(&arena) == (size <= left ? size : 0));
            }
        }
    }
}

static void any_alignment_of_the_buffer_works(void)
{
    for (size_t shift = 0; shift < 16; shift++) {
        for (size_t size = 1; size < 24; size++) {
            unsigned char *const buffer = test_memory(size + shift) + shift;
            reel_arena arena;
            EXPECT_EQUAL(reel_arena_init(&arena, buffer, size), REEL_OK);
            EXPECT_EQUAL(reel_arena_available(&arena), size);
            EXPECT_EQUAL(reel_arena_alloc(&arena, size, 1),
                         buffer); // exact fit
            EXPECT(reel_arena_alloc(&arena, 1, 1) == NULL);
            EXPECT(reel_arena_is_valid(&arena));
        }
    }
}

const test_case hostile_tests[] = {
    TEST(no_size_near_the_top_wraps),
    TEST(powers_of_two_and_their_neighbours_do_not_wrap),
    TEST(a_huge_alignment_is_honoured_or_refused),
    TEST(an_odd_alignment_panics_and_changes_nothing),
    TEST(no_new_size_makes_resize_wrap),
    TEST(a_block_that_is_not_the_arenas_is_refused),
    TEST(an_offset_or_address_outside_is_refused),
    TEST(a_buffer_that_cannot_be_is_invalid_and_changes_nothing),
    TEST(an_arena_at_the_top_of_the_address_space_works),
    TEST(any_alignment_of_the_buffer_works),
    END_OF_TESTS,
};
