// SPDX-License-Identifier: MIT
// The clock of a host.

#define _POSIX_C_SOURCE 199309L

#include <stdint.h>
#include <time.h>

uintptr_t reel_event_nanoseconds(void);

uintptr_t reel_event_nanoseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uintptr_t)now.tv_sec * 1000000000u + (uintptr_t)now.tv_nsec;
}
