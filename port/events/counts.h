// SPDX-License-Identifier: MIT
/// Counts of events: how often each object allocated, freed and refused, and how many
/// blocks were live at once.
///
/// Feed reel_counts_add() from the hook, by building library and program with
/// -DREEL_PORT_EVENTS_HEADER='"events/to_counts.h"', or from the reader of a ring
/// (events/ring.h), with each event that it takes. A sink of your own may call it, too.
///
/// Objects are distinguished by their addresses. One that is initialised again counts
/// from 0; a region, a span and a static instance count on. There is one table, in
/// .bss, of REEL_COUNTS_CAPACITY objects, a power of two. Objects for which it has no
/// room are not counted; reel_counts_lost() says how many of their events there were.

#ifndef REEL_PORT_EVENTS_COUNTS_H
#define REEL_PORT_EVENTS_COUNTS_H

#include "reel/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef REEL_COUNTS_CAPACITY
#define REEL_COUNTS_CAPACITY 64u
#endif

/// Of one object. Each wraps at the end of a word. For blocks, pools, heaps and
/// rewindables that free blocks, allocs - frees are live until the next rewind.
typedef struct reel_counts {
    uintptr_t object;  // its address
    uintptr_t allocs;  // blocks, also those for a cache
    uintptr_t frees;   // blocks that were freed one by one, also out of a cache
    uintptr_t resizes; // blocks that changed their size in place
    uintptr_t
        rewinds; // and resets, closes and ends: each frees any number of blocks
    uintptr_t refusals; // requests
    uintptr_t takes;    // blocks from a cache to a caller
    uintptr_t puts;     // blocks from a caller to a cache, or to be freed later
    uintptr_t most_live; // the most that allocs - frees was in this phase
} reel_counts;

/// Count an event: the hook.
///
///   what     as reel_port_event() gets it
///
/// Returns  nothing.
/// Cost     O(1); for the first event of an object O(objects)
/// Callers  any context
void reel_counts_add(uintptr_t what, const void *object);

/// Get the counts of an object.
///
/// Returns  true; false if it has none, and then they are 0.
/// Cost     as reel_counts_add()
/// Callers  any context
bool reel_counts_of(const void *object, reel_counts *counts);

/// Begin a phase of an object: the most live blocks become what is live now, and the
/// refusals become 0. The other counts stay. So a block pool forgets its peak, which
/// in other builds is its watermark (reel_blocks_begin_phase()).
///
/// While other contexts allocate and free, the most live blocks may be too few: frees
/// are read after the allocations. Call this while they do not. What a rewind or a
/// reset frees is not subtracted.
///
/// Returns  true; false if the object has no counts.
/// Callers  any context
bool reel_counts_begin_phase(const void *object);

/// Get the counts of each object in turn.
///
///   i        0 to REEL_COUNTS_CAPACITY - 1
///
/// Returns  true; false if there is no object, and then they are 0.
/// Callers  any context
bool reel_counts_at(size_t i, reel_counts *counts);

/// Get the events of objects for which the table had no room.
///
/// Returns  the number.
/// Callers  any context
size_t reel_counts_lost(void);

#ifdef __cplusplus
}
#endif

#endif
