// SPDX-License-Identifier: MIT
#include "pool_rig.h"

#define PAGE 32u

static bool has_malloc(void)
{
    return test_malloc().ops != reel_allocator_null().ops;
}

static size_t used(void)
{
    return reel_pool_used_pages(the_pool());
}

static size_t chunks(void)
{
    return reel_pool_chunks(the_pool());
}

static size_t links_size(void)
{
    return size_of_links(the_pool()->chunk_pages);
}

static void *claim(void)
{
    return reel_pool_claim(the_pool());
}

// Claim all pages of so many chunks, fresh ones.
static void claim_chunks(size_t count)
{
    for (size_t chunk = 0; chunk < count; chunk++) {
        for (size_t place = 0; place < the_pool()->chunk_pages; place++) {
            EXPECT(claims(chunk, place));
        }
    }
}

// ---- examples ----------------------------------------------------------------

static void fresh_pages_come_in_order_chunk_by_chunk(void)
{
    fresh_pool(3, PAGE, 3);
    EXPECT(chunks() == 0 && reel_pool_pages(the_pool()) == 0 && used() == 0);
    for (size_t i = 0; i < 9; i++) {
        EXPECT(claims(i / 3, i % 3));
        EXPECT(chunks() == i / 3 + 1 && test_backing->calls == 2 * chunks());
        EXPECT_EQUAL(reel_pool_pages(the_pool()), 3 * chunks());
        EXPECT(used() == i + 1 && reel_pool_peak_pages(the_pool()) == i + 1);
        EXPECT(pool_agrees());
    }
    EXPECT(claim() == NULL && used() == 9 && test_backing->calls == 6);
}

static void pages_come_back_last_in_first_out_whatever_their_chunk(void)
{
    static const uint8_t order[][2] = { { 1, 0 }, { 0, 2 }, { 2, 1 },
                                        { 0, 0 }, { 1, 2 }, { 2, 2 } };
    fresh_pool(3, PAGE, 3);
    claim_chunks(3);
    for (size_t i = 0; i < 6; i++) {
        release(order[i][0], order[i][1]);
        EXPECT(used() == 8 - i && pool_agrees());
    }
    for (size_t i = 6; i > 0; i--) {
        EXPECT(claims(order[i - 1][0], order[i - 1][1]));
        EXPECT(used() == 10 - i && pool_agrees());
    }
    EXPECT(claim() == NULL);
}

static void a_page_that_came_back_goes_before_a_fresh_one(void)
{
    fresh_pool(2, PAGE, 2);
    EXPECT(claims(0, 0));
    release(0, 0);
    EXPECT(claims(0, 0) && reel_pool_peak_pages(the_pool()) == 1);
    EXPECT(claims(0, 1) && claims(1, 0));
    release(0, 1);
    EXPECT(claims(0, 1) && claims(1, 1) && claim() == NULL);
}

static void every_byte_of_every_page_is_its_owners(void)
{
    fresh_pool(3, PAGE, 3);
    for (size_t i = 0; i < 9; i++) {
        stamp(claim(), PAGE, i);
    }
    release(1, 1);
    release(2, 0);
    EXPECT(claims(2, 0));
    stamp(page_in(2, 0), PAGE, 6);
    for (size_t i = 0; i < 9; i++) {
        EXPECT(i == 4 || is_stamped(page_in(i / 3, i % 3), PAGE, i));
    }
    EXPECT(pool_agrees());
}

static void a_free_pages_bytes_are_never_touched(void)
{
    if (REEL_POISON || REEL_WATCH) {
        tap_skip("they are, by poison or a memory checker");
        return;
    }
    fresh_pool(2, 1, 3); // a page smaller than any link
    for (size_t i = 0; i < 6; i++) {
        stamp(claim(), 1, i);
    }
    for (size_t i = 0; i < 6; i++) {
        release(i / 3, i % 3);
    }
    for (size_t i = 0; i < 6; i++) {
        EXPECT(is_stamped(page_in(i / 3, i % 3), 1, i));
    }
}

static void use_all(size_t capacity, size_t page, size_t pages)
{
    const size_t most = page < REEL_ALIGN_DEFAULT ? page : REEL_ALIGN_DEFAULT;
    fresh_pool(capacity, page, pages);
    EXPECT_EQUAL(reel_pool_page_size(the_pool()), page);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < capacity * pages; i++) {
            unsigned char *const block = claim();
            EXPECT(block != NULL && (uintptr_t)block % most == 0);
            stamp(block, page, i);
        }
        EXPECT(claim() == NULL && pool_agrees());
        EXPECT_EQUAL(used(), capacity * pages);
        for (size_t i = capacity * pages; i > 0; i--) {
            EXPECT(is_stamped(page_in((i - 1) / pages, (i - 1) % pages), page,
                              i - 1));
            release((i - 1) / pages, (i - 1) % pages);
        }
    }
    EXPECT_EQUAL(reel_pool_trim(the_pool()),
                 capacity * (pages * page + links_size()));
    EXPECT(test_backing->bytes == 0 && pool_agrees());
}

static void pages_and_chunks_may_be_as_small_as_one(void)
{
    for (size_t page = 1; page <= 64; page *= 2) {
        for (size_t pages = 1; pages <= 4; pages++) {
            use_all(1, page, pages);
            use_all(2, page, pages);
        }
        use_all(MOST_CHUNKS, page, 1);
    }
}

static void a_page_has_a_number_by_chunk_and_place(void)
{
    fresh_pool(2, PAGE, 3);
    for (size_t i = 0; i < 6; i++) {
        EXPECT(reel_pool_claim_number(the_pool()) == ((i / 3) << 2 | i % 3));
    }
    EXPECT_EQUAL(reel_pool_claim_number(the_pool()), UINTPTR_MAX);
    EXPECT_EQUAL(reel_pool_stats(the_pool()).failures, 1);
    release(1, 0);
    EXPECT_EQUAL(reel_pool_claim_number(the_pool()), 4);
}

// ---- set-up --------------------------------------------------------------------

// Its links lie elsewhere, so what the backing is asked for last are pages.
static reel_status init_for_pages(size_t page_size, size_t chunk_size)
{
    static unsigned char memory[(REEL_POOL_PAGES + 4) * sizeof(reel_link)];
    static reel_arena arena;
    EXPECT_EQUAL(reel_arena_init(&arena, memory, sizeof memory), REEL_OK);
    const reel_pool_placement placement = { 0, reel_arena_allocator(&arena) };
    return reel_pool_init_placed(the_pool(), test_backing->allocator,
                                 test_pool->chunks, 1, page_size, chunk_size,
                                 &placement);
}

