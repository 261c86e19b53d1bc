// SPDX-License-Identifier: MIT
// Backings that keep what is freed, or take back the last block only: what is behind
// them is not given up in vain, and a refusal takes nothing.

#include "things.h"

static size_t used;       // bytes, of the backing below
static size_t limit;      // bytes that it has
static size_t asked;      // calls for a block
static size_t frees_seen; // calls
static unsigned char *memory;

static void *take(void *self, size_t size, size_t align)
{
    (void)self;
    asked++;
    const size_t mask = (align == 0 ? REEL_ALIGN_DEFAULT : align) - 1;
    const size_t gap = (0 - (uintptr_t)(memory + used)) & mask;
    if (gap > limit - used || size > limit - used - gap) {
        return NULL;
    }
    used += gap + size;
    return memory + used - size;
}

static reel_status keep(void *self, void *block, size_t size)
{
    (void)self, (void)block, (void)size;
    frees_seen++;
    return REEL_OK;
}

static reel_frees never(const void *self)
{
    (void)self;
    return REEL_FREES_NEVER;
}

static reel_allocator keeping_backing(size_t size)
{
    static const reel_allocator_ops ops = { .allocate = take,
                                            .free = keep,
                                            .frees = never };
    const reel_allocator a = { &ops, NULL };
    memory = test_memory(TEST_MEMORY);
    used = 0;
    limit = size;
    asked = 0;
    frees_seen = 0;
    return a;
}

static void fresh_pool(reel_allocator backing)
{
    EXPECT_EQUAL(reel_pool_init(&the.pool, backing, the.chunks, 3, 64, 2 * 64),
                 REEL_OK);
}

// ---- reserves that are refused -------------------------------------------------

static void reserve_in_vain(size_t pages, reel_status why)
{
    const size_t before = used;
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQUAL(reel_pool_reserve(&the.pool, pages), why);
        EXPECT(used == before && reel_pool_is_valid(&the.pool));
    }
}

static void a_reserve_that_is_full_takes_nothing_from_a_backing_that_keeps(void)
{
    for (size_t claimed = 0; claimed < 3; claimed++) {
        fresh_pool(keeping_backing(TEST_MEMORY));
        for (size_t i = 0; i < 2 * claimed; i++) {
            EXPECT(reel_pool_claim(&the.pool) != NULL);
        }
        reserve_in_vain(7 - 2 * claimed, REEL_FULL);
        EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6 - 2 * claimed), REEL_OK);
        EXPECT_EQUAL(reel_pool_chunks(&the.pool), 3);
    }
}

// However much there is: for one chunk, its pages alone, two chunks and so on.
static void
a_reserve_without_memory_takes_nothing_from_a_backing_that_keeps(void)
{
    for (size_t size = 0; size < 400; size += 8) {
        fresh_pool(keeping_backing(size));
        reserve_in_vain(6, REEL_NO_MEMORY);
    }
    fresh_pool(keeping_backing(TEST_MEMORY));
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6), REEL_OK);
    for (size_t i = 0; i < 6; i++) {
        unsigned char *const page = reel_pool_claim(&the.pool);
        EXPECT(page != NULL && page >= memory && page <= memory + used - 64);
        for (size_t b = 0; b < 64; b++) {
            page[b] = (unsigned char)i;
        }
    }
    EXPECT(reel_pool_claim(&the.pool) == NULL);
    EXPECT(reel_pool_is_valid(&the.pool));
}

// Pages and links are there, or nothing is taken.
static void a_claim_without_memory_takes_nothing_from_a_backing_that_keeps(void)
{
    for (size_t size = 0; size < 200; size++) {
        fresh_pool(keeping_backing(size));
        const bool grows = reel_pool_claim(&the.pool) != NULL;
        EXPECT(grows == (used > 0));
        EXPECT(reel_pool_is_valid(&the.pool));
    }
}

