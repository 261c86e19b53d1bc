// SPDX-License-Identifier: MIT
// Which bit of a word is set, and which list a free block belongs to.

#ifndef REEL_SRC_HEAP_BITS_H
#define REEL_SRC_HEAP_BITS_H

#include "bits.h"

#define SMALL 8u // granules: shorter blocks have a list for each length

#if defined(__ARM_ARCH) && !defined(__ARM_FEATURE_CLZ)
#define HAS_CLZ 0
#elif defined(__riscv) && !defined(__riscv_zbb)
#define HAS_CLZ 0
#else
#define HAS_CLZ 1
#endif

#if HAS_CLZ
// Which is the lowest, and which the highest bit that is set? One is.
ALWAYS_INLINE uintptr_t lowest_bit(uintptr_t word)
{
    return (uintptr_t)(sizeof word > sizeof(unsigned)
                           ? __builtin_ctzll(word)
                           : __builtin_ctz((unsigned)word));
}

ALWAYS_INLINE uintptr_t leading_zeroes(uintptr_t word)
{
    return (uintptr_t)(sizeof word > sizeof(unsigned)
                           ? __builtin_clzll(word)
                           : __builtin_clz((unsigned)word));
}

ALWAYS_INLINE uintptr_t highest_bit(uintptr_t word)
{
    return WORD_BITS - 1 - leading_zeroes(word);
}
#else
// A product with a de Bruijn sequence has a number of its own in its top five bits
// for each power of two.
ALWAYS_INLINE uintptr_t which_bit(uint32_t bit)
{
    static const uint8_t numbers[] = { 0,  1,  28, 2,  29, 14, 24, 3,
                                       30, 22, 20, 15, 25, 17, 4,  8,
                                       31, 27, 13, 23, 21, 19, 16, 7,
                                       26, 12, 18, 6,  11, 5,  10, 9 };
    return numbers[(uint32_t)(bit * UINT32_C(0x077CB531)) >> 27];
}

// The upper half of a word of 64 bits; else 0.
ALWAYS_INLINE uint32_t above_32(uintptr_t word)
{
#if UINTPTR_MAX > 0xFFFFFFFF
    return (uint32_t)(word >> 32);
#else
    (void)word;
    return 0;
#endif
}

ALWAYS_INLINE uintptr_t lowest_bit(uintptr_t word)
{
    const bool is_above = (uint32_t)word == 0;
    const uint32_t half = is_above ? above_32(word) : (uint32_t)word;
    return which_bit(half & (0 - half)) + (is_above ? 32 : 0);
}

ALWAYS_INLINE uintptr_t highest_bit(uintptr_t word)
{
    const bool is_above = above_32(word) != 0;
    uint32_t half = is_above ? above_32(word) : (uint32_t)word;
    half |= half >> 1;
    half |= half >> 2;
    half |= half >> 4;
    half |= half >> 8;
    half |= half >> 16;
    return which_bit(half - (half >> 1)) + (is_above ? 32 : 0);
}
#endif

// The list for free blocks of n granules, 1 or more: four times log2(n), and the two
// bits below the highest. So there are 4 lists for each power of two; of those for 1,
// and for 2 and 3, some are never used.
ALWAYS_INLINE uintptr_t bin_of(size_t n)
{
#if HAS_CLZ
    const uintptr_t zeroes = leading_zeroes(n);
    return 4 * (WORD_BITS - 2) - 4 * zeroes + (n << zeroes >> (WORD_BITS - 3));
#else
    static const uint8_t small[4 * SMALL] = { 0,  0,  4,  6,  8,  9,  10, 11,
                                              12, 12, 13, 13, 14, 14, 15, 15,
                                              16, 16, 16, 16, 17, 17, 17, 17,
                                              18, 18, 18, 18, 19, 19, 19, 19 };
    uintptr_t bin = 0;
    while (n >= 16 * SMALL) {
        n >>= 4;
        bin += 16;
    }
    if (n >= 4 * SMALL) {
        n >>= 2;
        bin += 8;
    }
    return bin + small[n];
#endif
}

#endif