static void a_pool_asks_for_the_default_sizes_unless_told(void)
{
    fresh_pool_backing();
    EXPECT_EQUAL(init_for_pages(0, 0), REEL_OK);
    EXPECT_EQUAL(reel_pool_page_size(the_pool()), REEL_POOL_PAGE_SIZE);
    refuse_calls_from(1);
    EXPECT(claim() == NULL && test_backing->calls == 1);
    EXPECT_EQUAL(test_backing->last.size,
                 REEL_POOL_PAGE_SIZE * REEL_POOL_PAGES);
    EXPECT_EQUAL(test_backing->last.align, 0);
    EXPECT_EQUAL(init_for_pages(8, 0), REEL_OK);
    EXPECT(claim() == NULL);
    EXPECT_EQUAL(test_backing->last.size, 8 * REEL_POOL_PAGES);
    EXPECT_EQUAL(init_for_pages(0, 3 * REEL_POOL_PAGE_SIZE), REEL_OK);
    EXPECT(claim() == NULL && the_pool()->chunk_pages == 3);
    EXPECT_EQUAL(test_backing->last.size, 3 * REEL_POOL_PAGE_SIZE);
}

static reel_status init_with(size_t page_size, size_t chunk_size)
{
    return reel_pool_init(the_pool(), test_backing->allocator,
                          test_pool->chunks, 2, page_size, chunk_size);
}

static void pools_that_cannot_be_are_invalid_and_untouched(void)
{
    const reel_allocator none = { NULL, NULL };
    const size_t half = SIZE_MAX / 2 + 1;
    pool_state before;
    fresh_pool(2, PAGE, 2);
    reel_pool_chunk *const table = test_pool->chunks;
    EXPECT(claims(0, 0));
    remember_pool(&before);
    EXPECT_EQUAL(
        reel_pool_init(NULL, test_backing->allocator, table, 2, PAGE, PAGE),
        REEL_INVALID);
    EXPECT_EQUAL(reel_pool_init(the_pool(), none, table, 2, PAGE, PAGE),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_pool_init(the_pool(), test_backing->allocator, NULL, 2,
                                PAGE, PAGE),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_pool_init(the_pool(), test_backing->allocator, table, 0,
                                PAGE, PAGE),
                 REEL_INVALID);
    EXPECT_EQUAL(init_with(3, 6), REEL_INVALID);
    EXPECT_EQUAL(init_with(3, 5), REEL_INVALID); // 5 has no bit of 3 - 1
    EXPECT_EQUAL(init_with(48, 96), REEL_INVALID);
    EXPECT_EQUAL(init_with(48, 64), REEL_INVALID);
    EXPECT_EQUAL(init_with(SIZE_MAX, SIZE_MAX), REEL_INVALID);
    EXPECT_EQUAL(init_with(64, 63), REEL_INVALID);
    EXPECT_EQUAL(init_with(64, 32), REEL_INVALID);
    EXPECT_EQUAL(init_with(64, 1), REEL_INVALID);
    EXPECT_EQUAL(init_with(64, 96), REEL_INVALID);
    EXPECT_EQUAL(init_with(64, 65), REEL_INVALID);
    EXPECT_EQUAL(init_with(64, 127), REEL_INVALID);
    EXPECT_EQUAL(init_with(64, SIZE_MAX), REEL_INVALID);
    EXPECT_EQUAL(init_with(half, 0), REEL_INVALID); // pages times size wraps
    EXPECT_EQUAL(init_with(half, half - 1), REEL_INVALID);
    EXPECT_EQUAL(init_with(1, SIZE_MAX), REEL_INVALID);
    EXPECT(pool_is_as(&before) && claims(0, 1));
}

// 2^bits pages in a chunk take bits of a number, and no place is left over.
static void no_more_pages_than_there_are_numbers(void)
{
    fresh_pool_backing();
    for (size_t bits = 1; bits < 8 * sizeof(size_t); bits++) {
        const size_t pages = (size_t)1 << bits;
        const size_t limit = REEL_BLOCKS_MAX >> bits;
        reel_status expected = REEL_INVALID;
        if (limit > 0 && limit <= MOST_CHUNKS) {
            expected = REEL_OK;
            EXPECT_EQUAL(reel_pool_init(the_pool(), test_backing->allocator,
                                        test_pool->chunks, limit, 1, pages),
                         REEL_OK);
            EXPECT(pool_agrees());
        }
        EXPECT_EQUAL(reel_pool_init(the_pool(), test_backing->allocator,
                                    test_pool->chunks, limit + 1, 1, pages),
                     REEL_INVALID);
        EXPECT_EQUAL(reel_pool_init(the_pool(), test_backing->allocator,
                                    test_pool->chunks, SIZE_MAX, 1, pages),
                     REEL_INVALID);
        EXPECT(expected == REEL_INVALID || limit <= 3); // it was met
    }
    EXPECT_EQUAL(init_with(1, REEL_BLOCKS_MAX), REEL_INVALID);
    EXPECT_EQUAL(init_with(1, REEL_BLOCKS_MAX + 1), REEL_INVALID);
    EXPECT_EQUAL(test_backing->calls, 0);
}

// As many pages as 16-bit links can number, and a few where they are words.
static void the_last_number_works_like_the_first(void)
{
    const size_t pages = 8192, limit = 3;
    if (!has_malloc()) {
        tap_skip("a board has not so much memory");
        return;
    }
    fresh_pool_backing();
    EXPECT_EQUAL(reel_pool_init(the_pool(), test_malloc(), test_pool->chunks,
                                limit, 1, pages),
                 REEL_OK);
    for (size_t i = 0; i < limit * pages; i++) {
        EXPECT(claims(i / pages, i % pages));
    }
    EXPECT(claim() == NULL && used() == limit * pages);
    for (size_t i = 0; i < limit * pages; i++) {
        release(i / pages, i % pages);
    }
    EXPECT(used() == 0 && reel_pool_is_valid(the_pool()));
    for (size_t i = limit * pages; i > 0; i--) {
        EXPECT(claims((i - 1) / pages, (i - 1) % pages));
    }
    EXPECT(reel_pool_is_valid(the_pool()) && claim() == NULL);
    for (size_t i = 0; i < pages; i++) {
        release(1, i);
    }
    EXPECT_EQUAL(reel_pool_trim(the_pool()), pages + links_size());
    for (size_t i = 0; i < pages; i++) {
        release(0, i);
        release(2, i);
    }
    EXPECT(reel_pool_dispose(the_pool()) == REEL_OK && chunks() == 0);
}

// ---- what cannot be had --------------------------------------------------------

static void a_full_table_changes_nothing_but_the_count_of_refusals(void)
{
    pool_state before;
    fresh_pool(2, PAGE, 2);
    claim_chunks(2);
    remember_pool(&before);
    EXPECT(claim() == NULL);
    EXPECT_EQUAL(reel_pool_stats(the_pool()).largest_refused, PAGE);
    EXPECT(claim() == NULL);
    EXPECT_EQUAL(reel_pool_claim_number(the_pool()), UINTPTR_MAX);
    EXPECT(pool_is_as(&before) && pool_agrees() && test_backing->calls == 4);
    const reel_stats stats = reel_pool_stats(the_pool());
    EXPECT(stats.failures == 3 && stats.largest_refused == PAGE);
    EXPECT(stats.used == 4 * PAGE && stats.peak == 4 * PAGE);
    release(0, 1);
    EXPECT(claims(0, 1));
}

