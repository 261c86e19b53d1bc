// SPDX-License-Identifier: MIT
// The second core of an Arm SSE-200, as on MPS2 AN521: it is held at reset
// until CPUWAIT lets it go, and finds its vector table by INITSVTOR1.

#include "both.h"

#define CPU_IDENTITY (*(volatile uint32_t *)0x5001F000)
#define INITSVTOR1   (*(volatile uint32_t *)0x50021114)
#define CPUWAIT      (*(volatile uint32_t *)0x50021118)

#define STACK_SIZE 4096

typedef void (*both_work)(size_t core);

// Of targets/common/startup.c: they end the run, unless a program defines the second.
void unexpected(void);
void hard_fault_handler(void);

static both_work work_of_1; // NULL: core 1 has nothing to do
static size_t arrivals;

static void serve(void)
{
    for (;;) {
        const both_work work = __atomic_load_n(&work_of_1, __ATOMIC_ACQUIRE);
        if (work != NULL) {
            work(1);
            __atomic_store_n(&work_of_1, NULL, __ATOMIC_RELEASE);
        }
    }
}

static _Alignas(8) unsigned char stack[STACK_SIZE];

// Bits 6 to 0 of the address are not kept.
static _Alignas(128) const struct {
    unsigned char *stack;
    void (*handlers[15])(void);
} vectors = {
    .stack = stack + STACK_SIZE,
    .handlers = { serve, unexpected, hard_fault_handler, unexpected, unexpected,
                  unexpected, unexpected, unexpected, unexpected, unexpected,
                  unexpected, unexpected, unexpected, unexpected, unexpected },
};

void both_start(void)
{
    INITSVTOR1 = (uint32_t)&vectors;
    __asm__ volatile("dsb" ::: "memory");
    CPUWAIT = 0;
    __asm__ volatile("dsb\n\tsev" ::: "memory");
}

void both_begin(void (*work)(size_t core))
{
    __atomic_store_n(&work_of_1, work, __ATOMIC_RELEASE);
}

void both_run(void (*work)(size_t core))
{
    both_begin(work);
    work(0);
    while (__atomic_load_n(&work_of_1, __ATOMIC_ACQUIRE) != NULL) {
    }
}

// The count only grows: the two of a meeting are an odd number and the next.
void both_meet(void)
{
    const size_t me = __atomic_add_fetch(&arrivals, 1, __ATOMIC_ACQ_REL);
    const size_t everybody = (me + 1) / 2 * 2;
    while ((intptr_t)(__atomic_load_n(&arrivals, __ATOMIC_ACQUIRE) - everybody)
           < 0) {
    }
}

size_t both_who(void)
{
    return CPU_IDENTITY;
}
