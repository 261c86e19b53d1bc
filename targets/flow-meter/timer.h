// SPDX-License-Identifier: MIT
// The timer: like the interrupt of a driver it uses the same packet buffers as
// the main loop, at any moment. Each takes buffers that the other gives back.
//
//                metered frames, to be sent on
//     main loop ------------------------------> timer
//               <------------------------------
//                samples of what was metered

#ifndef TIMER_H
#define TIMER_H

#include <stdint.h>

// Read them once the timer is stopped.
struct timer_totals {
    uint64_t frames; // the sum of all samples
    uint32_t ticks;
    uint32_t took; // buffers, one for each sample
    uint32_t gave; // buffers of frames that were sent on
    uint32_t lost; // samples that found no buffer, or the ring full
};

// ---- the main loop calls these ----------------------------------------------

void timer_start(void);

// Tell the timer of one more frame.
void timer_count_frame(void);

// Hand over the buffer of a metered frame. If there are too many waiting, it is
// given back at once.
void timer_send(void *buffer);

// Add up the samples that have come, and give their buffers back.
void timer_collect(void);

// Stop the timer, send what is waiting, and collect a last sample.
void timer_stop(void);

const struct timer_totals *timer_totals(void);

#endif
