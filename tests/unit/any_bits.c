// What a watchdog asks: is_valid() of a control block that holds any bits whatever.
// It answers, and does nothing that C leaves undefined (a sanitizer would say so).
// Addresses of what lies elsewhere, tables and links, are left as they are.

#include "test.h"

static unsigned char *memory;
static reel_temp temp;
static reel_blocks blocks;
static reel_rewindable rewindable;
static reel_rewindable_chunk table[3];
static reel_pool pool;
static reel_pool_chunk chunks[3];
static reel_region region;
static reel_registry registry;
static reel_registry_entry entries[4];
static reel_span span;
static reel_blocks_cache blocks_cache;
static void *slots[4];
static reel_pool_cache pool_cache;
static reel_pool_slot page_slots[2];
static reel_arena arena;

static bool commit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
}

static void build_arena(void)
{
    EXPECT(reel_arena_init(&arena, memory, TEST_MEMORY) == REEL_OK);
}

static bool check_arena(void)
{
    return reel_arena_is_valid(&arena);
}

static void build_temp(void)
{
    static const reel_pages pages = { 64, NULL, commit, decommit };
    unsigned char *const start = memory + (0 - (uintptr_t)memory) % 64;
    EXPECT(reel_temp_init(&temp, start, 1024, &pages, NULL) == REEL_OK);
    EXPECT(reel_temp_alloc(&temp, 100, 1) != NULL);
}

static bool check_temp(void)
{
    return reel_temp_is_valid(&temp);
}

static void build_blocks(void)
{
    EXPECT(reel_blocks_init(&blocks, memory, TEST_MEMORY, 24, 6) == REEL_OK);
    void *const first = reel_blocks_alloc(&blocks);
    EXPECT(reel_blocks_alloc(&blocks) != NULL);
    EXPECT(reel_blocks_free(&blocks, first) == REEL_OK);
}

static bool check_blocks(void)
{
    return reel_blocks_is_valid(&blocks);
}

static void build_rewindable(void)
{
    const reel_rewindable_config config = { 64, 64, 8, true };
    build_arena();
    EXPECT(reel_rewindable_init(&rewindable, reel_arena_allocator(&arena),
                                table, 3, &config)
           == REEL_OK);
    EXPECT(reel_rewindable_alloc(&rewindable, 40, 8) != NULL);
    EXPECT(reel_rewindable_alloc(&rewindable, 40, 8) != NULL);
}

static bool check_rewindable(void)
{
    return reel_rewindable_is_valid(&rewindable);
}

static void build_span(void)
{
    build_rewindable();
    EXPECT(reel_span_open(&span, &rewindable, 24) == REEL_OK);
    EXPECT(reel_span_alloc(&span, 3, 1) != NULL);
}

static bool check_span(void)
{
    return reel_span_is_valid(&span);
}

static void build_pool(void)
{
    build_arena();
    EXPECT(reel_pool_init(&pool, reel_arena_allocator(&arena), chunks, 3, 64,
                          3 * 64)
           == REEL_OK);
    void *const first = reel_pool_claim(&pool);
    EXPECT(reel_pool_claim(&pool) != NULL);
    EXPECT(reel_pool_release(&pool, first) == REEL_OK);
}

static bool check_pool(void)
{
    return reel_pool_is_valid(&pool);
}

static void build_region(void)
{
    build_pool();
    EXPECT(reel_region_open(&region, &pool) == REEL_OK);
    EXPECT(reel_region_alloc(&region, 60, 1) != NULL);
    EXPECT(reel_region_alloc(&region, 60, 1) != NULL);
    EXPECT(reel_region_alloc(&region, 100, 1) != NULL);
}

static bool check_region(void)
{
    return reel_region_is_valid(&region);
}

static void build_registry(void)
{
    reel_handle parent, child;
    EXPECT(reel_registry_init(&registry, entries, 4) == REEL_OK);
    EXPECT(reel_registry_register(&registry, reel_allocator_null(),
                                  REEL_NO_HANDLE, &parent)
           == REEL_OK);
    EXPECT(
        reel_registry_register(&registry, reel_allocator_null(), parent, &child)
        == REEL_OK);
    EXPECT(reel_registry_unregister(&registry, child) == REEL_OK);
}

static bool check_registry(void)
{
    return reel_registry_is_valid(&registry);
}

static void build_blocks_cache(void)
{
    build_blocks();
    EXPECT(reel_blocks_cache_init(&blocks_cache, &blocks, slots, 4) == REEL_OK);
    EXPECT(reel_blocks_cache_alloc(&blocks_cache) != NULL);
}

static bool check_blocks_cache(void)
{
    return reel_blocks_cache_is_valid(&blocks_cache);
}

static void build_pool_cache(void)
{
    build_pool();
    EXPECT(reel_pool_cache_init(&pool_cache, &pool, page_slots, 2) == REEL_OK);
    EXPECT(reel_region_open_cached(&region, &pool_cache) == REEL_OK);
    EXPECT(reel_region_close_cached(&region) == REEL_OK);
}

static bool check_pool_cache(void)
{
    return reel_pool_cache_is_valid(&pool_cache);
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
    SUBJECT(arena, arena, 0, 0),
    SUBJECT(temp, temp, WORD_OF(reel_temp, pages), 0),
    SUBJECT(blocks, blocks, WORD_OF(reel_blocks, list.links), 0),
    SUBJECT(rewindable, rewindable, WORD_OF(reel_rewindable, table),
            WORD_OF(reel_rewindable, capacity)),
    SUBJECT(rewindable, table[0], WORD_OF(reel_rewindable_chunk, base),
            WORD_OF(reel_rewindable_chunk, size)),
    SUBJECT(pool, pool, WORD_OF(reel_pool, chunks), 0),
    SUBJECT(pool, chunks[0], WORD_OF(reel_pool_chunk, links), 0),
    SUBJECT(region, region, WORD_OF(reel_region, pool), 0),
    SUBJECT(registry, registry, WORD_OF(reel_registry, entries),
            WORD_OF(reel_registry, capacity)),
    SUBJECT(registry, entries[0], 0, 0),
    SUBJECT(registry, entries[1], 0, 0),
    SUBJECT(span, span, WORD_OF(reel_span, rewindable), 0),
    SUBJECT(blocks_cache, blocks_cache,
            WORD_OF(reel_blocks_cache, slots)
                | WORD_OF(reel_blocks_cache, blocks),
            WORD_OF(reel_blocks_cache, limit)),
    SUBJECT(pool_cache, pool_cache,
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
static bool somebody_watches(void)
{
    if (REEL_WATCH) {
        tap_skip("a memory checker knows what no block is");
    }
    return REEL_WATCH;
}

static void is_valid_answers_whatever_a_byte_says(void)
{
    if (somebody_watches()) {
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
    if (somebody_watches()) {
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
