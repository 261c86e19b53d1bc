// SPDX-License-Identifier: MIT
// What generic code is built on: vectors, hash maps and Lua's contract for memory,
// over every allocator and over nestings three deep.

#include "things.h"

#define ALIGN REEL_ALIGNOF(uint32_t)

static bool is_aligned(const void *block, size_t align)
{
    return (uintptr_t)block % align == 0;
}

// ---- a vector ----------------------------------------------------------------

static bool holds(const uint32_t *data, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (data[i] != 7 * i + 1) {
            return false;
        }
    }
    return true;
}

// Push so many elements, doubling; how many were there when memory ended?
static size_t push(reel_allocator a, uint32_t **data, size_t *capacity,
                   size_t want)
{
    for (size_t count = 0; count < want; count++) {
        if (count == *capacity) {
            const size_t more = count == 0 ? 1 : 2 * count;
            uint32_t *const grown =
                reel_reallocate(a, *data, 4 * count, 4 * more, ALIGN);
            if (grown == NULL) {
                EXPECT(holds(*data, count));
                return count;
            }
            EXPECT(is_aligned(grown, ALIGN) && holds(grown, count));
            *data = grown;
            *capacity = more;
        }
        (*data)[count] = (uint32_t)(7 * count + 1);
    }
    return want;
}

static void a_vector_grows_and_shrinks(reel_allocator a, size_t want)
{
    uint32_t *data = NULL;
    size_t capacity = 0;
    const size_t count = push(a, &data, &capacity, want);
    EXPECT(count >= want && holds(data, count));
    for (size_t kept = count; kept > 0; kept /= 2) {
        EXPECT_EQUAL(reel_reallocate(a, data, 4 * capacity, 4 * kept, ALIGN),
                     data);
        EXPECT(holds(data, kept));
        capacity = kept;
    }
    EXPECT_EQUAL(reel_reallocate(a, data, 4, 4, ALIGN), data); // no smaller
    EXPECT_EQUAL(reel_reallocate(a, data, 4, 0, ALIGN),
                 data); // which is 1 byte
    EXPECT(*(const unsigned char *)data == 1 || *data == 1);
    EXPECT_EQUAL(reel_free(a, data, 0), REEL_OK);
}

// 0 bytes are 1 byte, wherever they move.
static void nothing_is_a_byte_that_moves_along(reel_allocator a)
{
    char *const block = reel_allocate(a, 0, 1);
    void *const above = reel_allocate(a, 1, 1);
    EXPECT(block != NULL && above != NULL);
    *block = 'x';
    char *const moved = reel_reallocate(a, block, 0, 10, 1);
    EXPECT(moved != NULL && *moved == 'x');
    EXPECT_EQUAL(reel_free(a, moved, 10), REEL_OK);
    EXPECT_EQUAL(reel_free(a, above, 1), REEL_OK);
}

// ---- a hash map ----------------------------------------------------------------

typedef struct map {
    uint32_t *keys; // 0: none
    size_t slots;   // a power of two
    size_t count;
} map;

static uint32_t *slot_of(const map *m, uint32_t key)
{
    size_t i = key * 2654435761u;
    while (m->keys[i & (m->slots - 1)] != 0
           && m->keys[i & (m->slots - 1)] != key) {
        i++;
    }
    return &m->keys[i & (m->slots - 1)];
}

static bool rehash(reel_allocator a, map *m, size_t slots)
{
    const map old = *m;
    uint32_t *const keys = reel_allocate(a, 4 * slots, ALIGN);
    if (keys == NULL) {
        return false;
    }
    m->keys = keys;
    m->slots = slots;
    for (size_t i = 0; i < slots; i++) {
        keys[i] = 0;
    }
    for (size_t i = 0; i < old.slots; i++) {
        if (old.keys[i] != 0) {
            *slot_of(m, old.keys[i]) = old.keys[i];
        }
    }
    if (old.keys != NULL) {
        EXPECT_EQUAL(reel_free(a, old.keys, 4 * old.slots), REEL_OK);
    }
    return true;
}

