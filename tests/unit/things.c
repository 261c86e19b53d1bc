// SPDX-License-Identifier: MIT
#include "things.h"

things the;

static bool commit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
}

const reel_pages test_pages = { 64, NULL, commit, decommit };

// The port of the tests may name its threads.
uintptr_t test_thread;

uintptr_t reel_port_thread(void)
{
    return test_thread;
}
