// SPDX-License-Identifier: MIT
/// A ring of events: every context writes to it, without a lock, and one reads.
///
///     first           next
///       |  events      |          room for as many as REEL_EVENTS_CAPACITY
///       +--------------+-------------------------------------------------
///
/// A writer claims a place by one exchange, and reads the clock within it. So events
/// lie in the order of their times. It writes `what` last. A reader that finds 0 there does
/// not wait: it has no more events for now. A full ring drops new events and counts them.
/// To keep the newest ones, call reel_events_make_room() in the idle loop.
///
/// There is one ring, reel_events, in .bss. REEL_EVENTS_CAPACITY is a power of two.

#ifndef REEL_PORT_EVENTS_RING_H
#define REEL_PORT_EVENTS_RING_H

#include "events/record.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef REEL_EVENTS_CAPACITY
#define REEL_EVENTS_CAPACITY 1024u
#endif

/// Only these functions and the hook write to it.
typedef struct reel_ring {
    uintptr_t next;  // events that were reported so far, without those lost
    uintptr_t first; // the oldest that was not taken
    uintptr_t lost;  // events that found the ring full
    uintptr_t spare;
    reel_event events[REEL_EVENTS_CAPACITY];
} reel_ring;

extern reel_ring reel_events;

/// Take the oldest event out.
///
/// Returns  true; false if there is none for now.
bool reel_events_take(reel_event *event);

/// Drop the oldest events until there is room for `room` more, at most the capacity.
/// This is for a program that reads its events only after a failure.
///
/// Returns  the events that were dropped. They count as lost.
/// Cost     O(events)
size_t reel_events_make_room(size_t room);

/// Count the events that were dropped so far.
///
/// Returns  the number; it wraps at the end of a word.
size_t reel_events_lost(void);

/// Look at an event without taking it. In a fault handler, too.
///
///   back     0 for the newest, 1 for the one before it
///
/// Returns  true; false if the ring has fewer, or its writer was interrupted.
/// Callers  any context
bool reel_events_look(size_t back, reel_event *event);

#ifdef __cplusplus
}
#endif

#endif
