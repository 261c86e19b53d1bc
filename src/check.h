// Contract checks. A check states a fact and has no side effect. At REEL_CHECKS
// 0 it is still compiled, then removed.

#ifndef REEL_SRC_CHECK_H
#define REEL_SRC_CHECK_H

#include "reel/base.h"

// For hot paths. -Os would call helpers of two instructions, and would merge
// the rare case into the common one.
#define ALWAYS_INLINE static inline __attribute__((__always_inline__))
#define OUT_OF_LINE   static __attribute__((__noinline__))

// Did the caller keep the contract? Facts are O(1). A broken contract panics,
// and the check is false. So each use reads `if (!HOLDS(fact, why)) { fail }`:
// the call is safe even if the panic hook returns.
#define HOLDS(fact, why)       \
    (REEL_CHECKS < 1 || (fact) \
     || (reel_panic((why), __FILE__, __LINE__), false))

// Did reel keep its own promises? Any cost; nothing below REEL_CHECKS 2.
#define INVARIANT(fact)                                   \
    do {                                                  \
        if (REEL_CHECKS >= 2 && !(fact)) {                \
            reel_panic(REEL_INVALID, __FILE__, __LINE__); \
        }                                                 \
    } while (0)

// A fact that the compiler can decide. (static_assert needs <assert.h>, which a
// freestanding toolchain may lack.)
#define STATIC_CHECK(fact) _Static_assert(fact, #fact)

STATIC_CHECK(sizeof(size_t) == sizeof(uintptr_t)); // sizes span addresses
STATIC_CHECK(REEL_ALIGN_DEFAULT > 0);
STATIC_CHECK((REEL_ALIGN_DEFAULT & (REEL_ALIGN_DEFAULT - 1)) == 0);

#endif
