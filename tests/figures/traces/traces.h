// SPDX-License-Identifier: MIT
// Recorded sequences of allocations, replayed (README.md).

#ifndef TRACES_H
#define TRACES_H

#include "reel/base.h"

// A packed trace (pack): three words of the header, then the events.
typedef struct trace_header {
    uint32_t slots;  // numbers of blocks below this
    uint32_t events; // how many follow
    uint32_t peak;   // most bytes allocated at one time, as asked for
} trace_header;

typedef struct trace_event {
    uint32_t
        what; // kind in bits 30 and 31, log2 of the alignment in 24 to 29, slot
    uint32_t size;
} trace_event;

enum { TRACE_ALLOC, TRACE_ZEROED, TRACE_REALLOC, TRACE_FREE };

static inline uint32_t trace_kind(const trace_event *event)
{
    return event->what >> 30;
}

static inline uint32_t trace_slot(const trace_event *event)
{
    return event->what & 0xFFFFFF;
}

// The alignment that was asked for; 0: none.
static inline size_t trace_align(const trace_event *event)
{
    const uint32_t log2 = event->what >> 24 & 0x3F;
    return log2 == 0 ? 0 : (size_t)1 << log2;
}

#endif
