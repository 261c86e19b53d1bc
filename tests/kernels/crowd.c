// SPDX-License-Identifier: MIT
// All cores or threads at once on the same objects, and interrupts meanwhile.

#include "rig.h"

#define BLOCK  200u
#define BLOCKS 24u
#define PIECE  256u
#define HELD   7u

static volatile bool went_wrong; // for any of them

static void note_if(bool is_wrong)
{
    if (is_wrong) {
        went_wrong = true;
    }
}

static void fill(void *bytes, size_t size, size_t who)
{
    volatile unsigned char *const at = bytes;
    for (size_t i = 0; i < size; i += 8) {
        at[i] = (unsigned char)(who + i);
    }
}

static void check(const void *bytes, size_t size, size_t who)
{
    const volatile unsigned char *const at = bytes;
    for (size_t i = 0; i < size; i += 8) {
        note_if(at[i] != (unsigned char)(who + i));
    }
}

static void run(void (*work)(unsigned), void (*tick)(void))
{
    went_wrong = false;
    rig_together(work, tick);
    EXPECT(!went_wrong);
    test_note("interrupts meanwhile:", rig_ticks());
}

// ---- blocks -----------------------------------------------------------------

REEL_BLOCKS_DEFINE(blocks, BLOCK, BLOCKS);

static void take_and_give(unsigned who)
{
    void *held[HELD];
    for (size_t i = 0; i < rig_rounds; i++) {
        for (size_t k = 0; k < HELD; k++) {
            held[k] = reel_blocks_alloc(&blocks);
            if (held[k] != NULL) {
                fill(held[k], BLOCK, who * 64 + k);
            }
        }
        for (size_t k = 0; k < HELD; k++) {
            if (held[k] != NULL) {
                check(held[k], BLOCK, who * 64 + k);
                note_if(reel_blocks_free(&blocks, held[k]) != REEL_OK);
            }
        }
    }
}

static void tick_takes_and_gives(void)
{
    void *const one = reel_blocks_alloc(&blocks);
    void *const two = reel_blocks_alloc(&blocks);
    note_if(!reel_port_in_interrupt());
    note_if(one != NULL && reel_blocks_free(&blocks, one) != REEL_OK);
    note_if(two != NULL && reel_blocks_free(&blocks, two) != REEL_OK);
}

static void blocks_are_never_out_twice(void)
{
    run(take_and_give, tick_takes_and_gives);
    EXPECT(reel_blocks_count_used(&blocks) == 0);
    EXPECT(reel_blocks_is_valid(&blocks));
}

// ---- a temp that commits while it is shared ---------------------------------

static rig_range range;
static reel_temp temp;
static unsigned char *pieces[RIG_MOST_WORKERS];

static size_t piece_size(void)
{
    const size_t room = range.size / (rig_workers * (rig_rounds + 2) + 1);
    return room < PIECE ? room / 4 * 4 : PIECE;
}

static void cut(unsigned who)
{
    for (size_t i = 0; i < rig_rounds; i++) {
        unsigned char *const piece =
            reel_temp_alloc_shared(&temp, piece_size(), 4);
        note_if(piece == NULL);
        if (piece != NULL) {
            fill(piece, piece_size(), who * 64 + i);
            check(piece, piece_size(), who * 64 + i);
            pieces[who] = piece;
        }
    }
}

// Free committed memory can be allocated here, and no more.
static void tick_cuts(void)
{
    unsigned char *const piece = reel_temp_alloc_shared(&temp, 1, 1);
    if (piece != NULL) {
        *piece = 1;
    }
}

static void start_temp(void)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    rig_start(&range);
    policy.step = range.pages->page_size;
    EXPECT(reel_temp_init(&temp, (void *)range.start, range.size, range.pages,
                          &policy)
           == REEL_OK);
}

