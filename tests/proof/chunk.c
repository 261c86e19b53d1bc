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
