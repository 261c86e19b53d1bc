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

#ifdef __cplusplus
}
#endif

#endif
