/// What reel asks of a platform beside page commit (reel/pages.h).
///
/// reel_port_in_interrupt and reel_port_yield have weak defaults: the first asks
/// IPSR on a Cortex-M and says "no" elsewhere, the second does nothing. The mask is
/// asked for by REEL_ATOMICS_MASKED alone and has no default. port/ has masks for
/// Cortex-M, and what hosts need.

#ifndef REEL_PORT_H
#define REEL_PORT_H

#include "reel/base.h"

/// REEL_PORT_WATCH_HEADER names a header with two static inline functions that
/// tell a memory checker what it cannot see from the outside (see
/// port/host/watch.h for AddressSanitizer and Valgrind):
///
///   reel_port_watch_alive(addr, size)  a block: accessible, contents unknown
///   reel_port_watch_dead(addr, size)   no block: any access is an error
#if REEL_WATCH
#include REEL_PORT_WATCH_HEADER
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Tell whether the caller runs in an interrupt or exception handler. There
/// reel never waits, grows, commits or calls a backing allocator.
///
/// Returns  true in a handler.
/// Cost     a few instructions.
/// Context  any number of owners. ISR: yes. SMP: yes. Blocks: never.
bool reel_port_in_interrupt(void);

/// Let other threads run: called in a loop by a thread that waits for another
/// one to leave reel's growth path. A port for a scheduler with priorities
/// must let threads of lower priority run too (sleep for a tick); without
/// threads nothing ever waits and the default will do.
///
/// Returns  when others have run.
/// Cost     the port's.
/// Context  threads only, no lock of reel's held. ISR: no. SMP: yes.
void reel_port_yield(void);

/// Mask every interrupt that may call reel, on this core, and return what
/// reel_port_unmask needs to restore the state found. Calls nest. Both act as
/// compiler barriers. On Cortex-M this needs privileged code.
///
/// With REEL_PORT_MASK_HEADER the two are inline functions of that header
/// (port/cortex-m/primask.h); otherwise the port links them.
///
/// Returns  the state to restore.
/// Cost     2 instructions on Cortex-M, 1 to unmask. If they are inline, an interrupt
///          waits at most 8 instructions, the one that unmasks included.
/// Context  any number of owners. ISR: yes. SMP: no. Blocks: masks interrupts.
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
