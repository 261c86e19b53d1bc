// SPDX-License-Identifier: MIT
// Arenas whose owner lets any context allocate.

#include "letters.h"

#include "reel/arena.h"

// In explorer_memory, in words.
#define ARENA_AT  0
#define BUFFER_AT 64
#define ROOM_MAX  16

// What is so, told from outside of the arena.
typedef struct truth {
    bool owned[ROOM_MAX];
    size_t used, refused, least_refused, most_refused; // words
} truth;

static truth now;

static reel_arena *arena(void)
{
    return (reel_arena *)(void *)&explorer_memory[ARENA_AT];
}

static void own(const uintptr_t *block, size_t words)
{
    const size_t start = (size_t)(block - &explorer_memory[BUFFER_AT]);
    for (size_t i = start; i < start + words; i++) {
        require(i < ROOM_MAX && !now.owned[i], "two blocks overlap");
        now.owned[i] = true;
        explorer_write(&explorer_memory[BUFFER_AT + i]);
    }
    now.used += words;
}

static void note_refusal(size_t words)
{
    now.refused++;
    if (now.least_refused == 0 || words < now.least_refused) {
        now.least_refused = words;
    }
    if (words > now.most_refused) {
        now.most_refused = words;
    }
    explorer_reach(EMPTY);
}

static void take(unsigned context, unsigned words)
{
    (void)context;
    explorer_call(CALL_ALLOC);
    void *const block = reel_arena_alloc_shared(arena(), words * WORD, WORD);
    explorer_call(CALL_NONE);
    if (block == NULL) {
        note_refusal(words);
        return;
    }
    own(block, words);
    explorer_reach(SUCCESS);
}

static void set_up(const scene *plan)
{
    now = (truth){ 0 };
    reel_arena_init(arena(), &explorer_memory[BUFFER_AT], plan->size);
}

// Room never grows, so what was refused does not fit at the end either.
static void inspect(const scene *plan)
{
    const reel_stats stats = reel_arena_stats(arena());
    require(reel_arena_is_valid(arena()), "the arena is not valid");
    require(stats.used == now.used * WORD, "a block is lost");
    require(stats.peak == stats.used, "the peak is wrong");
    require(now.refused == 0
                || plan->size - stats.used < now.least_refused * WORD,
            "NULL although it fits");
    require((stats.failures > 0) == (now.refused > 0)
                && stats.failures <= now.refused,
            "the count of refusals is wrong");
    require(stats.largest_refused <= now.most_refused * WORD,
            "the largest request refused is wrong");
    reel_arena_reset(arena());
    require(reel_arena_peak(arena()) == stats.used, "the peak is forgotten");
}

static const scene scenes[] = {
    { "arena: room for all, 2 x 3 calls", "*** ***", SUCCESS | RETRY,
      .size = 12 * WORD, .letters = "12" },
    { "arena: the last room goes in between, 2 x 3 calls", "*** ***",
      SUCCESS | RETRY | EMPTY, .size = 5 * WORD, .letters = "12" },
    { "arena: 3 x 2 calls", "11 12 21", SUCCESS | RETRY | EMPTY,
      .size = 5 * WORD, .is_long = true },
    { "arena: 3 x 2 calls, in every order with up to 4 preemptions", "11 12 21",
      SUCCESS | RETRY | EMPTY, .size = 5 * WORD, .bound = 4, .is_whole = true },
    { "arena: an interrupt allocates too", "12 2 2", SUCCESS | RETRY | EMPTY,
      .size = 5 * WORD, .interrupts = 1 << 2, .is_whole = true },
    { "arena: 2 x 2 calls, weak memory", "** **",
      SUCCESS | RETRY | EMPTY | STALE, .size = 3 * WORD, .letters = "12",
      .spurious = 1, .is_weak = true },
    { "arena: 2 x 3 calls, weak memory", "112 121",
      SUCCESS | RETRY | EMPTY | STALE, .size = 5 * WORD, .is_weak = true },
    { 0 },
};

static const letter letters[] = {
    { '1', take, 1 },
    { '2', take, 2 },
    { 0 },
};

const stage arena_stage = { scenes, letters, NULL, set_up, inspect };
