// SPDX-License-Identifier: MIT
// Page pools and regions. A context that gets a page notes that and fills it with a
// stamp; a context that releases one says so first. The main loop's result is looked at
// when the trial is over, so that no interrupt comes between.

#include "interrupts.h"

#include "reel/port.h"
#include "reel/region.h"

#define PAGE        32u // bytes
#define CHUNK_PAGES 3u
#define CHUNKS      3u // at most
#define PAGES       (CHUNKS * CHUNK_PAGES)
#define UNIT        REEL_ALIGN_DEFAULT
#define LINKS_SIZE  ((CHUNK_PAGES * sizeof(reel_link) + UNIT - 1) / UNIT * UNIT)
#define LARGE       64u  // bytes, of an object larger than a page
#define SMALL       7u   // of one that leaves room in its page: a word and more
#define SLOTS       2u   // of the cache
#define HELD        0xC0 // what a block that is changed is full of, counting up

typedef enum owner { NOBODY, MAIN_LOOP, HANDLER } owner;

// How an operation is prepared: pages that the main loop owns, that are on the list,
// that the handler owns; chunks that have come; what else there is. Page 0 is the
// main loop's first, or if it has none the bottom of the list. Then bytes and
// alignment that a region is asked for, or the status to be had.
enum { MINE, LISTED, HANDLERS, CAME, ELSE, ASKED, ALIGN };
#define STATUS ASKED

// What else there is.
#define REFUSES  1u // the backing has no more
#define NO_LINKS 2u // it has a chunk, but no links for it
#define ROOMY    3u // the region's page has room
#define BUSY     4u // another thread is in the gate
#define WORK     5u // the same, and before it leaves it gives page 0 back
#define BOUND    6u // the region is bound to a registry
#define CACHED   7u // the region has a cache
#define CROWDED  8u // the region's page has room, but not behind its first block
#define WARM     9u // the region has a cache, and its pages came from there

// What is so, told from outside of the pool.
typedef struct truth {
    owner owners[PAGES];
    unsigned char stamps[PAGES]; // what each page is full of
    bool is_stamped[PAGES];
    bool is_shared; // two owners of a page: the worst has happened
    size_t owned, most_owned, refused;
    size_t fewest;       // pages that could be had, at any moment of the trial
    size_t in_flight;    // of these, what the main loop's call may have in hand
    size_t wins, claims; // releases of page 0 that took effect; that had to
    size_t arrived;      // pages of chunks that came before the operation
    const test_operation *operation;
    size_t least_owned; // at any moment of the trial
    size_t counted;     // the main loop's result, or
    void *held;         // the block that the main loop is to change
    void *taken;        // the main loop's result, or
    reel_status status;
} truth;

// The backing.
typedef struct supply {
    size_t chunks, most_chunks; // given
    bool has_links, has_large;
    bool is_busy; // with another thread
} supply;

static reel_pool pool;
static reel_pool_chunk chunks[CHUNKS + 1]; // one more, where broken lists lead
static reel_region main_region, handler_region;
static reel_pool_cache cache;
static reel_pool_slot slots[SLOTS];
static reel_registry registry;
static reel_registry_entry entries[1];
static _Alignas(PAGE) unsigned char pages[PAGES * PAGE];
static reel_link links[PAGES];
static _Alignas(8) unsigned char large[LARGE];
static supply backing;
static truth now;

// ---- the backing -----------------------------------------------------------

static void *give_large(size_t size)
{
    REQUIRE(backing.has_large);
    backing.has_large = size != LARGE;
    return size == LARGE ? large : NULL;
}

static void *give_chunk(void)
{
    return backing.chunks == backing.most_chunks
               ? NULL
               : &pages[backing.chunks++ * CHUNK_PAGES * PAGE];
}

// Links come last.
static void *give_links(void)
{
    return backing.has_links ? &links[(backing.chunks - 1) * CHUNK_PAGES]
                             : NULL;
}

static void *supply_some(void *self, size_t size, size_t align)
{
    (void)self, (void)align;
    REQUIRE(!reel_port_in_interrupt() && !backing.is_busy);
    return size == CHUNK_PAGES * PAGE ? give_chunk()
           : size == LINKS_SIZE       ? give_links()
                                      : give_large(size);
}

static reel_status take_back(void *self, void *block, size_t size)
{
    (void)self;
    REQUIRE(!reel_port_in_interrupt() && !backing.is_busy);
    backing.has_large = backing.has_large || block == large;
    backing.chunks -= size == CHUNK_PAGES * PAGE;
    return REEL_OK;
}

