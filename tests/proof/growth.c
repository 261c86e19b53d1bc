// SPDX-License-Identifier: MIT
// src/rewindable_init.c: how large the next chunk of a rewindable is, and what is asked
// for.

#include "proof.h"

#include "reel/detail/constants.h"
#include "src/chunk.h"

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
}

// The backing may refuse. What it is asked for is noted.
static size_t asked[2], calls;
static bool agrees[2];
static chunk_entry *next_chunk;
static uintptr_t align_mask;

bool cut_take_chunk(const reel_rewindable *rewindable, chunk_entry *chunk,
                    size_t granules, uintptr_t mask)
{
    (void)rewindable;
    ASSERT(chunk == next_chunk && mask == align_mask);
    const bool is_first = calls == 0;
    asked[is_first ? 0 : 1] = granules;
    calls++;
    return agrees[is_first ? 0 : 1];
}

#include "where/reel_rewindable_take_next"

// log2 of a granule, which is a word at least.
#define ANY_SHIFT REEL_WHICH_BIT_(sizeof(reel_word)), WORD_BITS - 2

#define ANY_REWINDABLE(rewindable, chunks)                                 \
    reel_rewindable rewindable;                                            \
    chunk_entry chunks[3];                                                 \
    (rewindable).shift = any_case(ANY_SHIFT);                              \
    (rewindable).growth_limit = any_word();                                \
    (rewindable).initial_size = any_word(), (rewindable).table = (chunks); \
    (chunks)[0].granules = any_word(), (chunks)[1].granules = any_word();  \
    (chunks)[2].granules = any_word()

static bool is_chunk(const reel_rewindable *rewindable,
                     const chunk_entry *chunk)
{
    return chunk->granules > 0
           && chunk->granules <= most_granules(rewindable->shift);
}

#define LESS_OF(a, b)         ((a) < (b) ? (a) : (b))
#define GROWN_BY(last, limit) ((last) + LESS_OF((last), (wide)(limit)))

// Three chunks. Each counts as what it has, or as what growth would have made of those
// before it. No sum wraps.
PROOF(growth_is_twice_the_last_chunk_or_the_limit_more, 3)
{
    const size_t count = any_word();
    ANY_REWINDABLE(rewindable, chunks);
    ASSUME(count > 0 && count <= 3);
    ASSUME(is_chunk(&rewindable, &chunks[0]));
    ASSUME(is_chunk(&rewindable, &chunks[1]));
    ASSUME(is_chunk(&rewindable, &chunks[2]));
    const size_t limit = rewindable.growth_limit;
    const wide first = data_size(&rewindable, &chunks[0]);
    const wide second_size = data_size(&rewindable, &chunks[1]);
    const wide second = LESS_OF(second_size, GROWN_BY(first, limit));
    const wide third_size = data_size(&rewindable, &chunks[2]);
    const wide third = LESS_OF(third_size, GROWN_BY(second, limit));
    const wide last = count == 1 ? first : count == 2 ? second : third;
    const size_t next = grown_size(&rewindable, count);
    ASSERT(next == GROWN_BY(last, limit));
    COVER(count == 3 && third < third_size);
    COVER(next < 2 * last);
    OBSERVE(next);
}

// First the grown size, then what init asked for, if that is less. Neither is less than
// the request needs, or more than a chunk counts.
PROOF(a_chunk_is_taken_if_and_only_if_the_backing_agrees, 0)
{
    const size_t granules = any_word();
    const uintptr_t mask = any_word();
    ANY_REWINDABLE(rewindable, chunks);
    next_chunk = &chunks[1], align_mask = mask;
    agrees[0] = any_word() & 1, agrees[1] = any_word() & 1;
    calls = 0, asked[0] = 0, asked[1] = 0;
    const uintptr_t shift = rewindable.shift;
    const size_t most = most_granules(shift);
    ASSUME(is_chunk(&rewindable, &chunks[0]));
    ASSUME(granules > 0 && granules <= most);
    ASSUME(rewindable.growth_limit > 0);
    const bool is_taken =
        reel_rewindable_take_next(&rewindable, 1, granules, mask);
    const size_t grown =
        max_of(granules, min_of(grown_size(&rewindable, 1) >> shift, most));
    const size_t least =
        max_of(granules, initial_granules(rewindable.initial_size, shift));
    ASSERT(is_taken == (calls == 1 ? agrees[0] : agrees[1]));
    ASSERT(asked[0] == grown && grown <= most);
    ASSERT(calls == (agrees[0] || least >= grown ? 1 : 2));
    ASSERT(calls == 1 || asked[1] == least);
    COVER(is_taken && calls == 2);
    COVER(is_taken && calls == 1 && asked[0] > granules);
    COVER(!is_taken && calls == 1);
    OBSERVE(is_taken);
    OBSERVE(asked[0]);
}

PROOF(a_chunk_and_its_start_bits_are_a_size, 0)
{
    const size_t granules = any_word();
    const uintptr_t shift = any_case(ANY_SHIFT);
    ASSUME(granules > 0 && granules <= most_granules(shift));
    const wide data = (wide)granules << shift;
    const wide words = ((wide)granules + HALF_BITS - 1) / HALF_BITS;
    const size_t size = chunk_size(granules, shift, true);
    ASSERT(size == data + words * sizeof(reel_word));
    ASSERT(chunk_size(granules, shift, false) == data);
    COVER(granules > HALF_BITS);
    OBSERVE(size);
}
