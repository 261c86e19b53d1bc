// SPDX-License-Identifier: MIT
#include "things.h"

things the;

// The port of the tests may name its threads.
uintptr_t test_thread;

uintptr_t reel_port_thread(void)
{
    return test_thread;
}
