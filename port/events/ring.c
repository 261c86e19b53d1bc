// SPDX-License-Identifier: MIT
#include "events/to_ring.h"

#include "events/exchange.h"

reel_ring reel_events;

// ---- writers -------------------------------------------------------------------

// On one core with exclusives it is inline in to_ring.h. The clock is read between
// look and exchange, so times have the order of places.
void reel_events_report(uintptr_t what, const void *object, uintptr_t place,
                        size_t size, uintptr_t caller)
{
    uintptr_t time;
    uintptr_t next = load_word(&reel_events.next);
    do {
        if (next - load_word(&reel_events.first) >= REEL_EVENTS_CAPACITY) {
            reel_events_drop();
            return;
        }
        time = reel_event_time();
    } while (!swap_word_if(&reel_events.next, &next, next + 1));
    reel_event *const event = &reel_events.events[next % REEL_EVENTS_CAPACITY];
    event->time = time;
    event->object = (uintptr_t)object;
    event->place = place;
    event->size = size;
    event->caller = caller;
    store_word(&event->what, what | reel_event_context());
}

// Two contexts at once may count one.
void reel_events_drop(void)
{
    store_word(&reel_events.lost, load_word(&reel_events.lost) + 1);
}

// ---- the reader --------------------------------------------------------------

// False if it is not written yet.
static bool read_at(uintptr_t position, reel_event *event)
{
    reel_event *const at = &reel_events.events[position % REEL_EVENTS_CAPACITY];
    event->what = load_word(&at->what); // the writer's last word
    if (event->what == 0) {
        return false;
    }
    event->time = at->time;
    event->object = at->object;
    event->place = at->place;
    event->size = at->size;
    event->caller = at->caller;
    return true;
}

bool reel_events_take(reel_event *event)
{
    const uintptr_t first = reel_events.first;
    if (first == load_word(&reel_events.next) || !read_at(first, event)) {
        return false;
    }
    reel_events.events[first % REEL_EVENTS_CAPACITY].what = 0;
    store_word(&reel_events.first, first + 1);
    return true;
}

size_t reel_events_make_room(size_t room)
{
    reel_event event;
    size_t dropped = 0;
    while (load_word(&reel_events.next) - reel_events.first
               > REEL_EVENTS_CAPACITY - room
           && reel_events_take(&event)) {
        dropped++;
    }
    for (size_t i = 0; i < dropped; i++) {
        reel_events_drop();
    }
    return dropped;
}

size_t reel_events_lost(void)
{
    return load_word(&reel_events.lost);
}

bool reel_events_look(size_t back, reel_event *event)
{
    const uintptr_t next = load_word(&reel_events.next);
    return back < next - load_word(&reel_events.first)
           && read_at(next - 1 - back, event);
}
