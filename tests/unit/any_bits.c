// SPDX-License-Identifier: MIT
// What a watchdog asks: is_valid() of a control block that holds any bits whatever.
// It answers, and does nothing that C leaves undefined (a sanitizer would say so).
// Addresses of what lies elsewhere, tables and links, are left as they are.

#include "things.h"

static unsigned char *memory;

static void build_arena(void)
{
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, TEST_MEMORY), REEL_OK);
}

static bool check_arena(void)
{
    return reel_arena_is_valid(&the.arena);
}

static void build_temp(void)
{
    unsigned char *const start = memory + (0 - (uintptr_t)memory) % 64;
    EXPECT_EQUAL(reel_temp_init(&the.temp, start, 1024, &test_pages, NULL),
                 REEL_OK);
    EXPECT(reel_temp_alloc(&the.temp, 100, 1) != NULL);
}

static bool check_temp(void)
{
    return reel_temp_is_valid(&the.temp);
}

static void build_blocks(void)
{
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, memory, TEST_MEMORY, 24, 6),
                 REEL_OK);
    void *const first = reel_blocks_alloc(&the.blocks);
    EXPECT(reel_blocks_alloc(&the.blocks) != NULL);
    EXPECT_EQUAL(reel_blocks_free(&the.blocks, first), REEL_OK);
}

static bool check_blocks(void)
{
    return reel_blocks_is_valid(&the.blocks);
}

static void build_rewindable(void)
{
    const reel_rewindable_config config = { 64, 64, 8, true };
    build_arena();
    EXPECT_EQUAL(reel_rewindable_init(&the.rewindable,
                                      reel_arena_allocator(&the.arena),
                                      the.table, 3, &config),
                 REEL_OK);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 40, 8) != NULL);
    EXPECT(reel_rewindable_alloc(&the.rewindable, 40, 8) != NULL);
}

static bool check_rewindable(void)
{
    return reel_rewindable_is_valid(&the.rewindable);
}

static void build_span(void)
{
    build_rewindable();
    EXPECT_EQUAL(reel_span_open(&the.span, &the.rewindable, 24), REEL_OK);
    EXPECT(reel_span_alloc(&the.span, 3, 1) != NULL);
}

static bool check_span(void)
{
    return reel_span_is_valid(&the.span);
}

static void build_pool(void)
{
    build_arena();
    EXPECT_EQUAL(reel_pool_init(&the.pool, reel_arena_allocator(&the.arena),
                                the.chunks, 3, 64, 3 * 64),
                 REEL_OK);
    void *const first = reel_pool_claim(&the.pool);
    EXPECT(reel_pool_claim(&the.pool) != NULL);
    EXPECT_EQUAL(reel_pool_release(&the.pool, first), REEL_OK);
}

static bool check_pool(void)
{
    return reel_pool_is_valid(&the.pool);
}

static void build_region(void)
{
    build_pool();
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    EXPECT(reel_region_alloc(&the.region, 60, 1) != NULL);
    EXPECT(reel_region_alloc(&the.region, 60, 1) != NULL);
    EXPECT(reel_region_alloc(&the.region, 100, 1) != NULL);
}

static bool check_region(void)
{
    return reel_region_is_valid(&the.region);
}

static void build_registry(void)
{
    reel_handle parent, child;
    EXPECT_EQUAL(reel_registry_init(&the.registry, the.entries, 4), REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        REEL_NO_HANDLE, &parent),
                 REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        parent, &child),
                 REEL_OK);
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, child), REEL_OK);
}

static bool check_registry(void)
{
    return reel_registry_is_valid(&the.registry);
}

static void build_blocks_cache(void)
{
    build_blocks();
    EXPECT_EQUAL(
        reel_blocks_cache_init(&the.blocks_cache, &the.blocks, the.slots, 4),
        REEL_OK);
    EXPECT(reel_blocks_cache_alloc(&the.blocks_cache) != NULL);
}

static bool check_blocks_cache(void)
{
    return reel_blocks_cache_is_valid(&the.blocks_cache);
}

static void build_pool_cache(void)
{
    build_pool();
    EXPECT_EQUAL(
        reel_pool_cache_init(&the.pool_cache, &the.pool, the.page_slots, 2),
        REEL_OK);
    EXPECT_EQUAL(reel_region_open_cached(&the.region, &the.pool_cache),
                 REEL_OK);
    EXPECT_EQUAL(reel_region_close_cached(&the.region), REEL_OK);
}

