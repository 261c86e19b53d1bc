// SPDX-License-Identifier: MIT
/// Events: what each call did, reported to the platform as it happens.
///
/// Name a header by -DREEL_PORT_EVENTS_HEADER='"events/to_ring.h"', for library and
/// program. Then each call that changes an object reports it there: see
/// reel_port_event() in reel/port.h. No function is inline then, so each event has the
/// address of its caller. Without such a header no call reports, and the code is the
/// same as without this feature.
///
/// The events of an object say what is live in it. A block is live from its ALLOC to
/// its FREE, or to the REWIND, RESET, CLOSE or END that frees it. The blocks of a cache
/// count as used in its object. FILL allocates a block for the cache, TAKE hands it to
/// a caller, PUT gives it back to the cache.
///
/// The stack of a temp is an arena at the same address. Only the temp reports. If two
/// contexts change one object, their events may come in another order than the
/// changes.

#ifndef REEL_EVENTS_H
#define REEL_EVENTS_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What was done. Beside each kind: what `place` and `size` are. Sizes of blocks are
/// what the block takes of the object, as its statistics count: the request, in whole
/// granules or blocks.
typedef enum reel_event_kind {
    REEL_EVENT_DEFINE =
        1,            // an init: its memory. A pool or rewindable: the object
                      // behind it; the bytes of a page, or 1 if it frees blocks
    REEL_EVENT_ALLOC, // the block
    REEL_EVENT_FREE,  // the block
    REEL_EVENT_RESIZE, // the block, which stays where it is; its new size
    REEL_EVENT_MARK,   // the position that was marked; 0
    REEL_EVENT_REWIND, // the position; all bytes from there on are free
    REEL_EVENT_RESET,  // the first byte, of a rewindable 0; all bytes are free
    REEL_EVENT_COMMIT, // memory that came: a temp's pages, a region's page, a
                       // chunk of a pool or rewindable
    REEL_EVENT_DECOMMIT, // memory that went
    REEL_EVENT_OPEN, // a span: its memory; a region: the address of its pool, 0
    REEL_EVENT_CLOSE,  // a span: its memory; a region: 0, 0
    REEL_EVENT_END,    // 0, 0: it ended with its parent, or was given up
    REEL_EVENT_REFUSE, // bytes that are free; bytes that were requested
    REEL_EVENT_TAKE,   // the block, from a cache to a caller
    REEL_EVENT_PUT, // the block, from a caller to a cache, or to be freed later:
                    // then its size is 0, since only the heap's owner knows it
    REEL_EVENT_FILL, // the block, from the object to a cache
} reel_event_kind;

/// The module of the object.
typedef enum reel_event_module {
    REEL_EVENT_OF_ARENA = 1,
    REEL_EVENT_OF_TEMP,
    REEL_EVENT_OF_BLOCKS,
    REEL_EVENT_OF_HEAP,
    REEL_EVENT_OF_POOL,
    REEL_EVENT_OF_REGION,
    REEL_EVENT_OF_REWINDABLE,
    REEL_EVENT_OF_SPAN,
} reel_event_module;

/// Kind and module in one word, as reel_port_event() gets them: in the lowest 8 bits,
/// and in the next 8. A port may use the others for the context.
#define REEL_EVENT_WHAT(kind, module) \
    ((uintptr_t)(kind) | (uintptr_t)(module) << 8)
#define REEL_EVENT_KIND_OF(what)   ((what)&0xFFu)
#define REEL_EVENT_MODULE_OF(what) ((what) >> 8 & 0xFFu)

#ifdef __cplusplus
}
#endif

#include "reel/detail/events.h"

#endif