// ---- what everybody does ---------------------------------------------------

static unsigned char *page(size_t i)
{
    return &pages[i * PAGE];
}

static void stamp(size_t i, unsigned char value)
{
    now.stamps[i] = value;
    now.is_stamped[i] = true;
    for (size_t at = 0; at < PAGE; at++) {
        page(i)[at] = value;
    }
}

static bool is_whole(size_t i)
{
    size_t at = 0;
    while (at < PAGE && page(i)[at] == now.stamps[i]) {
        at++;
    }
    return at == PAGE || !now.is_stamped[i];
}

static size_t could_come(void)
{
    return backing.has_links ? backing.most_chunks * CHUNK_PAGES : now.arrived;
}

static void keep(owner who, size_t i)
{
    REQUIRE(now.owners[i] == NOBODY);
    now.is_shared = now.is_shared || now.owners[i] != NOBODY;
    now.owned += now.owners[i] == NOBODY;
    now.owners[i] = who;
    if (now.most_owned < now.owned) {
        now.most_owned = now.owned;
    }
    if (could_come() - now.owned < now.fewest) {
        now.fewest = could_come() - now.owned;
    }
}

static size_t number_of(const void *address)
{
    size_t i = 0;
    while (i < PAGES && page(i) != address) {
        i++;
    }
    return i;
}

// Note what a claim came to; returns its number, or PAGES.
static size_t note_taken(owner who, const void *address)
{
    const size_t i = number_of(address);
    REQUIRE(address == NULL || i < PAGES);
    if (i < PAGES) {
        keep(who, i);
        stamp(i, (unsigned char)(PAGES * who + i));
    } else {
        now.refused++;
    }
    return i;
}

static void let_go(size_t i)
{
    REQUIRE(now.owners[i] != NOBODY && is_whole(i));
    now.owners[i] = NOBODY;
    now.owned--;
    if (now.owned < now.least_owned) {
        now.least_owned = now.owned;
    }
}

static size_t let_go_of_all(owner who)
{
    size_t count = 0;
    for (size_t i = 0; i < PAGES; i++) {
        if (now.owners[i] == who) {
            let_go(i);
            count++;
        }
    }
    return count;
}

static void give(size_t i)
{
    let_go(i);
    REQUIRE(reel_pool_release(&pool, page(i)) == REEL_OK);
}

// Page 0, which its owner has let go: who releases it first wins.
static void note_dispute(reel_status status)
{
    REQUIRE(status == REEL_OK || status == REEL_DOUBLE_FREE);
    now.wins += status == REEL_OK;
}

static void *open_and_take(reel_region *region)
{
    return reel_region_open(region, &pool) == REEL_OK
               ? reel_region_alloc(region, PAGE, 8)
               : NULL;
}

// ---- the main loop ---------------------------------------------------------

static size_t argument(unsigned which)
{
    return now.operation->arguments[which];
}

static void claim(void)
{
    now.taken = reel_pool_claim(&pool);
}

static void release_disputed(void)
{
    now.status = reel_pool_release(&pool, page(0));
}

static void release_null(void)
{
    now.status = reel_pool_release(&pool, NULL);
}

static void release_foreign(void)
{
    now.status = reel_pool_release(&pool, large);
}

static void release_inner(void)
{
    now.status = reel_pool_release(&pool, page(0) + 1);
}

static void release_fresh(void)
{
    now.status = reel_pool_release(&pool, page(2 * CHUNK_PAGES - 1));
}

static void open_region(void)
{
    now.status = reel_region_open(&main_region, &pool);
}

static void open_inline(void)
{
    now.status = reel_region_open_cached(&main_region, &cache);
}

static void open_cached(void)
{
    now.status = reel_region_open_cached_slow(&main_region, &cache);
}

// Not the inline copy: it is the function whose instructions are known.
static void take(void)
{
    static void *(*const volatile allocate)(reel_region *, size_t, size_t) =
        reel_region_alloc;
    now.taken = allocate(&main_region, argument(ASKED), argument(ALIGN));
}

static void change(void)
{
    now.taken = reel_region_realloc(&main_region, now.held, SMALL,
                                    argument(ASKED), argument(ALIGN));
}

static void close_region(void)
{
    now.status = reel_region_close(&main_region);
}

static void close_inline(void)
{
    now.status = reel_region_close_cached(&main_region);
}

