// SPDX-License-Identifier: MIT
// The main loop's region, and the handler's. The main loop's pages are its region's.

#ifndef REGION_H
#define REGION_H

#include "reel/region.h"

#include "pages.h"

#define SMALL \
    7u // bytes of a block that leaves room in its page: a word and more
#define HELD  0xC0 // what a block that is changed is full of, counting up
#define SLOTS 2u   // of the cache

extern reel_region main_region;
extern reel_pool_cache cache;
extern void *held; // the block or large object that is changed or freed
extern size_t held_size;

// A closed region and pages that have no owner; a cache with so many pages; the region
// and its pages, if it has any.
void region_begin(void);
void region_fill_cache(size_t count);
void region_prepare(void);
void region_prepare_else(void);

// The main loop's region has the page that this lies in. A page with room, or one that is
// of no more interest, is not stamped.
void region_has_page_of(const void *block, bool is_full);

bool region_holds_as_before(const void *block, size_t size);

// The usual end of a trial: the cache has so many pages.
void region_check(size_t cached);

extern const test_action region_actions[]; // the handler has a region, too

#endif
