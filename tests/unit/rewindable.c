// SPDX-License-Identifier: MIT
#include "rewindable_rig.h"

static const reel_rewindable_config tiny = { 8, 32, 8, false };
static const reel_rewindable_config of_64 = { 64, 64, 8, false };

static void *take(size_t size, size_t align)
{
    return reel_rewindable_alloc(&test_rig->rewindable, size, align);
}

static size_t chunks(void)
{
    return reel_rewindable_chunks(&test_rig->rewindable);
}

static void rewind_it(void)
{
    EXPECT(reel_rewindable_rewind(&test_rig->rewindable) == REEL_OK);
    EXPECT(rig_agrees());
}

// An address, as chunk and bytes from its start.
static bool is_at(const void *block, size_t chunk, size_t offset)
{
    return block == test_backing->blocks[chunk].start + offset;
}

// Fill all chunks that are there, in granules of 8.
static void fill_up(void)
{
    for (size_t i = 0; i < chunks(); i++) {
        const size_t used =
            (size_t)(test_rig->table[i].used.value >> (4 * sizeof(uintptr_t)));
        const size_t left = test_rig->table[i].granules - used;
        if (left > 0) {
            EXPECT(is_at(take(left * 8, 1), i, used * 8));
        }
    }
}

// ---- growth ------------------------------------------------------------------

static void expect_sizes(const reel_rewindable_config *config,
                         const size_t *sizes, size_t count)
{
    fresh_rig(config, count);
    size_t sum = sizes[0];
    for (size_t i = 1; i < count; i++) {
        fill_up();
        EXPECT(chunks() == i);
        EXPECT(is_at(take(1, 1), i, 0));
        EXPECT(test_backing->blocks[i].size == sizes[i]);
        sum += sizes[i];
        EXPECT(reel_rewindable_bytes_allocated(&test_rig->rewindable) == sum);
        EXPECT(rig_agrees());
    }
    EXPECT(test_backing->blocks[0].size == sizes[0] && chunks() == count);
}

// The proportions of 128 KiB with a limit of 64 MiB, but for the steps between.
static void chunks_double_up_to_the_limit_and_then_grow_by_it(void)
{
    static const size_t sizes[] = { 8, 16, 32, 64, 96, 128, 160 };
    expect_sizes(&tiny, sizes, 7);
}

static void a_first_chunk_at_or_above_the_limit_grows_by_it(void)
{
    static const size_t at[] = { 64, 128, 192 };
    static const size_t above[] = { 104, 168, 232 };
    static const size_t below[] = { 56, 112, 176 };
    const reel_rewindable_config of_100 = { 100, 64, 8, false };
    const reel_rewindable_config of_56 = { 56, 64, 8, false };
    expect_sizes(&of_64, at, 3);
    expect_sizes(&of_100, above, 3);
    expect_sizes(&of_56, below, 3);
}

static void a_limit_below_a_granule_keeps_the_size(void)
{
    static const size_t sizes[] = { 8, 8, 8 };
    const reel_rewindable_config flat = { 0, 1, 8, false };
    expect_sizes(&flat, sizes, 3);
}

static void growth_looks_at_the_chunks_that_are_there(void)
{
    fresh_rig(&tiny, 4);
    EXPECT(is_at(take(100, 1), 1, 0)); // nothing fits: as large as needed
    EXPECT(test_backing->blocks[1].size == 104);
    EXPECT(is_at(take(9, 1), 2, 0));
    EXPECT(test_backing->blocks[2].size == 32); // as if growth had made the 104
    rewind_it();
    rewind_it();
    EXPECT(chunks() == 1);
    fill_up();
    EXPECT(is_at(take(1, 1), 1, 0)); // doubling again
    EXPECT(test_backing->blocks[1].size == 16 && rig_agrees());
}

// One large request, whenever it comes, makes none of the chunks after it large.
static void a_large_request_does_not_set_the_next_size(void)
{
    const reel_rewindable_config of_8 = { 8, 16, 8, false };
    for (size_t before = 0; before < 3; before++) {
        fresh_rig(&of_8, 6);
        for (size_t i = 1; i < before; i++) {
            fill_up();
            EXPECT(take(1, 1) != NULL);
        }
        const size_t large = chunks();
        EXPECT(is_at(take(200, 1), large, 0));
        EXPECT(is_at(take(17, 1), large + 1, 0));
        EXPECT(test_backing->blocks[large + 1].size <= 24 + 16 * large);
    }
}

// Requests that are always larger than what growth would make do not stop it.
static void growth_goes_on_below_large_requests(void)
{
    const reel_rewindable_config of_8 = { 8, 256, 8, false };
    fresh_rig(&of_8, 6);
    for (size_t i = 1; i < 5; i++) {
        EXPECT(is_at(take(40, 1), i, 0));
        fill_up();
    }
    EXPECT(test_backing->blocks[1].size == 40
           && test_backing->blocks[2].size == 40);
    EXPECT(test_backing->blocks[3].size == 64
           && test_backing->blocks[4].size == 128);
}

static const reel_rewindable_chunk *served_last(void)
{
    const uintptr_t half = UINTPTR_MAX >> (4 * sizeof(uintptr_t));
    return &test_rig->table[test_rig->rewindable.hint.value & half];
}