static void a_reserve_that_is_refused_leaves_an_arena_as_it_was(void)
{
    for (size_t size = 5; size < 300; size++) {
        EXPECT_EQUAL(reel_arena_init(&the.arena, test_memory(size), size),
                     REEL_OK);
        EXPECT(reel_arena_alloc(&the.arena, 5, 1) != NULL);
        fresh_pool(reel_arena_allocator(&the.arena));
        EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6), REEL_NO_MEMORY);
        EXPECT_EQUAL(reel_arena_used(&the.arena), 5);
    }
}

// One block has all three chunks.
static void pages_of_one_block_are_aligned_as_they_are_asked_to_be(void)
{
    for (size_t align = 1; align <= 128; align *= 2) {
        const reel_pool_placement placement = { align, { NULL, NULL } };
        EXPECT_EQUAL(reel_pool_init_placed(&the.pool,
                                           keeping_backing(TEST_MEMORY),
                                           the.chunks, 3, 128, 128, &placement),
                     REEL_OK);
        EXPECT_EQUAL(reel_pool_reserve(&the.pool, 3), REEL_OK);
        for (size_t i = 0; i < 3; i++) {
            unsigned char *const page = reel_pool_claim(&the.pool);
            EXPECT(page != NULL && (uintptr_t)page % align == 0);
            EXPECT(page >= memory && page <= memory + used - 128);
        }
        EXPECT(reel_pool_is_valid(&the.pool));
    }
}

static void a_chunk_that_no_size_can_say_is_not_asked_for(void)
{
    if (!REEL_LINKS_ARE_WORDS) {
        tap_skip("so many pages have no numbers of 16 bits");
        return;
    }
    const size_t pages = ((size_t)1 << (8 * sizeof(size_t) - 10)) - 1;
    EXPECT_EQUAL(reel_pool_init(&the.pool, keeping_backing(TEST_MEMORY),
                                the.chunks, 1, 1024, pages * 1024),
                 REEL_OK);
    EXPECT(reel_pool_claim(&the.pool) == NULL);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 1), REEL_NO_MEMORY);
    EXPECT_EQUAL(asked, 0);
}

// ---- links that lie apart ----------------------------------------------------------

// Links in an arena of so many bytes, pages in a backing of others.
static void fresh_pool_apart(size_t links_room, size_t room)
{
    const reel_allocator pages = keeping_backing(room);
    unsigned char *const end = memory + TEST_MEMORY;
    EXPECT_EQUAL(reel_arena_init(&the.arena, end - links_room, links_room),
                 REEL_OK);
    const reel_pool_placement apart = { 0, reel_arena_allocator(&the.arena) };
    EXPECT_EQUAL(reel_pool_init_placed(&the.pool, pages, the.chunks, 3, 64,
                                       2 * 64, &apart),
                 REEL_OK);
}

// A reserve keeps the chunks that came before the refusal, and they are claimed.
static void chunks_that_cannot_be_given_back_are_used(void)
{
    for (size_t chunks = 0; chunks < 3; chunks++) {
        fresh_pool_apart(256, chunks * 128 + 127);
        for (size_t i = 0; i < 3; i++) {
            EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6), REEL_NO_MEMORY);
            EXPECT_EQUAL(used, chunks * 128);
            EXPECT_EQUAL(reel_pool_chunks(&the.pool), chunks);
            EXPECT(reel_pool_is_valid(&the.pool));
        }
        const size_t links = reel_arena_used(&the.arena);
        EXPECT((links > 0) == (chunks > 0));
        for (size_t i = 0; i < 2 * chunks; i++) {
            EXPECT(reel_pool_claim(&the.pool) != NULL);
        }
        EXPECT(reel_pool_claim(&the.pool) == NULL);
        EXPECT_EQUAL(reel_arena_used(&the.arena), links);
        EXPECT(reel_pool_is_valid(&the.pool));
    }
}

static void pages_without_links_are_not_taken(void)
{
    fresh_pool_apart(1, TEST_MEMORY / 2);
    EXPECT(reel_pool_claim(&the.pool) == NULL);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 1), REEL_NO_MEMORY);
    EXPECT_EQUAL(used, 0);
    EXPECT_EQUAL(reel_arena_used(&the.arena), 0);
    EXPECT(reel_pool_is_valid(&the.pool));
}

