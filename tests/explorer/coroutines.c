// SPDX-License-Identifier: MIT
// Contexts on stacks of their own. Schedules are short, so most of the time would
// go into switching: x86-64 has its own switch, which saves what the calling
// convention asks for and no signal mask.

#include "engine.h"

#define STACK_BYTES 32768

static _Alignas(64) unsigned char stacks[CONTEXTS][STACK_BYTES];

#if defined(__x86_64__)

#define SAVED_REGISTERS 6

static void *positions[CONTEXTS + 1];

void explorer_swap_stacks(void **from, void *to);
__asm__(".text\n"
        ".globl explorer_swap_stacks\n"
        "explorer_swap_stacks:\n\t"
        "pushq %rbp\n\t"
        "pushq %rbx\n\t"
        "pushq %r12\n\t"
        "pushq %r13\n\t"
        "pushq %r14\n\t"
        "pushq %r15\n\t"
        "movq %rsp, (%rdi)\n\t"
        "movq %rsi, %rsp\n\t"
        "popq %r15\n\t"
        "popq %r14\n\t"
        "popq %r13\n\t"
        "popq %r12\n\t"
        "popq %rbx\n\t"
        "popq %rbp\n\t"
        "ret\n");

// As if `body` had been called and had just switched away.
void coroutine_prepare(unsigned context, void (*body)(void))
{
    uintptr_t *position = (uintptr_t *)(void *)(stacks[context] + STACK_BYTES);
    *--position = 0; // where body would return to
    *--position = (uintptr_t)body;
    for (unsigned i = 0; i < SAVED_REGISTERS; i++) {
        *--position = 0;
    }
    positions[context] = position;
}

void coroutine_switch(unsigned from, unsigned to)
{
    explorer_swap_stacks(&positions[from], positions[to]);
}

#else

#include <ucontext.h>

static ucontext_t positions[CONTEXTS + 1];

void coroutine_prepare(unsigned context, void (*body)(void))
{
    ucontext_t *const position = &positions[context];
    getcontext(position);
    position->uc_stack.ss_sp = stacks[context];
    position->uc_stack.ss_size = STACK_BYTES;
    position->uc_link = NULL;
    makecontext(position, body, 0);
}

void coroutine_switch(unsigned from, unsigned to)
{
    swapcontext(&positions[from], &positions[to]);
}

#endif
