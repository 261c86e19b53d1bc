// SPDX-License-Identifier: MIT
// One event as it lies in memory and in a file: six words of the machine.
//
//   time      of the clock, which only goes up; it may wrap
//   what      the kind in the lowest 8 bits, then 8 bits of module (reel/events.h),
//             then 16 of context. 0: not written yet
//   object    the address of the allocator
//   place     of the block, or what else the kind says
//   size      in bytes
//   caller    the address behind the call
//
// Context: 0 is a thread. On a Cortex-M it is the number of the exception, elsewhere
// what the port says; the core's number is in the highest 4 bits.

#ifndef REEL_PORT_EVENTS_RECORD_H
#define REEL_PORT_EVENTS_RECORD_H

#include "reel/base.h"

typedef struct reel_event {
    uintptr_t time;
    uintptr_t what;
    uintptr_t object;
    uintptr_t place;
    uintptr_t size;
    uintptr_t caller;
} reel_event;

#define REEL_EVENT_CONTEXT_OF(what) ((what) >> 16 & 0xFFFFu)

#endif