static void a_dispose_gives_links_that_lie_apart_back(void)
{
    fresh_pool_apart(256, TEST_MEMORY / 2);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6), REEL_OK);
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
    EXPECT_EQUAL(reel_arena_used(&the.arena), 0);
    EXPECT_EQUAL(used, 3 * 128); // which the backing keeps
}

// Each block is freed once, for the books of the backing, although it keeps it.
static void a_dispose_tells_a_backing_that_keeps(void)
{
    for (int apart = 0; apart < 2; apart++) {
        if (apart != 0) {
            fresh_pool_apart(256, TEST_MEMORY / 2);
        } else {
            fresh_pool(keeping_backing(TEST_MEMORY));
        }
        EXPECT_EQUAL(reel_pool_reserve(&the.pool, 2), REEL_OK);
        EXPECT_EQUAL(reel_pool_reserve(&the.pool, 4), REEL_OK);
        EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
        EXPECT_EQUAL(frees_seen, 2);
        EXPECT_EQUAL(reel_pool_chunks(&the.pool), 0);
    }
}

// Chunks that one reserve took as one block cannot be freed one by one.
static void a_dispose_frees_no_part_of_a_block(void)
{
    fresh_pool(keeping_backing(TEST_MEMORY));
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6), REEL_OK);
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
    EXPECT_EQUAL(frees_seen, 0);
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 0);
}

// ---- trims -----------------------------------------------------------------------

static void a_trim_keeps_what_the_backing_would_keep(void)
{
    fresh_pool(keeping_backing(TEST_MEMORY));
    for (size_t round = 0; round < 3; round++) {
        EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6), REEL_OK);
        const size_t before = used;
        void *const page = reel_pool_claim(&the.pool);
        EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
        EXPECT_EQUAL(reel_pool_trim(&the.pool), 0);
        EXPECT(reel_pool_chunks(&the.pool) == 3 && used == before);
    }
    EXPECT(frees_seen == 0 && reel_pool_is_valid(&the.pool));
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 0);
}

// What a trim says that it gave back is what the arena has more.
static void a_trim_gives_an_arena_what_is_last(void)
{
    EXPECT_EQUAL(
        reel_arena_init(&the.arena, test_memory(TEST_MEMORY), TEST_MEMORY),
        REEL_OK);
    fresh_pool(reel_arena_allocator(&the.arena));
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 4), REEL_OK); // two chunks
    void *const between = reel_arena_alloc(&the.arena, 1, 1);
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6), REEL_OK); // and one above
    size_t before = reel_arena_used(&the.arena);
    const size_t chunk = reel_pool_trim(&the.pool);
    EXPECT(chunk >= 2 * 64 && reel_pool_chunks(&the.pool) == 2);
    EXPECT(before - reel_arena_used(&the.arena) >= chunk);
    EXPECT_EQUAL(reel_pool_trim(&the.pool), 0); // others are above
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 2);
    EXPECT(reel_pool_is_valid(&the.pool));
    void *const page = reel_pool_claim(&the.pool);
    EXPECT(page != NULL && page < between);
    EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
    reel_arena_reset(&the.arena);
}

static void a_trim_gives_an_arena_all_that_nobody_is_above(void)
{
    for (size_t granule = 1; granule <= 32; granule *= 32) {
        EXPECT_EQUAL(reel_arena_init_granular(&the.arena,
                                              test_memory(TEST_MEMORY),
                                              TEST_MEMORY, granule),
                     REEL_OK);
        fresh_pool(reel_arena_allocator(&the.arena));
        EXPECT_EQUAL(reel_pool_reserve(&the.pool, 6), REEL_OK);
        void *const page = reel_pool_claim(&the.pool);
        const size_t before = reel_arena_used(&the.arena);
        const size_t given = reel_pool_trim(&the.pool);
        EXPECT(reel_pool_chunks(&the.pool) >= 1);
        EXPECT(before - reel_arena_used(&the.arena) >= given);
        EXPECT_EQUAL(reel_pool_release(&the.pool, page), REEL_OK);
        EXPECT(reel_pool_is_valid(&the.pool));
        EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
    }
}

