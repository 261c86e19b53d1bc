// SPDX-License-Identifier: MIT
/// Reports on hosts with glibc: as text, with the line of the program that called.

#ifndef REEL_PORT_HOST_REPORT_H
#define REEL_PORT_HOST_REPORT_H

#include "report/report.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Find the line of an address by addr2line (binutils), which needs debug
/// information (-g).
///
///   caller   as in a report: where a call returns to
///   text     gets "function at file:line", or the address alone
///   size     bytes of it, 1 or more
///
/// Returns  true if the line is known.
/// Cost     starts a process
/// Callers  threads only
/// Waits    for the process
bool reel_host_line(const void *caller, char *text, size_t size);

/// Write a report to stderr, and the line that it came from. A program may call
/// this from its hooks reel_refused() and reel_accused().
///
/// Returns  nothing.
/// Cost     as reel_host_line()
/// Callers  threads only
/// Waits    as reel_host_line()
void reel_host_report(const reel_incident *report);

#ifdef __cplusplus
}
#endif

#endif
