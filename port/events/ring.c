// SPDX-License-Identifier: MIT
#include "events/to_ring.h"

#include "reel/port.h"

#if REEL_ATOMICS == REEL_ATOMICS_CUSTOM
#include REEL_ATOMICS_HEADER
#endif

reel_ring reel_events;

// One core sees its own order; the barrier is for the compiler.
static uintptr_t load(const uintptr_t *word)
{
#if REEL_ATOMICS == REEL_ATOMICS_NATIVE || REEL_ATOMICS == REEL_ATOMICS_CUSTOM
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
#else
    const uintptr_t value = *(const volatile uintptr_t *)word;
    __asm__ volatile("" ::: "memory");
    return value;
#endif
}

static void store(uintptr_t *word, uintptr_t value)
{
#if REEL_ATOMICS == REEL_ATOMICS_NATIVE || REEL_ATOMICS == REEL_ATOMICS_CUSTOM
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
#else
    __asm__ volatile("" ::: "memory");
    *(volatile uintptr_t *)word = value;
#endif
}

// ---- writers -------------------------------------------------------------------

#if REEL_ATOMICS == REEL_ATOMICS_MASKED || REEL_ATOMICS == REEL_ATOMICS_NONE

static uintptr_t mask(void)
{
#if REEL_ATOMICS == REEL_ATOMICS_MASKED
    return reel_port_mask();
#else
    return 0;
#endif
}

static void unmask(uintptr_t saved)
{
#if REEL_ATOMICS == REEL_ATOMICS_MASKED
    reel_port_unmask(saved);
#else
    (void)saved;
#endif
}

// Claim the place `next`, if it is still the next one.
static bool swap_next_if(uintptr_t *next)
{
    const uintptr_t saved = mask();
    const uintptr_t found = load(&reel_events.next);
    if (found == *next) {
        store(&reel_events.next, found + 1);
    }
    unmask(saved);
    const bool is_done = found == *next;
    *next = found;
    return is_done;
}

#elif REEL_ATOMICS == REEL_ATOMICS_CUSTOM

static bool swap_next_if(uintptr_t *next)
{
    return swap_if_acquire((reel_word *)&reel_events.next, next, *next + 1);
}

#else

static bool swap_next_if(uintptr_t *next)
{
    return __atomic_compare_exchange_n(&reel_events.next, next, *next + 1, true,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

#endif

// On one core with exclusives it is inline in to_ring.h. The clock is read between
// look and exchange, so times have the order of places.
void reel_events_report(uintptr_t what, const void *object, uintptr_t place,
                        size_t size, uintptr_t caller)
{
    uintptr_t time;
    uintptr_t next = load(&reel_events.next);
    do {
        if (next - load(&reel_events.first) >= REEL_EVENTS_CAPACITY) {
            reel_events_drop();
            return;
        }
        time = reel_event_time();
    } while (!swap_next_if(&next));
    reel_event *const event = &reel_events.events[next % REEL_EVENTS_CAPACITY];
    event->time = time;
    event->object = (uintptr_t)object;
    event->place = place;
    event->size = size;
    event->caller = caller;
    store(&event->what, what | reel_event_context());
}

// Two contexts at once may count one.
void reel_events_drop(void)
{
    store(&reel_events.lost, load(&reel_events.lost) + 1);
}

// ---- the reader --------------------------------------------------------------

// False if it is not written yet.
static bool read_at(uintptr_t position, reel_event *event)
{
    reel_event *const at = &reel_events.events[position % REEL_EVENTS_CAPACITY];
    event->what = load(&at->what); // the writer's last word
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
    if (first == load(&reel_events.next) || !read_at(first, event)) {
        return false;
    }
    reel_events.events[first % REEL_EVENTS_CAPACITY].what = 0;
    store(&reel_events.first, first + 1);
    return true;
}

size_t reel_events_make_room(size_t room)
{
    reel_event event;
    size_t dropped = 0;
    while (load(&reel_events.next) - reel_events.first
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
    return load(&reel_events.lost);
}

bool reel_events_look(size_t back, reel_event *event)
{
    const uintptr_t next = load(&reel_events.next);
    return back < next - load(&reel_events.first)
           && read_at(next - 1 - back, event);
}
