// SPDX-License-Identifier: MIT
// Block pools. A context that gets a block notes that and fills the block with a
// stamp; a context that frees one says so first. The main loop's result is looked at
// when the trial is over, so that no interrupt comes between.

#include "interrupts.h"

#include "reel/blocks.h"

#define COUNT      8u
#define BLOCK_SIZE 12u // bytes

// Row of the table of frees from where on two interrupts come.
#define FREE_AT_LAST 2

typedef enum owner { NOBODY, MAIN_LOOP, HANDLER } owner;

// What is so, told from outside of the pool.
typedef struct truth {
    owner owners[COUNT];
    unsigned char stamps[COUNT]; // what each block is full of
    size_t owned, most_owned, refused;
    size_t fewest;       // blocks without an owner, at any moment of the trial
    size_t in_flight;    // of these, what the main loop's call may have in hand
    size_t wins, claims; // frees of block 0 that took effect; that had to
    size_t least_owned;  // at any moment of the trial
    size_t counted;      // the main loop's result, or
    const void *taken;
    reel_status status;
} truth;

static reel_blocks blocks;
static unsigned char buffer[REEL_BLOCKS_SIZE(BLOCK_SIZE, COUNT)];
static truth now;

// ---- what everybody does ---------------------------------------------------

static unsigned char *block(size_t i)
{
    return &buffer[i * BLOCK_SIZE];
}

static void stamp(size_t i, unsigned char value)
{
    now.stamps[i] = value;
    for (size_t at = 0; at < BLOCK_SIZE; at++) {
        block(i)[at] = value;
    }
}

static bool is_stamped(size_t i)
{
    size_t at = 0;
    while (at < BLOCK_SIZE && block(i)[at] == now.stamps[i]) {
        at++;
    }
    return at == BLOCK_SIZE;
}

static void keep(owner who, size_t i)
{
    REQUIRE(now.owners[i] == NOBODY);
    now.owned += now.owners[i] == NOBODY;
    now.owners[i] = who;
    stamp(i, (unsigned char)(COUNT * who + i));
    if (now.most_owned < now.owned) {
        now.most_owned = now.owned;
    }
    if (COUNT - now.owned < now.fewest) {
        now.fewest = COUNT - now.owned;
    }
}

static size_t number_of(const void *address)
{
    size_t i = 0;
    while (i < COUNT && block(i) != address) {
        i++;
    }
    return i;
}

// Note what an allocation came to; returns its number, or COUNT.
static size_t note_taken(owner who, const void *address)
{
    const size_t i = number_of(address);
    REQUIRE(address == NULL || i < COUNT);
    if (i < COUNT) {
        keep(who, i);
    } else {
        now.refused++;
    }
    return i;
}

static void let_go(size_t i)
{
    REQUIRE(now.owners[i] != NOBODY && is_stamped(i));
    now.owners[i] = NOBODY;
    now.owned--;
    if (now.owned < now.least_owned) {
        now.least_owned = now.owned;
    }
}

static void give(size_t i)
{
    let_go(i);
    REQUIRE(reel_blocks_free(&blocks, block(i)) == REEL_OK);
}

// Block 0, which its owner has let go: who frees it first wins.
static void note_dispute(reel_status status)
{
    REQUIRE(status == REEL_OK || status == REEL_DOUBLE_FREE);
    now.wins += status == REEL_OK;
}

// ---- the main loop ---------------------------------------------------------

static void take(void)
{
    now.taken = reel_blocks_alloc(&blocks);
}

static void check_taken(void)
{
    REQUIRE(now.taken != NULL || now.fewest == 0);
    (void)note_taken(MAIN_LOOP, now.taken);
}

static void free_disputed(void)
{
    now.status = reel_blocks_free(&blocks, block(0));
}

static void free_null(void)
{
    now.status = reel_blocks_free(&blocks, NULL);
}

static void free_foreign(void)
{
    now.status = reel_blocks_free(&blocks, buffer + 1);
}

static void free_fresh(void)
{
    now.status = reel_blocks_free(&blocks, block(COUNT - 1));
}

static void count(void)
{
    now.counted = reel_blocks_count_used(&blocks);
}

// Blocks that the main loop owns, that are on the list, that the handler owns;
// the others are fresh. Block 0 is the main loop's first, or if it has none the
// bottom of the list. Then the status that a free must have.
static const test_operation takes[] = {
    { "take from the list", take, { 1, 3, 1 } },
    { "take the last on the list", take, { 1, 1, 1 } },
    { "take the last on the list, none fresh", take, { 1, 1, 6 } },
    { "take a fresh block", take, { 1, 0, 1 } },
    { "take the last fresh block", take, { 1, 0, 6 } },
    { "take when there is none", take, { 1, 0, 7 } },
    { 0 },
};

static const test_operation frees[] = {
    { "free", free_disputed, { 1, 3, 1 } },
    { "free, the list being empty", free_disputed, { 1, 0, 1 } },
    { "free when there is none", free_disputed, { 1, 0, 7 } },
    { "free twice", free_disputed, { 0, 3, 1 } },
    { 0 },
};

static const test_operation refused_frees[] = {
    { "free NULL", free_null, { 1, 1, 1, (size_t)REEL_INVALID } },
    { "free what is no block",
      free_foreign,
      { 1, 1, 1, (size_t)REEL_FOREIGN } },
    { "free what was never out",
      free_fresh,
      { 1, 1, 1, (size_t)REEL_DOUBLE_FREE } },
    { 0 },
};

static const test_operation counts[] = {
    { "count", count, { 1, 4, 2 } },
    { "count when one is used", count, { 0, 4, 1 } },
    { "count, the list being empty", count, { 1, 0, 2 } },
    { 0 },
};

