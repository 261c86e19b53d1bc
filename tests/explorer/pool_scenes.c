// SPDX-License-Identifier: MIT
// Pools of pages, and regions on them.

#include <string.h>

#include "letters.h"

#include "reel/region.h"

#define PAGES_MAX LEDGER_THINGS
#define NO_PAGE   PAGES_MAX

// In explorer_memory, in words.
#define POOL_AT    0
#define CHUNKS_AT  20
#define CURSORS_AT 40 // the backing's own variables
#define REGIONS_AT 46
#define SPACE_AT   96

// What the backing has: chunks, each with its links behind it; larger objects.
enum { FOR_CHUNKS, FOR_LARGE };

// What the ledger does not say.
typedef struct truth {
    size_t page_words, chunk_pages, capacity;
    bool is_let_go;          // page 0, by its owner
    int arrived;             // pages of chunks whose arrival is over
    int promised[CONTEXTS];  // pages that were reserved
    int left_free;           // pages that must be free in the end
    size_t below[PAGES_MAX]; // in a chain that was pushed; NO_PAGE: none
} truth;

typedef struct hook {
    unsigned outside;       // who asks while no schedule runs
    int granted[CONTEXTS];  // requests in the call under way
    bool refused[CONTEXTS]; // one, in the call under way
    unsigned may_refuse;    // calls
    bool is_inside;
    bool is_shut;    // it has no more
    size_t held;     // words, by the pool
    size_t large[2]; // words given and taken back
} hook;

static truth now;
static hook backing;

static reel_pool *pool(void)
{
    return (reel_pool *)(void *)&explorer_memory[POOL_AT];
}

static reel_pool_chunk *chunks(void)
{
    return (reel_pool_chunk *)(void *)&explorer_memory[CHUNKS_AT];
}

static reel_region *region(unsigned context)
{
    const size_t words = sizeof(reel_region) / WORD;
    return (
        reel_region *)(void *)&explorer_memory[REGIONS_AT + context * words];
}

// ---- places ----------------------------------------------------------------------

static size_t words_of_pages(void)
{
    return now.chunk_pages * now.page_words;
}

static size_t words_of_links(void)
{
    return (now.chunk_pages * sizeof(reel_link) + WORD - 1) / WORD;
}

static size_t words_of_chunk(void)
{
    return words_of_pages() + words_of_links();
}

static size_t page_bytes(void)
{
    return now.page_words * WORD;
}

static size_t page_limit(void)
{
    return now.chunk_pages * now.capacity;
}

static uintptr_t *page(size_t chunk, size_t place)
{
    return &explorer_memory[SPACE_AT + chunk * words_of_chunk()
                            + place * now.page_words];
}

static uintptr_t *links_of(size_t chunk)
{
    return page(chunk, 0) + words_of_pages();
}

static size_t number_of(const void *thing)
{
    const uintptr_t *const address = thing;
    const size_t word = (size_t)(address - page(0, 0));
    const size_t chunk = word / words_of_chunk();
    const size_t place = word % words_of_chunk() / now.page_words;
    require(chunk < now.capacity && place < now.chunk_pages
                && address == page(chunk, place),
            "no page of the pool");
    return chunk * now.chunk_pages + place;
}

// ---- the backing: two heaps that only grow, in plain variables -------------------

static unsigned asker(void)
{
    const unsigned me = explorer_context();
    return me == NO_CONTEXT ? backing.outside : me;
}

static bool refuses(void)
{
    if (backing.is_shut) {
        return true;
    }
    if (backing.may_refuse == 0 || !explorer_perhaps()) {
        return false;
    }
    backing.may_refuse--;
    backing.refused[asker()] = true;
    explorer_reach(HOOK_REFUSED);
    return true;
}

static void enter(void)
{
    require(!backing.is_inside, "two contexts are in the backing");
    require(!reel_port_in_interrupt(), "the backing is asked in an interrupt");
    backing.is_inside = true;
}

static uintptr_t *cursor_of(size_t words)
{
    const bool is_chunk =
        words == words_of_pages() || words == words_of_links();
    return &explorer_memory[CURSORS_AT + (is_chunk ? FOR_CHUNKS : FOR_LARGE)];
}

static uintptr_t *advance(size_t words)
{
    uintptr_t *const cursor = cursor_of(words);
    explorer_read(cursor);
    uintptr_t *const start = &explorer_memory[*cursor];
    explorer_pause();
    explorer_write(cursor);
    *cursor += words;
    require(*cursor <= SCENE_WORDS, "the backing is asked for too much");
    for (size_t i = 0; i < words; i++) {
        explorer_write(start + i);
    }
    return start;
}

