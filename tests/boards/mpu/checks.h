// SPDX-License-Identifier: MIT
// What is checked of each design.

#ifndef CHECKS_H
#define CHECKS_H

#include "design.h"

#define WORD   4u
#define CANARY 0x5EEDu

typedef struct check {
    const char *name;
    void (*run)(const mpu_design *design);
} check;

#define CHECK(function)     \
    {                       \
#function, function \
    }
#define END_OF_CHECKS \
    {                 \
        NULL, NULL    \
    }

extern const check access_checks[], refusal_checks[], strict_checks[],
    truth_checks[];

// With `committed` bytes committed, is each page as it should be, at its first
// word and at its last, and also the memory just below and above the range?
bool is_right_everywhere(const mpu_range *range, size_t committed);

// The same for those words within the range that a move can get wrong.
bool is_right_at_edges(const mpu_range *range, size_t committed);

#endif