// What is left in the chunks before serves smaller requests, and no others look at it.
static void chunks_with_a_little_left_are_not_looked_at_again(void)
{
    fresh_rig(&of_64, 4); // 64 bytes, then 128 and so on
    EXPECT(is_at(take(40, 1), 0, 0));
    EXPECT(is_at(take(40, 1), 1, 0));
    EXPECT(is_at(take(40, 1), 1, 40) && served_last() == &test_rig->table[1]);
    EXPECT(is_at(take(40, 1), 1, 80) && served_last() == &test_rig->table[1]);
    EXPECT(is_at(take(40, 1), 2, 0));
    EXPECT(is_at(take(16, 1), 0, 40)); // first fit
    EXPECT(is_at(take(40, 1), 2, 40) && served_last() == &test_rig->table[2]);
    EXPECT(is_at(take(8, 1), 0, 56));
    EXPECT(is_at(take(8, 1), 1, 120));
    EXPECT(is_at(take(8, 1), 2, 80));
    EXPECT(take(8, 64) != NULL); // padding says nothing of the others
    EXPECT(take(8, 8) != NULL && served_last() <= &test_rig->table[2]);
    EXPECT(rig_agrees());
}

// The one walk that passes two of them keeps in mind the more that is left.
static void two_chunks_that_are_passed_at_once_serve_what_they_can(void)
{
    fresh_rig(&of_64, 3);
    EXPECT(is_at(take(56, 1), 0, 0));
    EXPECT(is_at(take(112, 1), 1, 0));
    EXPECT(is_at(take(24, 1), 2, 0));
    EXPECT(is_at(take(24, 1), 2, 24) && served_last() == &test_rig->table[2]);
    EXPECT(is_at(take(16, 1), 1, 112));
    EXPECT(is_at(take(8, 1), 0, 56) && rig_agrees());
}

// The last 1/16 of a chunk draws no request, until the rewindable would grow.
static void the_last_sixteenth_of_a_chunk_waits_for_growth(void)
{
    fresh_rig(&of_64, 2); // 64 bytes, then 128: a granule is 1/8 and 1/16
    EXPECT(is_at(take(64, 1), 0, 0));
    EXPECT(is_at(take(120, 1), 1, 0));
    test_backing->refuse_above = 0;
    EXPECT(is_at(take(8, 1), 1, 120));
    EXPECT(take(8, 1) == NULL);
    fresh_rig(&of_64, 3); // the third has 192
    EXPECT(is_at(take(64, 1), 0, 0));
    EXPECT(is_at(take(120, 1), 1, 0));
    EXPECT(is_at(take(160, 1), 2, 0));
    EXPECT(is_at(take(16, 1), 2, 160)); // passes the 1/16 of chunk 1
    EXPECT(is_at(take(8, 1), 2, 176));
    EXPECT(is_at(take(8, 1), 2, 184));
    EXPECT(is_at(take(8, 1), 1, 120));
    EXPECT(rig_agrees());
}

// ---- reserves ----------------------------------------------------------------

static reel_status reserved;

static void reserve_some(void)
{
    reserved = reel_rewindable_reserve(&test_rig->rewindable, 8);
}

static size_t taken_in_the_handler;

static void take_all_that_is_reserved(void)
{
    taken_in_the_handler = 0;
    while (take(24, 8) != NULL) {
        taken_in_the_handler++;
    }
}

static void what_is_reserved_is_there_for_an_interrupt(void)
{
    fresh_rig(&of_64, 3);
    EXPECT(is_at(take(50, 1), 0, 0));
    EXPECT(reel_rewindable_reserve(&test_rig->rewindable, 8) == REEL_OK);
    EXPECT(chunks() == 1);
    EXPECT(reel_rewindable_reserve(&test_rig->rewindable, 0) == REEL_OK);
    EXPECT(reel_rewindable_reserve(&test_rig->rewindable, 9 * 24) == REEL_OK);
    EXPECT(chunks() == 2 && rig_agrees());
    const size_t calls = test_backing->calls;
    EXPECT(reel_rewindable_reserve(&test_rig->rewindable, 9 * 24) == REEL_OK);
    EXPECT(test_backing->calls == calls);
    test_interrupt(take_all_that_is_reserved);
    EXPECT(taken_in_the_handler == 9 && test_backing->calls == calls);
    EXPECT(rig_agrees());
    rewind_it();
    EXPECT(chunks() == 2); // it was used
    rewind_it();
    EXPECT(chunks() == 1);
    EXPECT(reel_rewindable_reserve(&test_rig->rewindable, 65) == REEL_OK);
    EXPECT(chunks() == 2);
    rewind_it();
    EXPECT(chunks() == 1 && rig_agrees()); // it was not
}

static void a_reserve_that_is_refused_changes_nothing(void)
{
    rig_state before;
    fresh_rig(&of_64, 2);
    rig_remember(&before);
    test_interrupt(reserve_some);
    EXPECT(reserved == REEL_BUSY);
    EXPECT(reel_rewindable_reserve(&test_rig->rewindable, SIZE_MAX)
           == REEL_NO_MEMORY);
    EXPECT(reel_rewindable_reserve(&test_rig->rewindable, SIZE_MAX / 2)
           == REEL_NO_MEMORY);
    test_backing->refuse_above = 64;
    EXPECT(reel_rewindable_reserve(&test_rig->rewindable, 65)
           == REEL_NO_MEMORY);
    test_backing->refuse_above = SIZE_MAX;
    EXPECT(rig_is_as(&before) && rig_agrees());
    EXPECT(reel_rewindable_reserve(&test_rig->rewindable, 65) == REEL_OK);
    rig_remember(&before);
    EXPECT(reel_rewindable_reserve(&test_rig->rewindable, 200) == REEL_FULL);
    EXPECT(rig_is_as(&before) && rig_agrees());
    EXPECT(reel_rewindable_dispose(&test_rig->rewindable) == REEL_OK);
    EXPECT(reel_rewindable_reserve(&test_rig->rewindable, 1) == REEL_CLOSED);
}

