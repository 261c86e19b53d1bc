// SPDX-License-Identifier: MIT
/// Span: one allocation of a rewindable, in which one owner allocates without
/// atomics.
///
///     chunk   | a b | span:  c c d . . . . . | e |
///                    start        next      end
///
/// Where cores have caches, open all spans right after a rewind, in the same order
/// each time. Make each about as large as its owner's last use. Then each owner
/// gets the memory that is in the cache of its core.
///
/// A span does not outlive its rewindable. After a dispose and a new init of the
/// rewindable, an old span is not detected: the new generations start again.

#ifndef REEL_SPAN_H
#define REEL_SPAN_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/rewindable.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Owned by the caller, who only reads it.
typedef struct reel_span {
    uintptr_t next; // position of the next block, before alignment
    uintptr_t end;
    uintptr_t start;
    reel_rewindable *rewindable;
    uintptr_t generation; // of the rewindable when the span was taken
} reel_span;

/// Open a span. An open span is not closed by this: its memory is freed by the
/// next rewind.
///
///   size     bytes, 1 or more; rounded up to whole granules
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_NO_MEMORY if the rewindable
///          has no such block; REEL_STALE after a panic, if it has ended.
/// Cost     as reel_rewindable_alloc()
/// Waits    as reel_rewindable_alloc()
reel_status reel_span_open(reel_span *span, reel_rewindable *rewindable,
                           size_t size);

/// Allocate a block in the span. It cannot be freed singly. Other contexts may
/// use the rewindable.
///
///   size     bytes; 0 means 1
///   align    bytes, a power of two; 0 means REEL_ALIGN_DEFAULT
///
/// Returns  a block, valid until the rewind, or with frees_blocks until the
///          span is closed; NULL if it does not fit. After a rewind always NULL:
///          open the span again.
void *reel_span_alloc(reel_span *span, size_t size, size_t align);

/// Close a span. Its unused tail is freed, if nothing was allocated behind it.
/// With frees_blocks the whole span is freed.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_CLOSED for a span that is not
///          open; REEL_STALE if the rewindable was rewound since the open.
/// Cost     O(chunks)
reel_status reel_span_close(reel_span *span);

/// Check the bookkeeping of the span.
///
/// Returns  true if it is consistent; also for a closed span, and for one that
///          was opened before the last rewind.
/// Cost     O(chunks)
bool reel_span_is_valid(const reel_span *span);

#if defined(__GNUC__)

/// Open a span, run the block that follows, and close the span. What REEL_SCOPE says
/// of the end of a block holds here, too (reel/arena.h). If the span cannot be opened,
/// the block is skipped. If it was closed inside, or the rewindable was rewound, that
/// is a panic.
///
///   reel_span span;
///   REEL_SPAN_SCOPE(&span, &messages, 256) {
///       char *line = REEL_NEW_ARRAY(&span, char, 80);
///       …
///   }
#define REEL_SPAN_SCOPE(span, rewindable, size) \
    REEL_SPAN_SCOPE_(span, rewindable, size,    \
                     REEL_JOIN(reel_scope_, __COUNTER__))

#endif

#ifdef __cplusplus
}
#endif

#include "reel/detail/span.h"

#endif
