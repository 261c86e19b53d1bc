// SPDX-License-Identifier: MIT
// What the boards that are no Cortex-M offer their programs: traps, a timer, an
// interrupt of their own making and, where there is one, a second core. A
// board's machine.c and start.S are behind it. main() runs on core 0.

#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The number of this core, from 0.
unsigned machine_core(void);

// Is this core in a handler?
bool machine_in_handler(void);

// The program's: a data access to `address` by the instruction at `pc` was
// refused. Returns where to go on.
uintptr_t machine_refused(uintptr_t address, uintptr_t pc);

// The instruction after the one at `pc`.
uintptr_t machine_after(uintptr_t pc);

// Run a function as an interrupt of this core, now.
void machine_interrupt(void (*handler)(void));

// Run `handler` as an interrupt of this core, once, when `ticks` have passed,
// with the address of the instruction that comes next. It may ask for another
// one.
void machine_fire_after(uint64_t ticks, void (*handler)(uintptr_t pc));
void machine_no_fire(void);

// Instructions that this core has executed, where the emulator counts them
// (-icount); and ticks for each of them, in parts of 1000.
uint64_t machine_instructions(void);
#define MACHINE_ICOUNT_NS 1024u // of an instruction

extern const uint32_t machine_tick_ps; // of a tick

// Start the other core in `work`, which never returns. False where there is
// none.
bool machine_start_other(void (*work)(void));

// ---- boards with page tables ------------------------------------------------

// The root of the tables that all cores use, and how many levels there are. RAM
// and devices are mapped where they are, below 8 GiB. There are 5 GiB of RAM,
// of which the emulator takes what is touched; an image lies in the first 128
// MiB of them.
extern uint64_t machine_root[512];
extern const unsigned machine_levels;
#if defined(__aarch64__)
#define MACHINE_RAM ((uintptr_t)0x40000000)
#else
#define MACHINE_RAM ((uintptr_t)0x80000000)
#endif

#endif
