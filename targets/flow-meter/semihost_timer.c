// SPDX-License-Identifier: MIT
// The timer as firmware has it: SysTick interrupts the main loop.

#include <stddef.h>
#include <stdint.h>

#include "platform.h"
#include "trace.h"

#define SYSTICK_CSR (*(volatile uint32_t *)0xE000E010)
#define SYSTICK_RVR (*(volatile uint32_t *)0xE000E014)
#define SYSTICK_CVR (*(volatile uint32_t *)0xE000E018)
#define SHPR3       (*(volatile uint32_t *)0xE000ED20)

#define SYSTICK_FIRES  7u                   // on the processor's clock
#define SYSTICK_LOWEST UINT32_C(0xFF000000) // priority

#define CYCLES_PER_TICK 25000u // 1,000 ticks a second at 25 MHz

void sys_tick_handler(void);

static void (*timer_tick)(void);

void sys_tick_handler(void)
{
    timer_tick();
}

void platform_start_timer(void (*tick)(void))
{
    timer_tick = tick;
    SHPR3 |= SYSTICK_LOWEST; // a fault in the handler is taken, not escalated
    SYSTICK_RVR = CYCLES_PER_TICK - 1;
    SYSTICK_CVR = 0;
    SYSTICK_CSR = SYSTICK_FIRES;
}

void platform_pass_time(void)
{
    trace_drain();
}

void platform_stop_timer(void)
{
    SYSTICK_CSR = 0;
    __asm__ volatile("dsb\n\tisb" ::: "memory"); // a last tick is over by now
}
