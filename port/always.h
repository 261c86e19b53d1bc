// SPDX-License-Identifier: MIT
/// Always: page hooks over plain RAM, which is always accessible. A commit
/// protects nothing. It is counted, and a limit may refuse it. So a system
/// without an MPU has the same budget, and the same failures, as a system with
/// one.
///
/// It serves one range at a time. While some of a range is committed, a commit of
/// another range is refused. A temp that is initialised again over the same range
/// begins with nothing committed.

#ifndef REEL_PORT_ALWAYS_H
#define REEL_PORT_ALWAYS_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Owned by the caller, who only reads it. A temp takes `pages`.
typedef struct reel_always {
    reel_pages pages;
    uintptr_t next;   // the address of the next commit
    size_t limit;     // bytes that may be committed at one time
    size_t committed; // bytes
    size_t commits;   // calls that succeeded
    size_t refusals;  // calls that failed
    size_t decommits; // calls
} reel_always;

/// The commit hook, for a static instance.
///
/// Returns  true if the limit allows it.
bool reel_always_commit(void *context, void *addr, size_t size);

/// The decommit hook, for a static instance.
///
/// Returns  when it is counted.
void reel_always_decommit(void *context, void *addr, size_t size);

/// Define a static instance that needs no init.
///
///   REEL_ALWAYS_DEFINE(plain, 256, SIZE_MAX);
#define REEL_ALWAYS_DEFINE(name, page_size, limit)                      \
    REEL_STATIC_ASSERT((page_size) > 0                                  \
                           && ((page_size) & ((page_size)-1)) == 0,     \
                       "page_size must be a power of two");             \
    enum { name##_page_size = (page_size) };                            \
    static reel_always name = {                                         \
        { page_size, &name, reel_always_commit, reel_always_decommit }, \
        0,                                                              \
        limit,                                                          \
        0,                                                              \
        0,                                                              \
        0,                                                              \
        0,                                                              \
    }

/// Start with nothing committed.
///
///   page_size  bytes, a power of two
///   limit      bytes that may be committed at one time; SIZE_MAX for no limit
///
/// Returns  REEL_OK; REEL_INVALID, and then `always` is unchanged.
reel_status reel_always_init(reel_always *always, size_t page_size,
                             size_t limit);

#ifdef __cplusplus
}
#endif

#endif