static void a_chunk_is_aligned_to_its_granule_or_to_its_first_block(void)
{
    const reel_rewindable_config of_32 = { 32, 64, 32, false };
    fresh_rig(&of_32, 4);
    EXPECT(test_backing->blocks[0].align == 32);
    EXPECT(is_at(take(64, 1), 1, 0) && test_backing->blocks[1].align == 32);
    EXPECT(is_at(take(64, 128), 2, 0) && test_backing->blocks[2].align == 128);
}

static void a_granule_is_a_word_at_least(void)
{
    const reel_rewindable_config odd = { 3 * sizeof(void *) - 1, 64, 1, false };
    fresh_rig(&odd, 1);
    EXPECT(test_backing->blocks[0].size == 3 * sizeof(void *));
    EXPECT(reel_rewindable_initial_size(&test_rig->rewindable)
           == 3 * sizeof(void *) - 1);
    EXPECT(is_at(take(1, 1), 0, 0));
    EXPECT(is_at(take(1, 1), 0, sizeof(void *)));
    const reel_rewindable_config usual = { 1, 64, 0, false };
    fresh_rig(&usual, 1);
    EXPECT(test_backing->blocks[0].size == REEL_ALIGN_DEFAULT);
}

// ---- addresses without memory -------------------------------------------------
//
// The sizes of a host, in builds that do not look at the memory. There is none.

static struct {
    uintptr_t next;
    size_t size; // of the last chunk
    size_t given, taken;
} fake;

static void *take_address(void *self, size_t size, size_t align)
{
    (void)self;
    const uintptr_t start = (fake.next + align - 1) & ~(uintptr_t)(align - 1);
    if (size > UINTPTR_MAX - start) {
        return NULL;
    }
    fake.next = start + size;
    fake.size = size;
    fake.given++;
    return (void *)start;
}

static reel_status give_address_back(void *self, void *block, size_t size)
{
    (void)self, (void)block, (void)size;
    fake.taken++;
    return REEL_OK;
}

static const reel_allocator_ops fake_ops = { .allocate = take_address,
                                             .free = give_address_back };
static const reel_allocator addresses = { &fake_ops, NULL };

// On 64 bits all that the series says; on 32 a chunk has 65,535 granules at most.
static void the_defaults_grow_as_the_original_does(void)
{
    const size_t mib = (size_t)1024 * 1024;
    const size_t most = 65535u * (size_t)64;
    if (!has_malloc() || REEL_OUT_OF_LINE) {
        return;
    }
    reel_rewindable rewindable;
    const size_t table_size = 64 * sizeof(reel_rewindable_chunk);
    reel_rewindable_chunk *const table =
        reel_allocate(test_malloc(), table_size, 0);
    fake.next = 0x10000;
    fake.given = fake.taken = 0;
    EXPECT(reel_rewindable_init(&rewindable, addresses, table, 14, NULL)
           == REEL_OK);
    EXPECT(reel_rewindable_initial_size(&rewindable) == mib / 8);
    size_t size = mib / 8;
    for (size_t i = 0; i < 14; i++) {
        size = sizeof(void *) == 4 && size > most ? most : size;
        EXPECT(fake.size == size && fake.given == i + 1);
        EXPECT(reel_rewindable_alloc(&rewindable, size - (i > 0 ? 64 : 0), 1)
               != NULL);
        EXPECT((reel_rewindable_alloc(&rewindable, 1, 1) != NULL) == (i < 13));
        size += size < 64 * mib ? size : 64 * mib;
    }
    EXPECT(sizeof(void *) == 4 || fake.size == 320 * mib);
    EXPECT(reel_rewindable_dispose(&rewindable) == REEL_OK && fake.taken == 14);
    EXPECT(reel_free(test_malloc(), table, table_size) == REEL_OK);
}

// Half a word counts the granules: what is more is refused before the backing is
// asked, and growth stops there.
static void a_chunk_has_as_many_granules_as_half_a_word_counts(void)
{
    const size_t most = UINTPTR_MAX >> (4 * sizeof(uintptr_t));
    const reel_rewindable_config config = { SIZE_MAX, SIZE_MAX, 8, false };
    reel_rewindable rewindable;
    reel_rewindable_chunk table[3];
    if (REEL_OUT_OF_LINE) {
        return;
    }
    fake.next = 0x10000;
    fake.given = 0;
    EXPECT(reel_rewindable_init(&rewindable, addresses, table, 3, &config)
           == REEL_OK);
    EXPECT(fake.size == most * 8);
    EXPECT(reel_rewindable_alloc(&rewindable, most * 8 + 1, 1) == NULL);
    EXPECT(fake.given == 1);
    EXPECT(reel_rewindable_alloc(&rewindable, most * 8, 1) != NULL);
    EXPECT(reel_rewindable_alloc(&rewindable, most * 8, 1) != NULL);
    EXPECT(reel_rewindable_alloc(&rewindable, 1, 1) != NULL);
    EXPECT(fake.given == 3 && fake.size == most * 8);
    EXPECT(reel_rewindable_is_valid(&rewindable));
}

