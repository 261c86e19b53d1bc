// SPDX-License-Identifier: MIT
/// What an application does with reports (reel/report.h): keep the last refusal,
/// give objects names, and write a report as text. Freestanding, for every target.
///
/// report.c has the functions, keep.c the hook reel_refused(). An application with
/// a hook of its own leaves keep.c out, and calls reel_report_keep() itself.

#ifndef REEL_PORT_REPORT_H
#define REEL_PORT_REPORT_H

#include "reel/report.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Keep a refusal for reel_last_refused(), in place of the one before.
///
/// Returns  nothing.
/// Callers  any context
void reel_report_keep(const reel_incident *report);

/// Get the last refusal that was kept.
///
///   report   is filled in; unchanged without a refusal
///
/// Returns  true; false if nothing was refused yet, or if two contexts wrote at
///          once, and the record is of neither.
/// Callers  any context
bool reel_last_refused(reel_incident *report);

/// A name for an object, in memory of the caller's. It stays in a list for ever.
typedef struct reel_named {
    const void *object;
    const char *name;
    struct reel_named *next;
} reel_named;

/// Give an object a name. The newest one counts. One thread at a time calls this;
/// other contexts may read names.
///
///   entry    not in the list yet
///   name     is not copied
///
/// Returns  REEL_OK; REEL_INVALID for NULL.
reel_status reel_set_name(reel_named *entry, const void *object,
                          const char *name);

/// Get the name of an object.
///
/// Returns  the name; NULL if it has none.
/// Cost     O(names)
/// Callers  any context
const char *reel_name_of(const void *object);

/// Get the name of a kind, for logs.
///
/// Returns  "arena", "temp" and so on; "object" for any other; never NULL.
/// Callers  any context
const char *reel_kind_name(reel_kind kind);

/// Write a report as one line:
///
///   refused: arena "frames" at 0x20000400, 60 bytes aligned to 8, 54 left:
///   REEL_NO_MEMORY, called at 0x8001234
///   broken contract: pool at 0x20000460: REEL_FOREIGN, called at 0x8001234, found
///   at src/pool.c:201
///
/// The address is two bytes before the one of the report, so it lies in the call:
/// `addr2line -fipe image.elf 0x8001234` names its line.
///
///   write    gets the pieces of the line one by one, and `context`
///
/// Returns  nothing.
/// Cost     O(length), and one search for a name or two
/// Callers  any context
void reel_report_write(const reel_incident *report,
                       void (*write)(void *context, const char *text),
                       void *context);

#ifdef __cplusplus
}
#endif

#endif
