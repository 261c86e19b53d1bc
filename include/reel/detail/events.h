// SPDX-License-Identifier: MIT
/// Inside events.h: how a call reports. Without REEL_PORT_EVENTS_HEADER it does not,
/// and its arguments are not evaluated.

#ifndef REEL_DETAIL_EVENTS_H
#define REEL_DETAIL_EVENTS_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/events.h"
#include "reel/port.h"

/// Report an event. The caller is the address that the function around this returns
/// to, or the function that it is inlined into.
#if REEL_EVENTS
#define REEL_REPORT(kind, module, object, place, size)                        \
    reel_port_event(                                                          \
        REEL_EVENT_WHAT(REEL_EVENT_##kind, REEL_EVENT_OF_##module), (object), \
        (uintptr_t)(place), (size), (uintptr_t)__builtin_return_address(0))
#else
#define REEL_REPORT(kind, module, object, place, size) \
    ((void)sizeof(object), (void)sizeof(place), (void)sizeof(size))
#endif

#endif
