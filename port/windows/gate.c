// SPDX-License-Identifier: MIT
// The gate sleeps on its own word until it changes. Link with
// -lsynchronization.

#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0602 // WaitOnAddress came with Windows 8
#include <windows.h>

#include "reel/port.h"

uintptr_t reel_port_thread(void)
{
    return GetCurrentThreadId();
}

bool reel_port_gate_enter(reel_word *gate)
{
    uintptr_t nobody = 0;
    return __atomic_compare_exchange_n(&gate->value, &nobody,
                                       reel_port_thread(), false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void reel_port_gate_wait(reel_word *gate)
{
    uintptr_t seen = reel_port_gate_holder(gate);
    if (seen != 0) {
        (void)WaitOnAddress(&gate->value, &seen, sizeof seen, INFINITE);
    }
}

void reel_port_gate_leave(reel_word *gate)
{
    __atomic_store_n(&gate->value, 0, __ATOMIC_RELEASE);
    WakeByAddressSingle(&gate->value);
}

uintptr_t reel_port_gate_holder(const reel_word *gate)
{
    return __atomic_load_n(&gate->value, __ATOMIC_RELAXED);
}
