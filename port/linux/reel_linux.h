// SPDX-License-Identifier: MIT
/// reel in Linux: address space, backing allocators, and faults that say whose
/// they are. Include it after the kernel's own headers. Written for 6.1 on
/// x86-64, with symbols that modules may use.
///
/// In a handler reel does not wait, grow or commit. In a kernel a caller must also
/// not sleep while it holds a spinlock, has preemption off, or is an RCU reader.
/// A commit sleeps in the page allocator. So reel_port_in_interrupt() is true
/// wherever the caller must not sleep.
/// reel_linux_in_handler() is true in handlers only.

#ifndef REEL_LINUX_H
#define REEL_LINUX_H

#include <linux/list.h>

#include "reel/allocator.h"
#include "reel/temp.h"

struct page;

/// Tell whether the caller is a handler: of an interrupt, a softirq or an NMI.
///
/// Returns  true in a handler.
/// Callers  any context
bool reel_linux_in_handler(void);

/// Tell whether the caller may sleep. A kernel without CONFIG_PREEMPT_COUNT
/// does not know of spinlocks that are held; there it is the caller's to know.
///
/// Returns  true if it may.
/// Callers  any context
bool reel_linux_may_sleep(void);

/// Address space of whole pages. Owned by the caller, who writes only to `limit`.
/// `pages` is for a temp.
typedef struct reel_linux_space {
    reel_pages pages;
    void *base;
    size_t size;     // bytes
    size_t frontier; // bytes committed
    size_t limit;    // bytes that may be committed at once; SIZE_MAX at first
    struct page *nothing; // what the tables were made with
} reel_linux_space;

/// Reserve address space, with its page tables; nothing is committed.
///
///   size     bytes, rounded up to whole pages; not 0
///
/// Returns  REEL_OK; REEL_INVALID; REEL_BUSY where the caller may not sleep;
///          REEL_NO_MEMORY. On failure nothing has changed.
/// Cost     linear in pages: 2 KiB of tables for each MiB
/// Callers  threads only
/// Waits    for memory
reel_status reel_linux_reserve(reel_linux_space *space, size_t size);

/// Give address space back, committed or not. The hooks then refuse.
///
/// Returns  REEL_OK; REEL_INVALID for what is not reserved; REEL_BUSY where the
///          caller may not sleep. On failure nothing has changed.
/// Cost     linear in pages
/// Callers  threads only
/// Waits    for all cores
reel_status reel_linux_release(reel_linux_space *space);

/// Two backing allocators of the kernel's, for pools, rewindables and regions.
/// Where the caller may not sleep they allocate NULL, and a free is REEL_BUSY.
/// A block of kvmalloc() has its size rounded up to a power of two below a
/// page, and one of alloc_pages_exact() to whole pages. An alignment above a
/// page is NULL.
///
/// Returns  the allocator.
/// Callers  any context; the functions behind it: threads only
/// Waits    for memory
reel_allocator reel_linux_kvmalloc(void);
reel_allocator reel_linux_whole_pages(void);

/// Tell how many bytes of both are allocated, as they were requested.
///
/// Returns  the number; a snapshot while other threads allocate.
/// Callers  any context
size_t reel_linux_allocated(void);

/// A temp whose faults are reported. The caller's; keep it until it is taken
/// back.
typedef struct reel_linux_report {
    struct list_head list;
    const reel_temp *temp;
    const char *name;
} reel_linux_report;

/// Report kernel faults in the address space of a temp. Before the message of the
/// kernel a line names the temp, the offset and the state.
///
///   report   the caller's; its `temp` and `name` are set
///
/// Returns  REEL_OK; REEL_UNSUPPORTED if the kernel has no kprobes. On failure
///          nothing has changed.
/// Callers  threads only
/// Waits    for other threads
reel_status reel_linux_report_faults(reel_linux_report *report);

/// Report faults of this temp no longer.
///
/// Returns  when no report is under way.
/// Callers  threads only
/// Waits    for other threads
void reel_linux_report_no_faults(reel_linux_report *report);

#endif
