/// Words shared by every module: types, status codes, statistics, panic.
///
/// The comment above each public function uses fixed words:
///
///   Returns  the result and how long it lives; the failure, and that it
///            changed nothing.
///   Panics   contract facts that are checked (REEL_CHECKS >= 1). If the
///            application's reel_panic() returns, the call fails as said.
///   Cost     O(…), loops, hooks.
///   Context  "one owner": the caller serialises calls on one object; the
///            owner may be an interrupt handler. "any number": calls on one
///            object may overlap. ISR: may it interrupt any other call of this
///            kind on the same object? SMP: may it run on two cores at once?
///            Blocks: whether it waits or masks interrupts.
///
/// Sizes are bytes. A request for 0 bytes is a request for 1. An alignment is
/// a power of two, or 0 for REEL_ALIGN_DEFAULT; the address is what is aligned.

#ifndef REEL_BASE_H
#define REEL_BASE_H

#include "reel/config.h"

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

/// Result of a set-up or lifetime call. The numbers are those of the usual
/// errno values, negated.
typedef enum reel_status {
    REEL_OK = 0,
    REEL_PORT_FAILED = -5,   // a port hook refused                  EIO
    REEL_CLOSED = -9,        // the object is closed                 EBADF
    REEL_NO_MEMORY = -12,    // the backing memory is exhausted      ENOMEM
    REEL_FOREIGN = -14,      // the pointer or mark is not of here   EFAULT
    REEL_BUSY = -16,         // not now: in an interrupt, or in use  EBUSY
    REEL_INVALID = -22,      // an argument the contract forbids     EINVAL
    REEL_FULL = -28,         // the caller's table is full           ENOSPC
    REEL_UNSUPPORTED = -95,  // this machine or object cannot        EOPNOTSUPP
    REEL_DOUBLE_FREE = -114, // the block is free already            EALREADY
    REEL_STALE = -116,       // the mark or handle was dropped       ESTALE
} reel_status;

/// Name a status, for logs.
///
/// Returns  its constant's name ("REEL_STALE"), or "unknown"; never NULL.
/// Cost     O(1) in memory; one switch.
/// Context  any number of owners. ISR: yes. SMP: yes. Blocks: never.
const char *reel_status_name(reel_status status);

/// What every module keeps count of, read by reel_<module>_stats().
typedef struct reel_stats {
    size_t used;            // bytes in use, padding included
    size_t peak;            // most bytes ever in use
    size_t failures;        // requests refused for want of room; saturates
    size_t largest_refused; // bytes asked for by the largest of them
} reel_stats;

/// A machine word shared between contexts; only reel touches `value`.
typedef struct reel_word {
    uintptr_t value;
} reel_word;

/// Report a broken contract. The application's: log, then halt or reset. The
/// weak default traps. If it returns, the call that broke the contract fails
/// and its object is unchanged.
///
/// Returns  to the call that then fails, or not at all.
/// Cost     the application's.
/// Context  that of the call that broke its contract, an interrupt included.
void reel_panic(reel_status why, const char *file, int line);

#ifdef __cplusplus
}
#endif

/// Bytes at the end of the address space that no memory of reel's reaches into.
#define REEL_TOP_BYTES 4096u

#include "reel/detail/compiler.h"

#endif
