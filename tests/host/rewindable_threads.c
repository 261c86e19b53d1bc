// Threads on one rewindable that grows out of malloc, directly and through spans:
// no two blocks overlap, none is refused while another thread grows, a double free
// has one winner, and all is free in the end. A program of its own, natively and
// under ThreadSanitizer. TAP.

#define _DEFAULT_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/malloc.h"
#include "reel/span.h"

#define THREADS    8
#define BLOCKS     100000 // of a thread
#define SLOTS      64
#define SPAN       500
#define DISPUTES   2000
#define TABLE      256
#define LARGEST    48
#define ALIGNMENTS 8 // 1 to 128

static reel_rewindable rewindable;
static reel_rewindable_chunk table[TABLE];
static pthread_barrier_t gun;
static atomic_size_t wrong;
static int tests, failures;

static void result(int passed, const char *name)
{
    printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, name);
    failures += !passed;
}

typedef struct worker {
    pthread_t thread;
    uint32_t seed;
    unsigned char **blocks;
    size_t taken;
} worker;

static worker workers[THREADS];

static void run_threads(void *(*work)(void *))
{
    atomic_store(&wrong, 0);
    pthread_barrier_init(&gun, NULL, THREADS);
    for (size_t t = 0; t < THREADS; t++) {
        workers[t].seed = (uint32_t)t + 1;
        workers[t].taken = 0;
        pthread_create(&workers[t].thread, NULL, work, &workers[t]);
    }
    for (size_t t = 0; t < THREADS; t++) {
        pthread_join(workers[t].thread, NULL);
    }
    pthread_barrier_destroy(&gun);
}

static uint32_t random_of(worker *me)
{
    me->seed = me->seed * 1664525u + 1013904223u;
    return me->seed >> 8;
}

// ---- blocks ------------------------------------------------------------------
//
// A block says how long it is and whose number it is, all plain memory: two who
// have the same bytes at once are a data race, and leave the wrong number.

static size_t size_of(size_t number)
{
    return 1 + sizeof(uint32_t) + number % LARGEST;
}

static void stamp(unsigned char *block, uint32_t number)
{
    for (size_t i = 0; i < sizeof number; i++) {
        block[i] = (unsigned char)(number >> (8 * i));
    }
    for (size_t i = sizeof number; i < size_of(number); i++) {
        block[i] = (unsigned char)(number ^ number >> 8 ^ i);
    }
}

static uint32_t number_of(const unsigned char *block)
{
    uint32_t number = 0;
    for (size_t i = sizeof number; i > 0; i--) {
        number = number << 8 | block[i - 1];
    }
    return number;
}

static int is_stamped(const unsigned char *block, uint32_t number)
{
    size_t i = sizeof number;
    while (i < size_of(number)
           && block[i] == (unsigned char)(number ^ number >> 8 ^ i)) {
        i++;
    }
    return number_of(block) == number && i == size_of(number);
}

static uint32_t number_in(const worker *me, size_t i)
{
    return (uint32_t)((size_t)(me - workers) * BLOCKS + i);
}

static unsigned char *take(worker *me, uint32_t number)
{
    const size_t align = (size_t)1 << random_of(me) % ALIGNMENTS;
    unsigned char *const block =
        reel_rewindable_alloc(&rewindable, size_of(number), align);
    if (block == NULL || (uintptr_t)block % align != 0) {
        atomic_fetch_add(&wrong, 1);
    }
    return block;
}

// ---- allocation only ---------------------------------------------------------

static void *take_blocks(void *argument)
{
    worker *const me = argument;
    pthread_barrier_wait(&gun);
    for (; me->taken < BLOCKS; me->taken++) {
        const uint32_t number = number_in(me, me->taken);
        unsigned char *const block = take(me, number);
        if (block == NULL) {
            break;
        }
        stamp(block, number);
        me->blocks[me->taken] = block;
    }
    return NULL;
}

static size_t torn_blocks(void)
{
    size_t torn = 0;
    for (size_t t = 0; t < THREADS; t++) {
        const worker *const w = &workers[t];
        torn += BLOCKS - w->taken;
        for (size_t i = 0; i < w->taken; i++) {
            torn += !is_stamped(w->blocks[i], number_in(w, i));
        }
    }
    return torn;
}

// ---- freeing one's own and others' blocks ------------------------------------

static _Atomic(unsigned char *) slots[SLOTS];

static void give(unsigned char *block)
{
    const uint32_t number = number_of(block);
    atomic_fetch_add(&wrong, !is_stamped(block, number));
    atomic_fetch_add(&wrong,
                     reel_rewindable_free(&rewindable, block, size_of(number))
                         != REEL_OK);
}

static void *take_and_give(void *argument)
{
    worker *const me = argument;
    pthread_barrier_wait(&gun);
    for (size_t i = 0; i < BLOCKS; i++) {
        const uint32_t number = number_in(me, i);
        unsigned char *block = take(me, number);
        if (block == NULL) {
            break;
        }
        stamp(block, number);
        block = atomic_exchange(&slots[random_of(me) % SLOTS], block);
        if (block != NULL) {
            give(block);
        }
    }
    return NULL;
}

static void give_the_rest(void)
{
    for (size_t i = 0; i < SLOTS; i++) {
        unsigned char *const block = atomic_exchange(&slots[i], NULL);
        if (block != NULL) {
            give(block);
        }
    }
}