static void *allocate(void *self, size_t size, size_t align)
{
    const size_t words = size / WORD;
    (void)self, (void)align;
    enter();
    uintptr_t *const start = refuses() ? NULL : advance(words);
    backing.is_inside = false;
    if (start != NULL) {
        backing.held += words;
        backing.granted[asker()]++;
        explorer_reach(GREW);
    }
    return start;
}

// What was given last is given again.
static reel_status take_back(void *self, void *block, size_t size)
{
    const size_t words = size / WORD;
    uintptr_t *const cursor = cursor_of(words);
    (void)self;
    enter();
    explorer_read(cursor);
    for (size_t i = 0; i < words; i++) {
        explorer_write((uintptr_t *)block + i);
    }
    if (&explorer_memory[*cursor - words] == block) {
        explorer_write(cursor);
        *cursor -= words;
    }
    backing.is_inside = false;
    backing.held -= words;
    backing.granted[asker()]--;
    return REEL_OK;
}

static const reel_allocator_ops backing_ops = { .allocate = allocate,
                                                .free = take_back };

// ---- the parts of a call -----------------------------------------------------------

// An interrupt makes no chunk come.
static void set_room(void)
{
    for (unsigned i = 0; i < CONTEXTS; i++) {
        const bool waits = (explorer_scene()->interrupts >> i & 1) == 0;
        book.room[i] = waits ? (int)page_limit() : now.arrived;
    }
}

static void enter_call(unsigned context, call kind)
{
    backing.outside = context;
    backing.granted[context] = 0;
    backing.refused[context] = false;
    if (kind == CALL_ALLOC) {
        letters_begin_taking(context, 1);
    } else {
        explorer_call(kind);
    }
}

// Two grants are a chunk and its links.
static void leave_call(unsigned context, bool may_grow)
{
    explorer_call(CALL_NONE);
    if (may_grow) {
        now.arrived += backing.granted[context] / 2 * (int)now.chunk_pages;
        set_room();
    }
}

// ---- claiming --------------------------------------------------------------------

static void use(void *address)
{
    for (size_t i = 0; !book.is_hostile && i < now.page_words; i++) {
        explorer_write((uintptr_t *)address + i);
    }
}

static void note_refused(unsigned context)
{
    require(now.promised[context] == 0, "what was reserved is not there");
    if (reel_port_in_interrupt() && page_limit() > (size_t)now.arrived) {
        explorer_reach(BUSY);
    } else if (!backing.refused[context]) {
        explorer_reach(EMPTY);
    }
}

static void note_claimed(unsigned context, void *address)
{
    const bool may_be_missed = explorer_scene()->is_weak
                               && (book.was_freed || reel_port_in_interrupt());
    if (address == NULL) {
        note_refused(context);
    } else {
        now.below[number_of(address)] = NO_PAGE;
    }
    letters_end_taking(context, &address, address != NULL,
                       backing.refused[context] || may_be_missed);
    if (now.promised[context] > 0) {
        require(backing.granted[context] == 0,
                "the pool grows although that was reserved");
        now.promised[context]--;
    }
}

static void claim(unsigned context, unsigned number)
{
    (void)number;
    enter_call(context, CALL_ALLOC);
    void *const address = reel_pool_claim(pool());
    leave_call(context, true);
    note_claimed(context, address);
}

// ---- giving back -----------------------------------------------------------------

static void release(unsigned context, void *address, bool is_owned)
{
    letters_begin_giving(context, address);
    enter_call(context, CALL_FREE);
    const reel_status status = reel_pool_release(pool(), address);
    leave_call(context, false);
    if (letters_end_giving(address, status, is_owned)) {
        require(is_owned || !book.is_hostile || now.is_let_go,
                "a page is released although its owner keeps it");
    }
}

// Its chunk may not have come yet.
static void release_nobodys(unsigned context, unsigned number)
{
    uintptr_t *const address = page(now.capacity - 1, now.chunk_pages - 1);
    (void)number;
    enter_call(context, CALL_OTHER);
    const reel_status status = reel_pool_release(pool(), address);
    leave_call(context, false);
    require(status == REEL_FOREIGN || status == REEL_DOUBLE_FREE,
            "an unclaimed page is released");
    explorer_reach(status == REEL_FOREIGN ? FOREIGN : DOUBLE_FREE);
}

static void let_go(unsigned context, unsigned number)
{
    (void)number;
    now.is_let_go = letters_oldest(context) == page(0, 0);
}

// ---- counting and reserving ------------------------------------------------------

static size_t count_used(void)
{
    return reel_pool_used_pages(pool());
}

static bool claims(const char *calls)
{
    return strpbrk(calls, "awomPQRS") != NULL;
}

