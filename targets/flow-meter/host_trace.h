// SPDX-License-Identifier: MIT
// A trace of the flow meter's run: only in builds with REEL_EVENTS, and on a host.

#ifndef HOST_TRACE_H
#define HOST_TRACE_H

#include <stdbool.h>

// Write into a folder, which is there. False if that is not possible.
bool host_trace_start(const char *folder);

// Write what came since the last call, then go on, or end.
void host_trace_go_on(void);
void host_trace_end(void);

#endif
