// SPDX-License-Identifier: MIT
// What two_cores.c takes from the SDK of the RP2040, on the emulated AN521.

#include "both.h"

void multicore_launch_core1(void (*entry)(void));

static void (*entry_of_1)(void);

static void work(size_t core)
{
    (void)core;
    entry_of_1();
}

void multicore_launch_core1(void (*entry)(void))
{
    entry_of_1 = entry;
    both_start();
    both_begin(work);
}
