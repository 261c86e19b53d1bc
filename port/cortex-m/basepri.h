// SPDX-License-Identifier: MIT
// Interrupt mask by BASEPRI: interrupts of priority REEL_PORT_BASEPRI and of less
// urgent ones wait, more urgent ones run on and must not call reel. Needs
// Armv7-M or Armv8-M mainline. Build with
//
//   -DREEL_ATOMICS=REEL_ATOMICS_MASKED -DREEL_PORT_BASEPRI=0x40
//   -DREEL_PORT_MASK_HEADER='"cortex-m/basepri.h"'
//
// REEL_PORT_BASEPRI is the register's value: a priority as it stands in the
// NVIC's bytes, in the top bits, and in none that the part lacks or PRIGROUP makes
// a subpriority: without those it would be another one, or 0, which masks nothing.
//
// Writing BASEPRI_MAX raises the mask and never lowers it. Where that makes
// interrupts wait it does so at once; unmasking may take until the next ISB or
// exception, which delays them by a few instructions. MSR is
// ignored in unprivileged code, and no mask stops an NMI: neither may call reel.
//
// Cortex-M7 r0p1, erratum 837070: the instruction after a write that raises
// BASEPRI can still be interrupted by what is masked. As Arm advises, PRIMASK is
// set around the write, and put back as it was. This is what Armv7E-M builds do,
// which cannot tell M7 from M4, for 3 instructions more; set
// REEL_PORT_BASEPRI_ERRATUM_837070 to 0 if it is no such part, to 1 if it is one
// and the build is for plain Armv7-M.

#ifndef REEL_PORT_BASEPRI_H
#define REEL_PORT_BASEPRI_H

#include "reel/base.h"

#if !defined(__ARM_ARCH_PROFILE) || __ARM_ARCH_ISA_THUMB < 2
#error "no BASEPRI on this CPU: use cortex-m/primask.h"
#elif __ARM_ARCH_PROFILE != 'M'
#error "no BASEPRI on this CPU: use cortex-m/primask.h"
#endif
#ifndef REEL_PORT_BASEPRI
#error "REEL_PORT_BASEPRI is not set: define the priority to mask from"
#elif REEL_PORT_BASEPRI < 1 || REEL_PORT_BASEPRI > 255
#error "REEL_PORT_BASEPRI must be 1 to 255: 0 would mask nothing"
#endif
#ifdef __NVIC_PRIO_BITS // of CMSIS
#if (REEL_PORT_BASEPRI & (0xFF >> __NVIC_PRIO_BITS)) != 0
#error "REEL_PORT_BASEPRI has bits that are not in __NVIC_PRIO_BITS: clear them"
#endif
#endif

#ifndef REEL_PORT_BASEPRI_ERRATUM_837070
#ifdef __ARM_ARCH_7EM__
#define REEL_PORT_BASEPRI_ERRATUM_837070 1
#else
#define REEL_PORT_BASEPRI_ERRATUM_837070 0
#endif
#endif

#if REEL_PORT_BASEPRI_ERRATUM_837070
#define REEL_RAISE_BASEPRI_   \
    "mrs %1, primask\n\t"     \
    "cpsid i\n\t"             \
    "msr basepri_max, %2\n\t" \
    "msr primask, %1"
#else
#define REEL_RAISE_BASEPRI_ "msr basepri_max, %2"
#endif

static inline REEL_ALWAYS_INLINED uintptr_t reel_port_mask(void)
{
    uintptr_t saved, primask;
    __asm__ volatile("mrs %0, basepri\n\t" REEL_RAISE_BASEPRI_
                     : "=&r"(saved), "=&r"(primask)
                     : "r"((uintptr_t)REEL_PORT_BASEPRI)
                     : "memory");
    (void)primask; // of the erratum only
    return saved;
}

static inline REEL_ALWAYS_INLINED void reel_port_unmask(uintptr_t saved)
{
    __asm__ volatile("msr basepri, %0" ::"r"(saved) : "memory");
}

#endif
