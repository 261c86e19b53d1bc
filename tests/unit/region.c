// SPDX-License-Identifier: MIT
#include "pool_rig.h"

#define PAGE 64u

static reel_region region;

static size_t used(void)
{
    return reel_pool_used_pages(the_pool());
}

static void *alloc(size_t size, size_t align)
{
    return reel_region_alloc(&region, size, align);
}

static void open_it(reel_region *it)
{
    EXPECT_EQUAL(reel_region_open(it, the_pool()), REEL_OK);
    EXPECT(reel_region_is_open(it) && reel_region_is_valid(it));
}

static void close_it(reel_region *it)
{
    EXPECT_EQUAL(reel_region_close(it), REEL_OK);
    EXPECT(!reel_region_is_open(it) && reel_region_is_valid(it));
}

// A pool of pages, and a region that has the first of them.
static void fresh_region(size_t capacity, size_t pages)
{
    fresh_pool(capacity, PAGE, pages);
    open_it(&region);
    EXPECT(used() == 1 && region.next == (uintptr_t)page_in(0, 0));
}

// Large objects of open regions are all that the backing has beside the chunks.
static bool agrees_but_for(size_t large)
{
    return reel_region_is_valid(&region) && pool_agrees_but_for(large);
}

static bool agrees(void)
{
    return agrees_but_for(0);
}

static reel_stats stats(void)
{
    return reel_region_stats(&region);
}

// The region, but for the count of refusals.
static bool is_as(const reel_region *before)
{
    return region.next == before->next && region.end == before->end
           && region.pool == before->pool && region.newest == before->newest
           && region.oldest == before->oldest && region.pages == before->pages
           && region.large == before->large
           && region.large_size == before->large_size
           && region.entry == before->entry;
}

// ---- examples ----------------------------------------------------------------

static void blocks_lie_one_behind_the_other_on_pages(void)
{
    fresh_region(2, 2);
    unsigned char *const page = page_in(0, 0);
    EXPECT_EQUAL(alloc(3, 1), page);
    EXPECT_EQUAL(alloc(4, 4), page + 4);
    EXPECT_EQUAL(alloc(1, 0), page + REEL_ALIGN_DEFAULT);
    EXPECT_EQUAL(alloc(PAGE - REEL_ALIGN_DEFAULT - 1, 1),
                 page + REEL_ALIGN_DEFAULT + 1);
    EXPECT_EQUAL(used(), 1); // exactly full
    EXPECT(alloc(1, 1) == page + PAGE && used() == 2);
    EXPECT(alloc(PAGE, 0) == page_in(1, 0) && used() == 3);
    EXPECT(region.pages == 3 && agrees());
    close_it(&region);
    EXPECT(used() == 0 && reel_pool_chunks(the_pool()) == 2 && agrees());
}

static void a_page_of_its_own_for_a_block_of_a_page(void)
{
    fresh_region(4, 2);
    for (size_t i = 0; i < 8; i++) {
        EXPECT_EQUAL(alloc(PAGE, 1), page_in(i / 2, i % 2));
        EXPECT_EQUAL(used(), i + 1);
    }
    EXPECT(alloc(1, 1) == NULL && agrees() && used() == 8);
    close_it(&region);
    EXPECT(agrees() && used() == 0);
}

static void closing_puts_all_pages_back_the_newest_on_top(void)
{
    reel_region other;
    fresh_region(3, 3);
    open_it(&other);
    EXPECT_EQUAL(alloc(PAGE, 1), page_in(0, 0));
    EXPECT_EQUAL(alloc(PAGE, 1), page_in(0, 2));
    EXPECT_EQUAL(reel_region_alloc(&other, PAGE, 1), page_in(0, 1));
    EXPECT_EQUAL(alloc(PAGE, 1), page_in(1, 0));
    close_it(&region);
    EXPECT(used() == 1 && agrees());
    EXPECT(claims(1, 0) && claims(0, 2) && claims(0, 0) && claims(1, 1));
    release(1, 1);
    close_it(&other);
    EXPECT(claims(0, 1) && claims(1, 1) && claims(1, 2) && agrees());
}

static void thousands_of_regions_need_no_more_chunks_than_one(void)
{
    fresh_pool(3, PAGE, 2);
    uint32_t seed = 3;
    for (size_t cycle = 0; cycle < 3000; cycle++) {
        open_it(&region);
        const size_t pages = cycle == 0 ? 4 : 1 + test_below(&seed, 4);
        for (size_t i = 0; i < pages; i++) {
            EXPECT(alloc(PAGE, 1) != NULL);
        }
        EXPECT_EQUAL(used(), pages);
        close_it(&region);
        EXPECT(used() == 0 && reel_pool_chunks(the_pool()) == 2);
    }
    EXPECT(test_backing->calls == 4 && reel_pool_peak_pages(the_pool()) == 4
           && agrees());
}

static void regions_are_independent(void)
{
    reel_region inner, innermost;
    fresh_region(4, 2);
    unsigned char *const outer_block = alloc(40, 1);
    stamp(outer_block, 40, 1);
    open_it(&inner);
    unsigned char *const inner_block = reel_region_alloc(&inner, 50, 1);
    stamp(inner_block, 50, 2);
    open_it(&innermost);
    stamp(reel_region_alloc(&innermost, PAGE, 1), PAGE, 3);
    unsigned char *const later = alloc(30, 1); // of the outer one
    stamp(later, 30, 4);
    close_it(&innermost);
    EXPECT(is_stamped(inner_block, 50, 2) && used() == 3);
    close_it(&region); // not the innermost
    EXPECT(is_stamped(inner_block, 50, 2) && reel_region_is_valid(&inner));
    EXPECT_EQUAL(reel_region_alloc(&inner, 14, 1), inner_block + 50);
    close_it(&inner);
    EXPECT(used() == 0 && agrees());
}

// ---- pages at hand -------------------------------------------------------------

static reel_pool_cache cache;
static reel_pool_slot slots[2];

// A pool of pages, a cache of two, and in it so many of them: 0.0 on top.
static void fresh_cache(size_t capacity, size_t pages, size_t cached)
{
    reel_region other;
    fresh_pool(capacity, PAGE, pages);
    stamp(slots, sizeof slots, 0x5A);
    EXPECT_EQUAL(reel_pool_cache_init(&cache, the_pool(), slots, 2), REEL_OK);
    if (cached > 0) {
        EXPECT_EQUAL(reel_region_open_cached(&region, &cache), REEL_OK);
    }
    if (cached > 1) {
        EXPECT_EQUAL(reel_region_open_cached(&other, &cache), REEL_OK);
        EXPECT_EQUAL(reel_region_close(&other), REEL_OK);
    }
    if (cached > 0) {
        EXPECT_EQUAL(reel_region_close(&region), REEL_OK);
    }
    EXPECT(used() == cached && pool_agrees());
}

static void open_cached(void)
{
    EXPECT_EQUAL(reel_region_open_cached(&region, &cache), REEL_OK);
    EXPECT(reel_region_is_open(&region) && agrees());
    EXPECT(stats().used == 0 && stats().failures == 0);
    EXPECT_EQUAL(stats().largest_refused, 0);
}

static void close_cached(void)
{
    EXPECT_EQUAL(reel_region_close_cached(&region), REEL_OK);
    EXPECT(!reel_region_is_open(&region) && agrees());
    EXPECT_EQUAL(reel_region_close_cached(&region), REEL_CLOSED);
}

static void a_region_opens_on_the_page_that_the_last_one_left(void)
{
    fresh_cache(1, 2, 1);
    for (int i = 0; i < 3; i++) {
        open_cached();
        EXPECT(used() == 1 && alloc(PAGE, 1) == page_in(0, 0));
        close_cached();
        EXPECT_EQUAL(used(), 1);
    }
    EXPECT_EQUAL(reel_pool_release(the_pool(), page_in(0, 0)),
                 REEL_DOUBLE_FREE);
    reel_pool_cache_flush(&cache);
    EXPECT(used() == 0 && claims(0, 0));
}

