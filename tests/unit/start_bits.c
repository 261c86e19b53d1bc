// SPDX-License-Identifier: MIT
// A rewindable with frees_blocks: blocks are freed one by one, a chunk that is empty
// starts over, and what is freed wrongly is refused.

#include "rewindable_rig.h"

#define HALF_BITS (4 * sizeof(uintptr_t))

static const reel_rewindable_config of_64 = { 64, 64, 8, true };
static const reel_rewindable_config plain_64 = { 64, 64, 8, false };
static const reel_rewindable_config of_512 = { 512, 64, 8, true };

static void *take(size_t size, size_t align)
{
    return reel_rewindable_alloc(&test_rig->rewindable, size, align);
}

static reel_status give(void *block, size_t size)
{
    const reel_status status =
        reel_rewindable_free(&test_rig->rewindable, block, size);
    EXPECT(rig_agrees());
    return status;
}

static void rewind_it(void)
{
    EXPECT_EQUAL(reel_rewindable_rewind(&test_rig->rewindable), REEL_OK);
}

static unsigned char *at(size_t chunk, size_t offset)
{
    return test_backing->blocks[chunk].start + offset;
}

static size_t used(void)
{
    return reel_rewindable_stats(&test_rig->rewindable).used;
}

// ---- chunks that start over -----------------------------------------------------

static void the_last_free_rewinds_its_chunk(void)
{
    static const unsigned char orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 },
                                               { 1, 0, 2 }, { 1, 2, 0 },
                                               { 2, 0, 1 }, { 2, 1, 0 } };
    fresh_rig(&of_64, 2);
    for (size_t order = 0; order < 6; order++) {
        unsigned char *blocks[3];
        for (size_t i = 0; i < 3; i++) {
            blocks[i] = take(16, 1);
            EXPECT_EQUAL(blocks[i], at(0, 16 * i));
        }
        for (size_t i = 0; i < 3; i++) {
            EXPECT_EQUAL(used(), 48);
            EXPECT_EQUAL(give(blocks[orders[order][i]], 16), REEL_OK);
        }
        EXPECT_EQUAL(used(), 0);
    }
    EXPECT_EQUAL(test_backing->calls, 1);
}

static void a_block_that_lives_keeps_its_chunk(void)
{
    fresh_rig(&of_64, 1);
    void *const keep = take(8, 1);
    for (size_t i = 1; i < 8; i++) {
        EXPECT_EQUAL(take(8, 1), at(0, 8 * i));
        EXPECT_EQUAL(give(at(0, 8 * i), 8), REEL_OK);
    }
    EXPECT(take(1, 1) == NULL); // its place comes back with the last one
    EXPECT(give(keep, 8) == REEL_OK && take(64, 1) == at(0, 0));
}

static void a_chunk_that_starts_over_is_used_first_again(void)
{
    fresh_rig(&of_64, 3);
    EXPECT(take(64, 1) == at(0, 0) && take(128, 1) == at(1, 0));
    EXPECT(take(8, 1) == at(2, 0) && take(8, 1) == at(2, 8));
    EXPECT_EQUAL(give(at(1, 0), 128), REEL_OK);
    EXPECT(take(8, 1) == at(1, 0) && take(8, 1) == at(1, 8));
    EXPECT_EQUAL(give(at(0, 0), 64), REEL_OK);
    EXPECT(take(8, 1) == at(0, 0) && take(56, 1) == at(0, 8));
    EXPECT_EQUAL(take(8, 1), at(1, 16));
    EXPECT(give(at(2, 0), 8) == REEL_OK && give(at(2, 8), 8) == REEL_OK);
    EXPECT_EQUAL(take(8, 1), at(1, 24)); // a later one does not come before it
    EXPECT(test_backing->calls == 3 && rig_agrees());
}

static void padding_is_neither_a_block_nor_lost(void)
{
    const reel_rewindable_config of_128 = { 128, 64, 8, true };
    fresh_rig(&of_128, 1);
    EXPECT_EQUAL(take(8, 1), at(0, 0));
    unsigned char *const block = take(8, 64);
    EXPECT((uintptr_t)block % 64 == 0 && block > at(0, 0));
    for (unsigned char *p = at(0, 8); p < block; p += 8) {
        EXPECT_EQUAL(give(p, 8), REEL_DOUBLE_FREE);
    }
    EXPECT(give(at(0, 0), 8) == REEL_OK && give(block, 8) == REEL_OK);
    EXPECT_EQUAL(used(), 0);
}

