// SPDX-License-Identifier: MIT
// Both cores cut blocks off one arena; and off one temp, whose commit hook they
// must not be in at the same time.

#include "both.h"
#include "checks.h"
#include "random.h"
#include "reel/arena.h"
#include "reel/temp.h"
#include "tap.h"

// Long rounds, as in frees.c.
#define MEMORY 1048576
#define ROUNDS 4

#define PAGE       64
#define MOST_WORDS 16u

// Every word of a block says how many there are, and whose they are.
#define SAYS(words, core) ((uint32_t)((words) << 8 | (core)))
#define WORDS_OF(word)    ((word) >> 8)
#define CORE_OF(word)     ((word)&0xFF)

static _Alignas(PAGE) uint32_t memory[MEMORY / sizeof(uint32_t)];

// ---- filling it, and looking through it -------------------------------------

static void *(*cut)(size_t size);
static size_t words_cut[2];

static bool cut_block(size_t core, size_t words)
{
    uint32_t *const block = cut(words * sizeof(uint32_t));
    if (block == NULL) {
        return false;
    }
    for (size_t i = 0; i < words; i++) {
        block[i] = SAYS(words, core);
    }
    words_cut[core] += words;
    return true;
}

static void fill_up(size_t core)
{
    uint32_t seed = (uint32_t)core + 1;
    size_t words;
    both_meet();
    do {
        words = 1 + test_below(&seed, MOST_WORDS);
    } while (cut_block(core, words));
}

// The length of the block at `at`, if all its words say the same; else 0.
static size_t whole_block_at(size_t at, size_t end)
{
    const uint32_t first = memory[at];
    const size_t words = WORDS_OF(first);
    if (words == 0 || words > end - at || CORE_OF(first) > 1) {
        return 0;
    }
    for (size_t i = 1; i < words; i++) {
        if (memory[at + i] != first) {
            return 0;
        }
    }
    return words;
}

// Both fill it up. How often the next block is another core's; block by block,
// each is expected to be whole, and each core's to be as much as it was given.
static size_t count_changes(size_t used)
{
    size_t found[2] = { 0, 0 };
    size_t changes = 0;
    for (size_t at = 0; at < used;) {
        const size_t words = whole_block_at(at, used);
        EXPECT(words > 0);
        if (words == 0) {
            return 0;
        }
        changes += at > 0 && CORE_OF(memory[at]) != CORE_OF(memory[at - 1]);
        found[CORE_OF(memory[at])] += words;
        at += words;
    }
    EXPECT(found[0] == words_cut[0] && found[1] == words_cut[1]);
    return changes;
}

static size_t fill(void *(*how)(size_t size), const reel_arena *stack)
{
    cut = how;
    words_cut[0] = 0;
    words_cut[1] = 0;
    both_run(fill_up);
    EXPECT(reel_arena_available(stack) < MOST_WORDS * sizeof(uint32_t));
    return count_changes(reel_arena_used(stack) / sizeof(uint32_t));
}

// ---- an arena ---------------------------------------------------------------

static reel_arena arena;

static void *cut_off_arena(size_t size)
{
    return reel_arena_alloc_shared(&arena, size, sizeof(uint32_t));
}

void an_arena_is_cut_into_whole_blocks(void)
{
    size_t changes = 0;
    EXPECT(reel_arena_init(&arena, memory, MEMORY) == REEL_OK);
    for (size_t round = 0; round < ROUNDS; round++) {
        changes += fill(cut_off_arena, &arena);
        EXPECT(reel_arena_is_valid(&arena));
        reel_arena_reset(&arena);
    }
    test_note("neighbours that are different cores':", changes);
}

// ---- a temp -----------------------------------------------------------------

static reel_temp temp;
static uintptr_t frontier;
static uintptr_t inside; // how many are in the commit hook
static size_t wrong, commits, yields[2];

void reel_port_yield(void)
{
    yields[both_who()]++;
}

// What is committed loses its contents, which a block that was cut off too
// early does not survive.
static bool commit(void *context, void *addr, size_t size)
{
    (void)context;
    wrong += __atomic_fetch_add(&inside, 1, __ATOMIC_RELAXED) != 0;
    wrong += (uintptr_t)addr != frontier;
    for (size_t i = 0; i < size / sizeof(uint32_t); i++) {
        ((volatile uint32_t *)addr)[i] = 0;
    }
    frontier += size;
    commits++;
    __atomic_fetch_sub(&inside, 1, __ATOMIC_RELAXED);
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context;
    frontier -= size;
    wrong += (uintptr_t)addr != frontier;
}

static void *cut_off_temp(size_t size)
{
    return reel_temp_alloc_shared(&temp, size, sizeof(uint32_t));
}

void a_temp_commits_for_one_core_at_a_time(void)
{
    static const reel_pages pages = { PAGE, NULL, commit, decommit };
    size_t changes = 0;
    frontier = (uintptr_t)memory;
    EXPECT(reel_temp_init(&temp, memory, MEMORY, &pages, NULL) == REEL_OK);
    for (size_t round = 0; round < ROUNDS; round++) {
        changes += fill(cut_off_temp, &temp.stack);
        EXPECT(reel_temp_is_valid(&temp));
        EXPECT(reel_temp_dispose(&temp) == REEL_OK);
    }
    EXPECT(wrong == 0);
    EXPECT(commits == ROUNDS * MEMORY / PAGE);
    test_note("neighbours that are different cores':", changes);
    test_note("times that a core waited at the gate:", yields[0] + yields[1]);
}
