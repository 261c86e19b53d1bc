// SPDX-License-Identifier: MIT
// Events tell all that happens: a naive model that sees only them knows what is live, and
// what each allocator uses, after every call of a churn.

#include <stdio.h>
#include <stdlib.h>

#include "churn.h"
#include "events/ring.h"
#include "replay.h"
#include "tap.h"

#define CALLS 40000u
#define SEEDS 5u

void reel_panic(reel_status why, const char *file, int line)
{
    (void)printf("# %s:%d: %s\n", file, line, reel_status_name(why));
    exit(1);
}

static bool replay_all(void)
{
    reel_event event;
    bool fits = true;
    while (reel_events_take(&event)) {
        fits = replay(&event) && fits;
    }
    return fits;
}

static bool all_agree(uint32_t seed, unsigned call)
{
    for (const churn_object *o = churn_objects(); o->name != NULL; o++) {
        const size_t used = o->used(o->object);
        if (used != replay_used(o->object)) {
            (void)printf(
                "# seed %u, call %u: %s uses %zu, its events say %zu\n",
                (unsigned)seed, call, o->name, used, replay_used(o->object));
            return false;
        }
    }
    return true;
}

static bool follow(uint32_t seed)
{
    replay_start();
    churn_start(seed);
    for (unsigned call = 0; call < CALLS; call++) {
        churn();
        if (!replay_all()) {
            (void)printf("# seed %u, call %u: %s\n", (unsigned)seed, call,
                         replay_blame());
            return false;
        }
        if (!all_agree(seed, call)) {
            return false;
        }
    }
    return true;
}

static void used_follows_from_events(void)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        EXPECT(follow(seed));
    }
}

static void every_kind_of_event_came(void)
{
    for (unsigned kind = REEL_EVENT_DEFINE; kind <= REEL_EVENT_FILL; kind++) {
        EXPECT(replay_count(kind) > 0);
    }
}

// What a cache has aside serves the second request: so nothing was refused.
static void a_request_that_a_cache_serves_is_no_refusal(void)
{
    enum { BYTES = REEL_HEAP_SIZE(128 + REEL_RED_ZONES) };
    static _Alignas(64) unsigned char memory[BYTES];
    static reel_heap heap;
    static reel_heap_cache cache;
    static reel_heap_slot slots[8];
    reel_event event;
    bool is_refused = false;
    EXPECT_EQUAL(reel_heap_init(&heap, memory, sizeof memory), REEL_OK);
    EXPECT_EQUAL(reel_heap_cache_init(&cache, &heap, slots, 8), REEL_OK);
    void *const block = reel_heap_cache_alloc(&cache, 100, 0);
    EXPECT_EQUAL(reel_heap_cache_free(&cache, block), REEL_OK);
    EXPECT(reel_heap_cache_alloc(&cache, 128, 0) != NULL);
    while (reel_events_take(&event)) {
        is_refused =
            is_refused || REEL_EVENT_KIND_OF(event.what) == REEL_EVENT_REFUSE;
    }
    EXPECT(!is_refused);
}

static void no_event_was_lost(void)
{
    EXPECT_EQUAL(reel_events_lost(), 0);
}

// One thread and no handlers: there is nothing to mask.
uintptr_t reel_port_mask(void)
{
    return 0;
}

void reel_port_unmask(uintptr_t saved)
{
    (void)saved;
}

int main(void)
{
    used_follows_from_events();
    tap_result("what_each_allocator_uses_follows_from_its_events", NULL);
    every_kind_of_event_came();
    tap_result("every_kind_of_event_came", NULL);
    a_request_that_a_cache_serves_is_no_refusal();
    tap_result("a_request_that_a_cache_serves_is_no_refusal", NULL);
    no_event_was_lost();
    tap_result("no_event_was_lost", NULL);
    return tap_end() ? 0 : 1;
}