static void flush_cache(void)
{
    reel_pool_cache_flush(&cache);
    now.status = REEL_OK;
}

static void open_nowhere(void)
{
    now.status = reel_region_open(&main_region, NULL);
}

static void open_without_cache(void)
{
    now.status = reel_region_open_cached_slow(&main_region, NULL);
}

static void count(void)
{
    now.counted = reel_pool_used_pages(&pool);
}

static void reserve(void)
{
    now.status = reel_pool_reserve(&pool, argument(ASKED));
}

static void free_block(void)
{
    now.status = reel_region_free(&main_region, now.held, SMALL);
}

static const test_operation claims[] = {
    { "claim from the list", claim, { 1, 3, 1, 2 } },
    { "claim the last on the list", claim, { 1, 1, 1, 2 } },
    { "claim the last on the list, none fresh", claim, { 1, 1, 4, 2 } },
    { "claim the last on the list, no more to come", claim, { 1, 1, 7, 3 } },
    { "claim when there is none", claim, { 1, 0, 8, 3 } },
    { "claim a fresh page", claim, { 1, 0, 1, 2 } },
    { "claim the very first page", claim, { 0, 0, 0, 1 } },
    { "claim the first page of the next chunk", claim, { 1, 0, 2, 2 } },
    { "claim the last fresh page", claim, { 1, 0, 7, 3 } },
    { 0 },
};

static const test_operation growing[] = {
    { "claim from a chunk to come", claim, { 0, 0, 0, 0 } },
    { "claim from another chunk to come", claim, { 1, 0, 2, 1 } },
    { "claim when the backing refuses", claim, { 1, 0, 2, 1, REFUSES } },
    { "claim when it refuses links", claim, { 1, 0, 2, 1, NO_LINKS } },
    { "claim when the gate is busy", claim, { 1, 0, 2, 1, BUSY } },
    { "claim what came meanwhile", claim, { 1, 0, 2, 1, WORK } },
    { 0 },
};

static const test_operation releases[] = {
    { "release", release_disputed, { 1, 3, 1, 2 } },
    { "release, the list being empty", release_disputed, { 1, 0, 1, 1 } },
    { "release when there is none", release_disputed, { 1, 0, 8, 3 } },
    { "release twice", release_disputed, { 0, 3, 1, 2 } },
    { 0 },
};

static const test_operation refused_calls[] = {
    { "release NULL", release_null, { 1, 1, 1, 2, 0, (size_t)REEL_INVALID } },
    { "release what is no page's",
      release_foreign,
      { 1, 1, 1, 2, 0, (size_t)REEL_FOREIGN } },
    { "release a part of a page",
      release_inner,
      { 1, 1, 1, 2, 0, (size_t)REEL_FOREIGN } },
    { "release what was never claimed",
      release_fresh,
      { 1, 1, 1, 2, 0, (size_t)REEL_DOUBLE_FREE } },
    { "open a region without a pool",
      open_nowhere,
      { 1, 1, 1, 2, 0, (size_t)REEL_INVALID } },
    { "open a region without its cache",
      open_without_cache,
      { 1, 1, 1, 2, 0, (size_t)REEL_INVALID } },
    { "close a closed region",
      close_region,
      { 0, 1, 1, 2, 0, (size_t)REEL_CLOSED } },
    { "give a block back", free_block, { 1, 1, 1, 2, ROOMY, (size_t)REEL_OK } },
    { "give NULL back", free_block, { 1, 1, 1, 2, 0, (size_t)REEL_INVALID } },
    { "give back to a closed region",
      free_block,
      { 0, 1, 1, 2, 0, (size_t)REEL_CLOSED } },
    { 0 },
};

static const test_operation counts[] = {
    { "count pages", count, { 1, 4, 1, 2 } },
    { "count when one is used", count, { 0, 4, 1, 2 } },
    { "count, the list being empty", count, { 1, 0, 2, 2 } },
    { 0 },
};

static const test_operation reserves[] = {
    { "reserve what is there", reserve, { 0, 4, 1, 2, 0, 4 } },
    { "reserve more", reserve, { 0, 4, 1, 2, 0, 6 } },
    { 0 },
};

