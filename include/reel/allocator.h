/// Allocator: the interface that every allocator of the family offers and that
/// every allocator in need of backing memory takes, so that they nest.
///
/// The caller passes sizes back, so no allocator needs a header in front of a
/// block. No block reaches into the last REEL_TOP_BYTES of the address space. What
/// an allocator cannot do it says in its own header; generic code needs no special
/// case for it:
///
///   free          where blocks are freed in bulk, a no-op that returns REEL_OK
///   reallocate    where a block cannot move or grow, NULL; the block stays

#ifndef REEL_ALLOCATOR_H
#define REEL_ALLOCATOR_H

#include "reel/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What an allocator implements: the three functions below, on its object.
typedef struct reel_allocator_ops {
    void *(*allocate)(void *self, size_t size, size_t align);
    void *(*reallocate)(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align);
    reel_status (*free)(void *self, void *block, size_t size);
} reel_allocator_ops;

/// A value of two words: copy it freely. It is good for as long as the object
/// behind it is.
typedef struct reel_allocator {
    const reel_allocator_ops *ops;
    void *self;
} reel_allocator;

/// Take a block.
///
///   size     bytes; 0 means 1
///   align    bytes, a power of two; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, contents unspecified; NULL if it does not fit now, and
///          then nothing has changed.
/// Panics   `align` is not a power of two.
/// Cost     one indirect call, and the allocator's own.
/// Context  the allocator's.
static inline void *reel_allocate(reel_allocator allocator, size_t size,
                                  size_t align)
{
    return allocator.ops->allocate(allocator.self, size, align);
}

/// Change a block's size, moving it if need be.
///
///   block     of this allocator, or NULL: then this is reel_allocate()
///   old_size  bytes asked for when the block was made or last changed
///   new_size  bytes; 0 means 1
///   align     as in reel_allocate()
///
/// Returns  the block, which holds the old contents up to the smaller size;
///          NULL if it does not fit now, and then the old block is as it was.
/// Panics   `align` is not a power of two; `block` is foreign, where the
///          allocator can tell.
/// Cost     one indirect call, and the allocator's own: O(bytes) if it moves.
/// Context  the allocator's.
static inline void *reel_reallocate(reel_allocator allocator, void *block,
                                    size_t old_size, size_t new_size,
                                    size_t align)
{
    return allocator.ops->reallocate(allocator.self, block, old_size, new_size,
                                     align);
}

/// Give a block back.
///
///   block    of this allocator
///   size     bytes asked for when the block was made or last changed
///
/// Returns  REEL_OK, also where blocks are freed in bulk and this does nothing;
///          REEL_INVALID for NULL; REEL_FOREIGN or REEL_DOUBLE_FREE where the
///          allocator can tell. A refusal changes nothing.
/// Cost     one indirect call, and the allocator's own.
/// Context  the allocator's.
static inline reel_status reel_free(reel_allocator allocator, void *block,
                                    size_t size)
{
    return allocator.ops->free(allocator.self, block, size);
}

/// The allocator that refuses everything: an end for a chain of allocators.
///
/// Returns  the value; its blocks are always NULL, and every pointer is
///          REEL_FOREIGN to it.
/// Cost     O(1).
/// Context  any number of owners. ISR: yes. SMP: yes. Blocks: never.
reel_allocator reel_allocator_null(void);

#ifdef __cplusplus
}
#endif

#endif
