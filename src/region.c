// SPDX-License-Identifier: MIT
#define KIND               REEL_KIND_REGION
#define REEL_REGION_INLINE REEL_TO_EMIT
#include "reel/region.h"

#include "binding.h"
#include "large.h"
#include "reel/events.h"
#include "region_pages.h"
#include "watch.h"

// Pages are chained from the newest to the oldest, whose link leads to no page.
// A page in a chain does not link to itself, so a release of one alone is
// refused.
static void add_page(reel_region *region, uintptr_t i)
{
    reel_list *const list = &region->pool->list;
    list_set_link(list, i, region->pages == 0 ? list->count : region->newest);
    if (region->pages == 0) {
        region->oldest = i;
    }
    region->newest = i;
    region->pages++;
}

// Allocate `size` bytes at the start of page i, where they fit. The page with
// more room left becomes the newest.
static IN_CALLER void *cut_page(reel_region *region, uintptr_t i, size_t size,
                                uintptr_t mask)
{
    const uintptr_t page = page_at(region->pool, i);
    const uintptr_t start = page + gap_to(page, mask);
    const uintptr_t stop = page + page_size_of(region);
    const size_t taken = with_zone(size);
    add_page(region, i);
    watch_unused(page, page_size_of(region));
    REEL_REPORT(COMMIT, REGION, region, page, page_size_of(region));
    if (stop - start - taken >= region->end - region->next) {
        region->next = start + taken;
        region->end = stop;
    }
    return (void *)start;
}

// ---- opening ------------------------------------------------------------------

static IN_CALLER reel_status open_on(reel_region *region, reel_pool *pool,
                                     reel_pool_cache *cache WITH_CALLER)
{
    // Closed, until there is a page: so each refusal below leaves a closed region.
    region->next = 0;
    region->end = 0;
    region->newest = 0;
    region->pages = 0;
    region->failures = 0;
    region->largest_refused = 0;
    region->pool = pool;
    region->cache = cache;
    region->has_more = false;
    if (cache != NULL && cache_has_ended(cache)) {
        return REEL_STALE;
    }
    const uintptr_t i = claim_page(region PASS_CALLER);
    if (i == NO_NUMBER) {
        return pool_has_ended(pool) ? REEL_STALE : REEL_NO_MEMORY;
    }
    REEL_REPORT(OPEN, REGION, region, pool, 0);
    // It allocates nothing, and makes the page the newest.
    (void)cut_page(region, i, 0, 0);
    INVARIANT(reel_region_is_valid(region));
    return REEL_OK;
}

reel_status reel_region_open(reel_region *region, reel_pool *pool)
{
    return region == NULL || pool == NULL
               ? REEL_INVALID
               : open_on(region, pool, NULL PASS_HERE);
}

reel_status reel_region_open_cached_slow(reel_region *region,
                                         reel_pool_cache *cache)
{
    return region == NULL || cache == NULL
               ? REEL_INVALID
               : open_on(region, cache->pool, cache PASS_HERE);
}

// ---- allocation --------------------------------------------------------------

#if REEL_CALLERS
#define ALLOCATE FROM(reel_region_alloc_slow)
#else
#define ALLOCATE reel_region_alloc
#endif

// The allocator of large objects.
ONLY_REPORTED const void *backing_of(const reel_region *region)
{
    return region->pool->backing.self;
}

static IN_CALLER void *refuse_in(reel_region *region,
                                 size_t size WITH(size_t align)
                                     WITH(const void *backing) WITH_CALLER)
{
    TELL_REFUSAL(!pool_has_ended(region->pool),
                 reel_port_in_interrupt() ? REEL_BUSY : REEL_NO_MEMORY, KIND,
                 region, caller, size, align, region->end - region->next,
                 backing);
    REEL_REPORT(REFUSE, REGION, region, region->end - region->next, size);
    region->failures += region->failures < SIZE_MAX;
    region->largest_refused = max_of(region->largest_refused, size);
    // The panic comes last: its hook may not return, and the failure must be
    // counted.
    (void)HOLDS(!pool_has_ended(region->pool), REEL_STALE, KIND, region,
                caller);
    return NULL;
}

