// Gate: one thread at a time through an object's growth path, where hooks and
// backing allocators are called. One word, part of the object.
//
// An interrupt never enters: what it interrupted may be inside, and waiting for
// that would be for ever. A thread that finds the gate taken yields and tries
// again, so none fails merely because another one is growing.

#ifndef REEL_SRC_GATE_H
#define REEL_SRC_GATE_H

#include "atomic.h"
#include "reel/port.h"

#define GATE_OPEN  0u
#define GATE_TAKEN 1u

// True: inside, and sees all that the last one inside did. False: in an
// interrupt, so give up.
bool reel_gate_enter(reel_word *gate);

static inline void gate_leave(reel_word *gate)
{
    store_release(gate, GATE_OPEN);
}

#endif
