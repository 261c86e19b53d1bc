// SPDX-License-Identifier: MIT
// Both cores allocate from one rewindable, whose chunks come from an arena that
// they must not be at together; they free, and cut blocks out of spans.

#include "both.h"
#include "checks.h"
#include "random.h"
#include "reel/arena.h"
#include "reel/span.h"
#include "tap.h"

// Long rounds, as in frees.c.
#define MEMORY 262144
#define TABLE  16
#define ROUNDS 8
#define TURNS  30000u

// Now and then the cores wait for each other, lest one is far ahead.
#define MEETING 512u

#define MOST_WORDS 16u
#define KEPT       8u // blocks of a core at a time
#define SPAN_SIZE  256u

#define FREED       16384 // blocks that both free
#define CHUNK_WORDS 8192  // of the first chunk

static reel_arena arena;
static reel_rewindable rewindable;
static reel_rewindable_chunk table[TABLE];
static _Alignas(64) unsigned char memory[MEMORY];
static uintptr_t inside; // how many are in the backing
static size_t wrong[2], refused[2];

// ---- the backing ------------------------------------------------------------

static void *take_chunk(void *self, size_t size, size_t align)
{
    wrong[both_who()] += __atomic_fetch_add(&inside, 1, __ATOMIC_RELAXED) != 0;
    void *const chunk = reel_arena_alloc(self, size, align);
    __atomic_fetch_sub(&inside, 1, __ATOMIC_RELAXED);
    return chunk;
}

static reel_status take_back(void *self, void *block, size_t size)
{
    return reel_arena_free(self, block, size);
}

static void start(size_t initial, size_t limit, size_t chunks,
                  bool frees_blocks)
{
    static const reel_allocator_ops ops = { .allocate = take_chunk,
                                            .free = take_back };
    const reel_allocator backing = { &ops, &arena };
    const reel_rewindable_config config = { initial, limit, sizeof(uint64_t),
                                            frees_blocks };
    wrong[0] = wrong[1] = refused[0] = refused[1] = 0;
    EXPECT(reel_arena_init(&arena, memory, MEMORY) == REEL_OK);
    EXPECT(reel_rewindable_init(&rewindable, backing, table, chunks, &config)
           == REEL_OK);
}

static void expect_all_back(void)
{
    const reel_stats stats = reel_rewindable_stats(&rewindable);
    EXPECT(wrong[0] == 0 && wrong[1] == 0);
    EXPECT(reel_rewindable_is_valid(&rewindable));
    EXPECT(stats.used == 0);
    EXPECT(stats.failures <= refused[0] + refused[1]);
    EXPECT(reel_rewindable_dispose(&rewindable) == REEL_OK);
    EXPECT(reel_arena_used(&arena) == 0);
}

// ---- stamps -----------------------------------------------------------------

// Each word says whose it is, which block of his, and how many words there are.
#define SAYS(core, number, words) \
    ((uint32_t)((core) << 31 | (number) << 8 | (words)))

typedef struct block {
    volatile uint32_t *words;
    size_t count;
    uint32_t stamp;
} block;

static uint32_t seeds[2];

static size_t draw(size_t core, size_t most)
{
    return 1 + test_below(&seeds[core], most);
}

static void stamp(block *b, void *where, size_t core, size_t number,
                  size_t count)
{
    b->words = where;
    b->count = count;
    b->stamp = SAYS(core, number & 0xFFFF, count);
    for (size_t i = 0; i < count; i++) {
        b->words[i] = b->stamp;
    }
}

static size_t count_wrong_words(const block *b)
{
    size_t count = 0;
    for (size_t i = 0; i < b->count; i++) {
        count += b->words[i] != b->stamp;
    }
    return count;
}

// ---- growth: until nothing is left ------------------------------------------

// By the granule: whose block begins there, and its words.
typedef struct cut {
    uint8_t by; // core + 1; 0: none begins here
    uint8_t words;
} cut;

static cut cuts[2][MEMORY / sizeof(uint64_t)];

static size_t granule_of(const void *address)
{
    return ((uintptr_t)address - (uintptr_t)memory) / sizeof(uint64_t);
}

static void fill_up(size_t core)
{
    seeds[core] = core + 1;
    both_meet();
    for (;;) {
        const size_t words = draw(core, MOST_WORDS);
        uint32_t *const at =
            reel_rewindable_alloc(&rewindable, 4 * words, sizeof(uint32_t));
        if (at == NULL) {
            refused[core]++;
            return;
        }
        block b;
        stamp(&b, at, core, 0, words);
        cuts[core][granule_of(at)] =
            (cut){ (uint8_t)(core + 1), (uint8_t)words };
    }
}

static void forget_cuts(void)
{
    for (size_t i = 0; i < MEMORY / sizeof(uint64_t); i++) {
        cuts[0][i].by = 0;
        cuts[1][i].by = 0;
    }
}