static void a_granule_may_be_huge(void)
{
    const size_t half = SIZE_MAX / 2 + 1;
    const reel_rewindable_config half_of_all = { 1, 1, half, false };
    const reel_rewindable_config quarter = { 1, 1, half / 2, false };
    reel_rewindable rewindable;
    reel_rewindable_chunk table[1];
    fake.next = 0x10000;
    EXPECT(reel_rewindable_init(&rewindable, addresses, table, 1, &half_of_all)
           == REEL_INVALID);
    if (!REEL_OUT_OF_LINE) {
        EXPECT(reel_rewindable_init(&rewindable, addresses, table, 1, &quarter)
               == REEL_OK);
        EXPECT(fake.size == half / 2 && reel_rewindable_is_valid(&rewindable));
    }
}

// ---- first fit -----------------------------------------------------------------

static void the_first_chunk_with_room_serves(void)
{
    fresh_rig(&of_64, 3);
    EXPECT(is_at(take(40, 1), 0, 0));
    EXPECT(is_at(take(32, 1), 1, 0)); // 24 are left in the first
    EXPECT(is_at(take(96, 1), 1, 32));
    EXPECT(is_at(take(8, 1), 0, 40)); // none in the second
    EXPECT(is_at(take(17, 1), 2, 0));
    EXPECT(is_at(take(16, 1), 0, 48));
    EXPECT(is_at(take(1, 1), 2, 24)); // the others are full
    EXPECT(is_at(take(0, 1), 2, 32)); // 0 is 1
    EXPECT(rig_agrees());
}

static void a_position_at_the_end_spills_into_the_next_chunk(void)
{
    fresh_rig(&of_64, 3);
    for (size_t i = 0; i < 8; i++) {
        EXPECT(is_at(take(i + 1, 1), 0, i * 8));
    }
    for (size_t i = 0; i < 16; i++) {
        EXPECT(is_at(take(8 - i % 8, 1), 1, i * 8));
    }
    EXPECT(is_at(take(1, 1), 2, 0) && rig_agrees());
    rewind_it();
    EXPECT(is_at(take(65, 1), 1, 0)); // too large for the first
    EXPECT(is_at(take(64, 1), 0, 0));
    EXPECT(is_at(take(57, 1), 2, 0));
    EXPECT(is_at(take(56, 1), 1, 72));
}

static void alignment_costs_its_padding_and_no_more(void)
{
    const bool large = has_malloc();
    const size_t top = large ? 65536 : 256;
    const reel_rewindable_config config = { large ? 262144 : 640, 1, 8, false };
    fresh_backing();
    if (large) {
        fresh_backing_on(test_malloc());
    }
    reel_rewindable *const rewindable = &test_rig->rewindable;
    EXPECT(reel_rewindable_init(rewindable, test_backing->allocator,
                                test_rig->table, 1, &config)
           == REEL_OK);
    for (size_t align = 1; align <= top; align *= 2) {
        rewind_it();
        uintptr_t next = (uintptr_t)test_backing->blocks[0].start;
        for (size_t i = 0; i < 3 && align * i < top; i++) {
            EXPECT(take(1, 1) == (void *)next);
            next += 8;
            next += (0 - next) & (align - 1);
            EXPECT(take(9, align) == (void *)next);
            next += 16;
        }
        EXPECT(reel_rewindable_stats(rewindable).used
               == next - (uintptr_t)test_backing->blocks[0].start);
        EXPECT(rig_agrees());
    }
    EXPECT(reel_rewindable_dispose(rewindable) == REEL_OK);
    EXPECT(test_backing->held == 0);
}

// A chunk that is made for a block serves it, however it is aligned.
static void any_alignment_is_had_from_a_fresh_chunk(void)
{
    const size_t top = has_malloc() ? 65536 : 256;
    for (size_t align = 1; align <= top; align *= 2) {
        fresh_backing();
        if (has_malloc()) {
            fresh_backing_on(test_malloc());
        }
        EXPECT(reel_rewindable_init(&test_rig->rewindable,
                                    test_backing->allocator, test_rig->table, 2,
                                    &tiny)
               == REEL_OK);
        void *const block = take(40, align);
        EXPECT(block != NULL && (uintptr_t)block % align == 0);
        EXPECT(test_backing->blocks[1].size == 40 && rig_agrees());
        EXPECT(reel_rewindable_dispose(&test_rig->rewindable) == REEL_OK);
    }
}

// ---- rewinding ------------------------------------------------------------------

static void a_spike_survives_one_rewind_and_is_gone_after_the_second(void)
{
    fresh_rig(&tiny, 6);
    for (size_t i = 0; i < 5; i++) {
        fill_up();
        (void)take(1, 1);
    }
    EXPECT(chunks() == 6);
    rewind_it();
    EXPECT(chunks() == 6);
    EXPECT(is_at(take(8, 1), 0, 0) && is_at(take(16, 1), 1, 0));
    EXPECT(is_at(take(1, 1), 2, 0));
    rewind_it();
    EXPECT(chunks() == 3);
    rewind_it();
    EXPECT(chunks() == 1);
    rewind_it();
    EXPECT(chunks() == 1 && test_backing->held == 1);
}

