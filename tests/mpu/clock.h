// Time in instructions. The emulator must run with its clock tied to them
// (-icount shift=10): one takes 1,024 ns, so SysTick counts them, or fires after
// a number of them.

#ifndef CLOCK_H
#define CLOCK_H

#include "reel/base.h"

// Find out how many ticks an instruction takes; end the run if the clock is not
// tied to them.
void clock_start(void);

// The instructions of function(a, b, c): the branch, the function, the return.
uint32_t clock_count(uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t function);

// The SysTick exception once, when `count` more instructions have been executed,
// and then again and again until clock_stop().
void clock_fire_after(uint32_t count);
void clock_stop(void);

#endif