static void a_map_grows(reel_allocator a, size_t want)
{
    map m = { NULL, 0, 0 };
    while (m.count < want) {
        if (2 * (m.count + 1) > m.slots
            && !rehash(a, &m, m.slots == 0 ? 2 : 2 * m.slots)) {
            break;
        }
        m.count++;
        *slot_of(&m, (uint32_t)m.count) = (uint32_t)m.count;
    }
    EXPECT_EQUAL(m.count, want);
    for (size_t key = 1; key <= m.count; key++) {
        EXPECT_EQUAL(*slot_of(&m, (uint32_t)key), key);
    }
    if (m.keys != NULL) {
        EXPECT_EQUAL(reel_free(a, m.keys, 4 * m.slots), REEL_OK);
    }
}

// ---- Lua's contract --------------------------------------------------------------

// lua_Alloc: a size of 0 frees, NULL allocates, and to shrink never fails.
static void *lua_alloc(void *ud, void *block, size_t old_size, size_t new_size)
{
    const reel_allocator *const a = ud;
    if (new_size > 0) {
        return reel_reallocate(*a, block, block == NULL ? 0 : old_size,
                               new_size, 0);
    }
    if (block != NULL) {
        EXPECT_EQUAL(reel_free(*a, block, old_size), REEL_OK);
    }
    return NULL;
}

#define OBJECTS 6

typedef struct lua_object {
    unsigned char *block;
    size_t size;
} lua_object;

static bool is_stamped(const lua_object *object, size_t size, size_t with)
{
    for (size_t i = 0; i < size; i++) {
        if (object->block[i] != (unsigned char)(with + 1)) {
            return false;
        }
    }
    return true;
}

static void resize(reel_allocator *a, lua_object *object, size_t with,
                   size_t size)
{
    const size_t kept = size < object->size ? size : object->size;
    unsigned char *const block =
        lua_alloc(a, object->block, object->size, size);
    EXPECT(block != NULL || size == 0 || size > object->size);
    if (block == NULL && size > 0) {
        EXPECT(is_stamped(object, object->size, with));
        return;
    }
    object->block = block;
    object->size = size;
    EXPECT(size == 0 || is_aligned(block, REEL_ALIGN_DEFAULT));
    EXPECT(is_stamped(object, kept, with));
    for (size_t i = 0; i < size; i++) {
        block[i] = (unsigned char)(with + 1);
    }
}

static void lua_lives(reel_allocator a, size_t largest)
{
    lua_object objects[OBJECTS] = { { NULL, 0 } };
    uint32_t seed = 53;
    for (size_t step = 0; step < 60 * test_scale; step++) {
        const size_t which = test_below(&seed, OBJECTS);
        const size_t size =
            test_below(&seed, 4) == 0 ? 0 : test_below(&seed, largest + 1);
        resize(&a, &objects[which], which, size);
        for (size_t i = 0; i < OBJECTS; i++) {
            EXPECT(is_stamped(&objects[i], objects[i].size, i));
        }
    }
    for (size_t i = 0; i < OBJECTS; i++) {
        resize(&a, &objects[i], i, 0);
    }
}

// `elements` of 4 bytes is what a container must reach.
static void serves_containers(reel_allocator a, size_t elements)
{
    nothing_is_a_byte_that_moves_along(a);
    a_vector_grows_and_shrinks(a, elements);
    a_map_grows(a, elements / 4);
    lua_lives(a, 2 * elements);
}