// It is the highest one in use that counts, though those below it were not.
static void the_highest_chunk_in_use_keeps_those_below_it(void)
{
    fresh_rig(&of_64, 3);
    EXPECT(is_at(take(128, 1), 1, 0) && is_at(take(192, 1), 2, 0));
    rewind_it();
    EXPECT(is_at(take(192, 1), 2, 0));
    rewind_it();
    EXPECT(chunks() == 3);
    EXPECT(is_at(take(1, 1), 0, 0) && is_at(take(65, 1), 1, 0));
    rewind_it();
    EXPECT(chunks() == 2);
}

static void a_rewind_hands_the_same_places_out_again(void)
{
    fresh_rig(&of_64, 2);
    for (size_t i = 0; i < 5; i++) {
        EXPECT(is_at(take(24, 1), 0, 0) && is_at(take(8, 1), 0, 24));
        EXPECT(is_at(take(40, 1), 1, 0) && is_at(take(32, 1), 0, 32));
        rewind_it();
        EXPECT(reel_rewindable_stats(&test_rig->rewindable).used == 0);
    }
    EXPECT(test_backing->calls == 2); // the backing was left alone
}

static void dispose_gives_everything_back_and_twice_is_harmless(void)
{
    fresh_rig(&tiny, 3);
    void *const block = take(8, 1);
    (void)take(30, 1);
    (void)take(30, 1);
    for (size_t i = 0; i < 2; i++) {
        EXPECT(reel_rewindable_dispose(&test_rig->rewindable) == REEL_OK);
        EXPECT(test_backing->held == 0 && chunks() == 0 && rig_agrees());
        EXPECT(reel_rewindable_bytes_allocated(&test_rig->rewindable) == 0);
        EXPECT(take(1, 1) == NULL && take(0, 0) == NULL && take(1, 64) == NULL);
        EXPECT(reel_rewindable_free(&test_rig->rewindable, block, 8)
               == REEL_FOREIGN);
        EXPECT(reel_rewindable_rewind(&test_rig->rewindable) == REEL_OK);
    }
    EXPECT(test_backing->calls == 3 && rig_agrees());
    const reel_stats stats = reel_rewindable_stats(&test_rig->rewindable);
    EXPECT(stats.used == 0 && stats.peak == 72 && stats.failures == 6);
    EXPECT(reel_rewindable_set_frees_blocks(&test_rig->rewindable, true)
           == REEL_OK);
    EXPECT(take(1, 1) == NULL && rig_agrees());
}

// ---- refusals --------------------------------------------------------------------

static void a_full_table_refuses_and_nothing_changes(void)
{
    for (size_t length = 1; length <= MOST_CHUNKS; length++) {
        rig_state before;
        const reel_rewindable_config flat = { 8, 1, 8, false };
        fresh_rig(&flat, length);
        for (size_t i = 0; i < length; i++) {
            EXPECT(is_at(take(8, 1), i, 0));
        }
        rig_remember(&before);
        EXPECT(take(1, 1) == NULL && take(0, 0) == NULL && take(9, 1) == NULL);
        EXPECT(rig_is_as(&before) && rig_agrees());
        EXPECT(test_backing->calls == length);
        const reel_stats stats = reel_rewindable_stats(&test_rig->rewindable);
        EXPECT(stats.failures == 3 && stats.largest_refused == 9);
    }
}

static void a_backing_that_refuses_at_any_call_changes_nothing(void)
{
    for (size_t k = 2; k <= 14; k++) {
        for (int ever = 0; ever < 2; ever++) {
            fresh_rig(&tiny, 6);
            if (ever == 1) {
                refuse_calls_from(k - 1);
            } else {
                refuse_call(k - 1);
            }
            for (size_t i = 0; i < 40; i++) {
                rig_state before;
                rig_remember(&before);
                const size_t held = test_backing->held;
                if (take(1 + 7 * i % 60, (size_t)1 << (i % 4)) == NULL) {
                    EXPECT(rig_is_as(&before) && test_backing->held == held);
                }
                EXPECT(rig_agrees());
            }
            EXPECT(test_backing->calls >= k || chunks() == 6);
        }
    }
}

static void the_initial_size_is_asked_for_if_the_grown_one_is_refused(void)
{
    fresh_rig(&of_64, 5);
    fill_up();
    test_backing->refuse_above = 64;
    EXPECT(is_at(take(10, 1), 1, 0));
    EXPECT(test_backing->blocks[1].size == 64 && test_backing->calls == 3);
    fill_up();
    test_backing->refuse_above = 80;
    EXPECT(is_at(take(80, 1), 2, 0)); // the request, which is more
    EXPECT(test_backing->blocks[2].size == 80 && test_backing->calls == 5);
    EXPECT(take(81, 1) == NULL && test_backing->calls == 7);
    EXPECT(take(200, 1) == NULL);
    EXPECT(test_backing->calls == 8); // one size, so one question
    test_backing->refuse_above = SIZE_MAX;
    EXPECT(is_at(take(81, 1), 3, 0));
    EXPECT(test_backing->blocks[3].size == 80 + 64 && rig_agrees());
}

