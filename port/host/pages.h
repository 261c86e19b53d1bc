/// POSIX host: reserve address space, and commit memory page by page. Reserving
/// takes no memory. Decommitted memory goes back to the system, and an access
/// to it traps. A commit of up to 1 MiB also makes the memory resident, if the
/// system can: that is cheaper than a fault for each page. More memory becomes
/// resident when it is accessed.

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
///   size     bytes, rounded up to whole pages; not 0
///   space    set to the start of the range
///
/// Returns  REEL_OK; REEL_INVALID; REEL_NO_MEMORY if the system fails, and then
///          `space` is unchanged.
/// Cost     two system calls
/// Callers  threads only
/// Waits    for the system
reel_status reel_host_reserve(size_t size, void **space);

/// Release a reserved range, committed or not. A range that was released
/// already is not detected: another owner may have it.
///
///   size     as it was reserved
///
/// Returns  REEL_OK; REEL_INVALID for a range that cannot be one.
/// Cost     two system calls
/// Callers  threads only
/// Waits    for the system
reel_status reel_host_release(void *space, size_t size);

#ifdef __cplusplus
}
#endif

#endif
