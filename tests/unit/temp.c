// SPDX-License-Identifier: MIT
#include "always.h"
#include "test.h"

// ---- a page source that watches its caller ----------------------------------
//
// It keeps the frontier itself, complains about anything but one frontier that
// moves up and down, and can be told to refuse. Where the board's memory is
// behind an MPU it hands every call on to the real port.

#define PAGE  64u
#define PAGES (TEST_MEMORY / PAGE)

typedef struct source {
    reel_pages pages;
    const reel_pages *port;
    unsigned char *start;
    size_t committed;
    size_t commits, decommits;
    size_t refuse_at; // the number of the commit to refuse; 0: none
    bool refuse_ever; // and all after it
    bool inside;
    void (*during_commit)(void);
    void (*during_decommit)(void);
} source;

static source src;

static bool refuses(const source *s)
{
    return s->commits == s->refuse_at
           || (s->refuse_ever && s->refuse_at != 0
               && s->commits >= s->refuse_at);
}

static bool commit(void *context, void *addr, size_t size)
{
    source *const s = context;
    EXPECT(!s->inside && !reel_port_in_interrupt());
    EXPECT_EQUAL(addr, s->start + s->committed);
    EXPECT(size > 0 && size % s->pages.page_size == 0);
    s->inside = true;
    s->commits++;
    if (s->during_commit != NULL) {
        s->during_commit();
    }
    s->inside = false;
    if (refuses(s)) {
        return false;
    }
    s->committed += size;
    return s->port == NULL || s->port->commit(s->port->context, addr, size);
}

static void decommit(void *context, void *addr, size_t size)
{
    source *const s = context;
    EXPECT(!s->inside && !reel_port_in_interrupt());
    EXPECT(size > 0 && size % s->pages.page_size == 0);
    EXPECT(size <= s->committed);
    EXPECT_EQUAL(addr, s->start + s->committed - size);
    if (s->during_decommit != NULL) {
        s->during_decommit();
    }
    s->committed -= size;
    s->decommits++;
    if (s->port != NULL) {
        s->port->decommit(s->port->context, addr, size);
    }
}

static void open_source(void *start, size_t page_size)
{
    src.pages.page_size = page_size;
    src.pages.context = &src;
    src.pages.commit = commit;
    src.pages.decommit = decommit;
    src.port = NULL;
    src.start = start;
    src.committed = 0;
    src.commits = 0;
    src.decommits = 0;
    src.refuse_at = 0;
    src.refuse_ever = false;
    src.during_commit = NULL;
    src.during_decommit = NULL;
}

static reel_temp temp;
static unsigned char *memory;
static reel_mark bottom;

static const reel_temp_policy pages_of_2 = {
    2 * PAGE, 0, 1, 64, 1024, false, 0
};
static const reel_temp_policy strict = { PAGE, 0, 1, 64, 1024, true, 0 };

static void fresh_temp(size_t pages, const reel_temp_policy *policy)
{
    memory = test_memory(TEST_MEMORY);
    open_source(memory, PAGE);
    src.port = test_port();
    EXPECT_EQUAL(
        reel_temp_init(&temp, memory, pages * PAGE, &src.pages, policy),
        REEL_OK);
}

static bool agrees(void)
{
    return reel_temp_is_valid(&temp)
           && reel_temp_committed(&temp) == src.committed;
}

// ---- committing ------------------------------------------------------------

static void a_zeroed_block_of_used_memory_is_zero(void)
{
    fresh_temp(4, NULL);
    for (size_t size = 0; size <= PAGE + 1; size++) {
        unsigned char *const used = reel_temp_alloc(&temp, 2 * PAGE, 1);
        EXPECT(used != NULL);
        for (size_t i = 0; i < 2 * PAGE; i++) {
            used[i] = 0xee;
        }
        EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
        unsigned char *const block = reel_temp_alloc_zeroed(&temp, size, 1);
        EXPECT_EQUAL(block, used);
        for (size_t i = 0; i < size || i == 0; i++) {
            EXPECT_EQUAL(block[i], 0);
        }
        EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    }
}

static void memory_is_committed_in_steps_as_blocks_need_it(void)
{
    fresh_temp(8, &pages_of_2);
    EXPECT(reel_temp_committed(&temp) == 0 && src.commits == 0);
    EXPECT_EQUAL(reel_temp_alloc(&temp, 1, 1), memory);
    EXPECT(reel_temp_committed(&temp) == 2 * PAGE && src.commits == 1);
    EXPECT_EQUAL(reel_temp_alloc(&temp, 2 * PAGE - 1, 1), memory + 1);
    EXPECT_EQUAL(src.commits, 1);
    EXPECT_EQUAL(reel_temp_committed_available(&temp), 0);
    EXPECT_EQUAL(reel_temp_alloc_shared(&temp, 2 * PAGE + 1, 1),
                 memory + 2 * PAGE);
    EXPECT(reel_temp_committed(&temp) == 6 * PAGE && src.commits == 2);
    EXPECT_EQUAL(reel_temp_available(&temp), 4 * PAGE - 1);
    EXPECT_EQUAL(reel_temp_committed_available(&temp), 2 * PAGE - 1);
    EXPECT(agrees());
}

static void the_last_partial_step_is_usable(void)
{
    for (size_t pages = 1; pages <= 7; pages++) {
        const reel_temp_policy fours = { 4 * PAGE, 0, 1, 64, 1024, false, 0 };
        fresh_temp(pages, &fours);
        unsigned char *const block = reel_temp_alloc(&temp, pages * PAGE, 1);
        EXPECT_EQUAL(block, memory);
        block[pages * PAGE - 1] = 1;
        EXPECT(reel_temp_alloc(&temp, 1, 1) == NULL);
        EXPECT(agrees() && src.committed == pages * PAGE);
    }
}

static void commit_steps(size_t step, size_t size, size_t range)
{
    const reel_temp_policy steps = { step, 0, 1, 64, 1024, false, 0 };
    const size_t count = size / step + (size % step > 0);
    const size_t whole = count > range / step ? range : count * step;
    open_source((void *)(uintptr_t)PAGE, PAGE);
    EXPECT_EQUAL(reel_temp_init(&temp, src.start, range, &src.pages, &steps),
                 REEL_OK);
    EXPECT_EQUAL(reel_temp_alloc(&temp, size, 1), src.start);
    EXPECT(src.committed == whole && agrees());
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    EXPECT(src.committed == whole && agrees()); // and one more would be kept
}