static void a_cache_takes_the_newest_pages_and_the_pool_the_others(void)
{
    fresh_cache(2, 2, 0);
    open_cached();
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQUAL(alloc(PAGE, 1), page_in(i / 2, i % 2));
    }
    close_cached();
    EXPECT_EQUAL(used(), 2);
    open_cached();
    EXPECT(alloc(PAGE, 1) == page_in(1, 1) && used() == 2);
    EXPECT(alloc(PAGE, 1) == page_in(1, 0) && used() == 2);
    EXPECT(alloc(PAGE, 1) == page_in(0, 1) && used() == 3);
    EXPECT(alloc(PAGE, 1) == page_in(0, 0) && used() == 4 && agrees());
    EXPECT(reel_region_close(&region) == REEL_OK && used() == 2);
    reel_pool_cache_flush(&cache);
    EXPECT(used() == 0 && agrees());
}

static void a_full_cache_leaves_a_page_to_the_pool(void)
{
    reel_region others[2];
    fresh_cache(2, 2, 0);
    open_cached();
    for (size_t i = 0; i < 2; i++) {
        EXPECT_EQUAL(reel_region_open_cached(&others[i], &cache), REEL_OK);
    }
    for (size_t i = 0; i < 2; i++) {
        EXPECT_EQUAL(reel_region_close_cached(&others[i]), REEL_OK);
    }
    EXPECT_EQUAL(used(), 3);
    close_cached();
    EXPECT(used() == 2 && claims(0, 0));
    open_cached();
    EXPECT(alloc(PAGE, 1) == page_in(1, 0) && alloc(1, 1) == page_in(0, 1));
    close_cached();
}

// Though it still says that it has one page, and the cache has room by now.
static void a_region_closed_into_a_full_cache_stays_closed(void)
{
    reel_region other;
    fresh_cache(2, 2, 0);
    EXPECT_EQUAL(reel_pool_cache_init(&cache, the_pool(), slots, 1), REEL_OK);
    EXPECT_EQUAL(reel_region_open_cached(&region, &cache), REEL_OK);
    EXPECT_EQUAL(reel_region_open_cached(&other, &cache), REEL_OK);
    EXPECT_EQUAL(reel_region_close_cached(&other), REEL_OK);
    EXPECT_EQUAL(reel_region_close_cached(&region), REEL_OK);
    EXPECT_EQUAL(reel_region_open_cached(&other, &cache), REEL_OK);
    EXPECT_EQUAL(reel_region_close_cached(&region), REEL_CLOSED);
    EXPECT_EQUAL(reel_region_close_cached(&other), REEL_OK);
    reel_pool_cache_flush(&cache);
    EXPECT(used() == 0);
}

// Pages that were trimmed meanwhile, and come back elsewhere.
static void slots_do_not_remember_what_was_flushed(void)
{
    fresh_cache(1, 2, 1);
    reel_pool_cache_flush(&cache);
    EXPECT(reel_pool_trim(the_pool()) > 0);
    unsigned char *const before = (unsigned char *)slots[0].page;
    const size_t size = 2 * REEL_ALIGN_DEFAULT; // more than a gap
    void *const hole = reel_allocate(test_backing->allocator, size, 1);
    for (int i = 0; i < 2; i++) {
        EXPECT_EQUAL(reel_region_open_cached(&region, &cache), REEL_OK);
        EXPECT(page_in(0, 0) != before && alloc(1, 1) == page_in(0, 0));
        EXPECT_EQUAL(reel_region_close_cached(&region), REEL_OK);
    }
    reel_pool_cache_flush(&cache);
    EXPECT_EQUAL(reel_free(test_backing->allocator, hole, size), REEL_OK);
    EXPECT(used() == 0 && agrees());
}

// A page that comes back at the same place, in another chunk of the table.
static void slots_do_not_remember_a_number(void)
{
    fresh_cache(2, 1, 0);
    EXPECT(claims(0, 0));
    open_cached();
    unsigned char *const first_chunk = page_in(0, 0);
    unsigned char *const page = page_in(1, 0);
    EXPECT_EQUAL(alloc(1, 1), page);
    close_cached();
    reel_pool_cache_flush(&cache);
    release(0, 0);
    EXPECT(reel_pool_trim(the_pool()) > 0 && test_backing->held == 0);
    void *const gap =
        reel_allocate(test_backing->allocator, (size_t)(page - first_chunk), 1);
    for (int i = 0; i < 2; i++) {
        EXPECT_EQUAL(reel_region_open_cached(&region, &cache), REEL_OK);
        EXPECT(page_in(0, 0) == page && alloc(1, 1) == page);
        EXPECT(region.newest == 0 && reel_region_is_valid(&region));
        EXPECT_EQUAL(reel_region_close_cached(&region), REEL_OK);
    }
    reel_pool_cache_flush(&cache);
    EXPECT_EQUAL(
        reel_free(test_backing->allocator, gap, (size_t)(page - first_chunk)),
        REEL_OK);
    EXPECT(used() == 0 && agrees());
}

static void a_cached_region_may_have_more_than_pages(void)
{
    reel_registry registry;
    reel_registry_entry entry;
    const reel_handle none = REEL_NO_HANDLE;
    EXPECT_EQUAL(reel_registry_init(&registry, &entry, 1), REEL_OK);
    fresh_cache(1, 2, 1);
    stamp(&region, sizeof region, 0x5A);
    open_cached();
    EXPECT(alloc(SIZE_MAX, 1) == NULL && alloc(PAGE + 1, 1) != NULL);
    EXPECT(stats().failures == 1 && agrees_but_for(1));
    close_cached();
    stamp(&region, sizeof region, 0x5A);
    open_cached();
    EXPECT_EQUAL(reel_region_handle(&region).version, 0);
    EXPECT_EQUAL(reel_region_bind(&region, &registry, none), REEL_OK);
    EXPECT(stats().used == 0 && reel_registry_count(&registry) == 1);
    close_cached();
    EXPECT(reel_registry_count(&registry) == 0 && used() == 1);
}

static void any_region_may_be_closed_by_either(void)
{
    static const reel_region zeroed;
    fresh_cache(1, 2, 0);
    region = zeroed;
    EXPECT_EQUAL(reel_region_close_cached(&region), REEL_CLOSED);
    open_it(&region);
    EXPECT_EQUAL(alloc(1, 1), page_in(0, 0));
    close_cached();
    EXPECT(used() == 0 && cache.top == slots);
}

static void a_cache_without_pages_asks_the_pool(void)
{
    fresh_cache(1, 1, 1);
    open_cached();
    reel_region other;
    EXPECT_EQUAL(reel_region_open_cached(&other, &cache), REEL_NO_MEMORY);
    EXPECT(!reel_region_is_open(&other));
    EXPECT_EQUAL(reel_region_close_cached(&other), REEL_CLOSED);
    EXPECT_EQUAL(reel_region_open_cached(NULL, &cache), REEL_INVALID);
    EXPECT_EQUAL(reel_region_open_cached(&other, NULL), REEL_INVALID);
    EXPECT_EQUAL(reel_pool_cache_init(NULL, the_pool(), slots, 2),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_pool_cache_init(&cache, NULL, slots, 2), REEL_INVALID);
    EXPECT_EQUAL(reel_pool_cache_init(&cache, the_pool(), NULL, 2),
                 REEL_INVALID);
    EXPECT_EQUAL(reel_pool_cache_init(&cache, the_pool(), slots, 0),
                 REEL_INVALID);
    close_cached();
    EXPECT_EQUAL(used(), 1);
}

// ---- where a request goes --------------------------------------------------------

