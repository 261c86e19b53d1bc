// Another context gets in between a look at shared state and its exchange. Only
// builds with the meddling backend have one; see meddling.h.

#include "test.h"

#define MEDDLES (REEL_ATOMICS == REEL_ATOMICS_CUSTOM)

static bool nobody_gets_in(void)
{
    if (!MEDDLES) {
        tap_skip("nobody gets in without the meddling backend");
    }
    return !MEDDLES;
}

static reel_arena arena;
static reel_temp temp;
static void *theirs;

static void take_from_the_arena(void)
{
    theirs = reel_arena_alloc_shared(&arena, 10, 1);
}

static void a_block_taken_in_between_is_nobody_elses(void)
{
    if (nobody_gets_in()) {
        return;
    }
    unsigned char *const memory = test_memory(64);
    for (size_t granule = 1; granule <= 8; granule *= 8) {
        EXPECT(reel_arena_init_granular(&arena, memory, 64, granule)
               == REEL_OK);
        test_before_swap = take_from_the_arena;
        unsigned char *const ours = reel_arena_alloc_shared(&arena, 20, 1);
        EXPECT(theirs == memory);
        EXPECT(ours == memory + (granule == 1 ? 10 : 16));
        EXPECT(test_before_swap == NULL && reel_arena_is_valid(&arena));
    }
}

static void take_all_of_the_arena(void)
{
    theirs = reel_arena_alloc_shared(&arena, 64, 1);
}

static void the_last_room_taken_in_between_is_a_refusal(void)
{
    if (nobody_gets_in()) {
        return;
    }
    unsigned char *const memory = test_memory(64);
    EXPECT(reel_arena_init(&arena, memory, 64) == REEL_OK);
    test_before_swap = take_all_of_the_arena;
    EXPECT(reel_arena_alloc_shared(&arena, 1, 1) == NULL);
    EXPECT(theirs == memory && reel_arena_stats(&arena).failures == 1);
}

// ---- temp ------------------------------------------------------------------

static size_t committed, commits;

static bool commit(void *context, void *addr, size_t size)
{
    unsigned char *const start = context;
    EXPECT(addr == start + committed); // one frontier, whoever calls
    committed += size;
    commits++;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr;
    committed -= size;
}

static reel_pages pages = { 64, NULL, commit, decommit };

static void fresh_temp(void)
{
    unsigned char *const memory = test_memory(TEST_MEMORY);
    pages.context = memory;
    committed = commits = 0;
    EXPECT(reel_temp_init(&temp, memory, 512, &pages, NULL) == REEL_OK);
}

static void take_from_the_temp(void)
{
    theirs = reel_temp_alloc_shared(&temp, 10, 1);
}

static void a_temps_block_taken_in_between_is_nobody_elses(void)
{
    if (nobody_gets_in()) {
        return;
    }
    fresh_temp();
    unsigned char *const first = reel_temp_alloc(&temp, 1, 1);
    test_before_swap = take_from_the_temp; // at the exchange of the position
    unsigned char *const ours = reel_temp_alloc_shared(&temp, 20, 1);
    EXPECT(theirs == first + 1 && ours == first + 11);
    EXPECT(commits == 1 && reel_temp_is_valid(&temp));
}

// While a thread is at the gate, another one goes through it and commits what
// the first one wanted: it must look again.
static void memory_committed_in_between_is_not_committed_twice(void)
{
    if (nobody_gets_in()) {
        return;
    }
    fresh_temp();
    test_before_swap = take_from_the_temp; // at the exchange of the gate
    unsigned char *const ours = reel_temp_alloc_shared(&temp, 20, 1);
    EXPECT(theirs != NULL && ours == (unsigned char *)theirs + 10);
    EXPECT(commits == 1 && committed == 64 && reel_temp_is_valid(&temp));
}

const test_case shared_tests[] = {
    TEST(a_block_taken_in_between_is_nobody_elses),
    TEST(the_last_room_taken_in_between_is_a_refusal),
    TEST(a_temps_block_taken_in_between_is_nobody_elses),
    TEST(memory_committed_in_between_is_not_committed_twice),
    END_OF_TESTS,
};
