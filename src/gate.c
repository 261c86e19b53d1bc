// SPDX-License-Identifier: MIT
#include "gate.h"

// A thread without a number is never found inside.
static bool is_inside(const reel_word *gate)
{
    const uintptr_t thread = reel_port_thread();
    return thread != 0 && reel_port_gate_holder(gate) == thread;
}

bool reel_gate_enter(reel_word *gate WITH_CALLER)
{
    if (reel_port_in_interrupt()) {
        return false;
    }
    // Who holds the gate is asked only if it is taken, so an entry stays short. The
    // answer does not change meanwhile: only this thread writes its own number there.
    while (!reel_port_gate_enter(gate)) {
        if (REEL_CHECKS >= 1
            && !HOLDS(!is_inside(gate), REEL_BUSY, REEL_KIND_UNKNOWN, gate,
                      caller)) {
            return false;
        }
        reel_port_gate_wait(gate);
    }
    return true;
}