static void check_request(size_t size, size_t align)
{
    fresh_region(1, 2);
    const size_t page_align = REEL_ALIGN_DEFAULT;
    const size_t padding = align > page_align ? align - page_align : 0;
    unsigned char *const page = page_in(0, 0);
    const size_t gap = (0 - (uintptr_t)(page + 1)) & (align - 1);
    const bool is_here = 1 + gap + size <= PAGE;
    const bool may_not_fit = size > PAGE || padding > PAGE - size;
    EXPECT_EQUAL(alloc(1, 1), page);
    unsigned char *const block = alloc(size, align);
    EXPECT(block != NULL && (uintptr_t)block % align == 0);
    if (block == NULL) {
        return;
    }
    stamp(block, size, 9);
    if (is_here) {
        EXPECT(block == page + 1 + gap && agrees() && used() == 1);
    } else if (may_not_fit) {
        EXPECT(test_backing->bytes >= size && agrees_but_for(1) && used() == 1);
        EXPECT_EQUAL(region.large_size, size);
    } else {
        EXPECT(block >= page + PAGE && block + size <= page + 2 * PAGE);
        EXPECT(agrees() && used() == 2);
    }
    close_it(&region);
    EXPECT(agrees() && used() == 0);
}

static void every_size_and_alignment_is_served_where_it_fits(void)
{
    for (size_t align = 1; align <= 256; align *= 2) {
        for (size_t size = 1; size <= PAGE + 8; size++) {
            check_request(size, align);
        }
    }
}

static void large_objects_come_from_the_backing_and_go_at_the_close(void)
{
    fresh_region(1, 4);
    const size_t before = test_backing->bytes;
    unsigned char *const a = alloc(PAGE + 1, 1);
    EXPECT(a != NULL && test_backing->last.size == PAGE + 1);
    EXPECT_EQUAL(test_backing->last.align, 1);
    unsigned char *const b = alloc(3 * PAGE, 32);
    EXPECT(b != NULL && (uintptr_t)b % 32 == 0);
    EXPECT(test_backing->last.size == 3 * PAGE
           && test_backing->last.align == 32);
    stamp(a, PAGE + 1, 1);
    stamp(b, 3 * PAGE, 2);
    unsigned char *const c = alloc(8, 1);
    stamp(c, 8, 3);
    EXPECT(test_backing->bytes == before + 4 * PAGE + 1 && agrees_but_for(2));
    EXPECT_EQUAL(region.large_size, 4 * PAGE + 1);
    EXPECT(is_stamped(a, PAGE + 1, 1) && is_stamped(b, 3 * PAGE, 2));
    EXPECT(is_stamped(c, 8, 3));
    close_it(&region);
    EXPECT(test_backing->bytes == before && agrees());
    open_it(&region);
    close_it(&region);
    EXPECT(agrees());
}

// What is left of a page is not lost when a large request comes by.
static void the_page_with_more_room_left_stays_the_current_one(void)
{
    fresh_region(2, 2);
    EXPECT_EQUAL(alloc(16, 1), page_in(0, 0));
    EXPECT_EQUAL(alloc(56, 1), page_in(0, 1)); // leaves 8, the first page 48
    EXPECT_EQUAL(alloc(40, 1), page_in(0, 0) + 16);
    EXPECT_EQUAL(alloc(9, 1), page_in(1, 0)); // leaves 55, the first page 8
    EXPECT_EQUAL(alloc(55, 1), page_in(1, 0) + 9);
    EXPECT_EQUAL(alloc(PAGE, 1), page_in(1, 1)); // both leave nothing
    EXPECT(alloc(1, 1) == NULL && agrees());
    close_it(&region);
    EXPECT(used() == 0 && agrees());
}

static void a_large_object_leaves_the_current_page_as_it_was(void)
{
    fresh_region(2, 2);
    EXPECT_EQUAL(alloc(5, 1), page_in(0, 0));
    EXPECT(alloc(PAGE + 1, 1) != NULL);
    EXPECT_EQUAL(used(), 1);
    unsigned char *const next = alloc(1, 1); // behind a note
    EXPECT(next > page_in(0, 0) + 4 && next < page_in(0, 1));
    close_it(&region);
}

// ---- sizes and alignments at their limits ----------------------------------------

static void no_bytes_are_one_byte(void)
{
    fresh_region(1, 1);
    unsigned char *const a = alloc(0, 1);
    EXPECT(a == page_in(0, 0) && alloc(0, 1) == a + 1);
    EXPECT_EQUAL(alloc(0, 0), a + REEL_ALIGN_DEFAULT);
    unsigned char *const b = alloc(1, 1);
    EXPECT_EQUAL(reel_region_realloc(&region, b, 1, 0, 1), b);
    EXPECT_EQUAL(reel_region_realloc(&region, b, 0, 2, 1), b);
    EXPECT_EQUAL(alloc(1, 1), b + 2);
    EXPECT(reel_region_realloc(&region, NULL, 0, 0, 1) == b + 3 && agrees());
}

static void no_size_wraps(void)
{
    reel_region before;
    fresh_region(2, 2);
    void *const block = alloc(5, 1);
    before = region;
    size_t refusals = 0;
    for (size_t align = 0; align <= SIZE_MAX / 4; align = align * 2 + !align) {
        for (size_t less = 0; less <= 2 * PAGE; less += 1 + less / 3) {
            EXPECT(alloc(SIZE_MAX - less, align) == NULL);
            EXPECT(
                reel_region_realloc(&region, block, 5, SIZE_MAX - less, align)
                == NULL);
            refusals += 2;
        }
    }
    EXPECT(is_as(&before) && agrees());
    EXPECT(stats().failures == refusals && stats().largest_refused == SIZE_MAX);
    EXPECT(alloc(1, SIZE_MAX / 2 + 1) == NULL && is_as(&before) && agrees());
}

// ---- what cannot be had --------------------------------------------------------

static void a_pool_that_is_used_up_leaves_the_region_as_it_was(void)
{
    reel_region before;
    reel_region other;
    fresh_region(1, 2);
    open_it(&other);
    unsigned char *const a = alloc(40, 1);
    stamp(a, 40, 1);
    before = region;
    EXPECT(alloc(25, 1) == NULL && alloc(PAGE, 1) == NULL);
    EXPECT(is_as(&before) && agrees() && is_stamped(a, 40, 1));
    EXPECT(stats().failures == 2 && stats().largest_refused == PAGE);
    EXPECT_EQUAL(reel_region_realloc(&region, a, 40, PAGE, 1), a);
    EXPECT_EQUAL(reel_region_realloc(&region, a, PAGE, 40, 1), a);
    EXPECT_EQUAL(alloc(24, 1), a + 40); // what fits is still served
    EXPECT_EQUAL(reel_region_alloc(&other, PAGE, 1), page_in(0, 1));
    close_it(&other);
    EXPECT(alloc(PAGE, 1) == page_in(0, 1) && is_stamped(a, 40, 1));
}

static void a_region_that_finds_no_page_is_closed(void)
{
    fresh_pool(1, PAGE, 1);
    EXPECT(claims(0, 0));
    stamp(&region, sizeof region, 0xFF); // as if it had ended with its parent
    EXPECT_EQUAL(reel_region_open(&region, the_pool()), REEL_NO_MEMORY);
    EXPECT(!reel_region_is_open(&region) && agrees());
    EXPECT_EQUAL(reel_region_close(&region), REEL_CLOSED);
    release(0, 0);
    open_it(&region);
    close_it(&region);
}

static void a_backing_that_refuses_large_objects_changes_nothing(void)
{
    reel_region before;
    fresh_region(1, 2);
    before = region;
    refuse_calls_from(1);
    EXPECT(alloc(PAGE + 1, 1) == NULL && alloc(PAGE + 9, 1) == NULL);
    EXPECT(is_as(&before) && agrees());
    EXPECT(stats().failures == 2 && stats().largest_refused == PAGE + 9);
    EXPECT_EQUAL(alloc(PAGE, 1), page_in(0, 0));
}

