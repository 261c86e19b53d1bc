// SPDX-License-Identifier: MIT
// Blocks, pages and regions: at the end each slot has one owner, and none is lost.

#include "scenes.h"

#define SLOT  16u // bytes
#define SLOTS 6u  // each context has one, one is disputed, two are free

static reel_blocks blocks;
static reel_arena arena;
static reel_pool pool;
static reel_pool_chunk chunks[2];
static reel_region regions[CONTEXTS];
static _Alignas(16) unsigned char memory[512];
static size_t slots_at_most, free_at_start;
static unsigned char *seen[16];
static size_t seen_count;

static const struct kind {
    void *(*take)(void);
    reel_status (*give)(void *);
    size_t (*count)(void);
    bool (*is_valid)(void);
} * kind;

// ---- blocks ------------------------------------------------------------------------

static void *take_block(void)
{
    return reel_blocks_alloc(&blocks);
}

static reel_status give_block(void *block)
{
    return reel_blocks_free(&blocks, block);
}

static size_t count_blocks(void)
{
    return reel_blocks_count_used(&blocks);
}

static bool are_blocks_valid(void)
{
    return reel_blocks_is_valid(&blocks);
}

static const struct kind block_kind = { take_block, give_block, count_blocks,
                                        are_blocks_valid };

// ---- pages --------------------------------------------------------------------------

static void *take_page(void)
{
    return reel_pool_claim(&pool);
}

static reel_status give_page(void *page)
{
    return reel_pool_release(&pool, page);
}

static size_t count_pages(void)
{
    return reel_pool_used_pages(&pool);
}

static bool are_pages_valid(void)
{
    return reel_pool_is_valid(&pool);
}

static const struct kind page_kind = { take_page, give_page, count_pages,
                                       are_pages_valid };

// ---- before ------------------------------------------------------------------------

// Everything was used once, so the free ones are on the list.
static void share_out(size_t to_free)
{
    void *spare[2];
    start_shares();
    for (size_t i = 0; i < CONTEXTS; i++) {
        shares[i].own = kind->take();
        stamp(shares[i].own, SLOT, i);
    }
    disputed = kind->take();
    for (size_t i = 0; i < to_free; i++) {
        spare[i] = kind->take();
    }
    for (size_t i = 0; i < to_free; i++) {
        (void)kind->give(spare[i]);
    }
    free_at_start = to_free;
}

void start_blocks(void)
{
    kind = &block_kind;
    slots_at_most = SLOTS;
    (void)reel_blocks_init(&blocks, memory, sizeof memory, SLOT, SLOTS);
    share_out(2);
}

static void start_pool(size_t pages)
{
    kind = &page_kind;
    slots_at_most = 2 * pages;
    (void)reel_arena_init(&arena, memory, sizeof memory);
    (void)reel_pool_init(&pool, reel_arena_allocator(&arena), chunks, 2, SLOT,
                         pages * SLOT);
}

void start_pages(void)
{
    start_pool(SLOTS);
    share_out(2);
}

// The chunk is full, and there may be one more.
void start_growing_pages(void)
{
    start_pool(4);
    share_out(0);
}

// ---- what contexts do -----------------------------------------------------------------

static void take(uintptr_t who)
{
    note_block(who, kind->take(), SLOT);
}

static void give(uintptr_t who)
{
    share *const mine = &shares[who];
    if (!is_stamped(mine->own, SLOT, who)) {
        note_status(who, REEL_FOREIGN);
    }
    note_status(who, kind->give(mine->own));
    mine->own = NULL;
}

static void take_and_give(uintptr_t who)
{
    take(who);
    share *const mine = &shares[who];
    if (mine->block == NULL) {
        return;
    }
    if (!is_stamped(mine->block, SLOT, who)) {
        note_status(who, REEL_FOREIGN);
    }
    note_status(who, kind->give(mine->block));
    mine->block = NULL;
}

