/// POSIX host: address space is reserved for nothing, memory is committed page by
/// page, and what is decommitted traps when touched and goes back to the system.
/// Up to 1 MiB that is committed in one step is made resident with it, if the system
/// can: cheaper than a fault for each page. More becomes resident as it is touched.

#ifndef REEL_PORT_HOST_PAGES_H
#define REEL_PORT_HOST_PAGES_H

#include "reel/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Fill in the hooks, with the system's page size.
///
/// Returns  REEL_OK; REEL_INVALID for NULL; REEL_UNSUPPORTED if the system does
///          not tell its page size.
/// Cost     one system call.
/// Context  any number of owners. ISR: no. SMP: yes. Blocks: in the system.
reel_status reel_host_pages_init(reel_pages *pages);

/// Reserve a range of address space; none of it is accessible. A range much
/// larger than memory is fine, 1 TiB for one.
///
///   size     bytes, rounded up to whole pages; not 0
///   space    set to the start of the range
///
/// Returns  REEL_OK; REEL_INVALID; REEL_NO_MEMORY if the system refuses, and then
///          `space` is untouched.
/// Cost     two system calls.
/// Context  any number of owners. ISR: no. SMP: yes. Blocks: in the system.
reel_status reel_host_reserve(size_t size, void **space);

/// Give a reserved range back, committed or not.
///
///   size     as it was reserved
///
/// Returns  REEL_OK; REEL_INVALID for a range that cannot be one. The system cannot
///          tell whose a range is: never give one back twice.
/// Cost     two system calls.
/// Context  any number of owners. ISR: no. SMP: yes. Blocks: in the system.
reel_status reel_host_release(void *space, size_t size);

#ifdef __cplusplus
}
#endif

#endif
