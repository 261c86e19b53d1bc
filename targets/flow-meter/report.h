// SPDX-License-Identifier: MIT
// What the meter prints.

#ifndef REPORT_H
#define REPORT_H

#include "flows.h"
#include "intervals.h"
#include "packet.h"
#include "reel/arena.h"
#include "timer.h"

struct totals {
    uint64_t frames;
    uint64_t bytes; // on the wire
    uint64_t ipv4;
    uint64_t tcp;
    uint64_t udp;
    uint64_t malformed;
    uint64_t dropped; // frames that found no room
};

// The line of one frame, for the argument "frames":
// frame N ipv4|ipv6|- tcp|udp|- A:port B:port malformed|-
void report_frame(uint64_t number, const struct packet *packet);

// The line of totals, and one of what was dropped if anything was.
void report_totals(const struct totals *totals, const struct flows *flows);

// The line of the flow table: how often it was rebuilt, how many buckets it has,
// and how many refs went stale; and one of rebuilds that found no room, if any.
void report_generations(const struct flows *flows);

// The line of intervals: how many, of the busiest one when it started and what
// it held, and how many refs went stale; and one of what was lost if anything.
void report_intervals(const struct intervals_totals *intervals);

// The ten largest flows.
void report_top(const struct flows *flows);

// The table of what each allocator used: its heading, then one row for each.
void report_memory_heading(void);
void report_memory(const char *name, size_t size, reel_stats stats);

// The line of what the timer did, to the same buffers.
void report_timer(const struct timer_totals *timer);

#endif
