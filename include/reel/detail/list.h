// SPDX-License-Identifier: MIT
/// The layout of a list of numbers: see src/list.h.

#ifndef REEL_DETAIL_LIST_H
#define REEL_DETAIL_LIST_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/detail/constants.h"

/// A link, one for each block. On one core it has 16 bits, for 32,766 blocks;
/// REEL_WIDE_LINKS makes it a word. A compare-and-swap needs a word.
#if REEL_LINKS_ARE_WORDS
typedef uintptr_t reel_link;
typedef intptr_t reel_signed_link;
#define REEL_LINK_MAX INTPTR_MAX
#else
typedef uint16_t reel_link;
typedef int16_t reel_signed_link;
#define REEL_LINK_MAX (UINT16_MAX / 2)
#endif

/// A list of free numbers, and the watermark. Only reel accesses it.
typedef struct reel_list {
    reel_word head;      // see src/list.h
    reel_link *links;    // one for each number
    size_t count;        // numbers
    uintptr_t fresh_bit; // with versions: the power of two above count; else 0,
                         // or what a context that counts has marked
    reel_word peak;      // watermark: numbers below it were allocated
} reel_list;

/// The head of an empty list of `count` numbers: version 0 and the watermark, or
/// on one core the complement of the watermark.
#if REEL_LISTS_ARE_VERSIONED
#define REEL_LIST_EMPTY(watermark, count) (REEL_ABOVE_(count) | (watermark))
#define REEL_LIST_FRESH_BIT(count)        REEL_ABOVE_(count)
#else
#define REEL_LIST_FRESH_BIT(count)        0
#define REEL_LIST_EMPTY(watermark, count) (~(uintptr_t)(watermark))
#endif

#endif