// Over a range that no test touches, nearly as large as there are addresses.
static void a_step_is_any_number_of_pages(void)
{
    const size_t range = SIZE_MAX / 4 * 3 / PAGE * PAGE;
    if (REEL_POISON || REEL_WATCH) {
        tap_skip("these builds look at the memory");
        return;
    }
    for (size_t size = range; size > 0; size -= size / 5 + 1) {
        for (size_t pages = 1; pages < 40; pages++) {
            commit_steps(pages * PAGE, size, range);
        }
        for (size_t part = 1; part < 10; part++) {
            commit_steps(SIZE_MAX / 10 * part / PAGE * PAGE, size, range);
        }
        commit_steps(SIZE_MAX / 2 + 1, size, range);
    }
}

static void the_default_step_is_a_page_or_16_of_a_system(void)
{
    const reel_temp_policy zero = REEL_TEMP_POLICY;
    fresh_temp(4, NULL);
    EXPECT_EQUAL(temp.step, PAGE);
    fresh_temp(4, &zero);
    EXPECT_EQUAL(temp.step, PAGE);
    open_source((void *)(uintptr_t)0x10000, 4096);
    EXPECT_EQUAL(reel_temp_init(&temp, src.start, 4096, &src.pages, NULL),
                 REEL_OK);
    EXPECT_EQUAL(temp.step, (size_t)16 * 4096);
}

static void blocks_are_usable_and_aligned(void)
{
    fresh_temp(PAGES, NULL);
    uint32_t seed = 7;
    for (int i = 0; i < 200; i++) {
        const size_t align = (size_t)1 << test_below(&seed, 7);
        const size_t size = test_below(&seed, 90);
        unsigned char *const block = reel_temp_alloc(&temp, size, align);
        if (block == NULL) {
            EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
            continue;
        }
        EXPECT_EQUAL((uintptr_t)block % align, 0);
        EXPECT(reel_temp_owns(&temp, block, size));
        block[0] = 1;
        block[size == 0 ? 0 : size - 1] = 2;
        EXPECT(agrees());
    }
}

static void a_pinned_block_that_ends_at_the_frontier_may_stay(void)
{
    fresh_temp(4, NULL);
    void *const block = reel_temp_alloc(&temp, PAGE, 1);
    (void)reel_temp_mark(&temp);
    EXPECT(src.committed == PAGE);
    EXPECT(reel_temp_resize(&temp, block, PAGE, PAGE));
}

static void a_block_grows_into_memory_that_is_committed_for_it(void)
{
    fresh_temp(4, NULL);
    unsigned char *const a = reel_temp_alloc(&temp, 10, 1);
    void *const behind = reel_temp_alloc(&temp, 1, 1);
    a[9] = 9;
    EXPECT(!reel_temp_resize(&temp, a, 10, 3 * PAGE)); // nor is it committed
    EXPECT(src.commits == 1 && reel_temp_free(&temp, behind, 1) == REEL_OK);
    EXPECT(reel_temp_resize(&temp, a, 10, 3 * PAGE));
    EXPECT(src.commits == 2 && src.committed == 3 * PAGE);
    a[3 * PAGE - 1] = 1;
    EXPECT(!reel_temp_resize(&temp, a, 3 * PAGE, 4 * PAGE + 1));
    EXPECT(!reel_temp_resize(&temp, a, 3 * PAGE, SIZE_MAX));
    unsigned char *const b = reel_temp_alloc(&temp, 1, 1);
    EXPECT(!reel_temp_resize(&temp, a, 3 * PAGE, 3 * PAGE + 9)); // not last
    EXPECT_EQUAL(src.commits, 3);
    EXPECT_EQUAL(reel_temp_realloc(&temp, b, 1, PAGE, 1), b);
    EXPECT(reel_temp_realloc(&temp, a, 3 * PAGE, 10, 1) == a && a[9] == 9);
    EXPECT_EQUAL(reel_temp_free(&temp, b, PAGE), REEL_OK);
    unsigned char *const c = reel_temp_realloc(&temp, a, 10, 60, 1);
    EXPECT(c == b && c[9] == 9); // moved: `a` was not the last
    EXPECT(agrees());
}

// ---- refusals --------------------------------------------------------------

static bool same_temp(const reel_temp *a, const reel_temp *b)
{
    return a->stack.next.value == b->stack.next.value
           && a->stack.limit.value == b->stack.limit.value
           && a->stack.floor == b->stack.floor && a->stack.peak == b->stack.peak
           && a->stack.serial == b->stack.serial
           && a->committed.value == b->committed.value
           && a->gate.value == b->gate.value && a->peak == b->peak
           && a->last_high == b->last_high && a->estimate == b->estimate;
}

static void grow_somehow(size_t step)
{
    const reel_temp before = temp;
    const size_t failures = reel_temp_stats(&temp).failures;
    const size_t size = 20 + 13 * (step % 5);
    static unsigned char *last;
    static size_t last_size;
    const size_t commits = src.commits;
    bool worked = true;
    switch (step % 4) {
    case 0:
        last = reel_temp_alloc(&temp, size, 1);
        break;
    case 1:
        last = reel_temp_alloc_shared(&temp, size, 1);
        break;
    case 2:
        last = reel_temp_alloc_zeroed(&temp, size, 1);
        break;
    default:
        worked =
            last == NULL || reel_temp_resize(&temp, last, last_size, size + 70);
        last = NULL;
    }
    if (step % 4 < 3) {
        worked = last != NULL;
        last_size = size;
        EXPECT(worked || reel_temp_stats(&temp).failures == failures + 1);
    }
    if (!worked) {
        EXPECT(same_temp(&temp, &before));
    }
    EXPECT(src.commits <= commits + 1);
    EXPECT(agrees());
}

static void a_commit_refused_at_any_call_changes_nothing(void)
{
    for (size_t k = 1; k <= PAGES; k++) {
        for (int ever = 0; ever < 2; ever++) {
            fresh_temp(PAGES, NULL);
            src.refuse_at = k;
            src.refuse_ever = ever == 1;
            for (size_t step = 0; step < 60; step++) {
                grow_somehow(step);
            }
            EXPECT(src.commits >= k || src.committed == PAGES * PAGE);
        }
    }
}

static void sizes_near_the_top_do_not_wrap(void)
{
    fresh_temp(4, &pages_of_2);
    unsigned char *const a = reel_temp_alloc(&temp, 5, 1);
    const reel_temp before = temp;
    for (size_t k = 0; k <= 4096; k++) {
        for (size_t bit = 0; bit < 8 * sizeof(size_t); bit += 3) {
            const size_t align = (size_t)1 << bit;
            EXPECT(reel_temp_alloc(&temp, SIZE_MAX - k, align) == NULL);
            EXPECT(reel_temp_alloc_shared(&temp, SIZE_MAX - k, align) == NULL);
        }
        EXPECT(!reel_temp_resize(&temp, a, 5, SIZE_MAX - k));
        EXPECT(reel_temp_realloc(&temp, a, 5, SIZE_MAX - k, 0) == NULL);
    }
    EXPECT(same_temp(&temp, &before) && src.commits == 1);
    EXPECT_EQUAL(reel_temp_stats(&temp).largest_refused, SIZE_MAX);
}

