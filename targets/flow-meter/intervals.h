// SPDX-License-Identifier: MIT
// Intervals: what the capture holds, minute by minute. The results of the
// present interval live in a rewindable, whose chunks are blocks of a pool. When
// the interval ends they are folded into the totals, and a rewind frees them.
//
// A frame whose time stamp lies outside the present interval, before it or
// after it, begins another. So time that jumps or runs backwards makes more
// intervals with fewer frames, and loses none.

#ifndef INTERVALS_H
#define INTERVALS_H

#include <stdbool.h>
#include <stdint.h>

#include "flows.h"
#include "packet.h"
#include "reel/base.h"

// Seconds. An interval starts at a multiple of it.
#ifndef METER_INTERVAL
#define METER_INTERVAL 60u
#endif

// Bytes of a chunk, a multiple of 8 so that chunks are aligned, and how many
// there are at most.
#ifndef METER_INTERVAL_BLOCK
#define METER_INTERVAL_BLOCK 256u
#endif
#ifndef METER_INTERVAL_BLOCKS
#define METER_INTERVAL_BLOCKS 32u
#endif

struct interval_sums {
    uint64_t frames;
    uint64_t bytes; // on the wire
    uint64_t ipv4;
    uint64_t tcp;
    uint64_t udp;
};

// The result of one interval.
struct interval {
    struct interval_sums sums;
    uint32_t start; // seconds since 1970
    uint32_t flows; // different ones, as far as there was room to note them
};

// Read them once the intervals are stopped.
struct intervals_totals {
    uint64_t count;               // intervals, without lost ones
    struct interval_sums sums;    // of all these
    struct interval busiest;      // by bytes; the first one of these
    uint64_t stale_refs;          // to a result that was rewound; one for each
    uint64_t lost;                // intervals whose result found no room
    struct interval_sums in_lost; // the sums of all these
    uint64_t lost_flows;          // frames whose flow found no room
};

// False if there is no memory for any interval.
bool intervals_start(void);

// Count a frame that was captured in this second, with `bytes` on the wire.
void intervals_count_frame(uint32_t seconds, uint32_t bytes);

// Count what was found in that frame; `flow` is NULL if it belongs to none.
void intervals_count_packet(const struct packet *packet,
                            const struct flow *flow);

// End the last interval and give all memory back.
void intervals_stop(void);

const struct intervals_totals *intervals_totals(void);

reel_stats intervals_stats(void);
reel_stats intervals_pool_stats(void);

#endif
