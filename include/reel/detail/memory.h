// SPDX-License-Identifier: MIT
/// Memory of static instances.

#ifndef REEL_DETAIL_MEMORY_H
#define REEL_DETAIL_MEMORY_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/port.h"

/// Memory for a static instance: aligned, and in its section. A memory checker
/// takes it for dead until blocks are allocated in it.
#if REEL_WATCH
#define REEL_MEMORY_PLACE(place, name, bytes, align)                  \
    REEL_ALIGNAS(align) place static unsigned char name[bytes];       \
    __attribute__((__constructor__)) static void name##_is_dead(void) \
    {                                                                 \
        reel_port_watch_dead(name, sizeof name);                      \
    }                                                                 \
    extern int reel_takes_a_semicolon
#else
#define REEL_MEMORY_PLACE(place, name, bytes, align) \
    REEL_ALIGNAS(align) place static unsigned char name[bytes]
#endif
#define REEL_MEMORY_DEFINE(name, bytes, align) \
    REEL_MEMORY_PLACE(REEL_NOINIT(name), name, bytes, align)

#endif