// Does it fit into any empty page, at any alignment of the page?
static bool fits_a_page(const reel_region *region, size_t size, uintptr_t mask)
{
    const size_t page = page_size_of(region);
    const uintptr_t page_mask = page_align_mask(region->pool);
    const size_t padding = mask > page_mask ? mask - page_mask : 0;
    const size_t taken = with_zone(size);
    return taken <= page && padding <= page - taken;
}

static IN_CALLER void *alloc_page(reel_region *region, size_t size,
                                  uintptr_t mask WITH(size_t align) WITH_CALLER)
{
    const uintptr_t i = claim_page(region PASS_CALLER);
    if (i == NO_NUMBER) {
        return refuse_in(region,
                         size PASS(align) PASS(region->pool) PASS_CALLER);
    }
    void *const block = cut_page(region, i, size, mask);
    watch_alive((uintptr_t)block, size);
    REEL_REPORT(ALLOC, REGION, region, block, with_zone(size));
    return block;
}

static IN_CALLER void *alloc_here(reel_region *region, size_t size,
                                  size_t align)
{
    uintptr_t start, stop;
    if (!reel_arena_fit(region->next, region->end, with_zone(size), align,
                        &start, &stop)) {
        return NULL;
    }
    region->next = stop;
    watch_alive(start, size);
    REEL_REPORT(ALLOC, REGION, region, start, with_zone(size));
    return (void *)start;
}

static IN_CALLER large_note *take_note(reel_region *region, uintptr_t i)
{
    const size_t size = sizeof(large_note), align = REEL_ALIGNOF(large_note);
    large_note *const note = region->spare;
    // Notes stay on their pages until the close, so one without an object is
    // reused.
    if (note != NULL) {
        region->spare = note->next;
        return note;
    }
    if (i == NO_NUMBER) {
        large_note *const here = alloc_here(region, size, align);
        return here;
    }
    large_note *const page = cut_page(region, i, size, align - 1);
    watch_alive((uintptr_t)page, size);
    REEL_REPORT(ALLOC, REGION, region, page, with_zone(size));
    return page;
}

// The room for the note comes first: a page can go back to any pool, but some
// backings free nothing. A note that fits no page would be a large object
// itself. It is three words, and a page has four at least, so it can be
// aligned.
static IN_CALLER void *alloc_large(reel_region *region, size_t size,
                                   size_t align WITH_CALLER)
{
    uintptr_t i = NO_NUMBER;
    if (page_size_of(region) < with_zone(sizeof(large_note))) {
        return refuse_in(region, size PASS(align) PASS(NULL) PASS_CALLER);
    }
    if (!has_note(region)
        && (i = claim_page(region PASS_CALLER)) == NO_NUMBER) {
        return refuse_in(region,
                         size PASS(align) PASS(region->pool) PASS_CALLER);
    }
    void *const object = take_large(region, size, align PASS_CALLER);
    // The page for the note goes back: a refusal changes nothing.
    if (object == NULL) {
        unclaim_page(region, i);
        return refuse_in(region,
                         size PASS(align) PASS(backing_of(region)) PASS_CALLER);
    }
    // Only now: most regions never write these fields.
    have_more(region);
    note_large(region, take_note(region, i), object, size);
    REEL_REPORT(ALLOC, REGION, region, object, size);
    return object;
}

static IN_CALLER void *alloc(reel_region *region, size_t size,
                             size_t align WITH_CALLER)
{
    if (REEL_OUT_OF_LINE || size == 0) { // else there is no room here
        size = at_least_1(size);
        void *const block = alloc_here(region, size, align);
        if (block != NULL) {
            return block;
        }
    }
    const uintptr_t mask = mask_of(align);
    return fits_a_page(region, size, mask)
               ? alloc_page(region, size, mask PASS(align) PASS_CALLER)
               : alloc_large(region, size, align PASS_CALLER);
}

BODY_IN_CALLER void *FROM(reel_region_alloc_slow)(reel_region *region,
                                                  size_t size,
                                                  size_t align WITH_CALLER)
{
    if (!HOLDS(reel_region_is_open(region), why_closed(region), KIND, region,
               caller)
        || !has_pool(region PASS_CALLER)
        || !HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, region,
                  caller)) {
        return NULL;
    }
    void *const block = alloc(region, size, align PASS_CALLER);
    INVARIANT(reel_region_is_valid(region));
    return block;
}

