// SPDX-License-Identifier: MIT
// The flow table: one entry for each unordered pair of endpoints that talk TCP
// or UDP with each other. A chained hash table, which is rebuilt with twice the
// buckets when it has more flows than buckets: see generation.h.

#ifndef FLOWS_H
#define FLOWS_H

#include "generation.h"
#include "packet.h"

// Buckets to begin with, a power of two.
#ifndef METER_FLOW_BUCKETS
#define METER_FLOW_BUCKETS 256u
#endif

struct flow {
    struct flow *next;          // in its bucket
    struct packet_endpoint low; // the smaller of the two endpoints
    struct packet_endpoint high;
    uint64_t bytes; // on the wire
    uint64_t frames;
    uint32_t serial; // 0 for the first flow seen
    uint8_t version; // of IP
    uint8_t transport;
};

struct flows {
    struct generation generations[2];
    struct generation *present; // closed if there was no room even for it
    struct generation *spare;   // closed, but during a rebuild
    reel_ref last;              // the flow of the last packet that has one
    uint32_t grow_at;           // flows that there are at the next rebuild
    uint32_t count;             // flows in the table
    uint32_t tcp;               // of these, TCP
    uint32_t udp;
    uint64_t dropped;    // frames whose flow found no room
    uint32_t rebuilt;    // how often the table was
    uint32_t refused;    // rebuilds that found no room
    uint32_t stale_refs; // to a flow of an old generation; one for each
};

// What is in the table, found by walking it.
struct flows_sums {
    uint64_t flows;
    uint64_t frames;
};

// Start an empty table. `flows` stays where it is from now on.
void flows_init(struct flows *flows);

// Count a TCP or UDP packet whose frame had `bytes` on the wire. Returns its
// flow, good until the next call. A new one that finds no room is dropped and
// counted as such: NULL.
const struct flow *flows_add(struct flows *flows, const struct packet *packet,
                             uint32_t bytes);

// Find the largest flows: by bytes, then by frames, then the first one seen.
// Fills `top` and returns how many there are, at most `limit`.
unsigned flows_top(const struct flows *flows, const struct flow **top,
                   unsigned limit);

// Add up what is in the table.
struct flows_sums flows_sum(const struct flows *flows);

#endif
