// SPDX-License-Identifier: MIT
// Buffers for DMA on a part with a data cache: each has cache lines of its own, so
// that cleaning or invalidating one touches no neighbour.

#include <stdint.h>

#include "reel/heap.h"

#define CACHE_LINE 32

static _Alignas(CACHE_LINE) unsigned char memory[REEL_HEAP_SIZE(4096)];
static reel_heap buffers;

// As SCB_InvalidateDCache_by_Addr of CMSIS: whole lines, or a neighbour loses data.
static bool may_invalidate(const void *buffer)
{
    return (uintptr_t)buffer % CACHE_LINE == 0;
}

int main(void)
{
    if (reel_heap_init_granular(&buffers, memory, sizeof memory, CACHE_LINE)
        != REEL_OK) {
        return 1;
    }
    unsigned char *const frame = reel_heap_alloc(&buffers, 100, 0);
    unsigned char *const reply = reel_heap_alloc(&buffers, 33, 0);
    if (frame == NULL || reply == NULL || !may_invalidate(frame)
        || !may_invalidate(reply)) {
        return 2;
    }
    const bool apart = reply >= frame + 128 || frame >= reply + 64;
    return apart && reel_heap_free(&buffers, frame) == REEL_OK
                   && reel_heap_free(&buffers, reply) == REEL_OK
               ? 0
               : 3;
}
