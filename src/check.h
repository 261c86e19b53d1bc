// SPDX-License-Identifier: MIT
// Contract checks. A check states a fact and has no side effect. At REEL_CHECKS
// 0 it is still compiled, then removed.

#ifndef REEL_SRC_CHECK_H
#define REEL_SRC_CHECK_H

#include "caller.h"

// For hot paths. -Os would call helpers of two instructions, and would merge
// the rare case into the common one.
#define ALWAYS_INLINE static inline __attribute__((__always_inline__))

// With events a function that reports is inlined into the one that the program calls, so
// that the place of the call is known: a static one, one of other files, and one that is
// either (BODY). Those out of line are, too.
#if REEL_EVENTS
#define IN_CALLER        inline __attribute__((__always_inline__, __unused__))
#define EXTERN_IN_CALLER REEL_TO_EMIT
#define INLINE_IN_CALLER IN_CALLER
#define OUT_OF_LINE      static IN_CALLER
#else
#define OUT_OF_LINE static __attribute__((__noinline__, __unused__))
#define IN_CALLER
#define INLINE_IN_CALLER inline
#define EXTERN_IN_CALLER
#endif
#if REEL_EVENTS && !REEL_CALLERS
#define BODY_IN_CALLER EXTERN_IN_CALLER
#else
#define BODY_IN_CALLER BODY IN_CALLER
#endif

// Did the caller keep the contract? Facts are O(1). A broken contract panics,
// and the check is false. So each use reads `if (!HOLDS(fact, why, …)) { fail }`:
// the call is safe even if the panic hook returns.
#define HOLDS(fact, why, kind, object, caller) \
    (REEL_CHECKS < 1 || (fact) || (BREACH(why, kind, object, caller), false))

// Did reel keep its own promises? Any cost; nothing below REEL_CHECKS 2.
#define INVARIANT(fact)                                   \
    do {                                                  \
        if (REEL_CHECKS >= 2 && !(fact)) {                \
            reel_panic(REEL_INVALID, __FILE__, __LINE__); \
        }                                                 \
    } while (0)

// Libraries say by a symbol which options they were built with, and the functions that
// start an object by their names (reel/detail/options.h). The symbol takes no byte;
// each file has it, so it is there whatever else a program needs.
#if defined(__GNUC__) && defined(__ELF__)
#define OPTIONS_SYMBOL REEL_TEXT(REEL_BUILT_WITH(reel_library))
__asm__(".weak " OPTIONS_SYMBOL "\n\t"
        ".type " OPTIONS_SYMBOL ", %object\n\t"
        ".size " OPTIONS_SYMBOL ", 0\n\t"
        ".set " OPTIONS_SYMBOL ", 0");

// Under its plain name as well, for other languages.
#define ALSO_PLAIN(function)                                        \
    extern __typeof__(function) function##_plain __asm__(#function) \
        __attribute__((__alias__(REEL_TEXT(REEL_BUILT_WITH(function)))))
#else
#define ALSO_PLAIN(function) extern int plain_takes_a_semicolon
#endif

// A fact that the compiler can decide.
#define STATIC_CHECK(fact) REEL_STATIC_ASSERT(fact, #fact)

STATIC_CHECK(sizeof(size_t) == sizeof(uintptr_t)); // sizes span addresses
STATIC_CHECK(REEL_ALIGN_DEFAULT > 0);
STATIC_CHECK((REEL_ALIGN_DEFAULT & (REEL_ALIGN_DEFAULT - 1)) == 0);

#endif
