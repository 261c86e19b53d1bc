// SPDX-License-Identifier: MIT
// reel's contestants: a heap, and a heap with a cache of small blocks before it.

#include "reel/heap_cache.h"
#include "contestant.h"

#define SLOTS 16

static _Alignas(64) unsigned char memory[TRACE_HEAP];
static reel_heap heap;
static reel_heap_cache cache;
static reel_heap_slot slots[SLOTS];

static void start_heap(void)
{
    (void)reel_heap_init(&heap, memory, sizeof memory);
}

static void start_cache(void)
{
    start_heap();
    (void)reel_heap_cache_init(&cache, &heap, slots, SLOTS);
}

// What is inlined, as calls.
static void *cached_alloc(reel_heap_cache *from, size_t size, size_t align)
{
    return reel_heap_cache_alloc(from, size, align);
}

static void *cached_realloc(reel_heap_cache *from, void *block, size_t size,
                            size_t align)
{
    return reel_heap_realloc(from->heap, block, size, align);
}

#define ADDRESS(what) ((uintptr_t)(what))

const contestant contestants[] = {
    { "heap", start_heap, ADDRESS(&heap), ADDRESS(reel_heap_alloc),
      ADDRESS(reel_heap_realloc), ADDRESS(reel_heap_free) },
    { "cache", start_cache, ADDRESS(&cache), ADDRESS(cached_alloc),
      ADDRESS(cached_realloc), ADDRESS(reel_heap_cache_free) },
};
const size_t contestant_count = sizeof contestants / sizeof contestants[0];
