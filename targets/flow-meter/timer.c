// SPDX-License-Identifier: MIT
#include "timer.h"

#include "buffers.h"
#include "platform.h"
#include "ring.h"

// What a sample's buffer holds. The next sample also counts what a lost one would
// have counted.
struct sample {
    uint32_t number;
    uint32_t frames; // metered since the one before
};

static struct ring to_timer;
static struct ring to_main;
static atomic_uint metered; // frames; the main loop writes it

static struct timer_totals totals;
static uint32_t collected; // samples

// ---- the timer --------------------------------------------------------------

static bool take_sample(void)
{
    static uint32_t number;
    static unsigned told;
    struct sample *const sample =
        ring_is_full(&to_main) ? NULL : buffers_take(BUFFERS_TIMER);
    if (sample == NULL) {
        return false;
    }
    const unsigned now = atomic_load_explicit(&metered, memory_order_relaxed);
    sample->number = number;
    sample->frames = now - told;
    number++;
    told = now;
    ring_put(&to_main, sample);
    return true;
}

// Returns how many buffers were given back. This is where a driver would wait
// for its device to have read them.
static uint32_t send_waiting(void)
{
    uint32_t count = 0;
    void *buffer = ring_take(&to_timer);
    while (buffer != NULL) {
        buffers_pass(buffer, BUFFERS_MAIN, BUFFERS_TIMER);
        buffers_give(buffer, BUFFERS_TIMER);
        count++;
        buffer = ring_take(&to_timer);
    }
    return count;
}

static void tick(void)
{
    const bool is_taken = take_sample();
    totals.ticks++;
    totals.took += is_taken;
    totals.lost += !is_taken;
    totals.gave += send_waiting();
}

// ---- the main loop ----------------------------------------------------------

void timer_start(void)
{
    platform_start_timer(tick);
}

void timer_count_frame(void)
{
    const unsigned now = atomic_load_explicit(&metered, memory_order_relaxed);
    atomic_store_explicit(&metered, now + 1, memory_order_relaxed);
}

void timer_send(void *buffer)
{
    if (ring_is_full(&to_timer)) {
        buffers_give(buffer, BUFFERS_MAIN);
    } else {
        ring_put(&to_timer, buffer);
    }
}

static void collect(struct sample *sample)
{
    buffers_pass(sample, BUFFERS_TIMER, BUFFERS_MAIN);
    if (sample->number != collected) {
        reel_panic(REEL_STALE, __FILE__, __LINE__);
    }
    collected++;
    totals.frames += sample->frames;
    buffers_give(sample, BUFFERS_MAIN);
}

void timer_collect(void)
{
    struct sample *sample = ring_take(&to_main);
    while (sample != NULL) {
        collect(sample);
        sample = ring_take(&to_main);
    }
}

// All buffers are back before the last sample, so that it finds one.
void timer_stop(void)
{
    platform_stop_timer();
    (void)send_waiting();
    timer_collect();
    (void)take_sample();
    timer_collect();
}

const struct timer_totals *timer_totals(void)
{
    return &totals;
}
