// SPDX-License-Identifier: MIT
// The atomics of cores without compare-and-swap: a word that cores count up by
// exchanges, and set by stores; and one that says that plain memory was written. No
// store may be lost, nor a count; a load takes no lock.

#include "letters.h"
#include "lock_calls.h"

// In explorer_memory, in words, behind the lock.
#define COUNTER_AT 1
#define FLAG_AT    2
#define DATA_AT    3

#define STORED 100 // far above what the calls of a scene count to

typedef struct truth {
    size_t counted;
    bool is_set;
} truth;

static truth now;

static reel_word *word_at(size_t index)
{
    return (reel_word *)(void *)&explorer_memory[index];
}

static void count_up(unsigned context, unsigned number)
{
    (void)context, (void)number;
    reel_word *const counter = word_at(COUNTER_AT);
    uintptr_t seen = locked_load(counter);
    while (!locked_swap_if(counter, &seen, seen + 1)) {
        explorer_reach(RETRY);
    }
    now.counted++;
    explorer_reach(SUCCESS);
}

static void set(unsigned context, unsigned number)
{
    (void)context, (void)number;
    locked_store(word_at(COUNTER_AT), STORED);
    now.is_set = true;
    explorer_reach(REUSED);
}

static void hand_over(unsigned context, unsigned number)
{
    (void)context, (void)number;
    explorer_write(&explorer_memory[DATA_AT]);
    locked_store(word_at(FLAG_AT), 1);
}

static void take_over(unsigned context, unsigned number)
{
    (void)context, (void)number;
    if (locked_load(word_at(FLAG_AT)) == 1) {
        explorer_read(&explorer_memory[DATA_AT]);
        explorer_reach(HANDED_OVER);
    }
}

static void set_up(const scene *plan)
{
    (void)plan;
    now = (truth){ 0 };
    explorer_memory[LOCK_AT] = 0;
    explorer_memory[COUNTER_AT] = 0;
    explorer_memory[FLAG_AT] = 0;
}

static void inspect(const scene *plan)
{
    (void)plan;
    const uintptr_t count = explorer_memory[COUNTER_AT];
    const uintptr_t since = now.is_set ? count - STORED : count;
    require(since <= now.counted, "a store is lost");
    require(now.is_set || since == now.counted, "a count is lost");
    require(explorer_memory[LOCK_AT] == 0, "the lock is kept");
}

static const scene scenes[] = {
    { "lock: two cores count", "ii ii", SUCCESS | RETRY | WAITED,
      .is_whole = false },
    { "lock: one of three stores", "i i s", SUCCESS | RETRY | WAITED | REUSED,
      .is_whole = false },
    { "lock: a store hands memory over", "h gi g",
      HANDED_OVER | SUCCESS | WAITED, .is_whole = false },
    { "lock: weak memory", "is i", SUCCESS | RETRY | WAITED | REUSED,
      .is_weak = true },
    { "lock: weak memory, handed over", "h gg", HANDED_OVER | STALE,
      .is_weak = true },
    { "lock: an interrupt", "iis ii", SUCCESS | RETRY | REUSED,
      .interrupts = 1 << 1, .is_whole = true, .same_core = true },
    { 0 },
};

static const letter letters[] = {
    { 'i', count_up, 0 },  { 's', set, 0 }, { 'h', hand_over, 0 },
    { 'g', take_over, 0 }, { 0 },
};

const stage lock_stage = { scenes, letters, NULL, set_up, inspect };
