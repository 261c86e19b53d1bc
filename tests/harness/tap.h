// SPDX-License-Identifier: MIT
// Results as TAP (Test Anything Protocol), which `prove` reads, without a libc.

#ifndef REEL_TAP_H
#define REEL_TAP_H

#include "reel/base.h"

// Record a failure and go on; a test ends early only by its own `return`.
void test_expect(bool fact, const char *text, const char *file, int line);
#define EXPECT(fact) test_expect((fact), #fact, __FILE__, __LINE__)

// Record a failure that a sentence describes.
void test_complain(const char *what);

// As EXPECT for two numbers, statuses or pointers: a failure shows both. The first is
// computed first.
void test_expect_equal(uintptr_t is, uintptr_t wanted, const char *text,
                       const char *file, int line);
#define EXPECT_EQUAL(is, wanted)                                          \
    do {                                                                  \
        const uintptr_t it_is = (uintptr_t)(is);                          \
        test_expect_equal(it_is, (uintptr_t)(wanted), #is " == " #wanted, \
                          __FILE__, __LINE__);                            \
    } while (0)

// Say something that is not a result: a line of text and a number.
void test_note(const char *text, size_t number);

// FILE:LINE, as part of a line.
void test_write_place(const char *file, int line);

// One line of TAP: passed if every EXPECT since the last one held. `of` is what
// was tested, if `what` does not say; else NULL.
void tap_result(const char *what, const char *of);

// A result that is one fact.
#define RESULT(fact, what, of) (EXPECT(fact), tap_result((what), (of)))

// The test at hand does not apply here, and why: its result says so. Which reasons
// there are, and how often, is in tests/tools/skips.
void tap_skip(const char *why);

// The plan. True if there are results and all expectations held.
bool tap_end(void);

// Supplied by the program: write text to the console.
void test_write(const char *text);

#endif
