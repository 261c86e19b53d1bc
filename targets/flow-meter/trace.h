// SPDX-License-Identifier: MIT
// The firmware's events, as files of the emulator's host: the arguments are
// "trace FOLDER CAPTURE". A build without events (REEL_EVENTS) writes none.

#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>

#include "reel/events.h"

#if REEL_EVENTS

// Create FOLDER/metadata and FOLDER/events; the name of the folder ends at a space.
// False if they cannot be written.
bool trace_start(const char *folder);

// Write what has happened since the last call. Nothing before trace_start().
void trace_drain(void);

// Write the rest, and close the file.
void trace_stop(void);

#else

static inline bool trace_start(const char *folder)
{
    (void)folder;
    return false;
}

static inline void trace_drain(void)
{
}

static inline void trace_stop(void)
{
}

#endif

#endif
