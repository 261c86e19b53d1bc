// SPDX-License-Identifier: MIT
// src/chunk.h: places in a chunk of a rewindable, and its word.

#include "proof.h"

#include "src/chunk.h"

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
}

PROOF(a_size_is_rounded_up_to_granules, 0)
{
    const size_t size = any_word();
    const uintptr_t shift = any_word();
    ASSUME(size != 0 && shift < WORD_BITS);
    const size_t granules = granules_in(size, shift);
    ASSERT(granules >= 1);
    ASSERT((granules - 1) <= (size - 1) >> shift);
    ASSERT(((size - 1) >> shift) < granules);
    COVER(granules > 1 && shift > 0);
    OBSERVE(granules);
}

PROOF(a_chunk_has_no_more_granules_than_half_a_word_counts, 0)
{
    const uintptr_t shift = any_word();
    ASSUME(shift < WORD_BITS - 1);
    const size_t most = most_granules(shift);
    ASSERT(most <= LOW_HALF);
    ASSERT(most << shift >> shift == most);
    ASSERT(most << shift <= SIZE_MAX / 2);
    COVER(most < LOW_HALF);
    COVER(most == LOW_HALF);
    OBSERVE(most);
}

// A place if and only if it fits, and the word stays one.
PROOF(claim_succeeds_if_and_only_if_it_fits, 1)
{
    reel_rewindable rewindable;
    chunk_entry chunk;
    rewindable.shift = any_word() & (WORD_BITS - 1);
    chunk.granules = any_word();
    chunk.used.value = any_word();
    chunk.base = any_word();
    const size_t granules = any_word();
    const uintptr_t used = chunk.used.value;
    const uintptr_t position = position_of(used);
    uintptr_t start = 0;
    ASSUME(chunk.granules <= LOW_HALF && is_word(&chunk, used));
    ASSUME(granules != 0);
    // An alignment of no more than a granule, of which the base is a multiple.
    const bool fits = granules <= chunk.granules - position;
    const bool is_claimed = claim(&rewindable, &chunk, granules, 0, &start);
    ASSERT(is_claimed == fits);
    ASSERT(!fits || start == position);
    ASSERT(!fits || position_of(chunk.used.value) == position + granules);
    ASSERT(!fits || live_of(chunk.used.value) == live_of(used) + 1);
    ASSERT(fits || chunk.used.value == used);
    ASSERT(is_word(&chunk, chunk.used.value));
    COVER(fits && position > 0);
    COVER(!fits);
    OBSERVE(is_claimed);
    OBSERVE(chunk.used.value);
}

PROOF(a_hint_keeps_both_of_its_parts, 0)
{
    const size_t index = any_word();
    const size_t passed = any_word();
    ASSUME(index <= LOW_HALF && passed <= LOW_HALF);
    const uintptr_t hint = hint_to(index, passed);
    ASSERT(index_in(hint) == index);
    ASSERT(passed_by(hint) == passed);
    COVER(index > 0 && passed > 0);
    OBSERVE(hint);
}

// At any alignment, and at any base: the padding is whole granules.
PROOF(a_place_is_aligned_and_claimed_if_and_only_if_it_fits, 1)
{
    reel_rewindable rewindable;
    chunk_entry chunk;
    rewindable.shift = any_case(2, WORD_BITS - 2);
    chunk.granules = any_word();
    chunk.used.value = any_word();
    chunk.base = any_word();
    const size_t granules = any_word();
    const uintptr_t mask = any_word();
    const uintptr_t used = chunk.used.value;
    const uintptr_t position = position_of(used);
    const uintptr_t granule_mask = ((uintptr_t)1 << rewindable.shift) - 1;
    const uintptr_t from = chunk.base + (position << rewindable.shift);
    const size_t gap = gap_to(from, mask);
    uintptr_t start = 0;
    KNOW_GAP(from, mask);
    TRUTH(!is_mask(mask) || mask < granule_mask || (from & granule_mask) != 0
          || (gap & granule_mask) == 0);
    ASSUME(is_mask(mask) && mask >= granule_mask);
    ASSUME((chunk.base & granule_mask) == 0);
    ASSUME(chunk.granules <= most_granules(rewindable.shift));
    ASSUME(chunk.base <= UINTPTR_MAX - REEL_TOP_BYTES && is_word(&chunk, used));
    ASSUME(chunk.granules <= (UINTPTR_MAX - REEL_TOP_BYTES - chunk.base)
           >> rewindable.shift);
    ASSUME(granules != 0);
    const size_t padding = gap >> rewindable.shift;
    const size_t left = chunk.granules - position;
    const bool fits = padding <= left && granules <= left - padding;
    const bool is_claimed = claim(&rewindable, &chunk, granules, mask, &start);
    ASSERT(is_claimed == fits);
    ASSERT(!fits || chunk.base + (start << rewindable.shift) == from + gap);
    ASSERT(!fits || position_of(chunk.used.value) == start + granules);
    ASSERT(fits || chunk.used.value == used);
    ASSERT(is_word(&chunk, chunk.used.value));
    COVER(fits && padding > 0);
    COVER(!fits && granules <= left);
    OBSERVE(is_claimed);
    OBSERVE(chunk.used.value);
}

// A word of start bits is that of half a word of granules, and of one generation.
PROOF(a_start_bit_is_of_one_granule_and_one_generation, 1)
{
    reel_rewindable rewindable;
    chunk_entry chunk;
    reel_word word;
    rewindable.generation = any_word(), rewindable.bits.ops = (void *)1;
    rewindable.shift = 3, chunk.bits = &word, word.value = any_word();
    const uintptr_t i = any_word() & (HALF_BITS - 1);
    const uintptr_t j = any_word() & (HALF_BITS - 1);
    const uintptr_t generation = any_word();
    const bool was = has_start(&rewindable, &chunk, j);
    set_start(&rewindable, &chunk, i);
    ASSERT(has_start(&rewindable, &chunk, i));
    ASSERT(has_start(&rewindable, &chunk, j) == (was || i == j));
    ASSERT(clear_start(&rewindable, &chunk, i));
    ASSERT(!has_start(&rewindable, &chunk, i));
    ASSERT(!clear_start(&rewindable, &chunk, i));
    ASSERT(i == j || has_start(&rewindable, &chunk, j) == was);
    set_start(&rewindable, &chunk, i);
    const uintptr_t now = rewindable.generation;
    rewindable.generation = generation;
    ASSERT(((generation ^ now) & LOW_HALF) == 0
           || !has_start(&rewindable, &chunk, i));
    COVER(was && i != j);
    COVER(((generation ^ now) & LOW_HALF) != 0);
    OBSERVE(word.value);
}

// For each granule one bit, and no words that no granule needs.
PROOF(start_bits_are_as_many_as_granules, 0)
{
    const size_t granules = any_word();
    const uintptr_t i = any_word();
    ASSUME(granules > 0 && granules <= LOW_HALF && i < granules);
    const size_t words = bits_words(granules);
    ASSERT(i / HALF_BITS < words);
    ASSERT((words - 1) * HALF_BITS < granules);
    ASSERT(bits_size(granules) == words * sizeof(reel_word));
    COVER(i / HALF_BITS == words - 1);
    OBSERVE(words);
}
