// SPDX-License-Identifier: MIT
// What contexts do to one object. schedules.mjs reads these tables out of the image,
// and runs each two operations of a subject in every order.

#ifndef SCENES_H
#define SCENES_H

#include "reel/reel.h"

#define CONTEXTS 3u

// Who may do it: every context, threads, or the owner, which is context 0.
enum { ANY_CONTEXT, THREADS_ONLY, OWNER_ONLY };

typedef struct operation {
    const char *name;
    void (*run)(uintptr_t who);
    uintptr_t callers;
} operation;

typedef struct subject {
    const char *name;
    void (*start)(void);
    uintptr_t (*is_right)(void); // asked when all have done what they do
    const operation *operations; // ended by a name that is NULL
    uintptr_t in_threes;         // also each three of the first so many
} subject;

// Ended by a name that is NULL.
extern const subject subjects[];

// ---- what contexts have --------------------------------------------------------

// What a context allocated before and what its operation did.
typedef struct share {
    unsigned char *own; // NULL: freed
    unsigned char *block;
    unsigned char *last; // block, also after it is freed
    size_t size;
    uintptr_t wanted;  // requests
    uintptr_t refused; // of these, though it is a thread or in a handler
    bool is_thread;
    bool freed_disputed;
    reel_status status; // the first that should not be
} share;

extern share shares[CONTEXTS];
extern unsigned char *disputed; // each context may free it

void start_shares(void);

// Note what a request brought, and what a call said.
void note_block(uintptr_t who, void *block, size_t size);
void note_status(uintptr_t who, reel_status status);

// All requests of all contexts; none was refused that should not be.
size_t wanted_by_all(void);
bool is_all_well(void);

// Fill a block with its context's number, and ask later.
void stamp(unsigned char *block, size_t size, uintptr_t who);
bool is_stamped(const unsigned char *block, size_t size, uintptr_t who);

extern const operation block_operations[], page_operations[],
    region_operations[], stack_operations[], temp_operations[],
    rewindable_operations[], growing_operations[], heap_operations[],
    registry_operations[], gate_operations[];

void start_blocks(void);
uintptr_t blocks_are_right(void);
void start_pages(void);
void start_growing_pages(void);
uintptr_t pages_are_right(void);
void start_stack(void);
uintptr_t stack_is_right(void);
void start_temp(void);
uintptr_t temp_is_right(void);
void start_rewindable(void);
uintptr_t rewindable_is_right(void);
void start_heap(void);
uintptr_t heap_is_right(void);
void start_registry(void);
uintptr_t registry_is_right(void);
void start_gate(void);
uintptr_t gate_is_right(void);

#endif
