// SPDX-License-Identifier: MIT
// src/heap_bits.h: which bit of a word, and which list for a length. With instructions
// that count zeroes and without.

#include "proof.h"

#include "reel/detail/constants.h"
#include "src/heap_map.h"

PROOF(a_bit_is_found_from_both_ends, 0)
{
    const uintptr_t word = any_word();
    ASSUME(word != 0);
    const uintptr_t low = lowest_bit(word);
    const uintptr_t high = highest_bit(word);
    ASSERT(low < WORD_BITS && high < WORD_BITS);
    ASSERT((word >> low & 1) == 1 && word << (WORD_BITS - 1 - low) << 1 == 0);
    ASSERT(word >> high == 1);
    COVER(low < high);
    COVER(low == WORD_BITS - 1);
    OBSERVE(low);
    OBSERVE(high);
}

// So it is the same function of n on every CPU, and what is proved of it where zeroes are
// counted holds for all.
PROOF(a_list_is_of_the_highest_bit_and_the_two_below, WORD_BITS / 2 + 8)
{
    const uintptr_t log2 = any_case(0, WORD_BITS - 1);
    const size_t n = any_word();
    ASSUME(n >> log2 == 1);
    const uintptr_t two = n << (WORD_BITS - 1 - log2) >> (WORD_BITS - 3) & 3;
    ASSERT(bin_of(n) == 4 * log2 + two);
    COVER(log2 > 2 && two == 3);
    OBSERVE(bin_of(n));
}

#if HAS_CLZ

// So a block on a list above that of n has n granules or more, and one on the list of
// a short length has that many.
PROOF(lists_are_in_the_order_of_lengths, WORD_BITS / 2 + 8)
{
    const size_t n = any_word();
    const size_t m = any_word();
    ASSUME(n > 0 && n <= m);
    const uintptr_t bin = bin_of(n);
    const uintptr_t other = bin_of(m);
    ASSERT(bin <= other);
    ASSERT(other < BIN_WORDS * WORD_BITS);
    ASSERT(n >= SMALL || n == m || bin < other);
    COVER(bin == other && n < m);
    COVER(bin < other);
    OBSERVE(bin);
    OBSERVE(other);
}

// What rounding up to the next list can waste is bounded by that.
PROOF(lengths_of_a_list_differ_by_less_than_a_quarter, WORD_BITS / 2 + 8)
{
    const size_t n = any_word();
    const size_t m = any_word();
    ASSUME(n > 0 && n <= m);
    const bool are_on_one = bin_of(n) == bin_of(m);
    ASSERT(!are_on_one || m - n <= (n - 1) / 4);
    COVER(are_on_one && m - n == (n - 1) / 4 && m > n);
    OBSERVE(are_on_one);
}

// Static heaps compute it in a macro.
PROOF(a_static_heap_has_the_same_lists, WORD_BITS / 2 + 8)
{
    const size_t n = any_word();
    ASSUME(n > 0 && n <= SIZE_MAX / 4);
    ASSERT(REEL_HEAP_BIN_(n) == bin_of(n));
    COVER(n >= SMALL);
    OBSERVE(bin_of(n));
}

#endif