// It does not give as many pages back.
static bool claims_for_good(const char *calls)
{
    int claimed = 0;
    for (const char *at = calls; *at != '\0'; at++) {
        claimed += strchr("awo", *at) != NULL;
        claimed -= strchr("FfC", *at) != NULL;
    }
    return claimed > 0 || strpbrk(calls, "mPQRS") != NULL;
}

// The promise can be checked if no other context takes pages; if others put back
// what they take, in the end.
static void reserve(unsigned context, unsigned pages)
{
    bool is_alone = true, is_kept = true;
    char calls[CALLS_MAX + 1];
    for (unsigned i = 0; explorer_calls(explorer_scene()->script, i, calls);
         i++) {
        is_alone = is_alone && (i == context || !claims(calls));
        is_kept =
            is_kept
            && (i == context ? calls[1] == '\0' : !claims_for_good(calls));
    }
    enter_call(context, CALL_OTHER);
    const reel_status status = reel_pool_reserve(pool(), pages);
    leave_call(context, true);
    require(status == REEL_OK || status == REEL_FULL
                || (status == REEL_BUSY && reel_port_in_interrupt())
                || (status == REEL_NO_MEMORY && backing.refused[context]),
            "reserve says something else");
    if (status == REEL_OK) {
        explorer_reach(SUCCESS);
        now.promised[context] = is_alone ? (int)pages : 0;
        now.left_free = is_kept ? (int)pages : 0;
    } else {
        explorer_reach(status == REEL_FULL ? EMPTY : SUCCESS);
        require(backing.granted[context] == 0,
                "a chunk is kept in spite of it");
    }
    ledger_note();
}

// ---- regions ---------------------------------------------------------------------

static void take_block(unsigned context)
{
    enter_call(context, CALL_ALLOC);
    void *const block = reel_region_alloc(region(context), page_bytes(), WORD);
    leave_call(context, true);
    note_claimed(context, block);
}

// The first block is on the page that opening claims.
static void open_region(unsigned context, unsigned number)
{
    (void)number;
    void *block = NULL;
    enter_call(context, CALL_ALLOC);
    const reel_status status = reel_region_open(region(context), pool());
    if (status == REEL_OK) {
        block = reel_region_alloc(region(context), page_bytes(), WORD);
        require(block != NULL, "an open region has no page");
    } else {
        require(status == REEL_NO_MEMORY, "open says something else");
    }
    leave_call(context, true);
    note_claimed(context, block);
}

static void use_region(unsigned context, unsigned number)
{
    (void)number;
    if (reel_region_is_open(region(context))) {
        take_block(context);
    }
}

// A page for the note of it, and the object.
static void take_large(unsigned context, unsigned number)
{
    (void)number;
    reel_region *const mine = region(context);
    if (!reel_region_is_open(mine)) {
        return;
    }
    const size_t pages = mine->pages;
    enter_call(context, CALL_ALLOC);
    uintptr_t *const object =
        reel_region_alloc(mine, page_bytes() + WORD, WORD);
    backing.granted[context] -= object != NULL;
    leave_call(context, true);
    explorer_reach(object == NULL ? EMPTY : 0);
    void *const noted = object != NULL && mine->pages > pages
                            ? (void *)(mine->end - page_bytes())
                            : NULL;
    if (noted != NULL) {
        now.below[number_of(noted)] = NO_PAGE;
    }
    letters_end_taking(context, &noted, noted != NULL, true);
    book.refused -= object != NULL && noted == NULL;
    if (object != NULL) {
        explorer_write(object);
    }
}

// The pages of a region go back as one chain, the newest on top.
static void begin_closing(unsigned context)
{
    const kept *const hand = letters_kept(context);
    size_t below = NO_PAGE;
    for (size_t i = hand->first; i < hand->last; i++) {
        const size_t number = number_of(hand->things[i]);
        use(hand->things[i]);
        letters_begin_giving(context, hand->things[i]);
        now.below[number] = below;
        below = number;
    }
}

static void end_closing(unsigned context)
{
    kept *const hand = letters_kept(context);
    for (; hand->first < hand->last; hand->first++) {
        (void)letters_end_giving(hand->things[hand->first], REEL_OK, true);
    }
    explorer_reach(CLOSED);
}

static void close_region(unsigned context, unsigned number)
{
    const bool was_open = reel_region_is_open(region(context));
    (void)number;
    if (was_open) {
        begin_closing(context);
    }
    enter_call(context, CALL_FREE);
    const reel_status status = reel_region_close(region(context));
    leave_call(context, false);
    require(status == (was_open ? REEL_OK : REEL_CLOSED),
            "close says something else");
    if (was_open) {
        end_closing(context);
    }
}

static void *place(size_t number)
{
    return page(number / now.chunk_pages, number % now.chunk_pages);
}

