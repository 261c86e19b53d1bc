// SPDX-License-Identifier: MIT
/// Inside allocator.h: which function REEL_NEW calls for which owner.

#ifndef REEL_DETAIL_ALLOCATOR_H
#define REEL_DETAIL_ALLOCATOR_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

struct reel_arena;
struct reel_temp;
struct reel_heap;
struct reel_rewindable;
struct reel_span;
struct reel_region;
struct reel_blocks;
struct reel_pool;

/// The headers of the owners describe these.
void *reel_arena_alloc(struct reel_arena *, size_t size, size_t align);
void *reel_temp_alloc(struct reel_temp *, size_t size, size_t align);
void *reel_heap_alloc(struct reel_heap *, size_t size, size_t align);
void *reel_rewindable_alloc(struct reel_rewindable *, size_t size,
                            size_t align);
void *reel_span_alloc(struct reel_span *, size_t size, size_t align);
void *reel_region_alloc(struct reel_region *, size_t size, size_t align);

/// A block, or a page, if `size` and `align` suit it: what the interface calls.
void *reel_blocks_allocate(void *blocks, size_t size, size_t align);
void *reel_pool_allocate(void *pool, size_t size, size_t align);

#ifdef __cplusplus
}

// The includer may stand in extern "C".
extern "C++" {

/// The function that serves an owner.
#define REEL_ALLOC_FROM_(owner, kind)                                  \
    inline REEL_SEEN_THROUGH void *reel_alloc_from(owner, size_t size, \
                                                   size_t align)       \
    {                                                                  \
        return reel_##kind(self, size, align);                         \
    }
REEL_ALLOC_FROM_(reel_arena *self, arena_alloc)
REEL_ALLOC_FROM_(reel_temp *self, temp_alloc)
REEL_ALLOC_FROM_(reel_heap *self, heap_alloc)
REEL_ALLOC_FROM_(reel_rewindable *self, rewindable_alloc)
REEL_ALLOC_FROM_(reel_span *self, span_alloc)
REEL_ALLOC_FROM_(reel_region *self, region_alloc)
REEL_ALLOC_FROM_(reel_blocks *self, blocks_allocate)
REEL_ALLOC_FROM_(reel_pool *self, pool_allocate)
REEL_ALLOC_FROM_(reel_allocator self, allocate)

/// Any type without a name of its own, such as int[4], is one here.
template <typename type> struct reel_pointer_to {
    typedef type *pointer;
};
}
#define REEL_POINTER_TO_(type) typename reel_pointer_to<type>::pointer
#define REEL_CALL_ALLOC_(owner, size, align) \
    reel_alloc_from((owner), (size), (align))
#else
#define REEL_CALL_ALLOC_(owner, size, align)             \
    _Generic((owner), struct reel_arena *                \
             : reel_arena_alloc, struct reel_temp *      \
             : reel_temp_alloc, struct reel_heap *       \
             : reel_heap_alloc, struct reel_rewindable * \
             : reel_rewindable_alloc, struct reel_span * \
             : reel_span_alloc, struct reel_region *     \
             : reel_region_alloc, struct reel_blocks *   \
             : reel_blocks_allocate, struct reel_pool *  \
             : reel_pool_allocate, reel_allocator        \
             : reel_allocate)((owner), (size), (align))
#if defined(__GNUC__)
#define REEL_POINTER_TO_(type) __typeof__(type) *
#else
#define REEL_POINTER_TO_(type) type *
#endif
#endif

#endif
