// SPDX-License-Identifier: MIT
// REEL_PORT_EVENTS_HEADER: events go into the ring of events/ring.h. Build library and
// program with -DREEL_PORT_EVENTS_HEADER='"events/to_ring.h"' -Iport, and compile
// port/events/ring.c, on a host also host_clock.c.

#ifndef REEL_PORT_EVENTS_TO_RING_H
#define REEL_PORT_EVENTS_TO_RING_H

#include "events/clock.h"
#include "events/ring.h"

#ifdef __cplusplus
extern "C" {
#endif

// Slow halves: the ring is full; an event on other CPUs.
void reel_events_drop(void);
void reel_events_report(uintptr_t what, const void *object, uintptr_t place,
                        size_t size, uintptr_t caller);

#if REEL_ATOMICS == REEL_ATOMICS_LLSC

// At most 25 instructions (tests/events/cost.c). The clock is read between the exclusive
// load and store: an interrupt makes the store fail, so times have the order of places.
// `what` is the last word to be written.
static inline REEL_ALWAYS_INLINED void
reel_port_event(uintptr_t what, const void *object, uintptr_t place,
                size_t size, uintptr_t caller)
{
    uintptr_t next, time, failed;
    do {
        __asm__ volatile("ldrex %0, %1"
                         : "=r"(next)
                         : "Q"(reel_events.next)
                         : "memory");
        if (REEL_UNLIKELY(next - reel_events.first >= REEL_EVENTS_CAPACITY)) {
            reel_events_drop();
            return;
        }
        time = reel_event_time();
        __asm__ volatile("strex %0, %2, %1"
                         : "=&r"(failed), "=Q"(reel_events.next)
                         : "r"(next + 1)
                         : "memory");
    } while (REEL_UNLIKELY(failed != 0));
    // One address in a register, from which all stores go.
    uintptr_t at = (uintptr_t)&reel_events
                   + next % REEL_EVENTS_CAPACITY * sizeof(reel_event);
    __asm__("" : "+r"(at));
    reel_event *const event = (reel_event *)(at + offsetof(reel_ring, events));
    event->object = (uintptr_t)object;
    event->place = place;
    event->size = size;
    event->caller = caller;
    // In this order. An exception in between makes it do both again.
    __asm__ volatile("strd %0, %1, [%2, %3]" ::"r"(time),
                     "r"(what | reel_event_context()), "r"(at),
                     "i"(offsetof(reel_ring, events))
                     : "memory");
}

#else

static inline REEL_ALWAYS_INLINED void
reel_port_event(uintptr_t what, const void *object, uintptr_t place,
                size_t size, uintptr_t caller)
{
    reel_events_report(what, object, place, size, caller);
}

#endif

#ifdef __cplusplus
}
#endif

#endif
