// SPDX-License-Identifier: MIT
// Entering U-mode, and coming back by a trap.

#ifndef USER_H
#define USER_H

#ifndef __ASSEMBLER__

#include <stdint.h>

// What a process's registers are, and what user.S keeps of the kernel
// meanwhile. It lies where every address space has it: in the kernel's RAM.
typedef struct user_frame {
    uintptr_t pc;
    uintptr_t x[31]; // x1 to x31
    uintptr_t kernel[4];
} user_frame;

#define USER_SP 1  // in x: the stack's,
#define USER_A0 9  // an argument's and a result's,
#define USER_A7 16 // and a system call's number

// Run a process until its next trap. Returns scause; stval is as the trap left
// it.
uintptr_t user_run(user_frame *frame, uintptr_t satp);

#endif

#define KERNEL_AT 256 // offset of `kernel`

#endif
