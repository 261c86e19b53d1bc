// SPDX-License-Identifier: MIT
// A library at work on reel. The rig runs it in ample memory, in the least that
// it should need, and in less.

#ifndef PROGRAM_H
#define PROGRAM_H

#include "libc/malloc.h"
#include "reel/arena.h"

typedef enum outcome {
    WORKED, // the output is right
    FAILED, // the library said that it lacks memory
    OTHER,  // it said something else
    WRONG,  // the output is wrong
} outcome;

typedef struct program {
    const char *name; // of the library, and what it does
    bool is_arena;    // else it lives on the heap
    bool may_crash;   // the library does not look for NULL
    outcome (*run)(void);
} program;

// Each file of a library has one.
extern const program the_program;

// What it lives in: reel_malloc_heap, or this.
extern reel_arena program_arena;

// For arenas, whose blocks the library gives back without effect: what it has
// now.
void *program_note(void *block, size_t size);
void program_forget(const void *block);

// So much text that is like text: pieces repeat, and do not.
#define TEXT_BYTES 60000
const unsigned char *program_text(void);

#endif
