// SPDX-License-Identifier: MIT
// Time in instructions. The emulator must run with its clock tied to them
// (-icount shift=10): one takes 1,024 ns, so SysTick counts them, or fires after
// a number of them.
//
// An instruction that an IT block skips counts as one. SysTick's exception is
// taken between any two instructions, also within an IT block and between
// exclusive load and store, but never while it is masked.

#ifndef CLOCK_H
#define CLOCK_H

#include "reel/base.h"

// A function to call, with what r0 to r3 shall be; then what r0 was after it.
typedef struct clock_call {
    uintptr_t arguments[4];
    uintptr_t function;
    uintptr_t result;
} clock_call;

// Find out how many ticks an instruction takes; end the run if the clock is not
// tied to them.
void clock_start(void);

// Make the call; return its instructions, of which there may be 100,000: the
// branch to the function, the function, and the return, not the loading of
// arguments.
uint32_t clock_count(clock_call *call);

// When `count` more instructions have been executed, run `handler` once, as
// SysTick's exception, with the address of the instruction that comes next. It
// may call clock_fire_after() for another exception after it has returned.
void clock_fire_after(uint32_t count, void (*handler)(uint32_t address));

// No exception any more, not even one that is due.
void clock_stop(void);

#endif
