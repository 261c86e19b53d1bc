// SPDX-License-Identifier: MIT
// A pool that an interrupt and the main loop share: the handler allocates a packet
// and passes it on, the main loop frees it. Nothing is masked.

#include <stdint.h>

#include "reel/blocks.h"

REEL_BLOCKS_DEFINE(packets, 64, 4);

#define ICSR           (*(volatile uint32_t *)0xE000ED04)
#define ICSR_PENDSVSET (UINT32_C(1) << 28)

static unsigned char *volatile received; // by the handler, for the main loop
static volatile unsigned dropped;

void pend_sv_handler(void);

void pend_sv_handler(void) // as a radio's interrupt would be
{
    unsigned char *const packet = reel_blocks_alloc(&packets);
    if (packet == NULL) {
        dropped++;
        return;
    }
    packet[0] = 42;
    received = packet;
}

int main(void)
{
    for (unsigned i = 0; i < 100; i++) {
        ICSR = ICSR_PENDSVSET;
        __asm__ volatile("dsb\n\tisb" ::: "memory");
        if (received == NULL || received[0] != 42
            || reel_blocks_free(&packets, received) != REEL_OK) {
            return 1;
        }
    }
    return dropped == 0 && reel_blocks_count_used(&packets) == 0 ? 0 : 2;
}