static void a_shared_temp_commits_for_all(void)
{
    start_temp();
    run(cut, tick_cuts);
    EXPECT(reel_temp_used(&temp) >= rig_workers * rig_rounds * piece_size());
    EXPECT(reel_temp_is_valid(&temp));
    EXPECT(reel_temp_dispose(&temp) == REEL_OK && rig_frames() == 0);
}

// Each had used that memory just before.
static void a_decommit_reaches_every_core(void)
{
    for (size_t i = 0; i < 5; i++) {
        start_temp();
        run(cut, NULL);
        EXPECT(reel_temp_dispose(&temp) == REEL_OK);
        for (unsigned who = 0; who < rig_workers; who++) {
            EXPECT(rig_is_closed((uintptr_t)pieces[who]));
            EXPECT(rig_is_closed_elsewhere((uintptr_t)pieces[who]));
        }
    }
}

// ---- a pool and regions, a rewindable, over a temp over the port ------------

static reel_pool pool;
static reel_pool_chunk chunks[8];
static reel_rewindable rewindable;
static reel_rewindable_chunk table[8];

static void open_and_close(unsigned who)
{
    for (size_t i = 0; i < rig_rounds; i++) {
        reel_region region;
        if (reel_region_open(&region, &pool) != REEL_OK) {
            continue;
        }
        unsigned char *const block = reel_region_alloc(&region, 48, 8);
        if (block != NULL) {
            fill(block, 48, who * 64 + i);
            check(block, 48, who * 64 + i);
        }
        note_if(reel_region_close(&region) != REEL_OK);
    }
}

static void tick_opens_and_closes(void)
{
    reel_region region;
    if (reel_region_open(&region, &pool) == REEL_OK) {
        note_if(reel_region_close(&region) != REEL_OK);
    }
}

static void regions_share_a_pool(void)
{
    start_temp();
    EXPECT(reel_pool_init(&pool, reel_temp_allocator(&temp), chunks, 8, 64, 128)
           == REEL_OK);
    run(open_and_close, tick_opens_and_closes);
    EXPECT(reel_pool_used_pages(&pool) == 0 && reel_pool_is_valid(&pool));
    EXPECT(reel_pool_dispose(&pool) == REEL_OK);
    EXPECT(reel_temp_dispose(&temp) == REEL_OK && rig_frames() == 0);
}

static void take_and_free(unsigned who)
{
    for (size_t i = 0; i < rig_rounds; i++) {
        unsigned char *const block = reel_rewindable_alloc(&rewindable, 40, 8);
        if (block != NULL) {
            fill(block, 40, who * 64 + i);
            check(block, 40, who * 64 + i);
            note_if(reel_rewindable_free(&rewindable, block, 40) != REEL_OK);
        }
    }
}

static void tick_takes_and_frees(void)
{
    void *const block = reel_rewindable_alloc(&rewindable, 8, 8);
    note_if(block != NULL
            && reel_rewindable_free(&rewindable, block, 8) != REEL_OK);
}

static void a_rewindable_is_shared(void)
{
    const reel_rewindable_config config = { 256, 512, 8, true };
    start_temp();
    EXPECT(reel_rewindable_init(&rewindable, reel_temp_allocator(&temp), table,
                                8, &config)
           == REEL_OK);
    run(take_and_free, tick_takes_and_frees);
    EXPECT(reel_rewindable_stats(&rewindable).used == 0);
    EXPECT(reel_rewindable_is_valid(&rewindable));
    EXPECT(reel_rewindable_dispose(&rewindable) == REEL_OK);
    EXPECT(reel_temp_dispose(&temp) == REEL_OK && rig_frames() == 0);
}

const test_case crowd_tests[] = {
    TEST(blocks_are_never_out_twice),    TEST(a_shared_temp_commits_for_all),
    TEST(a_decommit_reaches_every_core), TEST(regions_share_a_pool),
    TEST(a_rewindable_is_shared),        END_OF_TESTS,
};
