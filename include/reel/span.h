/// Span: one allocation of a rewindable, out of which its owner cuts blocks without
/// sharing anything.

#ifndef REEL_SPAN_H
#define REEL_SPAN_H

#include "reel/rewindable.h"

#ifdef __cplusplus
extern "C" {
#endif

/// One allocation of a rewindable, out of which its owner cuts blocks without
/// sharing anything. Owned by the caller; read-only to it.
///
/// Where cores have caches: whoever rewinds may open a span for each owner there and
/// then, always in the same order and about as large as what that owner took the last
/// time. Then each finds the memory again that its core has in its cache, and not half
/// of it in the other's.
typedef struct reel_span {
    uintptr_t next; // where the next block goes, before alignment
    uintptr_t end;
    uintptr_t start;
    reel_rewindable *rewindable;
    uintptr_t generation; // of the rewindable when the span was taken
} reel_span;

/// Take a span. One that is open already is left to the next rewind.
///
///   size     bytes, 1 or more; rounded up to whole granules
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_NO_MEMORY if the rewindable has
///          no such block, and then nothing has changed.
/// Cost     as reel_rewindable_alloc().
/// Context  one owner of the span; as reel_rewindable_alloc().
reel_status reel_span_open(reel_span *span, reel_rewindable *rewindable,
                           size_t size);

/// Take a block out of a span. It is not freed by itself.
///
///   size     bytes; 0 means 1
///   align    bytes, a power of two; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, good until the rewind, or with frees_blocks until the span is
///          closed; NULL if it does not fit, or the rewindable was rewound since
///          the span was opened: open it again.
/// Panics   `align` is not a power of two.
/// Cost     O(1), no shared word is written.
/// Context  one owner of the span, while others are at the rewindable. ISR: no.
///          SMP: no. Blocks: never.
void *reel_span_alloc(reel_span *span, size_t size, size_t align);

/// Give a span up. What lies behind its last block goes back, if nothing was taken
/// from the chunk since. With frees_blocks all of the span is freed.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_CLOSED for a span that is not
///          open; REEL_STALE if the rewindable was rewound in between: there was
///          nothing left to give back.
/// Cost     O(chunks).
/// Context  as reel_span_alloc().
reel_status reel_span_close(reel_span *span);

/// Check the span's own bookkeeping.
///
/// Returns  true while all of it makes sense; also for a closed one, and one that
///          was opened before the last rewind.
/// Cost     O(chunks).
/// Context  as reel_span_alloc().
bool reel_span_is_valid(const reel_span *span);

#ifdef __cplusplus
}
#endif

#include "reel/detail/span.h"

#endif
