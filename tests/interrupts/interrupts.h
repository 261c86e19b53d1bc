// SPDX-License-Identifier: MIT
// One operation of the main loop is interrupted after every one of its
// instructions, by a handler that works on the same object. What must hold then
// is checked after each trial.

#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include "reel/base.h"

// Who has what.
enum { MAIN_LOOP, HANDLER, NO_OWNER };

// What the main loop does; with IN_HANDLER what a handler does, of less priority than
// the one that interrupts.
typedef struct test_operation {
    const char *name;
    void (*operate)(void);
    size_t arguments[8]; // how to prepare it: the family's, and the last one
} test_operation;

enum { IN_HANDLER = 7 };

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
    void (*prepare)(void);
    void (*check)(void);
} test_family;

extern const test_operation *under_test;

static inline size_t argument(unsigned which)
{
    return under_test->arguments[which];
}

static inline bool is_operation(void (*operate)(void))
{
    return under_test->operate == operate;
}

// Each table ends with a family of no operations.
extern const test_family blocks_families[], stacks_families[],
    rewindables_families[], spans_families[], pools_families[],
    regions_families[], objects_families[], lifetimes_families[],
    heap_families[];

// The image is asked for ends that are wrong.
extern bool interrupts_have_broken_ends;

// Panics with a reason that a test may have, since a test set it to 0.
extern size_t interrupts_panics;

// What goes on while the main loop yields: the thread in the gate leaves it.
extern void (*interrupts_yield)(void);

// The handler leaves the object alone.
extern const test_action interrupts_no_action[];

// Record what should not be, and go on.
void interrupts_require(bool fact, const char *text, const char *file,
                        int line);
#define REQUIRE(fact) interrupts_require((fact), #fact, __FILE__, __LINE__)

#endif
