/// The hooks of a platform, beside those that commit memory (reel/pages.h).
///
/// reel_port_in_interrupt() and reel_port_yield() have weak defaults. The first
/// reads IPSR on a Cortex-M and returns false elsewhere. The second does
/// nothing. Only REEL_ATOMICS_MASKED uses the mask, which has no default. port/
/// has masks for Cortex-M, and hooks for hosts.

#ifndef REEL_PORT_H
#define REEL_PORT_H

#include "reel/base.h"

/// REEL_PORT_WATCH_HEADER names a header with two static inline functions. They
/// tell a memory checker which bytes are live (see port/host/watch.h for
/// AddressSanitizer and Valgrind):
///
///   reel_port_watch_alive(addr, size)  a block: accessible, contents unknown
///   reel_port_watch_dead(addr, size)   no block: any access is an error
#if REEL_WATCH
#include REEL_PORT_WATCH_HEADER
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Tell whether the caller is a handler. In a handler, reel does not wait,
/// grow, commit or call a backing allocator.
///
/// Returns  true in a handler.
/// Cost     a few instructions
/// Callers  any context
bool reel_port_in_interrupt(void);

/// Let other threads run. A thread calls this in a loop while it waits for
/// another thread to leave the growth path. A port for a scheduler with
/// priorities must let threads of lower priority run: sleep for a tick. Without
/// threads nothing waits, and the default is enough.
///
/// Returns  when other threads have run.
/// Cost     the port's
/// Callers  threads only
/// Waits    for other threads
void reel_port_yield(void);

/// Mask each interrupt on this core that may call reel. reel_port_unmask()
/// restores the state from before. Calls nest. Both functions are compiler
/// barriers. On Cortex-M they need privileged code.
///
/// With REEL_PORT_MASK_HEADER the functions are inline in that header, for
/// example port/cortex-m/primask.h. Else the port links them.
///
/// Returns  the state to restore.
/// Cost     2 instructions on Cortex-M, and 1 to unmask. If they are inline, an
///          interrupt waits for at most 8 instructions, including the one that
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

#endif
