// SPDX-License-Identifier: MIT
// What a board's support package brings, in an archive.

#include "reel/port.h"

_Noreturn void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
    for (;;) {
    }
}

bool reel_port_in_interrupt(void)
{
    return false;
}

void reel_port_yield(void)
{
}

uintptr_t reel_port_thread(void)
{
    return 1;
}