static void misuse_is_reported_and_changes_nothing(void)
{
    if (REEL_CHECKS == 0) {
        tap_skip("contracts are not checked");
        return;
    }
    fresh_temp(4, NULL);
    unsigned char *const a = reel_temp_alloc(&temp, 5, 1);
    const reel_temp before = temp;
    EXPECT(reel_temp_alloc(&temp, 1, 3) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT(reel_temp_alloc_shared(&temp, 1, 6) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT(reel_temp_realloc(&temp, a, 5, 1, 6) == NULL);
    EXPECT(test_panicked(REEL_INVALID));
    EXPECT(!reel_temp_resize(&temp, a + 5, 1, 2));
    EXPECT(test_panicked(REEL_FOREIGN));
    EXPECT(reel_temp_realloc(&temp, &temp, 5, 1, 1) == NULL);
    EXPECT(test_panicked(REEL_FOREIGN));
    EXPECT_EQUAL(reel_temp_free(&temp, a + 5, 1), REEL_FOREIGN);
    EXPECT_EQUAL(reel_temp_free(&temp, NULL, 1), REEL_INVALID);
    EXPECT(same_temp(&temp, &before));
}

static void ranges_and_policies_that_cannot_be_are_invalid(void)
{
    fresh_temp(4, NULL);
    const reel_temp before = temp;
    const reel_pages *const good = &src.pages;
    reel_pages odd = src.pages, no_commit = src.pages, no_decommit = src.pages;
    odd.page_size = 48;
    no_commit.commit = NULL;
    no_decommit.decommit = NULL;
    EXPECT_EQUAL(reel_temp_init(NULL, memory, PAGE, good, NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_temp_init(&temp, NULL, PAGE, good, NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_temp_init(&temp, memory, 0, good, NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_temp_init(&temp, memory, PAGE - 1, good, NULL),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_temp_init(&temp, memory, PAGE + 1, good, NULL),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_temp_init(&temp, memory + 1, PAGE, good, NULL),
                 REEL_INVALID);
    EXPECT_EQUAL(
        reel_temp_init(&temp, memory, SIZE_MAX / PAGE * PAGE, good, NULL),
        REEL_INVALID);
    EXPECT_EQUAL(reel_temp_init(&temp, memory, PAGE, NULL, NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_temp_init(&temp, memory, PAGE, &odd, NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_temp_init(&temp, memory, PAGE, &no_commit, NULL),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_temp_init(&temp, memory, PAGE, &no_decommit, NULL),
                 REEL_INVALID);
    static const reel_temp_policy bad[] = {
        { PAGE + 1, 0, 1, 64, 1024, false, 0 },
        { PAGE / 2, 0, 1, 64, 1024, false, 0 },
        { PAGE, 0, 1025, 64, 1024, false, 0 },
        { PAGE, 0, 1, 1025, 1024, false, 0 },
        { PAGE, 0, 1, 64, 1025, false, 0 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        EXPECT_EQUAL(reel_temp_init(&temp, memory, PAGE, good, &bad[i]),
                     REEL_INVALID);
    }
    EXPECT(same_temp(&temp, &before) && src.commits == 0);
}

// ---- a step that is too large, and reserves ----------------------------------

static size_t pages_left; // that the port has

static bool commit_what_is_left(void *context, void *addr, size_t size)
{
    (void)context, (void)addr;
    if (size > pages_left * 64) {
        return false;
    }
    pages_left -= size / 64;
    return true;
}

static void give_pages_back(void *context, void *addr, size_t size)
{
    (void)context, (void)addr;
    pages_left += size / 64;
}

static void limited_temp(size_t step, bool is_strict, size_t pages)
{
    static const reel_pages limited = { 64, NULL, commit_what_is_left,
                                        give_pages_back };
    const reel_temp_policy policy = { step, 0, 1, 64, 1024, is_strict, 0 };
    unsigned char *const raw = test_memory(TEST_MEMORY);
    pages_left = pages;
    EXPECT_EQUAL(reel_temp_init(&temp, raw + (0 - (uintptr_t)raw) % 64, 1024,
                                &limited, &policy),
                 REEL_OK);
}

// Whatever the step, all memory that the port has can be had.
static void a_step_that_is_refused_does_not_refuse_what_fits(void)
{
    for (size_t pages = 1; pages <= 8; pages++) {
        for (size_t step = 64; step <= 1024; step += 64) {
            limited_temp(step, false, pages);
            for (size_t i = 0; i < pages * 2; i++) {
                EXPECT(reel_temp_alloc(&temp, 32, 1) != NULL);
            }
            EXPECT(reel_temp_alloc(&temp, 1, 1) == NULL);
            EXPECT_EQUAL(reel_temp_stats(&temp).failures, 1);
            EXPECT(reel_temp_is_valid(&temp));
            limited_temp(step, false, pages);
            void *const block = reel_temp_alloc(&temp, 1, 1);
            EXPECT(reel_temp_resize(&temp, block, 1, pages * 64));
            EXPECT(!reel_temp_resize(&temp, block, pages * 64, pages * 64 + 1));
        }
    }
}

static void expect_no_page_to_spare(void)
{
    const size_t used = reel_temp_used(&temp);
    EXPECT_EQUAL(reel_temp_committed(&temp), (used + 63) / 64 * 64);
}

// At every moment, that is after every call.
static void a_strict_temp_has_no_page_to_spare(void)
{
    for (size_t step = 64; step <= 256; step += 64) {
        limited_temp(step, true, 16);
        const reel_mark mark = reel_temp_mark(&temp);
        void *const block = reel_temp_alloc(&temp, 1, 1);
        expect_no_page_to_spare();
        EXPECT(reel_temp_resize(&temp, block, 1, 200));
        expect_no_page_to_spare();
        EXPECT(reel_temp_resize(&temp, block, 200, 100));
        expect_no_page_to_spare();
        EXPECT(reel_temp_realloc(&temp, block, 100, 10, 1) == block);
        expect_no_page_to_spare();
        void *const other = reel_temp_alloc_shared(&temp, 300, 1);
        expect_no_page_to_spare();
        EXPECT_EQUAL(reel_temp_free(&temp, other, 300), REEL_OK);
        expect_no_page_to_spare();
        EXPECT_EQUAL(reel_temp_rewind(&temp, mark), REEL_OK);
        expect_no_page_to_spare();
        EXPECT(reel_temp_is_valid(&temp));
    }
}

static reel_status reserved;
static size_t taken_in_the_handler;

static void reserve_in_a_handler(void)
{
    reserved = reel_temp_reserve(&temp, 1);
}

static void take_eights(void)
{
    taken_in_the_handler = 0;
    while (reel_temp_alloc_shared(&temp, 8, 1) != NULL) {
        taken_in_the_handler++;
    }
}

// A request for 0 bytes has 1.
static void take_nothings(void)
{
    taken_in_the_handler = 0;
    while (reel_temp_alloc_shared(&temp, 0, 1) != NULL) {
        taken_in_the_handler++;
    }
}

static void what_is_reserved_is_there_for_a_handler(void)
{
    limited_temp(64, false, 6);
    EXPECT(reel_temp_alloc(&temp, 60, 1) != NULL);
    test_interrupt(reserve_in_a_handler);
    EXPECT_EQUAL(reserved, REEL_BUSY);
    EXPECT_EQUAL(reel_temp_reserve(&temp, 0), REEL_OK);
    EXPECT_EQUAL(reel_temp_reserve(&temp, 4), REEL_OK);
    EXPECT_EQUAL(reel_temp_committed(&temp), 64);
    EXPECT_EQUAL(reel_temp_reserve(&temp, 5), REEL_OK);
    EXPECT_EQUAL(reel_temp_committed(&temp), 128);
    EXPECT_EQUAL(reel_temp_reserve(&temp, 6 * 64 - 59), REEL_PORT_FAILED);
    EXPECT_EQUAL(reel_temp_reserve(&temp, 1024 - 59), REEL_NO_MEMORY);
    EXPECT_EQUAL(reel_temp_reserve(&temp, SIZE_MAX), REEL_NO_MEMORY);
    EXPECT_EQUAL(reel_temp_committed(&temp), 128);
    EXPECT_EQUAL(reel_temp_stats(&temp).failures, 0);
    EXPECT_EQUAL(reel_temp_reserve(&temp, 6 * 64 - 60), REEL_OK);
    test_interrupt(take_eights);
    EXPECT_EQUAL(taken_in_the_handler, (6 * 64 - 60) / 8);
    test_interrupt(take_nothings);
    EXPECT_EQUAL(taken_in_the_handler, 4); // up to the frontier
    EXPECT(reel_temp_is_valid(&temp));
}

// ---- marks, trim, strict, deinit -------------------------------------------

static void snapshots_are_checked(void)
{
    reel_temp other;
    fresh_temp(4, NULL);
    open_source(memory, PAGE);
    EXPECT_EQUAL(reel_temp_init(&other, memory, 4 * PAGE, &src.pages, NULL),
                 REEL_OK);
    fresh_temp(8, NULL);
    (void)reel_temp_alloc(&temp, 10, 1);
    const reel_mark outer = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 100, 1);
    const reel_mark inner = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 100, 1);
    EXPECT_EQUAL(reel_temp_rewind(&temp, outer), REEL_OK);
    EXPECT_EQUAL(reel_temp_used(&temp), 10);
    EXPECT_EQUAL(reel_temp_rewind(&temp, inner), REEL_STALE);
    reel_mark future = reel_temp_mark(&temp);
    future.position++;
    EXPECT_EQUAL(reel_temp_rewind(&temp, future), REEL_STALE);
    EXPECT_EQUAL(reel_temp_rewind(&temp, reel_temp_mark(&other)), REEL_FOREIGN);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    EXPECT_EQUAL(reel_temp_rewind(&temp, outer), REEL_STALE);
    EXPECT(reel_temp_used(&temp) == 0 && agrees());
}

static void trim_gives_back_all_that_is_unused(void)
{
    fresh_temp(8, &pages_of_2);
    (void)reel_temp_alloc(&temp, PAGE + 1, 1);
    const reel_mark mark = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 4 * PAGE, 1);
    EXPECT_EQUAL(src.committed, 6 * PAGE);
    EXPECT_EQUAL(reel_temp_rewind(&temp, mark), REEL_OK);
    EXPECT(src.committed == 6 * PAGE && src.decommits == 0);
    EXPECT_EQUAL(reel_temp_trim(&temp), REEL_OK);
    EXPECT(src.committed == 2 * PAGE && src.decommits == 1);
    EXPECT_EQUAL(reel_temp_trim(&temp), REEL_OK);
    EXPECT(src.decommits == 1 && agrees());
    // From a frontier that is no whole step, the next one is a whole step again.
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    (void)reel_temp_alloc(&temp, 1, 1);
    EXPECT(reel_temp_trim(&temp) == REEL_OK && src.committed == PAGE);
    (void)reel_temp_alloc(&temp, PAGE, 1);
    EXPECT(src.committed == 2 * PAGE && agrees());
}

static void a_strict_temp_gives_back_at_every_rewind_and_reset(void)
{
    fresh_temp(8, &strict);
    (void)reel_temp_alloc(&temp, 10, 1);
    const reel_mark mark = reel_temp_mark(&temp);
    for (int i = 0; i < 3; i++) {
        (void)reel_temp_alloc(&temp, 4 * PAGE, 1);
        EXPECT_EQUAL(src.committed, 5 * PAGE);
        EXPECT_EQUAL(reel_temp_rewind(&temp, mark), REEL_OK);
        EXPECT(src.committed == PAGE && agrees());
    }
    const reel_mark none = { NULL, 0, 0 };
    EXPECT_EQUAL(reel_temp_rewind(&temp, none), REEL_FOREIGN);
    EXPECT_EQUAL(src.committed, PAGE);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    EXPECT(src.committed == 0 && agrees());
}

static void deinit_gives_everything_back_and_twice_is_harmless(void)
{
    fresh_temp(8, NULL);
    (void)reel_temp_alloc(&temp, 3 * PAGE, 1);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    (void)reel_temp_alloc(&temp, PAGE, 1);
    const reel_mark mark = reel_temp_mark(&temp);
    for (int i = 0; i < 2; i++) {
        EXPECT_EQUAL(reel_temp_dispose(&temp), REEL_OK);
        EXPECT(src.committed == 0 && temp.estimate == 0 && agrees());
        EXPECT_EQUAL(reel_temp_used(&temp), 0);
        EXPECT_EQUAL(reel_temp_rewind(&temp, mark), REEL_STALE);
    }
    EXPECT_EQUAL(src.decommits, 1);
    EXPECT_EQUAL(reel_temp_peak(&temp), 3 * PAGE);
    bottom = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 5 * PAGE, 1);
    EXPECT_EQUAL(reel_temp_rewind(&temp, bottom), REEL_OK);
    EXPECT_EQUAL(reel_temp_dispose(&temp), REEL_OK);
    EXPECT_EQUAL(reel_temp_peak(&temp),
                 5 * PAGE); // the peak, not what is used
    EXPECT_EQUAL(temp.last_high, 0);
    EXPECT_EQUAL(reel_temp_alloc(&temp, 1, 1),
                 memory); // and it can start again
}

// A context that looks during a decommit finds the memory gone already.
static void look_at_the_frontier(void)
{
    EXPECT_EQUAL(reel_temp_committed(&temp), PAGE);
    EXPECT(!reel_temp_is_committed(&temp, memory + PAGE));
}

static void a_lower_frontier_is_published_before_the_hook(void)
{
    fresh_temp(8, NULL);
    const reel_mark mark = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 10, 1);
    (void)reel_temp_alloc(&temp, 4 * PAGE, 1);
    EXPECT(reel_temp_is_committed(&temp, memory + 5 * PAGE - 1));
    EXPECT_EQUAL(reel_temp_rewind(&temp, mark), REEL_OK);
    (void)reel_temp_alloc(&temp, 10, 1);
    src.during_decommit = look_at_the_frontier;
    EXPECT(reel_temp_trim(&temp) == REEL_OK && src.decommits == 1);
}

// A step that no sum with it may overflow, larger than any range.
static void a_huge_step_commits_the_whole_range(void)
{
    const size_t huge = SIZE_MAX / PAGE * PAGE;
    for (uint16_t i = 0; i < 9; i++) {
        const uint16_t window = i / 3;
        const reel_temp_policy all = { huge, 0, 1, 64, 1024, false, window };
        if (i % 3 == 0) {
            fresh_temp(8, &all);
        }
        EXPECT_EQUAL(reel_temp_alloc(&temp, 1, 1), memory);
        EXPECT_EQUAL(src.committed, 8 * PAGE);
        EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
        EXPECT(src.committed == 8 * PAGE && agrees());
    }
    open_source(memory, SIZE_MAX / 2 + 1); // pages too large for 16 of them
    reel_temp never;
    EXPECT_EQUAL(reel_temp_init(&never, (void *)(SIZE_MAX / 2 + 1),
                                SIZE_MAX / 2 + 1, &src.pages, NULL),
                 REEL_INVALID); // the range would end at the last address
}

static void a_block_of_0_bytes_can_grow_past_the_frontier(void)
{
    fresh_temp(4, NULL);
    (void)reel_temp_alloc(&temp, PAGE - 1, 1);
    unsigned char *const last = reel_temp_alloc(&temp, 0, 1);
    EXPECT(reel_temp_resize(&temp, last, 0, PAGE));
    EXPECT(src.committed == 2 * PAGE && reel_temp_used(&temp) == 2 * PAGE - 1);
}

static void a_temp_that_was_never_initialised_is_not_valid(void)
{
    static const reel_temp never;
    EXPECT(!reel_temp_is_valid(&never));
}

static void the_peak_outlives_resets(void)
{
    fresh_temp(8, NULL);
    (void)reel_temp_alloc(&temp, 200, 1);
    EXPECT_EQUAL(reel_temp_peak(&temp), 200);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    (void)reel_temp_alloc(&temp, 50, 1);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    EXPECT(reel_temp_alloc(&temp, 8 * PAGE + 1, 1) == NULL);
    const reel_stats stats = reel_temp_stats(&temp);
    EXPECT(stats.used == 0 && stats.peak == 200);
    EXPECT(stats.failures == 1 && stats.largest_refused == 8 * PAGE + 1);
}

static void an_address_is_located(void)
{
    fresh_temp(4, NULL);
    (void)reel_temp_alloc(&temp, 100, 1);
    (void)reel_temp_reset(&temp);
    (void)reel_temp_alloc(&temp, 10, 1);
    size_t offset = 0;
    EXPECT_EQUAL(reel_temp_locate(&temp, memory + 9, &offset), REEL_TEMP_LIVE);
    EXPECT_EQUAL(offset, 9);
    EXPECT_EQUAL(reel_temp_locate(&temp, memory + 10, &offset),
                 REEL_TEMP_FREED);
    EXPECT_EQUAL(reel_temp_locate(&temp, memory + 99, &offset),
                 REEL_TEMP_FREED);
    EXPECT_EQUAL(reel_temp_locate(&temp, memory + 100, NULL), REEL_TEMP_UNUSED);
    EXPECT_EQUAL(reel_temp_locate(&temp, memory + 4 * PAGE - 1, &offset),
                 REEL_TEMP_UNUSED);
    EXPECT_EQUAL(offset, 4 * PAGE - 1);
    EXPECT_EQUAL(reel_temp_locate(&temp, memory + 4 * PAGE, &offset),
                 REEL_TEMP_BEYOND);
    EXPECT_EQUAL(offset, 4 * PAGE);
    EXPECT_EQUAL(reel_temp_locate(&temp, memory + 5 * PAGE - 1, &offset),
                 REEL_TEMP_BEYOND);
    EXPECT_EQUAL(reel_temp_locate(&temp, memory + 5 * PAGE, &offset),
                 REEL_TEMP_ELSEWHERE);
    EXPECT_EQUAL(reel_temp_locate(&temp, memory - 1, &offset),
                 REEL_TEMP_ELSEWHERE);
    EXPECT_EQUAL(reel_temp_locate(&temp, NULL, NULL), REEL_TEMP_ELSEWHERE);
    static const reel_temp never; // a handler may come before init
    EXPECT_EQUAL(reel_temp_locate(&never, memory, NULL), REEL_TEMP_ELSEWHERE);
    for (reel_temp_state s = REEL_TEMP_ELSEWHERE; s <= REEL_TEMP_BEYOND; s++) {
        EXPECT(reel_temp_state_name(s)[0] != '\0');
    }
}

// ---- interrupts ------------------------------------------------------------

static void *taken;

static void take_little(void)
{
    taken = reel_temp_alloc_shared(&temp, 1, 1);
}

static void take_a_page(void)
{
    taken = reel_temp_alloc_shared(&temp, PAGE, 1);
}

static void try_what_a_thread_may(void)
{
    EXPECT_EQUAL(reel_temp_rewind(&temp, bottom), REEL_BUSY);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_BUSY);
    EXPECT_EQUAL(reel_temp_trim(&temp), REEL_BUSY);
    EXPECT_EQUAL(reel_temp_dispose(&temp), REEL_BUSY);
    EXPECT(reel_temp_alloc(&temp, PAGE, 1) == NULL);
    EXPECT(!reel_temp_resize(&temp, memory, 10, PAGE + 1));
}

static void an_interrupt_gets_committed_memory_and_never_commits(void)
{
    fresh_temp(4, NULL);
    (void)reel_temp_alloc(&temp, 10, 1);
    bottom = reel_temp_mark(&temp);
    test_interrupt(take_little);
    EXPECT_EQUAL(taken, memory + 10);
    test_interrupt(take_a_page);
    EXPECT(taken == NULL);
    const size_t used = reel_temp_used(&temp);
    test_interrupt(try_what_a_thread_may);
    EXPECT(src.commits == 1 && reel_temp_used(&temp) == used && agrees());
    EXPECT_EQUAL(reel_temp_rewind(&temp, bottom), REEL_OK);
}

static void interrupt_with_little(void)
{
    test_interrupt(take_little);
}

static void interrupt_with_a_page(void)
{
    test_interrupt(take_a_page);
}

static void an_interrupt_inside_the_commit_hook_neither_waits_nor_enters(void)
{
    fresh_temp(8, NULL);
    (void)reel_temp_alloc(&temp, 10, 1);
    src.during_commit = interrupt_with_a_page;
    EXPECT_EQUAL(reel_temp_alloc_shared(&temp, PAGE, 1), memory + 10);
    EXPECT(taken == NULL); // it would have had to commit
    src.during_commit = interrupt_with_little;
    void *const block = reel_temp_alloc_shared(&temp, 2 * PAGE, 1);
    EXPECT_EQUAL(taken, memory + 10 + PAGE); // from what was committed already
    EXPECT_EQUAL(block,
                 memory + 11 + PAGE); // so the interrupted one came behind
    EXPECT(agrees());
}

// ---- the estimate ----------------------------------------------------------

// Written from the statement at the top of temp.h, in 64 bits.
typedef struct estimate_model {
    uint64_t e, p, committed, step, range, limit;
    uint64_t contraction, expansion, fast;
} estimate_model;

static uint64_t up(uint64_t n, uint64_t unit)
{
    return (n + unit - 1) / unit * unit;
}

static uint64_t s_of(uint64_t d, uint64_t k)
{
    const uint64_t s = d < 1048576 ? d * k / 1024 : d / 1024 * k;
    return s > 1 ? s : 1;
}

static void model_frame(estimate_model *m, uint64_t h)
{
    const uint64_t need = up(h, m->step) < m->range ? up(h, m->step) : m->range;
    const uint64_t c = up(m->e + m->step, m->step);
    const uint64_t most = h > m->p ? h : m->p;
    const uint64_t a = h / 2 + m->p / 2;
    m->committed = h > m->committed ? need : m->committed;
    if (m->e == 0) {
        m->e = h;
    } else if (h > m->e && h > c && m->p > c) {
        m->e += s_of(most - m->e, m->fast);
    } else if (h > m->e && a > m->e) {
        m->e += s_of(a - m->e, m->expansion);
    } else if (h < m->e) {
        m->e -= s_of(m->e - h, m->contraction);
    }
    m->p = h;
    const uint64_t keep = up(m->e + m->step, m->step);
    if (m->committed > keep) {
        const uint64_t surplus = m->committed - keep;
        m->committed -=
            m->limit != 0 && m->limit < surplus ? m->limit : surplus;
    }
}

static uint32_t seed;

static size_t slow_growth(size_t i)
{
    return 1000 + 37 * i;
}

static size_t spikes(size_t i)
{
    return (i % 50 < 2 ? 400000 : 9000) + test_below(&seed, 500);
}

static size_t idle_after_work(size_t i)
{
    return i < 20 ? 3000000 : i % 7;
}

static size_t anything(size_t i)
{
    (void)i;
    return (size_t)test_random(&seed) >> test_below(&seed, 24);
}

static size_t large(size_t i)
{
    return (i % 100 < 60 ? 90000000 : 2000000) + 4096 * test_below(&seed, 999);
}

// A thousand frames over a range that no test touches: allocation alone does not.
static void compare_frames(size_t (*high)(size_t),
                           const reel_temp_policy *policy)
{
    const size_t range = (size_t)1 << 27;
    open_source((void *)(uintptr_t)0x10000000, 256);
    EXPECT_EQUAL(reel_temp_init(&temp, src.start, range, &src.pages, policy),
                 REEL_OK);
    estimate_model m = { 0, 0, 0, temp.step, range, 0, 0, 0, 0 };
    m.limit = up(policy->decommit_limit, 256);
    m.contraction = policy->contraction;
    m.expansion = policy->expansion;
    m.fast = policy->fast_expansion;
    for (size_t i = 0; i < 1000; i++) {
        const size_t h = high(i);
        if (h > 0) {
            EXPECT(reel_temp_alloc(&temp, h, 1) != NULL);
        }
        EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
        model_frame(&m, h);
        EXPECT_EQUAL(temp.estimate, m.e);
        EXPECT_EQUAL(reel_temp_committed(&temp), m.committed);
        EXPECT(agrees());
    }
}

static void compare_all(void (*compare)(size_t (*high)(size_t),
                                        const reel_temp_policy *policy),
                        const reel_temp_policy *policies, size_t count)
{
    static size_t (*const workloads[])(size_t) = {
        slow_growth, spikes, idle_after_work, anything, large,
    };
    if (REEL_POISON || REEL_WATCH) {
        tap_skip("these builds look at the memory");
        return;
    }
    seed = 1;
    for (size_t w = 0; w < sizeof workloads / sizeof workloads[0]; w++) {
        for (size_t p = 0; p < count; p++) {
            compare(workloads[w], &policies[p]);
        }
    }
}

static void the_estimate_follows_the_formula(void)
{
    static const reel_temp_policy policies[] = {
        { 0, 0, 1, 64, 1024, false, 0 },
        { 4096, 0, 1, 64, 1024, false, 0 },
        { 768, 0, 1024, 1024, 0, false, 0 },
        { 65536, 5000, 100, 7, 512, false, 0 },
        { 256, 256, 0, 0, 1, false, 0 },
    };
    compare_all(compare_frames, policies, sizeof policies / sizeof policies[0]);
}

static void a_spike_is_given_back_at_the_next_reset_or_bit_by_bit(void)
{
    const reel_temp_policy gentle = {
        PAGE, 2 * PAGE - 1, 1, 64, 1024, false, 0
    };
    fresh_temp(PAGES, NULL);
    (void)reel_temp_alloc(&temp, 1, 1);
    (void)reel_temp_reset(&temp);
    (void)reel_temp_alloc(&temp, 20 * PAGE, 1);
    (void)reel_temp_reset(&temp);
    EXPECT(src.committed < 20 * PAGE);

    fresh_temp(PAGES, &gentle);
    (void)reel_temp_alloc(&temp, 1, 1);
    (void)reel_temp_reset(&temp);
    (void)reel_temp_alloc(&temp, 20 * PAGE, 1);
    (void)reel_temp_reset(&temp);
    EXPECT_EQUAL(src.committed, 18 * PAGE); // the limit, in whole pages
    (void)reel_temp_reset(&temp);
    EXPECT(src.committed == 16 * PAGE && agrees());
}

// ---- the window ------------------------------------------------------------

// Written from the statement at the top of temp.h, and as naive as can be: the
// workload is played again from its first frame to see what was used when.
typedef struct window_model {
    size_t (*high)(size_t);
    uint32_t seed; // of the first frame
    uint64_t committed, step, range, limit, window;
} window_model;

// Over the frames up to `last`.
static uint64_t highest_of_two_windows(const window_model *m, size_t last)
{
    const size_t window = (size_t)m->window;
    uint64_t highest = 0;
    seed = m->seed;
    for (size_t i = 0; i <= last; i++) {
        const uint64_t h = m->high(i);
        if (i / window + 1 >= last / window && h > highest) {
            highest = h;
        }
    }
    return highest;
}

static void model_window_frame(window_model *m, size_t frame, uint64_t h)
{
    const uint64_t need = up(h, m->step) < m->range ? up(h, m->step) : m->range;
    const uint64_t e = highest_of_two_windows(m, frame);
    const uint64_t keep = up(e + m->step, m->step);
    m->committed = h > m->committed ? need : m->committed;
    if (m->committed - m->committed / 4 > keep) {
        const uint64_t surplus = m->committed - keep;
        m->committed -=
            m->limit != 0 && m->limit < surplus ? m->limit : surplus;
    }
}

// Half of the frames end with a reset, the others with a rewind to the start.
static void finish_frame(uint32_t *random, reel_mark start)
{
    if (test_below(random, 2) == 0
        && reel_temp_rewind(&temp, start) == REEL_OK) {
        return;
    }
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
}

static void compare_windows(size_t (*high)(size_t),
                            const reel_temp_policy *policy)
{
    const size_t range = (size_t)1 << 27;
    uint32_t random = 3;
    open_source((void *)(uintptr_t)0x10000000, 256);
    EXPECT_EQUAL(reel_temp_init(&temp, src.start, range, &src.pages, policy),
                 REEL_OK);
    window_model m = { high, seed, 0, temp.step, range, 0, policy->window };
    m.limit = up(policy->decommit_limit, 256);
    for (size_t i = 0; i < 300; i++) {
        const size_t h = high(i);
        const reel_mark start = reel_temp_mark(&temp);
        EXPECT(h == 0 || reel_temp_alloc(&temp, h, 1) != NULL);
        finish_frame(&random, start);
        model_window_frame(&m, i, h);
        EXPECT_EQUAL(reel_temp_committed(&temp), m.committed);
        EXPECT(agrees());
    }
}

static void the_window_follows_the_formula(void)
{
    static const reel_temp_policy policies[] = {
        { 0, 0, 1, 64, 1024, false, 1 },
        { 4096, 0, 1, 64, 1024, false, 7 },
        { 768, 0, 0, 0, 0, false, 30 },
        { 65536, 5000, 1, 64, 1024, false, 3 },
        { 256, 0, 1, 64, 1024, false, 65535 },
    };
    compare_all(compare_windows, policies,
                sizeof policies / sizeof policies[0]);
}

static void fresh_window(uint16_t window)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    policy.window = window;
    fresh_temp(PAGES, &policy);
}

static void use_pages(size_t pages)
{
    EXPECT_EQUAL(reel_temp_alloc(&temp, pages * PAGE, 1), memory);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
}

// Frames of a page each until memory is given back, the frame included in which
// that happens.
static size_t count_frames_until_given_back(size_t most)
{
    const size_t decommits = src.decommits;
    for (size_t frames = 1; frames <= most; frames++) {
        (void)reel_temp_alloc(&temp, PAGE, 1);
        (void)reel_temp_reset(&temp);
        if (src.decommits > decommits) {
            return frames;
        }
    }
    return 0;
}

static void a_spike_is_given_back_after_two_windows_and_not_before(void)
{
    static const uint16_t windows[] = { 1, 2, 7, 64 };
    for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
        const size_t window = windows[i];
        for (size_t before = 0; before < window; before++) {
            fresh_window(windows[i]);
            EXPECT_EQUAL(count_frames_until_given_back(before), 0);
            use_pages(20);
            EXPECT_EQUAL(src.committed, 20 * PAGE);
            const size_t rest = window - before - 1;
            EXPECT_EQUAL(count_frames_until_given_back(1000),
                         rest + window + 1);
            EXPECT(src.committed == 2 * PAGE && agrees());
            EXPECT(src.commits == 1 + (before > 0));
        }
    }
}

