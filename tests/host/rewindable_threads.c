// SPDX-License-Identifier: MIT
// Threads on one rewindable that grows out of malloc, directly and through spans:
// no two blocks overlap, none is refused while another thread grows, a double free
// has one winner, and all is free in the end. A program of its own, natively and
// under ThreadSanitizer. TAP.

#include <stdatomic.h>
#include <stdlib.h>

#include "host/malloc.h"
#include "reel/span.h"
#include "threads.h"

#define THREADS    8
#define BLOCKS     (100000 / BY_SANITIZER) // of a thread
#define SLOTS      64
#define SPAN       500
#define DISPUTES   2000
#define TABLE      256
#define LARGEST    48
#define ALIGNMENTS 8 // 1 to 128

static reel_rewindable rewindable;
static reel_rewindable_chunk table[TABLE];

// What a thread has allocated.
typedef struct worker {
    unsigned char **blocks;
    size_t taken;
} worker;

static worker workers[THREADS];

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

static uint32_t number_in(size_t thread, size_t i)
{
    return (uint32_t)(thread * BLOCKS + i);
}

static unsigned char *take(test_thread *me, uint32_t number)
{
    const size_t align = (size_t)1 << test_below(&me->seed, ALIGNMENTS);
    unsigned char *const block =
        reel_rewindable_alloc(&rewindable, size_of(number), align);
    me->wrong += block == NULL || (uintptr_t)block % align != 0;
    return block;
}

// ---- allocation only ---------------------------------------------------------

static void take_blocks(test_thread *me)
{
    worker *const mine = &workers[me->number];
    for (mine->taken = 0; mine->taken < BLOCKS; mine->taken++) {
        const uint32_t number = number_in(me->number, mine->taken);
        unsigned char *const block = take(me, number);
        if (block == NULL) {
            break;
        }
        stamp(block, number);
        mine->blocks[mine->taken] = block;
    }
}

static size_t torn_blocks(void)
{
    size_t torn = 0;
    for (size_t t = 0; t < THREADS; t++) {
        const worker *const w = &workers[t];
        torn += BLOCKS - w->taken;
        for (size_t i = 0; i < w->taken; i++) {
            torn += !is_stamped(w->blocks[i], number_in(t, i));
        }
    }
    return torn;
}

// ---- freeing one's own and others' blocks ------------------------------------

static _Atomic(unsigned char *) slots[SLOTS];

// Returns how often something was wrong.
static size_t give(unsigned char *block)
{
    const uint32_t number = number_of(block);
    return (size_t)!is_stamped(block, number)
           + (reel_rewindable_free(&rewindable, block, size_of(number))
              != REEL_OK);
}

static void take_and_give(test_thread *me)
{
    for (size_t i = 0; i < BLOCKS; i++) {
        const uint32_t number = number_in(me->number, i);
        unsigned char *block = take(me, number);
        if (block == NULL) {
            break;
        }
        stamp(block, number);
        block = atomic_exchange(&slots[test_below(&me->seed, SLOTS)], block);
        me->wrong += block != NULL ? give(block) : 0;
    }
}

static size_t give_the_rest(void)
{
    size_t wrong = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        unsigned char *const block = atomic_exchange(&slots[i], NULL);
        wrong += block != NULL ? give(block) : 0;
    }
    return wrong;
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

static void free_the_same(test_thread *me)
{
    for (size_t round = 0; round < DISPUTES; round++) {
        if (threads_meet()) {
            take_disputed(round);
        }
        (void)threads_meet();
        const reel_status status =
            reel_rewindable_free(&rewindable, disputed, 8);
        atomic_fetch_add(&winners, status == REEL_OK);
        me->wrong += status != REEL_OK && status != REEL_DOUBLE_FREE;
        if (threads_meet()) {
            me->wrong += atomic_load(&winners) != 1;
            me->wrong +=
                beside != NULL
                && reel_rewindable_free(&rewindable, beside, 8) != REEL_OK;
        }
        (void)threads_meet();
    }
}

// ---- spans -------------------------------------------------------------------

// Of the present span alone: closing it may give its blocks to others.
static void check_since(test_thread *me, size_t first)
{
    const worker *const mine = &workers[me->number];
    for (size_t i = first; i < mine->taken; i++) {
        me->wrong += !is_stamped(mine->blocks[i], number_in(me->number, i));
    }
}

static void fill(test_thread *me, reel_span *span)
{
    worker *const mine = &workers[me->number];
    for (; mine->taken < BLOCKS; mine->taken++) {
        const uint32_t number = number_in(me->number, mine->taken);
        unsigned char *const block =
            reel_span_alloc(span, size_of(number), (size_t)1 << number % 4);
        if (block == NULL) {
            return;
        }
        stamp(block, number);
        mine->blocks[mine->taken] = block;
    }
}

static void cut_blocks(test_thread *me)
{
    worker *const mine = &workers[me->number];
    reel_span span;
    mine->taken = 0;
    while (mine->taken < BLOCKS
           && reel_span_open(&span, &rewindable, SPAN) == REEL_OK) {
        const size_t first = mine->taken;
        fill(me, &span);
        check_since(me, first);
        me->wrong += reel_span_close(&span) != REEL_OK;
    }
    me->wrong += mine->taken < BLOCKS;
}

// ---- all of it -----------------------------------------------------------------

static const char *title; // of the results

static void start(const char *what, size_t growth_limit, bool frees_blocks)
{
    const reel_rewindable_config config = { 64, growth_limit, 8, frees_blocks };
    title = what;
    RESULT(reel_rewindable_init(&rewindable, reel_host_malloc(), table, TABLE,
                                &config)
               == REEL_OK,
           "it starts with 64 bytes", title);
}

static void finish(void)
{
    RESULT(reel_rewindable_is_valid(&rewindable), "its bookkeeping is whole",
           title);
    RESULT(reel_rewindable_stats(&rewindable).failures == 0,
           "nothing was refused", title);
    test_note("chunks:", reel_rewindable_chunks(&rewindable));
    reel_rewindable_dispose(&rewindable);
}

static void finish_empty(void)
{
    RESULT(reel_rewindable_stats(&rewindable).used == 0, "all chunks are empty",
           title);
    finish();
}

static void check_allocation(void)
{
    start("8 threads allocate", (size_t)1 << 18, false);
    for (int round = 0; round < 2; round++) {
        RESULT(threads_run(THREADS, take_blocks) == 0,
               "every block is allocated, and aligned", title);
        RESULT(torn_blocks() == 0, "no two blocks overlap", title);
        reel_rewindable_rewind(&rewindable);
    }
    finish();
}

static void check_freeing(void)
{
    start("8 threads free blocks of each other", 2048, true);
    RESULT(threads_run(THREADS, take_and_give) == 0 && give_the_rest() == 0,
           "each block had one owner at a time", title);
    finish_empty();
    start("8 threads free the same block", 2048, true);
    RESULT(threads_run(THREADS, free_the_same) == 0, "exactly one of them wins",
           title);
    finish_empty();
}

static void check_spans(void)
{
    start("8 threads with spans", (size_t)1 << 18, false);
    RESULT(threads_run(THREADS, cut_blocks) == 0,
           "every block is allocated from a span", title);
    RESULT(torn_blocks() == 0, "no two blocks overlap", title);
    finish();
    start("8 threads with spans that are freed", 2048, true);
    RESULT(threads_run(THREADS, cut_blocks) == 0,
           "every block is allocated from a span", title);
    finish_empty();
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
    return tap_end() ? 0 : 1;
}
