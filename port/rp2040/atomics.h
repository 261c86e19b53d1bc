// SPDX-License-Identifier: MIT
// Two Cortex-M0+ of an RP2040, which have no compare-and-swap: PRIMASK keeps this
// core's interrupts out, and a hardware spin lock of the SIO the other core. Build with
//
//   -DREEL_CORES=2 -DREEL_ATOMICS=REEL_ATOMICS_CUSTOM -DREEL_PORT_SPIN_LOCK=31
//   -DREEL_ATOMICS_HEADER='"rp2040/atomics.h"'
//
// REEL_PORT_SPIN_LOCK is the number of a lock that nothing else uses. The Pico SDK uses
// 0 to 15 for itself and systems, and 16 to 23 for its mutexes. Claim one of 24 to 31 by
// its spin_lock_claim().
//
// A read of the lock's register takes the lock, or returns 0 if the other core has it. A
// write releases it (RP2040 datasheet, SIO spinlocks). CPSID is ignored in unprivileged code, and
// no mask stops an NMI: neither may call reel.
//
// An RP2350 needs none of this: its cores have exclusives (cortex-m/exclusives.h).

#ifndef REEL_PORT_RP2040_ATOMICS_H
#define REEL_PORT_RP2040_ATOMICS_H

#include "reel/base.h"

#ifndef REEL_PORT_SPIN_LOCK
#error \
    "REEL_PORT_SPIN_LOCK must be a spin lock, 0 to 31, that nothing else uses"
#elif REEL_PORT_SPIN_LOCK < 0 || REEL_PORT_SPIN_LOCK > 31
#error "REEL_PORT_SPIN_LOCK must be 0 to 31"
#endif

#define REEL_SPIN_LOCK_ \
    (*(volatile uint32_t *)(0xD0000100u + 4u * (REEL_PORT_SPIN_LOCK)))

#define REEL_PORT_LOCK_BARRIER() __asm__ volatile("dmb" ::: "memory")

static inline REEL_ALWAYS_INLINED uintptr_t reel_port_lock(void)
{
    uintptr_t saved;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=h"(saved)::"memory");
    while (REEL_SPIN_LOCK_ == 0) {
    }
    REEL_PORT_LOCK_BARRIER();
    return saved;
}

static inline REEL_ALWAYS_INLINED void reel_port_unlock(uintptr_t saved)
{
    REEL_PORT_LOCK_BARRIER();
    REEL_SPIN_LOCK_ = 0;
    __asm__ volatile("msr primask, %0" ::"h"(saved) : "memory");
}

#include "locked_atomics.h"

#endif
