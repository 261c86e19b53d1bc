// SPDX-License-Identifier: MIT
// Where the memory of blocks and pools lies: how pages are aligned, and links that are
// in memory of the caller's choice.

#include "things.h"

typedef struct line {
    REEL_ALIGNAS(64) unsigned char bytes[64];
} line;

typedef struct part_of_a_page {
    REEL_ALIGNAS(256) unsigned char bytes[256];
} part_of_a_page;

REEL_BLOCKS_DEFINE(lines, sizeof(line), 2);
REEL_BLOCKS_DEFINE(parts, sizeof(part_of_a_page), 1);
REEL_BLOCKS_DEFINE(odd, 24, 2);

static void static_blocks_are_aligned_as_their_type(void)
{
    for (size_t i = 0; i < 2; i++) {
        void *const block = reel_blocks_alloc(&lines);
        EXPECT(block != NULL && (uintptr_t)block % 64 == 0);
    }
    void *const block = reel_blocks_alloc(&parts);
    EXPECT(block != NULL && (uintptr_t)block % 256 == 0);
    EXPECT((uintptr_t)reel_blocks_alloc(&odd) % REEL_ALIGN_DEFAULT == 0);
    EXPECT(reel_blocks_is_valid(&lines) && reel_blocks_is_valid(&parts));
}

static unsigned char *fresh_arena(size_t offset)
{
    unsigned char *const memory = test_memory(TEST_MEMORY);
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, TEST_MEMORY), REEL_OK);
    EXPECT(reel_arena_alloc(&the.arena, offset, 1) != NULL);
    return memory;
}

// ---- pages -----------------------------------------------------------------------

static reel_status place(reel_allocator backing, size_t page, size_t pages,
                         size_t align, reel_allocator links)
{
    const reel_pool_placement placement = { align, links };
    return reel_pool_init_placed(&the.pool, backing, the.chunks, 3, page,
                                 page * pages, &placement);
}

static const reel_allocator as_the_backing = { NULL, NULL };

static void pages_are_aligned_as_they_are_asked_to_be(void)
{
    for (size_t align = 1; align <= 128; align *= 2) {
        for (size_t pages = 1; pages <= 2; pages++) {
            (void)fresh_arena(5);
            EXPECT_EQUAL(place(reel_arena_allocator(&the.arena), 128, pages,
                               align, as_the_backing),
                         REEL_OK);
            for (size_t i = 0; i < 3 * pages; i++) {
                void *const page = reel_pool_claim(&the.pool);
                EXPECT(page != NULL && (uintptr_t)page % align == 0);
            }
            EXPECT(reel_pool_is_valid(&the.pool));
            const reel_allocator a = reel_pool_allocator(&the.pool);
            EXPECT_EQUAL(
                reel_pool_release(&the.pool, (void *)the.chunks[0].base.value),
                REEL_OK);
            EXPECT(reel_allocate(a, 1, 2 * align) == NULL);
            EXPECT(reel_allocate(a, 1, align) != NULL);
        }
    }
}

static void an_alignment_that_no_page_has_is_invalid(void)
{
    (void)fresh_arena(1);
    const reel_allocator a = reel_arena_allocator(&the.arena);
    EXPECT_EQUAL(place(a, 128, 2, 256, as_the_backing), REEL_INVALID);
    EXPECT_EQUAL(place(a, 128, 2, 3, as_the_backing), REEL_INVALID);
    EXPECT_EQUAL(place(a, 128, 2, SIZE_MAX, as_the_backing), REEL_INVALID);
    EXPECT_EQUAL(place(a, 128, 2, 0, as_the_backing), REEL_OK);
}

// A page that is aligned to its size serves what would be large in another one.
static void a_region_uses_the_alignment_of_its_pages(void)
{
    (void)fresh_arena(1);
    EXPECT_EQUAL(
        place(reel_arena_allocator(&the.arena), 128, 4, 128, as_the_backing),
        REEL_OK);
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    void *const block = reel_region_alloc(&the.region, 128, 128);
    EXPECT(block != NULL && (uintptr_t)block % 128 == 0);
    EXPECT(!the.region.has_more);
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
}

