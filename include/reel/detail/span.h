// SPDX-License-Identifier: MIT
/// Inside span.h: its inline function and the slow half.

#ifndef REEL_DETAIL_SPAN_H
#define REEL_DETAIL_SPAN_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/arena.h"
#include "reel/span.h"

// src/span.c says REEL_TO_EMIT.
#if REEL_HAS_INLINE && !defined(REEL_SPAN_INLINE)
#define REEL_SPAN_INLINE REEL_FOR_INLINING
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// The slow half of reel_span_alloc().
void *reel_span_alloc_slow(reel_span *span, size_t size, size_t align);

#ifdef REEL_SPAN_INLINE

// A span that is not open ends at 0, where nothing fits.
REEL_SPAN_INLINE void *reel_span_alloc(reel_span *span, size_t size,
                                       size_t align)
{
    uintptr_t start, end;
    if (REEL_OUT_OF_LINE
        || !reel_arena_fit(span->next, span->end, size, align, &start, &end)
        || REEL_UNLIKELY(span->generation != span->rewindable->generation)) {
        return reel_span_alloc_slow(span, size, align);
    }
    span->next = end;
    return (void *)start;
}

#endif

#if defined(__GNUC__)

/// An open span and its scope.
typedef struct reel_span_scope {
    reel_span *span; // NULL: it could not be opened
    bool has_run;    // the body
} reel_span_scope;

/// The beginning of REEL_SPAN_SCOPE: open a span. If that fails, the scope leaves it
/// alone and its body does not run.
static inline REEL_SEEN_THROUGH reel_span_scope
reel_span_scope_open(reel_span *span, reel_rewindable *rewindable, size_t size)
{
    const bool is_open = reel_span_open(span, rewindable, size) == REEL_OK;
    const reel_span_scope scope = { is_open ? span : NULL, !is_open };
    return scope;
}

/// The end of REEL_SPAN_SCOPE: close the span, if it was opened. A panic if it was
/// closed inside (REEL_CLOSED), or the rewindable was rewound (REEL_STALE).
static inline REEL_SEEN_THROUGH void
reel_span_scope_close(reel_span_scope *scope)
{
    if (scope->span != NULL) {
        const reel_status status = reel_span_close(scope->span);
        if (REEL_CHECKS >= 1 && status != REEL_OK) {
            REEL_ACCUSE(status, REEL_KIND_SPAN, scope->span);
        }
    }
}

#define REEL_SPAN_SCOPE_(span, rewindable, size, name)         \
    for (reel_span_scope name                                  \
         __attribute__((__cleanup__(reel_span_scope_close))) = \
             reel_span_scope_open(span, rewindable, size);     \
         !name.has_run; name.has_run = true)

#endif

#ifdef __cplusplus
}
#endif

#endif