static void the_longest_window_is_counted_to_its_end(void)
{
    fresh_window(UINT16_MAX);
    use_pages(20);
    EXPECT_EQUAL(count_frames_until_given_back(200000), 2 * (size_t)UINT16_MAX);
    EXPECT(src.committed == 2 * PAGE && agrees());
}

// Of 24 pages a quarter are 6: 18, that is 17 and one to spare, are left alone.
static void a_load_that_swings_by_a_quarter_calls_no_hook(void)
{
    fresh_window(3);
    use_pages(24);
    for (size_t i = 0; i < 100; i++) {
        use_pages(i % 20 == 0 ? 24 : 17);
    }
    EXPECT(src.commits == 1 && src.decommits == 0);
    use_pages(25);
    for (size_t i = 0; i < 7; i++) {
        use_pages(17);
    }
    EXPECT(src.commits == 2 && src.decommits == 1);
    EXPECT(src.committed == 18 * PAGE && agrees());
}

static void a_window_begins_with_nothing(void)
{
    fresh_window(7);
    EXPECT_EQUAL(reel_temp_reserve(&temp, 20 * PAGE), REEL_OK);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK); // no byte of it was used
    EXPECT(src.committed == PAGE && agrees());     // the spare step
}

static void a_rewind_to_nothing_ends_a_frame_and_no_other_does(void)
{
    fresh_window(1);
    const reel_mark start = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, PAGE, 1);
    const reel_mark inner = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 19 * PAGE, 1);
    for (int i = 0; i < 9; i++) {
        EXPECT_EQUAL(reel_temp_rewind(&temp, inner), REEL_OK);
    }
    EXPECT_EQUAL(src.decommits, 0);
    EXPECT_EQUAL(reel_temp_rewind(&temp, start), REEL_OK); // used 20
    EXPECT_EQUAL(reel_temp_rewind(&temp, start), REEL_OK); // used nothing
    EXPECT_EQUAL(src.decommits, 0);
    EXPECT_EQUAL(reel_temp_rewind(&temp, inner), REEL_STALE);
    EXPECT_EQUAL(src.decommits, 0);
    EXPECT_EQUAL(reel_temp_rewind(&temp, start), REEL_OK);
    EXPECT(src.decommits == 1 && src.committed == PAGE && agrees());
    EXPECT_EQUAL(reel_temp_peak(&temp), 20 * PAGE);

    fresh_temp(PAGES, NULL);
    const reel_mark again = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 1, 1);
    (void)reel_temp_reset(&temp);
    EXPECT_EQUAL(reel_temp_rewind(&temp, again), REEL_STALE);
    const reel_mark empty = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 20 * PAGE, 1);
    EXPECT_EQUAL(reel_temp_rewind(&temp, empty), REEL_OK);
    EXPECT(src.decommits == 0 && temp.last_high == 1);
}

