// SPDX-License-Identifier: MIT
// Threads on one block pool, directly and through caches: each block belongs to
// one thread at a time, a double free has one winner, and all blocks are there in
// the end. A program of its own, natively and under ThreadSanitizer. TAP.

#include <stdatomic.h>

#include "reel/blocks_cache.h"
#include "threads.h"

#define THREADS    8
#define BLOCKS     64
#define HELD       6
#define SLOTS      16
#define QUEUE      128
#define OPERATIONS (1000000 / BY_SANITIZER)

typedef struct block {
    size_t owner; // plain: two owners at once are a data race
    size_t turn;
} block;

REEL_BLOCKS_DEFINE(pool, sizeof(block), BLOCKS);

static void stamp(block *b, size_t owner, size_t turn)
{
    b->owner = owner;
    b->turn = turn;
}

static int is_stamped(const block *b, size_t owner, size_t turn)
{
    return b->owner == owner && b->turn == turn;
}

// Hold a few blocks, give back one at random, take another.
static void take_and_give(test_thread *me)
{
    block *held[HELD] = { NULL };
    size_t turns[HELD] = { 0 };
    for (size_t i = 0; i < OPERATIONS; i++) {
        const size_t slot = test_below(&me->seed, HELD);
        if (held[slot] != NULL) {
            me->wrong += !is_stamped(held[slot], me->number, turns[slot]);
            me->wrong += reel_blocks_free(&pool, held[slot]) != REEL_OK;
            held[slot] = NULL;
        } else if ((held[slot] = reel_blocks_alloc(&pool)) != NULL) {
            turns[slot] = i;
            stamp(held[slot], me->number, i);
        }
    }
    for (size_t slot = 0; slot < HELD; slot++) {
        me->wrong += held[slot] != NULL
                     && reel_blocks_free(&pool, held[slot]) != REEL_OK;
    }
}

// All threads free the same block at once: exactly one may win.
static block *disputed;
static atomic_size_t winners;

static void free_the_same(test_thread *me)
{
    for (size_t i = 0; i < OPERATIONS / 500; i++) {
        if (threads_meet()) {
            disputed = reel_blocks_alloc(&pool);
            atomic_store(&winners, 0);
        }
        (void)threads_meet();
        const reel_status status = reel_blocks_free(&pool, disputed);
        atomic_fetch_add(&winners, status == REEL_OK);
        me->wrong += status != REEL_OK && status != REEL_DOUBLE_FREE;
        (void)threads_meet();
        me->wrong += atomic_load(&winners) != 1;
    }
}

// One thread takes and hands over, the other one gives back, each with a cache.
static _Atomic(block *) queue[QUEUE];

static void produce(reel_blocks_cache *cache)
{
    for (size_t i = 0; i < OPERATIONS / 4; i++) {
        block *b;
        while ((b = reel_blocks_cache_alloc(cache)) == NULL) {
        }
        stamp(b, 1, i);
        while (atomic_load(&queue[i % QUEUE]) != NULL) {
        }
        atomic_store(&queue[i % QUEUE], b);
    }
}

static void consume(test_thread *me, reel_blocks_cache *cache)
{
    for (size_t i = 0; i < OPERATIONS / 4; i++) {
        block *b;
        while ((b = atomic_exchange(&queue[i % QUEUE], NULL)) == NULL) {
        }
        me->wrong += !is_stamped(b, 1, i);
        me->wrong += reel_blocks_cache_free(cache, b) != REEL_OK;
    }
}

static void through_a_cache(test_thread *me)
{
    void *slots[SLOTS];
    reel_blocks_cache cache;
    reel_blocks_cache_init(&cache, &pool, slots, SLOTS);
    if (me->number == 0) {
        produce(&cache);
    } else {
        consume(me, &cache);
    }
    reel_blocks_cache_flush(&cache);
}

static void check(const char *what, size_t threads,
                  void (*work)(test_thread *me))
{
    RESULT(threads_run(threads, work) == 0,
           "each block had one owner at a time", what);
    RESULT(reel_blocks_count_used(&pool) == 0, "all blocks came back", what);
    RESULT(reel_blocks_is_valid(&pool), "the list is whole", what);
}

int main(void)
{
    check("8 threads take and give back", THREADS, take_and_give);
    check("8 threads free the same block", THREADS, free_the_same);
    check("a producer and a consumer with caches", 2, through_a_cache);
    return tap_end() ? 0 : 1;
}
