// SPDX-License-Identifier: MIT
#include "clock/clock.h"

#include "semihost.h"

void sys_tick_handler(void);
void clock_take_tick(const uint32_t *frame);

#define SYSTICK_CSR (*(volatile uint32_t *)0xE000E010)
#define SYSTICK_RVR (*(volatile uint32_t *)0xE000E014)
#define SYSTICK_CVR (*(volatile uint32_t *)0xE000E018)
#define ICSR        (*(volatile uint32_t *)0xE000ED04)

#define SYSTICK_MAX      0xFFFFFFu
#define SYSTICK_FREE     5u // enabled, on the processor's clock, no interrupt
#define SYSTICK_FIRES    7u // the same with it
#define ICSR_PENDSTCLR   (UINT32_C(1) << 25)
#define FRAME_PC         6
#define LOOP_TURNS       512u
#define LOOP_LENGTH      (2 * LOOP_TURNS) // instructions
#define LEAST_LOOP_TICKS (10 * LOOP_LENGTH)

static uint32_t loop_ticks; // of LOOP_LENGTH instructions
static void (*volatile armed)(uint32_t address);

// Returns the ticks from just before the branch to just after the return, and
// the one instruction that reads the clock.
__attribute__((naked, noinline)) static uint32_t ticks_of_call(clock_call *call)
{
    (void)call;
    __asm__ volatile(".syntax unified\n\t"
                     "push {r3, r4, r5, r6, r7, lr}\n\t"
                     "movs r7, r0\n\t"
                     "ldm r7!, {r0, r1, r2, r3}\n\t"
                     "ldr r4, =0xE000E018\n\t"
                     "ldr r6, [r7]\n\t"
                     "ldr r5, [r4]\n\t"
                     "blx r6\n\t"
                     "ldr r4, [r4]\n\t"
                     "str r0, [r7, #4]\n\t"
                     "subs r0, r5, r4\n\t"
                     "lsls r0, r0, #8\n\t" // the clock has 24 bits
                     "lsrs r0, r0, #8\n\t"
                     "pop {r3, r4, r5, r6, r7, pc}\n\t"
                     ".ltorg");
}

__attribute__((naked)) static void nothing(void)
{
    __asm__ volatile("bx lr");
}

__attribute__((naked)) static void loop(uintptr_t turns)
{
    (void)turns;
    __asm__ volatile(".syntax unified\n\t"
                     "1: subs r0, r0, #1\n\t"
                     "bne 1b\n\t"
                     "bx lr");
}

static void run_free(void)
{
    SYSTICK_RVR = SYSTICK_MAX;
    SYSTICK_CVR = 0;
    SYSTICK_CSR = SYSTICK_FREE;
}

void clock_start(void)
{
    clock_call turns = { { LOOP_TURNS }, (uintptr_t)loop, 0 };
    clock_call no_turns = { { 0 }, (uintptr_t)nothing, 0 };
    run_free();
    loop_ticks = ticks_of_call(&turns) - ticks_of_call(&no_turns);
    if (loop_ticks < LEAST_LOOP_TICKS) {
        semihost_write("Bail out! this needs -icount shift=10\n");
        semihost_exit(1);
    }
}

uint32_t clock_count(clock_call *call)
{
    run_free();
    const uint32_t ticks = ticks_of_call(call);
    clock_stop();
    return (ticks * LOOP_LENGTH + loop_ticks / 2) / loop_ticks - 1;
}

// Halfway between two instructions.
void clock_fire_after(uint32_t count, void (*handler)(uint32_t address))
{
    armed = handler;
    SYSTICK_RVR = (count * loop_ticks + loop_ticks / 2) / LOOP_LENGTH;
    SYSTICK_CVR = 0;
    SYSTICK_CSR = SYSTICK_FIRES;
}

void clock_stop(void)
{
    SYSTICK_CSR = 0;
    ICSR = ICSR_PENDSTCLR;
}

// A short time passes once more on the way into the handler: one exception is
// enough.
__attribute__((used)) void clock_take_tick(const uint32_t *frame)
{
    void (*const handler)(uint32_t) = armed;
    clock_stop();
    armed = NULL;
    if (handler != NULL) {
        handler(frame[FRAME_PC]);
    }
}

__attribute__((naked)) void sys_tick_handler(void)
{
    __asm__ volatile("mrs r0, msp\n\t"
                     "ldr r1, =clock_take_tick\n\t"
                     "bx r1\n\t"
                     ".ltorg");
}
