// SPDX-License-Identifier: MIT
/// Inside rewindable.h: what REEL_REWINDABLE_DEFINE expands to.

#ifndef REEL_DETAIL_REWINDABLE_H
#define REEL_DETAIL_REWINDABLE_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/detail/constants.h"
#include "reel/rewindable.h"

/// A granule is a word at least.
#define REEL_REWINDABLE_GRANULE_                                         \
    (REEL_ALIGN_DEFAULT > sizeof(reel_word) ? (size_t)REEL_ALIGN_DEFAULT \
                                            : sizeof(reel_word))

/// Granules that `bytes` take, and the most of a chunk: half a word counts them.
#define REEL_REWINDABLE_COUNT_(bytes, granule) \
    (((size_t)(bytes)-1) / (granule) + 1)
#define REEL_REWINDABLE_MOST_ (SIZE_MAX >> sizeof(size_t) * 4)

#define REEL_REWINDABLE_BYTES_(bytes, granule) \
    (REEL_REWINDABLE_COUNT_(bytes, granule) * (granule))

/// The state of an empty rewindable of one chunk, and no growth.
#define REEL_REWINDABLE_INITIAL_(table, granule, bytes, zero)                \
    {                                                                        \
        { 0 }, (uint8_t)REEL_WHICH_BIT_((size_t)(granule)), false, false,    \
            table, 1, { 1 }, { REEL_ADDRESS(table) }, 0,                     \
            { &reel_allocator_null_ops, NULL }, { NULL, NULL }, (bytes),     \
            (bytes), NULL, { zero }, { 0 }, { REEL_ZERO_BY_OPTIONS }, { 0 }, \
    }

#define REEL_REWINDABLE_DEFINE_(linkage, place, zero, granule, name, bytes)    \
    REEL_STATIC_ASSERT((bytes) > 0 && (granule) >= sizeof(reel_word)           \
                           && ((granule) & ((granule)-1)) == 0                 \
                           && REEL_REWINDABLE_COUNT_(bytes, granule)           \
                                  <= REEL_REWINDABLE_MOST_,                    \
                       "bytes must be 1 to what a chunk may have; align must " \
                       "be a power of two, and a word or more");               \
    REEL_NAME_OPTIONS(name)                                                    \
    REEL_MEMORY_PLACE(place, name##_memory,                                    \
                      REEL_REWINDABLE_BYTES_(bytes, granule), granule);        \
    static reel_rewindable_chunk name##_table[1] = {                           \
        { { 0 },                                                               \
          REEL_ADDRESS(name##_memory),                                         \
          REEL_REWINDABLE_COUNT_(bytes, granule),                              \
          { REEL_REWINDABLE_BYTES_(bytes, granule) } },                        \
    };                                                                         \
    linkage reel_rewindable name =                                             \
        REEL_REWINDABLE_INITIAL_(name##_table, granule, bytes, zero)           \
            REEL_WATCH_SHIFTED(                                                \
                name, name##_memory, REEL_REWINDABLE_BYTES_(bytes, granule),   \
                &name##_table[0].used.value, granule, sizeof(uintptr_t) * 4)   \
                REEL_ON_LIST(name, REWINDABLE)

#endif
