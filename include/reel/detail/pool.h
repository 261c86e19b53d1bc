// SPDX-License-Identifier: MIT
/// Inside pool.h: what regions need of it.

#ifndef REEL_DETAIL_POOL_H
#define REEL_DETAIL_POOL_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/detail/constants.h"
#include "reel/pool.h"

#ifdef __cplusplus
extern "C" {
#endif

#define REEL_POOL_ALIGN_(page_size) \
    ((size_t)(page_size) < 4096 ? (size_t)(page_size) : (size_t)4096)

/// Bytes from one page to the next.
#define REEL_POOL_STRIDE_(page_size) \
    ((size_t)(page_size) << (REEL_RED_ZONES != 0))

/// The numbers of one chunk of `count` pages: its places, to a power of two.
#define REEL_POOL_NUMBERS_(count) REEL_ABOVE_((size_t)(count)-1)
#define REEL_POOL_LOG2_(n)        ((uint8_t)REEL_WHICH_BIT_(n))

/// The state of a pool of one chunk, of which no page was claimed.
#define REEL_POOL_INITIAL_(chunks, align, page_size, count, zero)      \
    {                                                                  \
        { { REEL_LIST_EMPTY(REEL_POOL_NUMBERS_(count),                 \
                            REEL_POOL_NUMBERS_(count)) },              \
          NULL,                                                        \
          REEL_POOL_NUMBERS_(count),                                   \
          REEL_LIST_FRESH_BIT(REEL_POOL_NUMBERS_(count)),              \
          { REEL_ZERO_BY_OPTIONS } },                                  \
            chunks, 1, REEL_POOL_LOG2_((size_t)(page_size)),           \
            REEL_POOL_LOG2_(REEL_POOL_NUMBERS_(count)),                \
            REEL_POOL_LOG2_((size_t)(align)), true, (count), { 0 }, 0, \
            { zero }, 0, { 0 }, { &reel_allocator_null_ops, NULL },    \
            { &reel_allocator_null_ops, NULL }, (align), NULL,         \
    }

#define REEL_POOL_DEFINE_(linkage, place, zero, align, name, page_size, count) \
    REEL_STATIC_ASSERT(                                                        \
        (page_size) > 0 && (count) > 0 && ((page_size) & ((page_size)-1)) == 0 \
            && ((align) & ((align)-1)) == 0 && (align) <= (page_size)          \
            && (count) <= REEL_BLOCKS_MAX                                      \
            && REEL_POOL_NUMBERS_(count) <= REEL_BLOCKS_MAX,                   \
        "a pool needs 1 to REEL_BLOCKS_MAX pages; page_size and "              \
        "align must be powers of two, align at most page_size");               \
    REEL_NAME_OPTIONS(name)                                                    \
    REEL_MEMORY_PLACE(place, name##_memory,                                    \
                      REEL_POOL_STRIDE_(page_size) * (count), align);          \
    REEL_NOINIT(name##_links) static reel_link name##_links[count];            \
    static reel_pool_chunk name##_chunks[1] = {                                \
        { { REEL_ADDRESS(name##_memory) },                                     \
          name##_links,                                                        \
          { 0 },                                                               \
          { UINTPTR_MAX },                                                     \
          0 },                                                                 \
    };                                                                         \
    linkage reel_pool name =                                                   \
        REEL_POOL_INITIAL_(name##_chunks, align, page_size, count, zero)       \
            REEL_WATCH_MEMORY(                                                 \
                name, name##_memory, REEL_POOL_STRIDE_(page_size) * (count),   \
                &name##_chunks[0].peak.value, REEL_POOL_STRIDE_(page_size))    \
                REEL_ON_LIST(name, POOL)

/// reel_pool_claim(), but it returns the number of the page, by which regions
/// chain pages. UINTPTR_MAX takes the place of NULL.
uintptr_t reel_pool_claim_number(reel_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
