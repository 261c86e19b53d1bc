// SPDX-License-Identifier: MIT
#include "regions.h"

#include "both.h"
#include "reel/arena.h"
#include "reel/region.h"
#include "tap.h"

#define WORDS       4u // of a page
#define PAGE        (WORDS * sizeof(uint32_t))
#define CHUNK_PAGES 3u
#define CHUNKS      2u // so there are three pages for each core
#define MOST_PAGES  2u // of a region

#define MEMORY 256u // bytes: for the chunks and their links

static reel_arena arena;
static reel_pool pool;
static reel_pool_chunk
    chunks[CHUNKS + 1]; // one more, where a broken list leads
static _Alignas(8) unsigned char memory[MEMORY];
static reel_link spare_links[CHUNK_PAGES];

// Each core writes its own.
static tally turns[2], steps[2], overlaps[2], wrong[2];
static size_t turns_to_do;

void regions_start(void)
{
    EXPECT(reel_arena_init(&arena, memory, MEMORY) == REEL_OK);
    chunks[CHUNKS].base.value = (uintptr_t)memory;
    chunks[CHUNKS].links = spare_links;
    EXPECT(reel_pool_init(&pool, reel_arena_allocator(&arena), chunks, CHUNKS,
                          PAGE, CHUNK_PAGES * PAGE)
           == REEL_OK);
}

// ---- stamps ------------------------------------------------------------------

static uint32_t stamp_of(size_t core, size_t number)
{
    return (uint32_t)(2 * number + core);
}

// The other core may be at it if something is wrong, so it is read and written as
// it stands here.
static void write_page(volatile uint32_t *page, size_t core, size_t number)
{
    for (size_t i = 0; page != NULL && i < WORDS; i++) {
        page[i] = stamp_of(core, number);
    }
    wrong[core].count += page == NULL;
}

static void check_page(const volatile uint32_t *page, size_t core,
                       size_t number)
{
    for (size_t i = 0; page != NULL && i < WORDS; i++) {
        wrong[core].count += page[i] != stamp_of(core, number);
    }
}

// ---- one turn ----------------------------------------------------------------

static uint32_t *claim(size_t core, size_t number)
{
    const size_t seen = steps[1 - core].count;
    uint32_t *const page = reel_pool_claim(&pool);
    overlaps[core].count += seen != steps[1 - core].count;
    steps[core].count++;
    write_page(page, core, number);
    return page;
}

static void release(uint32_t *page, size_t core, size_t number)
{
    check_page(page, core, number);
    wrong[core].count += reel_pool_release(&pool, page) != REEL_OK;
    steps[core].count++;
}

static void use_region(size_t core, size_t number, size_t count)
{
    uint32_t *blocks[MOST_PAGES];
    reel_region region;
    if (reel_region_open(&region, &pool) != REEL_OK) {
        wrong[core].count++;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        blocks[i] = reel_region_alloc(&region, PAGE, 0);
        steps[core].count++;
        write_page(blocks[i], core, number + i);
    }
    for (size_t i = 0; i < count; i++) {
        check_page(blocks[i], core, number + i);
    }
    wrong[core].count += reel_region_close(&region) != REEL_OK;
    steps[core].count++;
}

static bool is_wrong(void)
{
    return wrong[0].count > 0 || wrong[1].count > 0;
}

// The list's top comes back at once with another page below it, and several come
// back by one exchange: what deceives a context that looked away, if nothing but
// the top tells him so (ABA).
static void do_turn(size_t core, size_t turn)
{
    const size_t number = 4 * turn;
    uint32_t *const a = claim(core, number);
    uint32_t *const b = claim(core, number + 1);
    if (!is_wrong()) {
        release(a, core, number);
        use_region(core, number + 2, 1 + turn % MOST_PAGES);
        release(b, core, number + 1);
    }
}

static void work(size_t core)
{
    both_meet();
    for (size_t i = 0; i < turns_to_do && !is_wrong(); i++) {
        do_turn(core, turns[core].count++);
    }
}

void regions_run(size_t more_turns)
{
    turns_to_do = more_turns;
    both_run(work);
}

// ---- what came of it -----------------------------------------------------------

size_t regions_turns(void)
{
    return turns[0].count + turns[1].count;
}

size_t regions_overlaps(void)
{
    return overlaps[0].count + overlaps[1].count;
}

size_t regions_wrong(void)
{
    return wrong[0].count + wrong[1].count
           + !(reel_pool_is_valid(&pool) && reel_pool_used_pages(&pool) == 0
               && reel_pool_peak_pages(&pool) <= CHUNKS * CHUNK_PAGES);
}
