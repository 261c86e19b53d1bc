// SPDX-License-Identifier: MIT
/// The newest calls that allocated and freed blocks, with their callers, on hosts.
/// Build library and program with -DREEL_PORT_EVENTS_HEADER='"host/history.h"'
/// -Iport, and compile port/host/history.c and report.c. AddressSanitizer's reports then
/// begin with what is known of the address.

#ifndef REEL_PORT_HOST_HISTORY_H
#define REEL_PORT_HOST_HISTORY_H

#include "reel/events.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Events that are kept: the newest.
#define REEL_HISTORY_LENGTH 65536u

/// Note an event, as reel_port_event() does.
///
/// Returns  nothing.
/// Callers  any context
void reel_history_note(uintptr_t what, const void *object, uintptr_t place,
                       size_t size, uintptr_t caller);

/// Write to stderr which block an address is or was part of, and the lines that
/// allocated it and freed it. Other threads may make calls.
///
/// Returns  true if a block is known.
/// Cost     O(REEL_HISTORY_LENGTH), and as reel_host_line()
/// Callers  threads only
/// Waits    as reel_host_line()
bool reel_history_explain(const void *address);

static inline REEL_ALWAYS_INLINED void
reel_port_event(uintptr_t what, const void *object, uintptr_t place,
                size_t size, uintptr_t caller)
{
    reel_history_note(what, object, place, size, caller);
}

#ifdef __cplusplus
}
#endif

#endif
