// SPDX-License-Identifier: MIT
/// Types, status codes and statistics that all modules use, and the panic hook.
///
/// Above each public function a comment says what the caller gets. Labels follow:
///
///   Returns  the result and how long it is valid, and what a failure returns. A
///            failed call changes nothing but the statistics of failures.
///
/// Four more labels stand only where a function differs from the default:
///
///   Panics   the broken contracts that are detected (with REEL_CHECKS >= 1). If
///            the application's reel_panic() returns, the call fails. Default:
///            to allocate with an `align` that is not a power of two
///            (REEL_INVALID), or from an object that has ended (REEL_STALE).
///   Cost     default: O(1), without a loop.
///   Callers  default: owner.
///              owner         One context at a time calls this on one object. The
///                            application ensures it. The owner may be a handler.
///              any context   Threads and handlers may call this at any time,
///                            also during other calls on the same object. With
///                            REEL_ATOMICS_NATIVE other cores may, too.
///              threads only  As owner, but the owner is a thread, not a handler.
///   Waits    default: never, with two exceptions. With REEL_ATOMICS_MASKED a
///            call for any context masks interrupts. If the mask is inline, it
///            does so for at most 9 instructions at a time with gcc at -Os and
///            -O2, and for 12 with clang there (reel/port.h). What binds an
///            object, or ends the blocks of a bound one, waits while another
///            thread changes the registry.
///
/// A handler is an interrupt or exception handler. A context is a thread, a
/// handler or another core.
///
/// Do not move or copy an object that is in use. Marks, handles, caches and other
/// allocators have its address. These are values, which may be copied:
/// reel_allocator, reel_mark, reel_handle, reel_stats and configurations.
///
/// Sizes are in bytes. A request for 0 bytes is a request for 1 byte. An
/// alignment is a power of two, or 0 for REEL_ALIGN_DEFAULT. Addresses are
/// aligned, not offsets.

#ifndef REEL_BASE_H
#define REEL_BASE_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/config.h"
#include "reel/version.h"

#ifdef REEL_TYPES_HEADER
#include REEL_TYPES_HEADER
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Result of a set-up or lifetime call. Each number is a negated errno value.
typedef enum reel_status {
    REEL_OK = 0,
    REEL_PORT_FAILED = -5,   // a port hook failed                   EIO
    REEL_CLOSED = -9,        // the object is closed                 EBADF
    REEL_NO_MEMORY = -12,    // the backing memory is exhausted      ENOMEM
    REEL_FOREIGN = -14,      // the pointer or mark is not its own   EFAULT
    REEL_BUSY = -16,         // not now: in a handler, or in use     EBUSY
    REEL_INVALID = -22,      // an argument the contract forbids     EINVAL
    REEL_FULL = -28,         // the caller's table is full           ENOSPC
    REEL_UNSUPPORTED = -95,  // this machine or object cannot do it  EOPNOTSUPP
    REEL_DOUBLE_FREE = -114, // the block is free already            EALREADY
    REEL_STALE = -116,       // the mark or handle was dropped       ESTALE
} reel_status;

/// Get the name of a status, for logs.
///
/// Returns  the constant's name ("REEL_STALE"), or "unknown"; never NULL.
/// Callers  any context
const char *reel_status_name(reel_status status);

/// The statistics of a module: see reel_<module>_stats().
typedef struct reel_stats {
    size_t size;            // bytes, used and free
    size_t used;            // bytes in use, padding included
    size_t peak;            // the most bytes that were in use
    size_t failures;        // requests that did not fit; saturates
    size_t largest_refused; // bytes of the largest of these
} reel_stats;

/// A machine word that contexts share. Only reel accesses `value`.
typedef struct reel_word {
    uintptr_t value;
} reel_word;

/// Handle a broken contract: a hook of the application. Log `why`, then halt, or
/// reset the machine. The weak default traps. If the hook returns, the call that broke
/// the contract fails, and its object is unchanged.
///
/// Returns  to the failing call, or not at all.
/// Cost     the application's.
/// Callers  any context
void reel_panic(reel_status why, const char *file, int line);

#ifdef __cplusplus
}
#endif

/// No memory of reel's reaches into the last bytes of the address space.
#define REEL_TOP_BYTES 4096u

#include "reel/detail/compiler.h"
#include "reel/detail/options.h"

#endif