// ---- links -----------------------------------------------------------------------

static bool is_in(const void *address, const unsigned char *memory, size_t size)
{
    return (uintptr_t)address - (uintptr_t)memory < size;
}

static void links_of_a_pool_lie_where_they_are_asked_to(void)
{
    unsigned char *const memory = test_memory(TEST_MEMORY);
    reel_arena other;
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, 1200), REEL_OK);
    EXPECT_EQUAL(reel_arena_init(&other, memory + 1200, TEST_MEMORY - 1200),
                 REEL_OK);
    EXPECT_EQUAL(place(reel_arena_allocator(&the.arena), 64, 3, 0,
                       reel_arena_allocator(&other)),
                 REEL_OK);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 9), REEL_OK);
    for (size_t i = 0; i < 3; i++) {
        EXPECT(is_in((void *)the.chunks[i].base.value, memory, 1200));
        EXPECT(is_in(the.chunks[i].links, memory + 1200, TEST_MEMORY - 1200));
    }
    void *const page = reel_pool_claim(&the.pool);
    void *const second = reel_pool_claim(&the.pool);
    EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
    EXPECT(reel_pool_claim(&the.pool) == page);
    EXPECT(reel_pool_is_valid(&the.pool));
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 8), REEL_FULL);
    EXPECT_EQUAL(reel_pool_trim(&the.pool), 0); // the last chunk is in use
    EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
    EXPECT_EQUAL(reel_pool_release(&the.pool, second), REEL_OK);
    EXPECT(reel_pool_trim(&the.pool) > 0);
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 0);
    EXPECT(reel_pool_is_valid(&the.pool));
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
    EXPECT_EQUAL(reel_arena_used(&the.arena), 0);
    EXPECT_EQUAL(reel_arena_used(&other), 0);
}

static void a_pool_without_memory_for_links_has_no_pages(void)
{
    (void)fresh_arena(1);
    const size_t used = reel_arena_used(&the.arena);
    EXPECT_EQUAL(place(reel_arena_allocator(&the.arena), 64, 3, 1,
                       reel_allocator_null()),
                 REEL_OK);
    EXPECT(reel_pool_claim(&the.pool) == NULL);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 1), REEL_NO_MEMORY);
    EXPECT_EQUAL(reel_arena_used(&the.arena), used);
    EXPECT(reel_pool_is_valid(&the.pool));
}

static void links_of_blocks_lie_where_they_are_asked_to(void)
{
    static reel_link links[4];
    unsigned char *const memory = test_memory(4 * 25);
    EXPECT_EQUAL(
        reel_blocks_init_apart(&the.blocks, memory, 4 * 25 - 1, 25, 4, links),
        REEL_INVALID);
    EXPECT_EQUAL(
        reel_blocks_init_apart(&the.blocks, memory, 4 * 25, 25, 4, NULL),
        REEL_INVALID);
    reel_link *const misaligned = (reel_link *)(void *)((char *)links + 1);
    EXPECT_EQUAL(
        reel_blocks_init_apart(&the.blocks, memory, 4 * 25, 25, 3, misaligned),
        REEL_INVALID);
    EXPECT_EQUAL(
        reel_blocks_init_apart(&the.blocks, memory, 4 * 25, 25, 4, links),
        REEL_OK);
    for (size_t i = 0; i < 4; i++) {
        EXPECT(reel_blocks_alloc(&the.blocks) == memory + 25 * i);
    }
    EXPECT(reel_blocks_alloc(&the.blocks) == NULL);
    EXPECT_EQUAL(reel_blocks_free(&the.blocks, memory + 25), REEL_OK);
    EXPECT_EQUAL(reel_blocks_free(&the.blocks, memory + 25), REEL_DOUBLE_FREE);
    EXPECT(reel_blocks_alloc(&the.blocks) == memory + 25);
    EXPECT(reel_blocks_is_valid(&the.blocks));
}