// All threads free the same block at once: exactly one may win. In every other
// round it is alone in its chunk, which then starts over.
static unsigned char *disputed, *beside;
static atomic_size_t winners;

static void take_disputed(size_t round)
{
    beside = round % 2 == 0 ? reel_rewindable_alloc(&rewindable, 8, 1) : NULL;
    disputed = reel_rewindable_alloc(&rewindable, 8, 1);
    atomic_store(&winners, 0);
}

static void *free_the_same(void *argument)
{
    (void)argument;
    for (size_t round = 0; round < DISPUTES; round++) {
        if (pthread_barrier_wait(&gun) == PTHREAD_BARRIER_SERIAL_THREAD) {
            take_disputed(round);
        }
        pthread_barrier_wait(&gun);
        const reel_status status =
            reel_rewindable_free(&rewindable, disputed, 8);
        atomic_fetch_add(&winners, status == REEL_OK);
        atomic_fetch_add(&wrong,
                         status != REEL_OK && status != REEL_DOUBLE_FREE);
        if (pthread_barrier_wait(&gun) == PTHREAD_BARRIER_SERIAL_THREAD) {
            atomic_fetch_add(&wrong, atomic_load(&winners) != 1);
            atomic_fetch_add(&wrong,
                             beside != NULL
                                 && reel_rewindable_free(&rewindable, beside, 8)
                                        != REEL_OK);
        }
        pthread_barrier_wait(&gun);
    }
    return NULL;
}

// ---- spans -------------------------------------------------------------------

// Of the present span alone: closing it may give its blocks to others.
static void check_since(const worker *me, size_t first)
{
    for (size_t i = first; i < me->taken; i++) {
        atomic_fetch_add(&wrong, !is_stamped(me->blocks[i], number_in(me, i)));
    }
}

static void *cut_blocks(void *argument)
{
    worker *const me = argument;
    reel_span span;
    pthread_barrier_wait(&gun);
    while (me->taken < BLOCKS) {
        const size_t first = me->taken;
        if (reel_span_open(&span, &rewindable, SPAN) != REEL_OK) {
            break;
        }
        for (; me->taken < BLOCKS; me->taken++) {
            const uint32_t number = number_in(me, me->taken);
            unsigned char *const block = reel_span_alloc(
                &span, size_of(number), (size_t)1 << number % 4);
            if (block == NULL) {
                break;
            }
            stamp(block, number);
            me->blocks[me->taken] = block;
        }
        check_since(me, first);
        atomic_fetch_add(&wrong, reel_span_close(&span) != REEL_OK);
    }
    atomic_fetch_add(&wrong, me->taken < BLOCKS);
    return NULL;
}

// ---- all of it -----------------------------------------------------------------

static void start(size_t growth_limit, bool frees_blocks)
{
    const reel_rewindable_config config = { 64, growth_limit, 8, frees_blocks };
    result(reel_rewindable_init(&rewindable, reel_host_malloc(), table, TABLE,
                                &config)
               == REEL_OK,
           "it starts with 64 bytes");
}

static void finish(void)
{
    result(reel_rewindable_is_valid(&rewindable), "its bookkeeping is whole");
    result(reel_rewindable_stats(&rewindable).failures == 0,
           "nothing was refused");
    printf("# %zu chunks\n", reel_rewindable_chunks(&rewindable));
    reel_rewindable_dispose(&rewindable);
}

static void check_allocation(void)
{
    puts("# 8 threads allocate");
    start((size_t)1 << 18, false);
    for (int round = 0; round < 2; round++) {
        run_threads(take_blocks);
        result(atomic_load(&wrong) == 0, "every block is had, and aligned");
        result(torn_blocks() == 0, "no two blocks overlap");
        reel_rewindable_rewind(&rewindable);
    }
    finish();
}

static void check_freeing(void)
{
    puts("# 8 threads free blocks of each other");
    start(2048, true);
    run_threads(take_and_give);
    give_the_rest();
    result(atomic_load(&wrong) == 0, "each block had one owner at a time");
    result(reel_rewindable_stats(&rewindable).used == 0,
           "all chunks are empty");
    finish();
    puts("# 8 threads free the same block");
    start(2048, true);
    run_threads(free_the_same);
    result(atomic_load(&wrong) == 0, "exactly one of them wins");
    result(reel_rewindable_stats(&rewindable).used == 0,
           "all chunks are empty");
    finish();
}

static void check_spans(void)
{
    puts("# 8 threads with spans");
    start((size_t)1 << 18, false);
    run_threads(cut_blocks);
    result(atomic_load(&wrong) == 0, "every block is had from a span");
    result(torn_blocks() == 0, "no two blocks overlap");
    finish();
    puts("# 8 threads with spans that are freed");
    start(2048, true);
    run_threads(cut_blocks);
    result(atomic_load(&wrong) == 0, "every block is had from a span");
    result(reel_rewindable_stats(&rewindable).used == 0,
           "all chunks are empty");
    finish();
}

int main(void)
{
    for (size_t t = 0; t < THREADS; t++) {
        workers[t].blocks = calloc(BLOCKS, sizeof workers[t].blocks[0]);
    }
    check_allocation();
    check_freeing();
    check_spans();
    for (size_t t = 0; t < THREADS; t++) {
        free(workers[t].blocks);
    }
    printf("1..%d\n", tests);
    return failures != 0;
}
