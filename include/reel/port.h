// SPDX-License-Identifier: MIT
/// The hooks of a platform, beside those that commit memory (reel/pages.h).
///
/// All hooks except the mask have weak defaults. The default of
/// reel_port_in_interrupt() reads IPSR on a Cortex-M, and returns false elsewhere.
/// That of reel_port_yield() does nothing. Those of a gate enter it by one
/// exchange. Only REEL_ATOMICS_MASKED uses the mask. port/ has masks for Cortex-M,
/// and hooks for hosts.

#ifndef REEL_PORT_H
#define REEL_PORT_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/base.h"

/// REEL_PORT_WATCH_HEADER names a header with two static inline functions. They
/// tell a memory checker which bytes are live (see port/host/watch.h for
/// AddressSanitizer and Valgrind):
///
///   reel_port_watch_alive(addr, size)  a block: accessible, contents unknown
///   reel_port_watch_dead(addr, size)   no block: any access is an error
///
/// A checker that tracks which bytes were written needs a third one. Its header
/// defines REEL_PORT_WATCHES_CONTENTS:
///
///   reel_port_watch_own(addr, size)    reel's own: accessible, contents kept
#if REEL_WATCH
#include REEL_PORT_WATCH_HEADER
#endif

/// REEL_ATOMICS_CUSTOM: REEL_ATOMICS_HEADER names a header of the platform's. It
/// includes only reel/base.h, and defines these, each `static inline`:
///
///   uintptr_t load_relaxed(const reel_word *word)    the value, never torn
///   uintptr_t load_acquire(const reel_word *word)    and what its writer wrote
///                                                    before it
///   void store_relaxed(reel_word *word, uintptr_t value)   never torn, never lost
///   void store_release(reel_word *word, uintptr_t value)   after what was written
///                                                          before it
///   bool swap_if_relaxed(reel_word *word, uintptr_t *seen, uintptr_t next)
///   bool swap_if_acquire(reel_word *word, uintptr_t *seen, uintptr_t next)
///   bool swap_if_release(reel_word *word, uintptr_t *seen, uintptr_t next)
///
/// swap_if: if the word has the value *seen, write `next` and return true. Else
/// leave it, store its value in *seen and return false. It may also fail
/// spuriously. No store of another context may fall between its load and its
/// store. Threads, handlers and all cores may call these functions. Lists have
/// versions then, as with REEL_ATOMICS_NATIVE, so links are words.
///
/// port/rp2040/atomics.h is such a header, for two cores without compare-and-swap.
/// port/locked_atomics.h makes one of any lock, also for a CPU whose word takes two
/// loads.

#ifdef __cplusplus
extern "C" {
#endif

/// Tell whether the caller is a handler. In a handler, reel does not wait,
/// grow, commit or call a backing allocator.
///
/// If a hook of the port sleeps, also return true where the caller must not sleep.
/// In a kernel that is while it holds a spinlock, or has preemption or interrupts
/// off. Only these may sleep: reel_port_yield(), reel_port_gate_wait(), the hooks of
/// reel/pages.h, and backing allocators.
///
/// Returns  true in a handler, and where these hooks must not be called.
/// Cost     a few instructions
/// Callers  any context
bool reel_port_in_interrupt(void);

/// Let other threads run. The default reel_port_gate_wait() calls this. A port
/// for a scheduler with priorities must let threads of lower priority run:
/// sleep for a tick. Without threads nothing waits, and the default is enough.
///
/// Returns  when other threads have run.
/// Cost     the port's
/// Callers  threads only
/// Waits    for other threads
void reel_port_yield(void);

/// Get a number of the calling thread, such as the address of its control
/// block.
///
/// Returns  a number that no other thread has at the same time; 0 if the port
///          does not know.
/// Cost     a few instructions
/// Callers  threads only
uintptr_t reel_port_thread(void);

/// Enter a gate, if no thread is inside. A gate lets one thread at a time into
/// a growth path, which calls hooks and backing allocators. It is one word of
/// an object. An init sets it to 0. After that it belongs to these four hooks.
///
/// The defaults keep the thread that is inside in the word, and wait by
/// reel_port_yield(). They do not detect that the thread inside was deleted, or
/// left by longjmp: then other threads wait for ever. A scheduler with
/// priorities should replace all four by a mutex with priority inheritance
/// (port/host/gate.c is an example).
///
/// Returns  true if the caller is inside, and then it sees all writes of the
///          threads before it; false if a thread is inside.
/// Cost     the port's
/// Callers  threads only
bool reel_port_gate_enter(reel_word *gate);

/// Wait until a gate may be open. reel_port_gate_enter() is called next.
///
/// Returns  at any time; early is harmless.
/// Cost     the port's
/// Callers  threads only
/// Waits    while another thread is inside
void reel_port_gate_wait(reel_word *gate);

/// Leave a gate, and wake a thread that waits for it.
///
/// Returns  when the next thread can enter.
/// Cost     the port's
/// Callers  threads only
void reel_port_gate_leave(reel_word *gate);

/// Tell which thread is inside a gate. If it is the caller, the call would wait
/// for itself: it panics (REEL_BUSY) and fails.
///
/// Returns  the number of the thread; any other number if it is not known; 0 if
///          no thread is inside.
/// Cost     a few instructions
/// Callers  threads only
uintptr_t reel_port_gate_holder(const reel_word *gate);

/// Mask each interrupt on this core that may call reel. reel_port_unmask()
/// restores the state from before. Calls nest. Both functions are compiler
/// barriers. On Cortex-M they need privileged code.
///
/// With REEL_PORT_MASK_HEADER the functions are inline in that header, for
/// example port/cortex-m/primask.h. Else the port links them.
///
/// Returns  the state to restore.
/// Cost     2 instructions on Cortex-M, and 1 to unmask. If they are inline, an
///          interrupt waits for at most 9 instructions with gcc at -Os and -O2,
///          for 12 with clang there, and for 13 at -Og, including the one that
///          unmasks.
/// Callers  any context
/// Waits    masks interrupts
#ifdef REEL_PORT_MASK_HEADER
#include REEL_PORT_MASK_HEADER
#else
uintptr_t reel_port_mask(void);
void reel_port_unmask(uintptr_t saved);
#endif

#ifdef __cplusplus
}
#endif

/// REEL_PORT_EVENTS_HEADER names a header with one static inline function (see
/// port/events/ for a ring, a sink and a file):
///
///   void reel_port_event(uintptr_t what, const void *object, uintptr_t place,
///                        size_t size, uintptr_t caller)
///
///     what     kind and module: see reel/events.h
///     object   the address of the object
///     place, size   as the kind says
///     caller   the address behind the call that did this
///
/// It is called after the object has changed, and before memory is freed, in any
/// context, also inside gates. It must not wait, and must not call reel.
#if REEL_EVENTS
#include REEL_PORT_EVENTS_HEADER
#endif

#endif