// ---- what is no block -------------------------------------------------------------

static void what_is_freed_wrongly_is_refused_and_changes_nothing(void)
{
    rig_state before;
    fresh_rig(&of_64, 2);
    unsigned char *const gone = take(8, 1);
    unsigned char *const block = take(24, 1);
    EXPECT_EQUAL(give(gone, 8), REEL_OK);
    rig_remember(&before);
    for (size_t i = 0; i < 64 + 2 * sizeof(uintptr_t); i++) {
        unsigned char *const p = at(0, i);
        if (p != block) {
            EXPECT(give(p, 1)
                   == (i < 64 && i % 8 == 0 ? REEL_DOUBLE_FREE : REEL_FOREIGN));
        }
    }
    EXPECT_EQUAL(give(at(0, 0) - 8, 8), REEL_FOREIGN);
    EXPECT_EQUAL(give(test_rig, 8), REEL_FOREIGN);
    EXPECT_EQUAL(give((void *)(UINTPTR_MAX - 7), 8), REEL_FOREIGN);
    EXPECT_EQUAL(give(NULL, 0), REEL_INVALID);
    EXPECT(rig_is_as(&before));
    EXPECT(give(block, 24) == REEL_OK && give(block, 24) == REEL_DOUBLE_FREE);
    EXPECT_EQUAL(take(64, 1), at(0, 0));
    EXPECT_EQUAL(give(at(0, 8), 24), REEL_DOUBLE_FREE); // inside a block now
    EXPECT_EQUAL(give(at(0, 0), 64), REEL_OK);
}

// A size that is too large frees the block all the same, and writes no further
// than its chunk.
static void a_size_beyond_the_chunk_does_no_harm(void)
{
    fresh_rig(&of_64, 1);
    unsigned char *const a = take(32, 1);
    unsigned char *const b = take(32, 1);
    EXPECT_EQUAL(give(b, SIZE_MAX), REEL_OK);
    EXPECT(give(a, 0) == REEL_OK && used() == 0);
    EXPECT_EQUAL(take(64, 1), a);
}

static void a_rewind_makes_all_starts_forgotten(void)
{
    fresh_rig(&of_512, 2);
    for (size_t round = 0; round < 5; round++) {
        for (size_t i = 0; i < 64; i++) {
            EXPECT_EQUAL(take(8, 1), at(0, 8 * i));
        }
        rewind_it();
        EXPECT(rig_agrees());
        for (size_t i = 0; i < 64; i++) {
            EXPECT_EQUAL(give(at(0, 8 * i), 8), REEL_DOUBLE_FREE);
        }
        EXPECT_EQUAL(take(100, 1), at(0, 0));
        EXPECT_EQUAL(give(at(0, 8), 8), REEL_DOUBLE_FREE);
        EXPECT(give(at(0, 0), 100) == REEL_OK && used() == 0);
    }
}

// ---- the generation comes round --------------------------------------------------

// As many words of start bits as the largest chunk has, and a rewind brings one of
// them up to date.
#define TURN ((UINTPTR_MAX >> HALF_BITS) / HALF_BITS + 1)

// As if that many rewinds had gone by without touching a start bit.
static void skip_to(uintptr_t generation)
{
    test_rig->rewindable.generation = generation - 1;
    rewind_it();
}

// Leave one block, which starts in the first granule of word `word`.
static unsigned char *take_in(size_t word)
{
    const size_t before = word * HALF_BITS * 8;
    if (before > 0) {
        EXPECT_EQUAL(take(before, 1), at(0, 0));
    }
    unsigned char *const block = take(8, 1);
    EXPECT_EQUAL(block, at(0, before));
    if (before > 0) {
        EXPECT_EQUAL(give(at(0, 0), before), REEL_OK);
    }
    return block;
}

// A start bit that is left behind in word `word`, its generation back again, and in
// between the one rewind whose turn the word is: is it gone?
static bool is_scrubbed(size_t word)
{
    const uintptr_t half = (uintptr_t)1 << HALF_BITS;
    const uintptr_t first = 5 * TURN;
    skip_to(first + TURN - 1);
    unsigned char *const block = take_in(word);
    skip_to(first + 3 * TURN + word);
    skip_to(first + TURN - 1 + half);
    EXPECT_EQUAL(used(), 0);
    return give(block, 8) == REEL_DOUBLE_FREE;
}

