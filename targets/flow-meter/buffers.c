// SPDX-License-Identifier: MIT
#include "buffers.h"

#include "reel/blocks.h"

REEL_BLOCKS_DEFINE(packet_pool, METER_BUFFER_BYTES, METER_BUFFERS);

static volatile unsigned char holders[METER_BUFFERS];

void buffers_pass(const void *buffer, enum buffers_holder from,
                  enum buffers_holder to)
{
    volatile unsigned char *const holder =
        &holders[reel_blocks_index(&packet_pool, buffer)];
    if (*holder != from) {
        reel_panic(REEL_BUSY, __FILE__, __LINE__);
    }
    *holder = (unsigned char)to;
}

void *buffers_take(enum buffers_holder holder)
{
    void *const buffer = reel_blocks_alloc(&packet_pool);
    if (buffer != NULL) {
        buffers_pass(buffer, BUFFERS_NOBODY, holder);
    }
    return buffer;
}

void buffers_give(void *buffer, enum buffers_holder holder)
{
    buffers_pass(buffer, holder, BUFFERS_NOBODY);
    const reel_status status = reel_blocks_free(&packet_pool, buffer);
    if (status != REEL_OK) {
        reel_panic(status, __FILE__, __LINE__);
    }
}

reel_stats buffers_stats(void)
{
    return reel_blocks_stats(&packet_pool);
}
