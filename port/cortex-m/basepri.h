// SPDX-License-Identifier: MIT
// Interrupt mask by BASEPRI. Interrupts of priority REEL_PORT_BASEPRI, and less
// urgent ones, wait. More urgent ones run, and must not call reel. For Armv7-M and
// Armv8-M mainline. Build with
//
//   -DREEL_ATOMICS=REEL_ATOMICS_MASKED -DREEL_PORT_BASEPRI=0x40
//   -DREEL_PORT_MASK_HEADER='"cortex-m/basepri.h"'
//
// REEL_PORT_BASEPRI is the value of the register: a priority as in the bytes of the
// NVIC, in the top bits. Use no bit that the part lacks, or that PRIGROUP makes a
// subpriority. The hardware ignores such bits, and a priority of 0 masks nothing.
//
// Writing BASEPRI_MAX raises the mask and never lowers it. Masking takes effect at
// once. Unmasking may take until the next ISB or exception, so interrupts wait for a
// few instructions more. MSR is ignored in unprivileged code, and no mask stops an
// NMI: neither may call reel.
//
// Cortex-M7 r0p1, erratum 837070: a masked interrupt can still come after the write
// that raises BASEPRI. As Arm advises, PRIMASK is set around the write, and then
// restored. Builds for Armv7E-M do this, since M7 and M4 look the same to the
// compiler. It takes 3 instructions more. Set REEL_PORT_BASEPRI_ERRATUM_837070 to 0
// for another part, and to 1 for such a part with a build for plain Armv7-M.

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
