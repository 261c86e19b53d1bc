// SPDX-License-Identifier: MIT
// What a proof is written in. A proof is a function without arguments that takes
// inputs, assumes what the contract asks of them, calls the code that ships and states
// what must be so. The prover decides it for every value of all inputs.
//
//     PROOF(arena_fits, 0)            // no loop of it runs more than 0 times
//     {
//         const uintptr_t next = any_word();
//         ASSUME(next <= …);
//         …
//         ASSERT(placed == fits);     // for all inputs
//         COVER(placed);              // for some: else the proof is of nothing
//     }
//
// All inputs come before the first branch. What a proof itself has in memory lies above
// TOP_OF_INPUTS (ir.pm), so memory that it is given must end there.

#ifndef TESTS_PROOF_PROOF_H
#define TESTS_PROOF_PROOF_H

#include "reel/base.h"

#define TOP_OF_INPUTS \
    (UINTPTR_MAX - (UINTPTR_MAX > 0xFFFFFFFF ? 0xFFFFFFFF : 0xFFFFF))

void proof_assume(bool fact);
void proof_assert(bool fact, int line);
void proof_truth(bool fact, int line);
void proof_cover(bool fact, int line);
void proof_observe(uintptr_t value);
uintptr_t any_word(void);

// The same word, of which a TRUTH knows nothing. So it is proved of any word, which is less
// work than of what the word was computed from.
uintptr_t any_same(uintptr_t word);

// One of a few numbers, both included. Where a goal is hard for all at once, it is decided
// for each, as a constant. A proof has one of these, or some that an ASSUME makes equal.
uintptr_t any_case(uintptr_t least, uintptr_t most);

#define ASSUME(fact) proof_assume(fact)
#define ASSERT(fact) proof_assert((fact), __LINE__)
#define COVER(fact)  proof_cover((fact), __LINE__)

// What helps with what follows: a fact of these inputs, and one of all words, which is
// proved without anything that was assumed.
#define LEMMA(fact)   \
    do {              \
        ASSERT(fact); \
        ASSUME(fact); \
    } while (0)
#define TRUTH(fact) proof_truth((fact), __LINE__)

// A result that the prover and the compiled code must agree on (agree.t).
#define OBSERVE(value) proof_observe((uintptr_t)(value))

#define PROOF(name, loops)               \
    extern const unsigned loops_##name;  \
    const unsigned loops_##name = loops; \
    void proof_##name(void);             \
    void proof_##name(void)

// Room for any sum of two words. Fewer bits are less work for a solver.
#ifdef __clang__
typedef unsigned _BitInt(8 * sizeof(uintptr_t) + 2) wide;
#elif UINTPTR_MAX > 0xFFFFFFFF
__extension__ typedef unsigned __int128 wide;
#else
typedef uint64_t wide;
#endif

// The next multiple of mask + 1, in the form that solvers like.
#define up(x, mask) ((wide)(x) + ((0 - (wide)(x)) & (wide)(mask)))

// Facts of padding, for a mask that is a power of two less one.
static inline bool is_mask(uintptr_t mask)
{
    return (mask & (mask + 1)) == 0;
}

#define KNOW_GAP(x, mask)                                                 \
    TRUTH(gap_to((x), (mask)) <= (mask));                                 \
    TRUTH(!is_mask(mask) || (((x) + gap_to((x), (mask))) & (mask)) == 0); \
    TRUTH(up((x), (mask)) == (wide)(x) + gap_to((x), (mask)))

#endif