// The backing is not asked for what could not be noted.
static void a_large_object_that_cannot_be_noted_is_not_asked_for(void)
{
    reel_region before;
    fresh_region(1, 1);
    EXPECT_EQUAL(alloc(PAGE - 4, 1), page_in(0, 0));
    before = region;
    EXPECT(alloc(PAGE + 1, 1) == NULL && is_as(&before) && agrees());
    EXPECT_EQUAL(test_backing->calls, 2);
    EXPECT(stats().failures == 1 && stats().largest_refused == PAGE + 1);
    EXPECT_EQUAL(alloc(4, 1), page_in(0, 0) + PAGE - 4);
}

// The note's page was claimed first.
static void a_large_object_that_is_refused_gives_the_page_of_its_note_back(void)
{
    reel_region before;
    fresh_region(1, 2);
    EXPECT_EQUAL(alloc(PAGE - 4, 1), page_in(0, 0));
    before = region;
    refuse_calls_from(1);
    EXPECT(alloc(PAGE + 1, 1) == NULL && is_as(&before) && agrees());
    EXPECT_EQUAL(used(), 1);
    refuse_no_calls();
    EXPECT(alloc(PAGE + 1, 1) != NULL && used() == 2 && agrees_but_for(1));
    close_it(&region);
}

static void a_note_that_is_not_needed_goes_back_to_the_cache(void)
{
    fresh_cache(2, 2, 2);
    open_cached();
    EXPECT_EQUAL(reel_region_alloc(&region, PAGE, 1), page_in(0, 0));
    EXPECT_EQUAL(reel_region_alloc(&region, PAGE, 1), page_in(0, 1));
    close_cached();
    open_cached();
    EXPECT(reel_region_alloc(&region, PAGE, 1) != NULL);
    refuse_calls_from(1);
    EXPECT(reel_region_alloc(&region, PAGE + 1, 1) == NULL);
    EXPECT(reel_pool_cache_is_valid(region.cache));
    EXPECT_EQUAL(region.cache->top, region.cache->slots + 1);
    refuse_no_calls();
    close_cached();
    EXPECT_EQUAL(used(), 2);
}

static void a_large_object_is_freed_at_the_backing(void)
{
    fresh_region(1, 2);
    void *const first = alloc(2 * PAGE, 1);
    void *const second = alloc(3 * PAGE, 1);
    EXPECT(agrees_but_for(2) && stats().used >= 5 * PAGE);
    const size_t used_bytes = stats().used;
    EXPECT_EQUAL(reel_region_free(&region, first, 2 * PAGE), REEL_OK);
    EXPECT(agrees_but_for(1) && reel_region_is_valid(&region));
    EXPECT_EQUAL(stats().used, used_bytes - 2 * PAGE);
    EXPECT_EQUAL(stats().peak, used_bytes);
    EXPECT_EQUAL(reel_region_free(&region, first, 2 * PAGE), REEL_FOREIGN);
    EXPECT_EQUAL(reel_region_free(&region, second, 3 * PAGE), REEL_OK);
    EXPECT(agrees() && reel_region_is_valid(&region));
    close_it(&region);
    EXPECT(agrees() && used() == 0);
}

// The notes of those that went serve those that come: no page is ever added.
static void large_objects_may_come_and_go_for_ever(void)
{
    fresh_region(1, 1);
    for (size_t i = 0; i < 100; i++) {
        void *const one = alloc(PAGE + 1, 1);
        void *const other = alloc(PAGE + 2, 0);
        EXPECT(one != NULL && other != NULL && agrees_but_for(2));
        EXPECT(reel_region_free(&region, i % 2 == 0 ? one : other,
                                i % 2 == 0 ? PAGE + 1 : PAGE + 2)
               == REEL_OK);
        EXPECT(reel_region_free(&region, i % 2 == 0 ? other : one,
                                i % 2 == 0 ? PAGE + 2 : PAGE + 1)
               == REEL_OK);
    }
    EXPECT(used() == 1 && agrees());
    close_it(&region);
}

static void a_large_object_that_grows_holds_no_more_than_its_size(void)
{
    fresh_region(1, 2);
    unsigned char *p = alloc(PAGE + 1, 1);
    stamp(p, PAGE + 1, 5);
    for (size_t size = PAGE + 1; size < 6 * PAGE; size += PAGE / 2) {
        p = reel_region_realloc(&region, p, size, size + PAGE / 2, 1);
        EXPECT(p != NULL && is_stamped(p, PAGE + 1, 5) && agrees_but_for(1));
    }
    close_it(&region);
    EXPECT(agrees());
}

static void *the_large, *changed;
static size_t size_before, size_after;
static reel_status freed;

static void change_the_large_object(void)
{
    changed =
        reel_region_realloc(&region, the_large, size_before, size_after, 1);
}

static void free_the_large_object(void)
{
    freed = reel_region_free(&region, the_large, size_before);
}

// No backing is called in an interrupt: the rig would say so.
static void an_interrupt_keeps_a_large_object_where_it_is(void)
{
    fresh_region(1, 2);
    the_large = alloc(3 * PAGE, 1);
    size_before = 3 * PAGE;
    size_after = 2 * PAGE;
    test_interrupt(change_the_large_object);
    EXPECT(changed == the_large && agrees_but_for(1));
    size_before = 2 * PAGE; // as its owner has it now
    size_after = 3 * PAGE;
    test_interrupt(change_the_large_object);
    EXPECT_EQUAL(changed, the_large); // which it still is
    size_after = 3 * PAGE + 1;
    test_interrupt(change_the_large_object);
    EXPECT(changed == NULL && stats().failures == 1);
    test_interrupt(free_the_large_object);
    EXPECT(freed == REEL_BUSY && agrees_but_for(1));
    EXPECT_EQUAL(reel_region_free(&region, the_large, size_before), REEL_OK);
    EXPECT(agrees());
    close_it(&region);
}

// A backing that refuses cannot make a shrink fail.
static void a_large_object_that_shrinks_never_fails(void)
{
    fresh_region(1, 2);
    void *const block = alloc(3 * PAGE, 1);
    refuse_calls_from(1);
    EXPECT_EQUAL(reel_region_realloc(&region, block, 3 * PAGE, 3 * PAGE, 1),
                 block);
    EXPECT_EQUAL(reel_region_realloc(&region, block, 3 * PAGE, 5, 1), block);
    EXPECT_EQUAL(reel_region_realloc(&region, block, 5, 0, 1), block);
    EXPECT(stats().failures == 0 && region.large_size == 1);
    EXPECT(reel_region_realloc(&region, block, 1, 3 * PAGE + 1, 1) == NULL);
    EXPECT(stats().failures == 1 && agrees_but_for(1));
    refuse_no_calls();
    close_it(&region);
    EXPECT(agrees());
}

static void what_fits_no_page_and_is_not_large_is_foreign(void)
{
    reel_region before;
    fresh_region(1, 2);
    char byte = 'x';
    EXPECT(alloc(PAGE + 1, 1) != NULL);
    before = region;
    EXPECT_EQUAL(reel_region_free(&region, &byte, PAGE + 1), REEL_FOREIGN);
    if (REEL_CHECKS > 0) {
        EXPECT(reel_region_realloc(&region, &byte, PAGE + 1, 1, 1) == NULL);
        EXPECT(test_panicked(REEL_FOREIGN));
    }
    EXPECT(is_as(&before) && byte == 'x');
    close_it(&region);
}

// At an odd address, too.
static void a_page_of_one_byte_has_room_for_a_byte(void)
{
    fresh_pool(1, 1, 2);
    EXPECT(claims(0, 0));
    open_it(&region);
    EXPECT(alloc(1, 1) == page_in(0, 1) && used() == 2 && agrees());
    EXPECT(alloc(1, 1) == NULL && agrees());
    close_it(&region);
}