// Without that rewind it would not be.
static bool leaves_a_ghost(size_t word)
{
    const uintptr_t half = (uintptr_t)1 << HALF_BITS;
    skip_to(TURN + word + 1);
    (void)take_in(word);
    test_rig->rewindable.generation += half;
    test_rig->table[0].used.value = 0;
    return !reel_rewindable_is_valid(&test_rig->rewindable);
}

static void each_word_of_start_bits_is_brought_up_to_date(void)
{
    fresh_rig(&of_512, 1);
    const size_t words = bits_bytes(64) / sizeof(uintptr_t);
    for (size_t word = 0; word < words; word++) {
        EXPECT(is_scrubbed(word));
    }
    EXPECT(leaves_a_ghost(words - 1)); // so the question means something
}

static void the_largest_chunk_is_brought_up_to_date_to_its_end(void)
{
    const size_t granules = 65535;
    const reel_rewindable_config large = { granules * 8, 64, 8, true };
    if (!has_malloc()) {
        return;
    }
    fresh_backing_on(test_malloc());
    EXPECT_EQUAL(reel_rewindable_init(&test_rig->rewindable,
                                      test_backing->allocator, test_rig->table,
                                      1, &large),
                 REEL_OK);
    const size_t words = bits_bytes(granules) / sizeof(uintptr_t);
    EXPECT(words <= TURN);
    EXPECT_EQUAL(test_backing->blocks[0].size,
                 granules * 8 + bits_bytes(granules));
    for (size_t word = 0; word < words; word += word + 1 < words ? 585 : 1) {
        EXPECT(is_scrubbed(word));
    }
    EXPECT(is_scrubbed(words - 1));
    EXPECT_EQUAL(reel_rewindable_dispose(&test_rig->rewindable), REEL_OK);
}

// 16 bits of it are back after 65,536 rewinds; the words there are lie about.
static void no_start_is_back_after_65600_rewinds(void)
{
    fresh_rig(&of_512, 1);
    for (size_t i = 0; i < 64; i++) {
        EXPECT_EQUAL(take(8, 1), at(0, 8 * i));
    }
    size_t ghosts = 0;
    for (uint32_t i = 0; i < 65600; i++) {
        rewind_it();
        unsigned char *const other = at(0, 8 * (1 + i % 63));
        ghosts += reel_rewindable_free(&test_rig->rewindable, other, 8)
                  != REEL_DOUBLE_FREE;
        if (i % 3 == 0) {
            ghosts += take(8, 1) != at(0, 0);
        }
    }
    EXPECT(ghosts == 0 && rig_agrees());
}

static void the_generation_wraps_to_0(void)
{
    fresh_rig(&of_512, 1);
    test_rig->rewindable.generation = UINTPTR_MAX - 1;
    for (size_t i = 0; i < 4; i++) {
        rewind_it();
        EXPECT(take(8, 1) == at(0, 0) && take(8, 1) == at(0, 8));
        EXPECT_EQUAL(give(at(0, 0), 8), REEL_OK);
        EXPECT_EQUAL(give(at(0, 0), 8), REEL_DOUBLE_FREE);
    }
    EXPECT_EQUAL(test_rig->rewindable.generation, 2);
}

// ---- growth -----------------------------------------------------------------------

static void start_bits_come_in_addition_to_the_data(void)
{
    fresh_rig(&of_64, 3);
    EXPECT_EQUAL(test_backing->blocks[0].size, 64 + bits_bytes(8));
    EXPECT_EQUAL(reel_rewindable_bytes_allocated(&test_rig->rewindable), 64);
    EXPECT_EQUAL(take(65, 1), at(1, 0)); // twice the data
    EXPECT_EQUAL(test_backing->blocks[1].size, 128 + bits_bytes(16));
    EXPECT_EQUAL(take(200, 1), at(2, 0));
    EXPECT_EQUAL(test_backing->blocks[2].size, 200 + bits_bytes(25));
    EXPECT_EQUAL(reel_rewindable_bytes_allocated(&test_rig->rewindable), 392);
    EXPECT(rig_agrees());
}

static void a_chunk_that_comes_back_has_no_starts_of_before(void)
{
    fresh_rig(&of_64, 2);
    for (size_t round = 0; round < 3; round++) {
        EXPECT(take(65, 1) == at(1, 0) && take(8, 1) == at(0, 0));
        EXPECT_EQUAL(give(at(1, 8), 8), REEL_DOUBLE_FREE);
        EXPECT_EQUAL(give(at(1, 0), 65), REEL_OK);
        rewind_it();
        rewind_it();
        EXPECT_EQUAL(reel_rewindable_chunks(&test_rig->rewindable), 1);
    }
}