static void a_backing_that_refuses_at_any_call_changes_nothing(void)
{
    for (size_t chunk = 0; chunk < 3; chunk++) {
        for (size_t call = 1; call <= 2; call++) { // for pages, for links
            pool_state before;
            fresh_pool(3, PAGE, 2);
            claim_chunks(chunk);
            remember_pool(&before);
            const size_t bytes = test_backing->bytes;
            refuse_calls_from(call);
            EXPECT(claim() == NULL && pool_is_as(&before) && pool_agrees());
            EXPECT_EQUAL(test_backing->bytes, bytes);
            EXPECT_EQUAL(reel_pool_stats(the_pool()).failures, 1);
            refuse_no_calls();
            EXPECT(claims(chunk, 0) && claims(chunk, 1) && pool_agrees());
        }
    }
}

static void no_backing_at_all_is_a_pool_without_pages(void)
{
    fresh_pool_backing();
    EXPECT_EQUAL(reel_pool_init(the_pool(), reel_allocator_null(),
                                test_pool->chunks, 2, PAGE, PAGE),
                 REEL_OK);
    EXPECT(claim() == NULL);
    EXPECT_EQUAL(reel_pool_release(the_pool(), the_pool()), REEL_FOREIGN);
    EXPECT_EQUAL(reel_pool_reserve(the_pool(), 1), REEL_NO_MEMORY);
    EXPECT(reel_pool_trim(the_pool()) == 0 && pool_agrees());
    EXPECT_EQUAL(reel_pool_dispose(the_pool()), REEL_OK);
}

// ---- what is not a page that is out ----------------------------------------------

static void check_every_address(size_t page, size_t pages)
{
    fresh_pool(2, page, pages);
    const size_t size = page * pages;
    for (size_t i = 0; i + 1 < 2 * pages; i++) { // the last one stays fresh
        EXPECT(claims(i / pages, i % pages));
    }
    EXPECT(reel_pool_reserve(the_pool(), 1) == REEL_OK && chunks() == 2);
    for (size_t chunk = 0; chunk < 2; chunk++) {
        unsigned char *const start = page_in(chunk, 0);
        for (size_t byte = 0; byte < size; byte++) {
            const bool is_first = byte % page == 0;
            const bool is_out = byte / page + chunk * pages + 1 < 2 * pages;
            EXPECT(reel_pool_release(the_pool(), start + byte)
                   == (!is_first ? REEL_FOREIGN
                       : is_out  ? REEL_OK
                                 : REEL_DOUBLE_FREE));
        }
        const unsigned char *const other = page_in(1 - chunk, 0);
        EXPECT(start + size == other
               || reel_pool_release(the_pool(), start + size) == REEL_FOREIGN);
        EXPECT(start - 1 == other + size - 1
               || reel_pool_release(the_pool(), start - 1) == REEL_FOREIGN);
    }
    EXPECT(pool_agrees() && used() == 0);
}

static void every_pointer_that_is_no_page_is_refused(void)
{
    for (size_t page = 1; page <= 32; page *= 2) {
        for (size_t pages = 1; pages <= 4; pages++) {
            check_every_address(page, pages);
        }
    }
}

