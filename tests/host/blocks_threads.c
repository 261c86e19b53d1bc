// Threads on one block pool, directly and through caches: each block belongs to
// one thread at a time, a double free has one winner, and all blocks are there in
// the end. A program of its own, natively and under ThreadSanitizer. TAP.

#define _DEFAULT_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "reel/blocks.h"

#define THREADS    8
#define BLOCKS     64
#define HELD       6
#define SLOTS      16
#define QUEUE      128
#define OPERATIONS 1000000

typedef struct block {
    size_t owner; // plain: two owners at once are a data race
    size_t turn;
} block;

REEL_BLOCKS_DEFINE(pool, sizeof(block), BLOCKS);

static pthread_barrier_t gun;
static atomic_size_t wrong;
static int tests, failures;

static void result(int passed, const char *name)
{
    printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, name);
    failures += !passed;
}

static void run_threads(size_t count, void *(*work)(void *))
{
    pthread_t threads[THREADS];
    size_t numbers[THREADS];
    atomic_store(&wrong, 0);
    pthread_barrier_init(&gun, NULL, (unsigned)count);
    for (size_t t = 0; t < count; t++) {
        numbers[t] = t + 1;
        pthread_create(&threads[t], NULL, work, &numbers[t]);
    }
    for (size_t t = 0; t < count; t++) {
        pthread_join(threads[t], NULL);
    }
    pthread_barrier_destroy(&gun);
}

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
static void *take_and_give(void *argument)
{
    const size_t me = *(const size_t *)argument;
    block *held[HELD] = { NULL };
    size_t turns[HELD] = { 0 };
    uint32_t seed = (uint32_t)me;
    size_t bad = 0;
    pthread_barrier_wait(&gun);
    for (size_t i = 0; i < OPERATIONS; i++) {
        seed = seed * 1664525u + 1013904223u;
        const size_t slot = (seed >> 8) % HELD;
        if (held[slot] != NULL) {
            bad += !is_stamped(held[slot], me, turns[slot]);
            bad += reel_blocks_free(&pool, held[slot]) != REEL_OK;
            held[slot] = NULL;
        } else if ((held[slot] = reel_blocks_alloc(&pool)) != NULL) {
            turns[slot] = i;
            stamp(held[slot], me, i);
        }
    }
    for (size_t slot = 0; slot < HELD; slot++) {
        bad += held[slot] != NULL
               && reel_blocks_free(&pool, held[slot]) != REEL_OK;
    }
    atomic_fetch_add(&wrong, bad);
    return NULL;
}

// All threads free the same block at once: exactly one may win.
static block *disputed;
static atomic_size_t winners;

static void *free_the_same(void *argument)
{
    (void)argument;
    for (size_t i = 0; i < OPERATIONS / 500; i++) {
        if (pthread_barrier_wait(&gun) == PTHREAD_BARRIER_SERIAL_THREAD) {
            disputed = reel_blocks_alloc(&pool);
            atomic_store(&winners, 0);
        }
        pthread_barrier_wait(&gun);
        const reel_status status = reel_blocks_free(&pool, disputed);
        atomic_fetch_add(&winners, status == REEL_OK);
        atomic_fetch_add(&wrong,
                         status != REEL_OK && status != REEL_DOUBLE_FREE);
        pthread_barrier_wait(&gun);
        atomic_fetch_add(&wrong, atomic_load(&winners) != 1);
    }
    return NULL;
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

static void consume(reel_blocks_cache *cache)
{
    for (size_t i = 0; i < OPERATIONS / 4; i++) {
        block *b;
        while ((b = atomic_exchange(&queue[i % QUEUE], NULL)) == NULL) {
        }
        atomic_fetch_add(&wrong, !is_stamped(b, 1, i));
        atomic_fetch_add(&wrong, reel_blocks_cache_free(cache, b) != REEL_OK);
    }
}

static void *through_a_cache(void *argument)
{
    void *slots[SLOTS];
    reel_blocks_cache cache;
    reel_blocks_cache_init(&cache, &pool, slots, SLOTS);
    pthread_barrier_wait(&gun);
    if (*(const size_t *)argument == 1) {
        produce(&cache);
    } else {
        consume(&cache);
    }
    reel_blocks_cache_flush(&cache);
    return NULL;
}

static void check_pool(const char *what)
{
    printf("# %s\n", what);
    result(atomic_load(&wrong) == 0, "each block had one owner at a time");
    result(reel_blocks_count_used(&pool) == 0, "all blocks came back");
    result(reel_blocks_is_valid(&pool), "the list is whole");
}

int main(void)
{
    run_threads(THREADS, take_and_give);
    check_pool("8 threads take and give back");
    run_threads(THREADS, free_the_same);
    check_pool("8 threads free the same block");
    run_threads(2, through_a_cache);
    check_pool("a producer and a consumer with caches");
    printf("1..%d\n", tests);
    return failures != 0;
}
