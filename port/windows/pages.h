// SPDX-License-Identifier: MIT
/// Windows: reserve address space, and commit memory page by page. The system takes
/// decommitted memory back, and an access to it traps.

#ifndef REEL_PORT_WINDOWS_PAGES_H
#define REEL_PORT_WINDOWS_PAGES_H

#include "reel/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Owned by the caller; read-only to it. `pages` is what a temp takes.
typedef struct reel_windows {
    reel_pages pages;
    void *base;
    size_t size;     // bytes
    size_t frontier; // bytes committed
} reel_windows;

/// Reserve a range of address space; none of it is accessible. The range may be much
/// larger than memory, for example 64 GiB. Release the range of an object before you
/// reserve another one by it. Otherwise the old range stays reserved.
///
///   size     bytes, rounded up to whole pages; not 0
///
/// Returns  REEL_OK; REEL_INVALID; REEL_NO_MEMORY if the system refuses. On
///          failure nothing has changed.
/// Callers  threads only
/// Waits    in the system
reel_status reel_windows_reserve(reel_windows *range, size_t size);

/// Give a range back, committed or not. The hooks then refuse.
///
/// Returns  REEL_OK; REEL_INVALID for what is not reserved.
/// Callers  threads only
/// Waits    in the system
reel_status reel_windows_release(reel_windows *range);

#ifdef __cplusplus
}
#endif

#endif
