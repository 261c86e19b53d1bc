// SPDX-License-Identifier: MIT
// Processes: what the kernel knows of one lies in its region, and is gone with
// it.

#ifndef PROCESS_H
#define PROCESS_H

#include "memory.h"
#include "programs.h"
#include "user.h"

// Of the region of a process; its first block.
typedef struct process_state {
    user_frame frame;
    user_space space;
    uintptr_t heap_end;
    size_t turns;
} process_state;

// Outlives the process: the name that a fault is reported by.
typedef struct process {
    const char *name;
    process_state *state; // NULL: not started, or ended
    reel_region region;
    reel_pool pool;
    reel_pool_chunk chunks[8];
    reel_temp temp;
    reel_mmu window; // the address range of all that
} process;

// Start a program. False where memory is short, and then nothing is left of it.
bool process_start(process *which, const program *what, size_t number);

// Run it for a while. Returns scause.
uintptr_t process_run(process *which);

// Everything goes back, and its addresses are not mapped any more.
void process_end(process *which);

// Say whose an address is and in which state; false if it is no process's.
bool process_name(const process *processes, size_t count, uintptr_t address);

#endif