// ---- on and off ---------------------------------------------------------------------

static reel_status set(bool frees_blocks)
{
    const reel_status status =
        reel_rewindable_set_frees_blocks(&test_rig->rewindable, frees_blocks);
    EXPECT(rig_agrees());
    return status;
}

static size_t data(void)
{
    return reel_rewindable_bytes_allocated(&test_rig->rewindable);
}

static void it_is_set_only_while_every_chunk_is_empty(void)
{
    rig_state before;
    fresh_rig(&plain_64, 2);
    (void)take(100, 1);
    for (size_t i = 0; i < 2;
         i++) { // a block in the second chunk, in the first
        rig_remember(&before);
        EXPECT(set(true) == REEL_BUSY && set(false) == REEL_BUSY);
        EXPECT(rig_is_as(&before));
        EXPECT(!reel_rewindable_frees_blocks(&test_rig->rewindable));
        rewind_it();
        (void)take(1, 1);
    }
    rewind_it();
    EXPECT_EQUAL(set(true), REEL_OK);
    EXPECT(reel_rewindable_frees_blocks(&test_rig->rewindable));
    void *const block = take(1, 1);
    EXPECT(set(false) == REEL_BUSY && give(block, 1) == REEL_OK);
    EXPECT_EQUAL(set(false), REEL_OK);
    EXPECT(!reel_rewindable_frees_blocks(&test_rig->rewindable));
}

// 512 bytes of data: as many granules go as 64 bits' words need.
static void start_bits_are_carved_out_of_a_chunk_that_has_none(void)
{
    const reel_rewindable_config plain = { 512, 64, 8, false };
    const size_t left = 512 - (bits_bytes(64) + 7) / 8 * 8;
    fresh_rig(&plain, 2);
    (void)take(513, 1);
    rewind_it();
    const size_t second = test_rig->table[1].size;
    EXPECT_EQUAL(data(), 512 + second);
    EXPECT_EQUAL(set(true), REEL_OK);
    EXPECT_EQUAL(test_rig->table[0].granules, left / 8);
    EXPECT(data() < left + second && test_rig->table[0].size == 512);
    for (size_t i = 0; i < left / 8; i++) {
        EXPECT_EQUAL(take(8, 1), at(0, 8 * i));
    }
    EXPECT_EQUAL(take(8, 1), at(1, 0));
    for (size_t i = 0; i < left / 8; i++) {
        EXPECT_EQUAL(give(at(0, 8 * i), 8), REEL_OK);
    }
    EXPECT_EQUAL(give(at(1, 0), 8), REEL_OK);
}

static void on_off_and_on_again_carves_once(void)
{
    fresh_rig(&plain_64, 1);
    EXPECT_EQUAL(set(true), REEL_OK);
    const size_t left = data();
    EXPECT_EQUAL(left, 56); // one granule, of which 32 bits need half
    for (size_t i = 0; i < 3; i++) {
        EXPECT(set(false) == REEL_OK && data() == left);
        EXPECT(take(left, 1) == at(0, 0) && give(at(0, 0), left) == REEL_OK);
        EXPECT(used() == left && take(1, 1) == NULL);
        rewind_it();
        EXPECT(set(true) == REEL_OK && data() == left);
        EXPECT_EQUAL(give(at(0, 0), left), REEL_DOUBLE_FREE);
        EXPECT(take(left, 1) == at(0, 0) && give(at(0, 0), left) == REEL_OK);
        EXPECT_EQUAL(used(), 0);
    }
    fresh_rig(&of_64, 1);
    EXPECT(set(false) == REEL_OK && set(true) == REEL_OK && data() == 64);
}

// Bits of the time before it was off are not taken for new ones.
static void starts_from_before_it_was_off_are_forgotten(void)
{
    fresh_rig(&of_64, 1);
    rewind_it();
    EXPECT(take(8, 1) == at(0, 0) && take(8, 1) == at(0, 8));
    const uintptr_t generation = test_rig->rewindable.generation;
    rewind_it();
    EXPECT_EQUAL(set(false), REEL_OK);
    test_rig->rewindable.generation = generation; // round once
    EXPECT_EQUAL(set(true), REEL_OK);
    EXPECT_EQUAL(give(at(0, 0), 8), REEL_DOUBLE_FREE);
    EXPECT_EQUAL(give(at(0, 8), 8), REEL_DOUBLE_FREE);
}

