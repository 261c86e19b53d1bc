// SPDX-License-Identifier: MIT
/// Report: what was refused, or which contract was broken, and where the call
/// came from. Reports come with REEL_CALLERS 1 (reel/config.h), which is the
/// default of checked builds: REEL_CHECKS 2, or a memory checker. Other builds
/// make none, and the two hooks take no byte.
///
///   reel_refused()    a request did not fit: a hook of the application
///   reel_accused()    a contract was broken; the default calls reel_panic()
///
/// port/report/report.h keeps the last report, names objects, and writes a
/// report as text.

#ifndef REEL_REPORT_H
#define REEL_REPORT_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What an object is.
typedef enum reel_kind {
    REEL_KIND_UNKNOWN,
    REEL_KIND_ARENA,
    REEL_KIND_TEMP,
    REEL_KIND_BLOCKS,
    REEL_KIND_HEAP,
    REEL_KIND_REWINDABLE,
    REEL_KIND_SPAN,
    REEL_KIND_POOL,
    REEL_KIND_REGION,
    REEL_KIND_REGISTRY,
    REEL_KIND_LOCK,
} reel_kind;

/// A refused request, or a broken contract.
typedef struct reel_incident {
    // Refused: REEL_NO_MEMORY, REEL_FULL (the table), REEL_BUSY (the call came
    // from a handler, and would have to grow), REEL_STALE. Else what reel_panic()
    // gets. Enums are integers here: their size depends on -fshort-enums.
    int why;  // a reel_status
    int kind; // a reel_kind
    const void *object;
    // The address that the call returns to, in the program; NULL: unknown. Two
    // bytes before it lies the call, on every machine: addr2line finds its line.
    const void *caller;
    size_t size;         // of the request: bytes, 1 or more; 0: not a request
    size_t align;        // of the request, 0 for the default
    size_t available;    // free bytes of the object, in one piece
    const void *backing; // the object that refused it memory, or NULL
    const char *file;    // the line of reel that detected a broken contract;
    int line;            // NULL and 0 for a refusal
} reel_incident;

/// Handle a request that did not fit: a hook of the application. The call then
/// returns NULL or its status. If a backing refused, its report came before. The
/// weak default does nothing. The report is valid until the hook returns. Do not
/// call the object from here.
///
/// Returns  to the failing call.
/// Cost     the application's
/// Callers  any context
void reel_refused(const reel_incident *report);

/// Handle a broken contract: a hook of the application. The weak default calls
/// reel_panic() with status, file and line. As there, if the hook returns, the
/// call fails.
///
/// Returns  to the failing call, or not at all.
/// Cost     the application's
/// Callers  any context
void reel_accused(const reel_incident *report);

#ifdef __cplusplus
}
#endif

#include "reel/detail/report.h"

#endif