static void pages_too_small_for_a_note_serve_no_large_objects(void)
{
    reel_region before;
    fresh_pool(2, 8, 4);
    open_it(&region);
    EXPECT(alloc(8, 1) == page_in(0, 0) && alloc(2, 1) == page_in(0, 1));
    before = region;
    EXPECT(alloc(9, 1) == NULL && alloc(100, 1) == NULL);
    EXPECT(is_as(&before) && agrees() && test_backing->calls == 2);
    EXPECT(stats().failures == 2 && stats().largest_refused == 100);
    EXPECT_EQUAL(alloc(6, 1), page_in(0, 1) + 2);
    close_it(&region);
    EXPECT(used() == 0 && agrees());
}

// ---- what a closed region does -----------------------------------------------------

static void expect_closed(void)
{
    char byte = 'x';
    reel_registry registry;
    reel_registry_entry entry;
    const reel_handle none = REEL_NO_HANDLE;
    const reel_region before = region;
    EXPECT_EQUAL(reel_registry_init(&registry, &entry, 1), REEL_OK);
    EXPECT(!reel_region_is_open(&region) && reel_region_is_valid(&region));
    EXPECT_EQUAL(reel_region_close(&region), REEL_CLOSED);
    EXPECT_EQUAL(reel_region_free(&region, &byte, 1), REEL_CLOSED);
    EXPECT_EQUAL(reel_region_free(&region, NULL, 1), REEL_CLOSED);
    EXPECT_EQUAL(reel_region_bind(&region, &registry, none), REEL_CLOSED);
    EXPECT_EQUAL(reel_region_handle(&region).version, 0);
    EXPECT(stats().used == 0 && stats().peak == 0);
    if (REEL_CHECKS > 0) {
        static const size_t sizes[] = { 0, 1, PAGE, PAGE + 1, SIZE_MAX };
        for (size_t i = 0; i < 5; i++) {
            EXPECT(alloc(sizes[i], 1) == NULL && test_panicked(REEL_CLOSED));
            EXPECT(alloc(sizes[i], 3) == NULL && test_panicked(REEL_CLOSED));
            EXPECT(reel_region_realloc(&region, &byte, 1, sizes[i], 1) == NULL);
            EXPECT(test_panicked(REEL_CLOSED));
            EXPECT(reel_region_realloc(&region, NULL, 0, sizes[i], 1) == NULL);
            EXPECT(test_panicked(REEL_CLOSED));
        }
    }
    EXPECT(is_as(&before) && stats().failures == before.failures);
}

static void a_closed_region_says_so(void)
{
    static const reel_region zeroed;
    region = zeroed;
    expect_closed();
    fresh_region(1, 2);
    EXPECT(alloc(1, 1) != NULL && alloc(PAGE + 1, 1) != NULL);
    close_it(&region);
    expect_closed();
    EXPECT(agrees() && used() == 0);
}

static void what_is_closed_keeps_its_refusals_until_it_opens(void)
{
    fresh_region(1, 1);
    EXPECT(alloc(SIZE_MAX, 1) == NULL);
    close_it(&region);
    EXPECT(stats().failures == 1 && stats().largest_refused == SIZE_MAX);
    open_it(&region);
    EXPECT(stats().failures == 0 && stats().largest_refused == 0);
    close_it(&region);
}

