// SPDX-License-Identifier: MIT
// Work on both cores of the board at the same time. They are numbered 0 and 1;
// core 0 runs main().

#ifndef BOTH_H
#define BOTH_H

#include "reel/base.h"

// A count that one core writes and the other one may read. Each has a cache
// line of the emulator's host to itself, so that counting does not set the
// pace.
typedef struct tally {
    _Alignas(64) volatile size_t count;
} tally;

// Let core 1 out of reset. It waits for work.
void both_start(void);

// Let core 1 run work(1), and go on.
void both_begin(void (*work)(size_t core));

// Run work(0) on this core and work(1) on the other one; return when both have.
void both_run(void (*work)(size_t core));

// Within work: go on when the other core is here as well.
void both_meet(void);

// The number of the core that asks, as the hardware has it.
size_t both_who(void);

#endif
