#include "clock.h"

#include "semihost.h"

#define SYSTICK_CSR (*(volatile uint32_t *)0xE000E010)
#define SYSTICK_RVR (*(volatile uint32_t *)0xE000E014)
#define SYSTICK_CVR (*(volatile uint32_t *)0xE000E018)

#define SYSTICK_MAX      0xFFFFFFu
#define SYSTICK_FREE     5u // enabled, on the processor's clock, no interrupt
#define SYSTICK_FIRES    7u // the same with it
#define LOOP_TURNS       512u
#define LOOP_LENGTH      (2 * LOOP_TURNS) // instructions
#define LEAST_LOOP_TICKS (10 * LOOP_LENGTH)

static uint32_t loop_ticks; // of LOOP_LENGTH instructions

// Calls function(a, b, c); returns the ticks from just before the branch to just
// after the return, and the one instruction that reads the clock.
__attribute__((naked, noinline)) static uint32_t
ticks_of_call(uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t function)
{
    (void)a, (void)b, (void)c, (void)function;
    __asm__ volatile("push {r4, r5, r6, lr}\n\t"
                     "ldr r4, =0xE000E018\n\t"
                     "ldr r5, [r4]\n\t"
                     "blx r3\n\t"
                     "ldr r4, [r4]\n\t"
                     "subs r0, r5, r4\n\t"
                     "ubfx r0, r0, #0, #24\n\t"
                     "pop {r4, r5, r6, pc}\n\t"
                     ".ltorg");
}

__attribute__((naked)) static void nothing(void)
{
    __asm__ volatile("bx lr");
}

__attribute__((naked)) static void loop(uintptr_t turns)
{
    (void)turns;
    __asm__ volatile("1: subs r0, r0, #1\n\t"
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
    run_free();
    loop_ticks = ticks_of_call(LOOP_TURNS, 0, 0, (uintptr_t)loop)
                 - ticks_of_call(0, 0, 0, (uintptr_t)nothing);
    if (loop_ticks < LEAST_LOOP_TICKS) {
        semihost_write("Bail out! this needs -icount shift=10\n");
        semihost_exit(1);
    }
}

uint32_t clock_count(uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t function)
{
    run_free();
    const uint32_t ticks = ticks_of_call(a, b, c, function);
    clock_stop();
    return (ticks * LOOP_LENGTH + loop_ticks / 2) / loop_ticks - 1;
}

// Halfway between two instructions.
void clock_fire_after(uint32_t count)
{
    SYSTICK_RVR = (count * loop_ticks + loop_ticks / 2) / LOOP_LENGTH;
    SYSTICK_CVR = 0;
    SYSTICK_CSR = SYSTICK_FIRES;
}

void clock_stop(void)
{
    SYSTICK_CSR = 0;
}
