// SPDX-License-Identifier: MIT
// Both cores claim all pages of a pool that grows under them, and then release all
// of them.

#include "both.h"
#include "checks.h"
#include "reel/pool.h"
#include "tap.h"

#define WORDS       4u // of a page
#define PAGE        (WORDS * sizeof(uint32_t))
#define CHUNK_PAGES 8u
#define CHUNKS      64u
#define PAGES       (CHUNKS * CHUNK_PAGES)
#define CHUNK_BYTES (CHUNK_PAGES * (PAGE + sizeof(reel_link)))

// Short rounds: it is at their beginnings that the cores meet for sure.
#define ROUNDS  32
#define MEETING 64u

static reel_pool pool;
static reel_pool_chunk chunks[CHUNKS];
static _Alignas(8) unsigned char memory[CHUNKS * CHUNK_BYTES];
static size_t wrong[2];

// ---- the backing, in plain variables -----------------------------------------

static uintptr_t inside; // how many are in it
static size_t given, taken_back;

static void *supply(void *self, size_t size, size_t align)
{
    (void)self, (void)align;
    wrong[both_who()] += __atomic_fetch_add(&inside, 1, __ATOMIC_RELAXED) != 0;
    void *const block = given + size <= sizeof memory ? memory + given : NULL;
    given += block != NULL ? size : 0;
    __atomic_fetch_sub(&inside, 1, __ATOMIC_RELAXED);
    return block;
}

static reel_status take_back(void *self, void *block, size_t size)
{
    (void)self, (void)block;
    taken_back += size;
    return REEL_OK;
}

static void start_pool(void)
{
    static const reel_allocator_ops ops = { .allocate = supply,
                                            .free = take_back };
    const reel_allocator backing = { &ops, NULL };
    given = taken_back = wrong[0] = wrong[1] = 0;
    EXPECT(
        reel_pool_init(&pool, backing, chunks, CHUNKS, PAGE, CHUNK_PAGES * PAGE)
        == REEL_OK);
}

static void expect_all_back(void)
{
    EXPECT(wrong[0] == 0 && wrong[1] == 0);
    EXPECT(reel_pool_is_valid(&pool));
    EXPECT(reel_pool_dispose(&pool) == REEL_OK);
    EXPECT(given == taken_back);
}

// ---- every page, by one of the two -------------------------------------------

static bool is_mine[2][PAGES]; // this core claimed it, or released it

static uint32_t *page(size_t i)
{
    const size_t offset =
        i / CHUNK_PAGES * CHUNK_BYTES + i % CHUNK_PAGES * PAGE;
    return (uint32_t *)(void *)(memory + offset);
}

static size_t number_of(const void *address)
{
    const size_t offset = (uintptr_t)address - (uintptr_t)memory;
    const size_t i =
        offset / CHUNK_BYTES * CHUNK_PAGES + offset % CHUNK_BYTES / PAGE;
    return i < PAGES && page(i) == address ? i : PAGES;
}

static void forget(void)
{
    for (size_t i = 0; i < PAGES; i++) {
        is_mine[0][i] = false;
        is_mine[1][i] = false;
    }
}

// How often the next page is another core's; each is expected to be one's.
static size_t count_changes(void)
{
    size_t changes = 0;
    for (size_t i = 0; i < PAGES; i++) {
        EXPECT(is_mine[0][i] != is_mine[1][i]);
        changes += i > 0 && is_mine[0][i] != is_mine[0][i - 1];
    }
    return changes;
}

// As its owner left it.
static void expect_stamps(void)
{
    for (size_t i = 0; i < PAGES; i++) {
        for (size_t at = 0; at < WORDS; at++) {
            EXPECT(page(i)[at] == 2 * i + is_mine[1][i]);
        }
    }
}

static void claim_all(size_t core)
{
    both_meet();
    uint32_t *words;
    while ((words = reel_pool_claim(&pool)) != NULL) {
        const size_t i = number_of(words);
        if (i == PAGES || is_mine[core][i]) {
            wrong[core]++;
            return;
        }
        is_mine[core][i] = true;
        for (size_t at = 0; at < WORDS; at++) {
            words[at] = (uint32_t)(2 * i + core);
        }
    }
}

// Both go the same way. Who comes second is refused, which is faster.
static void release_all(size_t core)
{
    for (size_t i = 0; i < PAGES; i++) {
        if (i % MEETING == 0) {
            both_meet();
        }
        const reel_status status = reel_pool_release(&pool, page(i));
        is_mine[core][i] = status == REEL_OK;
        wrong[core] += status != REEL_OK && status != REEL_DOUBLE_FREE;
    }
}

void a_pool_grows_for_one_core_at_a_time(void)
{
    size_t claims = 0, releases = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        start_pool();
        forget();
        both_run(claim_all);
        claims += count_changes();
        expect_stamps();
        EXPECT(reel_pool_chunks(&pool) == CHUNKS);
        EXPECT(reel_pool_used_pages(&pool) == PAGES);
        both_run(release_all);
        releases += count_changes();
        expect_all_back();
    }
    test_note("neighbours that went to different cores:", claims);
    test_note("times that the other core won the next page:", releases);
}
