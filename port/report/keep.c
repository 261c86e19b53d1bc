// SPDX-License-Identifier: MIT
#include "report.h"

#if REEL_CALLERS

void reel_refused(const reel_incident *report)
{
    reel_report_keep(report);
}

#endif
