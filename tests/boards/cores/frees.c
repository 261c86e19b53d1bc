// SPDX-License-Identifier: MIT
// Both cores take all blocks of a pool and then free all of them; and one core
// takes what the other one gives back.

#include "both.h"
#include "checks.h"
#include "reel/blocks_cache.h"
#include "tap.h"

// Long rounds: where the emulator's threads share one processor of its host,
// the cores meet about once in each time that the host lets one thread run.
#define BLOCKS 32768
#define ROUNDS 8

#define SLOTS     8
#define QUEUE     256
#define WANDERING 256 // blocks
#define PASSED    20000u

typedef struct block {
    size_t number;
    size_t complement;
} block;

#define BUFFER REEL_BLOCKS_SIZE(sizeof(block), BLOCKS)

static reel_blocks pool;
static _Alignas(8) unsigned char buffer[BUFFER];
static size_t wrong[2];

static void start_pool(size_t count)
{
    EXPECT(reel_blocks_init(&pool, buffer, sizeof buffer, sizeof(block), count)
           == REEL_OK);
}

static void expect_all_back(void)
{
    EXPECT(wrong[0] == 0 && wrong[1] == 0);
    EXPECT(reel_blocks_count_used(&pool) == 0);
    EXPECT(reel_blocks_is_valid(&pool));
}

// ---- every block, by one of the two -----------------------------------------

static bool is_mine[2][BLOCKS]; // this core took it, or freed it

static void forget(void)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        is_mine[0][i] = false;
        is_mine[1][i] = false;
    }
}

// How often the next block is another core's; each is expected to be one's.
static size_t count_changes(void)
{
    size_t changes = 0;
    for (size_t i = 0; i < BLOCKS; i++) {
        EXPECT(is_mine[0][i] != is_mine[1][i]);
        changes += i > 0 && is_mine[0][i] != is_mine[0][i - 1];
    }
    return changes;
}

static void take_all(size_t core)
{
    both_meet();
    void *b;
    while ((b = reel_blocks_alloc(&pool)) != NULL) {
        const size_t i = reel_blocks_index(&pool, b);
        wrong[core] += is_mine[core][i];
        is_mine[core][i] = true;
    }
}

static void free_all(size_t core)
{
    both_meet();
    for (size_t i = 0; i < BLOCKS; i++) {
        const reel_status status =
            reel_blocks_free(&pool, buffer + i * sizeof(block));
        is_mine[core][i] = status == REEL_OK;
        wrong[core] += status != REEL_OK && status != REEL_DOUBLE_FREE;
    }
}

void each_fresh_block_goes_to_one_core(void)
{
    size_t changes = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        start_pool(BLOCKS);
        forget();
        both_run(take_all);
        changes += count_changes();
        EXPECT(reel_blocks_peak(&pool) == BLOCKS);
        EXPECT(reel_blocks_count_used(&pool) == BLOCKS);
    }
    EXPECT(wrong[0] == 0 && wrong[1] == 0);
    test_note("neighbours that went to different cores:", changes);
}

static void take_them(void)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        EXPECT(reel_blocks_alloc(&pool) != NULL);
    }
}

// Both go the same way. Who comes second is refused, which is faster: so he
// catches up, and they meet at one block.
void of_two_that_free_a_block_one_wins(void)
{
    size_t changes = 0;
    start_pool(BLOCKS);
    for (size_t round = 0; round < ROUNDS; round++) {
        take_them();
        both_run(free_all);
        changes += count_changes();
        expect_all_back();
    }
    test_note("times that the other core won the next block:", changes);
}

// ---- from one core to the other ---------------------------------------------

static block *queue[QUEUE];

static block *take_cached(reel_blocks_cache *cache)
{
    block *b;
    do {
        b = reel_blocks_cache_alloc(cache);
    } while (b == NULL);
    return b;
}

static void pass_on(reel_blocks_cache *cache)
{
    for (size_t i = 0; i < PASSED; i++) {
        block *const b = take_cached(cache);
        b->number = i;
        b->complement = ~i;
        block **const place = &queue[i % QUEUE];
        while (__atomic_load_n(place, __ATOMIC_ACQUIRE) != NULL) {
        }
        __atomic_store_n(place, b, __ATOMIC_RELEASE);
    }
}

static void give_back(reel_blocks_cache *cache)
{
    for (size_t i = 0; i < PASSED; i++) {
        block **const place = &queue[i % QUEUE];
        block *b;
        do {
            b = __atomic_load_n(place, __ATOMIC_ACQUIRE);
        } while (b == NULL);
        __atomic_store_n(place, NULL, __ATOMIC_RELEASE);
        wrong[1] += b->number != i || b->complement != ~i;
        wrong[1] += reel_blocks_cache_free(cache, b) != REEL_OK;
    }
}

static void work_with_cache(size_t core)
{
    void *slots[SLOTS];
    reel_blocks_cache cache;
    wrong[core] +=
        reel_blocks_cache_init(&cache, &pool, slots, SLOTS) != REEL_OK;
    both_meet();
    if (core == 0) {
        pass_on(&cache);
    } else {
        give_back(&cache);
    }
    reel_blocks_cache_flush(&cache);
}

// Fewer blocks than are passed on: they come round again and again.
void blocks_wander_through_caches(void)
{
    start_pool(WANDERING);
    both_run(work_with_cache);
    expect_all_back();
}
