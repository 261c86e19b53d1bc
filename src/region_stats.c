// SPDX-License-Identifier: MIT
#include "large.h"

bool reel_region_is_open(const reel_region *region)
{
    return region->end != 0;
}

static size_t size_of(const reel_region *region)
{
    return (region->pages << region->pool->page_bits)
           + (region->has_more ? region->large_size : 0);
}

reel_stats reel_region_stats(const reel_region *region)
{
    const bool is_open = reel_region_is_open(region);
    // The pool of a closed region may be gone, so it is not asked.
    const size_t peak = is_open && region->has_more ? region->peak : 0;
    reel_stats stats;
    stats.size = is_open ? size_of(region) : 0;
    stats.used = is_open ? used_in(region) : 0;
    stats.peak = max_of(peak, stats.used);
    stats.failures = region->failures;
    stats.largest_refused = region->largest_refused;
    return stats;
}

// The pages make a chain, as many as it says, and one of them is the newest one.
static bool are_chained(const reel_region *region)
{
    const reel_pool *const pool = region->pool;
    const size_t most = reel_pool_pages(pool);
    const uintptr_t newest = region->end - page_size_in(region->pool);
    uintptr_t i = region->newest, last = NO_NUMBER;
    bool has_newest = false;
    size_t count = 0;
    for (; count < region->pages; count++) {
        // A page that is not there has no link, and a ring has no end.
        if (count == most || !has_page(pool, i)) {
            return false;
        }
        has_newest = has_newest || page_at(pool, i) == newest;
        last = i;
        i = link_after(pool, i);
    }
    return has_newest && last == region->oldest && i == pool->list.count;
}

// A note lies on a page of the pool, as it must before it is looked at.
static bool is_note(const reel_region *region,
                    const struct reel_region_large *note)
{
    return (uintptr_t)note % REEL_ALIGNOF(struct reel_region_large) == 0
           && find_page(region->pool, (uintptr_t)note) != NO_NUMBER;
}

// A list of notes: how many bytes of objects do they stand for? SIZE_MAX if it is
// none. No more than the pages have room for, so a ring comes to an end.
static size_t noted_bytes(const reel_region *region, const large_note *note)
{
    size_t most = region->pages << region->pool->page_bits;
    size_t bytes = 0;
    for (; note != NULL; note = note->next) {
        if (most < sizeof *note || !is_note(region, note)) {
            return SIZE_MAX;
        }
        most -= sizeof *note;
        bytes += note->size;
    }
    return bytes;
}

// The large objects' sizes make up their sum.
static bool are_summed(const reel_region *region)
{
    return noted_bytes(region, region->large) == region->large_size
           && noted_bytes(region, region->spare) != SIZE_MAX;
}

bool reel_region_is_valid(const reel_region *region)
{
    if (!reel_region_is_open(region)) {
        return true;
    }
    // The pages before the notes: notes lie on them.
    return region->next <= region->end
           && region->end - region->next <= page_size_in(region->pool)
           && is_bool(&region->has_more) && are_chained(region)
           && (!region->has_more || are_summed(region));
}
