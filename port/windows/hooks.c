// SPDX-License-Identifier: MIT
// The hooks that are the program's own to replace: leave this file out then. In
// PE objects a weak definition is not found from other objects, so the defaults
// of src/hooks.c do not count here.

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "reel/port.h"

// Programs have no interrupts.
bool reel_port_in_interrupt(void)
{
    return false;
}

// A debugger stops at the exception; otherwise the program ends.
void reel_panic(reel_status why, const char *file, int line)
{
    (void)file, (void)line;
    RaiseException((DWORD)why, EXCEPTION_NONCONTINUABLE, 0, NULL);
}