static void refusals_to_take_back_change_nothing(void)
{
    pool_state before;
    char elsewhere = 0;
    fresh_pool(3, PAGE, 2);
    EXPECT_EQUAL(reel_pool_release(the_pool(), NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_pool_release(the_pool(), &elsewhere), REEL_FOREIGN);
    EXPECT(claims(0, 0) && claims(0, 1) && claims(1, 0));
    release(0, 1);
    test_pool->chunks[1].links[1] = 3; // as if it were out, which it never was
    remember_pool(&before);
    EXPECT_EQUAL(reel_pool_release(the_pool(), NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_pool_release(the_pool(), &elsewhere), REEL_FOREIGN);
    EXPECT_EQUAL(reel_pool_release(the_pool(), the_pool()), REEL_FOREIGN);
    EXPECT_EQUAL(reel_pool_release(the_pool(), test_pool->chunks[0].links),
                 REEL_FOREIGN);
    EXPECT_EQUAL(reel_pool_release(the_pool(), page_in(0, 0) + 1),
                 REEL_FOREIGN);
    EXPECT_EQUAL(reel_pool_release(the_pool(), page_in(0, 0) - 1),
                 REEL_FOREIGN);
    EXPECT_EQUAL(reel_pool_release(the_pool(), (void *)UINTPTR_MAX),
                 REEL_FOREIGN);
    EXPECT_EQUAL(reel_pool_release(the_pool(), page_in(0, 1)),
                 REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_pool_release(the_pool(), page_in(1, 1)),
                 REEL_DOUBLE_FREE); // never out
    EXPECT(pool_is_as(&before) && used() == 2 && pool_agrees());
    EXPECT(claims(0, 1) && claims(1, 1));
}

static void a_page_of_a_chunk_that_is_gone_is_foreign(void)
{
    fresh_pool(2, PAGE, 2);
    claim_chunks(2);
    void *const gone = page_in(1, 1);
    release(1, 0);
    release(1, 1);
    EXPECT(reel_pool_trim(the_pool()) > 0);
    EXPECT_EQUAL(reel_pool_release(the_pool(), gone), REEL_FOREIGN);
    EXPECT(pool_agrees() && used() == 2);
}

static void a_regions_page_cannot_be_released(void)
{
    reel_region region;
    fresh_pool(2, PAGE, 3);
    EXPECT_EQUAL(reel_region_open(&region, the_pool()), REEL_OK);
    for (size_t i = 0; i < 4; i++) { // one page each, the last is the newest
        EXPECT_EQUAL(reel_region_alloc(&region, PAGE, 1),
                     page_in(i / 3, i % 3));
    }
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQUAL(reel_pool_release(the_pool(), page_in(i / 3, i % 3)),
                     REEL_DOUBLE_FREE);
    }
    EXPECT(reel_region_is_valid(&region) && used() == 4);
    EXPECT(reel_region_close(&region) == REEL_OK && used() == 0);
    EXPECT_EQUAL(reel_pool_release(the_pool(), page_in(0, 0)),
                 REEL_DOUBLE_FREE);
    EXPECT(pool_agrees());
}

// ---- reserving -------------------------------------------------------------------

static void reserving_grows_by_as_many_chunks_as_it_takes(void)
{
    for (size_t pages = 0; pages <= 4 * 3; pages++) {
        fresh_pool(4, PAGE, 3);
        EXPECT_EQUAL(reel_pool_reserve(the_pool(), pages), REEL_OK);
        EXPECT(chunks() == (pages + 2) / 3 && used() == 0 && pool_agrees());
        EXPECT_EQUAL(reel_pool_peak_pages(the_pool()), 0);
        const size_t calls = test_backing->calls;
        for (size_t i = 0; i < 3 * chunks(); i++) {
            EXPECT(claim() != NULL && used() == i + 1);
        }
        EXPECT(test_backing->calls == calls && pool_agrees());
    }
}

static void reserving_counts_what_is_free_already(void)
{
    fresh_pool(4, PAGE, 3);
    EXPECT(claims(0, 0) && claims(0, 1));
    EXPECT(reel_pool_reserve(the_pool(), 1) == REEL_OK && chunks() == 1);
    release(0, 0);
    EXPECT(reel_pool_reserve(the_pool(), 2) == REEL_OK && chunks() == 1);
    EXPECT(reel_pool_reserve(the_pool(), 3) == REEL_OK && chunks() == 2);
    EXPECT(reel_pool_reserve(the_pool(), 5) == REEL_OK && chunks() == 2);
    EXPECT(reel_pool_reserve(the_pool(), 6) == REEL_OK && chunks() == 3);
    EXPECT(pool_agrees() && used() == 1);
    EXPECT(claims(0, 0)); // listed, then fresh of the old chunk, then the new
    EXPECT(claims(0, 2) && claims(1, 0) && claims(1, 1) && claims(1, 2));
    EXPECT(claims(2, 0));
}

static void reserving_more_than_the_table_has_room_for_is_full(void)
{
    pool_state before;
    for (size_t begun = 0; begun <= 2; begun++) {
        fresh_pool(3, PAGE, 2);
        claim_chunks(begun);
        const size_t free = 6 - 2 * begun;
        remember_pool(&before);
        EXPECT_EQUAL(reel_pool_reserve(the_pool(), free + 1), REEL_FULL);
        EXPECT_EQUAL(reel_pool_reserve(the_pool(), 7), REEL_FULL);
        EXPECT_EQUAL(reel_pool_reserve(the_pool(), SIZE_MAX), REEL_FULL);
        EXPECT(pool_is_as(&before) && pool_agrees());
        EXPECT_EQUAL(reel_pool_reserve(the_pool(), free), REEL_OK);
        EXPECT(chunks() == 3 && pool_agrees());
        EXPECT_EQUAL(reel_pool_stats(the_pool()).failures, 0);
    }
}

static void a_reserve_that_is_refused_gives_everything_back(void)
{
    for (size_t begun = 0; begun <= 1; begun++) {
        for (size_t call = 1; call <= 6; call++) {
            pool_state before;
            fresh_pool(4, PAGE, 2);
            claim_chunks(begun);
            remember_pool(&before);
            refuse_calls_from(call);
            EXPECT_EQUAL(reel_pool_reserve(the_pool(), 6), REEL_NO_MEMORY);
            EXPECT_EQUAL(test_backing->calls, 2 * begun + call);
            EXPECT(pool_is_as(&before) && pool_agrees());
            EXPECT_EQUAL(test_backing->bytes,
                         begun * (2 * PAGE + links_size()));
            refuse_no_calls();
            EXPECT_EQUAL(reel_pool_reserve(the_pool(), 6), REEL_OK);
            for (size_t i = 0; i < 6; i++) {
                EXPECT(claim() != NULL);
            }
            EXPECT(pool_agrees() && used() == 2 * begun + 6);
        }
    }
}

static reel_status status;
static uintptr_t number;

static void reserve_one(void)
{
    status = reel_pool_reserve(the_pool(), 1);
}

static void claim_one(void)
{
    number = reel_pool_claim_number(the_pool());
}

static void an_interrupt_claims_what_is_there_and_never_grows(void)
{
    fresh_pool(3, PAGE, 2);
    test_interrupt(claim_one);
    EXPECT(number == UINTPTR_MAX && test_backing->calls == 0);
    test_interrupt(reserve_one);
    EXPECT(status == REEL_BUSY && test_backing->calls == 0 && pool_agrees());
    EXPECT_EQUAL(reel_pool_stats(the_pool()).failures, 1);
    EXPECT_EQUAL(reel_pool_reserve(the_pool(), 4), REEL_OK);
    for (size_t i = 0; i < 4; i++) {
        test_interrupt(claim_one);
        EXPECT(number != UINTPTR_MAX && used() == i + 1);
    }
    test_interrupt(claim_one);
    EXPECT(number == UINTPTR_MAX && test_backing->calls == 4 && pool_agrees());
    EXPECT(claims(2, 0));
}

static void release_the_first(void)
{
    release(0, 0);
}

static void an_interrupt_may_give_back(void)
{
    fresh_pool(1, PAGE, 2);
    EXPECT(claims(0, 0) && claims(0, 1));
    test_interrupt(release_the_first);
    EXPECT(used() == 1 && pool_agrees() && claims(0, 0));
}

// ---- trimming ----------------------------------------------------------------------

static void chunks_that_are_wholly_free_go_and_no_others(void)
{
    fresh_pool(4, PAGE, 2);
    claim_chunks(4);
    EXPECT(reel_pool_trim(the_pool()) == 0 && chunks() == 4);
    release(0, 0);
    release(1, 1);
    release(3, 0);
    release(1, 0);
    release(2, 1);
    EXPECT_EQUAL(reel_pool_trim(the_pool()), 2 * PAGE + links_size());
    EXPECT(chunks() == 3 && used() == 3 && pool_agrees());
    EXPECT_EQUAL(test_pool->chunks[1].base.value, 0);
    EXPECT(reel_pool_trim(the_pool()) == 0 && pool_agrees());
    EXPECT(claims(2, 1) && claims(3, 0) && claims(0, 0)); // the order of before
    EXPECT(claims(1, 0) && claims(1, 1) && claim() == NULL); // its place again
}

static void fresh_pages_of_the_chunks_that_stay_still_come(void)
{
    fresh_pool(4, PAGE, 3);
    EXPECT_EQUAL(reel_pool_reserve(the_pool(), 12), REEL_OK);
    EXPECT(claims(3, 0) && claims(3, 1) && claims(3, 2)); // the newest first
    EXPECT(claims(2, 0));
    EXPECT_EQUAL(reel_pool_trim(the_pool()), 2 * (3 * PAGE + links_size()));
    EXPECT(chunks() == 2 && used() == 4 && pool_agrees());
    EXPECT(claims(2, 1) && claims(2, 2));
    EXPECT(claims(0, 0) && claims(0, 1)); // a new chunk
    release(2, 0);
    EXPECT_EQUAL(reel_pool_trim(the_pool()), 0);
    EXPECT(claims(2, 0) && claims(0, 2) && claims(1, 0) && pool_agrees());
}

static void several_chunks_with_fresh_pages_stay_in_line(void)
{
    fresh_pool(4, PAGE, 2);
    EXPECT_EQUAL(reel_pool_reserve(the_pool(), 8), REEL_OK);
    for (size_t i = 0; i < 5; i++) {
        EXPECT(claim() != NULL);
    }
    for (size_t chunk = 2; chunk < 4; chunk++) { // out: 2.0 and 1.0
        release(chunk, 1);
    }
    release(3, 0);
    EXPECT_EQUAL(reel_pool_trim(the_pool()), 2 * (2 * PAGE + links_size()));
    EXPECT(used() == 2 && chunks() == 2 && pool_agrees());
    EXPECT(claims(2, 1) && claims(1, 1));
    EXPECT(claims(0, 0) && claims(0, 1) && claims(3, 0));
}

static size_t trimmed;

static void trim_it(void)
{
    trimmed = reel_pool_trim(the_pool());
}

static void dispose_it(void)
{
    status = reel_pool_dispose(the_pool());
}

static void trimming_in_an_interrupt_does_nothing(void)
{
    pool_state before;
    fresh_pool(2, PAGE, 2);
    EXPECT_EQUAL(reel_pool_reserve(the_pool(), 3), REEL_OK);
    remember_pool(&before);
    trimmed = 1;
    test_interrupt(trim_it);
    EXPECT(trimmed == 0 && pool_is_as(&before));
    test_interrupt(dispose_it);
    EXPECT(status == REEL_BUSY && pool_is_as(&before));
    trim_it();
    EXPECT(trimmed == 2 * (2 * PAGE + links_size()) && test_backing->held == 0);
}

static void the_peak_outlives_a_trim(void)
{
    fresh_pool(3, PAGE, 2);
    claim_chunks(3);
    for (size_t i = 1; i < 6; i++) {
        release(i / 2, i % 2);
    }
    EXPECT(reel_pool_trim(the_pool()) > 0);
    EXPECT(reel_pool_peak_pages(the_pool()) == 6 && used() == 1);
    EXPECT(claims(0, 1) && claims(1, 0)
           && reel_pool_peak_pages(the_pool()) == 6);
    EXPECT_EQUAL(reel_pool_trim(the_pool()), 0);
    EXPECT_EQUAL(reel_pool_stats(the_pool()).peak, 6 * PAGE);
    EXPECT_EQUAL(reel_pool_stats(the_pool()).used, 3 * PAGE);
}

static void a_trim_reads_no_entry_that_was_never_filled(void)
{
    const size_t unset = SIZE_MAX / 3;
    fresh_pool(3, PAGE, 2);
    claim_chunks(1);
    reel_pool_chunk *const last = &the_pool()->chunks[2];
    last->free = unset; // what is counted from its peak
    EXPECT_EQUAL(reel_pool_trim(the_pool()), 0);
    EXPECT_EQUAL(last->free, unset);
}

// ---- the end of a pool -----------------------------------------------------------

static void a_pool_in_use_is_not_disposed_of(void)
{
    pool_state before;
    fresh_pool(2, PAGE, 2);
    claim_chunks(2);
    release(0, 0);
    release(0, 1);
    release(1, 0);
    remember_pool(&before);
    EXPECT_EQUAL(reel_pool_dispose(the_pool()), REEL_BUSY);
    EXPECT(pool_is_as(&before) && pool_agrees());
    release(1, 1);
    EXPECT_EQUAL(reel_pool_dispose(the_pool()), REEL_OK);
    EXPECT(chunks() == 0 && test_backing->held == 0 && pool_agrees());
    EXPECT(reel_pool_dispose(the_pool()) == REEL_OK && pool_agrees());
    EXPECT_EQUAL(reel_pool_trim(the_pool()), 0);
    claim_chunks(2); // as new
    EXPECT(claim() == NULL && pool_agrees());
}

// ---- any sequence ------------------------------------------------------------------

#define MOST_PAGES 5

static struct {
    uint8_t pages;                          // of a chunk
    uint8_t capacity;                       //
    uint8_t list[MOST_CHUNKS * MOST_PAGES]; // free and used before, newest last
    uint8_t stamps[MOST_CHUNKS][MOST_PAGES]; // 0: not out
    uint8_t fresh[MOST_CHUNKS];              // the first one that never was out
    uint8_t line[2 * MOST_CHUNKS]; // chunks, in the order they are used
    uint8_t in_list, in_line;
    bool is_there[MOST_CHUNKS];
    size_t peak;
} model;

static void start_model(size_t capacity, size_t pages)
{
    model.pages = (uint8_t)pages;
    model.capacity = (uint8_t)capacity;
    model.in_list = 0;
    model.in_line = 0;
    model.peak = 0;
    for (size_t i = 0; i < MOST_CHUNKS; i++) {
        model.is_there[i] = false;
    }
    fresh_pool(capacity, PAGE, pages);
}

static size_t model_chunks(void)
{
    size_t count = 0;
    for (size_t i = 0; i < model.capacity; i++) {
        count += model.is_there[i];
    }
    return count;
}

static size_t model_out_of(size_t chunk)
{
    size_t count = 0;
    for (size_t place = 0; model.is_there[chunk] && place < model.pages;
         place++) {
        count += model.stamps[chunk][place] != 0;
    }
    return count;
}

static size_t model_used(void)
{
    size_t count = 0;
    for (size_t i = 0; i < model.capacity; i++) {
        count += model_out_of(i);
    }
    return count;
}

static bool model_adds(size_t *chunk)
{
    for (*chunk = 0; *chunk < model.capacity; ++*chunk) {
        if (!model.is_there[*chunk]) {
            model.is_there[*chunk] = true;
            model.fresh[*chunk] = 0;
            for (size_t place = 0; place < model.pages; place++) {
                model.stamps[*chunk][place] = 0;
            }
            return true;
        }
    }
    return false;
}

static bool model_takes(size_t *chunk, size_t *place)
{
    if (model.in_list > 0) {
        const size_t page = model.list[--model.in_list];
        *chunk = page / MOST_PAGES;
        *place = page % MOST_PAGES;
        return true;
    }
    if (model.in_line == 0) {
        if (!model_adds(chunk)) {
            return false;
        }
        model.line[model.in_line++] = (uint8_t)*chunk;
    }
    *chunk = model.line[0];
    *place = model.fresh[*chunk]++;
    if (model.fresh[*chunk] == model.pages) {
        model.in_line--;
        for (size_t i = 0; i < model.in_line; i++) {
            model.line[i] = model.line[i + 1];
        }
    }
    return true;
}

static void do_claim(uint32_t *seed)
{
    size_t chunk, place;
    if (!model_takes(&chunk, &place)) {
        EXPECT(claim() == NULL);
        return;
    }
    EXPECT(claims(chunk, place));
    const uint8_t with = (uint8_t)(1 + test_below(seed, 255));
    model.stamps[chunk][place] = with;
    stamp(page_in(chunk, place), PAGE, with);
    const size_t now = model_used();
    model.peak = model.peak < now ? now : model.peak;
}

static void do_release(uint32_t *seed)
{
    const size_t chunk = test_below(seed, model.capacity);
    const size_t place = test_below(seed, model.pages);
    if (!model.is_there[chunk]) {
        return;
    }
    const uint8_t with = model.stamps[chunk][place];
    EXPECT(with == 0 || is_stamped(page_in(chunk, place), PAGE, with));
    EXPECT(reel_pool_release(the_pool(), page_in(chunk, place))
           == (with != 0 ? REEL_OK : REEL_DOUBLE_FREE));
    if (with != 0) {
        model.stamps[chunk][place] = 0;
        model.list[model.in_list++] = (uint8_t)(chunk * MOST_PAGES + place);
    }
}

// New chunks join the line in reverse: the last one that came is used first.
static void do_reserve(uint32_t *seed)
{
    const size_t most = (size_t)model.capacity * model.pages;
    const size_t pages = test_below(seed, most + 2);
    const size_t used_now = model_used();
    const bool is_possible = pages + used_now <= most;
    EXPECT(reel_pool_reserve(the_pool(), pages)
           == (is_possible ? REEL_OK : REEL_FULL));
    const size_t before = model.in_line;
    while (is_possible && model_chunks() * model.pages < used_now + pages) {
        size_t chunk;
        EXPECT(model_adds(&chunk));
        for (size_t i = model.in_line; i > before; i--) {
            model.line[i] = model.line[i - 1];
        }
        model.line[before] = (uint8_t)chunk;
        model.in_line++;
    }
}

static void do_trim(uint32_t *seed)
{
    (void)seed;
    size_t gone = 0, kept = 0;
    model.in_line = 0;
    for (size_t chunk = 0; chunk < model.capacity; chunk++) {
        if (model.is_there[chunk] && model_out_of(chunk) == 0) {
            model.is_there[chunk] = false;
            gone++;
        } else if (model.is_there[chunk] && model.fresh[chunk] < model.pages) {
            model.line[model.in_line++] = (uint8_t)chunk;
        }
    }
    for (size_t i = 0; i < model.in_list; i++) {
        if (model.is_there[model.list[i] / MOST_PAGES]) {
            model.list[kept++] = model.list[i];
        }
    }
    model.in_list = (uint8_t)kept;
    EXPECT_EQUAL(reel_pool_trim(the_pool()),
                 gone * (model.pages * PAGE + links_size()));
}

static void expect_as_modelled(void)
{
    EXPECT(pool_agrees() && chunks() == model_chunks());
    EXPECT_EQUAL(used(), model_used());
    EXPECT_EQUAL(reel_pool_peak_pages(the_pool()), model.peak);
    for (size_t i = 0; i < model.capacity; i++) {
        EXPECT((test_pool->chunks[i].base.value != 0) == model.is_there[i]);
    }
}

static void a_pool_does_what_a_naive_model_does(void)
{
    static void (*const operations[])(uint32_t *) = {
        do_claim,   do_claim,   do_claim,   do_claim,   do_claim,
        do_claim,   do_release, do_release, do_release, do_release,
        do_release, do_release, do_release, do_release, do_trim,
    };
    uint32_t seed = 7;
    for (size_t run = 0; run < 15 * test_scale; run++) {
        const size_t capacity = 1 + test_below(&seed, MOST_CHUNKS);
        start_model(capacity, 1 + test_below(&seed, MOST_PAGES));
        for (int step = 0; step < 150; step++) {
            if (test_below(&seed, 20) == 0) {
                do_reserve(&seed);
            } else {
                operations[test_below(&seed, 15)](&seed);
            }
            expect_as_modelled();
        }
    }
}

// ---- statistics and validation -------------------------------------------------

static void corruption_is_noticed(void)
{
    fresh_pool(2, PAGE, 3);
    reel_pool_chunk *const chunk = &test_pool->chunks[0];
    EXPECT(claims(0, 0) && claims(0, 1));
    release(0, 0);
    const reel_link bottom = chunk->links[0];
    chunk->links[0] = 2;      // a page that was never out,
    chunk->links[2] = bottom; // as if it were the last on the list
    EXPECT(!reel_pool_is_valid(the_pool()));
    chunk->links[0] = bottom;
    release(0, 1);
    EXPECT(reel_pool_is_valid(the_pool()));
    chunk->links[0] = 1; // a ring
    EXPECT(!reel_pool_is_valid(the_pool()));
    chunk->links[0] = 2; // a page that was never out
    EXPECT(!reel_pool_is_valid(the_pool()));
    chunk->links[0] = 4; // a page of a chunk that is not there
    EXPECT(!reel_pool_is_valid(the_pool()));
    chunk->links[0] = 8; // no page at all
    EXPECT(!reel_pool_is_valid(the_pool()));
    chunk->links[0] = bottom;
    EXPECT(reel_pool_is_valid(the_pool()));
    chunk->base.value++;
    EXPECT(!reel_pool_is_valid(the_pool()));
    chunk->base.value--;
    chunk->peak.value = 4;
    EXPECT(!reel_pool_is_valid(the_pool()));
    chunk->peak.value = 2;
    the_pool()->newest = 2;
    EXPECT(!reel_pool_is_valid(the_pool()));
    the_pool()->newest = 0;
    EXPECT(reel_pool_is_valid(the_pool()));
    chunk->links = NULL;
    EXPECT(!reel_pool_is_valid(the_pool()));
}

// As if, during a count, another context took the pages that it is at: a
// count that makes no sense says that all are in use, never too few.
static void a_page_that_is_taken_while_pages_are_counted_is_in_use(void)
{
    fresh_pool(2, PAGE, 3);
    claim_chunks(2);
    release(0, 0);
    release(0, 1);
    EXPECT_EQUAL(used(), 4);
    test_pool->chunks[0].links[0] = 0;
    EXPECT_EQUAL(used(), 6);
}

// ---- the allocator interface ---------------------------------------------------

static void a_pool_serves_blocks_of_up_to_a_page(void)
{
    fresh_pool(2, PAGE, 2);
    const reel_allocator a = reel_pool_allocator(the_pool());
    EXPECT_EQUAL(reel_allocate(a, PAGE, 0), page_in(0, 0));
    EXPECT_EQUAL(reel_allocate(a, 0, REEL_ALIGN_DEFAULT), page_in(0, 1));
    EXPECT(reel_allocate(a, PAGE + 1, 1) == NULL);
    EXPECT(reel_allocate(a, 1, 2 * REEL_ALIGN_DEFAULT) == NULL);
    EXPECT(reel_allocate(a, SIZE_MAX, 1) == NULL && chunks() == 1);
    void *const page = page_in(0, 1);
    EXPECT_EQUAL(reel_reallocate(a, page, 0, PAGE, 1), page);
    EXPECT(reel_reallocate(a, page, PAGE, PAGE + 1, 1) == NULL);
    EXPECT(reel_reallocate(a, page, PAGE, 1, 64 * PAGE) == NULL
           || (uintptr_t)page % (64 * PAGE) == 0);
    EXPECT_EQUAL(reel_reallocate(a, NULL, 0, 1, 1), page_in(1, 0));
    EXPECT_EQUAL(reel_free(a, page, PAGE), REEL_OK);
    EXPECT_EQUAL(reel_free(a, page, PAGE), REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_free(a, NULL, 1), REEL_INVALID);
    EXPECT_EQUAL(reel_free(a, &number, 1), REEL_FOREIGN);
    if (REEL_CHECKS > 0) {
        EXPECT(reel_reallocate(a, &number, 1, 1, 1) == NULL);
        EXPECT(test_panicked(REEL_FOREIGN));
        EXPECT(reel_allocate(a, 1, 3) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
        EXPECT(reel_reallocate(a, page_in(0, 0), 1, 1, 3) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
    }
    EXPECT(used() == 2 && pool_agrees());
}

static void a_page_below_the_default_alignment_is_aligned_to_its_size(void)
{
    fresh_pool(2, 4, 2);
    const reel_allocator a = reel_pool_allocator(the_pool());
    EXPECT(reel_allocate(a, 4, 4) != NULL);
    EXPECT(reel_allocate(a, 4, 8) == NULL);
    EXPECT(reel_allocate(a, 4, 0) == NULL); // the default is more
}

// ---- what may be behind a pool -------------------------------------------------

// Two chunks of three pages, used up, given back and used again.
static void serve_pages_from(reel_allocator backing)
{
    reel_pool pool;
    reel_pool_chunk table[2];
    unsigned char *pages[6];
    EXPECT_EQUAL(reel_pool_init(&pool, backing, table, 2, PAGE, 3 * PAGE),
                 REEL_OK);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 6; i++) {
            pages[i] = reel_pool_claim(&pool);
            EXPECT(pages[i] != NULL);
            if (pages[i] == NULL) {
                return;
            }
            stamp(pages[i], PAGE, i);
        }
        EXPECT(reel_pool_claim(&pool) == NULL && reel_pool_is_valid(&pool));
        for (size_t i = 0; i < 6; i++) {
            EXPECT(is_stamped(pages[i], PAGE, i));
            EXPECT_EQUAL(reel_pool_release(&pool, pages[i]), REEL_OK);
        }
        if (round == 1) {
            EXPECT_EQUAL(reel_pool_trim(&pool),
                         2 * (3 * PAGE + size_of_links(3)));
        }
    }
    EXPECT_EQUAL(reel_pool_dispose(&pool), REEL_OK);
}

static void an_arena_may_be_behind_a_pool(void)
{
    reel_arena arena;
    unsigned char *const memory = test_memory(512);
    EXPECT_EQUAL(reel_arena_init(&arena, memory, 512), REEL_OK);
    serve_pages_from(reel_arena_allocator(&arena));
}

// Chunks and links go in the order in which an arena takes blocks back, if there is no
// gap between them.
static void expect_an_arena_back(size_t page, size_t pages)
{
    reel_arena arena;
    reel_pool pool;
    reel_pool_chunk table[3];
    EXPECT_EQUAL(reel_arena_init(&arena, test_memory(768), 768), REEL_OK);
    EXPECT_EQUAL(reel_pool_init(&pool, reel_arena_allocator(&arena), table, 3,
                                page, pages * page),
                 REEL_OK);
    for (size_t round = 0; round < 2; round++) {
        EXPECT_EQUAL(reel_pool_reserve(&pool, 3 * pages), REEL_OK);
        EXPECT_EQUAL(reel_pool_dispose(&pool), REEL_OK);
        EXPECT_EQUAL(reel_arena_used(&arena), 0);
    }
}

static void an_arena_has_everything_back_after_a_dispose(void)
{
    for (size_t pages = 1; pages <= 5; pages++) {
        for (size_t page = 1; page <= PAGE; page *= 2) {
            if (pages * page % REEL_ALIGN_DEFAULT == 0) {
                expect_an_arena_back(page, pages);
            }
        }
    }
}

static void blocks_may_be_behind_a_pool(void)
{
    reel_blocks blocks;
    const size_t size = REEL_BLOCKS_SIZE(96, 4);
    unsigned char *const raw = test_memory(size + 15);
    unsigned char *const memory = raw + (0 - (uintptr_t)raw) % 16;
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, size, 96, 4), REEL_OK);
    serve_pages_from(reel_blocks_allocator(&blocks));
    EXPECT_EQUAL(reel_blocks_count_used(&blocks), 0);
}

