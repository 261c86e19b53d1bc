// SPDX-License-Identifier: MIT
// Core 0 owns a heap. It hands blocks to core 1 through a mailbox, and core 1 frees them
// for later, while core 0 allocates others, frees some itself, and drains.

#include "reel/heap.h"
#include "both.h"
#include "checks.h"
#include "tap.h"

#define MEMORY 65536
#define TURNS  40000
#define MOST   96 // bytes of a block
#define LIVE   64 // blocks of the owner at one time

static _Alignas(16) unsigned char memory[MEMORY];
static reel_heap heap;
static unsigned char *mailbox;                // a block for core 1; NULL: empty
static unsigned char *const nothing = memory; // the last one was handed over
static size_t handed, taken_over, wrong, met;

static uint32_t seed;

static size_t below(size_t limit)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % limit;
}

// The first byte says how long a block is, and all others repeat it.
static unsigned char *make(void)
{
    const size_t size = 1 + below(MOST);
    unsigned char *const block = reel_heap_alloc(&heap, size, 1);
    for (size_t i = 0; block != NULL && i < size; i++) {
        block[i] = (unsigned char)size;
    }
    return block;
}

static bool is_whole(const unsigned char *block)
{
    const size_t size = block[0];
    size_t i = 0;
    while (i < size && block[i] == size) {
        i++;
    }
    return size > 0 && size <= MOST && i == size;
}

// Core 1.
static void free_what_comes(void)
{
    unsigned char *block;
    do {
        block = __atomic_load_n(&mailbox, __ATOMIC_ACQUIRE);
        if (block != NULL && block != nothing) {
            wrong += !is_whole(block);
            __atomic_store_n(&mailbox, NULL, __ATOMIC_RELEASE);
            wrong += reel_heap_free_later(&heap, block) != REEL_OK;
            taken_over++;
        }
    } while (block != nothing);
}

static void hand_over(unsigned char *block)
{
    while (__atomic_load_n(&mailbox, __ATOMIC_ACQUIRE) != NULL) {
        met += reel_heap_drain(&heap, 1);
    }
    __atomic_store_n(&mailbox, block, __ATOMIC_RELEASE);
}

static void own(void)
{
    static unsigned char *live[LIVE];
    for (size_t turn = 0; turn < TURNS; turn++) {
        unsigned char **const one = &live[below(LIVE)];
        if (*one == NULL) {
            *one = make();
        } else if (below(2) == 0) {
            wrong += !is_whole(*one);
            wrong += reel_heap_free(&heap, *one) != REEL_OK;
            *one = NULL;
        } else {
            hand_over(*one);
            handed++;
            *one = NULL;
        }
        if (below(4) == 0) {
            met += reel_heap_drain(&heap, 2);
        }
    }
    hand_over(nothing);
    for (size_t i = 0; i < LIVE; i++) {
        wrong += live[i] != NULL && reel_heap_free(&heap, live[i]) != REEL_OK;
    }
}

static void work(size_t core)
{
    both_meet();
    if (core == 0) {
        own();
    } else {
        free_what_comes();
    }
}

void a_heap_takes_back_what_another_core_frees(void)
{
    seed = 1;
    EXPECT(reel_heap_init(&heap, memory, MEMORY) == REEL_OK);
    both_run(work);
    test_note("blocks that core 1 freed:", taken_over);
    test_note("of them drained while it did:", met);
    EXPECT(wrong == 0 && handed == taken_over && handed > TURNS / 10);
    EXPECT(met > 0);
    (void)reel_heap_drain(&heap, SIZE_MAX);
    EXPECT(reel_heap_stats(&heap).used == 0);
    EXPECT(reel_heap_is_valid(&heap));
}
