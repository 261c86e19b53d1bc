// SPDX-License-Identifier: MIT
// REEL_PORT_EVENTS_HEADER: events are counted, for events/counts.h. Build library and
// program with -DREEL_PORT_EVENTS_HEADER='"events/to_counts.h"' -Iport, and compile
// port/events/counts.c.

#ifndef REEL_PORT_EVENTS_TO_COUNTS_H
#define REEL_PORT_EVENTS_TO_COUNTS_H

#include "events/counts.h"

static inline void reel_port_event(uintptr_t what, const void *object,
                                   uintptr_t place, size_t size,
                                   uintptr_t caller)
{
    (void)place, (void)size, (void)caller;
    reel_counts_add(what, object);
}

#endif
