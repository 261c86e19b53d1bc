// SPDX-License-Identifier: MIT
// Gate: lets one thread at a time into an object's growth path, which calls
// hooks and backing allocators. It is one word of the object.
//
// A handler never enters. The thread that it interrupts may be inside, and
// waiting for that thread would take for ever. A thread that finds the gate
// taken waits as the port says, so no call fails because another thread grows.
// A thread that is inside already would wait for itself. If the port can tell,
// that is a broken contract, and the call fails.

#ifndef REEL_SRC_GATE_H
#define REEL_SRC_GATE_H

#include "atomic.h"
#include "reel/port.h"

#define GATE_OPEN  0u
#define GATE_TAKEN 1u // by a thread that the port does not name

// True: inside, with all writes of the threads before. False: a handler, or
// inside already, so the call fails.
bool reel_gate_enter(reel_word *gate WITH_CALLER);

static inline void gate_leave(reel_word *gate)
{
    reel_port_gate_leave(gate);
}

// The object ends, so no thread may be growing it.
static inline void nobody_is_inside(const reel_word *gate)
{
    if (REEL_CHECKS >= 2) {
        (void)HOLDS(reel_port_gate_holder(gate) == 0, REEL_BUSY,
                    REEL_KIND_UNKNOWN, gate, NULL);
    }
}

#endif
