// SPDX-License-Identifier: MIT
// Interrupt mask of M-mode by mstatus.MIE: every interrupt of this hart waits.
// Build with -DREEL_PORT_MASK_HEADER='"riscv/mstatus.h"' to have it inline, or
// without to call the same two functions out of mstatus.c. A hart without the A
// extension (rv32imc) needs it.

#ifndef REEL_PORT_MSTATUS_H
#define REEL_PORT_MSTATUS_H

#include "reel/base.h"

// mstatus.c says REEL_TO_EMIT.
#ifndef REEL_MSTATUS_INLINE
#define REEL_MSTATUS_INLINE REEL_FOR_INLINING
#endif

#define REEL_MSTATUS_MIE 8u

// One instruction reads the old state and masks.
REEL_MSTATUS_INLINE REEL_ALWAYS_INLINED uintptr_t reel_port_mask(void)
{
    uintptr_t saved;
    __asm__ volatile("csrrci %0, mstatus, %1"
                     : "=r"(saved)
                     : "i"(REEL_MSTATUS_MIE)
                     : "memory");
    return saved & REEL_MSTATUS_MIE;
}

REEL_MSTATUS_INLINE REEL_ALWAYS_INLINED void reel_port_unmask(uintptr_t saved)
{
    __asm__ volatile("csrs mstatus, %0" ::"r"(saved) : "memory");
}

#endif
