// SPDX-License-Identifier: MIT
// Threads that start at once and count what they find wrong: for programs of a host,
// which print TAP.

#ifndef REEL_TEST_THREADS_H
#define REEL_TEST_THREADS_H

#include "random.h"
#include "tap.h"

#define MOST_THREADS 8

// The sanitizer takes ten times as long, and sees a race whenever its two accesses are not
// ordered, not only when they meet.
#ifdef __SANITIZE_THREAD__
#define BY_SANITIZER 2
#else
#define BY_SANITIZER 1
#endif

typedef struct test_thread {
    size_t number; // from 0
    uint32_t seed; // of its own
    size_t wrong;  // how often something was
} test_thread;

// Start so many threads, which all begin when the last one is there.
void threads_start(size_t count, void (*work)(test_thread *me));

// Wait for their ends. Returns how often something was wrong.
size_t threads_end(void);

// Both.
size_t threads_run(size_t count, void (*work)(test_thread *me));

// Wait until all threads are here. True in one of them.
bool threads_meet(void);

#endif
