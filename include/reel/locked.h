// SPDX-License-Identifier: MIT
/// Locked: an allocator for several threads, made of one for a single owner.
///
///     pool A ---+
///               +--->  lock  --->  arena
///     pool B ---+
///
/// A pool, a rewindable and a temp have a gate of their own: one thread at a time
/// calls their backing or hooks. Two such objects have two gates. If they share a
/// backing and two threads use them, put a lock in between. The same holds for a
/// backing that the application also uses directly.

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

/// Start a lock over a backing, and offer it as an allocator. Call this once, and
/// give the allocator to all that share the backing. No other call may reach the
/// backing.
///
/// The functions of the allocator are for threads. In a handler, an allocation
/// returns NULL, and a free returns REEL_BUSY. A reallocation leaves a block that
/// does not grow where it is, and else returns NULL. reel_allocator_frees() says
/// REEL_FREES_NEVER there. The backing does not learn of
/// the new size, so a later free may name fewer bytes than it allocated. Allocators
/// of reel take that; a stack then keeps the block until the next rewind. If the
/// allocator is registered and its parent's blocks end, it ends: allocations return NULL
/// and panic (REEL_STALE), and a free returns REEL_STALE.
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
