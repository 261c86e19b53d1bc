// SPDX-License-Identifier: MIT
// Threads on one pool of pages: they open, fill and close regions, claim pages and
// give them back, and the pool grows meanwhile. Each page belongs to one of them at
// a time, and all pages are there in the end. A program of its own, natively and
// under ThreadSanitizer. TAP.

#include <sched.h>
#include <stdatomic.h>

#include "host/malloc.h"
#include "reel/region.h"
#include "threads.h"

#define THREADS 4
#define PAGE    256
#define PAGES   4 // of a chunk
#define CHUNKS  40
#define HELD    6
#define FILLS   20 // blocks of a region, at most
#define ROUNDS  50000

typedef struct block {
    size_t owner; // plain: two owners at once are a data race
    size_t turn;
} block;

static reel_pool pool;
static reel_pool_chunk chunks[CHUNKS];
static atomic_size_t refused;

void reel_port_yield(void)
{
    sched_yield();
}

// ---- what the threads do ---------------------------------------------------------

static void stamp(block *b, size_t count, size_t owner, size_t turn)
{
    for (size_t i = 0; i < count; i++) {
        b[i].owner = owner;
        b[i].turn = turn;
    }
}

static size_t count_wrong(const block *b, size_t count, size_t owner,
                          size_t turn)
{
    size_t bad = 0;
    for (size_t i = 0; i < count; i++) {
        bad += b[i].owner != owner || b[i].turn != turn;
    }
    return bad;
}

// Open a region, fill it with blocks of all sizes, look at them again, close it.
// One in a while is larger than a page.
static void use_a_region(test_thread *me, size_t turn)
{
    reel_region region;
    block *blocks[FILLS];
    size_t counts[FILLS];
    size_t made = 0;
    if (reel_region_open(&region, &pool) != REEL_OK) {
        atomic_fetch_add(&refused, 1);
        return;
    }
    for (size_t fills = test_below(&me->seed, FILLS); made < fills; made++) {
        const size_t most =
            test_below(&me->seed, 50) == 0 ? 40 : PAGE / sizeof(block);
        counts[made] = 1 + test_below(&me->seed, most);
        blocks[made] = reel_region_alloc(&region, counts[made] * sizeof(block),
                                         REEL_ALIGNOF(block));
        if (blocks[made] == NULL) {
            atomic_fetch_add(&refused, 1);
            break;
        }
        stamp(blocks[made], counts[made], me->number, turn + made);
    }
    for (size_t i = 0; i < made; i++) {
        me->wrong += count_wrong(blocks[i], counts[i], me->number, turn + i);
    }
    me->wrong += !reel_region_is_valid(&region);
    me->wrong += reel_region_close(&region) != REEL_OK;
}

// Hold a few pages; give back one at random or claim another.
typedef struct held_pages {
    block *pages[HELD];
    size_t turns[HELD];
} held_pages;

static void swap_a_page(test_thread *me, held_pages *held, size_t turn)
{
    const size_t slot = test_below(&me->seed, HELD);
    const size_t count = PAGE / sizeof(block);
    block *const page = held->pages[slot];
    if (page != NULL) {
        me->wrong += count_wrong(page, count, me->number, held->turns[slot]);
        me->wrong += reel_pool_release(&pool, page) != REEL_OK;
        held->pages[slot] = NULL;
        return;
    }
    held->pages[slot] = reel_pool_claim(&pool);
    held->turns[slot] = turn;
    if (held->pages[slot] != NULL) {
        stamp(held->pages[slot], count, me->number, turn);
    } else {
        atomic_fetch_add(&refused, 1);
    }
}

static void give_back(test_thread *me, held_pages *held)
{
    for (size_t slot = 0; slot < HELD; slot++) {
        me->wrong += held->pages[slot] != NULL
                     && reel_pool_release(&pool, held->pages[slot]) != REEL_OK;
    }
}