static const things pages = {
    place, number_of, use, claim, release, count_used
};

static const letter letters[] = {
    { 'd', let_go, 0 },
    { 'N', release_nobodys, 0 },
    { 'P', reserve, 1 },
    { 'Q', reserve, 2 },
    { 'R', reserve, 3 },
    { 'S', reserve, 4 },
    { 'o', open_region, 0 },
    { 'm', use_region, 0 },
    { 'l', take_large, 0 },
    { 'C', close_region, 0 },
    { 0 },
};

// ---- before and after ------------------------------------------------------------

// What an entry and links hold before they are used is the worst that could be
// there: that all pages are out, and more of them follow.
static void spoil(size_t chunk)
{
    reel_pool_chunk *const entry = &chunks()[chunk];
    entry->peak.value = now.chunk_pages;
    entry->after.value = 0;
    entry->links = (reel_link *)links_of(chunk);
    for (size_t i = 0; i < now.chunk_pages; i++) {
        entry->links[i] = (reel_link)(chunk << pool()->place_bits | i);
    }
}

static void set_up_pool(const scene *plan)
{
    const reel_allocator allocator = { &backing_ops, NULL };
    explorer_memory[CURSORS_AT + FOR_CHUNKS] = SPACE_AT;
    explorer_memory[CURSORS_AT + FOR_LARGE] =
        SPACE_AT + plan->slots * words_of_chunk();
    reel_pool_init(pool(), allocator, chunks(), plan->slots, page_bytes(),
                   page_bytes() * plan->size);
    for (size_t i = 0; i < plan->slots; i++) {
        spoil(i);
    }
}

// A large object is noted on a page.
static void set_up(const scene *plan)
{
    backing = (hook){ .is_inside = false };
    now = (truth){ .page_words = letters_occur(plan, "l") ? 4 : 1,
                   .chunk_pages = plan->size,
                   .capacity = plan->slots };
    ledger_open(page_limit());
    set_room();
    set_up_pool(plan);
    for (size_t i = 0; i < PAGES_MAX; i++) {
        now.below[i] = NO_PAGE;
    }
    memset(region(0), 0, CONTEXTS * sizeof(reel_region));
    letters_act_before(&pool_stage, plan);
    book.is_hostile = letters_occur(plan, "x");
    memset(now.promised, 0, sizeof now.promised);
    now.left_free = 0;
    backing.may_refuse = plan->refusals;
}

static void check_counts(void)
{
    const reel_stats stats = reel_pool_stats(pool());
    const size_t used = (size_t)book.owned;
    require(reel_pool_is_valid(pool()), "the pool is not valid");
    require(reel_pool_used_pages(pool()) == used,
            "the count of used pages is wrong");
    require(reel_pool_peak_pages(pool()) >= (size_t)book.most_owned,
            "the peak was higher");
    require((stats.failures > 0) == (book.refused > 0)
                && stats.failures <= (size_t)book.refused,
            "the count of refusals is wrong");
    require(reel_pool_pages(pool()) == (size_t)now.arrived,
            "the table has other chunks than have come");
}

// Each free page can be claimed, once, and no chunk comes for it. What was
// pushed as a chain comes as one.
static void claim_rest(void)
{
    size_t expected = NO_PAGE;
    backing.is_shut = true;
    for (int rest = now.arrived - book.owned; rest > 0; rest--) {
        uintptr_t *const address = reel_pool_claim(pool());
        require(address != NULL, "a page is lost");
        if (address == NULL) {
            return;
        }
        const size_t i = number_of(address);
        require(book.out[i]++ == 0, "a free page is owned");
        require(expected == NO_PAGE || expected == i, "a chain is torn");
        expected = now.below[i];
    }
    require(reel_pool_claim(pool()) == NULL, "a page too many is free");
}

static void close_regions(void)
{
    for (unsigned i = 0; i < CONTEXTS; i++) {
        if (reel_region_is_open(region(i))) {
            require(reel_region_is_valid(region(i)), "a region is not valid");
            begin_closing(i);
            require(reel_region_close(region(i)) == REEL_OK,
                    "a region does not close");
            end_closing(i);
        }
    }
}

static void give_everything_back(void)
{
    close_regions();
    for (size_t i = 0; i < page_limit(); i++) {
        require(book.out[i] <= 0
                    || reel_pool_release(pool(), place(i)) == REEL_OK,
                "a page cannot be released");
    }
    require(reel_pool_dispose(pool()) == REEL_OK, "a page is still in use");
    require(backing.held == 0, "the backing does not get everything back");
}

static void inspect(const scene *plan)
{
    (void)plan;
    ledger_check();
    check_counts();
    require(now.arrived - book.owned >= now.left_free,
            "what was reserved is not there");
    claim_rest();
    give_everything_back();
}

