// Threads on one pool of pages: they open, fill and close regions, claim pages and
// give them back, and the pool grows meanwhile. Each page belongs to one of them at
// a time, and all pages are there in the end. A program of its own, natively and
// under ThreadSanitizer. TAP.

#define _DEFAULT_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include "host/malloc.h"
#include "reel/region.h"

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
static pthread_barrier_t gun;
static atomic_size_t wrong, refused;
static int tests, failures;

void reel_port_yield(void)
{
    sched_yield();
}

static void result(int passed, const char *name)
{
    printf("%s %d - %s\n", passed ? "ok" : "not ok", ++tests, name);
    failures += !passed;
}

static size_t below(uint32_t *seed, size_t limit)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % limit;
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
static size_t use_a_region(size_t me, size_t turn, uint32_t *seed)
{
    reel_region region;
    block *blocks[FILLS];
    size_t counts[FILLS];
    size_t bad = 0, made = 0;
    if (reel_region_open(&region, &pool) != REEL_OK) {
        atomic_fetch_add(&refused, 1);
        return 0;
    }
    for (size_t fills = below(seed, FILLS); made < fills; made++) {
        const size_t most = below(seed, 50) == 0 ? 40 : PAGE / sizeof(block);
        counts[made] = 1 + below(seed, most);
        blocks[made] = reel_region_alloc(&region, counts[made] * sizeof(block),
                                         REEL_ALIGNOF(block));
        if (blocks[made] == NULL) {
            atomic_fetch_add(&refused, 1);
            break;
        }
        stamp(blocks[made], counts[made], me, turn + made);
    }
    for (size_t i = 0; i < made; i++) {
        bad += count_wrong(blocks[i], counts[i], me, turn + i);
    }
    bad += !reel_region_is_valid(&region);
    bad += reel_region_close(&region) != REEL_OK;
    return bad;
}

// Hold a few pages; give back one at random or claim another.
typedef struct held_pages {
    block *pages[HELD];
    size_t turns[HELD];
} held_pages;

static size_t swap_a_page(held_pages *held, size_t me, size_t turn,
                          uint32_t *seed)
{
    const size_t slot = below(seed, HELD);
    const size_t count = PAGE / sizeof(block);
    block *const page = held->pages[slot];
    if (page != NULL) {
        const size_t bad = count_wrong(page, count, me, held->turns[slot]);
        held->pages[slot] = NULL;
        return bad + (reel_pool_release(&pool, page) != REEL_OK);
    }
    held->pages[slot] = reel_pool_claim(&pool);
    held->turns[slot] = turn;
    if (held->pages[slot] != NULL) {
        stamp(held->pages[slot], count, me, turn);
    } else {
        atomic_fetch_add(&refused, 1);
    }
    return 0;
}

static size_t give_back(held_pages *held)
{
    size_t bad = 0;
    for (size_t slot = 0; slot < HELD; slot++) {
        bad += held->pages[slot] != NULL
               && reel_pool_release(&pool, held->pages[slot]) != REEL_OK;
    }
    return bad;
}

static void *work(void *argument)
{
    const size_t me = *(const size_t *)argument;
    held_pages held = { { NULL }, { 0 } };
    uint32_t seed = (uint32_t)me;
    size_t bad = 0;
    pthread_barrier_wait(&gun);
    for (size_t i = 0; i < ROUNDS; i++) {
        if (below(&seed, 3) == 0) {
            bad += use_a_region(me, i * FILLS, &seed);
        } else {
            bad += swap_a_page(&held, me, i, &seed);
        }
        if (i % 1000 == 0) {
            const size_t used = reel_pool_used_pages(&pool);
            bad += used > reel_pool_pages(&pool);
        }
    }
    bad += give_back(&held);
    atomic_fetch_add(&wrong, bad);
    return NULL;
}

// All come at once to an empty pool: no claim fails while there is room, and
// no page is given to two.
static void *claim_at_once(void *argument)
{
    const size_t me = *(const size_t *)argument;
    block *pages[PAGES];
    size_t bad = 0;
    for (size_t i = 0; i < ROUNDS / 40; i++) {
        pthread_barrier_wait(&gun);
        for (size_t p = 0; p < PAGES; p++) {
            pages[p] = reel_pool_claim(&pool);
            bad += pages[p] == NULL;
            if (pages[p] != NULL) {
                stamp(pages[p], PAGE / sizeof(block), me, p);
            }
        }
        pthread_barrier_wait(&gun);
        bad += reel_pool_used_pages(&pool) != THREADS * PAGES;
        pthread_barrier_wait(&gun);
        for (size_t p = 0; p < PAGES && pages[p] != NULL; p++) {
            bad += count_wrong(pages[p], PAGE / sizeof(block), me, p);
            bad += reel_pool_release(&pool, pages[p]) != REEL_OK;
        }
        pthread_barrier_wait(&gun);
        if (me == 1 && i + 1 < ROUNDS / 40) { // the others wait
            bad += reel_pool_dispose(&pool) != REEL_OK;
        }
    }
    atomic_fetch_add(&wrong, bad);
    return NULL;
}

// One grows ahead of the others.
static void *work_or_reserve(void *argument)
{
    if (*(const size_t *)argument > 1) {
        return work(argument);
    }
    pthread_barrier_wait(&gun);
    for (size_t i = 0; i < ROUNDS / 10; i++) {
        const reel_status status = reel_pool_reserve(&pool, i % (3 * PAGES));
        atomic_fetch_add(&wrong, status != REEL_OK && status != REEL_FULL);
    }
    return NULL;
}

// ---- the rounds ------------------------------------------------------------------

static void fresh_pool(size_t capacity)
{
    (void)reel_pool_init(&pool, reel_host_malloc(), chunks, capacity, PAGE,
                         PAGES * PAGE);
    atomic_store(&wrong, 0);
    atomic_store(&refused, 0);
}

static void run_threads(void *(*body)(void *))
{
    pthread_t threads[THREADS];
    size_t numbers[THREADS];
    pthread_barrier_init(&gun, NULL, THREADS);
    for (size_t t = 0; t < THREADS; t++) {
        numbers[t] = t + 1;
        pthread_create(&threads[t], NULL, body, &numbers[t]);
    }
    for (size_t t = 0; t < THREADS; t++) {
        pthread_join(threads[t], NULL);
    }
    pthread_barrier_destroy(&gun);
}

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

static void check(const char *what, int may_refuse)
{
    printf("# %s: %zu chunks, %zu refusals\n", what, reel_pool_chunks(&pool),
           atomic_load(&refused));
    result(atomic_load(&wrong) == 0, "each page had one owner at a time");
    result(may_refuse || atomic_load(&refused) == 0,
           "no claim failed while there was room");
    result(reel_pool_used_pages(&pool) == 0 && reel_pool_is_valid(&pool),
           "all pages came back");
    result(all_pages_are_there(), "no page was lost or doubled");
    result(reel_pool_dispose(&pool) == REEL_OK && reel_pool_chunks(&pool) == 0,
           "all chunks go back");
}

int main(void)
{
    fresh_pool(CHUNKS);
    run_threads(work);
    check("regions and pages", 0);
    fresh_pool(3);
    run_threads(work);
    result(atomic_load(&refused) > 0, "a small pool was used up");
    check("the same, with too few pages", 1);
    fresh_pool(CHUNKS);
    run_threads(claim_at_once);
    check("all grow at once", 0);
    fresh_pool(CHUNKS);
    run_threads(work_or_reserve);
    check("one grows ahead of the others", 0);
    printf("1..%d\n", tests);
    return failures != 0;
}
