// SPDX-License-Identifier: MIT
// The packet buffers: one pool, from which the main loop and the timer's
// interrupt both take and to which both give. Who holds each buffer is noted
// beside the pool, so that a buffer handed to both ends the run.

#ifndef BUFFERS_H
#define BUFFERS_H

#include "reel/base.h"

// Bytes of a buffer: a multiple of 8, so that buffers are aligned. An ordinary
// Ethernet frame, tags and checksum included, has 1,526 or less.
#ifndef METER_BUFFER_BYTES
#define METER_BUFFER_BYTES 1536u
#endif

// How many: two full rings and the frame at hand take 33.
#ifndef METER_BUFFERS
#define METER_BUFFERS 40u
#endif

enum buffers_holder {
    BUFFERS_NOBODY,
    BUFFERS_MAIN,
    BUFFERS_TIMER,
};

// Take a buffer. NULL if there is none.
void *buffers_take(enum buffers_holder holder);

// Note that `to` now holds a buffer that `from` took.
void buffers_pass(const void *buffer, enum buffers_holder from,
                  enum buffers_holder to);

// The present holder gives a buffer back, whatever context took it.
void buffers_give(void *buffer, enum buffers_holder holder);

reel_stats buffers_stats(void);

#endif
