#include "gate.h"

bool reel_gate_enter(reel_word *gate)
{
    if (reel_port_in_interrupt()) {
        return false;
    }
    uintptr_t seen = GATE_OPEN;
    while (!swap_if_acquire(gate, &seen, GATE_TAKEN)) {
        if (seen != GATE_OPEN) {
            reel_port_yield();
        }
        seen = GATE_OPEN;
    }
    return true;
}
