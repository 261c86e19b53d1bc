// SPDX-License-Identifier: MIT
/// Locked: an allocator for several threads, made of one for a single owner.
///
///     pool A ---+
///               +--->  lock  --->  arena
///     pool B ---+
///
/// A pool, a rewindable and a temp have a gate of their own. One thread at a time
/// calls their backing or hooks. Two such objects have two gates. If they share a
/// backing and two threads use them, put a lock in between. Do so, too, if the
/// application also uses the backing directly.

#ifndef REEL_LOCKED_H
#define REEL_LOCKED_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Owned by the caller, who does not access it.
typedef struct reel_lock {
    reel_word gate;         // one thread at a time calls the backing
    reel_allocator backing; // ops NULL: the lock has ended
} reel_lock;

/// Start a lock over a backing, and offer it as an allocator. Call this once for a
/// backing, and give the allocator to all objects that share it. Do not call the
/// backing directly any more.
///
/// The functions of the allocator are for threads. In a handler they refuse:
///
///   allocate              NULL
///   reallocate            a block that does not grow stays; else NULL
///   free                  REEL_BUSY
///   reel_allocator_frees  REEL_FREES_NEVER
///
/// After such a reallocate the backing still has the old size. So a later free may
/// name fewer bytes than it allocated. Allocators of reel accept that; an arena then
/// keeps the block until the next rewind.
///
/// If the allocator is registered and the blocks of its parent end, it ends: see
/// reel/registry.h.
///
///   lock     the caller's, for as long as the allocator
///   backing  any allocator
///
/// Returns  the allocator, valid as long as lock and backing.
reel_allocator reel_locked(reel_lock *lock, reel_allocator backing);

#ifdef __cplusplus
}
#endif

#endif