static const test_operation opens[] = {
    { "open a region", open_region, { 0, 3, 1, 2 } },
    { "open a region on a fresh page", open_region, { 0, 0, 1, 1 } },
    { "open a region on a chunk to come", open_region, { 0, 0, 3, 1 } },
    { "open a region when there is no page", open_region, { 0, 0, 9, 3 } },
    { "open a region inline", open_inline, { 1, 1, 1, 2, CACHED } },
    { "open a region out of a cache", open_cached, { 1, 1, 1, 2, CACHED } },
    { "open a region, its cache being empty", open_inline, { 0, 1, 1, 2 } },
    { "open a region, no page and none cached", open_cached, { 0, 0, 9, 3 } },
    { 0 },
};

static const test_operation additions[] = {
    { "add a page to a region", take, { 2, 3, 1, 2, 0, PAGE, 8 } },
    { "add a fresh page to a region", take, { 1, 0, 1, 1, 0, PAGE, 8 } },
    { "add a page to come to a region", take, { 2, 0, 1, 1, 0, PAGE, 8 } },
    { "add a page when there is none", take, { 2, 0, 7, 3, 0, PAGE, 8 } },
    { "add a page out of a cache", take, { 1, 1, 1, 2, CACHED, PAGE, 8 } },
    { "add a page for no bytes", take, { 2, 3, 1, 2, 0, 0, 0 } },
    { "add a page for a wide alignment", take, { 2, 3, 1, 2, 0, 1, PAGE } },
    { 0 },
};

static const test_operation blocks[] = {
    { "block of a region's page", take, { 1, 1, 1, 2, ROOMY, 4, 0 } },
    { "block of no bytes", take, { 1, 1, 1, 2, ROOMY, 0, 4 } },
    { "block, no alignment", take, { 1, 1, 1, 2, 0, 8, 3 } },
    { "block of a closed region", take, { 0, 1, 1, 2, 0, 8, 8 } },
    { "change no block", change, { 1, 3, 1, 2, 0, PAGE, 8 } },
    { "let the last block grow", change, { 1, 3, 1, 2, ROOMY, 16, 8 } },
    { "let the last block shrink", change, { 1, 3, 1, 2, ROOMY, 4, 8 } },
    { "move a block to another page",
      change,
      { 1, 3, 1, 2, CROWDED, PAGE, 8 } },
    { "move a block to its alignment", change, { 1, 3, 1, 2, ROOMY, 4, 16 } },
    { "move no block, as there is no page",
      change,
      { 1, 0, 8, 3, CROWDED, PAGE, 8 } },
    { "change, no alignment", change, { 1, 3, 1, 2, ROOMY, 16, 3 } },
    { "change, default alignment", change, { 1, 3, 1, 2, ROOMY, 16, 0 } },
    { "change in a closed region", change, { 0, 3, 1, 2, ROOMY, 16, 8 } },
    { 0 },
};

static const test_operation large_objects[] = {
    { "large object", take, { 1, 3, 1, 2, 0, LARGE, 8 } },
    { "large object, noted in place", take, { 1, 3, 1, 2, ROOMY, LARGE, 8 } },
    { "large object, no page for the note", take, { 2, 0, 7, 3, 0, LARGE, 8 } },
    { "large object, a busy gate", take, { 1, 3, 1, 2, BUSY, LARGE, 8 } },
    { "large object, refused", take, { 1, 3, 1, 2, 0, 2 * LARGE, 8 } },
    { "large object, for its alignment", take, { 1, 3, 1, 2, 0, 1, 2 * PAGE } },
    { 0 },
};

static const test_operation closings[] = {
    { "close a region of a page", close_region, { 1, 3, 1, 2 } },
    { "close a region, the list being empty", close_region, { 1, 0, 1, 1 } },
    { "close a region of several pages", close_region, { 4, 0, 1, 3 } },
    { 0 },
};

static const test_operation more_closings[] = {
    { "close a region with a large object",
      close_region,
      { 2, 1, 1, 2, ROOMY } },
    { "close a bound region", close_region, { 1, 3, 1, 2, BOUND } },
    { "close a region when the gate is busy",
      close_region,
      { 2, 1, 1, 2, BUSY } },
    { "close a region of several pages with a cache",
      close_region,
      { 4, 0, 1, 3, CACHED } },
    { "close a region whose cache has room",
      close_region,
      { 1, 3, 1, 2, CACHED } },
    { "close a region inline", close_inline, { 1, 3, 1, 2, CACHED } },
    { "close it inline where it came from",
      close_inline,
      { 1, 3, 1, 2, WARM } },
    { "close a region inline, of more pages",
      close_inline,
      { 4, 0, 1, 3, CACHED } },
    { "flush a cache", flush_cache, { 2, 1, 1, 2, CACHED } },
    { 0 },
};

