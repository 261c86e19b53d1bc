// SPDX-License-Identifier: MIT
// Two cores with exclusives (LDREX, LDAEX) on memory that both access. REEL_CORES=2 and
// REEL_ATOMICS_NATIVE need a global monitor, and accesses that reach it. For that the MPU
// makes the memory shareable, or, on a Cortex-M33, the function below sets a bit.

#ifndef REEL_PORT_EXCLUSIVES_H
#define REEL_PORT_EXCLUSIVES_H

#include "reel/base.h"

/// Let all exclusive accesses of this core use the global monitor, also for memory
/// that is not shareable: ACTLR.EXTEXCLALL of a Cortex-M33. Call this on each core
/// before all other calls. The SDK of an RP2350 does it at start-up.
///
/// Returns  REEL_OK; REEL_UNSUPPORTED if the core has no such bit, or code that is
///          not Secure may not set it. Then make the memory shareable.
/// Callers  threads only
static inline reel_status reel_exclusives_share(void)
{
    volatile uint32_t *const actlr = (volatile uint32_t *)0xE000E008;
    const uint32_t external = UINT32_C(1) << 29;
    *actlr |= external;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    return (*actlr & external) != 0 ? REEL_OK : REEL_UNSUPPORTED;
}

#endif