// A block that is not so aligned moves, whatever its size.
static void moves_what_is_not_aligned(reel_allocator a)
{
    char *block = reel_allocate(a, 9, 1);
    char *const second = reel_allocate(a, 9, 1);
    EXPECT(block != NULL && second != NULL);
    char *const one = is_aligned(block, 64) ? second : block;
    char *const other = one == block ? second : block;
    one[0] = 'a';
    one[4] = 'e';
    char *const moved = reel_reallocate(a, one, 9, 5, 64);
    EXPECT_EQUAL(is_aligned(one, 64), (moved == one));
    if (moved != NULL) {
        EXPECT(is_aligned(moved, 64) && moved[0] == 'a' && moved[4] == 'e');
        EXPECT_EQUAL(reel_free(a, moved, 5), REEL_OK);
    }
    EXPECT_EQUAL(reel_free(a, other, 9), REEL_OK);
}

// ---- what is no block is not resized ---------------------------------------------

static void refuse(reel_allocator a, void *block, reel_status why)
{
    EXPECT(reel_reallocate(a, block, 4, 4, 1) == NULL && test_panicked(why));
    EXPECT(reel_reallocate(a, block, 4, 1, 1) == NULL && test_panicked(why));
    EXPECT(reel_reallocate(a, block, 4, 60, 1) == NULL && test_panicked(why));
}

static void refuses_what_is_no_block(reel_allocator a)
{
    if (REEL_CHECKS == 0) {
        return;
    }
    unsigned char *const block = reel_allocate(a, 32, 0);
    void *const other = reel_allocate(a, 32, 0);
    EXPECT(block != NULL && other != NULL);
    refuse(a, block + 1, REEL_FOREIGN);
    refuse(a, &the, REEL_FOREIGN);
    EXPECT_EQUAL(reel_free(a, block, 32), REEL_OK);
    refuse(a, block, REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_free(a, other, 32), REEL_OK);
}

// ---- over each allocator ---------------------------------------------------------

static reel_allocator fresh_arena(size_t size)
{
    EXPECT_EQUAL(reel_arena_init(&the.arena, test_memory(size), size), REEL_OK);
    return reel_arena_allocator(&the.arena);
}

static void an_arena_serves_containers(void)
{
    const reel_allocator a = fresh_arena(TEST_MEMORY);
    moves_what_is_not_aligned(a);
    serves_containers(a, 60);
    EXPECT(reel_arena_is_valid(&the.arena));
    EXPECT_EQUAL(reel_arena_init_granular(&the.arena, test_memory(TEST_MEMORY),
                                          TEST_MEMORY, 32),
                 REEL_OK);
    serves_containers(reel_arena_allocator(&the.arena), 60);
    EXPECT(reel_arena_is_valid(&the.arena));
}

static bool commit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
}

static reel_allocator fresh_temp(void)
{
    static const reel_pages pages = { 64, NULL, commit, decommit };
    unsigned char *const raw = test_memory(TEST_MEMORY);
    EXPECT_EQUAL(reel_temp_init(&the.temp, raw + (0 - (uintptr_t)raw) % 64,
                                TEST_MEMORY - 64, &pages, NULL),
                 REEL_OK);
    return reel_temp_allocator(&the.temp);
}

static void a_temp_serves_containers(void)
{
    const reel_allocator a = fresh_temp();
    moves_what_is_not_aligned(a);
    serves_containers(a, 60);
    EXPECT(reel_temp_is_valid(&the.temp));
}

static reel_allocator blocks_on(reel_allocator beneath, size_t size,
                                size_t count)
{
    const size_t bytes = REEL_BLOCKS_SIZE(size, count);
    EXPECT_EQUAL(reel_blocks_init(&the.blocks,
                                  reel_allocate(beneath, bytes, 64), bytes,
                                  size, count),
                 REEL_OK);
    return reel_blocks_allocator(&the.blocks);
}

static void blocks_serve_containers(void)
{
    const reel_allocator a = blocks_on(fresh_arena(TEST_MEMORY), 128, 12);
    serves_containers(a, 32);
    EXPECT_EQUAL(reel_blocks_count_used(&the.blocks), 0);
    moves_what_is_not_aligned(a); // all of them are
    refuses_what_is_no_block(a);
    EXPECT(reel_blocks_is_valid(&the.blocks));
}