static void a_chunk_too_small_for_start_bits_serves_no_more(void)
{
    const reel_rewindable_config least = { 8, 8, 8, false };
    fresh_rig(&least, 2);
    EXPECT(set(true) == REEL_OK && data() == 0);
    EXPECT(take(8, 1) == at(1, 0) && data() == 8);
    EXPECT(give(at(1, 0), 8) == REEL_OK && used() == 0);
    rewind_it();
    EXPECT(set(false) == REEL_OK && take(8, 1) == at(1, 0));
}

// ---- validation, statistics ---------------------------------------------------------

static void corrupt_start_bits_are_noticed(void)
{
    fresh_rig(&of_64, 1);
    test_rig->table[0].granules = 9; // then the bits would lie behind the chunk
    EXPECT(!reel_rewindable_is_valid(&test_rig->rewindable));
    test_rig->table[0].granules = 8;
    (void)take(8, 1);
    (void)take(8, 1);
    uintptr_t *const bits = (uintptr_t *)(void *)at(0, 64);
    *bits ^= 4; // more starts than live allocations
    EXPECT(!reel_rewindable_is_valid(&test_rig->rewindable));
    *bits ^= 4;
    EXPECT(rig_agrees());
}

static size_t peak(void)
{
    return reel_rewindable_stats(&test_rig->rewindable).peak;
}

static void a_peak_from_before_a_free_is_known(void)
{
    fresh_rig(&of_64, 3);
    void *const block = take(40, 1);
    EXPECT(give(block, 40) == REEL_OK && take(8, 1) == block);
    EXPECT_EQUAL(peak(), 40);
    rewind_it();
    EXPECT_EQUAL(peak(), 40);
    void *const first = take(64, 1);
    void *const second = take(48, 1); // of another chunk
    EXPECT(give(second, 48) == REEL_OK && give(first, 64) == REEL_OK);
    EXPECT_EQUAL(peak(), 112);
    EXPECT_EQUAL(used(), 0);
}

// ---- interrupts, and a context that gets in between ---------------------------------

static void *theirs;
static reel_status their_status;
static size_t swaps_before;

static void free_theirs(void)
{
    their_status = reel_rewindable_free(&test_rig->rewindable, theirs, 8);
}

static void an_interrupt_frees(void)
{
    fresh_rig(&of_64, 1);
    theirs = take(8, 1);
    test_interrupt(free_theirs);
    EXPECT(their_status == REEL_OK && used() == 0 && rig_agrees());
    test_interrupt(free_theirs);
    EXPECT(their_status == REEL_DOUBLE_FREE && rig_agrees());
}

static void take_theirs(void)
{
    if (swaps_before > 0) {
        swaps_before--;
        test_before_swap = take_theirs;
        return;
    }
    theirs = reel_rewindable_alloc(&test_rig->rewindable, 8, 1);
}

#define MEDDLES (REEL_ATOMICS == REEL_ATOMICS_CUSTOM)

static void an_allocation_in_between_is_nobody_elses(void)
{
    for (size_t k = 0; MEDDLES && k < 2; k++) { // at the word, at the start bit
        fresh_rig(&of_64, 1);
        swaps_before = k;
        test_before_swap = take_theirs;
        unsigned char *const ours = take(16, 1);
        EXPECT(ours == (k == 0 ? at(0, 8) : at(0, 0)));
        EXPECT(theirs == (k == 0 ? at(0, 0) : at(0, 16)));
        EXPECT(test_before_swap == NULL && used() == 24);
        EXPECT(give(theirs, 8) == REEL_OK && give(ours, 16) == REEL_OK);
        EXPECT_EQUAL(used(), 0);
    }
}

static void an_allocation_within_a_free_keeps_the_chunk(void)
{
    for (size_t k = 0; MEDDLES && k < 2; k++) { // at the start bit, at the word
        fresh_rig(&of_64, 1);
        unsigned char *const ours = take(16, 1);
        swaps_before = k;
        test_before_swap = take_theirs;
        EXPECT(give(ours, 16) == REEL_OK && test_before_swap == NULL);
        EXPECT(theirs == at(0, 16) && used() == 24);
        EXPECT_EQUAL(take(8, 1), at(0, 24));
    }
}

