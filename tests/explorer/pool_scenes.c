// Pools of pages, and regions on them. The letters:
//
//   c  claim a page and keep it
//   F  release the oldest page kept     f  the newest
//   d  let go of the oldest one kept without releasing it: page 0
//   x  release page 0, whosever it is
//   y  release the last page of the table's last chunk, which nobody claims
//   p  put the oldest one kept into the mailbox
//   t  release the page found in the mailbox, if any
//   s  say in the mailbox that it has come so far
//   w  if that was said, claim a page: there is one
//   u  count the pages in use
//   1, 2, 3, 4  reserve so many pages
//
// and with the context's own region:
//
//   o  open it, and take a block of a page's size
//   a  take another one, which takes another page
//   l  take an object that is larger than a page
//   C  close it

#include <string.h>

#include "explorer.h"

#include "atomic.h"
#include "reel/region.h"

#define PAGES_MAX 9
#define KEPT_MAX  (2 * SCRIPT_MAX)
#define WORD      sizeof(uintptr_t)
#define NO_PAGE   PAGES_MAX

// In explorer_memory, in words.
#define POOL_AT    0
#define CHUNKS_AT  20
#define CURSORS_AT 40 // the backing's own variables
#define MAILBOX_AT 44
#define REGIONS_AT 46
#define SPACE_AT   96

// What the backing has: chunks, each with its links behind it; larger objects.
enum { FOR_CHUNKS, FOR_LARGE };