#define TAKEN    (SUCCESS | RETRY | FREED | FREE_BETWEEN)
#define USUAL    (TAKEN | EMPTY)
#define COUNTING (SUCCESS | FREED | COUNTED | TAKEN_BETWEEN)

static const scene scenes[] = {
    { "pool: a chunk comes for two at once, weak memory", "a a",
      SUCCESS | RETRY | GREW | WAITED | STALE, .size = 2, .slots = 1,
      .spurious = 1, .is_weak = true },
    { "pool: a chunk comes for each of two, weak memory", "a a",
      SUCCESS | RETRY | GREW | WAITED, .size = 1, .slots = 2, .spurious = 1,
      .is_weak = true },
    { "pool: a chunk follows one that is used up, weak memory", "a a",
      SUCCESS | RETRY | GREW | WAITED | STALE, .size = 2, .slots = 2,
      .before = "aa", .spurious = 1, .is_weak = true },
    { "pool: a chunk comes for three at once, weak memory", "a a a",
      SUCCESS | RETRY | GREW | WAITED | STALE, .size = 3, .slots = 1,
      .is_weak = true },
    { "pool: a chunk comes for two of three", "a a a",
      SUCCESS | RETRY | GREW | WAITED | EMPTY, .size = 2, .slots = 1 },
    { "pool: chunks of a page come for three", "a a a",
      SUCCESS | RETRY | GREW | WAITED | EMPTY, .size = 1, .slots = 2 },
    { "pool: chunks come while pages are given back", "** **",
      SUCCESS | EMPTY | RETRY | FREED | GREW | WAITED, .size = 1, .slots = 2,
      .letters = "aF" },
    { "pool: chunks come while pages are given back, weak memory", "** **",
      SUCCESS | EMPTY | RETRY | FREED | GREW | WAITED | STALE, .size = 1,
      .slots = 2, .letters = "aF", .is_weak = true },
    { "pool: a page is given back while the pool grows", "F a a",
      SUCCESS | RETRY | FREED | GREW | WAITED, .size = 1, .slots = 2,
      .before = "a" },
    { "pool: the backing refuses", "a* *",
      SUCCESS | RETRY | GREW | WAITED | HOOK_REFUSED, .size = 1, .slots = 2,
      .letters = "aF", .refusals = 2 },
    { "pool: the backing refuses, weak memory", "a a",
      SUCCESS | RETRY | GREW | WAITED | HOOK_REFUSED | STALE, .size = 2,
      .slots = 2, .refusals = 2, .is_weak = true },
    { "pool: an interrupt claims while the pool grows", "aa a *",
      SUCCESS | RETRY | GREW | WAITED | BUSY, .size = 2, .slots = 2,
      .letters = "ao", .interrupts = 1 << 2, .bound = 2, .is_whole = true },
    // ---- handlers
    { "pool: an interrupt claims two and releases the first", "aa aaF",
      SUCCESS | FREED, .size = 2, .slots = 2, .before = "aaafff",
      .interrupts = 1 << 1, .is_whole = true },
    { "pool: interrupts release the same page", "xaF xa x",
      SUCCESS | FREED | DOUBLE_FREE, .size = 3, .slots = 1, .before = "ad",
      .interrupts = 1 << 1 | 1 << 2, .is_whole = true },
    // ---- counting
    { "pool: one context alone", "aaaFuf", SUCCESS | EMPTY | FREED | COUNTED,
      .size = 2, .slots = 1, .before = "QoC" },
    { "pool: pages are counted while one is swapped for another, weak memory",
      "u aF", COUNTING | STALE, .size = 2, .slots = 1, .before = " aaF",
      .is_weak = true },
    { "pool: pages are counted while an interrupt swaps one for another",
      "u aF", COUNTING, .size = 2, .slots = 1, .before = " aaF",
      .interrupts = 1 << 1, .is_whole = true },
    { "pool: pages are counted while an interrupt turns the list over",
      "u aaaFfF", COUNTING, .size = 2, .slots = 2, .before = " aaaafff",
      .interrupts = 1 << 1, .is_whole = true },
    { "pool: pages are counted while interrupts claim and release", "u ** **",
      COUNTING, .size = 2, .slots = 2, .before = "a aaff a", .letters = "aFf",
      .interrupts = 1 << 1 | 1 << 2, .is_whole = true },
    { "pool: an interrupt counts while another context does", "ua u aaF",
      COUNTING, .size = 2, .slots = 2, .before = "aaff  a",
      .interrupts = 1 << 1 | 1 << 2, .is_whole = true },
    { "pool: an interrupt releases on top of what is counted", "uaa Fu aF",
      COUNTING, .size = 2, .slots = 2, .before = "aaff a a",
      .interrupts = 1 << 1 | 1 << 2, .is_whole = true },
    { "pool: pages are reserved while an interrupt turns the list over",
      "S aaaFfF", SUCCESS | FREED | GREW, .size = 2, .slots = 3,
      .before = " aaaafff", .interrupts = 1 << 1, .is_whole = true },
    { "pool: what is reserved is there although an interrupt swaps pages",
      "Qaa aF", SUCCESS | FREED | GREW, .size = 2, .slots = 2, .before = " aaF",
      .interrupts = 1 << 1, .is_whole = true },
    { "pool: pages are reserved while the list is turned over, weak memory",
      "Q aaFf", SUCCESS | FREED | GREW | STALE, .size = 3, .slots = 2,
      .before = " aaaff", .is_weak = true, .is_long = true },
    { "pool: threads of one core claim and release", "aFa aFa", TAKEN,
      .size = 3, .slots = 1, .before = "aaff", .bound = 3, .is_whole = true,
      .one_core = true },
    { "pool: threads of one core count", "u ua aF", COUNTING, .size = 3,
      .slots = 1, .before = "aaff  a", .bound = 2, .is_whole = true,
      .one_core = true },
    // ---- chunks
    { "pool: interrupts claim and release while the pool grows", "aaF ** **",
      SUCCESS | RETRY | FREED | GREW | BUSY, .size = 2, .slots = 2,
      .letters = "aF", .interrupts = 1 << 1 | 1 << 2, .is_whole = true },
    { "pool: an interrupt is told of a chunk, weak memory", "as w",
      SUCCESS | GREW | HANDED_OVER, .size = 2, .slots = 1, .interrupts = 1 << 1,
      .is_weak = true },
    { "pool: a pointer into a chunk that comes, weak memory", "a N",
      SUCCESS | GREW | FOREIGN | DOUBLE_FREE | STALE, .size = 2, .slots = 2,
      .before = "aa", .is_weak = true },
    { "pool: pages are counted while a chunk comes, weak memory", "aF u",
      SUCCESS | FREED | GREW | STALE, .size = 2, .slots = 2, .before = "aa",
      .is_weak = true },
    { "pool: pages are counted while they come and go", "** u", SUCCESS | FREED,
      .size = 2, .slots = 2, .before = "aaaff", .letters = "aF" },
    { "pool: pages are counted while the list is turned over", "u aaaFf",
      SUCCESS | FREED, .size = 2, .slots = 2, .before = "aaaafff" },
    { "pool: pages are counted while the list is turned over, weak memory",
      "u aaFf", SUCCESS | FREED | COUNTED | STALE, .size = 3, .slots = 1,
      .before = " aaaff", .is_weak = true, .is_long = true },
    { "pool: pages are counted while others hold some", "u a", SUCCESS,
      .size = 2, .slots = 2, .before = "aa af" },
    { "pool: pages are reserved while another takes and gives back", "R aF",
      SUCCESS | FREED | GREW, .size = 2, .slots = 3, .before = "aa af" },
    { "pool: pages are reserved while the fresh one comes and goes", "Q aF",
      SUCCESS | FREED | GREW, .size = 2, .slots = 3, .before = "aaa" },
    { "pool: pages are reserved while another takes and gives back, weak "
      "memory",
      "R aF", SUCCESS | FREED | GREW | STALE, .size = 2, .slots = 3,
      .before = "aa af", .is_weak = true },
    { "pool: pages are reserved while the fresh one comes and goes, weak "
      "memory",
      "Q aF", SUCCESS | FREED | GREW | STALE, .size = 2, .slots = 3,
      .before = "aaa", .is_weak = true },
    { "pool: pages are reserved while a region comes and goes", "S oC",
      SUCCESS | CLOSED | GREW, .size = 2, .slots = 3, .before = "aa af" },
    { "pool: two threads reserve", "Qa Qa", SUCCESS | RETRY | GREW | WAITED,
      .size = 2, .slots = 2 },
    { "pool: what is reserved is there", "Qaa F", SUCCESS | GREW | FREED,
      .size = 1, .slots = 3, .before = "a a" },
    { "pool: pages are reserved while others claim", "Qa **",
      SUCCESS | RETRY | GREW | WAITED | FREED, .size = 1, .slots = 3,
      .letters = "aF" },
    { "pool: the backing refuses what is to be reserved, weak memory", "R N",
      SUCCESS | GREW | HOOK_REFUSED | FOREIGN | DOUBLE_FREE | STALE, .size = 1,
      .slots = 3, .refusals = 1, .is_weak = true },
    { "pool: two release the same page", "x x a",
      SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN, .size = 2,
      .slots = 1, .before = "aadf" },
    { "pool: two release the same page and go on", "xaF xa",
      SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN, .size = 3,
      .slots = 1, .before = "Rad" },
    { "pool: three release the same page", "xa x x",
      SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN, .size = 2,
      .slots = 1, .before = "Qad" },
    { "pool: two release the same page and go on, weak memory", "xa xa",
      SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN | STALE, .size = 2,
      .slots = 1, .before = "Qad", .spurious = 1, .is_weak = true },
    { "pool: a page is handed over and released by another", "apa ta",
      USUAL | HANDED_OVER, .size = 2, .slots = 1, .before = "Q" },
    { "pool: a page is handed over and released by another, weak memory",
      "apa ta", SUCCESS | RETRY | FREED | HANDED_OVER | GREW | STALE, .size = 1,
      .slots = 2, .is_weak = true },
    { "pool: a release that is told of is not missed, weak memory", "Fs w",
      SUCCESS | FREED | HANDED_OVER | STALE, .size = 1, .slots = 1,
      .before = "a", .spurious = 1, .is_weak = true },
    { "pool: a region's close that is told of is not missed, weak memory",
      "Cs w", SUCCESS | CLOSED | HANDED_OVER | STALE, .size = 2, .slots = 1,
      .before = "om", .spurious = 1, .is_weak = true },
    { "pool: two regions close at once", "C C", CLOSED | RETRY, .size = 2,
      .slots = 2, .before = "om om" },
    { "pool: two regions close at once while pages are claimed", "C C aa",
      SUCCESS | CLOSED | RETRY | FREE_BETWEEN | EMPTY, .size = 2, .slots = 2,
      .before = "om om" },
    { "pool: a region closes while pages are claimed, weak memory", "C aa",
      SUCCESS | EMPTY | CLOSED | RETRY | FREE_BETWEEN | STALE, .size = 3,
      .slots = 1, .before = "Rom", .spurious = 1, .is_weak = true },
    { "pool: two regions open, claim and close", "omC omC",
      SUCCESS | EMPTY | CLOSED | RETRY | FREE_BETWEEN, .size = 3, .slots = 1,
      .before = "R" },
    { "pool: two regions open, claim and close, on chunks that come", "omC omC",
      SUCCESS | CLOSED | RETRY | GREW | WAITED, .size = 2, .slots = 2 },
    { "pool: a region's page is released by others", "mC x",
      SUCCESS | CLOSED | DOUBLE_FREE, .size = 2, .slots = 1, .before = "Qo" },
    { "pool: an interrupt opens and closes a region", "omC ** oC",
      SUCCESS | EMPTY | CLOSED | RETRY | FREED, .size = 3, .slots = 1,
      .before = "R", .letters = "aF", .interrupts = 1 << 1 | 1 << 2,
      .is_whole = true },
    { "pool: large objects come and go, one at a time", "lC ol",
      SUCCESS | CLOSED | RETRY | GREW | WAITED, .size = 4, .slots = 1,
      .before = "So" },
    { "pool: a region opens, claims and closes beside claims", "omC ***",
      SUCCESS | EMPTY | CLOSED | RETRY | FREED | FREE_BETWEEN, .size = 2,
      .slots = 2, .before = "S a", .letters = "aF" },
    { "pool: one chunk of 2 fresh pages, 2 x 2 calls, weak memory", "** **",
      USUAL | STALE, .size = 2, .slots = 1, .before = "Q", .letters = "aF",
      .is_weak = true },
    { "pool: one chunk of 2 pages, one each, 2 x 2 calls, weak memory", "** **",
      USUAL | STALE, .size = 2, .slots = 1, .before = "a a", .letters = "aF",
      .is_weak = true },
    { "pool: one chunk of 3 pages, all on the list, 2 x 2 calls, weak memory",
      "** **", USUAL | STALE, .size = 3, .slots = 1, .before = "aaafff",
      .letters = "aF", .is_weak = true },
    { "pool: 2 chunks of a fresh page, 2 x 2 calls, weak memory", "** **",
      USUAL | STALE, .size = 1, .slots = 2, .before = "Q", .letters = "aF",
      .is_weak = true },
    { "pool: 3 chunks of a fresh page, 2 x 2 calls, weak memory", "** **",
      USUAL | STALE, .size = 1, .slots = 3, .before = "R", .letters = "aF",
      .is_weak = true },
    { "pool: 2 chunks of 2 pages, one of the first fresh, 2 x 2 calls, weak "
      "memory",
      "** **", USUAL | STALE, .size = 2, .slots = 2, .before = "Sa",
      .letters = "aF", .is_weak = true },
    { "pool: one chunk of 2 pages, one each, 2 x 3 calls", "*** ***", USUAL,
      .size = 2, .slots = 1, .before = "a a", .letters = "aF",
      .is_long = true },
    { "pool: 2 chunks of a fresh page, 2 x 3 calls", "*** ***", USUAL,
      .size = 1, .slots = 2, .before = "Q", .letters = "aF", .is_long = true },
    { "pool: chunks come while pages are given back, 2 x 3 calls", "*** ***",
      SUCCESS | EMPTY | RETRY | FREED | GREW | WAITED, .size = 2, .slots = 2,
      .letters = "aF", .is_long = true },
    { "pool: pages are reserved while a region comes and goes, weak memory",
      "S omC", SUCCESS | CLOSED | GREW | STALE, .size = 2, .slots = 4,
      .before = "aa aff", .is_weak = true, .is_long = true },
    { "pool: the backing refuses what is to be reserved", "R a N",
      SUCCESS | RETRY | GREW | WAITED | HOOK_REFUSED | FOREIGN, .size = 1,
      .slots = 4, .refusals = 2, .is_long = true },
    { "pool: two regions open, claim and close, weak memory", "oC omC",
      SUCCESS | CLOSED | RETRY | FREE_BETWEEN | STALE, .size = 3, .slots = 1,
      .before = "R", .is_weak = true, .is_long = true },
    { "pool: two regions open, claim and close, on chunks that come, weak "
      "memory",
      "oC omC", SUCCESS | CLOSED | RETRY | GREW | WAITED | STALE, .size = 2,
      .slots = 2, .is_weak = true, .is_long = true },
    { "pool: large objects come and go, one at a time, weak memory", "lC lC",
      CLOSED | RETRY | GREW | WAITED | STALE, .size = 4, .slots = 1,
      .before = "o o", .is_weak = true, .is_long = true },
    { "pool: one chunk of 2 fresh pages, 2 x 3 calls", "*** ***", USUAL,
      .size = 2, .slots = 1, .before = "Q", .letters = "aF", .is_long = true },
    { "pool: one chunk of 3 pages, all on the list, 2 x 3 calls", "*** ***",
      USUAL, .size = 3, .slots = 1, .before = "aaafff", .letters = "aF",
      .is_long = true },
    { "pool: 3 chunks of a fresh page, 2 x 3 calls", "*** ***", USUAL,
      .size = 1, .slots = 3, .before = "R", .letters = "aF", .is_long = true },
    { "pool: 2 chunks of 2 pages, one of the first fresh, 2 x 3 calls",
      "*** ***", USUAL, .size = 2, .slots = 2, .before = "Sa", .letters = "aF",
      .is_long = true },
    { "pool: one chunk of 2 fresh pages, 2 x 3 calls, weak memory", "*** ***",
      USUAL | STALE, .size = 2, .slots = 1, .before = "Q", .letters = "aF",
      .is_weak = true, .is_long = true },
    { "pool: one chunk of 2 pages, one each, 2 x 3 calls, weak memory",
      "*** ***", USUAL | STALE, .size = 2, .slots = 1, .before = "a a",
      .letters = "aF", .is_weak = true, .is_long = true },
    { "pool: one chunk of 3 pages, all on the list, 2 x 3 calls, weak memory",
      "*** ***", USUAL | STALE, .size = 3, .slots = 1, .before = "aaafff",
      .letters = "aF", .is_weak = true, .is_long = true },
    { "pool: 2 chunks of a fresh page, 2 x 3 calls, weak memory", "*** ***",
      USUAL | STALE, .size = 1, .slots = 2, .before = "Q", .letters = "aF",
      .is_weak = true, .is_long = true },
    { "pool: 3 chunks of a fresh page, 2 x 3 calls, weak memory", "*** ***",
      USUAL | STALE, .size = 1, .slots = 3, .before = "R", .letters = "aF",
      .is_weak = true, .is_long = true },
    { "pool: 2 chunks of 2 pages, one of the first fresh, 2 x 3 calls, weak "
      "memory",
      "*** ***", USUAL | STALE, .size = 2, .slots = 2, .before = "Sa",
      .letters = "aF", .is_weak = true, .is_long = true },
    { "pool: 2 chunks of 2 pages, 3 x 2 calls, up to 3 preemptions", "aF oC aa",
      USUAL | CLOSED, .size = 2, .slots = 2, .before = "Sa", .bound = 3,
      .is_whole = true, .is_long = true },
    { "pool: chunks that come, 3 x 2 calls, up to 3 preemptions", "aF aa aF",
      SUCCESS | EMPTY | RETRY | FREED | GREW | WAITED, .size = 1, .slots = 2,
      .bound = 3, .is_whole = true, .is_long = true },
    { 0 },
};

const stage pool_stage = { scenes, letters, &pages, set_up, inspect };