static void a_rewindable_may_be_behind_a_pool(void)
{
    const reel_rewindable_config config = { 256, 256, 16, true };
    reel_arena arena;
    reel_rewindable rewindable;
    reel_rewindable_chunk table[3];
    EXPECT_EQUAL(reel_arena_init(&arena, test_memory(1024), 1024), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_init(&rewindable, reel_arena_allocator(&arena),
                                      table, 3, &config),
                 REEL_OK);
    serve_pages_from(reel_rewindable_allocator(&rewindable));
    EXPECT_EQUAL(reel_rewindable_stats(&rewindable).used, 0);
    EXPECT(reel_rewindable_is_valid(&rewindable));
}

static bool commit(void *context, void *addr, size_t size)
{
    (void)addr;
    *(size_t *)context += size;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)addr;
    *(size_t *)context -= size;
}

static void a_reserved_range_may_be_behind_a_pool(void)
{
    size_t committed = 0;
    const reel_pages pages = { 64, &committed, commit, decommit };
    const reel_temp_policy policy = { 64, 0, 1, 64, 1024, false, 0 };
    reel_temp temp;
    EXPECT_EQUAL(
        reel_temp_init(&temp, test_memory(TEST_MEMORY), 512, &pages, &policy),
        REEL_OK);
    serve_pages_from(reel_temp_allocator(&temp));
    EXPECT(committed >= 192 && committed <= 512);
}

