// SPDX-License-Identifier: MIT
// src/region.c: places in a page, and when a page is not enough.

#include "where/fits_a_page"
#include "where/reel_region_is_open"

#include "proof.h"

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
}

// A page of a pool, wherever it is, aligned as its pool says. What is claimed is that
// page, or none.
static uintptr_t the_page;
static bool has_page_left;
static bool has_large_left;
static bool is_large;

uintptr_t cut_page_at(const reel_pool *pool, uintptr_t i)
{
    (void)pool, (void)i;
    return the_page;
}

uintptr_t cut_claim_page(const reel_region *region)
{
    (void)region;
    return has_page_left ? 0 : NO_NUMBER;
}

void cut_add_page(reel_region *region, uintptr_t i)
{
    (void)i;
    region->pages++;
}

void *cut_alloc_large(reel_region *region, size_t size, size_t align)
{
    (void)region, (void)size, (void)align;
    is_large = true;
    return has_large_left ? (void *)8 : NULL;
}

bool cut_has_pool(const reel_region *region)
{
    (void)region;
    return true;
}

// arena.c has the goal that reel_arena_fit() does this.
bool cut_reel_arena_fit(uintptr_t next, uintptr_t limit, size_t size,
                        size_t align, uintptr_t *start, uintptr_t *end)
{
    const wide first = up(next, mask_of(align));
    if (size == 0 || first + size > limit) {
        return false;
    }
    *start = (uintptr_t)first;
    *end = (uintptr_t)(first + size);
    return true;
}

#define ANY_REGION(region)                                        \
    reel_region region;                                           \
    reel_pool pool;                                               \
    region.next = any_word(), region.end = any_word();            \
    region.pages = any_word(), region.failures = any_word();      \
    region.largest_refused = any_word(), region.pool = &pool;     \
    region.cache = NULL, region.has_more = false;                 \
    region.newest = any_word(), pool.capacity = any_word();       \
    pool.page_bits = any_word() & (WORD_BITS - 1);                \
    pool.align_bits = any_word() & (WORD_BITS - 1);               \
    the_page = any_word(), has_page_left = (any_word() & 1) != 0; \
    has_large_left = (any_word() & 1) != 0, is_large = false

static bool is_sound(const reel_region *region)
{
    const size_t size = page_size_of(region);
    const uintptr_t top = UINTPTR_MAX - REEL_TOP_BYTES;
    return region->pool->capacity > 0 && region->next > 0
           && region->next <= region->end && region->end <= top
           && region->end - region->next <= size
           && region->pool->align_bits <= region->pool->page_bits
           && the_page > 0 && size <= top && the_page <= top - size
           && (the_page & page_align_mask(region->pool)) == 0;
}

// At any alignment of the page: what fits one page fits each.
PROOF(what_fits_a_page_lies_in_it, 0)
{
    const size_t size = any_word();
    const size_t align = any_word();
    ANY_REGION(region);
    ASSUME(is_sound(&region) && size > 0);
    ASSUME(align == 0 || is_pow2(align));
    const uintptr_t mask = mask_of(align);
    const uintptr_t next = region.next, end = region.end;
    const size_t page = page_size_of(&region);
    const uintptr_t page_mask = page_align_mask(&region.pool[0]);
    ASSUME(fits_a_page(&region, size, mask));
    KNOW_GAP(the_page, mask);
    LEMMA(gap_to(the_page, mask) <= (mask > page_mask ? mask - page_mask : 0));
    const uintptr_t from = the_page + gap_to(the_page, mask);
    const uintptr_t stop = the_page + page;
    TRUTH(stop - from - size == page - (from - the_page) - size);
    const uintptr_t start = (uintptr_t)cut_page(&region, 0, size, mask);
    const size_t gap = start - the_page;
    ASSERT((start & mask) == 0 && start >= the_page);
    ASSERT(gap <= page && size <= page - gap);
    // The page with more room left is the current one.
    const size_t room = page - gap - size;
    const bool is_new = room >= end - next;
    ASSERT(region.end == (is_new ? the_page + page : end));
    ASSERT(region.next == (is_new ? start + size : next));
    COVER(is_new && gap > 0);
    COVER(!is_new);
}

// And if it does not, a page at the worst place there is has no room for it.
PROOF(what_fits_no_page_has_no_room_in_the_worst_one, 0)
{
    const size_t size = any_word();
    const size_t align = any_word();
    ANY_REGION(region);
    ASSUME(is_sound(&region) && size > 0);
    ASSUME(align == 0 || is_pow2(align));
    const uintptr_t mask = mask_of(align);
    const size_t page = page_size_of(&region);
    const uintptr_t page_mask = page_align_mask(&region.pool[0]);
    const size_t worst = mask > page_mask ? mask - page_mask : 0;
    ASSERT(gap_to(the_page, mask) <= worst);
    ASSERT(fits_a_page(&region, size, mask) == ((wide)worst + size <= page));
    COVER(gap_to(the_page, mask) == worst && worst > 0);
}

// In the newest page, else in another page, else in the backing.
PROOF(alloc_succeeds_if_and_only_if_a_page_or_the_backing_has_room, 0)
{
    const size_t size = any_word();
    const size_t align = any_word();
    ANY_REGION(region);
    ASSUME(is_sound(&region));
    const uintptr_t mask = mask_of(align);
    const size_t failures = region.failures;
    ASSUME((align & mask) == 0 && size > 0);
    const bool fits = fits_a_page(&region, size, mask);
    const uintptr_t block =
        (uintptr_t)reel_region_alloc_slow(&region, size, align);
    ASSERT((block != 0) == (fits ? has_page_left : has_large_left));
    ASSERT(is_large == !fits);
    ASSERT(block != 0 || is_large
           || (region.failures == failures + (failures < SIZE_MAX)
               && region.largest_refused >= size));
    COVER(block != 0 && fits);
    COVER(block == 0 && fits);
    COVER(is_large);
}

PROOF(a_small_block_comes_after_the_last_if_it_fits, 0)
{
    const size_t size = any_word();
    const size_t align = any_word();
    ANY_REGION(region);
    ASSUME(is_sound(&region));
    ASSUME(align == 0 || is_pow2(align));
    const uintptr_t next = region.next;
    const wide start = up(next, mask_of(align));
    const bool fits = size > 0 && start + size <= region.end;
    TRUTH(start >= next);
    const uintptr_t block = (uintptr_t)alloc_here(&region, size, align);
    ASSERT((block != 0) == fits);
    ASSERT(!fits || (block == start && region.next == start + size));
    LEMMA(region.next >= next && region.next <= region.end);
    ASSERT(fits || region.next == next);
    ASSERT(is_sound(&region));
    COVER(fits);
    COVER(!fits && size > 0);
    OBSERVE(block);
}
