// SPDX-License-Identifier: MIT
#include "region.h"
#include "reel/port.h"

reel_region main_region;
reel_pool_cache cache;
void *held;
size_t held_size;
static reel_region handler_region;
static size_t handlers_pages[2], handlers_count; // of its region
static reel_pool_slot slots[SLOTS];
static reel_registry registry;
static reel_registry_entry entries[1];

// ---- the handler -----------------------------------------------------------

static void *handler_keeps(void *block)
{
    const size_t number = things_keep(HANDLER, block);
    if (number < PAGES) {
        handlers_pages[handlers_count++] = number;
    }
    return block;
}

static void handler_opens_and_adds(void)
{
    ledger_begin_taking(HANDLER, 1);
    const bool is_open =
        reel_region_open(&handler_region, &page_pool) == REEL_OK;
    if (handler_keeps(is_open ? reel_region_alloc(&handler_region, PAGE, 8)
                              : NULL)
        != NULL) {
        ledger_begin_taking(HANDLER, 1);
        (void)handler_keeps(reel_region_alloc(&handler_region, PAGE, 8));
    }
}

static void handler_closes(void)
{
    if (!reel_region_is_open(&handler_region)) {
        return;
    }
    REQUIRE(reel_region_is_valid(&handler_region));
    REQUIRE(handler_region.pages == handlers_count);
    for (size_t i = 0; i < handlers_count; i++) {
        things_let_go(handlers_pages[i]);
    }
    REQUIRE(reel_region_close(&handler_region) == REEL_OK);
    for (size_t i = 0; i < handlers_count; i++) {
        ledger_end_freeing(handlers_pages[i], true);
    }
    handlers_count = 0;
}

static void handler_opens_and_closes(void)
{
    handler_opens_and_adds();
    handler_closes();
}

const test_action region_actions[] = {
    { "the handler opens a region and closes it", handler_opens_and_closes,
      NULL },
    { 0 },
};

// ---- before ----------------------------------------------------------------

static void set_closed(reel_region *region)
{
    region->pool = NULL;
    region->next = region->end = 0;
    region->newest = 0;
    region->large = NULL;
    region->entry = NULL;
}

void region_begin(void)
{
    pages_begin();
    REQUIRE(reel_pool_cache_init(&cache, &page_pool, slots, SLOTS) == REEL_OK);
    set_closed(&main_region);
    set_closed(&handler_region);
    handlers_count = 0;
    held = large;
    held_size = SMALL;
}

void region_has_page_of(const void *block, bool is_full)
{
    const size_t number = things_holding(block);
    REQUIRE(number < PAGES);
    if (number < PAGES && things_owner(number) != MAIN_LOOP) {
        if (book.taking[MAIN_LOOP] == 0) {
            ledger_begin_taking(MAIN_LOOP, 1);
        }
        (void)things_own(MAIN_LOOP, things_at(number));
        if (is_full) {
            things_stamp(number);
        }
    }
}

// What is in the cache has no owner.
void region_fill_cache(size_t count)
{
    REQUIRE(reel_region_open_cached(&main_region, &cache) == REEL_OK);
    for (size_t i = 0; i < count; i++) {
        REQUIRE(reel_region_alloc(&main_region, PAGE, 8) != NULL);
    }
    REQUIRE(reel_region_close(&main_region) == REEL_OK);
    REQUIRE((size_t)(cache.top - slots) == count);
}

static void open_and_bind(void)
{
    REQUIRE((has(CACHED | WARM) ? reel_region_open_cached(&main_region, &cache)
                                : reel_region_open(&main_region, &page_pool))
            == REEL_OK);
    if (has(BOUND)) {
        REQUIRE(reel_registry_init(&registry, entries, 1) == REEL_OK);
        REQUIRE(reel_region_bind(&main_region, &registry, REEL_NO_HANDLE)
                == REEL_OK);
    }
}

static void hold(void *block, size_t size)
{
    REQUIRE(block != NULL);
    held = block;
    held_size = size;
    for (size_t i = 0; block != NULL && i < size; i++) {
        ((unsigned char *)block)[i] = (unsigned char)(HELD + i);
    }
}

bool region_holds_as_before(const void *block, size_t size)
{
    size_t i = 0;
    while (i < size && ((const unsigned char *)block)[i] == HELD + i) {
        i++;
    }
    return i == size;
}

// The first object is held. The notes are on the first page.
static void prepare_objects(void)
{
    void *const first = reel_region_alloc(&main_region, LARGE, 8);
    hold(first, LARGE);
    if (has(TWO)) {
        REQUIRE(reel_region_alloc(&main_region, LARGE, 8) != NULL);
    }
    if (has(SPARE)) {
        REQUIRE(reel_region_free(&main_region, first, LARGE) == REEL_OK);
    }
}

// The block that is held at the page's second granule, and with CROWDED one behind it.
static void prepare_block(void)
{
    REQUIRE(reel_region_alloc(&main_region, SMALL, 8) != NULL);
    hold(reel_region_alloc(&main_region, SMALL, 8), SMALL);
    if (has(CROWDED)) {
        REQUIRE(reel_region_alloc(&main_region, SMALL, 8) != NULL);
    }
}

void region_prepare(void)
{
    const bool is_roomy = has(ROOMY | CROWDED | OBJECT);
    held = NULL;
    open_and_bind();
    region_has_page_of((void *)main_region.next, !is_roomy);
    if (has(OBJECT)) {
        prepare_objects();
    } else if (has(ROOMY | CROWDED)) {
        prepare_block();
    }
    for (size_t i = is_roomy; i < argument(MINE); i++) {
        region_has_page_of(reel_region_alloc(&main_region, PAGE, 8), true);
    }
}

void region_prepare_else(void)
{
    registry.gate.value = has(LOCKED) ? reel_port_thread() : 0;
}

// ---- after -----------------------------------------------------------------

void region_check(size_t cached)
{
    REQUIRE((size_t)(cache.top - slots) == cached);
    reel_pool_cache_flush(&cache);
    handler_closes();
    // A note that was overwritten is not to be followed.
    things_check();
    REQUIRE(reel_region_is_valid(&main_region));
    pages_check();
}