static void a_strict_temp_gives_back_at_once_whatever_its_window(void)
{
    reel_temp_policy policy = strict;
    policy.window = 9;
    fresh_temp(PAGES, &policy);
    const reel_mark start = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 10, 1);
    const reel_mark mark = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 4 * PAGE, 1);
    EXPECT_EQUAL(reel_temp_rewind(&temp, mark), REEL_OK);
    EXPECT(src.committed == PAGE && agrees());
    EXPECT_EQUAL(reel_temp_rewind(&temp, start), REEL_OK);
    EXPECT(src.committed == 0 && agrees());
    (void)reel_temp_alloc(&temp, 4 * PAGE, 1);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    EXPECT(src.committed == 0 && agrees());
}

static void a_trim_does_not_forget_the_window_and_deinit_does(void)
{
    fresh_window(4);
    use_pages(20);
    EXPECT_EQUAL(reel_temp_trim(&temp), REEL_OK);
    EXPECT(src.committed == 0 && agrees());
    (void)reel_temp_alloc(&temp, 20 * PAGE, 1); // as the window says: it stays
    (void)reel_temp_reset(&temp);
    EXPECT_EQUAL(count_frames_until_given_back(100), 2 + 4 + 1);

    fresh_window(4);
    for (int i = 0; i < 5; i++) {
        use_pages(20);
    }
    EXPECT_EQUAL(reel_temp_dispose(&temp), REEL_OK);
    EXPECT(temp.last_high == 0 && temp.estimate == 0);
    use_pages(12);
    EXPECT_EQUAL(count_frames_until_given_back(100), 3 + 4 + 1);
}