// ---- start bits -------------------------------------------------------------------

static reel_arena bits_arena;
static reel_word bits_memory[16];

static reel_status place_bits(bool frees_blocks)
{
    const reel_rewindable_config config = { 128, 128, 8, frees_blocks };
    const reel_rewindable_placement placement = { reel_arena_allocator(
        &bits_arena) };
    return reel_rewindable_init_placed(&the.rewindable,
                                       reel_arena_allocator(&the.arena),
                                       the.table, 3, &config, &placement);
}

static void fresh_memory_for_bits(size_t words)
{
    (void)fresh_arena(8);
    EXPECT_EQUAL(
        reel_arena_init(&bits_arena, bits_memory, words * sizeof(reel_word)),
        REEL_OK);
}

static void expect_bits(size_t chunk)
{
    EXPECT(is_in(the.table[chunk].bits, (unsigned char *)bits_memory,
                 sizeof bits_memory));
}

// Nothing but blocks lies in the chunks then.
static void start_bits_lie_where_the_caller_says(void)
{
    fresh_memory_for_bits(16);
    EXPECT_EQUAL(place_bits(true), REEL_OK);
    unsigned char *const all = reel_rewindable_alloc(&the.rewindable, 128, 8);
    for (size_t i = 0; all != NULL && i < 128; i++) {
        all[i] = 0xFF;
    }
    void *const next = reel_rewindable_alloc(&the.rewindable, 8, 8);
    EXPECT(all != NULL && next != NULL);
    EXPECT_EQUAL(reel_rewindable_chunks(&the.rewindable), 2);
    expect_bits(0);
    expect_bits(1);
    EXPECT(reel_rewindable_is_valid(&the.rewindable));
    EXPECT_EQUAL(reel_rewindable_free(&the.rewindable, all, 128), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_free(&the.rewindable, all, 128),
                 REEL_DOUBLE_FREE);
    const size_t used = reel_arena_used(&bits_arena);
    EXPECT_EQUAL(reel_rewindable_rewind(&the.rewindable), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_rewind(&the.rewindable), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_chunks(&the.rewindable), 1);
    EXPECT(reel_arena_used(&bits_arena) < used);
    EXPECT_EQUAL(reel_rewindable_dispose(&the.rewindable), REEL_OK);
    EXPECT_EQUAL(reel_arena_used(&bits_arena), 0);
    EXPECT_EQUAL(reel_arena_used(&the.arena), 8);
}

static void blocks_may_be_freed_from_later_on(void)
{
    fresh_memory_for_bits(16);
    EXPECT_EQUAL(place_bits(false), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_set_frees_blocks(&the.rewindable, true),
                 REEL_OK);
    expect_bits(0);
    EXPECT_EQUAL(reel_rewindable_bytes_allocated(&the.rewindable), 128);
    void *const block = reel_rewindable_alloc(&the.rewindable, 128, 8);
    EXPECT_EQUAL(reel_rewindable_free(&the.rewindable, block, 128), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_dispose(&the.rewindable), REEL_OK);
}

static void without_room_for_start_bits_there_is_no_chunk(void)
{
    fresh_memory_for_bits(1);
    void *const word =
        reel_arena_alloc(&bits_arena, sizeof(reel_word), sizeof(reel_word));
    EXPECT_EQUAL(place_bits(true), REEL_NO_MEMORY);
    EXPECT_EQUAL(reel_arena_used(&the.arena), 8);
    EXPECT_EQUAL(reel_arena_free(&bits_arena, word, sizeof(reel_word)),
                 REEL_OK);
    EXPECT_EQUAL(place_bits(true), REEL_OK);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 120, 8) != NULL);
    const size_t used = reel_arena_used(&the.arena);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 100, 8) == NULL);
    EXPECT_EQUAL(reel_arena_used(&the.arena), used);
    EXPECT_EQUAL(reel_rewindable_chunks(&the.rewindable), 1);
}