static reel_allocator pool_on(reel_allocator beneath, size_t page, size_t pages)
{
    EXPECT_EQUAL(
        reel_pool_init(&the.pool, beneath, the.chunks, 3, page, page * pages),
        REEL_OK);
    return reel_pool_allocator(&the.pool);
}

static void a_pool_serves_containers(void)
{
    const reel_allocator a = pool_on(fresh_arena(TEST_MEMORY), 128, 4);
    serves_containers(a, 32);
    refuses_what_is_no_block(a);
    EXPECT_EQUAL(reel_pool_used_pages(&the.pool), 0);
    EXPECT(reel_pool_is_valid(&the.pool));
}

static reel_allocator region_on(reel_allocator beneath, size_t page,
                                size_t pages)
{
    (void)pool_on(beneath, page, pages);
    EXPECT_EQUAL(reel_region_open(&the.region, &the.pool), REEL_OK);
    return reel_region_allocator(&the.region);
}

static void close_region(void)
{
    EXPECT(reel_region_is_valid(&the.region));
    EXPECT_EQUAL(reel_region_close(&the.region), REEL_OK);
    EXPECT_EQUAL(reel_pool_used_pages(&the.pool), 0);
    EXPECT(reel_pool_is_valid(&the.pool));
    EXPECT_EQUAL(reel_pool_dispose(&the.pool), REEL_OK);
}

// Its large objects are the backing's.
static void a_region_serves_containers(void)
{
    const reel_allocator a = region_on(fresh_arena(TEST_MEMORY), 128, 3);
    moves_what_is_not_aligned(a);
    serves_containers(a, 60);
    close_region();
}

static reel_allocator rewindable_on(reel_allocator beneath, size_t size,
                                    bool frees_blocks)
{
    const reel_rewindable_config config = { size, size, 8, frees_blocks };
    EXPECT_EQUAL(
        reel_rewindable_init(&the.rewindable, beneath, the.table, 3, &config),
        REEL_OK);
    return reel_rewindable_allocator(&the.rewindable);
}

static void dispose_of_the_rewindable(bool frees_blocks)
{
    EXPECT(reel_rewindable_is_valid(&the.rewindable));
    EXPECT(!frees_blocks || reel_rewindable_stats(&the.rewindable).used == 0);
    EXPECT_EQUAL(reel_rewindable_dispose(&the.rewindable), REEL_OK);
}

static void a_rewindable_serves_containers(void)
{
    for (int frees = 0; frees < 2; frees++) {
        const reel_allocator a =
            rewindable_on(fresh_arena(TEST_MEMORY), 512, frees == 1);
        moves_what_is_not_aligned(a);
        serves_containers(a, 60);
        if (frees == 1) {
            refuses_what_is_no_block(a);
        }
        dispose_of_the_rewindable(frees == 1);
    }
}

// The page is a region's.
static void a_page_of_a_region_is_not_resized_by_itself(void)
{
    const reel_allocator a = region_on(fresh_arena(TEST_MEMORY), 128, 3);
    void *const page = reel_allocate(a, 128, 1);
    EXPECT(page != NULL);
    if (REEL_CHECKS > 0) {
        refuse(reel_pool_allocator(&the.pool), page, REEL_DOUBLE_FREE);
    }
    close_region();
}

