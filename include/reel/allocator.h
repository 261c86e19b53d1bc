// SPDX-License-Identifier: MIT
/// Allocator: one interface to all allocators of the family. An allocator that
/// needs memory takes it from another allocator, so they nest in any order.
///
/// The caller passes the size back, so no block needs a header. Generic code
/// needs no special case for what an allocator cannot do:
///
///   free          an allocator that frees its blocks in bulk does nothing
///                 here, and returns REEL_OK; reel_allocator_frees() says so
///   reallocate    a block that does not grow, and whose address satisfies the
///                 alignment, stays where it is: that never fails. Any other
///                 block grows in place, or is copied to a new one and freed;
///                 if there is no room for that, NULL, and the block stays
///
/// The header of each allocator says which contexts may call the three functions.

#ifndef REEL_ALLOCATOR_H
#define REEL_ALLOCATOR_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/base.h"
#include "reel/report.h"

#ifdef __cplusplus
extern "C" {
#endif

/// When memory of a freed block may be allocated again.
typedef enum reel_frees {
    REEL_FREES_AT_ONCE, // at once, or as soon as all blocks around it are freed
    REEL_FREES_LAST,    // at once if it is the last block, else after a rewind
    REEL_FREES_NEVER,   // not before a rewind, a reset or a close
} reel_frees;

/// What an allocator implements. `self` is the allocator's object. Members that
/// an allocator leaves out at the end are NULL.
typedef struct reel_allocator_ops {
    void *(*allocate)(void *self, size_t size, size_t align);
    void *(*reallocate)(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align);
    reel_status (*free)(void *self, void *block, size_t size);
    // See reel_allocator_frees(). NULL: REEL_FREES_AT_ONCE.
    reel_frees (*frees)(const void *self);
    // The memory of the object is about to end. From now on the object hands out
    // nothing, and frees nothing to its backing. NULL: nothing to do. A registry
    // (reel/registry.h) calls this inside its gate. So this must not call that
    // registry, or rewind or dispose of an object that is bound there: that panics
    // (REEL_BUSY), or waits for ever if the port does not name threads.
    void (*end)(void *self);
    // See reel_reclaim(). NULL: then it asks `frees`.
    bool (*reclaim)(void *self, void *block, size_t size);
} reel_allocator_ops;

/// A value of two words; copy it freely. It is valid as long as the object
/// behind it.
typedef struct reel_allocator {
    const reel_allocator_ops *ops;
    void *self;
} reel_allocator;

/// Allocate a block.
///
///   size     bytes; 0 means 1
///   align    bytes, a power of two; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, contents unspecified; NULL if it does not fit now.
/// Cost     one indirect call and the allocator's cost.
/// Waits    as the allocator
static inline REEL_SEEN_THROUGH void *reel_allocate(reel_allocator allocator,
                                                    size_t size, size_t align)
{
    return allocator.ops->allocate(allocator.self, size, align);
}

/// Change the size of a block. It stays where it is if it does not grow and its
/// address satisfies `align`. Otherwise it may move.
///
///   block     of this allocator; NULL makes this a reel_allocate()
///   old_size  bytes that were requested when the block was allocated or last
///             changed
///   new_size  bytes; 0 means 1
///   align     as in reel_allocate()
///
/// Returns  the block, with the old contents up to the smaller size; NULL if it
///          does not fit now. Then the old block is unchanged.
/// Panics   `block` is foreign or free, if the allocator detects that.
/// Cost     one indirect call and the allocator's cost: O(bytes) if the block
///          moves.
/// Waits    as the allocator
static inline REEL_SEEN_THROUGH void *
reel_reallocate(reel_allocator allocator, void *block, size_t old_size,
                size_t new_size, size_t align)
{
    return allocator.ops->reallocate(allocator.self, block, old_size, new_size,
                                     align);
}

/// Free a block.
///
///   block    of this allocator
///   size     bytes that were requested when the block was allocated or last
///            changed
///
/// Returns  REEL_OK, also if the allocator frees in bulk and did nothing;
///          REEL_INVALID for NULL; REEL_FOREIGN or REEL_DOUBLE_FREE if the
///          allocator detects that.
/// Cost     one indirect call and the allocator's cost.
/// Waits    as the allocator
static inline REEL_SEEN_THROUGH reel_status reel_free(reel_allocator allocator,
                                                      void *block, size_t size)
{
    return allocator.ops->free(allocator.self, block, size);
}

/// Tell when the memory of a freed block is available again. An allocator that
/// takes memory from this one then knows what to keep for itself.
///
/// Returns  at once, for the last block only, or never.
/// Callers  any context
static inline reel_frees reel_allocator_frees(reel_allocator allocator)
{
    return allocator.ops->frees == NULL ? REEL_FREES_AT_ONCE
                                        : allocator.ops->frees(allocator.self);
}

/// Free a block only if its memory is available again at once. Behind a lock
/// (reel/locked.h), no other thread allocates between the question and the free.
///
///   block    of this allocator
///   size     as in reel_free()
///
/// Returns  true if the block is freed; false if the allocator would keep its
///          memory, or cannot tell. Then nothing has changed.
/// Cost     one or two indirect calls and the allocator's cost
/// Waits    as the allocator
static inline bool reel_reclaim(reel_allocator allocator, void *block,
                                size_t size)
{
    if (allocator.ops->reclaim != NULL) {
        return allocator.ops->reclaim(allocator.self, block, size);
    }
    return reel_allocator_frees(allocator) == REEL_FREES_AT_ONCE
           && reel_free(allocator, block, size) == REEL_OK;
}

/// Get the allocator that refuses every request: the end of a chain of
/// allocators.
///
/// Returns  the allocator. It allocates NULL, and every pointer is REEL_FOREIGN
///          to it.
/// Callers  any context
reel_allocator reel_allocator_null(void);

/// The operations of that allocator, for static instances.
extern const reel_allocator_ops reel_allocator_null_ops;

/// Get the size of an array of `count` elements.
///
/// Returns  count * size, also for a size of 0; SIZE_MAX, which every allocator
///          refuses, if that overflows.
/// Callers  any context
static inline size_t reel_array_size(size_t count, size_t size)
{
    return size == 0 || count <= SIZE_MAX / size ? count * size : SIZE_MAX;
}

/// Allocate one `type`, or an array of `count` of them, for every allocator: `owner`
/// points to an arena, temp, heap, rewindable, span, region, block pool or pool, or
/// is a reel_allocator. A type may be an array, as int[4], or a pointer to a
/// function. The result points to the type, and is NULL if it does not fit.
///
///   int(*row)[4] = REEL_NEW(&heap, int[4]);
#define REEL_NEW(owner, type)                                      \
    ((REEL_POINTER_TO_(type))REEL_CALL_ALLOC_(owner, sizeof(type), \
                                              REEL_ALIGNOF(type)))
#define REEL_NEW_ARRAY(owner, type, count)     \
    ((REEL_POINTER_TO_(type))REEL_CALL_ALLOC_( \
        owner, reel_array_size((count), sizeof(type)), REEL_ALIGNOF(type)))

#ifdef __cplusplus
}
#endif

#include "reel/detail/allocator.h"

#endif
