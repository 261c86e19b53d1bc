// SPDX-License-Identifier: MIT
// Generations of the flow table. Each lives in a region of its own, its buckets
// and its flows, on pages that all of them share: a larger one takes over what
// is in the table, then the old one goes in a single close, and its pages serve
// the next. Refs to its flows are stale from then on.
//
//     flow_arena   | chunk of pages          | chunk of pages          | … |
//     pool         | d | b | b | f | f | f   | f | f |   |   |   |   |
//     region         directory, buckets, flows

#ifndef GENERATION_H
#define GENERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reel/region.h"
#include "reel/registry.h"

// Bytes for all flows. Two generations exist while one takes over from another.
#ifndef METER_FLOW_BYTES
#define METER_FLOW_BYTES (2u * 1024u * 1024u)
#endif

// Bytes of a page, a power of two, and pages of a chunk.
#ifndef METER_FLOW_PAGE
#define METER_FLOW_PAGE 1024u
#endif
#ifndef METER_FLOW_PAGES
#define METER_FLOW_PAGES 16u
#endif

struct flow;

// One that is all zeros is closed. It stays where it is while it is open.
struct generation {
    reel_region region;
    struct flow ***pieces; // of the buckets, each of a page or less
    uint32_t buckets;      // a power of two; 0: closed
};

// Before anything else: start the pool. False if it cannot be.
bool generations_start(void);

// Open a generation with `buckets` empty buckets, a power of two. False if there
// is no room, or there would be more pieces than a page can list; then it is
// closed.
bool generation_open(struct generation *generation, uint32_t buckets);

// Free the buckets and every flow.
void generation_close(struct generation *generation);

// The bucket for a hash, of an open generation: the head of a chain.
struct flow **generation_bucket(const struct generation *generation,
                                uint32_t hash);

// Take memory for a flow in an open generation. NULL if there is none.
struct flow *generation_take(struct generation *generation);

// Make a ref to a flow of an open generation, and get at the flow again: NULL
// if the generation was closed meanwhile.
reel_ref generation_ref(const struct generation *generation, struct flow *flow);
struct flow *generation_get(reel_ref ref);

// Bytes of the pages that a generation holds.
size_t generation_size(const struct generation *generation);

// Bytes of all pages there are by now, and what was used of these; and of the
// arena that they come from.
size_t generations_pool_size(void);
reel_stats generations_pool_stats(void);
reel_stats generations_arena_stats(void);

#endif
