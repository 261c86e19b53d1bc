// SPDX-License-Identifier: MIT
#include "caller.h"

#if REEL_CALLERS

void reel_tell_refusal(reel_status why, reel_kind kind, const void *object,
                       const void *caller, size_t size, size_t align,
                       size_t available, const void *backing)
{
    // Field by field: an initialiser may become a call of memset.
    reel_incident report;
    report.why = (int)why;
    report.kind = (int)kind;
    report.object = object;
    report.caller = caller;
    report.size = size;
    report.align = align;
    report.available = available;
    report.backing = backing;
    report.file = NULL;
    report.line = 0;
    reel_refused(&report);
}

void reel_tell_breach(reel_status why, reel_kind kind, const void *object,
                      const void *caller, const char *file, int line)
{
    // A breach has no request, so its sizes are 0.
    reel_incident report;
    report.why = (int)why;
    report.kind = (int)kind;
    report.object = object;
    report.caller = caller;
    report.size = 0;
    report.align = 0;
    report.available = 0;
    report.backing = NULL;
    report.file = file;
    report.line = line;
    reel_accused(&report);
}

void reel_accuse(reel_status why, reel_kind kind, const void *object,
                 const char *file, int line)
{
    reel_tell_breach(why, kind, object, HERE, file, line);
}

#endif
