// SPDX-License-Identifier: MIT
// What the processes run, and what they may ask the kernel for.

#ifndef PROGRAMS_H
#define PROGRAMS_H

#include <stddef.h>
#include <stdint.h>

#define CALL_EXIT  0u
#define CALL_PRINT 1u // a number
#define CALL_GROW  2u // pages of heap: returns their address, or 0

typedef struct program {
    const char *name;
    void (*start)(void);
} program;

extern const program programs[]; // ends with a nameless one

// All programs are one piece of text that runs at any address.
const unsigned char *programs_start(void);
size_t programs_size(void);
size_t program_offset(const program *what);

#endif