// With two interrupts: some paths are entered only because of the first.
static const test_operation retried_claims[] = {
    { "claim the last on the list", claim, { 1, 1, 1, 2 } },
    { "claim the first page of the next chunk", claim, { 1, 0, 2, 2 } },
    { 0 },
};

static const test_operation retried_returns[] = {
    { "release when there is none", release_disputed, { 1, 0, 8, 3 } },
    { "close a region of several pages", close_region, { 3, 0, 1, 2 } },
    { 0 },
};

// ---- the handler -----------------------------------------------------------

static bool must_succeed(void)
{
    return now.arrived > now.owned + now.in_flight;
}

static size_t handler_claims(void)
{
    const bool must = must_succeed();
    const void *const address = reel_pool_claim(&pool);
    REQUIRE(address != NULL || !must);
    return note_taken(HANDLER, address);
}

static void claim_one(void)
{
    (void)handler_claims();
}

static void release_one(void)
{
    for (size_t i = 0; i < PAGES; i++) {
        if (now.owners[i] == HANDLER) {
            give(i);
            return;
        }
    }
}

// "Claim A, claim B, release A": the head is what it was, the link below it is not.
static void claim_two_release_one(void)
{
    const size_t first = handler_claims();
    (void)handler_claims();
    if (first < PAGES) {
        give(first);
    }
}

static void claim_and_release(void)
{
    const size_t taken = handler_claims();
    if (taken < PAGES) {
        give(taken);
    }
}

static void give_if_handlers(size_t i)
{
    if (i < PAGES && now.owners[i] == HANDLER) {
        give(i);
    }
}

// The head is what it was, the list below it is not: one that was on it is not,
// and another is.
static void turn_over(void)
{
    size_t other = 0;
    while (other < PAGES && now.owners[other] != HANDLER) {
        other++;
    }
    const size_t first = handler_claims();
    (void)handler_claims();
    const size_t third = handler_claims();
    give_if_handlers(other);
    give_if_handlers(third);
    give_if_handlers(first);
}

static void claim_and_release_another(void)
{
    claim_one();
    release_one();
}

static void release_the_same(void)
{
    note_dispute(reel_pool_release(&pool, page(0)));
}

static void open_and_add(void)
{
    const bool must = must_succeed();
    void *const first = open_and_take(&handler_region);
    REQUIRE(first != NULL || !must);
    (void)note_taken(HANDLER, first);
    if (first != NULL) {
        const bool must_add = must_succeed();
        void *const second = reel_region_alloc(&handler_region, PAGE, 8);
        REQUIRE(second != NULL || !must_add);
        (void)note_taken(HANDLER, second);
    }
}

// The pages of the region, and no others.
static void let_go_of_region(void)
{
    uintptr_t i = handler_region.newest;
    for (size_t left = handler_region.pages; left > 0 && i < pool.list.count;
         left--) {
        const uintptr_t chunk = i >> pool.place_bits;
        const uintptr_t place = i & (((uintptr_t)1 << pool.place_bits) - 1);
        const size_t number =
            number_of((void *)(chunks[chunk].base.value + place * PAGE));
        REQUIRE(number < PAGES);
        if (number < PAGES) {
            let_go(number);
        }
        i = chunks[chunk].links[place];
    }
}

static void close_handlers(void)
{
    if (reel_region_is_open(&handler_region)) {
        REQUIRE(reel_region_is_valid(&handler_region));
        let_go_of_region();
        REQUIRE(reel_region_close(&handler_region) == REEL_OK);
    }
}

static void open_add_close(void)
{
    open_and_add();
    close_handlers();
}

static const test_action actions[] = {
    { "the handler claims one", claim_one, NULL },
    { "the handler releases another", release_one, NULL },
    { "the handler claims two and releases one", claim_two_release_one, NULL },
    { "the handler claims one and releases it", claim_and_release, NULL },
    { "the handler opens a region and closes it", open_add_close, NULL },
    { 0 },
};

static const test_action few_actions[] = {
    { "the handler releases another", release_one, NULL },
    { "the handler claims two and releases one", claim_two_release_one, NULL },
    { 0 },
};

static const test_action one_action[] = {
    { "the handler claims two and releases one", claim_two_release_one, NULL },
    { 0 },
};

static const test_action changes[] = {
    { "the handler claims one and releases another", claim_and_release_another,
      NULL },
    { "the handler turns the list over", turn_over, NULL },
    { 0 },
};

