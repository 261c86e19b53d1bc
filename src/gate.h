// Gate: one thread at a time through an object's growth path, where hooks and
// backing allocators are called. One word, part of the object.
//
// An interrupt never enters: what it interrupted may be inside, and waiting for
// that would be for ever. A thread that finds the gate taken waits as the port has
// it, so none fails merely because another one is growing. A thread that is inside
// already would wait for itself: where the port says which thread it is, that is a
// broken contract, and the call fails.

#ifndef REEL_SRC_GATE_H
#define REEL_SRC_GATE_H

#include "atomic.h"
#include "reel/port.h"

#define GATE_OPEN  0u
#define GATE_TAKEN 1u // by a thread that the port does not name

// True: inside, and sees all that the last one inside did. False: in an interrupt,
// or inside already, so give up.
bool reel_gate_enter(reel_word *gate);

static inline void gate_leave(reel_word *gate)
{
    reel_port_gate_leave(gate);
}

// The object ends, and no thread may be growing it.
static inline void nobody_is_inside(const reel_word *gate)
{
    if (REEL_CHECKS >= 2) {
        (void)HOLDS(reel_port_gate_holder(gate) == 0, REEL_BUSY);
    }
}

#endif