// Is it the last block of the newest page?
static bool is_last_block(const reel_region *region, uintptr_t start,
                          size_t size)
{
    // Pages may adjoin: a block of another page may end where `next` is.
    const uintptr_t page = region->end - page_size_of(region);
    return start - page < page_size_of(region)
           && start + with_zone(size) == region->next;
}

static IN_CALLER bool resize(reel_region *region, uintptr_t start,
                             size_t old_size, size_t new_size)
{
    const bool is_last = is_last_block(region, start, old_size)
                         && with_zone(new_size) <= region->end - start;
    if (new_size > old_size && !is_last) {
        return false;
    }
    if (is_last) {
        region->next = start + with_zone(new_size);
    }
    if (new_size > old_size) {
        watch_alive(start + old_size, new_size - old_size);
    } else {
        watch_dead(start + new_size, old_size - new_size);
    }
    REEL_REPORT(RESIZE, REGION, region, start, with_zone(new_size));
    return true;
}

// Sizes are not 0. A block that fits no page is a large object, or not of this
// region.
static IN_CALLER void *change(reel_region *region, void *block, size_t old_size,
                              size_t new_size, size_t align WITH_CALLER)
{
    large_note **const note = find_note(region, block);
    if (note != NULL) {
        void *const object =
            resize_large(region, *note, new_size, align PASS_CALLER);
        return object != NULL ? object
                              : refuse_in(region, new_size PASS(align)
                                                      PASS(backing_of(region))
                                                          PASS_CALLER);
    }
    if (!HOLDS(old_size <= page_size_of(region), REEL_FOREIGN, KIND, region,
               caller)) {
        return NULL;
    }
    if (((uintptr_t)block & mask_of(align)) == 0
        && resize(region, (uintptr_t)block, old_size, new_size)) {
        return block;
    }
    void *const copy = ALLOCATE(region, new_size, align PASS_CALLER);
    // The old block stays in its page until the close.
    move_block(copy, block, old_size, new_size);
    if (copy != NULL) {
        REEL_REPORT(FREE, REGION, region, block, with_zone(old_size));
    }
    return copy;
}

BODY void *FROM(reel_region_realloc)(reel_region *region, void *block,
                                     size_t old_size, size_t new_size,
                                     size_t align WITH_CALLER)
{
    if (block == NULL) {
        return ALLOCATE(region, new_size, align PASS_CALLER);
    }
    if (!HOLDS(reel_region_is_open(region), why_closed(region), KIND, region,
               caller)
        || !has_pool(region PASS_CALLER)
        || !HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, region,
                  caller)) {
        return NULL;
    }
    void *const changed = change(region, block, at_least_1(old_size),
                                 at_least_1(new_size), align PASS_CALLER);
    INVARIANT(reel_region_is_valid(region));
    return changed;
}

// ---- the allocator interface --------------------------------------------------

static void *allocate(void *self, size_t size, size_t align)
{
    return ALLOCATE(self, size, align PASS_HERE);
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    return FROM(reel_region_realloc)(self, block, old_size, new_size,
                                     align PASS_HERE);
}

static reel_status give_back(void *self, void *block, size_t size)
{
    return reel_region_free(self, block, size);
}

// Its pages and large objects belong to other allocators now. First nothing
// fits, then the reason is known.
static void end(void *self)
{
    reel_region *const region = self;
    put(&region->end, 0);
    put(&region->newest, NO_NUMBER);
    REEL_REPORT(END, REGION, region, 0, 0);
}

static reel_frees frees(const void *self)
{
    (void)self;
    return REEL_FREES_NEVER;
}

reel_allocator reel_region_allocator(reel_region *region)
{
    static const reel_allocator_ops ops = {
        .allocate = allocate,
        .reallocate = reallocate,
        .free = give_back,
        .frees = frees,
        .end = end,
    };
    const reel_allocator allocator = { &ops, region };
    return allocator;
}

// ---- what the program calls, if callers are kept -----------------------------

#if REEL_CALLERS

EXTERN_IN_CALLER void *reel_region_alloc_slow(reel_region *region, size_t size,
                                              size_t align)
{
    return FROM(reel_region_alloc_slow)(region, size, align PASS_HERE);
}

EXTERN_IN_CALLER void *reel_region_realloc(reel_region *region, void *block,
                                           size_t old_size, size_t new_size,
                                           size_t align)
{
    return FROM(reel_region_realloc)(region, block, old_size, new_size,
                                     align PASS_HERE);
}

#endif
