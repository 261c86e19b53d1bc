// SPDX-License-Identifier: MIT
// A whole test framework: no libc, so the same tests run on host and boards.

#ifndef REEL_TEST_H
#define REEL_TEST_H

#include "random.h"
#include "reel/reel.h"
#include "tap.h"

typedef struct test_case {
    const char *name;
    void (*run)(void);
} test_case;

#define TEST(function)      \
    {                       \
#function, function \
    }
#define END_OF_TESTS \
    {                \
        NULL, NULL   \
    }

// One table per test file, ended by END_OF_TESTS: `const test_case NAME_tests[]`.
// The build finds them by that line, and ends their list with a name that is NULL.
typedef struct test_table {
    const char *name;
    const test_case *tests;
} test_table;

extern const test_table test_tables[];

// The reel_panic() of the tests counts and returns. Did exactly one panic come
// since the last question, for this reason? (None can at REEL_CHECKS 0.) If not,
// what came is said.
bool test_panicked(reel_status why);
bool test_is_calm(void); // no panic since the last question

// Called after each test, if set.
extern void (*test_after_each)(void);

// Called once, before the next exchange of a shared word, in builds with the
// meddling backend.
extern void (*test_before_swap)(void);

// What the tests' reel_port_yield() does, if anything.
extern void (*test_on_yield)(void);

// Run the tests whose name, or whose table's, contains `named`: "" is all. True if
// there are such and all expectations held.
bool test_run_all(const char *named);

// ---- supplied by the host's or the board's main ----------------------------

// Run a function as an interrupt of this moment: on a board, as a real one.
void test_interrupt(void (*handler)(void));

// `size` bytes, at most TEST_MEMORY, the same ones each time, for tests only
// meanwhile; on a host an access to the byte after the last one faults.
#define TEST_MEMORY 2048
unsigned char *test_memory(size_t size);

// Hooks that really protect the memory of test_memory(TEST_MEMORY), in pages of
// 64 bytes or less, all of it closed now and until the next test_memory(); or
// NULL, where nothing does.
const reel_pages *test_port(void);

// The malloc of the host, or reel_allocator_null() where there is none.
reel_allocator test_malloc(void);

// How much longer than on the smallest board a random test may run.
extern const size_t test_scale;

#endif
