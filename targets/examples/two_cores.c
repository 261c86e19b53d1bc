// SPDX-License-Identifier: MIT
// Two cores and one pool, on an RP2040 or another part: core 1 allocates and fills a
// message, core 0 reads and frees it. Built with REEL_CORES=2.

#include "reel/blocks.h"

REEL_BLOCKS_DEFINE(messages, 16, 4);

// Of the SDK: pico/multicore.h
void multicore_launch_core1(void (*entry)(void));

static unsigned *volatile mailbox; // core 1 writes NULL -> message, core 0 back

static void core1(void)
{
    for (unsigned i = 0;;) {
        unsigned *const message =
            mailbox == NULL ? reel_blocks_alloc(&messages) : NULL;
        if (message != NULL) {
            *message = i++;
            __atomic_thread_fence(__ATOMIC_RELEASE); // a DMB
            mailbox = message;
        }
    }
}

int main(void)
{
    multicore_launch_core1(core1);
    for (unsigned i = 0; i < 1000; i++) {
        while (mailbox == NULL) {
        }
        unsigned *const message = mailbox;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (*message != i || reel_blocks_free(&messages, message) != REEL_OK) {
            return 1;
        }
        mailbox = NULL;
    }
    return 0;
}