static void another_pool_may_be_behind_a_pool(void)
{
    fresh_pool(2, 128, 2);
    serve_pages_from(reel_pool_allocator(the_pool()));
    EXPECT(used() == 0 && reel_pool_peak_pages(the_pool()) == 4
           && pool_agrees());
}

static void the_hosts_malloc_may_be_behind_a_pool(void)
{
    if (!has_malloc()) {
        tap_skip("a board has none");
        return;
    }
    serve_pages_from(test_malloc());
}

// ---- another context gets in ------------------------------------------------------------

static bool no_context_gets_in(void)
{
    const bool meddles = REEL_ATOMICS == REEL_ATOMICS_CUSTOM;
    if (!meddles) {
        tap_skip("no other context without the meddling backend");
    }
    return !meddles;
}

static void a_page_claimed_in_between_is_nobody_elses(void)
{
    if (no_context_gets_in()) {
        return;
    }
    fresh_pool(2, PAGE, 4);
    EXPECT_EQUAL(reel_pool_reserve(the_pool(), 4), REEL_OK);
    test_before_swap = claim_one; // at the exchange for a fresh page
    EXPECT(claims(0, 1) && number == 0);
    release(0, 0);
    release(0, 1);
    test_before_swap = claim_one; // at the exchange for one on the list
    EXPECT(claims(0, 0) && number == 1);
    test_before_swap = release_the_first;
    EXPECT(claims(0, 0) && used() == 2); // it was fresh 2 that was wanted
    EXPECT(pool_agrees());
}