// What came for the start bits goes back: of the first chunk, and of a second one.
static void without_room_for_data_no_start_bits_stay(void)
{
    fresh_memory_for_bits(16);
    EXPECT(
        reel_arena_alloc(&the.arena, reel_arena_available(&the.arena) - 100, 1)
        != NULL);
    EXPECT_EQUAL(place_bits(true), REEL_NO_MEMORY);
    EXPECT_EQUAL(reel_arena_used(&bits_arena), 0);
    reel_arena_reset(&the.arena);
    EXPECT_EQUAL(place_bits(true), REEL_OK);
    const size_t used = reel_arena_used(&bits_arena);
    EXPECT(
        reel_arena_alloc(&the.arena, reel_arena_available(&the.arena) - 100, 1)
        != NULL);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 136, 8) == NULL);
    EXPECT_EQUAL(reel_arena_used(&bits_arena), used);
}

// ---- static pools and rewindables -------------------------------------------------

REEL_POOL_DEFINE(static_pages, 64, 5);
REEL_POOL_DEFINE(one_page, 4, 1);
REEL_REWINDABLE_DEFINE(static_messages, 100);
REEL_POOL_DEFINE(early_page, 4, 1);
REEL_REWINDABLE_DEFINE(early_messages, 16);

static void allocate_early(void)
{
    EXPECT(reel_pool_claim(&early_page) != NULL);
    EXPECT(reel_rewindable_alloc(&early_messages, 16, 1) != NULL);
}

static void a_handler_may_be_the_first_to_use_a_static_instance(void)
{
    test_interrupt(allocate_early);
    EXPECT(reel_pool_is_valid(&early_page)
           && reel_rewindable_is_valid(&early_messages));
    EXPECT_EQUAL(reel_pool_used_pages(&early_page), 1);
}

// What a list begins with, but for its version.
static void expect_same_list(const reel_pool *defined, const reel_pool *started)
{
    const uintptr_t bit = REEL_LIST_FRESH_BIT(defined->list.count);
    const uintptr_t mask = bit + bit - 1;
    EXPECT_EQUAL(defined->list.head.value & mask,
                 started->list.head.value & mask);
    EXPECT_EQUAL(defined->list.count, started->list.count);
    EXPECT_EQUAL(defined->place_bits, started->place_bits);
    EXPECT_EQUAL(defined->page_bits, started->page_bits);
}

// Are all pages of it free?
static void claim_all_of(reel_pool *defined)
{
    const size_t count = defined->chunk_pages;
    unsigned char *const first = reel_pool_claim(defined);
    EXPECT((uintptr_t)first % reel_pool_page_size(defined) == 0);
    for (size_t i = 1; i < count; i++) {
        EXPECT((uintptr_t)reel_pool_claim(defined)
               == (uintptr_t)first + i * reel_pool_page_size(defined));
    }
    EXPECT(reel_pool_claim(defined) == NULL && reel_pool_is_valid(defined));
    EXPECT_EQUAL(reel_pool_reserve(defined, 1), REEL_FULL);
    EXPECT_EQUAL(reel_pool_dispose(defined), REEL_BUSY);
    for (size_t i = count; i > 0; i--) {
        void *const page = first + (i - 1) * reel_pool_page_size(defined);
        EXPECT_EQUAL(reel_pool_release(defined, page), REEL_OK);
        EXPECT_EQUAL(reel_pool_release(defined, page), REEL_DOUBLE_FREE);
    }
}

static void a_static_page_pool_needs_no_init_and_keeps_its_chunk(void)
{
    reel_pool same;
    reel_pool_chunk chunk;
    EXPECT(reel_pool_is_valid(&static_pages) && reel_pool_is_valid(&one_page));
    EXPECT_EQUAL(
        reel_pool_init(&same, reel_allocator_null(), &chunk, 1, 64, 64 * 5),
        REEL_OK);
    expect_same_list(&static_pages, &same);
    EXPECT_EQUAL(reel_pool_init(&same, reel_allocator_null(), &chunk, 1, 4, 4),
                 REEL_OK);
    expect_same_list(&one_page, &same);
    for (int round = 0; round < 2; round++) {
        claim_all_of(&static_pages);
        claim_all_of(&one_page);
        EXPECT_EQUAL(reel_pool_trim(&static_pages), 0);
        EXPECT_EQUAL(reel_pool_chunks(&static_pages), 1);
        claim_all_of(&static_pages);
        EXPECT_EQUAL(reel_pool_dispose(&static_pages), REEL_OK);
        EXPECT_EQUAL(reel_pool_dispose(&one_page), REEL_OK);
        EXPECT_EQUAL(reel_pool_chunks(&static_pages), 1);
    }
}

