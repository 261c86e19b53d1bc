// SPDX-License-Identifier: MIT
// SwitchToThread runs what waits for this processor. A thread of lower priority
// on it runs only while this one sleeps.

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "reel/port.h"

void reel_port_yield(void)
{
    if (!SwitchToThread()) {
        Sleep(1);
    }
}