static const test_action disputes[] = {
    { "the handler releases the same", release_the_same, NULL },
    { 0 },
};

static const test_action claims_first[] = {
    { "the handler claims one, later releases one", claim_one, release_one },
    { 0 },
};

static const test_action releases_first[] = {
    { "the handler releases one, later claims one", release_one, claim_one },
    { 0 },
};

// ---- before and after ------------------------------------------------------

static void set_closed(reel_region *region)
{
    region->pool = NULL;
    region->next = region->end = 0;
    region->large = NULL;
    region->entry = NULL;
}

// The page has no owner already, so that the handler leaves it alone.
static void leave_gate(void)
{
    if (argument(ELSE) == WORK && backing.is_busy) {
        REQUIRE(reel_pool_release(&pool, page(0)) == REEL_OK);
    }
    backing.is_busy = false;
    pool.gate.value = 0;
}

static void set_up_pool(size_t came)
{
    static const reel_allocator_ops ops = { .allocate = supply_some,
                                            .free = take_back };
    const reel_allocator allocator = { &ops, NULL };
    backing.chunks = 0;
    backing.is_busy = false;
    backing.most_chunks = CHUNKS;
    backing.has_links = backing.has_large = true;
    chunks[CHUNKS].links = links;
    chunks[CHUNKS].base.value = (uintptr_t)pages;
    REQUIRE(reel_pool_init(&pool, allocator, chunks, CHUNKS, PAGE,
                           CHUNK_PAGES * PAGE)
            == REEL_OK);
    REQUIRE(reel_pool_cache_init(&cache, &pool, slots, SLOTS) == REEL_OK);
    for (size_t i = 1; i <= came; i++) {
        REQUIRE(reel_pool_reserve(&pool, i * CHUNK_PAGES) == REEL_OK);
    }
}

static void set_up(size_t came)
{
    set_up_pool(came);
    set_closed(&main_region);
    set_closed(&handler_region);
    for (size_t i = 0; i < PAGES; i++) {
        now.owners[i] = NOBODY;
        stamp(i, (unsigned char)i);
    }
    now.owned = now.most_owned = now.refused = 0;
    now.wins = now.claims = now.in_flight = 0;
    now.is_shared = false;
    now.held = large; // when there is no region
    interrupts_panics = 0;
    interrupts_yield = leave_gate;
    now.arrived = came * CHUNK_PAGES;
}

static void claim_some(owner who, size_t count)
{
    while (count-- > 0) {
        (void)note_taken(who, reel_pool_claim(&pool));
    }
}

static bool is_operation(void (*operate)(void))
{
    return now.operation->operate == operate;
}

static bool is_closing(void)
{
    return is_operation(close_region) || is_operation(close_inline);
}

static bool is_opening(void)
{
    return is_operation(open_region) || is_operation(open_cached)
           || is_operation(open_inline);
}

static bool is_of_region(void)
{
    return is_operation(take) || is_operation(change)
           || is_operation(free_block) || is_closing();
}

// A region to be closed has a large object, and room in its first page for the note.
static bool has_large_object(void)
{
    return is_closing() && (argument(ELSE) == ROOMY || argument(ELSE) == BUSY);
}

// A page with room, or that will be of no more interest, is not stamped.
static void note_page_of_region(void *block, bool is_full)
{
    const size_t i = ((uintptr_t)block - (uintptr_t)pages) / PAGE;
    REQUIRE(i < PAGES);
    if (i < PAGES && now.owners[i] != MAIN_LOOP) {
        keep(MAIN_LOOP, i);
        now.is_stamped[i] = false;
        if (is_full) {
            stamp(i, (unsigned char)(PAGES * MAIN_LOOP + i));
        }
    }
}

// What is in the cache has no owner.
static void fill_cache(size_t count)
{
    REQUIRE(reel_region_open_cached(&main_region, &cache) == REEL_OK);
    for (size_t i = 0; i < count; i++) {
        REQUIRE(reel_region_alloc(&main_region, PAGE, 8) != NULL);
    }
    REQUIRE(reel_region_close(&main_region) == REEL_OK);
    REQUIRE((size_t)(cache.top - slots) == count);
}