// ---- the handler -----------------------------------------------------------

static size_t handler_takes(void)
{
    const bool must = COUNT - now.owned > now.in_flight;
    const void *const address = reel_blocks_alloc(&blocks);
    REQUIRE(address != NULL || !must);
    return note_taken(HANDLER, address);
}

static void allocate_one(void)
{
    (void)handler_takes();
}

static void free_one(void)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (now.owners[i] == HANDLER) {
            give(i);
            return;
        }
    }
}

// "Take A, take B, give A": the head is what it was, the link below it is not.
static void take_two_give_one(void)
{
    const size_t first = handler_takes();
    (void)handler_takes();
    if (first < COUNT) {
        give(first);
    }
}

static void take_and_give(void)
{
    const size_t taken = handler_takes();
    if (taken < COUNT) {
        give(taken);
    }
}

static void give_if_handlers(size_t i)
{
    if (i < COUNT && now.owners[i] == HANDLER) {
        give(i);
    }
}

// The head is what it was, the list below it is not: one that was on it is not,
// and another is.
static void turn_over(void)
{
    size_t other = 0;
    while (other < COUNT && now.owners[other] != HANDLER) {
        other++;
    }
    const size_t first = handler_takes();
    (void)handler_takes();
    const size_t third = handler_takes();
    give_if_handlers(other);
    give_if_handlers(third);
    give_if_handlers(first);
}

static void take_and_free_another(void)
{
    allocate_one();
    free_one();
}

static void free_the_same(void)
{
    note_dispute(reel_blocks_free(&blocks, block(0)));
}

static const test_action actions[] = {
    { "the handler takes one", allocate_one, NULL },
    { "the handler frees another", free_one, NULL },
    { "the handler takes two and frees one", take_two_give_one, NULL },
    { "the handler takes one and frees it", take_and_give, NULL },
    { 0 },
};

static const test_action changes[] = {
    { "the handler frees another", free_one, NULL },
    { "the handler takes one and frees another", take_and_free_another, NULL },
    { "the handler turns the list over", turn_over, NULL },
    { "the handler turns the list over, later again", turn_over, turn_over },
    { "the handler frees one, later takes two", free_one, take_two_give_one },
    { 0 },
};

static const test_action disputes[] = {
    { "the handler frees the same", free_the_same, NULL },
    { 0 },
};

static const test_action pairs[] = {
    { "the handler takes one, later frees one", allocate_one, free_one },
    { "the handler frees one, later takes one", free_one, allocate_one },
    { 0 },
};

// ---- before and after ------------------------------------------------------

static void set_up(void)
{
    REQUIRE(reel_blocks_init(&blocks, buffer, sizeof buffer, BLOCK_SIZE, COUNT)
            == REEL_OK);
    for (size_t i = 0; i < COUNT; i++) {
        now.owners[i] = NOBODY;
        stamp(i, (unsigned char)i);
    }
    now.owned = now.most_owned = now.refused = 0;
    now.wins = now.claims = now.in_flight = 0;
}

static void take_some(owner who, size_t count)
{
    while (count-- > 0) {
        (void)note_taken(who, reel_blocks_alloc(&blocks));
    }
}

static void prepare(const test_operation *operation)
{
    const size_t mine = operation->arguments[0];
    const size_t listed = operation->arguments[1];
    set_up();
    take_some(MAIN_LOOP, mine);
    take_some(HANDLER, listed + operation->arguments[2]);
    for (size_t i = mine; i < mine + listed; i++) {
        give(i);
    }
    now.fewest = COUNT - now.owned;
    now.least_owned = now.owned;
    if (operation->operate == take) {
        now.in_flight = 1;
    } else if (operation->operate == free_disputed && mine > 0) {
        let_go(0);
        now.in_flight = now.claims = 1;
    }
}

static void check_counts(void)
{
    const reel_stats stats = reel_blocks_stats(&blocks);
    REQUIRE(reel_blocks_is_valid(&blocks));
    REQUIRE(reel_blocks_count_used(&blocks) == now.owned);
    REQUIRE(reel_blocks_count_free(&blocks) == COUNT - now.owned);
    REQUIRE(stats.used == now.owned * BLOCK_SIZE);
    REQUIRE(stats.peak >= now.most_owned * BLOCK_SIZE);
    REQUIRE(stats.failures <= now.refused);
    REQUIRE(stats.failures > 0 || now.refused == 0);
}

static void check_every_block_is_there_once(void)
{
    const size_t left = COUNT - now.owned;
    for (size_t i = 0; i < left; i++) {
        (void)note_taken(MAIN_LOOP, reel_blocks_alloc(&blocks));
    }
    REQUIRE(now.owned == COUNT);
    REQUIRE(reel_blocks_alloc(&blocks) == NULL);
}

static void check(const test_operation *operation)
{
    if (operation->operate == count) {
        REQUIRE(now.counted >= now.least_owned && now.counted <= COUNT);
    } else if (operation->operate == take) {
        check_taken();
    } else if (operation->operate == free_disputed) {
        note_dispute(now.status);
    } else {
        REQUIRE(now.status == (reel_status)operation->arguments[3]);
    }
    REQUIRE(now.wins == now.claims);
    for (size_t i = 0; i < COUNT; i++) {
        REQUIRE(is_stamped(i));
    }
    check_counts();
    check_every_block_is_there_once();
}

const test_family blocks_families[] = {
    { takes, actions, prepare, check },
    { frees, actions, prepare, check },
    { frees, disputes, prepare, check },
    { refused_frees, actions, prepare, check },
    { counts, changes, prepare, check },
    { takes, pairs, prepare, check },
    { &frees[FREE_AT_LAST], pairs, prepare, check },
    { 0 },
};