static bool check_pool_cache(void)
{
    return reel_pool_cache_is_valid(&the.pool_cache);
}

// Words of an object that are addresses of what lies elsewhere, as a set of bits.
typedef struct subject {
    const char *name;
    void (*build)(void);
    bool (*check)(void);
    unsigned char *object;
    size_t size;
    uintptr_t addresses;
    uintptr_t extents; // words that say how large what lies elsewhere is
} subject;

#define WORD_OF(type, field) \
    ((uintptr_t)1 << offsetof(type, field) / sizeof(uintptr_t))
#define SUBJECT(name, object, addresses, extents)                    \
    {                                                                \
#name, build_##name, check_##name, (unsigned char *)&object, \
            sizeof object, addresses, extents                        \
    }

static const subject subjects[] = {
    SUBJECT(arena, the.arena, 0, 0),
    SUBJECT(temp, the.temp, WORD_OF(reel_temp, pages), 0),
    SUBJECT(blocks, the.blocks, WORD_OF(reel_blocks, list.links), 0),
    SUBJECT(rewindable, the.rewindable, WORD_OF(reel_rewindable, table),
            WORD_OF(reel_rewindable, capacity)),
    SUBJECT(rewindable, the.table[0], WORD_OF(reel_rewindable_chunk, base),
            WORD_OF(reel_rewindable_chunk, size)),
    SUBJECT(pool, the.pool, WORD_OF(reel_pool, chunks), 0),
    SUBJECT(pool, the.chunks[0], WORD_OF(reel_pool_chunk, links), 0),
    SUBJECT(region, the.region, WORD_OF(reel_region, pool), 0),
    SUBJECT(registry, the.registry, WORD_OF(reel_registry, entries),
            WORD_OF(reel_registry, capacity)),
    SUBJECT(registry, the.entries[0], 0, 0),
    SUBJECT(registry, the.entries[1], 0, 0),
    SUBJECT(span, the.span, WORD_OF(reel_span, rewindable), 0),
    SUBJECT(blocks_cache, the.blocks_cache,
            WORD_OF(reel_blocks_cache, slots)
                | WORD_OF(reel_blocks_cache, blocks),
            WORD_OF(reel_blocks_cache, limit)),
    SUBJECT(pool_cache, the.pool_cache,
            WORD_OF(reel_pool_cache, slots) | WORD_OF(reel_pool_cache, pool),
            WORD_OF(reel_pool_cache, limit)),
};

static bool is_in(uintptr_t words, size_t byte)
{
    return (words >> byte / sizeof(uintptr_t) & 1) != 0;
}

static void try_byte(const subject *of, size_t byte)
{
    const unsigned char was = of->object[byte];
    for (unsigned wrong = 0; wrong < 256; wrong++) {
        of->object[byte] = (unsigned char)wrong;
        EXPECT(of->check() || wrong != was);
    }
    of->object[byte] = was;
    EXPECT(of->check());
}

// What a wrong byte leads to may be dead: a memory checker would say so.
static bool is_watched(void)
{
    if (REEL_WATCH) {
        tap_skip("a memory checker knows what no block is");
    }
    return REEL_WATCH;
}

static void is_valid_answers_whatever_a_byte_says(void)
{
    if (is_watched()) {
        return;
    }
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        const subject *const of = &subjects[i];
        memory = test_memory(TEST_MEMORY);
        of->build();
        for (size_t byte = 0; byte < of->size; byte++) {
            if (!is_in(of->addresses, byte)) {
                try_byte(of, byte);
            }
        }
    }
}

// All words but addresses at once; those of a chunk's entry lead to start bits.
static void is_valid_answers_whatever_all_bytes_say(void)
{
    if (is_watched()) {
        return;
    }
    uint32_t seed = 28;
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        const subject *const of = &subjects[i];
        for (size_t round = 0; round < 5 * test_scale; round++) {
            memory = test_memory(TEST_MEMORY);
            of->build();
            for (size_t byte = 0; byte < of->size; byte++) {
                if (!is_in(of->addresses | of->extents, byte)) {
                    of->object[byte] = (unsigned char)test_random(&seed);
                }
            }
            (void)of->check();
        }
    }
}

const test_case any_bits_tests[] = {
    TEST(is_valid_answers_whatever_a_byte_says),
    TEST(is_valid_answers_whatever_all_bytes_say),
    END_OF_TESTS,
};
