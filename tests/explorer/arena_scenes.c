// Arenas whose owner lets any context allocate. The letters are requests for so
// many words: 1, 2, 3.

#include "explorer.h"

#include "reel/arena.h"

#define WORD sizeof(uintptr_t)

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

static void act(const scene *plan, unsigned context, char letter)
{
    const size_t words = (size_t)(letter - '0');
    (void)plan, (void)context;
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

#define CALLS .set_up = set_up, .act = act, .inspect = inspect

const scene arena_scenes[] = {
    { .name = "arena: room for all, 2 x 3 calls",
      CALLS,
      .size = 12 * WORD,
      .script = { "***", "***" },
      .letters = "12",
      .must = SUCCESS | RETRY },
    { .name = "arena: the last room goes in between, 2 x 3 calls",
      CALLS,
      .size = 5 * WORD,
      .script = { "***", "***" },
      .letters = "12",
      .must = SUCCESS | RETRY | EMPTY },
    { .name = "arena: 3 x 2 calls",
      CALLS,
      .size = 5 * WORD,
      .script = { "11", "12", "21" },
      .is_long = true,
      .must = SUCCESS | RETRY | EMPTY },
    { .name = "arena: 3 x 2 calls, in every order with up to 4 preemptions",
      CALLS,
      .size = 5 * WORD,
      .script = { "11", "12", "21" },
      .is_whole = true,
      .bound = 4,
      .must = SUCCESS | RETRY | EMPTY },
    { .name = "arena: an interrupt allocates too",
      CALLS,
      .size = 5 * WORD,
      .script = { "12", "2", "2" },
      .interrupts = 1 << 2,
      .is_whole = true,
      .must = SUCCESS | RETRY | EMPTY },
    { .name = "arena: 2 x 2 calls, weak memory",
      CALLS,
      .size = 3 * WORD,
      .script = { "**", "**" },
      .letters = "12",
      .is_weak = true,
      .spurious = 1,
      .must = SUCCESS | RETRY | EMPTY | STALE },
    { .name = "arena: 2 x 3 calls, weak memory",
      CALLS,
      .size = 5 * WORD,
      .script = { "112", "121" },
      .is_weak = true,
      .must = SUCCESS | RETRY | EMPTY | STALE },
    { 0 },
};