// How often the next block is another core's. Each must be as it was stamped, and
// together they are all that was handed out.
static size_t count_changes(void)
{
    size_t changes = 0, bytes = 0, last = 0;
    for (size_t i = 0; i < MEMORY / sizeof(uint64_t); i++) {
        for (size_t core = 0; core < 2; core++) {
            const cut *const it = &cuts[core][i];
            if (it->by != 0) {
                const block b = { (uint32_t *)(void *)&memory[i * 8], it->words,
                                  SAYS(core, 0, it->words) };
                wrong[core] += count_wrong_words(&b);
                changes += last != it->by;
                last = it->by;
                bytes += (it->words * 4u + 7) / 8 * 8;
            }
        }
    }
    EXPECT(bytes == reel_rewindable_stats(&rewindable).used);
    return changes;
}

// Neither core is refused before the table or the arena is at its end.
void a_rewindable_grows_for_one_core_at_a_time(void)
{
    size_t changes = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        start(64, 8192, TABLE, false);
        forget_cuts();
        both_run(fill_up);
        changes += count_changes();
        EXPECT(wrong[0] == 0 && wrong[1] == 0);
        EXPECT(reel_rewindable_chunks(&rewindable) == TABLE);
        EXPECT(reel_rewindable_bytes_allocated(&rewindable)
                   - reel_rewindable_stats(&rewindable).used
               < TABLE * MOST_WORDS * 4);
        EXPECT(reel_rewindable_rewind(&rewindable) == REEL_OK);
        expect_all_back();
    }
    test_note("neighbours that are different cores':", changes);
}

// ---- blocks and spans come and go -------------------------------------------

static void give(size_t core, block *b)
{
    if (b->words != NULL) {
        wrong[core] += count_wrong_words(b);
        wrong[core] +=
            reel_rewindable_free(&rewindable, (void *)b->words, 4 * b->count)
            != REEL_OK;
        b->words = NULL;
    }
}

static void take(size_t core, size_t number, block *b)
{
    const size_t words = draw(core, MOST_WORDS);
    void *const at =
        reel_rewindable_alloc(&rewindable, 4 * words, sizeof(uint32_t));
    if (at == NULL) {
        refused[core]++;
    } else {
        stamp(b, at, core, number, words);
    }
}

// Fill a span with blocks, look at them all, and close it.
static void use_span(size_t core, size_t number)
{
    block blocks[SPAN_SIZE / 4];
    size_t count = 0;
    reel_span span;
    if (reel_span_open(&span, &rewindable, SPAN_SIZE) != REEL_OK) {
        refused[core]++;
        return;
    }
    size_t words = draw(core, MOST_WORDS);
    void *at;
    while ((at = reel_span_alloc(&span, 4 * words, 4)) != NULL) {
        stamp(&blocks[count++], at, core, number, words);
        words = draw(core, MOST_WORDS);
    }
    for (size_t i = 0; i < count; i++) {
        wrong[core] += count_wrong_words(&blocks[i]);
    }
    wrong[core] += reel_span_close(&span) != REEL_OK;
}

static void wander(size_t core)
{
    block kept[KEPT] = { { NULL, 0, 0 } };
    seeds[core] = core + 1;
    for (size_t i = 0; i < TURNS; i++) {
        if (i % MEETING == 0) {
            both_meet();
        }
        give(core, &kept[i % KEPT]);
        take(core, i, &kept[i % KEPT]);
        if (i % KEPT == 0) {
            use_span(core, i);
        }
    }
    for (size_t i = 0; i < KEPT; i++) {
        give(core, &kept[i]);
    }
}

void blocks_and_spans_come_and_go(void)
{
    start(256, 1024, TABLE / 2, true);
    both_run(wander);
    EXPECT(reel_rewindable_chunks(&rewindable) > 1);
    test_note("chunks:", reel_rewindable_chunks(&rewindable));
    test_note("refused, as no chunk had become empty:",
              refused[0] + refused[1]);
    expect_all_back();
}

// ---- both free the same -----------------------------------------------------

static uint64_t *taken[FREED];
static bool is_mine[2][FREED];

static void free_all(size_t core)
{
    for (size_t i = 0; i < FREED; i++) {
        if (i % MEETING == 0) {
            both_meet();
        }
        const reel_status status =
            reel_rewindable_free(&rewindable, taken[i], sizeof(uint64_t));
        is_mine[core][i] = status == REEL_OK;
        wrong[core] += status != REEL_OK && status != REEL_DOUBLE_FREE;
    }
}

// Who comes second is refused, which is faster: so he catches up.
void of_two_that_free_in_a_rewindable_one_wins(void)
{
    size_t changes = 0;
    start(CHUNK_WORDS * sizeof(uint64_t), MEMORY, TABLE, true);
    for (size_t i = 0; i < FREED; i++) {
        taken[i] = reel_rewindable_alloc(&rewindable, sizeof(uint64_t), 0);
        EXPECT(taken[i] != NULL);
    }
    both_run(free_all);
    for (size_t i = 0; i < FREED; i++) {
        EXPECT(is_mine[0][i] != is_mine[1][i]);
        changes += i > 0 && is_mine[0][i] != is_mine[0][i - 1];
    }
    expect_all_back();
    test_note("times that the other core won the next block:", changes);
}
