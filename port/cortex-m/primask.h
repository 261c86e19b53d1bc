// SPDX-License-Identifier: MIT
// Interrupt mask by PRIMASK: every interrupt of configurable priority waits.
// Build with -DREEL_PORT_MASK_HEADER='"cortex-m/primask.h"' to have it inline,
// or without to call the same two functions out of primask.c.
//
// CPSID is ignored in unprivileged code, and no mask stops an NMI: neither may
// call reel where interrupts are masked.

#ifndef REEL_PORT_PRIMASK_H
#define REEL_PORT_PRIMASK_H

#include "reel/base.h"

// primask.c says REEL_TO_EMIT.
#ifndef REEL_PRIMASK_INLINE
#define REEL_PRIMASK_INLINE REEL_FOR_INLINING
#endif

// A high register ("h"): MRS and MSR take any, and the low ones are precious.
REEL_PRIMASK_INLINE REEL_ALWAYS_INLINED uintptr_t reel_port_mask(void)
{
    uintptr_t saved;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=h"(saved)::"memory");
    return saved;
}

REEL_PRIMASK_INLINE REEL_ALWAYS_INLINED void reel_port_unmask(uintptr_t saved)
{
    __asm__ volatile("msr primask, %0" ::"h"(saved) : "memory");
}

#endif
