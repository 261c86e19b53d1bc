// SPDX-License-Identifier: MIT
// Weak defaults of the hooks of application and port. A plain definition
// anywhere in the program replaces one.

#include "gate.h"

#define DEFAULT_HOOK __attribute__((__weak__))

#if defined(__ARM_ARCH_PROFILE)
#define IS_CORTEX_M (__ARM_ARCH_PROFILE == 'M')
#else
#define IS_CORTEX_M 0
#endif

#if REEL_CALLERS

DEFAULT_HOOK void reel_refused(const reel_incident *report)
{
    (void)report;
}

DEFAULT_HOOK void reel_accused(const reel_incident *report)
{
    reel_panic(report->why, report->file, report->line);
}

#endif

// Each program can say these; a gate of its own is a port's.
#if REEL_WEAK_HOOKS

DEFAULT_HOOK void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
    // Not an endless loop: a trap stops in the debugger, at this place.
    __builtin_trap();
}

// On a Cortex-M, IPSR has the exception number in a handler, and 0 in a thread.
// Other CPUs have no such register.
DEFAULT_HOOK bool reel_port_in_interrupt(void)
{
    uintptr_t exception = 0;
#if IS_CORTEX_M
    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
#endif
    return exception != 0;
}

DEFAULT_HOOK void reel_port_yield(void)
{
}

// Without names a thread that is inside the gate, and enters it again, waits
// for ever.
DEFAULT_HOOK uintptr_t reel_port_thread(void)
{
    return 0;
}

#endif

DEFAULT_HOOK bool reel_port_gate_enter(reel_word *gate)
{
    const uintptr_t thread = reel_port_thread();
    const uintptr_t taken = thread != 0 ? thread : GATE_TAKEN;
    uintptr_t seen = GATE_OPEN;
    // Acquire: what the thread that was inside wrote. Only a value other than
    // open says that the gate is taken: an exchange may fail without a reason.
    while (!swap_if_acquire(gate, &seen, taken)) {
        if (seen != GATE_OPEN) {
            return false;
        }
    }
    return true;
}

DEFAULT_HOOK void reel_port_gate_wait(reel_word *gate)
{
    (void)gate;
    // Enough if threads take turns. If priorities are strict, the port must
    // block here, or a lower thread inside never leaves.
    reel_port_yield();
}

DEFAULT_HOOK void reel_port_gate_leave(reel_word *gate)
{
    store_release(gate, GATE_OPEN);
}

DEFAULT_HOOK uintptr_t reel_port_gate_holder(const reel_word *gate)
{
    return load_relaxed(gate);
}
