// SPDX-License-Identifier: MIT
// What the files here share: a row is a call and its instructions.

#ifndef COUNTS_H
#define COUNTS_H

#include "reel/base.h"

typedef uintptr_t word;

word instructions(word a, word b, word c, word d, word function);
void print_row(const char *name, word count);
void must(bool fact);

#define COUNT(name, function, a, b, c, d)                                    \
    print_row(name, instructions((word)(a), (word)(b), (word)(c), (word)(d), \
                                 (word)(function)))

void count_heap(void);

#endif
