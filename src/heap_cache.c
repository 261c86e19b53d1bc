// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_HEAP
#include "binding.h"
#include "heap_lists.h"
#include "reel/events.h"
#include "reel/heap_cache.h"

// A cached block is a used one to the heap, and nothing is written to it.

reel_status reel_heap_cache_init(reel_heap_cache *cache, reel_heap *heap,
                                 reel_heap_slot *slots, size_t capacity)
{
    if (cache == NULL || heap == NULL || slots == NULL || capacity == 0) {
        return REEL_INVALID;
    }
    for (size_t i = 0; i < capacity; i++) {
        // The rest of a slot is read only below its count.
        slots[i].count = 0;
    }
    cache->heap = heap;
    cache->slots = slots;
    cache->capacity = capacity;
    cache->entry = NULL;
    return REEL_OK;
}

// A live cache has a slot.
static bool cache_has_ended(const reel_heap_cache *cache)
{
    return cache->capacity == 0;
}

// Before the heap would refuse, it gets back what is cached: so a request that the two
// can serve together is never a refusal.
OUT_OF_LINE void flush_for(reel_heap_cache *cache, size_t size, size_t more)
{
    const size_t largest = reel_heap_largest_free(cache->heap);
    if (size > largest || more > largest - size) {
        (void)reel_heap_cache_flush(cache);
    }
}

ALWAYS_INLINE void make_room(reel_heap_cache *cache, size_t size, size_t align)
{
    const reel_heap *const heap = cache->heap;
    // A gap for the alignment may be as large as the mask. The frontier is
    // asked first: to look at the lists costs more, and most requests fit
    // above.
    const uintptr_t mask = mask_of(align);
    const size_t more = mask > heap->mask ? mask : 0;
    const size_t above = (heap->count - frontier_of(heap)) << heap->shift;
    const size_t taken = with_zone(at_least_1(size));
    if (taken > above || more > above - taken) {
        flush_for(cache, size, more);
    }
}

static IN_CALLER void *alloc_large(reel_heap_cache *cache, size_t size,
                                   size_t align WITH_CALLER)
{
    if (cache_has_ended(cache)) {
        // Its heap may be gone, too, so it is not asked.
        (void)HOLDS(false, REEL_STALE, KIND, cache->heap, caller);
        return NULL;
    }
    make_room(cache, size, align);
    return FROM(reel_heap_alloc)(cache->heap, size, align PASS_CALLER);
}

void *reel_heap_cache_alloc_slow(reel_heap_cache *cache, size_t size,
                                 size_t align)
{
    const reel_heap *const heap = cache->heap;
    const uintptr_t mask = mask_of(align);
    // If the size wraps, there are 0 granules, and i is above any capacity.
    const size_t i = granules_for(heap, at_least_1(size)) - 1;
    if (i < cache->capacity && mask <= heap->mask && (align & mask) == 0
        && cache->slots[i].count > 0) {
        reel_heap_slot *const slot = &cache->slots[i];
        void *const block = slot->blocks[--slot->count];
        const size_t bytes = (i + 1) << heap->shift;
        watch_alive((uintptr_t)block,
                    REEL_RED_ZONES ? at_least_1(size) : bytes);
        note_size((uintptr_t)block + bytes, at_least_1(size));
        REEL_REPORT(TAKE, HEAP, heap, block, bytes);
        return block;
    }
    return alloc_large(cache, size, align PASS_HERE);
}

static bool has_block(const reel_heap_slot *slot, const void *block)
{
    for (size_t i = 0; i < slot->count; i++) {
        if (slot->blocks[i] == block) {
            return true;
        }
    }
    return false;
}

OUT_OF_LINE reel_status free_into(reel_heap_cache *cache, void *block)
{
    reel_heap *const heap = cache->heap;
    const size_t first = index_of(heap, (uintptr_t)block);
    // Above the frontier the map is not cleared: its bits mean nothing.
    if (REEL_UNLIKELY(first >= frontier_of(heap))) {
        return reel_heap_blame(heap, block);
    }
    granule_bits at;
    bits_at(heap, first, &at);
    if (REEL_UNLIKELY((at.starts & ~at.edges & at.bit) == 0)) {
        return reel_heap_blame(heap, block);
    }
    const size_t n = length_from(at.cell, at.starts, first);
    reel_heap_slot *const slot = &cache->slots[n - 1];
    if (REEL_UNLIKELY(n > cache->capacity)) {
        return reel_heap_free(heap, block);
    }
    const size_t count = slot->count;
    // The map calls a cached block used. Release builds do not look for a
    // second free in the slot: each free would loop.
    if (REEL_OUT_OF_LINE && has_block(slot, block)) {
        return REEL_DOUBLE_FREE;
    }
    if (REEL_UNLIKELY(count == REEL_HEAP_CACHED)) {
        return reel_heap_free(heap, block);
    }
    watch_dead((uintptr_t)block, n << heap->shift);
    REEL_REPORT(PUT, HEAP, heap, block, n << heap->shift);
    slot->blocks[count] = block;
    slot->count = count + 1;
    return REEL_OK;
}

// Of an ended one the map may be gone.
reel_status reel_heap_cache_free(reel_heap_cache *cache, void *block)
{
    return REEL_UNLIKELY(cache_has_ended(cache)) ? REEL_STALE
                                                 : free_into(cache, block);
}

reel_status reel_heap_cache_flush(reel_heap_cache *cache)
{
    reel_status status = cache_has_ended(cache) ? REEL_STALE : REEL_OK;
    for (size_t i = 0; i < cache->capacity; i++) {
        reel_heap_slot *const slot = &cache->slots[i];
        while (slot->count > 0) {
            // Go on after a refusal: one bad block must not keep the others out
            // of use.
            void *const block = slot->blocks[--slot->count];
            const reel_status freed = reel_heap_free(cache->heap, block);
            status = freed != REEL_OK ? freed : status;
        }
    }
    return status;
}

// ---- lifetimes -----------------------------------------------------------------

// Without a slot nothing is cached, and nothing comes out.
static void end_cache(void *self)
{
    reel_heap_cache *const cache = self;
    *(volatile size_t *)&cache->capacity = 0;
    cache->entry = NULL;
}

static void *allocate(void *self, size_t size, size_t align)
{
    return reel_heap_cache_alloc(self, size, align);
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    reel_heap_cache *const cache = self;
    if (block == NULL || cache_has_ended(cache)) {
        return allocate(self, new_size, align);
    }
    // A block that does not grow stays where it is, so it needs no room.
    if (new_size > old_size) {
        make_room(cache, new_size, align);
    }
    return FROM(reel_heap_realloc)(cache->heap, block, new_size,
                                   align PASS_HERE);
}

static reel_status give_back(void *self, void *block, size_t size)
{
    (void)size;
    return reel_heap_cache_free(self, block);
}

reel_status reel_heap_cache_bind(reel_heap_cache *cache,
                                 reel_registry *registry, reel_handle parent)
{
    static const reel_allocator_ops ops = {
        .allocate = allocate,
        .reallocate = reallocate,
        .free = give_back,
        .end = end_cache,
    };
    if (cache == NULL) {
        return REEL_INVALID;
    }
    return reel_binding_start(&cache->entry, registry, &ops, cache,
                              parent.index, parent.version,
                              cache_has_ended(cache));
}

reel_handle reel_heap_cache_handle(const reel_heap_cache *cache)
{
    reel_handle handle;
    reel_binding_handle(cache->entry, cache, &handle);
    return handle;
}