// The last block of a chunk grows where it is, another one moves.
static void a_rewindables_last_block_grows_in_place(void)
{
    for (int frees = 0; frees < 2; frees++) {
        const reel_allocator a =
            rewindable_on(fresh_arena(TEST_MEMORY), 256, frees == 1);
        unsigned char *const first = reel_allocate(a, 5, 1);
        EXPECT_EQUAL(reel_reallocate(a, first, 5, 8, 1), first); // its granule
        EXPECT_EQUAL(reel_reallocate(a, first, 8, 9, 1), first);
        EXPECT_EQUAL(reel_rewindable_stats(&the.rewindable).used, 16);
        EXPECT_EQUAL(reel_reallocate(a, first, 9, 256, 1),
                     first); // all there is
        EXPECT_EQUAL(reel_reallocate(a, first, 256, 3, 1), first);
        EXPECT_EQUAL(reel_reallocate(a, first, 3, 4, 1), first);
        EXPECT(reel_reallocate(a, first, 4, SIZE_MAX, 1) == NULL);
        EXPECT(reel_reallocate(a, first, 4, SIZE_MAX - 8, 1) == NULL);
        EXPECT_EQUAL(reel_free(a, first, 4), REEL_OK);
        EXPECT_EQUAL(reel_rewindable_rewind(&the.rewindable), REEL_OK);
        unsigned char *const one = reel_allocate(a, 8, 8);
        unsigned char *const two = reel_allocate(a, 8, 8);
        one[7] = 'x';
        unsigned char *const moved = reel_reallocate(a, one, 8, 16, 1);
        EXPECT(moved == two + 8 && moved[7] == 'x');
        EXPECT_EQUAL(reel_free(a, two, 8), REEL_OK);
        EXPECT_EQUAL(reel_free(a, moved, 16), REEL_OK);
        EXPECT(reel_rewindable_is_valid(&the.rewindable));
        dispose_of_the_rewindable(frees == 1);
    }
}

static void the_hosts_malloc_serves_containers(void)
{
    const reel_allocator a = test_malloc();
    if (a.ops != reel_allocator_null().ops) {
        moves_what_is_not_aligned(a);
        serves_containers(a, 1000);
    }
}

// ---- over nestings three deep ------------------------------------------------------

static void a_region_on_a_pool_on_a_rewindable_serves_containers(void)
{
    const reel_allocator beneath =
        rewindable_on(fresh_arena(TEST_MEMORY), 640, true);
    serves_containers(region_on(beneath, 128, 2), 40);
    close_region();
    dispose_of_the_rewindable(true);
}

static void a_region_on_a_pool_on_blocks_serves_containers(void)
{
    const reel_allocator beneath = blocks_on(fresh_arena(TEST_MEMORY), 256, 7);
    serves_containers(region_on(beneath, 64, 4), 40);
    close_region();
    EXPECT_EQUAL(reel_blocks_count_used(&the.blocks), 0);
}

static void a_rewindable_on_a_pool_on_a_temp_serves_containers(void)
{
    for (int frees = 0; frees < 2; frees++) {
        const reel_allocator beneath = pool_on(fresh_temp(), 512, 1);
        const reel_allocator a = rewindable_on(beneath, 256, frees == 1);
        serves_containers(a, 32);
        dispose_of_the_rewindable(frees == 1);
        EXPECT_EQUAL(reel_pool_used_pages(&the.pool), 0);
    }
}

static void an_arena_in_a_region_on_a_pool_serves_containers(void)
{
    const reel_allocator beneath = region_on(fresh_temp(), 128, 2);
    const size_t size = 900;
    EXPECT_EQUAL(
        reel_arena_init(&the.arena, reel_allocate(beneath, size, 8), size),
        REEL_OK);
    serves_containers(reel_arena_allocator(&the.arena), 40);
    close_region();
}

const test_case containers_tests[] = {
    TEST(an_arena_serves_containers),
    TEST(a_temp_serves_containers),
    TEST(blocks_serve_containers),
    TEST(a_pool_serves_containers),
    TEST(a_region_serves_containers),
    TEST(a_rewindable_serves_containers),
    TEST(a_page_of_a_region_is_not_resized_by_itself),
    TEST(a_rewindables_last_block_grows_in_place),
    TEST(the_hosts_malloc_serves_containers),
    TEST(a_region_on_a_pool_on_a_rewindable_serves_containers),
    TEST(a_region_on_a_pool_on_blocks_serves_containers),
    TEST(a_rewindable_on_a_pool_on_a_temp_serves_containers),
    TEST(an_arena_in_a_region_on_a_pool_serves_containers),
    END_OF_TESTS,
};