static void prepare_open(void)
{
    if (argument(ELSE) == CACHED || argument(ELSE) == WARM) {
        REQUIRE(reel_region_open_cached(&main_region, &cache) == REEL_OK);
    } else {
        REQUIRE(reel_region_open(&main_region, &pool) == REEL_OK);
    }
    if (argument(ELSE) == BOUND) {
        REQUIRE(reel_registry_init(&registry, entries, 1) == REEL_OK);
        REQUIRE(reel_region_bind(&main_region, &registry, REEL_NO_HANDLE)
                == REEL_OK);
    }
}

// The block that is to be changed, at the page's second granule, and with CROWDED
// one behind it.
static void prepare_block(void)
{
    REQUIRE(reel_region_alloc(&main_region, SMALL, 8) != NULL);
    now.held = reel_region_alloc(&main_region, SMALL, 8);
    REQUIRE(now.held != NULL);
    for (size_t at = 0; at < SMALL; at++) {
        ((unsigned char *)now.held)[at] = (unsigned char)(HELD + at);
    }
    if (argument(ELSE) == CROWDED) {
        REQUIRE(reel_region_alloc(&main_region, SMALL, 8) != NULL);
    }
}

// The main loop's pages are its region's.
static void prepare_region(void)
{
    const bool is_roomy = argument(ELSE) == ROOMY || argument(ELSE) == CROWDED
                          || has_large_object();
    now.held = NULL;
    prepare_open();
    note_page_of_region((void *)main_region.next, !is_roomy);
    if (has_large_object()) {
        REQUIRE(reel_region_alloc(&main_region, LARGE, 8) == large);
    } else if (is_roomy && !is_operation(take)) {
        prepare_block();
    }
    for (size_t i = is_roomy; i < argument(MINE); i++) {
        note_page_of_region(reel_region_alloc(&main_region, PAGE, 8), true);
    }
}

static void prepare_pages(void)
{
    const size_t mine = argument(MINE);
    const bool is_cached =
        argument(ELSE) == WARM || (argument(ELSE) == CACHED && !is_closing());
    if (is_cached) {
        fill_cache(is_operation(take) ? mine + 1 : mine);
    }
    if (is_of_region() && mine > 0) {
        prepare_region();
    } else if (!is_cached) {
        claim_some(MAIN_LOOP, mine);
    }
    claim_some(HANDLER, argument(LISTED) + argument(HANDLERS));
    for (size_t i = 0; i < argument(LISTED); i++) {
        release_one();
    }
}

static void prepare_backing(void)
{
    backing.has_links = argument(ELSE) != NO_LINKS;
    backing.most_chunks = argument(ELSE) == REFUSES ? backing.chunks : CHUNKS;
    backing.is_busy = argument(ELSE) == BUSY || argument(ELSE) == WORK;
    pool.gate.value = backing.is_busy;
}

static void prepare(const test_operation *operation)
{
    now.operation = operation;
    set_up(argument(CAME));
    prepare_pages();
    prepare_backing();
    now.in_flight = 1;
    if (is_operation(release_disputed) && argument(MINE) > 0) {
        let_go(0);
        now.claims = 1;
    } else if (is_closing()) {
        now.in_flight = let_go_of_all(MAIN_LOOP);
    } else if (is_operation(flush_cache)) {
        now.in_flight = argument(MINE);
    } else if (argument(ELSE) == WORK) {
        let_go(0);
    }
    now.fewest = could_come() - now.owned;
    now.least_owned = now.owned;
}

static bool is_panic(void)
{
    return (is_operation(take) || is_operation(change))
           && (argument(ALIGN) == 3 || argument(MINE) == 0);
}

// What no region has.
static bool is_impossible(void)
{
    return is_panic() || argument(ALIGN) > PAGE || argument(ASKED) > LARGE;
}

static void note_block(void)
{
    const bool is_large = argument(ASKED) == LARGE;
    REQUIRE(now.taken != NULL || now.fewest == 0 || is_impossible());
    REQUIRE(now.taken == NULL || !is_impossible());
    REQUIRE(backing.has_large == (now.taken != large));
    REQUIRE((now.taken == large) == (now.taken != NULL && is_large));
    if (now.taken == NULL) {
        now.refused += !is_impossible();
    } else if (!is_large) {
        note_page_of_region(now.taken, argument(ASKED) == PAGE);
    } else {
        note_page_of_region((void *)(main_region.end - PAGE), false);
    }
}

