// SPDX-License-Identifier: MIT
/// Inside temp.h: its inline function and the slow half.

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

#define REEL_TEMP_DEFINE_(linkage, place, zero, name, bytes, align, port,    \
                          step)                                              \
    REEL_STATIC_ASSERT((bytes) > 0 && (bytes) % port##_page_size == 0        \
                           && (align) % port##_page_size == 0 && (step) > 0  \
                           && (step) % port##_page_size == 0,                \
                       "bytes, align and step are whole pages of the port"); \
    REEL_NAME_OPTIONS(name)                                                  \
    REEL_MEMORY_PLACE(place, name##_memory, bytes, align);                   \
    linkage reel_temp name = {                                               \
        REEL_ARENA_INITIAL(REEL_ADDRESS(name##_memory),                      \
                           REEL_ADDRESS(name##_memory),                      \
                           REEL_ADDRESS(name##_memory) + (bytes),            \
                           (zero) + REEL_STACK_OF_TEMP),                     \
        { REEL_ADDRESS(name##_memory) },                                     \
        { 0 },                                                               \
        &port.pages,                                                         \
        0,                                                                   \
        0,                                                                   \
        0,                                                                   \
        step,                                                                \
        0,                                                                   \
        1,                                                                   \
        64,                                                                  \
        1024,                                                                \
        0,                                                                   \
        0,                                                                   \
        false,                                                               \
    } REEL_WATCH_MEMORY(name, name##_memory, bytes, &name.stack.next.value, 0) REEL_ON_LIST(name, TEMP)

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