static void a_commit_refused_after_a_spike_leaves_the_window_as_it_was(void)
{
    fresh_window(2);
    use_pages(20);
    EXPECT_EQUAL(count_frames_until_given_back(100), 1 + 2 + 1);
    src.refuse_at = src.commits + 1;
    const reel_temp before = temp;
    EXPECT(reel_temp_alloc(&temp, 20 * PAGE, 1) == NULL);
    EXPECT(same_temp(&temp, &before) && temp.frame == before.frame);
    use_pages(20);
    EXPECT(src.committed == 20 * PAGE && agrees());
    EXPECT_EQUAL(count_frames_until_given_back(100),
                 2 + 1); // it came last in its own
}

// ---- static instances ------------------------------------------------------

REEL_ALWAYS_DEFINE(plain, 64, SIZE_MAX);
REEL_TEMP_DEFINE(static_temp, 256, 64, plain, 128);

static void a_static_temp_needs_no_init(void)
{
    EXPECT(reel_temp_is_valid(&static_temp));
    EXPECT_EQUAL(reel_temp_available(&static_temp), 256);
    unsigned char *const block = reel_temp_alloc(&static_temp, 130, 0);
    EXPECT_EQUAL(reel_temp_committed(&static_temp), 256);
    reel_temp same;
    EXPECT_EQUAL(reel_temp_init(&same, block, 256, &plain.pages, NULL),
                 REEL_OK);
    EXPECT_EQUAL(same.stack.base, static_temp.stack.base);
    EXPECT_EQUAL(same.stack.end, static_temp.stack.end);
    EXPECT_EQUAL(same.contraction, static_temp.contraction);
    EXPECT_EQUAL(same.expansion, static_temp.expansion);
    EXPECT_EQUAL(same.fast_expansion, static_temp.fast_expansion);
    EXPECT_EQUAL(same.decommit_limit, static_temp.decommit_limit);
    EXPECT_EQUAL(same.window, static_temp.window);
    EXPECT_EQUAL(same.frame, static_temp.frame);
    EXPECT_EQUAL(same.strict, static_temp.strict);
    EXPECT_EQUAL(reel_temp_reset(&static_temp), REEL_OK);
}

