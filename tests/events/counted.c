// SPDX-License-Identifier: MIT
// Counts are those of the calls that were made, on allocators of several kinds, and of
// events that threads report at once. The events come out of the ring.

#include "events/counts.h"

#include "events/ring.h"
#include "events/to_ring.h"
#include "reel/reel.h"
#include "threads.h"

#define THREADS 3u
#define ROUNDS  1000000u

int main(void);

REEL_ARENA_DEFINE(arena, 4096);

static reel_counts now;

// What was reported since.
static void count(void)
{
    reel_event event;
    while (reel_events_take(&event)) {
        reel_counts_add(event.what, (const void *)event.object);
    }
}

static const reel_counts *counts_of(const void *object)
{
    count();
    EXPECT(reel_counts_of(object, &now));
    EXPECT_EQUAL(now.object, object);
    return &now;
}

static bool are(const reel_counts *counts, uintptr_t allocs, uintptr_t frees,
                uintptr_t rewinds, uintptr_t refusals)
{
    return counts->allocs == allocs && counts->frees == frees
           && counts->rewinds == rewinds && counts->refusals == refusals;
}

static void a_stack_counts_its_calls(void)
{
    const reel_mark mark = reel_arena_mark(&arena);
    void *const kept = reel_arena_alloc(&arena, 16, 8);
    void *const last = reel_arena_alloc(&arena, 16, 8);
    EXPECT(kept != NULL && reel_arena_resize(&arena, last, 16, 32));
    EXPECT_EQUAL(reel_arena_free(&arena, last, 32), REEL_OK);
    EXPECT(reel_arena_alloc(&arena, 5000, 8) == NULL);
    EXPECT_EQUAL(reel_arena_rewind(&arena, mark), REEL_OK);
    EXPECT_EQUAL(reel_arena_reset(&arena), REEL_OK);
    EXPECT(are(counts_of(&arena), 2, 1, 2, 1));
    EXPECT_EQUAL(now.resizes, 1);
}

static void blocks_and_their_cache_count_apart(void)
{
    static reel_blocks blocks;
    static reel_blocks_cache cache;
    static void *slots[4];
    void *const buffer = reel_arena_alloc(&arena, 512, 16);
    EXPECT_EQUAL(reel_blocks_init(&blocks, buffer, 512, 32, 8), REEL_OK);
    EXPECT_EQUAL(reel_blocks_cache_init(&cache, &blocks, slots, 4), REEL_OK);
    void *const direct = reel_blocks_alloc(&blocks);
    void *const cached = reel_blocks_cache_alloc(&cache); // two come
    EXPECT_EQUAL(reel_blocks_cache_free(&cache, cached), REEL_OK);
    EXPECT(are(counts_of(&blocks), 3, 0, 0, 0));
    EXPECT(now.takes == 1 && now.puts == 1);
    reel_blocks_cache_flush(&cache);
    EXPECT_EQUAL(reel_blocks_free(&blocks, direct), REEL_OK);
    EXPECT(are(counts_of(&blocks), 3, 3, 0, 0));
    EXPECT_EQUAL(now.allocs - now.frees, reel_blocks_count_used(&blocks));
    EXPECT_EQUAL(reel_blocks_init(&blocks, buffer, 512, 32, 8), REEL_OK);
    EXPECT(are(counts_of(&blocks), 0, 0, 0, 0)); // it is another one
    EXPECT(now.takes == 0 && now.puts == 0 && now.resizes == 0);
}

static void a_phase_forgets_the_peak_of_blocks(void)
{
    static reel_blocks blocks;
    void *live[5];
    void *const buffer = reel_arena_alloc(&arena, 512, 16);
    EXPECT_EQUAL(reel_blocks_init(&blocks, buffer, 512, 32, 8), REEL_OK);
    for (int i = 0; i < 5; i++) {
        live[i] = reel_blocks_alloc(&blocks);
    }
    for (int i = 0; i < 4; i++) {
        EXPECT_EQUAL(reel_blocks_free(&blocks, live[i]), REEL_OK);
    }
    EXPECT_EQUAL(counts_of(&blocks)->most_live, 5);
    EXPECT(reel_counts_begin_phase(&blocks));
    EXPECT_EQUAL(counts_of(&blocks)->most_live, 1);
    EXPECT(are(&now, 5, 4, 0, 0));
    live[0] = reel_blocks_alloc(&blocks);
    live[1] = reel_blocks_alloc(&blocks);
    EXPECT_EQUAL(reel_blocks_free(&blocks, live[0]), REEL_OK);
    EXPECT(reel_blocks_alloc(&blocks) != NULL);
    EXPECT_EQUAL(counts_of(&blocks)->most_live, 3);
    while (reel_blocks_alloc(&blocks) != NULL) {
    }
    EXPECT_EQUAL(counts_of(&blocks)->refusals, 1);
    EXPECT(reel_counts_begin_phase(&blocks));
    EXPECT_EQUAL(counts_of(&blocks)->refusals, 0);
    EXPECT_EQUAL(now.most_live, reel_blocks_count_used(&blocks));
    EXPECT_EQUAL(reel_blocks_init(&blocks, buffer, 512, 32, 8), REEL_OK);
    EXPECT_EQUAL(counts_of(&blocks)->most_live, 0);
    EXPECT(!reel_counts_begin_phase(&live)); // it has no counts
}