static void a_static_pool_has_regions_without_large_objects(void)
{
    reel_region region;
    EXPECT_EQUAL(reel_region_open(&region, &static_pages), REEL_OK);
    EXPECT(reel_region_alloc(&region, 64, 1) != NULL);
    EXPECT(reel_region_alloc(&region, 65, 1) == NULL && test_is_calm());
    EXPECT_EQUAL(reel_region_close(&region), REEL_OK);
    EXPECT_EQUAL(reel_pool_used_pages(&static_pages), 0);
}

static void a_static_rewindable_needs_no_init(void)
{
    const size_t size = reel_rewindable_bytes_allocated(&static_messages);
    EXPECT(size >= 100 && size - 100 < REEL_REWINDABLE_GRANULE_);
    EXPECT(reel_rewindable_is_valid(&static_messages));
    for (int round = 0; round < 3; round++) {
        unsigned char *const block =
            reel_rewindable_alloc(&static_messages, 60, 0);
        EXPECT(block != NULL);
        block[59] = 1;
        EXPECT(reel_rewindable_alloc(&static_messages, 60, 1) == NULL);
        EXPECT(reel_rewindable_is_valid(&static_messages));
        EXPECT_EQUAL(reel_rewindable_reserve(&static_messages, 60), REEL_FULL);
        EXPECT_EQUAL(reel_rewindable_rewind(&static_messages), REEL_OK);
    }
    EXPECT_EQUAL(reel_rewindable_stats(&static_messages).failures, 3);
    EXPECT_EQUAL(reel_rewindable_set_frees_blocks(&static_messages, true),
                 REEL_OK);
    void *const block = reel_rewindable_alloc(&static_messages, 8, 8);
    EXPECT_EQUAL(reel_rewindable_free(&static_messages, block, 8), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_free(&static_messages, block, 8),
                 REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_rewindable_set_frees_blocks(&static_messages, false),
                 REEL_OK);
}

static void a_static_rewindable_is_closed_by_its_dispose(void)
{
    EXPECT_EQUAL(reel_rewindable_dispose(&static_messages), REEL_OK);
    EXPECT(reel_rewindable_alloc(&static_messages, 1, 1) == NULL);
    EXPECT(reel_rewindable_is_valid(&static_messages) && test_is_calm());
}

const test_case placement_tests[] = {
    TEST(static_blocks_are_aligned_as_their_type),
    TEST(pages_are_aligned_as_they_are_asked_to_be),
    TEST(an_alignment_that_no_page_has_is_invalid),
    TEST(a_region_uses_the_alignment_of_its_pages),
    TEST(links_of_a_pool_lie_where_they_are_asked_to),
    TEST(a_pool_without_memory_for_links_has_no_pages),
    TEST(links_of_blocks_lie_where_they_are_asked_to),
    TEST(start_bits_lie_where_the_caller_says),
    TEST(blocks_may_be_freed_from_later_on),
    TEST(without_room_for_start_bits_there_is_no_chunk),
    TEST(without_room_for_data_no_start_bits_stay),
    TEST(a_handler_may_be_the_first_to_use_a_static_instance),
    TEST(a_static_page_pool_needs_no_init_and_keeps_its_chunk),
    TEST(a_static_pool_has_regions_without_large_objects),
    TEST(a_static_rewindable_needs_no_init),
    TEST(a_static_rewindable_is_closed_by_its_dispose),
    END_OF_TESTS,
};