// What is so, told from outside of the pool.
typedef struct truth {
    size_t page_words, chunk_pages, capacity;
    unsigned interrupts;
    bool is_let_go;         // page 0, by its owner
    int out[PAGES_MAX];     // times claimed less times given back
    int freeing[PAGES_MAX]; // calls that give it back, under way
    int most_out, refused;
    void *kept[CONTEXTS][KEPT_MAX]; // claimed, or blocks of the region
    size_t first[CONTEXTS], last[CONTEXTS];
    int allocates[CONTEXTS];  // pages, between first operation and return
    int fewest[CONTEXTS];     // free for certain, at any moment of that
    int least_used[CONTEXTS]; // for certain, at any moment of a count
    int arrived;              // pages of chunks whose arrival is over
    int promised[CONTEXTS];   // pages that were reserved
    int left_free;            // pages that must be free in the end
    size_t below[PAGES_MAX];  // in a chain that was pushed; NO_PAGE: none
    bool was_freed;           // anything, since the schedule began
    bool is_weak;             // so it may be missed if nothing tells of it
    bool is_hostile;          // pages are released by who does not own them
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

static reel_word *mailbox(void)
{
    return (reel_word *)(void *)&explorer_memory[MAILBOX_AT];
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

static size_t words_of_chunk(void)
{
    return words_of_pages() + now.chunk_pages;
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

static uintptr_t *link_of(size_t chunk, size_t place)
{
    return page(chunk, 0) + words_of_pages() + place;
}

static size_t number_of(const uintptr_t *address)
{
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
    const bool is_chunk = words == words_of_pages() || words == now.chunk_pages;
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
    require(*cursor <= MEMORY_WORDS, "the backing is asked for too much");
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

// ---- what is free for certain ----------------------------------------------------

static int sum_out(void)
{
    int sum = 0;
    for (size_t i = 0; i < page_limit(); i++) {
        sum += now.out[i];
    }
    return sum;
}

static int sum_kept(void)
{
    int sum = 0;
    for (size_t i = 0; i < page_limit(); i++) {
        sum += now.out[i] > 0 && now.freeing[i] == 0;
    }
    return sum;
}

// What a context can have at most: an interrupt makes no chunk come.
static int room_for(unsigned context)
{
    return (now.interrupts >> context & 1) != 0 ? now.arrived
                                                : (int)page_limit();
}

// A page is free for certain if nobody has it, is about to have it, or is still
// busy giving it back.
static void note_free(void)
{
    int taken = sum_out();
    for (unsigned i = 0; i < CONTEXTS; i++) {
        taken += now.allocates[i];
    }
    for (unsigned i = 0; i < CONTEXTS; i++) {
        const int certain = room_for(i) - taken + now.allocates[i];
        const int used = sum_kept();
        now.fewest[i] = certain < now.fewest[i] ? certain : now.fewest[i];
        now.least_used[i] = used < now.least_used[i] ? used : now.least_used[i];
    }
    if (now.most_out < sum_out()) {
        now.most_out = sum_out();
    }
}

static void begin(unsigned context, call kind)
{
    if (kind == CALL_ALLOC) {
        now.allocates[context] = 1;
        now.fewest[context] = PAGES_MAX;
    }
    now.least_used[context] = PAGES_MAX;
    note_free();
}

static void enter_call(unsigned context, call kind)
{
    backing.outside = context;
    backing.granted[context] = 0;
    backing.refused[context] = false;
    explorer_call(kind);
}

// Two grants are a chunk and its links.
static void leave_call(unsigned context, bool may_grow)
{
    explorer_call(CALL_NONE);
    if (may_grow) {
        now.arrived += backing.granted[context] / 2 * (int)now.chunk_pages;
    }
}

// ---- claiming --------------------------------------------------------------------

static void use(uintptr_t *address)
{
    for (size_t i = 0; !now.is_hostile && i < now.page_words; i++) {
        explorer_write(address + i);
    }
}

// Who does not own a page may release it just before the claim of it returns.
static void keep(unsigned context, uintptr_t *address)
{
    const size_t i = number_of(address);
    require(now.out[i] <= 0 || now.freeing[i] > 0, "a page is owned twice");
    now.out[i]++;
    now.below[i] = NO_PAGE;
    now.kept[context][now.last[context]++] = address;
    use(address);
}

static void note_refused(unsigned context)
{
    const bool may_be_missed =
        now.is_weak && (now.was_freed || reel_port_in_interrupt());
    require(backing.refused[context] || may_be_missed
                || now.fewest[context] <= 0,
            "NULL although a page is free");
    require(now.promised[context] == 0, "what was reserved is not there");
    now.refused++;
    if (reel_port_in_interrupt() && page_limit() > (size_t)now.arrived) {
        explorer_reach(BUSY);
    } else if (!backing.refused[context]) {
        explorer_reach(EMPTY);
    }
}

static void note_claimed(unsigned context, void *address)
{
    note_free();
    if (address == NULL) {
        note_refused(context);
    } else {
        keep(context, address);
        explorer_reach(SUCCESS);
    }
    if (now.promised[context] > 0) {
        require(backing.granted[context] == 0,
                "the pool grows although that was reserved");
        now.promised[context]--;
    }
    now.allocates[context] = 0;
    note_free();
}

static void claim(unsigned context)
{
    enter_call(context, CALL_ALLOC);
    void *const address = reel_pool_claim(pool());
    leave_call(context, true);
    note_claimed(context, address);
}

// Who is told that pages were given back must not miss it, whatever the memory.
static void claim_if_told(unsigned context)
{
    if (load_acquire(mailbox()) != 0) {
        const int refused = now.refused;
        explorer_reach(HANDED_OVER);
        claim(context);
        require(now.refused == refused, "a release that is known is missed");
    }
}

// ---- giving back -----------------------------------------------------------------

static void release(unsigned context, uintptr_t *address, bool is_owned)
{
    const size_t i = number_of(address);
    now.freeing[i]++;
    now.was_freed = true;
    enter_call(context, CALL_FREE);
    const reel_status status = reel_pool_release(pool(), address);
    leave_call(context, false);
    now.freeing[i]--;
    if (status == REEL_OK) {
        require(is_owned || !now.is_hostile || now.is_let_go,
                "a page is released although its owner keeps it");
        now.out[i]--;
        explorer_reach(FREED);
    } else {
        require(status == REEL_DOUBLE_FREE, "release says something else");
        require(!is_owned, "a page's owner cannot release it");
        explorer_reach(DOUBLE_FREE);
    }
    note_free();
}

// Its chunk may not have come yet.
static void release_nobodys(unsigned context)
{
    uintptr_t *const address = page(now.capacity - 1, now.chunk_pages - 1);
    enter_call(context, CALL_OTHER);
    const reel_status status = reel_pool_release(pool(), address);
    leave_call(context, false);
    require(status == REEL_FOREIGN || status == REEL_DOUBLE_FREE,
            "a page that nobody claimed is released");
    explorer_reach(status == REEL_FOREIGN ? FOREIGN : DOUBLE_FREE);
}

// Contexts that keep nothing have nothing to give back: NULL.
static void *oldest_of(unsigned context)
{
    const bool has = now.first[context] < now.last[context];
    return has ? now.kept[context][now.first[context]++] : NULL;
}

static void *newest_of(unsigned context)
{
    const bool has = now.first[context] < now.last[context];
    return has ? now.kept[context][--now.last[context]] : NULL;
}

static void release_own(unsigned context, uintptr_t *address)
{
    if (address != NULL) {
        use(address);
        release(context, address, !now.is_hostile);
    }
}

static void put_into_mailbox(uintptr_t *address)
{
    if (address != NULL) {
        use(address);
        store_release(mailbox(), (uintptr_t)address);
    }
}

static void release_from_mailbox(unsigned context)
{
    const uintptr_t found = load_acquire(mailbox());
    if (found != 0) {
        explorer_reach(HANDED_OVER);
        release_own(context, (uintptr_t *)found);
    }
}

// ---- counting and reserving ------------------------------------------------------

static void count(unsigned context)
{
    enter_call(context, CALL_OTHER);
    const size_t used = reel_pool_used_pages(pool());
    leave_call(context, false);
    note_free();
    require(used <= page_limit(), "more pages are used than there are");
    require(now.is_weak || now.least_used[context] == PAGES_MAX
                || used >= (size_t)now.least_used[context],
            "a page in use is not counted");
    explorer_reach(SUCCESS);
}

static bool claims(const char *script)
{
    return script != NULL && strpbrk(script, "cwoa1234") != NULL;
}

static bool claims_for_good(const char *script)
{
    return claims(script) && strcmp(script, "cF") != 0
           && strcmp(script, "oC") != 0;
}

// The promise can be checked if nobody else takes pages away; if others put back
// what they take, in the end.
static void reserve(const scene *plan, unsigned context, int pages)
{
    bool is_alone = true, is_kept = plan->script[context][1] == '\0';
    for (unsigned i = 0; i < CONTEXTS; i++) {
        const char *const script = plan->script[i];
        is_alone = is_alone && (i == context || !claims(script));
        is_kept = is_kept && (i == context || !claims_for_good(script));
    }
    enter_call(context, CALL_OTHER);
    const reel_status status = reel_pool_reserve(pool(), (size_t)pages);
    leave_call(context, true);
    require(status == REEL_OK || status == REEL_FULL
                || (status == REEL_BUSY && reel_port_in_interrupt())
                || (status == REEL_NO_MEMORY && backing.refused[context]),
            "reserve says something else");
    if (status == REEL_OK) {
        explorer_reach(SUCCESS);
        now.promised[context] = is_alone ? pages : 0;
        now.left_free = is_kept ? pages : 0;
    } else {
        explorer_reach(status == REEL_FULL ? EMPTY : SUCCESS);
        require(backing.granted[context] == 0,
                "a chunk is kept in spite of it");
    }
    note_free();
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
static void open_region(unsigned context)
{
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

static void use_region(unsigned context)
{
    if (reel_region_is_open(region(context))) {
        take_block(context);
    }
}

// A page for the note of it, and the object.
static void take_large(unsigned context)
{
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
    note_free();
    now.allocates[context] = 0;
    if (object == NULL) {
        now.refused++;
        explorer_reach(EMPTY);
        return;
    }
    explorer_write(object);
    if (mine->pages > pages) {
        keep(context, (uintptr_t *)(mine->end - page_bytes()));
    }
}

static void let_go_of_blocks(unsigned context, int freeing, int out)
{
    size_t below = NO_PAGE;
    for (size_t i = now.first[context]; i < now.last[context]; i++) {
        const size_t number = number_of(now.kept[context][i]);
        now.freeing[number] += freeing;
        now.out[number] += out;
        if (freeing > 0) {
            use(now.kept[context][i]);
            now.below[number] = below;
            below = number;
        }
    }
}

static void close_region(unsigned context)
{
    const bool was_open = reel_region_is_open(region(context));
    let_go_of_blocks(context, was_open, 0);
    now.was_freed = true;
    enter_call(context, CALL_FREE);
    const reel_status status = reel_region_close(region(context));
    leave_call(context, false);
    require(status == (was_open ? REEL_OK : REEL_CLOSED),
            "close says something else");
    if (was_open) {
        let_go_of_blocks(context, -1, -1);
        now.first[context] = now.last[context];
        explorer_reach(CLOSED);
    }
    note_free();
}

// ---- the letters -----------------------------------------------------------------

static void act_on_region(unsigned context, char letter)
{
    switch (letter) {
    case 'o':
        open_region(context);
        break;
    case 'a':
        use_region(context);
        break;
    case 'l':
        take_large(context);
        break;
    default:
        close_region(context);
    }
}

static void act(const scene *plan, unsigned context, char letter)
{
    switch (letter) {
    case 'c':
        claim(context);
        break;
    case 'F':
        release_own(context, oldest_of(context));
        break;
    case 'f':
        release_own(context, newest_of(context));
        break;
    case 'd':
        now.is_let_go = oldest_of(context) == page(0, 0);
        break;
    case 'x':
        release(context, page(0, 0), false);
        break;
    case 'y':
        release_nobodys(context);
        break;
    case 'p':
        put_into_mailbox(oldest_of(context));
        break;
    case 't':
        release_from_mailbox(context);
        break;
    case 's':
        store_release(mailbox(), 1);
        break;
    case 'w':
        claim_if_told(context);
        break;
    case 'u':
        count(context);
        break;
    case '1':
    case '2':
    case '3':
    case '4':
        reserve(plan, context, letter - '0');
        break;
    default:
        act_on_region(context, letter);
    }
}

// ---- before and after ------------------------------------------------------------

static bool has_letter(const scene *plan, char letter)
{
    bool has = false;
    for (unsigned i = 0; i < CONTEXTS; i++) {
        const char *const script = plan->script[i];
        has = has || (script != NULL && strchr(script, letter) != NULL);
    }
    return has;
}

// What an entry and links hold before they are used is the worst that could be
// there: that all pages are out, and more of them follow.
static void spoil(size_t chunk)
{
    reel_pool_chunk *const entry = &chunks()[chunk];
    entry->peak.value = now.chunk_pages;
    entry->after.value = 0;
    entry->links = link_of(chunk, 0);
    for (size_t i = 0; i < now.chunk_pages; i++) {
        *link_of(chunk, i) = chunk << pool()->place_bits | i;
    }
}

static void set_up_pool(const scene *plan)
{
    const reel_allocator allocator = { &backing_ops, NULL };
    explorer_memory[CURSORS_AT + FOR_CHUNKS] = SPACE_AT;
    explorer_memory[CURSORS_AT + FOR_LARGE] =
        SPACE_AT + plan->slots * words_of_chunk();
    mailbox()->value = 0;
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
    now = (truth){ .page_words = has_letter(plan, 'l') ? 4 : 1,
                   .chunk_pages = plan->size,
                   .capacity = plan->slots,
                   .interrupts = plan->interrupts,
                   .is_weak = plan->is_weak,
                   .is_hostile = has_letter(plan, 'x') };
    set_up_pool(plan);
    for (size_t i = 0; i < PAGES_MAX; i++) {
        now.below[i] = NO_PAGE;
    }
    for (unsigned i = 0; i < CONTEXTS; i++) {
        memset(region(i), 0, sizeof(reel_region));
    }
    for (unsigned i = 0; i < CONTEXTS; i++) {
        const char *at = plan->before[i];
        for (; at != NULL && *at != '\0'; at++) {
            act(plan, i, *at);
        }
    }
    now.was_freed = false;
    memset(now.promised, 0, sizeof now.promised);
    now.left_free = 0;
    backing.may_refuse = plan->refusals;
}

static void check_counts(void)
{
    const reel_stats stats = reel_pool_stats(pool());
    const size_t used = (size_t)sum_out();
    require(reel_pool_is_valid(pool()), "the pool is not valid");
    require(reel_pool_used_pages(pool()) == used,
            "the count of used pages is wrong");
    require(reel_pool_peak_pages(pool()) >= (size_t)now.most_out,
            "the peak was higher");
    require((stats.failures > 0) == (now.refused > 0)
                && stats.failures <= (size_t)now.refused,
            "the count of refusals is wrong");
    require(reel_pool_pages(pool()) == (size_t)now.arrived,
            "the table has other chunks than have come");
}

// Every page that nobody has can be had, once, and no chunk comes for it. What was
// pushed as a chain comes as one.
static void claim_rest(void)
{
    size_t expected = NO_PAGE;
    backing.is_shut = true;
    for (int rest = now.arrived - sum_out(); rest > 0; rest--) {
        uintptr_t *const address = reel_pool_claim(pool());
        require(address != NULL, "a page is lost");
        if (address == NULL) {
            return;
        }
        const size_t i = number_of(address);
        require(now.out[i]++ == 0, "a free page is owned");
        require(expected == NO_PAGE || expected == i, "a chain is torn");
        expected = now.below[i];
    }
    require(reel_pool_claim(pool()) == NULL, "a page too many is free");
}

static void close_regions(void)
{
    for (unsigned i = 0; i < CONTEXTS; i++) {
        require(!reel_region_is_open(region(i))
                    || reel_region_is_valid(region(i)),
                "a region is not valid");
        if (reel_region_is_open(region(i))) {
            let_go_of_blocks(i, 0, -1);
            require(reel_region_close(region(i)) == REEL_OK,
                    "a region does not close");
        }
    }
}

static void give_everything_back(void)
{
    close_regions();
    for (size_t i = 0; i < page_limit(); i++) {
        if (now.out[i] > 0) {
            uintptr_t *const address =
                page(i / now.chunk_pages, i % now.chunk_pages);
            require(reel_pool_release(pool(), address) == REEL_OK,
                    "a page cannot be released");
        }
    }
    require(reel_pool_dispose(pool()) == REEL_OK, "a page is still in use");
    require(backing.held == 0, "the backing does not get everything back");
}

static void inspect(const scene *plan)
{
    (void)plan;
    for (size_t i = 0; i < page_limit(); i++) {
        require(now.out[i] == 0 || now.out[i] == 1,
                "two releases of a page won");
    }
    check_counts();
    require(now.arrived - sum_out() >= now.left_free,
            "what was reserved is not there");
    claim_rest();
    give_everything_back();
}

#define CALLS .set_up = set_up, .act = act, .inspect = inspect, .begin = begin
#define USUAL (SUCCESS | EMPTY | RETRY | FREED | FREE_BETWEEN)

const scene pool_scenes[] = {
    { .name = "pool: a chunk comes for two at once, weak memory",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "c", "c" },
      .spurious = 1,
      .is_weak = true,
      .must = SUCCESS | RETRY | GREW | WAITED | STALE },
    { .name = "pool: a chunk comes for each of two, weak memory",
      CALLS,
      .size = 1,
      .slots = 2,
      .script = { "c", "c" },
      .spurious = 1,
      .is_weak = true,
      .must = SUCCESS | RETRY | GREW | WAITED | STALE },
    { .name = "pool: a chunk follows one that is used up, weak memory",
      CALLS,
      .size = 1,
      .slots = 3,
      .script = { "c", "c" },
      .before = { "c" },
      .spurious = 1,
      .is_weak = true,
      .must = SUCCESS | RETRY | GREW | WAITED | STALE },
    { .name = "pool: a chunk comes for three at once, weak memory",
      CALLS,
      .size = 3,
      .slots = 1,
      .script = { "c", "c", "c" },
      .is_weak = true,
      .must = SUCCESS | RETRY | GREW | WAITED | STALE },
    { .name = "pool: a chunk comes for two of three",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "c", "c", "c" },
      .must = SUCCESS | RETRY | GREW | WAITED | EMPTY },
    { .name = "pool: chunks of a page come for three",
      CALLS,
      .size = 1,
      .slots = 2,
      .script = { "c", "c", "c" },
      .must = SUCCESS | RETRY | GREW | WAITED | EMPTY },
    { .name = "pool: chunks come while pages are given back",
      CALLS,
      .size = 1,
      .slots = 2,
      .script = { "**", "**" },
      .letters = "cF",
      .must = SUCCESS | EMPTY | RETRY | FREED | GREW | WAITED },
    { .name = "pool: chunks come while pages are given back, weak memory",
      CALLS,
      .size = 1,
      .slots = 2,
      .script = { "**", "**" },
      .letters = "cF",
      .is_weak = true,
      .must = SUCCESS | EMPTY | RETRY | FREED | GREW | WAITED | STALE },
    { .name = "pool: a page is given back while the pool grows",
      CALLS,
      .size = 1,
      .slots = 2,
      .script = { "F", "c", "c" },
      .before = { "c" },
      .must = SUCCESS | RETRY | FREED | GREW | WAITED },
    { .name = "pool: the backing refuses",
      CALLS,
      .size = 1,
      .slots = 2,
      .script = { "c*", "*" },
      .letters = "cF",
      .refusals = 2,
      .must = SUCCESS | RETRY | GREW | WAITED | HOOK_REFUSED },
    { .name = "pool: the backing refuses, weak memory",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "c", "c" },
      .refusals = 2,
      .is_weak = true,
      .must = SUCCESS | RETRY | GREW | WAITED | HOOK_REFUSED | STALE },
    { .name = "pool: an interrupt claims while the pool grows",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "cc", "c", "*" },
      .letters = "co",
      .interrupts = 1 << 2,
      .bound = 2,
      .is_whole = true,
      .must = SUCCESS | RETRY | GREW | WAITED | BUSY },
    { .name = "pool: interrupts claim and release while the pool grows",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "ccF", "**", "**" },
      .letters = "cF",
      .interrupts = 1 << 1 | 1 << 2,
      .is_whole = true,
      .must = SUCCESS | RETRY | FREED | GREW | BUSY },
    { .name = "pool: an interrupt is told of a chunk, weak memory",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "cs", "w" },
      .interrupts = 1 << 1,
      .is_weak = true,
      .must = SUCCESS | GREW | HANDED_OVER },
    { .name = "pool: a pointer into a chunk that comes, weak memory",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "c", "y" },
      .before = { "cc" },
      .is_weak = true,
      .must = SUCCESS | GREW | FOREIGN | DOUBLE_FREE | STALE },
    { .name = "pool: pages are counted while a chunk comes, weak memory",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "cF", "u" },
      .before = { "cc" },
      .is_weak = true,
      .must = SUCCESS | FREED | GREW | STALE },
    { .name = "pool: pages are counted while they come and go",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "**", "u" },
      .before = { "cccff" },
      .letters = "cF",
      .must = SUCCESS | FREED },
    { .name = "pool: pages are counted while the list is turned over",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "u", "cccFf" },
      .before = { "ccccfff" },
      .must = SUCCESS | FREED },
    { .name = "pool: pages are counted while others hold some",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "u", "c" },
      .before = { "cc", "cf" },
      .must = SUCCESS },
    { .name = "pool: pages are reserved while another takes and gives back",
      CALLS,
      .size = 2,
      .slots = 3,
      .script = { "3", "cF" },
      .before = { "cc", "cf" },
      .must = SUCCESS | FREED | GREW },
    { .name = "pool: pages are reserved while the fresh one comes and goes",
      CALLS,
      .size = 2,
      .slots = 3,
      .script = { "2", "cF" },
      .before = { "ccc" },
      .must = SUCCESS | FREED | GREW },
    { .name = "pool: pages are reserved while another takes and gives back, "
              "weak memory",
      CALLS,
      .size = 2,
      .slots = 3,
      .script = { "3", "cF" },
      .before = { "cc", "cf" },
      .is_weak = true,
      .must = SUCCESS | FREED | GREW | STALE },
    { .name = "pool: pages are reserved while the fresh one comes and goes, "
              "weak memory",
      CALLS,
      .size = 2,
      .slots = 3,
      .script = { "2", "cF" },
      .before = { "ccc" },
      .is_weak = true,
      .must = SUCCESS | FREED | GREW | STALE },
    { .name = "pool: pages are reserved while a region comes and goes",
      CALLS,
      .size = 2,
      .slots = 3,
      .script = { "4", "oC" },
      .before = { "cc", "cf" },
      .must = SUCCESS | CLOSED | GREW },
    { .name = "pool: two threads reserve",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "2c", "2c" },
      .must = SUCCESS | RETRY | GREW | WAITED },
    { .name = "pool: what is reserved is there",
      CALLS,
      .size = 1,
      .slots = 3,
      .script = { "2cc", "F" },
      .before = { "c", "c" },
      .must = SUCCESS | GREW | FREED },
    { .name = "pool: pages are reserved while others claim",
      CALLS,
      .size = 1,
      .slots = 3,
      .script = { "2c", "**" },
      .letters = "cF",
      .must = SUCCESS | RETRY | GREW | WAITED | FREED },
    { .name = "pool: the backing refuses what is to be reserved, weak memory",
      CALLS,
      .size = 1,
      .slots = 3,
      .script = { "3", "y" },
      .refusals = 1,
      .is_weak = true,
      .must = SUCCESS | GREW | HOOK_REFUSED | FOREIGN | DOUBLE_FREE | STALE },
    { .name = "pool: two release the same page",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "x", "x", "c" },
      .before = { "ccdf" },
      .must = SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN },
    { .name = "pool: two release the same page and go on",
      CALLS,
      .size = 3,
      .slots = 1,
      .script = { "xcF", "xc" },
      .before = { "3cd" },
      .must = SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN },
    { .name = "pool: three release the same page",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "xc", "x", "x" },
      .before = { "2cd" },
      .must = SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN },
    { .name = "pool: two release the same page and go on, weak memory",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "xc", "xc" },
      .before = { "2cd" },
      .spurious = 1,
      .is_weak = true,
      .must = SUCCESS | RETRY | FREED | DOUBLE_FREE | FREE_BETWEEN | STALE },
    { .name = "pool: a page is handed over and released by another",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "cpc", "tc" },
      .before = { "2" },
      .must = USUAL | HANDED_OVER },
    { .name =
          "pool: a page is handed over and released by another, weak memory",
      CALLS,
      .size = 1,
      .slots = 2,
      .script = { "cpc", "tc" },
      .is_weak = true,
      .must = SUCCESS | RETRY | FREED | HANDED_OVER | GREW | STALE },
    { .name = "pool: a release that is told of is not missed, weak memory",
      CALLS,
      .size = 1,
      .slots = 1,
      .script = { "Fs", "w" },
      .before = { "c" },
      .spurious = 1,
      .is_weak = true,
      .must = SUCCESS | FREED | HANDED_OVER | STALE },
    { .name =
          "pool: a region's close that is told of is not missed, weak memory",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "Cs", "w" },
      .before = { "oa" },
      .spurious = 1,
      .is_weak = true,
      .must = SUCCESS | CLOSED | HANDED_OVER | STALE },
    { .name = "pool: two regions close at once",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "C", "C" },
      .before = { "oa", "oa" },
      .must = CLOSED | RETRY },
    { .name = "pool: two regions close at once while pages are claimed",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "C", "C", "cc" },
      .before = { "oa", "oa" },
      .must = SUCCESS | CLOSED | RETRY | FREE_BETWEEN | EMPTY },
    { .name = "pool: a region closes while pages are claimed, weak memory",
      CALLS,
      .size = 3,
      .slots = 1,
      .script = { "C", "cc" },
      .before = { "3oa" },
      .spurious = 1,
      .is_weak = true,
      .must = SUCCESS | EMPTY | CLOSED | RETRY | FREE_BETWEEN | STALE },
    { .name = "pool: two regions open, claim and close",
      CALLS,
      .size = 3,
      .slots = 1,
      .script = { "oaC", "oaC" },
      .before = { "3" },
      .must = SUCCESS | EMPTY | CLOSED | RETRY | FREE_BETWEEN },
    { .name = "pool: two regions open, claim and close, on chunks that come",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "oaC", "oaC" },
      .must = SUCCESS | CLOSED | RETRY | GREW | WAITED },
    { .name = "pool: a region's page is released by others",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "aC", "x" },
      .before = { "2o" },
      .must = SUCCESS | CLOSED | DOUBLE_FREE },
    { .name = "pool: an interrupt opens and closes a region",
      CALLS,
      .size = 3,
      .slots = 1,
      .script = { "oaC", "**", "oC" },
      .before = { "3" },
      .letters = "cF",
      .interrupts = 1 << 1 | 1 << 2,
      .is_whole = true,
      .must = SUCCESS | EMPTY | CLOSED | RETRY | FREED },
    { .name = "pool: large objects come and go, one at a time",
      CALLS,
      .size = 3,
      .slots = 1,
      .script = { "lC", "ol" },
      .before = { "3o" },
      .must = SUCCESS | CLOSED | RETRY | GREW | WAITED },
    { .name = "pool: a region opens, claims and closes beside claims",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "oaC", "***" },
      .before = { "4", "c" },
      .letters = "cF",
      .must = SUCCESS | EMPTY | CLOSED | RETRY | FREED | FREE_BETWEEN },
    { .name = "pool: one chunk of 2 fresh pages, 2 x 2 calls, weak memory",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "**", "**" },
      .before = { "2" },
      .letters = "cF",
      .is_weak = true,
      .must = USUAL | STALE },
    { .name = "pool: one chunk of 2 pages, one each, 2 x 2 calls, weak memory",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "**", "**" },
      .before = { "c", "c" },
      .letters = "cF",
      .is_weak = true,
      .must = USUAL | STALE },
    { .name = "pool: one chunk of 3 pages, all on the list, 2 x 2 calls, weak "
              "memory",
      CALLS,
      .size = 3,
      .slots = 1,
      .script = { "**", "**" },
      .before = { "cccfff" },
      .letters = "cF",
      .is_weak = true,
      .must = USUAL | STALE },
    { .name = "pool: 2 chunks of a fresh page, 2 x 2 calls, weak memory",
      CALLS,
      .size = 1,
      .slots = 2,
      .script = { "**", "**" },
      .before = { "2" },
      .letters = "cF",
      .is_weak = true,
      .must = USUAL | STALE },
    { .name = "pool: 3 chunks of a fresh page, 2 x 2 calls, weak memory",
      CALLS,
      .size = 1,
      .slots = 3,
      .script = { "**", "**" },
      .before = { "3" },
      .letters = "cF",
      .is_weak = true,
      .must = USUAL | STALE },
    { .name = "pool: 2 chunks of 2 pages, one of the first fresh, 2 x 2 calls, "
              "weak memory",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "**", "**" },
      .before = { "4c" },
      .letters = "cF",
      .is_weak = true,
      .must = USUAL | STALE },
    { .name = "pool: one chunk of 2 pages, one each, 2 x 3 calls",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "***", "***" },
      .before = { "c", "c" },
      .letters = "cF",
      .must = USUAL },
    { .name = "pool: 2 chunks of a fresh page, 2 x 3 calls",
      CALLS,
      .size = 1,
      .slots = 2,
      .script = { "***", "***" },
      .before = { "2" },
      .letters = "cF",
      .must = USUAL },
    { .name = "pool: chunks come while pages are given back, 2 x 3 calls",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "***", "***" },
      .letters = "cF",
      .is_long = true,
      .must = SUCCESS | EMPTY | RETRY | FREED | GREW | WAITED },
    { .name = "pool: pages are reserved while a region comes and goes, weak "
              "memory",
      CALLS,
      .size = 2,
      .slots = 4,
      .script = { "4", "oaC" },
      .before = { "cc", "cff" },
      .is_weak = true,
      .is_long = true,
      .must = SUCCESS | CLOSED | GREW | STALE },
    { .name = "pool: the backing refuses what is to be reserved",
      CALLS,
      .size = 1,
      .slots = 3,
      .script = { "3", "c", "y" },
      .refusals = 2,
      .is_long = true,
      .must = SUCCESS | RETRY | GREW | WAITED | HOOK_REFUSED | FOREIGN },
    { .name = "pool: two regions open, claim and close, weak memory",
      CALLS,
      .size = 3,
      .slots = 1,
      .script = { "oC", "oaC" },
      .before = { "3" },
      .is_weak = true,
      .is_long = true,
      .must = SUCCESS | CLOSED | RETRY | FREE_BETWEEN | STALE },
    { .name = "pool: two regions open, claim and close, on chunks that come, "
              "weak memory",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "oC", "oaC" },
      .is_weak = true,
      .is_long = true,
      .must = SUCCESS | CLOSED | RETRY | GREW | WAITED | STALE },
    { .name = "pool: large objects come and go, one at a time, weak memory",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "lC", "lC" },
      .before = { "o", "o" },
      .is_weak = true,
      .is_long = true,
      .must = CLOSED | RETRY | GREW | WAITED | STALE },
    { .name = "pool: one chunk of 2 fresh pages, 2 x 3 calls",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "***", "***" },
      .before = { "2" },
      .letters = "cF",
      .is_long = true,
      .must = USUAL },
    { .name = "pool: one chunk of 3 pages, all on the list, 2 x 3 calls",
      CALLS,
      .size = 3,
      .slots = 1,
      .script = { "***", "***" },
      .before = { "cccfff" },
      .letters = "cF",
      .is_long = true,
      .must = USUAL },
    { .name = "pool: 3 chunks of a fresh page, 2 x 3 calls",
      CALLS,
      .size = 1,
      .slots = 3,
      .script = { "***", "***" },
      .before = { "3" },
      .letters = "cF",
      .is_long = true,
      .must = USUAL },
    { .name = "pool: 2 chunks of 2 pages, one of the first fresh, 2 x 3 calls",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "***", "***" },
      .before = { "4c" },
      .letters = "cF",
      .is_long = true,
      .must = USUAL },
    { .name = "pool: one chunk of 2 fresh pages, 2 x 3 calls, weak memory",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "***", "***" },
      .before = { "2" },
      .letters = "cF",
      .is_weak = true,
      .is_long = true,
      .must = USUAL | STALE },
    { .name = "pool: one chunk of 2 pages, one each, 2 x 3 calls, weak memory",
      CALLS,
      .size = 2,
      .slots = 1,
      .script = { "***", "***" },
      .before = { "c", "c" },
      .letters = "cF",
      .is_weak = true,
      .is_long = true,
      .must = USUAL | STALE },
    { .name = "pool: one chunk of 3 pages, all on the list, 2 x 3 calls, weak "
              "memory",
      CALLS,
      .size = 3,
      .slots = 1,
      .script = { "***", "***" },
      .before = { "cccfff" },
      .letters = "cF",
      .is_weak = true,
      .is_long = true,
      .must = USUAL | STALE },
    { .name = "pool: 2 chunks of a fresh page, 2 x 3 calls, weak memory",
      CALLS,
      .size = 1,
      .slots = 2,
      .script = { "***", "***" },
      .before = { "2" },
      .letters = "cF",
      .is_weak = true,
      .is_long = true,
      .must = USUAL | STALE },
    { .name = "pool: 3 chunks of a fresh page, 2 x 3 calls, weak memory",
      CALLS,
      .size = 1,
      .slots = 3,
      .script = { "***", "***" },
      .before = { "3" },
      .letters = "cF",
      .is_weak = true,
      .is_long = true,
      .must = USUAL | STALE },
    { .name = "pool: 2 chunks of 2 pages, one of the first fresh, 2 x 3 calls, "
              "weak memory",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "***", "***" },
      .before = { "4c" },
      .letters = "cF",
      .is_weak = true,
      .is_long = true,
      .must = USUAL | STALE },
    { .name = "pool: 2 chunks of 2 pages, 3 x 2 calls, up to 3 preemptions",
      CALLS,
      .size = 2,
      .slots = 2,
      .script = { "cF", "oC", "cc" },
      .before = { "4c" },
      .bound = 3,
      .is_whole = true,
      .is_long = true,
      .must = USUAL | CLOSED },
    { .name = "pool: chunks that come, 3 x 2 calls, up to 3 preemptions",
      CALLS,
      .size = 1,
      .slots = 2,
      .script = { "cF", "cc", "cF" },
      .bound = 3,
      .is_whole = true,
      .is_long = true,
      .must = SUCCESS | EMPTY | RETRY | FREED | GREW | WAITED },
    { 0 },
};