// It stays in place if it can, and whatever is left of it is as it was.
static void note_change(void)
{
    const unsigned char *const bytes = now.taken;
    const bool stays = argument(ELSE) == ROOMY && argument(ALIGN) <= 8;
    REQUIRE(now.taken == NULL || stays == (now.taken == now.held));
    for (size_t at = 0; bytes != NULL && now.held != NULL && at < SMALL
                        && at < argument(ASKED);
         at++) {
        REQUIRE(bytes[at] == HELD + at);
    }
    note_block();
}

static void note_opening(void)
{
    const bool is_open = now.status == REEL_OK;
    REQUIRE(is_open || (now.status == REEL_NO_MEMORY && now.fewest == 0));
    (void)note_taken(MAIN_LOOP, is_open ? (void *)main_region.next : NULL);
}

// What is reserved is free, since the handler gives back what it claims.
static void note_count(void)
{
    if (is_operation(count)) {
        REQUIRE(now.counted >= now.least_owned);
        REQUIRE(now.counted <= backing.chunks * CHUNK_PAGES);
    } else {
        REQUIRE(now.status == REEL_OK);
        REQUIRE(backing.chunks * CHUNK_PAGES - now.owned >= argument(ASKED));
    }
}

static void note_result(void)
{
    if (is_operation(count) || is_operation(reserve)) {
        note_count();
    } else if (is_operation(claim)) {
        REQUIRE(now.taken != NULL || now.fewest == 0);
        REQUIRE(argument(ELSE) != WORK || backing.chunks == argument(CAME));
        (void)note_taken(MAIN_LOOP, now.taken);
    } else if (is_opening()) {
        note_opening();
    } else if (is_operation(take)) {
        note_block();
    } else if (is_operation(change)) {
        note_change();
    } else if (is_operation(release_disputed)) {
        note_dispute(now.status);
    } else {
        REQUIRE(now.status == (reel_status)argument(STATUS));
        REQUIRE(!is_closing() || backing.has_large);
    }
    REQUIRE(interrupts_panics == is_panic());
}

// A close fills it, whatever else there is empties it.
static void check_cache(void)
{
    const size_t most = argument(MINE) < SLOTS ? argument(MINE) : SLOTS;
    const bool is_filled =
        is_closing() && (argument(ELSE) == CACHED || argument(ELSE) == WARM);
    REQUIRE((size_t)(cache.top - slots) == (is_filled ? most : 0));
    reel_pool_cache_flush(&cache);
}

static void check_counts(void)
{
    const reel_stats stats = reel_pool_stats(&pool);
    REQUIRE(reel_pool_is_valid(&pool));
    REQUIRE(reel_pool_used_pages(&pool) == now.owned);
    REQUIRE(reel_pool_chunks(&pool) == backing.chunks);
    REQUIRE(stats.peak >= now.most_owned * PAGE);
    REQUIRE(stats.failures <= now.refused);
    REQUIRE(stats.failures > 0 || now.refused == 0);
    // A note that was overwritten is not to be followed.
    REQUIRE(now.is_shared || reel_region_is_valid(&main_region));
}

static void check_every_page_is_there_once(void)
{
    const size_t all = backing.chunks * CHUNK_PAGES;
    backing.most_chunks = backing.chunks;
    for (size_t left = all - now.owned; left > 0; left--) {
        (void)note_taken(MAIN_LOOP, reel_pool_claim(&pool));
    }
    REQUIRE(now.owned == all);
    REQUIRE(reel_pool_claim(&pool) == NULL);
}

static void check(const test_operation *operation)
{
    (void)operation;
    REQUIRE(backing.is_busy || pool.gate.value == 0);
    leave_gate(); // if no thread had to wait
    note_result();
    check_cache();
    close_handlers();
    REQUIRE(now.wins == now.claims);
    for (size_t i = 0; i < PAGES; i++) {
        REQUIRE(is_whole(i));
    }
    check_counts();
    check_every_page_is_there_once();
}

const test_family pools_families[] = {
    { claims, actions, prepare, check },
    { growing, few_actions, prepare, check },
    { releases, actions, prepare, check },
    { releases, disputes, prepare, check },
    { refused_calls, one_action, prepare, check },
    { counts, changes, prepare, check },
    { counts, releases_first, prepare, check },
    { reserves, changes, prepare, check },
    { opens, few_actions, prepare, check },
    { additions, few_actions, prepare, check },
    { blocks, one_action, prepare, check },
    { large_objects, few_actions, prepare, check },
    { closings, actions, prepare, check },
    { more_closings, few_actions, prepare, check },
    { retried_claims, claims_first, prepare, check },
    { retried_returns, releases_first, prepare, check },
    { 0 },
};
