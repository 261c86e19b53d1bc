// SPDX-License-Identifier: MIT
// One operation of the main loop is interrupted after every one of its
// instructions, by a handler that works on the same object. What must hold then
// is checked after each trial.

#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include "reel/base.h"

// What the main loop does.
typedef struct test_operation {
    const char *name;
    void (*operate)(void);
    size_t arguments[7]; // how to prepare it: the family's
} test_operation;

// What the handler does.
typedef struct test_action {
    const char *name;
    void (*act)(void);
    void (*act_again)(void); // at a second interrupt; NULL: one is enough
} test_action;

// Every operation meets every action.
typedef struct test_family {
    const test_operation *operations; // up to the one without a name
    const test_action *actions;       // likewise
    void (*prepare)(const test_operation *operation);
    void (*check)(const test_operation *operation);
} test_family;

// Each table ends with a family of no operations.
extern const test_family blocks_families[], stacks_families[],
    rewindables_families[], pools_families[], lifetimes_families[],
    heap_families[];

// Panics with a reason that a test may have, since a test set it to 0.
extern size_t interrupts_panics;

// What goes on while the main loop yields: the thread in the gate leaves it.
extern void (*interrupts_yield)(void);

// Record what should not be, and go on.
void interrupts_require(bool fact, const char *text, const char *file,
                        int line);
#define REQUIRE(fact) interrupts_require((fact), #fact, __FILE__, __LINE__)

#endif