static void work(test_thread *me)
{
    held_pages held = { { NULL }, { 0 } };
    for (size_t i = 0; i < ROUNDS; i++) {
        if (test_below(&me->seed, 3) == 0) {
            use_a_region(me, i * FILLS);
        } else {
            swap_a_page(me, &held, i);
        }
        if (i % 1000 == 0) {
            const size_t used = reel_pool_used_pages(&pool);
            me->wrong += used > reel_pool_pages(&pool);
        }
    }
    give_back(me, &held);
}

// All come at once to an empty pool: no claim fails while there is room, and
// no page is given to two.
static void claim_at_once(test_thread *me)
{
    block *pages[PAGES];
    for (size_t i = 0; i < ROUNDS / 40; i++) {
        (void)threads_meet();
        for (size_t p = 0; p < PAGES; p++) {
            pages[p] = reel_pool_claim(&pool);
            me->wrong += pages[p] == NULL;
            if (pages[p] != NULL) {
                stamp(pages[p], PAGE / sizeof(block), me->number, p);
            }
        }
        (void)threads_meet();
        me->wrong += reel_pool_used_pages(&pool) != THREADS * PAGES;
        (void)threads_meet();
        for (size_t p = 0; p < PAGES && pages[p] != NULL; p++) {
            me->wrong +=
                count_wrong(pages[p], PAGE / sizeof(block), me->number, p);
            me->wrong += reel_pool_release(&pool, pages[p]) != REEL_OK;
        }
        (void)threads_meet();
        if (me->number == 0 && i + 1 < ROUNDS / 40) { // the others wait
            me->wrong += reel_pool_dispose(&pool) != REEL_OK;
        }
    }
}

// One grows ahead of the others.
static void work_or_reserve(test_thread *me)
{
    if (me->number > 0) {
        work(me);
        return;
    }
    for (size_t i = 0; i < ROUNDS / 10; i++) {
        const reel_status status = reel_pool_reserve(&pool, i % (3 * PAGES));
        me->wrong += status != REEL_OK && status != REEL_FULL;
    }
}

// ---- the rounds ------------------------------------------------------------------

// Claim every page there is: as many as the pool says, none of them twice.
static int all_pages_are_there(void)
{
    static block *pages[CHUNKS * PAGES];
    const size_t count = reel_pool_pages(&pool);
    size_t bad = 0;
    for (size_t i = 0; i < count; i++) {
        pages[i] = reel_pool_claim(&pool);
        if (pages[i] == NULL) {
            return 0;
        }
        stamp(pages[i], PAGE / sizeof(block), i, i);
    }
    for (size_t i = 0; i < count; i++) {
        bad += count_wrong(pages[i], PAGE / sizeof(block), i, i) != 0;
        bad += reel_pool_release(&pool, pages[i]) != REEL_OK;
    }
    return bad == 0 && reel_pool_pages(&pool) == count;
}

static void check(const char *what, size_t capacity,
                  void (*body)(test_thread *me))
{
    EXPECT(reel_pool_init(&pool, reel_host_malloc(), chunks, capacity, PAGE,
                          PAGES * PAGE)
           == REEL_OK);
    atomic_store(&refused, 0);
    RESULT(threads_run(THREADS, body) == 0, "each page had one owner at a time",
           what);
    test_note("chunks:", reel_pool_chunks(&pool));
    test_note("refusals:", atomic_load(&refused));
    RESULT((atomic_load(&refused) == 0) == (capacity == CHUNKS),
           "a claim failed only if there was no room", what);
    RESULT(reel_pool_used_pages(&pool) == 0 && reel_pool_is_valid(&pool),
           "all pages came back", what);
    RESULT(all_pages_are_there(), "no page was lost or doubled", what);
    RESULT(reel_pool_dispose(&pool) == REEL_OK && reel_pool_chunks(&pool) == 0,
           "all chunks go back", what);
}

int main(void)
{
    check("regions and pages", CHUNKS, work);
    check("the same, with too few pages", 3, work);
    check("all grow at once", CHUNKS, claim_at_once);
    check("one grows ahead of the others", CHUNKS, work_or_reserve);
    return tap_end() ? 0 : 1;
}
