// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_HEAP
#include "binding.h"
#include "heap_lists.h"
#include "reel/events.h"

STATIC_CHECK(sizeof(reel_heap_cell) == 2 * sizeof(uintptr_t));

// Bytes of heads and map, if there are n granules.
static size_t map_end(size_t n)
{
    return (bin_of(n) + 1) * sizeof(uintptr_t)
           + (n / WORD_BITS + 1) * sizeof(reel_heap_cell);
}

// Do n granules fit, and heads and map before them? Where does the first lie?
static bool fits(uintptr_t start, size_t size, size_t granule, size_t n,
                 size_t *before)
{
    const size_t end = map_end(n);
    // If the sum wraps, `end <= size` is false below, and the gap counts for
    // nothing.
    const size_t gap = gap_to(start + end, granule - 1);
    *before = end + gap;
    return end <= size && gap <= size - end
           && n <= (size - end - gap) >> log2_of(granule);
}

// The most that fit: from the highest bit of their number down.
static size_t most_granules(uintptr_t start, size_t size, size_t granule)
{
    // If n granules fit, fewer do. So this finds the most without a division.
    size_t n = 0, before;
    for (size_t bit = pow2_above(size >> log2_of(granule)); bit > 0;
         bit >>= 1) {
        if (fits(start, size, granule, n | bit, &before)) {
            n |= bit;
        }
    }
    return n;
}

// Everything is free. The buffer is not touched.
ALWAYS_INLINE void start_empty(reel_heap *heap)
{
    if (REEL_POISON || REEL_WATCH) {
        watch_dead(heap->base, heap->count << heap->shift);
    }
    // First: from now on each pointer is refused before the map is looked at.
    WRITE(heap->frontier, 0);
    // No cell is valid now: allocations clear them as the frontier rises.
    heap->cleared = 0;
    // Used is the peak less this: nothing.
    heap->below_peak = heap->peak;
    heap->pending = 0;
    heap->bins[0] = 0;
    heap->bins[1] = 0;
    heap->bins[2] = 0;
    heap->bins[3] = 0;
    // Blocks that other contexts freed are gone like all others. If they stayed
    // listed, a drain would free them again.
    store_relaxed(&heap->later, 0);
}

EXTERN_IN_CALLER reel_status reel_heap_init_granular(reel_heap *heap,
                                                     void *buffer, size_t size,
                                                     size_t granule)
{
    const uintptr_t start = (uintptr_t)buffer;
    const size_t gap = gap_to(start, sizeof(uintptr_t) - 1);
    // The smallest free block is a granule, and keeps two words.
    if (heap == NULL || buffer == NULL || !is_pow2(granule)
        || granule < REEL_HEAP_GRANULE || !is_below_top(start, size)
        || size <= gap) {
        return REEL_INVALID;
    }
    const size_t n = most_granules(start + gap, size - gap, granule);
    if (n == 0) {
        return REEL_INVALID;
    }
    size_t before;
    // Again, because the last call of the loop may have asked for more.
    (void)fits(start + gap, size - gap, granule, n, &before);
    heap->shift = log2_of(granule);
    heap->mask = granule - 1;
    heap->count = n;
    heap->heads = (uintptr_t *)(start + gap);
    heap->map = (reel_heap_cell *)(heap->heads + bin_of(n) + 1);
    heap->base = start + gap + before;
    // A word less than the buffer: is_inside() allows to read two words.
    heap->reach = before + (n << heap->shift) - sizeof(uintptr_t);
    heap->peak = 0;
    heap->below_peak = 0;
    heap->failures = 0;
    heap->largest_refused = 0;
    heap->entry = NULL;
    start_empty(heap);
    REEL_REPORT(DEFINE, HEAP, heap, heap->base, n << heap->shift);
    return REEL_OK;
}
ALSO_PLAIN(reel_heap_init_granular);

reel_status reel_heap_init(reel_heap *heap, void *buffer, size_t size)
{
    return reel_heap_init_granular(heap, buffer, size, REEL_HEAP_GRANULE);
}
ALSO_PLAIN(reel_heap_init);

OUT_OF_LINE reel_status reset_slowly(reel_heap *heap)
{
    const reel_status status =
        has_ended(heap) ? REEL_STALE : renew_binding(&heap->entry, heap);
    if (status == REEL_OK) {
        REEL_REPORT(RESET, HEAP, heap, heap->base,
                    heap->peak - heap->below_peak);
        start_empty(heap);
    }
    return status;
}

EXTERN_IN_CALLER reel_status reel_heap_reset(reel_heap *heap)
{
    if (REEL_UNLIKELY(heap->entry != NULL || has_ended(heap))) {
        return reset_slowly(heap);
    }
    REEL_REPORT(RESET, HEAP, heap, heap->base, heap->peak - heap->below_peak);
    start_empty(heap);
    return REEL_OK;
}

// ---- the allocator interface ---------------------------------------------------

static void *allocate(void *self, size_t size, size_t align)
{
    return FROM(reel_heap_alloc)(self, size, align PASS_HERE);
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    (void)old_size;
    return FROM(reel_heap_realloc)(self, block, new_size, align PASS_HERE);
}

// A block may be larger than its user says: a lock, which asks no backing in a
// handler, lets it shrink there without the heap.
static reel_status give_back(void *self, void *block, size_t size)
{
    reel_heap *const heap = self;
    const size_t first = index_of(heap, (uintptr_t)block);
    const bool is_too_large =
        is_used(heap, first)
        && at_least_1(size)
               > size_in((uintptr_t)block, reel_heap_used_length(heap, first)
                                               << heap->shift);
    return is_too_large ? REEL_INVALID : reel_heap_free(heap, block);
}

// Without a granule nothing is allocated, and below no frontier nothing is freed. A
// handler may call in between.
static void end(void *self)
{
    reel_heap *const heap = self;
    *(volatile size_t *)&heap->count = 0;
    store_relaxed(&heap->frontier, 0);
    heap->entry = NULL;
    // Before start_empty(), which copies it.
    heap->peak = 0;
    start_empty(heap);
    REEL_REPORT(END, HEAP, heap, 0, 0);
}

reel_allocator reel_heap_allocator(reel_heap *heap)
{
    static const reel_allocator_ops ops = {
        .allocate = allocate,
        .reallocate = reallocate,
        .free = give_back,
        .end = end,
    };
    const reel_allocator allocator = { &ops, heap };
    return allocator;
}

// ---- lifetimes -----------------------------------------------------------------

reel_status reel_heap_bind(reel_heap *heap, reel_registry *registry,
                           reel_handle parent)
{
    if (heap == NULL) {
        return REEL_INVALID;
    }
    const reel_allocator self = reel_heap_allocator(heap);
    return reel_binding_start(&heap->entry, registry, self.ops, self.self,
                              parent.index, parent.version, has_ended(heap));
}

reel_handle reel_heap_handle(const reel_heap *heap)
{
    reel_handle handle;
    reel_binding_handle(heap->entry, heap, &handle);
    return handle;
}

reel_status reel_heap_dispose(reel_heap *heap)
{
    if (has_ended(heap)) {
        return REEL_STALE;
    }
    if (end_binding(&heap->entry, heap) != REEL_OK) {
        return REEL_BUSY;
    }
    // The memory is the application's again, so a checker lets it in.
    watch_own(heap->base, heap->count << heap->shift);
    REEL_REPORT(END, HEAP, heap, 0, 0);
    return REEL_OK;
}
