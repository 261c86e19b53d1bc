// SPDX-License-Identifier: MIT
#include "pages.h"
#include "page_list.h"
#include "reel/port.h"

// A chunk's links lie behind its pages.
#define UNIT       REEL_ALIGN_DEFAULT
#define CHUNK      (CHUNK_PAGES * PAGE)
#define LINKS_SIZE ((CHUNK_PAGES * sizeof(reel_link) + UNIT - 1) / UNIT * UNIT)
#define STEP       (CHUNK + LINKS_SIZE)

reel_pool page_pool;
supply backing;
_Alignas(64) unsigned char large[LARGE_PLACES][LARGE_MOST];
static _Alignas(PAGE) unsigned char memory[CHUNKS * STEP];
static reel_pool_chunk chunks[CHUNKS + 1]; // one more, where broken lists lead
static uintptr_t counted_head;

// ---- the backing -----------------------------------------------------------

static void enter(void)
{
    REQUIRE(!reel_port_in_interrupt() && !backing.is_busy);
}

static void *give_chunks(size_t count)
{
    if (count > backing.most_chunks - backing.chunks) {
        return NULL;
    }
    backing.chunks += count;
    return &memory[(backing.chunks - count) * STEP];
}

static void *give_links(void)
{
    return backing.has_links ? &memory[backing.links++ * STEP + CHUNK] : NULL;
}

static void *give_large(void)
{
    size_t i = 0;
    while (i < LARGE_PLACES && backing.is_out[i]) {
        i++;
    }
    if (i == LARGE_PLACES) {
        return NULL;
    }
    backing.is_out[i] = true;
    return large[i];
}

static size_t units_in(size_t size)
{
    return size == STEP ? 1 : size == 2 * STEP ? 2 : size == 3 * STEP ? 3 : 0;
}

static void *supply_some(void *self, size_t size, size_t align)
{
    (void)self, (void)align;
    enter();
    return size == LINKS_SIZE   ? give_links()
           : size == CHUNK      ? give_chunks(1)
           : units_in(size) > 0 ? give_chunks(units_in(size))
           : size == LARGE      ? give_large()
                                : NULL;
}

static reel_status take_back(void *self, void *block, size_t size)
{
    (void)self;
    enter();
    for (size_t i = 0; i < LARGE_PLACES; i++) {
        backing.is_out[i] = backing.is_out[i] && block != large[i];
    }
    backing.chunks -= size == CHUNK ? 1 : units_in(size);
    backing.links -= size == LINKS_SIZE;
    return REEL_OK;
}

static void *move(unsigned char *block)
{
    unsigned char *const moved = give_large();
    for (size_t i = 0; moved != NULL && i < LARGE; i++) {
        moved[i] = block[i];
    }
    return moved;
}

// A large object changes where it is, or moves to the other place.
static void *resize(void *self, void *block, size_t old_size, size_t size,
                    size_t align)
{
    (void)align;
    enter();
    if (has(REFUSES) || size > MOVED) {
        return NULL;
    }
    if (size < MOVED) {
        return block;
    }
    void *const moved = move(block);
    REQUIRE(moved != NULL && take_back(self, block, old_size) == REEL_OK);
    return moved;
}

static reel_frees frees_last(const void *self)
{
    (void)self;
    return REEL_FREES_LAST;
}

static bool reclaim(void *self, void *block, size_t size)
{
    return !has(KEEPS) && take_back(self, block, size) == REEL_OK;
}

static const reel_allocator_ops plain_ops = { .allocate = supply_some,
                                              .reallocate = resize,
                                              .free = take_back };
static const reel_allocator_ops joined_ops = { .allocate = supply_some,
                                               .reallocate = resize,
                                               .free = take_back,
                                               .frees = frees_last,
                                               .reclaim = reclaim };

// ---- before ----------------------------------------------------------------

static void *claim_one(void)
{
    return reel_pool_claim(&page_pool);
}

static reel_status release_one(void *page)
{
    return reel_pool_release(&page_pool, page);
}

static const things pages = { .first = memory,
                              .size = PAGE,
                              .count = PAGES,
                              .group = CHUNK_PAGES,
                              .gap = LINKS_SIZE,
                              .take = claim_one,
                              .give = release_one };

