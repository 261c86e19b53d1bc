// The flow table: one entry for each unordered pair of endpoints that talk TCP
// or UDP with each other. A chained hash table in an arena.

#ifndef FLOWS_H
#define FLOWS_H

#include "packet.h"
#include "reel/arena.h"

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
    reel_arena *arena;
    struct flow **buckets; // NULL if there was no room even for one
    uint32_t mask;         // buckets less one; their count is a power of two
    uint32_t count;        // flows in the table
    uint32_t tcp;          // of these, TCP
    uint32_t udp;
    uint64_t dropped; // frames whose flow found no room
};

// Start an empty table that lives in `arena`, as many buckets as suit its size.
void flows_init(struct flows *flows, reel_arena *arena);

// Count a TCP or UDP packet whose frame had `bytes` on the wire. Returns its
// flow. A new one that finds no room is dropped and counted as such: NULL.
const struct flow *flows_add(struct flows *flows, const struct packet *packet,
                             uint32_t bytes);

// Find the largest flows: by bytes, then by frames, then the first one seen.
// Fills `top` and returns how many there are, at most `limit`.
unsigned flows_top(const struct flows *flows, const struct flow **top,
                   unsigned limit);

#endif
