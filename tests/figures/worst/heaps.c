// SPDX-License-Identifier: MIT
// A heap, and a heap with a cache.

#include "calls.h"
#include "inlined.h"

#define SLOTS     8u  // of a cache
#define LIVE      24u // blocks
#define SIZE_MOST 256u
#define CLEARED   64u // the most bytes that a call clears or moves
#define QUEUED    8u  // the most blocks that one drain frees

static reel_heap heap;
static reel_heap_cache cache;
static unsigned queued;
static struct {
    word block;
    size_t size;
} live[LIVE];

static void empty_heap(void)
{
    queued = 0;
    for (size_t i = 0; i < LIVE; i++) {
        live[i].block = 0;
    }
}

void start_heap(void)
{
    must(reel_heap_init(&heap, calls_memory, CALLS_MEMORY) == REEL_OK);
    empty_heap();
}

static void drain(void)
{
    (void)CALL(reel_heap_drain, AT(&heap), QUEUED);
    queued = 0;
}

static void reset(void)
{
    must(STATUS(reel_heap_reset, AT(&heap)) == REEL_OK);
    empty_heap();
}

// ---- a heap ----------------------------------------------------------------

static void allocate(size_t i)
{
    if (random_below(4) != 0) {
        live[i].size = random_size(SIZE_MOST);
        live[i].block =
            CALL(reel_heap_alloc, AT(&heap), live[i].size, random_align());
    } else {
        live[i].size = random_size(CLEARED);
        live[i].block = CALL(reel_heap_alloc_zeroed, AT(&heap), live[i].size,
                             random_align());
    }
    must(is_ours(live[i].block, live[i].size));
}

static void resize(size_t i)
{
    const size_t size = random_size(CLEARED);
    if (live[i].size > CLEARED) {
        return;
    }
    const word block =
        CALL(reel_heap_realloc, AT(&heap), live[i].block, size, 8);
    must(is_ours(block, size));
    if (block != 0) {
        live[i].block = block;
        live[i].size = size;
    }
}

static void release(size_t i)
{
    const uint32_t chance = random_below(4);
    reel_status status;
    if (chance == 0 && queued < QUEUED) {
        status = STATUS(reel_heap_free_later, AT(&heap), live[i].block);
        queued++;
    } else if (chance == 1) {
        status = STATUS(reel_heap_free_sized, AT(&heap), live[i].block,
                        live[i].size);
    } else {
        status = STATUS(reel_heap_free, AT(&heap), live[i].block);
    }
    must(status == REEL_OK);
    live[i].block = 0;
}

void step_heap(void)
{
    const uint32_t chance = random_below(16);
    const size_t i = random_below(LIVE);
    if (chance == 0) {
        drain();
    } else if (chance == 1) {
        reset();
    } else if (live[i].block == 0) {
        allocate(i);
    } else if (chance < 5) {
        resize(i);
    } else if (chance < 7) {
        (void)CALL(reel_heap_usable_size, AT(&heap), live[i].block);
    } else {
        release(i);
    }
}

// ---- with a cache ----------------------------------------------------------

void start_heap_cache(void)
{
    static reel_heap_slot slots[SLOTS];
    start_heap();
    must(reel_heap_cache_init(&cache, &heap, slots, SLOTS) == REEL_OK);
}

void step_heap_cache(void)
{
    const size_t i = random_below(LIVE);
    if (random_below(8) == 0) {
        must(STATUS(reel_heap_cache_flush, AT(&cache)) == REEL_OK);
    } else if (live[i].block == 0) {
        live[i].size = random_size(SIZE_MOST);
        live[i].block = CALL_AS("reel_heap_cache_alloc", cached_alloc,
                                AT(&cache), live[i].size, 8);
        must(is_ours(live[i].block, live[i].size));
    } else {
        must(STATUS(reel_heap_cache_free, AT(&cache), live[i].block)
             == REEL_OK);
        live[i].block = 0;
    }
}