static void a_rewindable_lives_on_a_block_pool(void)
{
    fresh_backing();
    reel_blocks blocks;
    unsigned char *const memory = cut_off_backing(560, 64);
    EXPECT(reel_blocks_init(&blocks, memory, 560, 128, 4) == REEL_OK);
    const reel_rewindable_config config = { 100, 64, 8, true };
    test_backing->beneath = reel_blocks_allocator(&blocks);
    reel_rewindable *const rewindable = &test_rig->rewindable;
    EXPECT(reel_rewindable_init(rewindable, test_backing->allocator,
                                test_rig->table, 5, &config)
           == REEL_OK);
    EXPECT(reel_blocks_count_used(&blocks) == 1 && rig_agrees());
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 13; j++) {
            EXPECT(is_at(take(8, 1), i, j * 8));
        }
    }
    EXPECT(take(1, 1) == NULL && rig_agrees());
    EXPECT(reel_blocks_count_used(&blocks) == 4);
    rewind_it();
    rewind_it();
    EXPECT(reel_blocks_count_used(&blocks) == 1);
    EXPECT(take(105, 1) != NULL && take(129, 1) == NULL);
    EXPECT(reel_rewindable_dispose(rewindable) == REEL_OK);
    EXPECT(reel_blocks_count_used(&blocks) == 0);
    EXPECT(reel_blocks_is_valid(&blocks));
}

static void sizes_near_the_top_do_not_wrap(void)
{
    rig_state before;
    fresh_rig(&of_64, 3);
    (void)take(5, 1);
    rig_remember(&before);
    for (size_t k = 0; k <= 4096; k++) {
        for (size_t bit = 0; bit < 8 * sizeof(size_t); bit += 5) {
            EXPECT(take(SIZE_MAX - k, (size_t)1 << bit) == NULL);
        }
        EXPECT(take(SIZE_MAX / 2 + k, 0) == NULL);
    }
    for (size_t bit = 12; bit < 8 * sizeof(size_t); bit++) {
        refuse_calls_from(1); // no chunk is so aligned
        const uintptr_t base = (uintptr_t)test_backing->blocks[0].start;
        const size_t align = (size_t)1 << bit;
        if (((0 - base) & (align - 1)) >= 64) {
            EXPECT(take(1, align) == NULL);
        }
    }
    EXPECT(rig_is_as(&before) && rig_agrees());
    EXPECT(reel_rewindable_stats(&test_rig->rewindable).largest_refused
           == SIZE_MAX);
}