static void arguments_that_cannot_be_are_refused(void)
{
    fresh_pool(1, PAGE, 1);
    EXPECT_EQUAL(reel_region_open(NULL, the_pool()), REEL_INVALID);
    EXPECT_EQUAL(reel_region_open(&region, NULL), REEL_INVALID);
    EXPECT(used() == 0 && test_backing->calls == 0);
    open_it(&region);
    EXPECT_EQUAL(reel_region_free(&region, NULL, 1), REEL_INVALID);
    void *const block = alloc(5, 1);
    EXPECT_EQUAL(reel_region_free(&region, block, 5), REEL_OK);
    EXPECT_EQUAL(alloc(1, 1), (unsigned char *)block + 5); // it freed nothing
    const reel_region before = region;
    if (REEL_CHECKS > 0) {
        EXPECT(alloc(1, 3) == NULL && test_panicked(REEL_INVALID));
        EXPECT(alloc(PAGE + 1, 3) == NULL && test_panicked(REEL_INVALID));
        EXPECT(reel_region_realloc(&region, block, 5, 1, 3) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
        EXPECT(reel_region_realloc(&region, block, 5, 9, 6) == NULL);
        EXPECT(test_panicked(REEL_INVALID));
    }
    EXPECT(is_as(&before) && stats().failures == 0);
}

// ---- changing a block's size -----------------------------------------------------

static void the_last_block_grows_and_shrinks_in_place(void)
{
    fresh_region(1, 2);
    unsigned char *const first = alloc(4, 1);
    unsigned char *const last = alloc(10, 1);
    stamp(last, 10, 1);
    EXPECT_EQUAL(reel_region_realloc(&region, last, 10, 20, 1), last);
    EXPECT(is_stamped(last, 10, 1) && alloc(1, 1) == last + 20);
    EXPECT_EQUAL(reel_region_realloc(&region, last, 20, 8, 1), last);
    EXPECT(is_stamped(last, 8, 1)); // not the last one: its rest is lost
    unsigned char *const end = alloc(1, 1);
    EXPECT_EQUAL(end, last + 21);
    EXPECT_EQUAL(reel_region_realloc(&region, end, 1, PAGE - 25, 1), end);
    EXPECT(used() == 1 && region.next == region.end);
    EXPECT_EQUAL(reel_region_realloc(&region, end, PAGE - 25, 2, 1), end);
    EXPECT(alloc(1, 1) == end + 2 && first == page_in(0, 0) && agrees());
}

static void a_block_that_cannot_grow_in_place_is_copied(void)
{
    fresh_region(2, 2);
    unsigned char *const a = alloc(10, 1);
    unsigned char *const b = alloc(10, 1);
    stamp(a, 10, 1);
    stamp(b, 10, 2);
    unsigned char *const copy = reel_region_realloc(&region, a, 10, 12, 1);
    EXPECT(copy == b + 10 && is_stamped(copy, 10, 1) && is_stamped(b, 10, 2));
    stamp(copy, 12, 3);
    unsigned char *const more =
        reel_region_realloc(&region, copy, 12, PAGE, 1); // the page is full
    EXPECT(more == page_in(0, 1) && is_stamped(more, 12, 3));
    EXPECT(is_stamped(b, 10, 2) && agrees() && used() == 2);
}

static void a_block_moves_to_a_stricter_alignment(void)
{
    fresh_region(2, 2);
    (void)alloc(1, 1);
    unsigned char *const a = alloc(6, 1);
    stamp(a, 6, 1);
    unsigned char *const moved = reel_region_realloc(&region, a, 6, 4, 4);
    EXPECT(moved != a && (uintptr_t)moved % 4 == 0 && is_stamped(moved, 4, 1));
    EXPECT(reel_region_realloc(&region, moved, 4, 5, 2) == moved && agrees());
}

static void a_block_of_an_older_page_does_not_grow_in_place(void)
{
    fresh_region(2, 2);
    unsigned char *const old = alloc(40, 1);
    stamp(old, 40, 1);
    EXPECT_EQUAL(alloc(30, 1), page_in(0, 1)); // current now, 34 bytes left
    unsigned char *const copy = reel_region_realloc(&region, old, 40, 41, 1);
    EXPECT(copy == page_in(1, 0) && is_stamped(copy, 40, 1));
    EXPECT(reel_region_realloc(&region, copy, 41, 7, 1) == copy && agrees());
}

static void large_objects_change_their_size(void)
{
    fresh_region(1, 4);
    unsigned char *const large = alloc(2 * PAGE, 1);
    stamp(large, 2 * PAGE, 1);
    unsigned char *const smaller =
        reel_region_realloc(&region, large, 2 * PAGE, 10, 1);
    EXPECT(is_stamped(smaller, 10, 1) && agrees_but_for(1));
    EXPECT_EQUAL(region.large_size, 10);
    unsigned char *const larger =
        reel_region_realloc(&region, smaller, 10, 3 * PAGE, 1);
    EXPECT(larger != NULL && is_stamped(larger, 10, 1));
    stamp(larger, 3 * PAGE, 2);
    EXPECT(agrees_but_for(1) && region.large_size == 3 * PAGE);
    unsigned char *const small = alloc(8, 1);
    stamp(small, 8, 3);
    unsigned char *const grown =
        reel_region_realloc(&region, small, 8, PAGE + 6, 1);
    EXPECT(grown != NULL && is_stamped(grown, 8, 3) && agrees_but_for(2));
    EXPECT(is_stamped(larger, 3 * PAGE, 2));
    EXPECT(reel_region_realloc(&region, larger, 3 * PAGE, SIZE_MAX, 1) == NULL);
    EXPECT(is_stamped(larger, 3 * PAGE, 2));
    close_it(&region);
    EXPECT(agrees() && used() == 0);
}

// ---- scopes --------------------------------------------------------------------

static size_t inside; // pages in use as the body saw them

static void fill_a_page(void)
{
    EXPECT(alloc(PAGE, 1) != NULL && alloc(1, 1) != NULL);
    inside = used();
}

static void leave_by_return(void)
{
    REEL_REGION_SCOPE(&region, the_pool())
    {
        fill_a_page();
        return;
    }
    EXPECT(false);
}

static void leave_by_break(void)
{
    REEL_REGION_SCOPE(&region, the_pool())
    {
        fill_a_page();
        break;
    }
}

static void leave_by_goto(void)
{
    REEL_REGION_SCOPE(&region, the_pool())
    {
        fill_a_page();
        goto out;
    }
    EXPECT(false);
out:
    EXPECT_EQUAL(used(), 0);
}

static void leave_at_the_end(void)
{
    size_t runs = 0;
    REEL_REGION_SCOPE(&region, the_pool())
    {
        fill_a_page();
        runs++;
    }
    EXPECT_EQUAL(runs, 1);
}

static void a_scope_closes_its_region_however_it_is_left(void)
{
    static void (*const ways[])(void) = { leave_by_return, leave_by_break,
                                          leave_by_goto, leave_at_the_end };
    fresh_pool(1, PAGE, 2);
    for (size_t i = 0; i < 4; i++) {
        inside = 0;
        ways[i]();
        EXPECT(inside == 2 && used() == 0);
        EXPECT(!reel_region_is_open(&region) && agrees());
    }
}

static void scopes_nest(void)
{
    reel_region inner;
    fresh_pool(2, PAGE, 2);
    REEL_REGION_SCOPE(&region, the_pool())
    {
        unsigned char *const block = alloc(8, 1);
        stamp(block, 8, 1);
        for (size_t i = 0; i < 3; i++) {
            REEL_REGION_SCOPE(&inner, the_pool())
            {
                EXPECT_EQUAL(reel_region_alloc(&inner, PAGE, 1), page_in(0, 1));
                EXPECT_EQUAL(used(), 2);
            }
            EXPECT(used() == 1 && is_stamped(block, 8, 1));
        }
    }
    EXPECT(used() == 0 && agrees());
}

static void a_scope_that_cannot_open_is_skipped(void)
{
    size_t runs = 0;
    fresh_pool(1, PAGE, 1);
    EXPECT(claims(0, 0));
    REEL_REGION_SCOPE(&region, the_pool())
    {
        runs++;
    }
    REEL_REGION_SCOPE(&region, NULL)
    {
        runs++;
    }
    EXPECT(runs == 0 && used() == 1 && test_is_calm());
}

static void closing_inside_a_scope_is_told(void)
{
    fresh_pool(1, PAGE, 1);
    REEL_REGION_SCOPE(&region, the_pool())
    {
        close_it(&region);
    }
    EXPECT(test_panicked(REEL_CLOSED) && agrees() && used() == 0);
}

// ---- interrupts ------------------------------------------------------------------

static void *first, *second, *large;
static reel_status opened, closed;

static void use_a_region(void)
{
    reel_region own;
    opened = reel_region_open(&own, the_pool());
    first = second = large = NULL;
    if (opened == REEL_OK) {
        first = reel_region_alloc(&own, PAGE, 1);
        second = reel_region_alloc(&own, 1, 1);
        large = reel_region_alloc(&own, PAGE + 1, 1);
        closed = reel_region_close(&own);
    }
}

static void a_region_in_an_interrupt_claims_free_pages_only(void)
{
    fresh_pool(2, PAGE, 2);
    test_interrupt(use_a_region);
    EXPECT(opened == REEL_NO_MEMORY && test_backing->calls == 0);
    EXPECT(reel_pool_reserve(the_pool(), 2) == REEL_OK && claims(0, 0));
    test_interrupt(use_a_region);
    EXPECT(opened == REEL_OK && closed == REEL_OK);
    EXPECT(first == page_in(0, 1) && second == NULL && large == NULL);
    release(0, 0);
    test_interrupt(use_a_region);
    EXPECT(opened == REEL_OK && closed == REEL_OK);
    EXPECT(first == page_in(0, 0) && second == page_in(0, 1) && large == NULL);
    EXPECT(test_backing->calls == 2 && used() == 0 && pool_agrees());
}

static void close_the_region(void)
{
    closed = reel_region_close(&region);
}

static void an_interrupt_cannot_close_a_region_with_large_objects(void)
{
    fresh_region(1, 2);
    const reel_allocator a = reel_region_allocator(&region);
    reel_registry registry;
    reel_registry_entry entry;
    const reel_handle none = REEL_NO_HANDLE;
    EXPECT_EQUAL(reel_registry_init(&registry, &entry, 1), REEL_OK);
    EXPECT_EQUAL(reel_region_bind(&region, &registry, none), REEL_OK);
    EXPECT(reel_allocate(a, PAGE + 1, 1) != NULL);
    const reel_region before = region;
    test_interrupt(close_the_region);
    EXPECT(closed == REEL_BUSY && is_as(&before) && agrees_but_for(1));
    EXPECT_EQUAL(reel_registry_count(&registry), 1);
    close_it(&region);
    EXPECT(reel_registry_count(&registry) == 0 && agrees() && used() == 0);
    fresh_region(1, 2);
    test_interrupt(close_the_region);
    EXPECT(closed == REEL_OK && agrees() && used() == 0);
}

// ---- the pool meanwhile ----------------------------------------------------------

static void chunks_go_while_regions_are_open(void)
{
    reel_region other;
    fresh_region(4, 2);
    for (size_t i = 0; i < 3; i++) { // pages 0.0, 0.1 and 1.0
        stamp(alloc(PAGE, 1), PAGE, i);
    }
    open_it(&other); // 1.1, 2.0, 2.1 and 3.0
    for (size_t i = 3; i < 7; i++) {
        stamp(reel_region_alloc(&other, PAGE, 1), PAGE, i);
    }
    EXPECT(reel_pool_trim(the_pool()) == 0 && agrees());
    EXPECT(reel_pool_dispose(the_pool()) == REEL_BUSY && used() == 7);
    close_it(&other);
    EXPECT(reel_pool_trim(the_pool()) > 0);
    EXPECT(reel_pool_chunks(the_pool()) == 2 && used() == 3 && agrees());
    for (size_t i = 0; i < 3; i++) {
        EXPECT(is_stamped(page_in(i / 2, i % 2), PAGE, i));
    }
    EXPECT(alloc(PAGE, 1) == page_in(1, 1) && alloc(1, 1) == page_in(2, 0));
    EXPECT(reel_region_is_valid(&region));
    close_it(&region);
    EXPECT(reel_pool_dispose(the_pool()) == REEL_OK && test_backing->held == 0);
}

// ---- any sequence ------------------------------------------------------------------

#define REGIONS 3
#define BLOCKS  5

typedef struct held_block {
    unsigned char *start;
    size_t size;
} held_block;

typedef struct held_region {
    reel_region region;
    reel_pool_cache cache;
    reel_pool_slot slots[2];
    held_block blocks[BLOCKS];
    size_t count;
} held_region;

static void hold_none(held_region *held)
{
    stamp(&held->region, sizeof held->region, 0);
    EXPECT_EQUAL(reel_pool_cache_init(&held->cache, the_pool(), held->slots, 2),
                 REEL_OK);
    held->count = 0;
}

// Each block is stamped with a number of its own.
static size_t stamp_of(size_t which, size_t number)
{
    return 1 + which * BLOCKS + number;
}

static size_t some_size(uint32_t *seed)
{
    return test_below(seed, 12) == 0 ? PAGE + test_below(seed, 20)
                                     : test_below(seed, PAGE);
}

static void hold(held_region *held, size_t which, uint32_t *seed)
{
    const size_t size = some_size(seed);
    const size_t align = (size_t)1 << test_below(seed, 6);
    unsigned char *const start = reel_region_alloc(&held->region, size, align);
    EXPECT(start == NULL || (uintptr_t)start % align == 0);
    if (start != NULL) {
        held->blocks[held->count].start = start;
        held->blocks[held->count].size = size == 0 ? 1 : size;
        stamp(start, held->blocks[held->count].size,
              stamp_of(which, held->count));
        held->count++;
    }
}

static void change(held_region *held, size_t which, uint32_t *seed)
{
    const size_t number = test_below(seed, held->count);
    held_block *const block = &held->blocks[number];
    const size_t size = 1 + some_size(seed);
    const size_t kept = size < block->size ? size : block->size;
    unsigned char *const moved =
        reel_region_realloc(&held->region, block->start, block->size, size, 1);
    EXPECT(size > block->size || moved == block->start);
    if (moved != NULL) {
        EXPECT(is_stamped(moved, kept, stamp_of(which, number)));
        block->start = moved;
        block->size = size;
        stamp(moved, size, stamp_of(which, number));
    }
}

static void do_one_thing(held_region *held, size_t which, uint32_t *seed)
{
    const size_t dice = test_below(seed, 20);
    if (!reel_region_is_open(&held->region)) {
        held->count = 0;
        (void)(dice < 10
                   ? reel_region_open(&held->region, the_pool())
                   : reel_region_open_cached(&held->region, &held->cache));
    } else if (dice >= 18) {
        EXPECT((dice == 18 ? reel_region_close(&held->region)
                           : reel_region_close_cached(&held->region))
               == REEL_OK);
        held->count = 0;
    } else if (dice >= 16) {
        reel_pool_cache_flush(&held->cache);
    } else if (dice < 10 && held->count < BLOCKS) {
        hold(held, which, seed);
    } else if (dice < 15 && held->count > 0) {
        change(held, which, seed);
    } else {
        (void)reel_pool_trim(the_pool());
    }
}

// Contents, pages and statistics; the large objects that are there are counted.
static size_t check_region(const held_region *held, size_t which)
{
    for (size_t i = 0; i < held->count; i++) {
        EXPECT(is_stamped(held->blocks[i].start, held->blocks[i].size,
                          stamp_of(which, i)));
    }
    EXPECT(reel_region_is_valid(&held->region));
    const size_t cached = (size_t)(held->cache.top - held->slots);
    return reel_region_is_open(&held->region) ? held->region.pages + cached
                                              : cached;
}

static void random_regions_share_a_pool(void)
{
    held_region held[REGIONS];
    uint32_t seed = 11;
    for (size_t run = 0; run < 10 * test_scale; run++) {
        fresh_pool(3, PAGE, 1 + test_below(&seed, 4));
        for (size_t i = 0; i < REGIONS; i++) {
            hold_none(&held[i]);
        }
        for (int step = 0; step < 150; step++) {
            const size_t which = test_below(&seed, REGIONS);
            do_one_thing(&held[which], which, &seed);
            size_t pages = 0;
            for (size_t i = 0; i < REGIONS; i++) {
                pages += check_region(&held[i], i);
            }
            EXPECT(used() == pages && reel_pool_is_valid(the_pool()));
        }
        for (size_t i = 0; i < REGIONS; i++) {
            (void)reel_region_close(&held[i].region);
            reel_pool_cache_flush(&held[i].cache);
        }
        EXPECT(used() == 0 && pool_agrees());
        EXPECT_EQUAL(reel_pool_dispose(the_pool()), REEL_OK);
        EXPECT_EQUAL(test_backing->held, 0);
    }
}

// ---- statistics and validation -------------------------------------------------

static void a_peak_of_before_is_none_of_the_next_opening(void)
{
    fresh_region(2, 2);
    EXPECT(alloc(100, 1) != NULL && stats().peak >= 100);
    close_it(&region);
    region.peak = SIZE_MAX;
    EXPECT(stats().peak == 0);
    open_it(&region);
    EXPECT(stats().peak == 0 && alloc(10, 1) != NULL && stats().peak == 10);
}

static void statistics_count_pages_and_large_objects(void)
{
    fresh_region(2, 2);
    EXPECT(stats().used == 0 && stats().peak == 0 && stats().failures == 0);
    EXPECT(alloc(10, 1) != NULL && stats().used == 10);
    EXPECT(alloc(60, 1) != NULL); // the first page stays the current one
    EXPECT(stats().used == PAGE + 10 && stats().peak == PAGE + 10);
    EXPECT(alloc(54, 1) != NULL && stats().used == 2 * PAGE);
    EXPECT(alloc(1, 1) != NULL && stats().used == 2 * PAGE + 1);
    const size_t before = stats().used;
    EXPECT(alloc(100, 1) != NULL);
    EXPECT(stats().used >= before + 100 && stats().used <= before + 132);
    EXPECT(stats().failures == 0 && stats().largest_refused == 0);
    close_it(&region);
    EXPECT(stats().used == 0 && stats().peak == 0);
}

static void damage_is_noticed(void)
{
    fresh_region(2, 2);
    for (size_t i = 0; i < 3; i++) {
        EXPECT(alloc(PAGE, 1) != NULL);
    }
    EXPECT(alloc(PAGE + 1, 1) != NULL && reel_region_is_valid(&region));
    region.next = region.end + 1;
    EXPECT(!reel_region_is_valid(&region));
    region.next = region.end - PAGE - 1;
    EXPECT(!reel_region_is_valid(&region));
    region.next = region.end;
    region.pages--;
    EXPECT(!reel_region_is_valid(&region));
    region.pages = 0;
    EXPECT(!reel_region_is_valid(&region));
    region.pages = 4;
    EXPECT(reel_region_is_valid(&region));
    region.large_size++;
    EXPECT(!reel_region_is_valid(&region));
    region.large_size -= 2;
    EXPECT(!reel_region_is_valid(&region));
    region.large_size++;
    const uintptr_t oldest = region.oldest;
    region.oldest = region.newest;
    EXPECT(!reel_region_is_valid(&region));
    region.oldest = oldest;
    reel_link *const link = &test_pool->chunks[0].links[1];
    const reel_link next = *link;
    *link = 1; // as if it were out by itself
    EXPECT(!reel_region_is_valid(&region));
    *link = (reel_link)the_pool()->list.count; // an end too early
    EXPECT(!reel_region_is_valid(&region));
    *link = next;
    EXPECT(reel_region_is_valid(&region));
    close_it(&region);
}

// ---- registry ----------------------------------------------------------------------

static void a_bound_region_takes_its_refs_and_children_along(void)
{
    reel_registry registry;
    reel_registry_entry entries[3];
    const reel_handle none = REEL_NO_HANDLE;
    reel_handle child;
    fresh_region(1, 2);
    EXPECT_EQUAL(reel_registry_init(&registry, entries, 3), REEL_OK);
    EXPECT_EQUAL(reel_region_handle(&region).version, 0);
    EXPECT_EQUAL(reel_region_bind(&region, &registry, none), REEL_OK);
    EXPECT_EQUAL(reel_region_bind(&region, &registry, none), REEL_BUSY);
    const reel_handle handle = reel_region_handle(&region);
    const reel_allocator *const found = reel_registry_get(&registry, handle);
    EXPECT(found != NULL && found->self == &region);
    void *const block = reel_allocate(*found, 8, 1);
    const reel_ref ref = reel_ref_make(handle, block);
    EXPECT(block != NULL && reel_ref_get(&registry, ref) == block);
    EXPECT_EQUAL(reel_registry_register(&registry, reel_allocator_null(),
                                        handle, &child),
                 REEL_OK);
    close_it(&region);
    EXPECT(reel_ref_get(&registry, ref) == NULL);
    EXPECT(reel_registry_get(&registry, child) == NULL);
    EXPECT_EQUAL(reel_registry_count(&registry), 0);
    EXPECT_EQUAL(reel_region_handle(&region).version, 0);
    open_it(&region); // at the same place
    EXPECT_EQUAL(reel_region_bind(&region, &registry, none), REEL_OK);
    EXPECT(reel_ref_get(&registry, ref) == NULL && alloc(8, 1) == block);
    close_it(&region);
    EXPECT(reel_registry_is_valid(&registry) && agrees());
}

static void a_region_that_cannot_be_bound_is_as_before(void)
{
    reel_registry registry;
    reel_registry_entry entry;
    reel_handle parent;
    const reel_handle none = REEL_NO_HANDLE;
    const reel_handle stale = { 0, 77 };
    fresh_region(1, 2);
    EXPECT_EQUAL(reel_registry_init(&registry, &entry, 1), REEL_OK);
    EXPECT_EQUAL(reel_region_bind(NULL, &registry, none), REEL_INVALID);
    EXPECT_EQUAL(reel_region_bind(&region, NULL, none), REEL_INVALID);
    EXPECT_EQUAL(reel_region_bind(&region, &registry, stale), REEL_STALE);
    EXPECT_EQUAL(
        reel_registry_register(&registry, reel_allocator_null(), none, &parent),
        REEL_OK);
    EXPECT_EQUAL(reel_region_bind(&region, &registry, none), REEL_FULL);
    EXPECT_EQUAL(reel_region_handle(&region).version, 0);
    close_it(&region);
    EXPECT_EQUAL(reel_registry_count(&registry), 1);
}

// ---- another context gets in ------------------------------------------------------------

static void claim_one(void)
{
    first = reel_pool_claim(the_pool());
}

static void release_one(void)
{
    EXPECT_EQUAL(reel_pool_release(the_pool(), first), REEL_OK);
}

static void pages_that_change_hands_at_a_close_are_not_lost(void)
{
    if (REEL_ATOMICS != REEL_ATOMICS_CUSTOM) {
        tap_skip("no other context without the meddling backend");
        return;
    }
    fresh_region(2, 2);
    EXPECT(alloc(PAGE, 1) != NULL && alloc(PAGE, 1) != NULL);
    test_before_swap = claim_one; // at the exchange that puts the pages back
    close_it(&region);
    EXPECT(first == page_in(1, 0) && used() == 1 && pool_agrees());
    open_it(&region);
    EXPECT(alloc(PAGE, 1) == page_in(0, 1) && alloc(1, 1) == page_in(0, 0));
    test_before_swap = release_one;
    close_it(&region);
    EXPECT(used() == 0 && pool_agrees());
    test_before_swap = claim_one; // while the page for a region is taken
    open_it(&region);
    EXPECT(first == page_in(0, 0) && used() == 2 && agrees());
}

const test_case region_tests[] = {
    TEST(blocks_lie_one_behind_the_other_on_pages),
    TEST(a_page_of_its_own_for_a_block_of_a_page),
    TEST(closing_puts_all_pages_back_the_newest_on_top),
    TEST(thousands_of_regions_need_no_more_chunks_than_one),
    TEST(regions_are_independent),
    TEST(a_region_opens_on_the_page_that_the_last_one_left),
    TEST(a_cache_takes_the_newest_pages_and_the_pool_the_others),
    TEST(a_full_cache_leaves_a_page_to_the_pool),
    TEST(a_region_closed_into_a_full_cache_stays_closed),
    TEST(slots_do_not_remember_what_was_flushed),
    TEST(slots_do_not_remember_a_number),
    TEST(a_cached_region_may_have_more_than_pages),
    TEST(any_region_may_be_closed_by_either),
    TEST(a_cache_without_pages_asks_the_pool),
    TEST(every_size_and_alignment_is_served_where_it_fits),
    TEST(large_objects_come_from_the_backing_and_go_at_the_close),
    TEST(the_page_with_more_room_left_stays_the_current_one),
    TEST(a_large_object_leaves_the_current_page_as_it_was),
    TEST(no_bytes_are_one_byte),
    TEST(no_size_wraps),
    TEST(a_pool_that_is_used_up_leaves_the_region_as_it_was),
    TEST(a_region_that_finds_no_page_is_closed),
    TEST(a_backing_that_refuses_large_objects_changes_nothing),
    TEST(a_large_object_that_cannot_be_noted_is_not_asked_for),
    TEST(a_large_object_that_is_refused_gives_the_page_of_its_note_back),
    TEST(a_note_that_is_not_needed_goes_back_to_the_cache),
    TEST(a_large_object_is_freed_at_the_backing),
    TEST(large_objects_may_come_and_go_for_ever),
    TEST(a_large_object_that_grows_holds_no_more_than_its_size),
    TEST(an_interrupt_keeps_a_large_object_where_it_is),
    TEST(a_large_object_that_shrinks_never_fails),
    TEST(what_fits_no_page_and_is_not_large_is_foreign),
    TEST(a_page_of_one_byte_has_room_for_a_byte),
    TEST(pages_too_small_for_a_note_serve_no_large_objects),
    TEST(a_closed_region_says_so),
    TEST(what_is_closed_keeps_its_refusals_until_it_opens),
    TEST(arguments_that_cannot_be_are_refused),
    TEST(the_last_block_grows_and_shrinks_in_place),
    TEST(a_block_that_cannot_grow_in_place_is_copied),
    TEST(a_block_moves_to_a_stricter_alignment),
    TEST(a_block_of_an_older_page_does_not_grow_in_place),
    TEST(large_objects_change_their_size),
    TEST(a_scope_closes_its_region_however_it_is_left),
    TEST(scopes_nest),
    TEST(a_scope_that_cannot_open_is_skipped),
    TEST(closing_inside_a_scope_is_told),
    TEST(a_region_in_an_interrupt_claims_free_pages_only),
    TEST(an_interrupt_cannot_close_a_region_with_large_objects),
    TEST(chunks_go_while_regions_are_open),
    TEST(random_regions_share_a_pool),
    TEST(a_peak_of_before_is_none_of_the_next_opening),
    TEST(statistics_count_pages_and_large_objects),
    TEST(damage_is_noticed),
    TEST(a_bound_region_takes_its_refs_and_children_along),
    TEST(a_region_that_cannot_be_bound_is_as_before),
    TEST(pages_that_change_hands_at_a_close_are_not_lost),
    END_OF_TESTS,
};
