// SPDX-License-Identifier: MIT
// Threads write to the ring at once, and one takes out: each event comes once and whole, in
// the order of its time, or is counted as dropped.

#define _POSIX_C_SOURCE 199309L

#include <sched.h>

#include "events/ring.h"
#include "reel/events.h"
#include "threads.h"

#define WRITERS 3u
#define ROUNDS  20000u
#define NUMBERS ((size_t)WRITERS * ROUNDS)

static unsigned char came[NUMBERS];
static size_t wrong, taken, writers_done;
static uintptr_t last;

// An event whose words all say its number.
static void report(size_t number)
{
    reel_port_event(REEL_EVENT_WHAT(REEL_EVENT_ALLOC, REEL_EVENT_OF_HEAP),
                    (const void *)(number + 1), number + 2, number + 3,
                    number + 4);
}

static bool is_whole(const reel_event *event)
{
    const size_t number = event->object - 1;
    return event->place == number + 2 && event->size == number + 3
           && event->caller == number + 4 && number < NUMBERS;
}

static bool take_one(void)
{
    reel_event event;
    if (!reel_events_take(&event)) {
        return false;
    }
    wrong +=
        !is_whole(&event) || came[event.object - 1] > 0 || event.time < last;
    came[(event.object - 1) % NUMBERS]++;
    last = event.time;
    taken++;
    return true;
}

static bool is_half_full(void)
{
    return __atomic_load_n(&reel_events.next, __ATOMIC_RELAXED)
               - __atomic_load_n(&reel_events.first, __ATOMIC_RELAXED)
           > REEL_EVENTS_CAPACITY / 2;
}

// The first writer waits for room, the others do not.
static void write_or_take(test_thread *me)
{
    if (me->number == WRITERS) {
        while (__atomic_load_n(&writers_done, __ATOMIC_RELAXED) < WRITERS) {
            (void)take_one();
        }
        return;
    }
    for (size_t i = 0; i < ROUNDS; i++) {
        while (me->number == 0 && is_half_full()) {
            (void)sched_yield();
        }
        report(me->number * ROUNDS + i);
    }
    (void)__atomic_fetch_add(&writers_done, 1, __ATOMIC_RELAXED);
}

static void threads_write_while_one_takes(void)
{
    EXPECT_EQUAL(threads_run(WRITERS + 1, write_or_take), 0);
    while (take_one()) {
    }
    EXPECT_EQUAL(wrong, 0);
    EXPECT(taken > REEL_EVENTS_CAPACITY);
    // Two threads at once may count one dropped event.
    EXPECT(taken + reel_events_lost() <= NUMBERS);
    EXPECT(taken == NUMBERS || reel_events_lost() > 0);
}

static void a_full_ring_drops_and_counts(void)
{
    const size_t before = reel_events_lost();
    reel_event event;
    for (size_t i = 0; i < REEL_EVENTS_CAPACITY + 5; i++) {
        report(i);
    }
    EXPECT_EQUAL(reel_events_lost() - before, 5);
    EXPECT(reel_events_look(0, &event));
    EXPECT_EQUAL(event.object, REEL_EVENTS_CAPACITY);
    EXPECT(!reel_events_look(REEL_EVENTS_CAPACITY, &event));
}

static void room_is_made_by_dropping_the_oldest(void)
{
    const size_t before = reel_events_lost();
    reel_event event;
    EXPECT_EQUAL(reel_events_make_room(10), 10);
    EXPECT_EQUAL(reel_events_make_room(10), 0);
    EXPECT_EQUAL(reel_events_lost() - before, 10);
    report(7);
    EXPECT(reel_events_look(0, &event));
    EXPECT_EQUAL(event.object, 8);
    EXPECT(reel_events_take(&event));
    EXPECT_EQUAL(event.object, 11);
    EXPECT_EQUAL(reel_events_make_room(REEL_EVENTS_CAPACITY),
                 REEL_EVENTS_CAPACITY - 10);
    EXPECT(!reel_events_take(&event));
}

int main(void)
{
    threads_write_while_one_takes();
    tap_result("threads_write_while_one_takes", NULL);
    a_full_ring_drops_and_counts();
    tap_result("a_full_ring_drops_and_counts", NULL);
    room_is_made_by_dropping_the_oldest();
    tap_result("room_is_made_by_dropping_the_oldest", NULL);
    return tap_end() ? 0 : 1;
}