// Another list does not change: who counts it has lost the exclusive monitor.
static void begin_count(void)
{
    if (LISTS_ARE_COVERED && has(COUNTED)) {
        REQUIRE(list_begin_count(&page_pool.list, &counted_head));
    }
}

// Page 0 is let go of already, so that the handler leaves it alone.
static void leave_gate(void)
{
    if (has(WORK) && backing.is_busy) {
        backing.is_busy = false;
        REQUIRE(reel_pool_release(&page_pool, things_at(0)) == REEL_OK);
        begin_count();
    }
    backing.is_busy = false;
    page_pool.gate.value = 0;
}

static void start_backing(void)
{
    backing.chunks = backing.links = 0;
    backing.is_busy = false;
    backing.most_chunks = CHUNKS;
    backing.has_links = true;
    for (size_t i = 0; i < LARGE_PLACES; i++) {
        backing.is_out[i] = false;
    }
}

static void start_pool(void)
{
    const reel_allocator own = { &plain_ops, NULL };
    const reel_allocator shared = { has(JOINED | KEEPS) ? &joined_ops
                                                        : &plain_ops,
                                    &page_pool };
    const reel_allocator none = { NULL, NULL };
    const reel_pool_placement placement = { .align = 0,
                                            .links = has(APART) ? own : none };
    chunks[CHUNKS].links = (reel_link *)(void *)&memory[CHUNK];
    chunks[CHUNKS].base.value = (uintptr_t)memory;
    REQUIRE(reel_pool_init_placed(&page_pool, shared, chunks, CHUNKS, PAGE,
                                  CHUNK, &placement)
            == REEL_OK);
    for (size_t i = 1; i <= argument(CAME); i++) {
        REQUIRE(reel_pool_reserve(&page_pool, i * CHUNK_PAGES) == REEL_OK);
    }
}

void pages_begin(void)
{
    start_backing();
    start_pool();
    things_begin(&pages);
    interrupts_panics = 0;
    interrupts_yield = leave_gate;
}

void pages_prepare_handler(void)
{
    things_take(HANDLER, argument(LISTED) + argument(HANDLERS));
    things_list(argument(LISTED));
}

static void set_room(void)
{
    const size_t most =
        backing.has_links && !has(INSIDE) && !argument(IN_HANDLER)
            ? backing.most_chunks
            : argument(CAME);
    book.room[MAIN_LOOP] = (int)(most * CHUNK_PAGES);
    book.room[HANDLER] = (int)(argument(CAME) * CHUNK_PAGES);
}

void pages_prepare_else(void)
{
    backing.has_links = !has(NO_LINKS);
    backing.most_chunks = has(REFUSES)    ? argument(CAME)
                          : has(ONE_MORE) ? argument(CAME) + 1
                                          : CHUNKS;
    backing.is_busy = has(BUSY | WORK);
    page_pool.gate.value = has(INSIDE) ? reel_port_thread() : backing.is_busy;
    set_room();
    if (!has(WORK)) {
        begin_count();
    }
    if (has(ENDED)) {
        reel_pool_allocator(&page_pool).ops->end(&page_pool);
    }
}

// ---- after -----------------------------------------------------------------

void pages_end_else(void)
{
    REQUIRE(backing.is_busy || has(INSIDE) || page_pool.gate.value == 0);
    leave_gate(); // if no thread had to wait
    if (has(WORK)) {
        things_end_giving(REEL_OK);
    }
    if (LISTS_ARE_COVERED && has(COUNTED)) {
        (void)list_end_count(&page_pool.list, counted_head);
    }
}

static void check_counts(void)
{
    const reel_stats stats = reel_pool_stats(&page_pool);
    REQUIRE(reel_pool_is_valid(&page_pool));
    REQUIRE(reel_pool_used_pages(&page_pool) == (size_t)book.owned);
    REQUIRE(reel_pool_chunks(&page_pool) == backing.chunks);
    REQUIRE(stats.peak >= (size_t)book.most_owned * PAGE);
    REQUIRE(stats.failures <= (size_t)book.refused);
    REQUIRE(stats.failures > 0 || book.refused == 0);
}

void pages_check(void)
{
    things_check();
    check_counts();
    backing.most_chunks = backing.chunks;
    things_check_each(backing.chunks * CHUNK_PAGES);
}
