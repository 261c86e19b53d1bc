// SPDX-License-Identifier: MIT
// The only access to a word that several contexts share.
//
//   load_relaxed(word)           the value, never torn
//   load_acquire(word)           and what its writer wrote before it
//   store_relaxed(word, value)   the value, never torn
//   store_release(word, value)   after everything written before it
//   swap_if_relaxed(word, &seen, next)
//   swap_if_acquire(word, &seen, next)
//   swap_if_release(word, &seen, next)
//       If the word has the value `seen`, write `next` and return true. Else, and
//       sometimes without a reason, leave it, store its value in `seen` and
//       return false: each use is a loop. A failed acquire acquires, too.
//
// A plain struct, not _Atomic: public headers stay valid C++, and a CPU without
// compare-and-swap links without libatomic. Whole words only: each target lacks
// narrower or wider exchanges.

#ifndef REEL_SRC_ATOMIC_H
#define REEL_SRC_ATOMIC_H

#include "check.h"
#include "reel/base.h"

#if REEL_ATOMICS == REEL_ATOMICS_NATIVE
#include "atomic/native.h"
#elif REEL_ATOMICS == REEL_ATOMICS_MASKED
#include "atomic/masked.h"
#elif REEL_ATOMICS == REEL_ATOMICS_LLSC
#include "atomic/llsc.h"
#elif REEL_ATOMICS == REEL_ATOMICS_NONE
#include "atomic/none.h"
#else
#include REEL_ATOMICS_HEADER
#endif

STATIC_CHECK(sizeof(reel_word) == sizeof(void *));

#endif
