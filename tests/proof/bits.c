// SPDX-License-Identifier: MIT
// src/bits.h: arithmetic that cannot wrap.

#include "proof.h"

#include "src/bits.h"

PROOF(powers_of_two_have_one_bit, 0)
{
    const size_t x = any_word();
    const uintptr_t k = any_word();
    ASSUME(k < WORD_BITS);
    ASSERT(is_pow2((size_t)1 << k));
    ASSERT(is_pow2(x) == (x != 0 && (x & (0 - x)) == x));
    COVER(is_pow2(x));
    COVER(!is_pow2(x));
    OBSERVE(is_pow2(x));
}

PROOF(log2_is_the_highest_bit, WORD_BITS)
{
    const size_t x = any_word();
    ASSUME(x != 0);
    const uintptr_t log2 = log2_of(x);
    ASSERT(log2 < WORD_BITS);
    ASSERT(x >> log2 == 1);
    COVER(log2 == WORD_BITS - 1);
    OBSERVE(log2);
}

PROOF(a_power_of_two_is_the_next_above, WORD_BITS)
{
    const size_t n = any_word();
    ASSUME(n <= SIZE_MAX / 2);
    const uintptr_t above = pow2_above(n);
    ASSERT(is_pow2(above));
    ASSERT(above > n && above / 2 <= n);
    COVER(above > SIZE_MAX / 2);
    OBSERVE(above);
}

PROOF(below_top_is_where_no_sum_wraps, 0)
{
    const uintptr_t start = any_word();
    const size_t size = any_word();
    const bool is = is_below_top(start, size);
    ASSERT(is == ((wide)start + size <= (wide)UINTPTR_MAX - REEL_TOP_BYTES));
    COVER(is);
    COVER(!is);
    OBSERVE(is);
}

PROOF(the_least_and_the_most_are_one_of_both, 0)
{
    const size_t a = any_word();
    const size_t b = any_word();
    const size_t least = min_of(a, b);
    const size_t most = max_of(a, b);
    ASSERT(least <= a && least <= b && (least == a || least == b));
    ASSERT(most >= a && most >= b && (most == a || most == b));
    ASSERT(at_least_1(a) >= 1 && (a == 0 || at_least_1(a) == a));
    COVER(least < most);
    OBSERVE(least);
    OBSERVE(most);
}

PROOF(a_mask_says_whether_an_alignment_is_good, 0)
{
    const size_t align = any_word();
    const uintptr_t mask = mask_of(align);
    ASSERT(((align & mask) == 0) == (align == 0 || is_pow2(align)));
    ASSERT((align & mask) != 0 || is_mask(mask));
    COVER((align & mask) == 0);
    COVER((align & mask) != 0);
    OBSERVE(mask);
}

PROOF(a_gap_leads_to_the_next_multiple, 0)
{
    const uintptr_t address = any_word();
    const uintptr_t mask = any_word();
    ASSUME(is_mask(mask));
    const size_t gap = gap_to(address, mask);
    ASSERT(gap <= mask);
    ASSERT(((address + gap) & mask) == 0);
    ASSERT((wide)address + gap == (((wide)address + mask) & ~(wide)mask));
    COVER(gap == mask && mask > 0);
    COVER(gap == 0);
    OBSERVE(gap);
}
