// SPDX-License-Identifier: MIT
// Where the program called from. With REEL_CALLERS a public function takes the address
// that it returns to, and hands it to those below it as their last parameter. Without,
// these macros are nothing, so no build pays for what it does not use.
//
//     static void *refuse(reel_blocks *blocks, size_t size WITH_CALLER)
//     …
//     void *reel_blocks_alloc(reel_blocks *blocks)
//     {
//         … return refuse(blocks, size PASS_HERE);
//     }

#ifndef REEL_SRC_CALLER_H
#define REEL_SRC_CALLER_H

#include "reel/report.h"

#if REEL_CALLERS

// In a public function, and in what is always inlined into it. The number keeps gcc from
// making one of two functions that differ in nothing else.
#define HERE                                       \
    __extension__({                                \
        __asm__ volatile("" : : "i"(__COUNTER__)); \
        __builtin_return_address(0);               \
    })

// Last parameters, and what is passed for them. There may be more that only a report
// names.
#define WITH(parameter) , parameter
#define PASS(value)     , (value)

// A public function that others of the library call on behalf of a caller: this is its
// body, which gets the caller. The function itself is at the end of its file.
#define FROM(function) function##_from
#define BODY           static

// The object is still as it was before the call. One that has ended is not full: that
// is a broken contract.
void reel_tell_refusal(reel_status why, reel_kind kind, const void *object,
                       const void *caller, size_t size, size_t align,
                       size_t available, const void *backing);
void reel_tell_breach(reel_status why, reel_kind kind, const void *object,
                      const void *caller, const char *file, int line);
#define TELL_REFUSAL(is_live, ...) \
    ((is_live) ? reel_tell_refusal(__VA_ARGS__) : (void)0)
#define BREACH(why, kind, object, caller) \
    reel_tell_breach((why), (kind), (object), (caller), __FILE__, __LINE__)

#else

#define WITH(parameter)
#define PASS(value)
#define FROM(function) function
#define BODY
#define TELL_REFUSAL(is_live, ...)        (void)0
#define BREACH(why, kind, object, caller) reel_panic((why), __FILE__, __LINE__)

#endif

// A function for the arguments of reports and events alone.
#define ONLY_REPORTED static inline __attribute__((__unused__))

#define WITH_CALLER WITH(const void *caller)
#define PASS_CALLER PASS(caller)
#define PASS_HERE   PASS(HERE)

#endif
