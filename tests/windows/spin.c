// SPDX-License-Identifier: MIT
// The gate of src/hooks.c, for the tests that count its yields: weak
// definitions are not found in PE objects.

#include "reel/port.h"

bool reel_port_gate_enter(reel_word *gate)
{
    const uintptr_t thread = reel_port_thread();
    uintptr_t nobody = 0;
    return __atomic_compare_exchange_n(&gate->value, &nobody,
                                       thread != 0 ? thread : 1, false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void reel_port_gate_wait(reel_word *gate)
{
    (void)gate;
    reel_port_yield();
}

void reel_port_gate_leave(reel_word *gate)
{
    __atomic_store_n(&gate->value, 0, __ATOMIC_RELEASE);
}

uintptr_t reel_port_gate_holder(const reel_word *gate)
{
    return __atomic_load_n(&gate->value, __ATOMIC_RELAXED);
}
