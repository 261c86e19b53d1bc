// SPDX-License-Identifier: MIT
/// Commit by RISC-V PMP, in M-mode: what is not committed faults.
///
///     entry n       OFF   start
///     entry n + 1   TOR   frontier   read, write
///     entry n + 2   TOR   end        nothing
///
/// The frontier is one register, so it moves by one instruction.
///
/// PMP entries that are not locked apply to loads and stores of M-mode only while
/// mstatus has MPRV set and MPP at U: reel_pmp_enable(). A trap sets MPP to M, and
/// the return from it back to U. So the entries do not apply in a handler. Its
/// stack may lie anywhere, and a wrong access by it is not detected. A handler
/// that can be interrupted saves mstatus, and restores it before its end. The
/// entries do not apply to the fetch of code. No other code of the program may
/// write MPRV or MPP.
///
/// PMP serves one hart: a range is shared with interrupts of that hart only.

#ifndef REEL_PORT_PMP_H
#define REEL_PORT_PMP_H

#include "reel/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The entries that this port can use.
#define REEL_PMP_ENTRIES 16u

/// The entries that one range takes.
#define REEL_PMP_TAKES 3u

/// Owned by the caller, who only reads it. A temp takes `pages`.
typedef struct reel_pmp {
    reel_pages pages;
    uintptr_t base;
    size_t size;     // bytes
    size_t frontier; // bytes committed
    uint8_t entry;   // the first of its entries
    bool must_fence; // this hart has page tables: it caches what PMP allowed
} reel_pmp;

/// Take PMP entries for a range and close all of it, for code that is bound by
/// PMP: M-mode after reel_pmp_enable(), and U-mode. What these entries were
/// before is lost.
///
///   space      aligned to `page_size`, not NULL
///   size       bytes, a multiple of `page_size`; not up to the last address
///   page_size  bytes, a power of two, 4 or more, and the hart's granule or
///              more
///   entry      number of the first entry, 0 to 12
///
/// Returns  REEL_OK; REEL_UNSUPPORTED where these entries do not exist, are
///          locked, or are coarser than the page (a locked TOR entry after the
///          last one locks that one's address); REEL_PORT_FAILED if an entry of
///          a lower number is on over the range, which might open what this
///          closes; REEL_INVALID for a range that PMP cannot cover. On failure
///          nothing has changed but bits of these addresses below the granule,
///          which no region needs.
/// Callers  threads only, in M-mode
reel_status reel_pmp_init(reel_pmp *pmp, void *space, size_t size,
                          size_t page_size, unsigned entry);

/// Bind this hart's loads and stores in M-mode to the entries, outside
/// handlers. If no entry is set beyond the ranges, the last one opens all other
/// memory.
///
/// Returns  REEL_OK; REEL_UNSUPPORTED on a hart without U-mode, and then
///          nothing is bound.
/// Callers  threads only, in M-mode
reel_status reel_pmp_enable(void);

/// Tell whether the caller is a handler, after reel_pmp_enable(): MPP is M
/// there. A port's reel_port_in_interrupt() may be this.
///
/// Returns  true in a handler. Before reel_pmp_enable() it is not known.
/// Callers  any context, in M-mode
static inline bool reel_pmp_in_handler(void)
{
    uintptr_t status;
    __asm__ volatile("csrr %0, mstatus" : "=r"(status)::"memory");
    return (status >> 11 & 3) == 3;
}

#ifdef __cplusplus
}
#endif

#endif
