// SPDX-License-Identifier: MIT
/// The life of the block at an address, by the events that are still in the ring. A
/// fault handler prints from it which calls allocated and freed the block.

#ifndef REEL_PORT_EVENTS_STORY_H
#define REEL_PORT_EVENTS_STORY_H

#include "events/record.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The two events; `what` is 0 if there is none.
typedef struct reel_story {
    reel_event allocated; // of the newest block at the address
    reel_event freed;     // its free; none if it is live
} reel_story;

/// Look for the newest block at an address, and for its end.
///
///   object   the allocator; NULL: any
///
/// Returns  true if the allocation is still in the ring. If it is not, `freed` may be.
/// Cost     O(events)
/// Callers  any context
bool reel_events_story(const void *object, const void *address,
                       reel_story *story);

#ifdef __cplusplus
}
#endif

#endif
