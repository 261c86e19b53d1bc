/// The layout of a list of numbers: see src/list.h.

#ifndef REEL_DETAIL_LIST_H
#define REEL_DETAIL_LIST_H

#include "reel/detail/constants.h"

/// A link, one for each block. With one core 16 bits serve 32,766 blocks;
/// REEL_WIDE_LINKS makes it a word. Compare-and-swap wants a word anyway.
#if REEL_LINKS_ARE_WORDS
typedef uintptr_t reel_link;
typedef intptr_t reel_signed_link;
#define REEL_LINK_MAX INTPTR_MAX
#else
typedef uint16_t reel_link;
typedef int16_t reel_signed_link;
#define REEL_LINK_MAX INT16_MAX
#endif

/// A list of numbers, the free ones, and the watermark: what blocks and other
/// modules keep their free things in. Only reel touches it.
typedef struct reel_list {
    reel_word head;      // see src/list.h
    reel_link *links;    // one for each number
    size_t count;        // numbers
    uintptr_t fresh_bit; // with versions a power of two above count
    reel_word peak;      // numbers below it have been out
} reel_list;

/// The head of a list of `count` numbers that holds none and whose watermark is
/// `watermark`: of version 0, or with one core the complement of the watermark.
#if REEL_LISTS_ARE_VERSIONED
#define REEL_LIST_EMPTY(watermark, count) (REEL_ABOVE_(count) | (watermark))
#else
#define REEL_LIST_EMPTY(watermark, count) (~(uintptr_t)(watermark))
#endif

#endif
