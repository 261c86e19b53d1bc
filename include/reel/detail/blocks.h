// SPDX-License-Identifier: MIT
/// Inside blocks.h: inline functions, their slow halves, and parts of macros.

#ifndef REEL_DETAIL_BLOCKS_H
#define REEL_DETAIL_BLOCKS_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/blocks.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The alignment of the blocks of a static block pool: the largest power of two that
/// divides their size, from REEL_ALIGN_DEFAULT to 4096. A type of that size needs no
/// more.
#define REEL_BLOCKS_ALIGN_(size)                                           \
    (REEL_LOW_BIT_(size) < REEL_ALIGN_DEFAULT ? (size_t)REEL_ALIGN_DEFAULT \
     : REEL_LOW_BIT_(size) < 4096             ? REEL_LOW_BIT_(size)        \
                                              : (size_t)4096)

/// A multiple of the power of two in `size` that is not below the zone.
#if REEL_RED_ZONES
#define REEL_BLOCKS_STRIDE_(size) \
    ((size) + (((size_t)REEL_RED_ZONES - 1) | (REEL_LOW_BIT_(size) - 1)) + 1)
#else
#define REEL_BLOCKS_STRIDE_(size) (size)
#endif

#define REEL_BLOCKS_INITIAL_(memory, links, size, count, zero)        \
    {                                                                 \
        { { REEL_LIST_EMPTY(0, count) },                              \
          links,                                                      \
          (count),                                                    \
          REEL_LIST_FRESH_BIT(count),                                 \
          { REEL_ZERO_BY_OPTIONS } },                                 \
            REEL_WHICH_BIT_(REEL_LOW_BIT_(REEL_BLOCKS_STRIDE(size))), \
            REEL_INVERSE_(REEL_BLOCKS_STRIDE(size)                    \
                          / REEL_LOW_BIT_(REEL_BLOCKS_STRIDE(size))), \
            (memory), (size), { zero }, NULL,                         \
    }

#define REEL_BLOCKS_DEFINE_(linkage, place, zero, align, name, block_size,  \
                            count)                                          \
    REEL_STATIC_ASSERT(                                                     \
        (block_size) > 0 && (count) > 0 && (count) <= REEL_BLOCKS_MAX,      \
        "a block pool needs 1 to REEL_BLOCKS_MAX blocks, 1 byte or more");  \
    REEL_NAME_OPTIONS(name)                                                 \
    REEL_MEMORY_PLACE(place, name##_memory,                                 \
                      REEL_BLOCKS_STRIDE(block_size) * (count), align);     \
    REEL_NOINIT(name##_links) static reel_link name##_links[count];         \
    linkage reel_blocks name = REEL_BLOCKS_INITIAL_(                        \
        REEL_ADDRESS(name##_memory), name##_links, block_size, count, zero) \
        REEL_WATCH_MEMORY(                                                  \
            name, name##_memory, REEL_BLOCKS_STRIDE(block_size) * (count),  \
            &name.list.peak.value, REEL_BLOCKS_STRIDE(block_size))          \
            REEL_ON_LIST(name, BLOCKS)

static inline size_t reel_blocks_block_size(const reel_blocks *blocks)
{
    return blocks->block_size;
}

static inline size_t reel_blocks_count(const reel_blocks *blocks)
{
    return *(const volatile size_t *)&blocks->list.count;
}

static inline void reel_blocks_begin_phase(reel_blocks *blocks)
{
    REEL_WORD_SET(blocks->failures, 0);
}

#ifdef __cplusplus
}
#endif

#endif
