// SPDX-License-Identifier: MIT
/// Inside heap.h: what REEL_HEAP_DEFINE expands to.

#ifndef REEL_DETAIL_HEAP_H
#define REEL_DETAIL_HEAP_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/detail/constants.h"
#include "reel/heap.h"

#ifdef __cplusplus
extern "C" {
#endif

#define REEL_HEAP_WORD_BITS_ (8 * sizeof(uintptr_t))

/// The granules that `bytes` take.
#define REEL_HEAP_COUNT_(bytes) \
    (((size_t)(bytes) + REEL_HEAP_GRANULE - 1) / REEL_HEAP_GRANULE)

/// The list that blocks of n granules belong to: see src/heap_map.h.
#define REEL_HEAP_LOG2_(n) REEL_WHICH_BIT_(REEL_ABOVE_(n) >> 1)
#define REEL_HEAP_BIN_(n)                                      \
    ((size_t)(n) < 4 ? ((size_t)(n) < 2 ? 0 : 2 * (size_t)(n)) \
                     : 4 * REEL_HEAP_LOG2_(n) - 4              \
                           + (4 * (size_t)(n) >> REEL_HEAP_LOG2_(n)))

/// Bytes of the heads, and of the map with them.
#define REEL_HEAP_HEADS_(count) \
    ((REEL_HEAP_BIN_(count) + 1) * sizeof(uintptr_t))
#define REEL_HEAP_MAP_END_(count) \
    (REEL_HEAP_HEADS_(count)      \
     + ((size_t)(count) / REEL_HEAP_WORD_BITS_ + 1) * sizeof(reel_heap_cell))

/// Bytes ahead of granule 0, in a buffer aligned to a granule.
#define REEL_HEAP_BEFORE_(count, granule) \
    ((REEL_HEAP_MAP_END_(count) + (granule)-1) & ~((size_t)(granule)-1))

/// The state of an empty heap of `count` granules.
#define REEL_HEAP_INITIAL_(memory, count, zero)                                \
    {                                                                          \
        REEL_WHICH_BIT_(REEL_HEAP_GRANULE), REEL_HEAP_GRANULE - 1, (count),    \
            REEL_ADDRESS(memory)                                               \
                + REEL_HEAP_BEFORE_(count, REEL_HEAP_GRANULE),                 \
            (reel_heap_cell *)(void *)((memory) + REEL_HEAP_HEADS_(count)),    \
            (uintptr_t *)(void *)(memory),                                     \
            REEL_HEAP_BEFORE_(count, REEL_HEAP_GRANULE)                        \
                + (count)*REEL_HEAP_GRANULE - sizeof(uintptr_t),               \
            { 0 }, 0, 0, REEL_ZERO_BY_OPTIONS, { 0, 0, 0, 0 }, { zero }, 0, 0, \
            0, NULL,                                                           \
    }

#define REEL_HEAP_DEFINE_(linkage, place, zero, name, bytes)                   \
    REEL_STATIC_ASSERT((bytes) > 0 && (bytes) <= SIZE_MAX / 4,                 \
                       "1 byte to a quarter of the address space");            \
    REEL_NAME_OPTIONS(name)                                                    \
    REEL_MEMORY_PLACE(place, name##_memory, REEL_HEAP_SIZE(bytes),             \
                      REEL_HEAP_GRANULE);                                      \
    linkage reel_heap name =                                                   \
        REEL_HEAP_INITIAL_(name##_memory, REEL_HEAP_COUNT_(bytes), zero)       \
            REEL_WATCH_MEMORY(name,                                            \
                              name##_memory                                    \
                                  + REEL_HEAP_BEFORE_(REEL_HEAP_COUNT_(bytes), \
                                                      REEL_HEAP_GRANULE),      \
                              REEL_HEAP_COUNT_(bytes) * REEL_HEAP_GRANULE,     \
                              &name.frontier.value, REEL_HEAP_GRANULE)         \
                REEL_ON_LIST(name, HEAP)

static inline size_t reel_heap_size(const reel_heap *heap)
{
    return heap->count << heap->shift;
}

static inline void reel_heap_begin_phase(reel_heap *heap)
{
    heap->peak -= heap->below_peak;
    heap->below_peak = 0;
    heap->failures = 0;
    heap->largest_refused = 0;
}

#ifdef __cplusplus
}
#endif

#endif
