// SPDX-License-Identifier: MIT
/// Inside temp.h: its inline functions, a slow half, and the formulas of the
/// estimates.
///
/// By rates. Let h be the most bytes in use since the last reset, and p the same
/// for the reset before. Let e be the estimate, and C = roundup(e + step, step):
///
///     e = 0                      e = h
///     h > e, h > C and p > C     e += s(max(h, p) - e, fast_expansion)
///     h > e otherwise            a = h/2 + p/2; if a > e, e += s(a - e, expansion)
///     h < e                      e -= s(e - h, contraction)
///
///     s(d, k) = max(1, d < 2^20 ? d * k / 1024 : d / 1024 * k)
///
/// Then the reset decommits what lies above K = roundup(e + step, step), but at
/// most decommit_limit bytes. All arithmetic is in integers. (The temp allocator
/// for Zig by Ryan Liptak and others does this with rates of 0.001, 1/16 and 1.)
///
/// By a window of w frames. Let h be the most bytes in use in the frame, m the
/// highest h of the window so far, and p that of the window before:
///
///     m = max(m, h)
///     e = max(m, p)
///     after w frames      p = m, m = 0, and the next window begins
///
/// Then what lies above K is decommitted, if it is more than a quarter of what is
/// committed. So the memory of a spike stays for w to 2w - 1 frames. (Kathleen
/// Nichols's lib/win_minmax.c in Linux is such a windowed maximum.)

#ifndef REEL_DETAIL_TEMP_H
#define REEL_DETAIL_TEMP_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/temp.h"

// src/temp.c says REEL_TO_EMIT.
#if REEL_HAS_INLINE && !defined(REEL_TEMP_INLINE)
#define REEL_TEMP_INLINE REEL_FOR_INLINING
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define REEL_TEMP_DEFINE_(linkage, place, zero, name, bytes, align, port,     \
                          step)                                               \
    REEL_STATIC_ASSERT((bytes) > 0 && (bytes) % port##_page_size == 0         \
                           && (align) % port##_page_size == 0 && (step) > 0   \
                           && (step) % port##_page_size == 0,                 \
                       "bytes, align, step must be whole pages of the port"); \
    REEL_NAME_OPTIONS(name)                                                   \
    REEL_MEMORY_PLACE(place, name##_memory, bytes, align);                    \
    linkage reel_temp name = {                                                \
        REEL_ARENA_INITIAL(REEL_ADDRESS(name##_memory),                       \
                           REEL_ADDRESS(name##_memory),                       \
                           REEL_ADDRESS(name##_memory) + (bytes),             \
                           (zero) + REEL_STACK_OF_TEMP),                      \
        { REEL_ADDRESS(name##_memory) },                                      \
        { 0 },                                                                \
        &port.pages,                                                          \
        0,                                                                    \
        0,                                                                    \
        0,                                                                    \
        step,                                                                 \
        0,                                                                    \
        1,                                                                    \
        64,                                                                   \
        1024,                                                                 \
        0,                                                                    \
        0,                                                                    \
        false,                                                                \
    } REEL_WATCH_MEMORY(name, name##_memory, bytes, &name.stack.next.value, 0) REEL_ON_LIST(name, TEMP)

REEL_REPORTING reel_mark reel_temp_mark(reel_temp *temp)
{
    const reel_mark mark = reel_arena_mark(&temp->stack);
    REEL_REPORT(MARK, TEMP, temp, mark.position, 0);
    return mark;
}

static inline size_t reel_temp_used(const reel_temp *temp)
{
    return reel_arena_used(&temp->stack);
}

static inline size_t reel_temp_available(const reel_temp *temp)
{
    return reel_arena_available(&temp->stack);
}

static inline bool reel_temp_owns(const reel_temp *temp, const void *block,
                                  size_t size)
{
    return reel_arena_owns(&temp->stack, block, size);
}

/// The slow half of reel_temp_alloc() and reel_temp_alloc_shared().
void *reel_temp_alloc_slow(reel_temp *temp, size_t size, size_t align);

#ifdef REEL_TEMP_INLINE

REEL_TEMP_INLINE void *reel_temp_alloc(reel_temp *temp, size_t size,
                                       size_t align)
{
    uintptr_t start, end;
    if (!reel_arena_fit(temp->stack.next.value, temp->stack.limit.value, size,
                        align, &start, &end)) {
        return reel_temp_alloc_slow(temp, size, align);
    }
    temp->stack.next.value = end;
    return (void *)start;
}

#endif

#if defined(__GNUC__)

/// An open scope, which rewinds its temp when it ends.
typedef struct reel_temp_scope {
    reel_temp *temp;
    reel_mark mark;
    bool has_run; // the body
} reel_temp_scope;

/// The beginning of REEL_TEMP_SCOPE: take a mark.
static inline reel_temp_scope reel_temp_scope_open(reel_temp *temp)
{
    const reel_temp_scope scope = { temp, reel_temp_mark(temp), false };
    return scope;
}

/// The end of REEL_TEMP_SCOPE: rewind. A panic if the temp was reset or rewound
/// below the scope (REEL_STALE), or in a handler (REEL_BUSY).
static inline REEL_SEEN_THROUGH void
reel_temp_scope_close(reel_temp_scope *scope)
{
    const reel_status status = reel_temp_rewind(scope->temp, scope->mark);
    if (REEL_CHECKS >= 1 && status != REEL_OK) {
        REEL_ACCUSE(status, REEL_KIND_TEMP, scope->temp);
    }
}

#define REEL_TEMP_SCOPE_(owner, name)                          \
    for (reel_temp_scope name                                  \
         __attribute__((__cleanup__(reel_temp_scope_close))) = \
             reel_temp_scope_open(owner);                      \
         !name.has_run; name.has_run = true)

#endif

#ifdef __cplusplus
}
#endif

#endif