static void a_page_given_back_in_between_is_not_lost(void)
{
    if (no_context_gets_in()) {
        return;
    }
    fresh_pool(1, PAGE, 3);
    claim_chunks(1);
    test_before_swap = release_the_first; // at the claim of the link
    release(0, 1);
    EXPECT(used() == 1 && pool_agrees());
    EXPECT(claims(0, 1) && claims(0, 0) && claim() == NULL);
}

static void claim_two_and_give_the_first_back(void)
{
    EXPECT(claims(0, 0) && claims(0, 1));
    release(0, 0);
}

// The page on top is the one that was seen there, but what is below it is not.
static void a_list_that_changed_and_changed_back_is_noticed(void)
{
    if (no_context_gets_in()) {
        return;
    }
    fresh_pool(1, PAGE, 3);
    claim_chunks(1);
    for (size_t place = 3; place > 0; place--) {
        release(0, place - 1);
    }
    test_before_swap = claim_two_and_give_the_first_back;
    EXPECT(claims(0, 0) && claims(0, 2) && claim() == NULL && pool_agrees());
}

static void a_chunk_that_came_in_between_is_not_taken_twice(void)
{
    if (no_context_gets_in()) {
        return;
    }
    fresh_pool(2, PAGE, 2);
    test_before_swap = claim_one; // at the gate: they grow
    EXPECT(claims(0, 1) && number == 0 && test_backing->calls == 2);
    test_before_swap = reserve_one;
    EXPECT(claims(1, 0) && status == REEL_OK && test_backing->calls == 4);
    EXPECT(pool_agrees() && used() == 3);
}