static void one_of_two_who_free_the_same_block_wins(void)
{
    if (!MEDDLES) {
        tap_skip("no other context gets in between here");
        return;
    }
    fresh_rig(&of_64, 1);
    theirs = take(8, 1);
    (void)take(8, 1);
    test_before_swap = free_theirs;
    EXPECT(give(theirs, 8) == REEL_DOUBLE_FREE && their_status == REEL_OK);
    EXPECT(rig_agrees() && give(at(0, 8), 8) == REEL_OK && used() == 0);
}

// Another thread grows while this one is at the gate: it must look again.
static void a_chunk_that_came_in_between_is_used(void)
{
    if (!MEDDLES) {
        tap_skip("no other context gets in between here");
        return;
    }
    fresh_rig(&of_64, 3);
    (void)take(64, 1);
    swaps_before = 0;
    test_before_swap = take_theirs;
    EXPECT(take(8, 1) == at(1, 8) && theirs == at(1, 0));
    EXPECT(test_backing->calls == 2 && rig_agrees());
}

// Room that comes back while this one is on its way to a later chunk.
static void a_chunk_freed_in_between_is_not_forgotten(void)
{
    if (!MEDDLES) {
        tap_skip("no other context gets in between here");
        return;
    }
    fresh_rig(&of_64, 2);
    theirs = take(64, 1);
    (void)take(120, 1);
    test_before_swap = free_theirs;
    EXPECT_EQUAL(take(8, 1), at(1, 120));
    EXPECT(take(64, 1) == at(0, 0) && rig_agrees());
}

static void free_theirs_next(void)
{
    test_before_swap = free_theirs;
}

// The same while the next chunk is found to be the one to begin with.
static void a_chunk_freed_in_between_is_begun_with_again(void)
{
    if (!MEDDLES) {
        tap_skip("no other context gets in between here");
        return;
    }
    for (size_t k = 0; k < 2; k++) { // at the word, at the hint
        fresh_rig(&of_64, 2);
        theirs = take(64, 1);
        (void)take(100, 1);
        test_before_swap = k == 0 ? free_theirs : free_theirs_next;
        EXPECT(take(8, 1) == at(1, 104) && test_before_swap == NULL);
        EXPECT(take(8, 1) == at(0, 0) && rig_agrees());
    }
    fresh_rig(&of_64, 3);
    (void)take(64, 1);
    theirs = take(128, 1); // not of the first chunk
    (void)take(100, 1);
    test_before_swap = free_theirs_next;
    EXPECT(take(8, 1) == at(2, 104) && test_before_swap == NULL);
    EXPECT(take(8, 1) == at(1, 0) && rig_agrees());
}

const test_case start_bits_tests[] = {
    TEST(the_last_free_rewinds_its_chunk),
    TEST(a_block_that_lives_keeps_its_chunk),
    TEST(a_chunk_that_starts_over_is_used_first_again),
    TEST(padding_is_neither_a_block_nor_lost),
    TEST(what_is_freed_wrongly_is_refused_and_changes_nothing),
    TEST(a_size_beyond_the_chunk_does_no_harm),
    TEST(a_rewind_makes_all_starts_forgotten),
    TEST(each_word_of_start_bits_is_brought_up_to_date),
    TEST(the_largest_chunk_is_brought_up_to_date_to_its_end),
    TEST(no_start_is_back_after_65600_rewinds),
    TEST(the_generation_wraps_to_0),
    TEST(start_bits_come_in_addition_to_the_data),
    TEST(a_chunk_that_comes_back_has_no_starts_of_before),
    TEST(it_is_set_only_while_every_chunk_is_empty),
    TEST(start_bits_are_carved_out_of_a_chunk_that_has_none),
    TEST(on_off_and_on_again_carves_once),
    TEST(starts_from_before_it_was_off_are_forgotten),
    TEST(a_chunk_too_small_for_start_bits_serves_no_more),
    TEST(corrupt_start_bits_are_noticed),
    TEST(a_peak_from_before_a_free_is_known),
    TEST(an_interrupt_frees),
    TEST(an_allocation_in_between_is_nobody_elses),
    TEST(an_allocation_within_a_free_keeps_the_chunk),
    TEST(one_of_two_who_free_the_same_block_wins),
    TEST(a_chunk_that_came_in_between_is_used),
    TEST(a_chunk_freed_in_between_is_not_forgotten),
    TEST(a_chunk_freed_in_between_is_begun_with_again),
    END_OF_TESTS,
};