static void a_heap_counts_its_live_blocks(void)
{
    static reel_heap heap;
    void *const buffer = reel_arena_alloc(&arena, 1024, 16);
    EXPECT_EQUAL(reel_heap_init(&heap, buffer, 1024), REEL_OK);
    void *live[3];
    for (int i = 0; i < 3; i++) {
        live[i] = reel_heap_alloc(&heap, 40, 8);
    }
    EXPECT(reel_heap_alloc(&heap, 2000, 8) == NULL);
    EXPECT_EQUAL(reel_heap_free(&heap, live[1]), REEL_OK);
    EXPECT_EQUAL(reel_heap_free(&heap, live[1]), REEL_DOUBLE_FREE);
    EXPECT(are(counts_of(&heap), 3, 1, 0, 1));
}

// ---- the table -----------------------------------------------------------------

static const char objects[2 * REEL_COUNTS_CAPACITY * 8];

static void report(unsigned kind, size_t object)
{
    reel_counts_add(REEL_EVENT_WHAT(kind, REEL_EVENT_OF_BLOCKS),
                    &objects[8 * object]);
}

static void report_many(test_thread *me)
{
    for (size_t i = 0; i < ROUNDS; i++) {
        report(REEL_EVENT_ALLOC, i % 4);
        report(i % 2 == 0 ? REEL_EVENT_FREE : REEL_EVENT_REFUSE,
               4 + me->number);
    }
}

static void pair_many(test_thread *me)
{
    (void)me;
    for (size_t i = 0; i < ROUNDS; i++) {
        report(REEL_EVENT_ALLOC, 9);
        report(REEL_EVENT_FREE, 9);
    }
}

static void the_most_live_of_threads_is_near(void)
{
    EXPECT_EQUAL(threads_run(THREADS, pair_many), 0);
    EXPECT(reel_counts_of(&objects[8 * 9], &now));
    EXPECT(are(&now, THREADS * ROUNDS, THREADS * ROUNDS, 0, 0));
    EXPECT(now.most_live >= 1 && now.most_live <= 2 * THREADS);
}

static void no_event_of_a_thread_is_missed(void)
{
    EXPECT_EQUAL(threads_run(THREADS, report_many), 0);
    for (size_t i = 0; i < 4; i++) {
        EXPECT(reel_counts_of(&objects[8 * i], &now));
        EXPECT(are(&now, THREADS * ROUNDS / 4, 0, 0, 0));
    }
    for (size_t i = 0; i < THREADS; i++) {
        EXPECT(reel_counts_of(&objects[8 * (4 + i)], &now));
        EXPECT(are(&now, 0, ROUNDS / 2, 0, ROUNDS / 2));
    }
    EXPECT_EQUAL(reel_counts_lost(), 0);
}

static void what_has_no_room_is_lost_and_counted(void)
{
    size_t known = 0;
    for (size_t i = 0; i < 2 * REEL_COUNTS_CAPACITY; i++) {
        report(REEL_EVENT_MARK, i);
    }
    for (size_t i = 0; i <= REEL_COUNTS_CAPACITY; i++) {
        known += reel_counts_at(i, &now);
    }
    EXPECT_EQUAL(known, REEL_COUNTS_CAPACITY);
    EXPECT(!reel_counts_at(REEL_COUNTS_CAPACITY, &now) && now.object == 0);
    // Four allocators and the first objects were there.
    EXPECT_EQUAL(reel_counts_lost(), REEL_COUNTS_CAPACITY + 4);
    EXPECT(!reel_counts_of(&objects[sizeof objects - 8], &now));
    EXPECT(are(&now, 0, 0, 0, 0));
}

int main(void)
{
    a_stack_counts_its_calls();
    tap_result("a_stack_counts_its_calls", NULL);
    blocks_and_their_cache_count_apart();
    tap_result("blocks_and_their_cache_count_apart", NULL);
    a_heap_counts_its_live_blocks();
    tap_result("a_heap_counts_its_live_blocks", NULL);
    a_phase_forgets_the_peak_of_blocks();
    tap_result("a_phase_forgets_the_peak_of_blocks", NULL);
    the_most_live_of_threads_is_near();
    tap_result("the_most_live_of_threads_is_near", NULL);
    no_event_of_a_thread_is_missed();
    tap_result("no_event_of_a_thread_is_missed", NULL);
    what_has_no_room_is_lost_and_counted();
    tap_result("what_has_no_room_is_lost_and_counted", NULL);
    return tap_end() ? 0 : 1;
}
