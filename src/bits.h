// SPDX-License-Identifier: MIT
// Arithmetic that cannot wrap and needs no division: Cortex-M0 has none.

#ifndef REEL_SRC_BITS_H
#define REEL_SRC_BITS_H

#include "check.h"

// Of a word.
#define WORD_BITS (8 * sizeof(uintptr_t))
#define HALF_BITS (4 * sizeof(uintptr_t))
#define LOW_HALF  (UINTPTR_MAX >> HALF_BITS)

ALWAYS_INLINE bool is_pow2(size_t x)
{
    return x != 0 && (x & (x - 1)) == 0;
}

static inline uintptr_t log2_of(size_t pow2)
{
    uintptr_t log2 = 0;
    while (pow2 >> log2 > 1) {
        log2++;
    }
    return log2;
}

static inline uintptr_t pow2_above(size_t n)
{
    uintptr_t above = 1;
    while (above <= n) {
        above <<= 1;
    }
    return above;
}

// Does [start, start + size) stay away from the end of the address space?
static inline bool is_below_top(uintptr_t start, size_t size)
{
    const uintptr_t top = UINTPTR_MAX - REEL_TOP_BYTES;
    return start <= top && size <= top - start;
}

// Is it true or false? Reading any other bits as a bool is undefined.
static inline bool is_bool(const bool *flag)
{
    return *(const unsigned char *)flag <= 1;
}

static inline size_t max_of(size_t a, size_t b)
{
    return a < b ? b : a;
}

static inline size_t min_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

// The zero rule: a request for 0 bytes is a request for 1.
ALWAYS_INLINE size_t at_least_1(size_t size)
{
    return size == 0 ? 1 : size;
}

// The mask of the address bits that an alignment wants to be 0. 0 is the
// default.
ALWAYS_INLINE uintptr_t mask_of(size_t align)
{
    return (align == 0 ? REEL_ALIGN_DEFAULT : align) - 1;
}

// Bytes from `address` up to the next multiple of mask + 1, a power of two.
ALWAYS_INLINE size_t gap_to(uintptr_t address, uintptr_t mask)
{
    return (size_t)((0 - address) & mask);
}

#endif