static void give_back_and_open_the_gate(void)
{
    release(0, 1);
    the_pool()->gate.value = 0;
}

static void a_thread_that_waited_looks_again_before_it_grows(void)
{
    fresh_pool(2, PAGE, 2);
    claim_chunks(1);
    the_pool()->gate.value = 1; // another thread is inside
    test_on_yield = give_back_and_open_the_gate;
    EXPECT(claims(0, 1) && chunks() == 1 && pool_agrees());
    test_on_yield = NULL;
}

static void claim_in_an_interrupt(void)
{
    test_interrupt(claim_one);
}

static void an_interrupt_while_the_pool_grows_is_refused_and_harms_nothing(void)
{
    fresh_pool(2, PAGE, 2);
    test_backing->meanwhile = claim_in_an_interrupt;
    EXPECT(claims(0, 0) && number == UINTPTR_MAX);
    EXPECT(claims(0, 1));
    test_backing->meanwhile = release_the_first;
    EXPECT(claims(1, 0) && used() == 2 && claims(0, 0) && claims(1, 1));
    EXPECT(pool_agrees());
}

const test_case pool_tests[] = {
    TEST(fresh_pages_come_in_order_chunk_by_chunk),
    TEST(pages_come_back_last_in_first_out_whatever_their_chunk),
    TEST(a_page_that_came_back_goes_before_a_fresh_one),
    TEST(every_byte_of_every_page_is_its_owners),
    TEST(a_free_pages_bytes_are_never_touched),
    TEST(pages_and_chunks_may_be_as_small_as_one),
    TEST(a_page_has_a_number_by_chunk_and_place),
    TEST(a_pool_asks_for_the_default_sizes_unless_told),
    TEST(pools_that_cannot_be_are_invalid_and_untouched),
    TEST(no_more_pages_than_there_are_numbers),
    TEST(the_last_number_works_like_the_first),
    TEST(a_full_table_changes_nothing_but_the_count_of_refusals),
    TEST(a_backing_that_refuses_at_any_call_changes_nothing),
    TEST(no_backing_at_all_is_a_pool_without_pages),
    TEST(every_pointer_that_is_no_page_is_refused),
    TEST(refusals_to_take_back_change_nothing),
    TEST(a_page_of_a_chunk_that_is_gone_is_foreign),
    TEST(a_regions_page_cannot_be_released),
    TEST(reserving_grows_by_as_many_chunks_as_it_takes),
    TEST(reserving_counts_what_is_free_already),
    TEST(reserving_more_than_the_table_has_room_for_is_full),
    TEST(a_reserve_that_is_refused_gives_everything_back),
    TEST(an_interrupt_claims_what_is_there_and_never_grows),
    TEST(an_interrupt_may_give_back),
    TEST(chunks_that_are_wholly_free_go_and_no_others),
    TEST(fresh_pages_of_the_chunks_that_stay_still_come),
    TEST(several_chunks_with_fresh_pages_stay_in_line),
    TEST(trimming_in_an_interrupt_does_nothing),
    TEST(the_peak_outlives_a_trim),
    TEST(a_trim_reads_no_entry_that_was_never_filled),
    TEST(a_pool_in_use_is_not_disposed_of),
    TEST(a_pool_does_what_a_naive_model_does),
    TEST(corruption_is_noticed),
    TEST(a_page_that_is_taken_while_pages_are_counted_is_in_use),
    TEST(a_pool_serves_blocks_of_up_to_a_page),
    TEST(a_page_below_the_default_alignment_is_aligned_to_its_size),
    TEST(an_arena_may_be_behind_a_pool),
    TEST(an_arena_has_everything_back_after_a_dispose),
    TEST(blocks_may_be_behind_a_pool),
    TEST(a_rewindable_may_be_behind_a_pool),
    TEST(a_reserved_range_may_be_behind_a_pool),
    TEST(another_pool_may_be_behind_a_pool),
    TEST(the_hosts_malloc_may_be_behind_a_pool),
    TEST(a_page_claimed_in_between_is_nobody_elses),
    TEST(a_page_given_back_in_between_is_not_lost),
    TEST(a_list_that_changed_and_changed_back_is_noticed),
    TEST(a_chunk_that_came_in_between_is_not_taken_twice),
    TEST(a_thread_that_waited_looks_again_before_it_grows),
    TEST(an_interrupt_while_the_pool_grows_is_refused_and_harms_nothing),
    END_OF_TESTS,
};