static void give_disputed(uintptr_t who)
{
    const reel_status status = kind->give(disputed);
    shares[who].freed_disputed = status == REEL_OK;
    note_status(who, status == REEL_DOUBLE_FREE ? REEL_OK : status);
}

static void count(uintptr_t who)
{
    if (kind->count() > slots_at_most) {
        note_status(who, REEL_INVALID);
    }
}

static void use_region(uintptr_t who)
{
    reel_region *const region = &regions[who];
    note_status(who, reel_region_open(region, &pool));
    unsigned char *const block = reel_region_alloc(region, 4, 1);
    stamp(block, 4, who);
    if (block == NULL || !is_stamped(block, 4, who)) {
        note_status(who, REEL_FOREIGN);
    }
    note_status(who, reel_region_close(region));
}

const operation block_operations[] = {
    { "alloc", take, ANY_CONTEXT },
    { "free", give, ANY_CONTEXT },
    { "alloc and free", take_and_give, ANY_CONTEXT },
    { "free the same", give_disputed, ANY_CONTEXT },
    { "count_used", count, ANY_CONTEXT },
    { 0 },
};

const operation page_operations[] = {
    { "claim", take, ANY_CONTEXT },
    { "release", give, ANY_CONTEXT },
    { "claim and release", take_and_give, ANY_CONTEXT },
    { "release the same", give_disputed, ANY_CONTEXT },
    { "used_pages", count, ANY_CONTEXT },
    { 0 },
};

const operation region_operations[] = {
    { "open, alloc, close", use_region, ANY_CONTEXT },
    { "claim", take, ANY_CONTEXT },
    { "release", give, ANY_CONTEXT },
    { 0 },
};

// ---- afterwards ----------------------------------------------------------------------

static bool is_new(unsigned char *slot)
{
    for (size_t i = 0; i < seen_count; i++) {
        if (seen[i] == slot) {
            return false;
        }
    }
    seen[seen_count++] = slot;
    return true;
}

static bool is_held_once(unsigned char *slot, uintptr_t who)
{
    return slot == NULL || (is_new(slot) && is_stamped(slot, SLOT, who));
}

// The known limit: the disputed slot was freed and allocated again before a second free.
static bool was_freed_late(void)
{
    size_t freed = 0;
    bool was_allocated = false;
    for (size_t i = 0; i < CONTEXTS; i++) {
        freed += shares[i].freed_disputed;
        was_allocated = was_allocated || shares[i].last == disputed;
    }
    return freed > 1 && was_allocated;
}

// Each slot that is held, with its holder's stamp.
static bool are_held_once(void)
{
    size_t freed = 0;
    seen_count = 0;
    for (size_t i = 0; i < CONTEXTS; i++) {
        freed += shares[i].freed_disputed;
        if (!is_held_once(shares[i].own, i)
            || !is_held_once(shares[i].block, i)) {
            return false;
        }
    }
    return freed == 1 || (freed == 0 && is_new(disputed));
}

// No context was refused while there was one for each. A pool grows for threads.
static bool is_refusal_right(void)
{
    for (size_t i = 0; i < CONTEXTS; i++) {
        const bool is_grown = kind == &page_kind && shares[i].is_thread;
        if (shares[i].refused > 0
            && (is_grown || wanted_by_all() <= free_at_start)) {
            return false;
        }
    }
    return true;
}

static uintptr_t is_right(void)
{
    if (was_freed_late()) {
        return 1;
    }
    if (!is_all_well() || !kind->is_valid() || !are_held_once()
        || !is_refusal_right() || kind->count() != seen_count) {
        return 0;
    }
    unsigned char *slot;
    while ((slot = kind->take()) != NULL) {
        if (!is_new(slot)) {
            return 0;
        }
    }
    return seen_count == slots_at_most
           || (kind == &page_kind && seen_count > 0);
}

uintptr_t blocks_are_right(void)
{
    return is_right();
}

uintptr_t pages_are_right(void)
{
    return is_right();
}
