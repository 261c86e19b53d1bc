// SPDX-License-Identifier: MIT
// A heap's calls one by one; traces (tests/figures/traces) have them in sequences.

#include "counts.h"

#include "reel/heap_cache.h"

static reel_heap heap;
static reel_heap_cache cache;
static reel_heap_slot slots[8];
static _Alignas(64) unsigned char memory[2048];
static void *blocks[8];

static void start(void)
{
    (void)reel_heap_init(&heap, memory, sizeof memory);
    for (size_t i = 0; i < 8; i++) {
        blocks[i] = reel_heap_alloc(&heap, 40, 0);
    }
}

static void give(size_t i)
{
    must(reel_heap_free(&heap, blocks[i]) == REEL_OK);
}

// What is inlined, as a call.
static void *cached_alloc(size_t size)
{
    return reel_heap_cache_alloc(&cache, size, 0);
}

void count_heap(void)
{
    start();
    COUNT("heap_alloc_fresh", reel_heap_alloc, &heap, 40, 0, 0);
    COUNT("heap_alloc_refused", reel_heap_alloc, &heap, 4000, 0, 0);
    COUNT("heap_usable_size", reel_heap_usable_size, &heap, blocks[0], 0, 0);
    COUNT("heap_free_joining_none", reel_heap_free, &heap, blocks[1], 0, 0);
    COUNT("heap_free_twice", reel_heap_free, &heap, blocks[1], 0, 0);
    COUNT("heap_alloc_exact", reel_heap_alloc, &heap, 40, 0, 0);
    give(1);
    COUNT("heap_alloc_part", reel_heap_alloc, &heap, 16, 0, 0);
    give(3);
    give(5);
    COUNT("heap_free_joining_two", reel_heap_free, &heap, blocks[4], 0, 0);
    COUNT("heap_free_later", reel_heap_free_later, &heap, blocks[6], 0, 0);
    COUNT("heap_drain_one", reel_heap_drain, &heap, 1, 0, 0);
    COUNT("heap_drain_none", reel_heap_drain, &heap, 1, 0, 0);
    COUNT("heap_largest_free", reel_heap_largest_free, &heap, 0, 0, 0);
    start();
    (void)reel_heap_cache_init(&cache, &heap, slots, 8);
    COUNT("heap_cache_free", reel_heap_cache_free, &cache, blocks[2], 0, 0);
    COUNT("heap_cache_alloc", cached_alloc, 40, 0, 0, 0);
    COUNT("heap_reset", reel_heap_reset, &heap, 0, 0, 0);
}