const test_case temp_tests[] = {
    TEST(a_zeroed_block_of_used_memory_is_zero),
    TEST(memory_is_committed_in_steps_as_blocks_need_it),
    TEST(the_last_partial_step_is_usable),
    TEST(a_step_is_any_number_of_pages),
    TEST(the_default_step_is_a_page_or_16_of_a_system),
    TEST(blocks_are_usable_and_aligned),
    TEST(a_pinned_block_that_ends_at_the_frontier_may_stay),
    TEST(a_block_grows_into_memory_that_is_committed_for_it),
    TEST(a_commit_refused_at_any_call_changes_nothing),
    TEST(sizes_near_the_top_do_not_wrap),
    TEST(misuse_is_reported_and_changes_nothing),
    TEST(ranges_and_policies_that_cannot_be_are_invalid),
    TEST(snapshots_are_checked),
    TEST(trim_gives_back_all_that_is_unused),
    TEST(a_step_that_is_refused_does_not_refuse_what_fits),
    TEST(a_strict_temp_has_no_page_to_spare),
    TEST(what_is_reserved_is_there_for_a_handler),
    TEST(a_strict_temp_gives_back_at_every_rewind_and_reset),
    TEST(deinit_gives_everything_back_and_twice_is_harmless),
    TEST(a_lower_frontier_is_published_before_the_hook),
    TEST(a_huge_step_commits_the_whole_range),
    TEST(a_block_of_0_bytes_can_grow_past_the_frontier),
    TEST(a_temp_that_was_never_initialised_is_not_valid),
    TEST(the_peak_outlives_resets),
    TEST(an_address_is_located),
    TEST(an_interrupt_gets_committed_memory_and_never_commits),
    TEST(an_interrupt_inside_the_commit_hook_neither_waits_nor_enters),
    TEST(the_estimate_follows_the_formula),
    TEST(a_spike_is_given_back_at_the_next_reset_or_bit_by_bit),
    TEST(the_window_follows_the_formula),
    TEST(a_spike_is_given_back_after_two_windows_and_not_before),
    TEST(a_window_begins_with_nothing),
    TEST(the_longest_window_is_counted_to_its_end),
    TEST(a_load_that_swings_by_a_quarter_calls_no_hook),
    TEST(a_rewind_to_nothing_ends_a_frame_and_no_other_does),
    TEST(a_strict_temp_gives_back_at_once_whatever_its_window),
    TEST(a_trim_does_not_forget_the_window_and_deinit_does),
    TEST(a_commit_refused_after_a_spike_leaves_the_window_as_it_was),
    TEST(a_static_temp_needs_no_init),
    END_OF_TESTS,
};