// ---- rewinds ---------------------------------------------------------------------

static void rewind_twice(void)
{
    for (int i = 0; i < 2; i++) {
        EXPECT_EQUAL(reel_rewindable_rewind(&the.rewindable), REEL_OK);
        EXPECT(reel_rewindable_is_valid(&the.rewindable));
    }
}

static void fresh_rewindable(reel_allocator backing)
{
    const reel_rewindable_config config = { 128, 128, 8, false };
    EXPECT_EQUAL(
        reel_rewindable_init(&the.rewindable, backing, the.table, 3, &config),
        REEL_OK);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 100, 1) != NULL);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 100, 1) != NULL);
}

static void a_rewind_keeps_what_the_backing_would_keep(void)
{
    fresh_rewindable(keeping_backing(TEST_MEMORY));
    const size_t before = used;
    rewind_twice();
    EXPECT(reel_rewindable_chunks(&the.rewindable) == 2 && frees_seen == 0);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 100, 1) != NULL);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 100, 1) != NULL);
    EXPECT_EQUAL(used, before);
    EXPECT_EQUAL(reel_rewindable_dispose(&the.rewindable), REEL_OK);
}

static void a_rewind_gives_an_arena_what_is_last(void)
{
    EXPECT_EQUAL(
        reel_arena_init(&the.arena, test_memory(TEST_MEMORY), TEST_MEMORY),
        REEL_OK);
    const size_t start = reel_arena_used(&the.arena);
    fresh_rewindable(reel_arena_allocator(&the.arena));
    rewind_twice();
    EXPECT_EQUAL(reel_rewindable_chunks(&the.rewindable), 1);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 100, 1) != NULL);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 100, 1) != NULL);
    EXPECT(reel_arena_alloc(&the.arena, 1, 1) != NULL); // above it
    const size_t before = reel_arena_used(&the.arena);
    rewind_twice();
    EXPECT_EQUAL(reel_rewindable_chunks(&the.rewindable), 2);
    EXPECT(reel_arena_used(&the.arena) == before && before > start);
}

// ---- making ----------------------------------------------------------------------

// A chunk that is refused, a full registry, a parent that is gone, a wrong
// configuration: each is known before the backing is asked.
static void
making_a_rewindable_in_vain_takes_nothing_from_a_backing_that_keeps(void)
{
    const reel_rewindable_config config = { 128, 128, 8, false };
    const reel_rewindable_config wrong = { 128, 0, 8, false };
    const reel_handle stale = { 0, 9 };
    reel_handle handle;
    reel_rewindable *made = NULL;
    EXPECT_EQUAL(reel_registry_init(&the.registry, the.entries, 1), REEL_OK);
    for (size_t size = 0; size < 400; size += 8) {
        const reel_allocator a = keeping_backing(size);
        const reel_status status =
            reel_rewindable_create(&made, a, 2, &config, NULL, REEL_NO_HANDLE);
        EXPECT(status == (used > 0 ? REEL_OK : REEL_NO_MEMORY));
        if (status == REEL_OK) {
            EXPECT(reel_rewindable_is_valid(made));
            EXPECT(reel_rewindable_alloc(made, 128, 8) != NULL);
            EXPECT_EQUAL(reel_rewindable_destroy(made), REEL_OK);
        }
    }
    const reel_allocator a = keeping_backing(TEST_MEMORY);
    EXPECT_EQUAL(
        reel_rewindable_create(&made, a, 2, &wrong, NULL, REEL_NO_HANDLE),
        REEL_INVALID);
    EXPECT_EQUAL(
        reel_rewindable_create(&made, a, 2, &config, &the.registry, stale),
        REEL_STALE);
    EXPECT_EQUAL(
        reel_registry_register(&the.registry, a, REEL_NO_HANDLE, &handle),
        REEL_OK);
    EXPECT_EQUAL(reel_rewindable_create(&made, a, 2, &config, &the.registry,
                                        REEL_NO_HANDLE),
                 REEL_FULL);
    EXPECT_EQUAL(used, 0);
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, handle), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_create(&made, a, 2, &config, &the.registry,
                                        REEL_NO_HANDLE),
                 REEL_OK);
    EXPECT_EQUAL(reel_rewindable_destroy(made), REEL_OK);
    EXPECT_EQUAL(reel_registry_count(&the.registry), 0);
}

