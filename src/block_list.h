// SPDX-License-Identifier: MIT
// The list of a block pool, and its blocks as numbers: for the files of the module.

#ifndef REEL_SRC_BLOCK_LIST_H
#define REEL_SRC_BLOCK_LIST_H

#include "batch.h"
#include "bits.h"
#include "check.h"
#include "reel/blocks.h"
#include "reel/events.h"
#include "watch.h"

ALWAYS_INLINE uintptr_t peak_so_far(const reel_list *list)
{
    return load_relaxed(&list->peak);
}

// Exact division by multiplication: times the inverse of the odd factor modulo
// 2^bits, then rotated right by the power of two. The result is below the count
// exactly for pointers to the first byte of a block. Another offset is no
// multiple of the odd factor, or has low bits that the rotation moves to the
// top. (T. Granlund and P. L. Montgomery, Division by Invariant Integers,
// section 9.)
ALWAYS_INLINE uintptr_t number_of(const reel_blocks *blocks, const void *block)
{
    const uintptr_t product =
        ((uintptr_t)block - blocks->base) * blocks->inverse;
    const uintptr_t shift = blocks->shift;
    return product >> shift | product << ((0 - shift) & (WORD_BITS - 1));
}

// From one block to the next; more than any buffer has, if that is more than a size can
// say.
ALWAYS_INLINE size_t stride_for(size_t block_size)
{
    const size_t stride = REEL_BLOCKS_STRIDE(block_size);
#if REEL_RED_ZONES
    return stride > block_size ? stride : SIZE_MAX;
#else
    return stride;
#endif
}

ALWAYS_INLINE size_t stride_of(const reel_blocks *blocks)
{
    return stride_for(blocks->block_size);
}

// After its end a block pool has no blocks. No live one has none.
ALWAYS_INLINE bool has_ended(const reel_blocks *blocks)
{
    return *(const volatile size_t *)&blocks->list.count == 0;
}

static inline reel_status foreign_to(const reel_blocks *blocks)
{
    return has_ended(blocks) ? REEL_STALE : REEL_FOREIGN;
}

// What init has set.
bool reel_blocks_has_form(const reel_blocks *blocks);

// What holds at every moment, whatever other contexts do.
static inline bool is_shareable(const reel_blocks *blocks)
{
    return has_ended(blocks)
           || (reel_blocks_has_form(blocks) && list_has_head(&blocks->list)
               && peak_so_far(&blocks->list) <= blocks->list.count);
}

// ---- taking and giving back --------------------------------------------------

// Of an empty list, whose head was read: an unused number, or one that was freed
// meanwhile; NO_NUMBER if there is none.
uintptr_t reel_blocks_take_fresh(reel_list *list, uintptr_t head);

// The block of a number that was just taken.
ALWAYS_INLINE void *hand_out(const reel_blocks *blocks, uintptr_t i)
{
    const uintptr_t block = blocks->base + i * stride_of(blocks);
    INVARIANT(has_ended(blocks)
              || (i < blocks->list.count && is_shareable(blocks)));
    watch_alive(block, blocks->block_size);
    return (void *)block;
}

OUT_OF_LINE void *count_refusal(reel_blocks *blocks WITH_CALLER)
{
    TELL_REFUSAL(!has_ended(blocks), REEL_NO_MEMORY, REEL_KIND_BLOCKS, blocks,
                 caller, blocks->block_size, 0, 0, NULL);
    REEL_REPORT(REFUSE, BLOCKS, blocks, 0, blocks->block_size);
    count_one(&blocks->failures);
    (void)HOLDS(!has_ended(blocks), REEL_STALE, REEL_KIND_BLOCKS, blocks,
                caller);
    return NULL;
}

// Why a free fails. A block above the watermark was never allocated, and its
// link was never written. NULL has a number that no block has.
OUT_OF_LINE reel_status blame(const reel_blocks *blocks, uintptr_t i)
{
    if (i == number_of(blocks, NULL)) {
        return REEL_INVALID;
    }
    return i < blocks->list.count ? REEL_DOUBLE_FREE : foreign_to(blocks);
}

// Free into a chain, if there is one, or straight onto the list. With a
// checker, a double free must be detected before the block is reported dead: it
// may have a new owner.
ALWAYS_INLINE reel_status free_into(reel_blocks *blocks, list_chain *chain,
                                    void *block)
{
    const uintptr_t i = number_of(blocks, block);
    const uintptr_t peak = peak_so_far(&blocks->list);
    if (REEL_UNLIKELY(i >= peak)) {
        return blame(blocks, i);
    }
    if (REEL_POISON || REEL_WATCH || REEL_EVENTS) {
        if (!list_is_allocated(&blocks->list, i)) {
            return REEL_DOUBLE_FREE;
        }
        watch_dead((uintptr_t)block, blocks->block_size);
        REEL_REPORT(FREE, BLOCKS, blocks, block, blocks->block_size);
    }
    if (chain != NULL) {
        return list_join(&blocks->list, chain, i, peak) ? REEL_OK
                                                        : REEL_DOUBLE_FREE;
    }
    return list_give(&blocks->list, i, peak) ? REEL_OK : REEL_DOUBLE_FREE;
}

// ---- the interface, also of caches -------------------------------------------

// Each block is aligned as the first block and the block size are.
static inline bool suits(const reel_blocks *blocks, size_t size, size_t align)
{
    const uintptr_t mask = mask_of(align);
    return size <= blocks->block_size
           && ((blocks->base | blocks->block_size) & mask) == 0;
}

void *reel_blocks_reallocate(void *self, void *block, size_t old_size,
                             size_t new_size, size_t align);

#endif
