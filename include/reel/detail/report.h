// SPDX-License-Identifier: MIT
/// Inside report.h: how the inline parts of the headers say that a contract is broken.

#ifndef REEL_DETAIL_REPORT_H
#define REEL_DETAIL_REPORT_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/report.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The caller is what this returns to. Only with REEL_CALLERS.
void reel_accuse(reel_status why, reel_kind kind, const void *object,
                 const char *file, int line);

#if REEL_CALLERS
#define REEL_ACCUSE(why, kind, object) \
    reel_accuse((why), (kind), (object), __FILE__, __LINE__)
#else
#define REEL_ACCUSE(why, kind, object) reel_panic((why), __FILE__, __LINE__)
#endif

#ifdef __cplusplus
}
#endif

#endif