// ---- below a mark ------------------------------------------------------------------

static void fresh_arena(void)
{
    memory = test_memory(TEST_MEMORY);
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, TEST_MEMORY), REEL_OK);
}

static void a_trim_keeps_a_chunk_below_a_mark_of_its_arena(void)
{
    fresh_arena();
    fresh_pool(reel_arena_allocator(&the.arena));
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 1), REEL_OK);
    const reel_mark mark = reel_arena_mark(&the.arena);
    EXPECT_EQUAL(reel_allocator_frees(reel_arena_allocator(&the.arena)),
                 REEL_FREES_NEVER);
    EXPECT_EQUAL(reel_pool_trim(&the.pool), 0);
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 1);
    // Chunks above it come and go.
    EXPECT_EQUAL(reel_pool_reserve(&the.pool, 3), REEL_OK);
    EXPECT(reel_pool_trim(&the.pool) > 0);
    EXPECT_EQUAL(reel_pool_chunks(&the.pool), 1);
    EXPECT_EQUAL(reel_arena_used(&the.arena),
                 mark.position - (uintptr_t)memory);
}

static void a_rewind_keeps_a_chunk_below_a_mark_of_its_arena(void)
{
    static const reel_rewindable_config of_64 = { 64, 64, 8, false };
    fresh_arena();
    EXPECT_EQUAL(reel_rewindable_init(&the.rewindable,
                                      reel_arena_allocator(&the.arena),
                                      the.table, 2, &of_64),
                 REEL_OK);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 100, 8) != NULL);
    (void)reel_arena_mark(&the.arena);
    for (size_t i = 0; i < 2; i++) {
        EXPECT_EQUAL(reel_rewindable_rewind(&the.rewindable), REEL_OK);
        EXPECT_EQUAL(reel_rewindable_chunks(&the.rewindable), 2);
    }
}

const test_case keeping_tests[] = {
    TEST(a_reserve_that_is_full_takes_nothing_from_a_backing_that_keeps),
    TEST(a_reserve_without_memory_takes_nothing_from_a_backing_that_keeps),
    TEST(a_claim_without_memory_takes_nothing_from_a_backing_that_keeps),
    TEST(a_reserve_that_is_refused_leaves_an_arena_as_it_was),
    TEST(pages_of_one_block_are_aligned_as_they_are_asked_to_be),
    TEST(a_chunk_that_no_size_can_say_is_not_asked_for),
    TEST(chunks_that_cannot_be_given_back_are_used),
    TEST(pages_without_links_are_not_taken),
    TEST(a_dispose_gives_links_that_lie_apart_back),
    TEST(a_dispose_tells_a_backing_that_keeps),
    TEST(a_dispose_frees_no_part_of_a_block),
    TEST(a_trim_keeps_what_the_backing_would_keep),
    TEST(a_trim_gives_an_arena_what_is_last),
    TEST(a_trim_gives_an_arena_all_that_nobody_is_above),
    TEST(a_rewind_keeps_what_the_backing_would_keep),
    TEST(a_rewind_gives_an_arena_what_is_last),
    TEST(making_a_rewindable_in_vain_takes_nothing_from_a_backing_that_keeps),
    TEST(a_trim_keeps_a_chunk_below_a_mark_of_its_arena),
    TEST(a_rewind_keeps_a_chunk_below_a_mark_of_its_arena),
    END_OF_TESTS,
};
