// SPDX-License-Identifier: MIT
/// Inside heap_cache.h: its inline function and the slow half.

#ifndef REEL_DETAIL_HEAP_CACHE_H
#define REEL_DETAIL_HEAP_CACHE_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/heap_cache.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The slow half of the function below: any size and alignment, an empty slot.
void *reel_heap_cache_alloc_slow(reel_heap_cache *cache, size_t size,
                                 size_t align);

static inline REEL_SEEN_THROUGH void *
reel_heap_cache_alloc(reel_heap_cache *cache, size_t size, size_t align)
{
    const size_t i = (size - 1) >> cache->heap->shift;
    if (REEL_UNLIKELY(i >= cache->capacity || align > REEL_HEAP_GRANULE
                      || (align & (align - 1)) != 0 || REEL_OUT_OF_LINE
                      || REEL_ALIGN_DEFAULT > REEL_HEAP_GRANULE)) {
        return reel_heap_cache_alloc_slow(cache, size, align);
    }
    reel_heap_slot *const slot = &cache->slots[i];
    const size_t count = slot->count;
    if (REEL_UNLIKELY(count == 0)) {
        return reel_heap_cache_alloc_slow(cache, size, align);
    }
    slot->count = count - 1;
    return slot->blocks[count - 1];
}

#ifdef __cplusplus
}
#endif

#endif
