// SPDX-License-Identifier: MIT
/// Constants that the preprocessor computes for static instances.

#ifndef REEL_DETAIL_CONSTANTS_H
#define REEL_DETAIL_CONSTANTS_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/base.h"

/// A constant as wide as a size, of 32 bits repeated.
#if SIZE_MAX > 0xFFFFFFFFu
#define REEL_BITS_(pattern) ((size_t)(pattern) * ((size_t)1 << 32 | 1))
#define REEL_HIGH_HALF_(n)  ((size_t)(n) >> 32)
#else
#define REEL_BITS_(pattern) ((size_t)(pattern))
#define REEL_HIGH_HALF_(n)  0
#endif

/// The lowest set bit of n, and which one a single bit is.
#define REEL_LOW_BIT_(n) ((size_t)(n) & (0 - (size_t)(n)))
#define REEL_WHICH_BIT_(bit)                                  \
    ((uintptr_t)(((bit)&REEL_BITS_(0xAAAAAAAAu)) != 0)        \
     | (uintptr_t)(((bit)&REEL_BITS_(0xCCCCCCCCu)) != 0) << 1 \
     | (uintptr_t)(((bit)&REEL_BITS_(0xF0F0F0F0u)) != 0) << 2 \
     | (uintptr_t)(((bit)&REEL_BITS_(0xFF00FF00u)) != 0) << 3 \
     | (uintptr_t)(((bit)&REEL_BITS_(0xFFFF0000u)) != 0) << 4 \
     | (uintptr_t)(REEL_HIGH_HALF_(bit) != 0) << 5)

/// The inverse of an odd d modulo 2^64: with x = 1 - d, which is even, it is
/// (1 + x)(1 + x^2)(1 + x^4)… until the power of x is a multiple of 2^64.
#define REEL_INVERSE_(d)                                                      \
    ((1 + REEL_POWER_1_(d)) * (1 + REEL_POWER_2_(d)) * (1 + REEL_POWER_4_(d)) \
     * (1 + REEL_POWER_8_(d)) * (1 + REEL_POWER_16_(d))                       \
     * (1 + REEL_POWER_32_(d)))
#define REEL_POWER_1_(d)  (1 - (size_t)(d))
#define REEL_POWER_2_(d)  (REEL_POWER_1_(d) * REEL_POWER_1_(d))
#define REEL_POWER_4_(d)  (REEL_POWER_2_(d) * REEL_POWER_2_(d))
#define REEL_POWER_8_(d)  (REEL_POWER_4_(d) * REEL_POWER_4_(d))
#define REEL_POWER_16_(d) (REEL_POWER_8_(d) * REEL_POWER_8_(d))
#define REEL_POWER_32_(d) (REEL_POWER_16_(d) * REEL_POWER_16_(d))

/// The lowest power of two above n.
#define REEL_ABOVE_(n)     (REEL_SPREAD_(n) + 1)
#define REEL_SPREAD_(n)    REEL_OR_(REEL_SPREAD_16_(n), REEL_HIGH_HALF_)
#define REEL_OR_(n, half)  ((n) | half(n))
#define REEL_SPREAD_16_(n) (REEL_SPREAD_8_(n) | REEL_SPREAD_8_(n) >> 8 >> 8)
#define REEL_SPREAD_8_(n)  (REEL_SPREAD_4_(n) | REEL_SPREAD_4_(n) >> 8)
#define REEL_SPREAD_4_(n)  (REEL_SPREAD_2_(n) | REEL_SPREAD_2_(n) >> 4)
#define REEL_SPREAD_2_(n)  (REEL_SPREAD_1_(n) | REEL_SPREAD_1_(n) >> 2)
#define REEL_SPREAD_1_(n)  ((size_t)(n) | (size_t)(n) >> 1)

#endif