static void misuse_is_reported_and_changes_nothing(void)
{
    rig_state before;
    if (REEL_CHECKS == 0) {
        return;
    }
    fresh_rig(&of_64, 3);
    (void)take(5, 1);
    (void)take(5, 1);
    rig_remember(&before);
    static const size_t wrong[] = { 3, 5, 6, 12, SIZE_MAX, SIZE_MAX / 2 };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        EXPECT(take(1, wrong[i]) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
        EXPECT(take(100, wrong[i]) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
    }
    const reel_allocator a = reel_rewindable_allocator(&test_rig->rewindable);
    EXPECT(reel_reallocate(a, test_backing->blocks[0].start, 5, 6, 3) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT(reel_reallocate(a, test_rig, 5, 6, 1) == NULL);
    EXPECT(test_panicked(REEL_FOREIGN));
    EXPECT(reel_reallocate(a, test_backing->blocks[0].start + 16, 5, 6, 1)
           == NULL);
    EXPECT(test_panicked(REEL_FOREIGN)); // never handed out
    EXPECT(reel_reallocate(a, test_backing->blocks[0].start + 1, 4, 6, 1)
           == NULL);
    EXPECT(test_panicked(REEL_FOREIGN));
    EXPECT(reel_reallocate(a, test_backing->blocks[0].start, 17, 6, 1) == NULL);
    EXPECT(test_panicked(REEL_FOREIGN)); // larger than it was
    EXPECT(reel_reallocate(a, test_backing->blocks[0].start + 8, 9, 6, 1)
           == NULL);
    EXPECT(test_panicked(REEL_FOREIGN));
    EXPECT(rig_is_as(&before) && rig_agrees());
}

// ---- set-up -----------------------------------------------------------------------

static reel_status try_init(const reel_rewindable_config *config)
{
    return reel_rewindable_init(&test_rig->rewindable, test_backing->allocator,
                                test_rig->table, 2, config);
}

static void configurations_that_cannot_be_are_invalid(void)
{
    static const reel_rewindable_config bad[] = {
        { 64, 0, 8, false },
        { 64, 64, 3, false },
        { 64, 64, 24, true },
        { 64, 64, SIZE_MAX, false },
        { 64, 64, SIZE_MAX / 2, false },
        { 64, 64, SIZE_MAX / 2 + 1, false },
    };
    rig_state before;
    fresh_backing();
    rig_remember(&before);
    rig *const r = test_rig;
    reel_allocator no_ops = r->backing.allocator;
    no_ops.ops = NULL;
    EXPECT(reel_rewindable_init(NULL, r->backing.allocator, r->table, 2, &tiny)
           == REEL_INVALID);
    EXPECT(reel_rewindable_init(&r->rewindable, no_ops, r->table, 2, &tiny)
           == REEL_INVALID);
    EXPECT(reel_rewindable_init(&r->rewindable, r->backing.allocator, NULL, 2,
                                &tiny)
           == REEL_INVALID);
    EXPECT(reel_rewindable_init(&r->rewindable, r->backing.allocator, r->table,
                                0, &tiny)
           == REEL_INVALID);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        EXPECT(try_init(&bad[i]) == REEL_INVALID);
    }
    EXPECT(rig_is_as(&before) && r->backing.calls == 0);
}

static void without_a_first_chunk_nothing_is_touched(void)
{
    static const reel_rewindable_config much = { SIZE_MAX, 1, 0, true };
    rig_state before;
    fresh_backing();
    rig_remember(&before);
    test_backing->refuse_above = 63;
    EXPECT(try_init(&of_64) == REEL_NO_MEMORY && test_backing->calls == 1);
    EXPECT(try_init(&much) == REEL_NO_MEMORY);
    EXPECT(try_init(NULL) == REEL_NO_MEMORY);
    EXPECT(rig_is_as(&before) && test_backing->held == 0);
    EXPECT(try_init(&tiny) == REEL_OK && rig_agrees());
}

static void the_defaults_are_a_hosts(void)
{
    if (!has_malloc()) {
        return;
    }
    fresh_backing_on(test_malloc());
    EXPECT(try_init(NULL) == REEL_OK && rig_agrees());
    reel_rewindable *const rewindable = &test_rig->rewindable;
    EXPECT(reel_rewindable_initial_size(rewindable) == 131072);
    EXPECT(reel_rewindable_bytes_allocated(rewindable) == 131072);
    EXPECT(!reel_rewindable_frees_blocks(rewindable));
    EXPECT(test_backing->blocks[0].size == 131072);
    EXPECT(test_backing->blocks[0].align == 64);
    EXPECT(is_at(take(1, 1), 0, 0) && is_at(take(1, 1), 0, 64));
    EXPECT(rewindable->growth_limit == (size_t)64 * 1024 * 1024);
    EXPECT(reel_rewindable_dispose(rewindable) == REEL_OK);
    EXPECT(test_backing->held == 0);
}

static void the_small_defaults_fit_a_microcontroller(void)
{
    const reel_rewindable_config small = REEL_REWINDABLE_SMALL;
    fresh_rig(&small, 2);
    EXPECT(test_backing->blocks[0].size == 256
           && test_backing->blocks[0].align >= 8);
    EXPECT(reel_rewindable_initial_size(&test_rig->rewindable) == 256);
    EXPECT(small.growth_limit == 4096 && !small.frees_blocks);
    EXPECT(is_at(take(1, 1), 0, 0) && is_at(take(248, 1), 0, 8));
    EXPECT(is_at(take(1, 1), 1, 0) && test_backing->blocks[1].size == 512);
}

// ---- frees that do nothing, questions ------------------------------------------

static void without_block_free_a_free_does_nothing(void)
{
    rig_state before;
    fresh_rig(&of_64, 2);
    reel_rewindable *const rewindable = &test_rig->rewindable;
    unsigned char *const block = take(20, 1);
    rig_remember(&before);
    EXPECT(reel_rewindable_free(rewindable, block, 20) == REEL_OK);
    EXPECT(reel_rewindable_free(rewindable, block, 20) == REEL_OK);
    EXPECT(reel_rewindable_free(rewindable, block + 1, 1) == REEL_FOREIGN);
    EXPECT(reel_rewindable_free(rewindable, block - 8, 1) == REEL_FOREIGN);
    EXPECT(reel_rewindable_free(rewindable, block + 64, 1) == REEL_FOREIGN);
    EXPECT(reel_rewindable_free(rewindable, test_rig, 1) == REEL_FOREIGN);
    EXPECT(reel_rewindable_free(rewindable, NULL, 1) == REEL_INVALID);
    EXPECT(rig_is_as(&before) && is_at(take(1, 1), 0, 24));
}

static void the_statistics_count_whole_granules(void)
{
    fresh_rig(&of_64, 2);
    reel_rewindable *const rewindable = &test_rig->rewindable;
    reel_stats stats = reel_rewindable_stats(rewindable);
    EXPECT(stats.used == 0 && stats.peak == 0 && stats.failures == 0);
    EXPECT(stats.largest_refused == 0);
    (void)take(1, 1);
    (void)take(17, 1);
    (void)take(128, 1);
    stats = reel_rewindable_stats(rewindable);
    EXPECT(stats.used == 8 + 24 + 128 && stats.peak == stats.used);
    rewind_it();
    (void)take(10, 1);
    stats = reel_rewindable_stats(rewindable);
    EXPECT(stats.used == 16 && stats.peak == 160);
    EXPECT(take(193, 1) == NULL && take(129, 1) == NULL);
    stats = reel_rewindable_stats(rewindable);
    EXPECT(stats.failures == 2 && stats.largest_refused == 193);
    EXPECT(reel_rewindable_bytes_allocated(rewindable) == 64 + 128);
    rewind_it();
    EXPECT(reel_rewindable_stats(rewindable).peak == 160);
    test_backing->refuse_above = 0;
    rewindable->failures.value = SIZE_MAX;
    EXPECT(take(200, 1) == NULL);
    EXPECT(reel_rewindable_stats(rewindable).failures == SIZE_MAX);
}

static bool notices(uintptr_t *word, uintptr_t wrong)
{
    const uintptr_t right = *word;
    *word = wrong;
    const bool noticed = !reel_rewindable_is_valid(&test_rig->rewindable);
    *word = right;
    return noticed && reel_rewindable_is_valid(&test_rig->rewindable);
}

static void corruption_is_noticed(void)
{
    const uintptr_t one_granule = (uintptr_t)1 << (4 * sizeof(uintptr_t));
    fresh_rig(&of_64, 3);
    (void)take(8, 1);
    (void)take(100, 1);
    reel_rewindable *const r = &test_rig->rewindable;
    reel_rewindable_chunk *const table = test_rig->table;
    EXPECT(notices(&r->count.value, 4));
    EXPECT(notices((uintptr_t *)&r->capacity, 1));
    EXPECT(notices(&r->hint.value, 2));
    EXPECT(notices(&r->hint.value, one_granule - 1));
    EXPECT(notices((uintptr_t *)&r->capacity, one_granule));
    EXPECT(notices(&r->highest.value, (uintptr_t)&table[2]));
    EXPECT(notices(&r->highest.value, (uintptr_t)&table[1] + 1));
    EXPECT(notices(&table[0].used.value, 0 * one_granule + 1));
    EXPECT(notices(&table[0].used.value, 1 * one_granule + 0));
    EXPECT(notices(&table[0].used.value, 9 * one_granule + 1));
    EXPECT(notices(&table[0].used.value, 2 * one_granule + 3));
    EXPECT(notices(&table[1].base, table[1].base + 4));
    EXPECT(notices((uintptr_t *)&table[0].granules, 9));
    EXPECT(notices((uintptr_t *)&table[0].granules, SIZE_MAX));
    EXPECT(notices((uintptr_t *)&table[1].size, 127));
    EXPECT(!notices(&r->hint.value, 1));
    r->highest.value = (uintptr_t)table;
    r->hint.value = 0;
    EXPECT(notices(&r->hint.value, 1));
}

// ---- interrupts ---------------------------------------------------------------

static void *taken;
static size_t size_to_take;

static void take_one(void)
{
    taken = take(size_to_take, 1);
}

static void an_interrupt_is_served_and_never_grows(void)
{
    rig_state before;
    fresh_rig(&of_64, 3);
    size_to_take = 24;
    test_interrupt(take_one);
    EXPECT(is_at(taken, 0, 0));
    (void)take(128, 1);
    test_interrupt(take_one);
    EXPECT(is_at(taken, 0, 24));
    rig_remember(&before);
    test_interrupt(take_one);
    EXPECT(taken == NULL && rig_is_as(&before) && rig_agrees());
    EXPECT(reel_rewindable_stats(&test_rig->rewindable).failures == 1);
    EXPECT(is_at(take(24, 1), 2, 0)); // a thread is
}

static void try_all_that_needs_an_owner(void)
{
    reel_rewindable *const rewindable = &test_rig->rewindable;
    EXPECT(reel_rewindable_rewind(rewindable) == REEL_BUSY);
    EXPECT(reel_rewindable_dispose(rewindable) == REEL_BUSY);
    EXPECT(reel_rewindable_set_frees_blocks(rewindable, true) == REEL_BUSY);
}

static void an_interrupt_can_neither_rewind_nor_dispose(void)
{
    rig_state before;
    fresh_rig(&of_64, 2);
    for (size_t i = 0; i < 2; i++) { // empty and in use
        rig_remember(&before);
        test_interrupt(try_all_that_needs_an_owner);
        EXPECT(rig_is_as(&before) && rig_agrees());
        (void)take(100, 1);
    }
}

const test_case rewindable_tests[] = {
    TEST(chunks_double_up_to_the_limit_and_then_grow_by_it),
    TEST(a_first_chunk_at_or_above_the_limit_grows_by_it),
    TEST(a_limit_below_a_granule_keeps_the_size),
    TEST(growth_looks_at_the_chunks_that_are_there),
    TEST(chunks_with_a_little_left_are_not_looked_at_again),
    TEST(two_chunks_that_are_passed_at_once_serve_what_they_can),
    TEST(the_last_sixteenth_of_a_chunk_waits_for_growth),
    TEST(what_is_reserved_is_there_for_an_interrupt),
    TEST(a_reserve_that_is_refused_changes_nothing),
    TEST(a_large_request_does_not_set_the_next_size),
    TEST(growth_goes_on_below_large_requests),
    TEST(a_chunk_is_aligned_to_its_granule_or_to_its_first_block),
    TEST(a_granule_is_a_word_at_least),
    TEST(the_defaults_grow_as_the_original_does),
    TEST(a_chunk_has_as_many_granules_as_half_a_word_counts),
    TEST(a_granule_may_be_huge),
    TEST(the_first_chunk_with_room_serves),
    TEST(a_position_at_the_end_spills_into_the_next_chunk),
    TEST(alignment_costs_its_padding_and_no_more),
    TEST(any_alignment_is_had_from_a_fresh_chunk),
    TEST(a_spike_survives_one_rewind_and_is_gone_after_the_second),
    TEST(the_highest_chunk_in_use_keeps_those_below_it),
    TEST(a_rewind_hands_the_same_places_out_again),
    TEST(dispose_gives_everything_back_and_twice_is_harmless),
    TEST(a_full_table_refuses_and_nothing_changes),
    TEST(a_backing_that_refuses_at_any_call_changes_nothing),
    TEST(the_initial_size_is_asked_for_if_the_grown_one_is_refused),
    TEST(a_rewindable_lives_on_a_block_pool),
    TEST(sizes_near_the_top_do_not_wrap),
    TEST(misuse_is_reported_and_changes_nothing),
    TEST(configurations_that_cannot_be_are_invalid),
    TEST(without_a_first_chunk_nothing_is_touched),
    TEST(the_defaults_are_a_hosts),
    TEST(the_small_defaults_fit_a_microcontroller),
    TEST(without_block_free_a_free_does_nothing),
    TEST(the_statistics_count_whole_granules),
    TEST(corruption_is_noticed),
    TEST(an_interrupt_is_served_and_never_grows),
    TEST(an_interrupt_can_neither_rewind_nor_dispose),
    END_OF_TESTS,
};
