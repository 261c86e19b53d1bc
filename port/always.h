/// Always: the page contract over plain RAM that is always there. Committing
/// protects nothing; it is counted and held to a limit, so a system without an
/// MPU has the same budget and the same refusals as one that has it.

#ifndef REEL_PORT_ALWAYS_H
#define REEL_PORT_ALWAYS_H

#include "reel/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Owned by the caller; read-only to it. `pages` is what allocators take.
typedef struct reel_always {
    reel_pages pages;
    size_t limit;     // bytes that may be committed at once
    size_t committed; // bytes that are
    size_t commits;   // calls that were granted
    size_t refusals;  // calls that were not
    size_t decommits; // calls
} reel_always;

/// The hooks, for a static instance.
///
/// Returns  true if the limit allows it.
/// Cost     O(1).
/// Context  as reel_pages says.
bool reel_always_commit(void *context, void *addr, size_t size);

/// The hooks, for a static instance.
///
/// Returns  when it is counted.
/// Cost     O(1).
/// Context  as reel_pages says.
void reel_always_decommit(void *context, void *addr, size_t size);

/// Define a static instance that needs no init.
///
///   REEL_ALWAYS_DEFINE(plain, 256, SIZE_MAX);
#define REEL_ALWAYS_DEFINE(name, page_size, limit)                      \
    static reel_always name = {                                         \
        { page_size, &name, reel_always_commit, reel_always_decommit }, \
        limit,                                                          \
        0,                                                              \
        0,                                                              \
        0,                                                              \
        0,                                                              \
    }

/// Start with nothing committed.
///
///   page_size  bytes, a power of two
///   limit      bytes that may be committed at once; SIZE_MAX for no limit
///
/// Returns  REEL_OK; REEL_INVALID, and then `always` is untouched.
/// Cost     O(1).
/// Context  one owner. ISR: no. SMP: no. Blocks: never.
reel_status reel_always_init(reel_always *always, size_t page_size,
                             size_t limit);

#ifdef __cplusplus
}
#endif

#endif
