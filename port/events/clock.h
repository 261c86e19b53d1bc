// SPDX-License-Identifier: MIT
// What an event says of the moment: the time, and the context.
//
// REEL_EVENTS_TIME, an expression, replaces the clock, and REEL_EVENTS_CONTEXT, a number
// up to 0xFFFF, the context. A clock only goes up, and may wrap at the end of a word.
// The defaults:
//
//   Cortex-M   the cycle counter of the DWT, from reel_event_clock_start() on, and the
//              number of the exception. Cortex-M0 and M0+ have no such counter
//   RISC-V     the cycle counter. In a handler, context 1
//   AArch64    the virtual counter
//   hosts      nanoseconds

#ifndef REEL_PORT_EVENTS_CLOCK_H
#define REEL_PORT_EVENTS_CLOCK_H

#include "reel/base.h"

#if defined(__ARM_ARCH_PROFILE)
#define REEL_IS_CORTEX_M_ (__ARM_ARCH_PROFILE == 'M')
#else
#define REEL_IS_CORTEX_M_ 0
#endif

#if REEL_IS_CORTEX_M_
#define REEL_REGISTER_(address) (*(volatile uint32_t *)(address))

// Let the cycle counter run: DEMCR.TRCENA, then DWT_CTRL.CYCCNTENA.
static inline void reel_event_clock_start(void)
{
    REEL_REGISTER_(0xE000EDFCu) |= UINT32_C(1) << 24;
    REEL_REGISTER_(0xE0001000u) |= 1u;
}
#endif

static inline REEL_ALWAYS_INLINED uintptr_t reel_event_time(void)
{
#if defined(REEL_EVENTS_TIME)
    return (uintptr_t)(REEL_EVENTS_TIME);
#elif REEL_IS_CORTEX_M_ && __ARM_ARCH_ISA_THUMB >= 2
    return REEL_REGISTER_(0xE0001004u);
#elif defined(__riscv)
    uintptr_t cycles;
    __asm__ volatile("rdcycle %0" : "=r"(cycles));
    return cycles;
#elif defined(__aarch64__) && !defined(__unix__)
    uintptr_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#elif defined(__unix__)
    extern uintptr_t reel_event_nanoseconds(void); // port/events/host_clock.c
    return reel_event_nanoseconds();
#else
#error "clock.h has no clock for this CPU: define REEL_EVENTS_TIME"
#endif
}

// In the bits that a record has for it.
static inline REEL_ALWAYS_INLINED uintptr_t reel_event_context(void)
{
#if defined(REEL_EVENTS_CONTEXT)
    return (uintptr_t)(REEL_EVENTS_CONTEXT) << 16;
#elif REEL_IS_CORTEX_M_
    uintptr_t exception;
    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    return exception << 16;
#else
    extern bool reel_port_in_interrupt(void);
    return (uintptr_t)reel_port_in_interrupt() << 16;
#endif
}

#endif
