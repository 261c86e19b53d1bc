// SPDX-License-Identifier: MIT
/// POSIX host: reserve address space, and commit memory page by page. Reserving
/// takes no memory. The system takes decommitted memory back, and an access to it
/// traps. A commit of up to 1 MiB also makes the memory resident, if the system
/// can. This is cheaper than a fault for each page. More memory becomes resident
/// when it is accessed.
///
/// The hooks change only contents and access of pages. Other settings of a range
/// stay: advice such as MADV_HUGEPAGE or MADV_DONTDUMP, locks, a memory policy, a
/// protection key, or another mapping in the place of the reserved one.
///
///   Linux    The system takes decommitted pages back at once, also locked ones.
///            After the next commit they are zero. Pages of a shared mapping are
///            unmapped, and their contents stay in its file.
///   macOS, BSD  The system takes decommitted pages back when it needs memory
///            (MADV_FREE), but no locked ones. Until then contents may stay.
///
/// A page is what the system says: 4 KiB on most, 16 KiB on Apple silicon.

#ifndef REEL_PORT_HOST_PAGES_H
#define REEL_PORT_HOST_PAGES_H

#include "reel/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Fill in the hooks, with the page size of the system.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_UNSUPPORTED if the system does
///          not tell its page size.
/// Cost     one system call
/// Callers  threads only
reel_status reel_host_pages_init(reel_pages *pages);

/// Reserve a range of address space. None of it is accessible. The range may be
/// much larger than memory, for example 1 TiB. Any number of threads may call
/// this.
///
/// A page ahead of the range and a page behind it are reserved with it. Nothing
/// can be committed there: an access just outside of the range traps.
///
///   size     bytes, rounded up to whole pages; not 0
///   space    set to the start of the range
///
/// Returns  REEL_OK; REEL_INVALID; REEL_NO_MEMORY if the system fails, and then
///          `space` is unchanged.
/// Cost     two system calls
/// Callers  threads only
/// Waits    for the system
reel_status reel_host_reserve(size_t size, void **space);

/// Get the size of the range that reel_host_reserve(size) reserves, without the
/// pages around it: what reel_temp_init() takes.
///
/// Returns  bytes; 0 if `size` is 0 or there is no such range.
/// Cost     one system call
/// Callers  any context
size_t reel_host_reserved_size(size_t size);

/// Release a reserved range, committed or not. A range that was released
/// already is not detected: another owner may have it.
///
///   size     as it was reserved
///
/// Returns  REEL_OK; REEL_INVALID for a range that cannot be one.
/// Cost     O(bytes committed)
/// Callers  threads only
/// Waits    for the system
reel_status reel_host_release(void *space, size_t size);

#ifdef __cplusplus
}
#endif

#endif
