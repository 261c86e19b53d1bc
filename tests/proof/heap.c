// SPDX-License-Identifier: MIT
// src/heap*.c: numbers of granules and addresses, and which list has room.

#include "heap.h"

#include "where/find_bin"

// ---- granules --------------------------------------------------------------------

PROOF(a_size_is_whole_granules, 0)
{
    const size_t size = any_word();
    ANY_HEAP(heap);
    ASSUME(has_granules(&heap));
    const wide bytes = up(at_least_1(size), heap.mask);
    const size_t n = granules_for(&heap, at_least_1(size));
    ASSERT(n == 0 ? bytes > UINTPTR_MAX : (wide)n << heap.shift == bytes);
    ASSERT((n - 1 < heap.count) == (bytes <= (wide)heap.count << heap.shift));
    COVER(n == 0);
    COVER(n > 1);
    OBSERVE(n);
}

// Exactly the first bytes of granules have numbers below the count.
PROOF(an_address_has_a_number_if_and_only_if_a_granule_starts_there, 0)
{
    const uintptr_t address = any_word();
    const size_t i = any_word();
    ANY_HEAP(heap);
    ASSUME(has_granules(&heap));
    const size_t index = index_of(&heap, address);
    const uintptr_t offset = address - heap.base;
    ASSERT((index < heap.count)
           == ((offset & heap.mask) == 0 && offset >> heap.shift < heap.count));
    ASSERT(index >= heap.count || address_of(&heap, index) == address);
    ASSERT(i >= heap.count || index_of(&heap, address_of(&heap, i)) == i);
    COVER(index > 0 && index < heap.count);
    COVER(index >= heap.count && offset >> heap.shift < heap.count);
    OBSERVE(index);
}

// ---- which list ------------------------------------------------------------------

PROOF(the_lowest_list_that_is_not_empty_is_found, 4)
{
    const uintptr_t bin = any_word();
    const uintptr_t other = any_word();
    ANY_HEAP(heap);
    ASSUME(bin < BIN_WORDS * WORD_BITS && other < BIN_WORDS * WORD_BITS);
    uintptr_t found = 0;
    const bool is_found = find_bin(&heap, bin / WORD_BITS, bit_of(bin), &found);
    ASSERT(!is_found || (found >= bin && found < BIN_WORDS * WORD_BITS));
    ASSERT(!is_found || is_filled(&heap, found));
    ASSERT(other < bin || !is_filled(&heap, other)
           || (is_found && found <= other));
    COVER(is_found && found / WORD_BITS == 3 && bin < WORD_BITS);
    COVER(!is_found);
    OBSERVE(is_found);
    OBSERVE(is_found ? found : 0);
}

// What heap_alloc.c takes for fitting is that.
PROOF(padding_fits_if_and_only_if_the_sums_do, 0)
{
    const uintptr_t x = any_word();
    const uintptr_t mask = any_word();
    const size_t bytes = any_word();
    const size_t size = any_word();
    ASSUME(is_mask(mask) && bytes <= UINTPTR_MAX - x);
    KNOW_GAP(x, mask);
    const bool fits = up(x, mask) - x + size <= bytes;
    ASSERT(fits_padded(x, bytes, mask, size) == fits);
    ASSERT(!fits || padded(x, mask) == up(x, mask));
    COVER(fits && padded(x, mask) > x);
    COVER(!fits && size <= bytes);
    OBSERVE(fits);
}
