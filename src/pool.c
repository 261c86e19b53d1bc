// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_POOL
#include "reel/pool.h"

#include "binding.h"
#include "bits.h"
#include "gate.h"
#include "page_list.h"
#include "reel/events.h"
#include "watch.h"

// ---- bookkeeping ------------------------------------------------------------

size_t reel_pool_page_size(const reel_pool *pool)
{
    return page_size_in(pool);
}

static size_t chunk_size(const reel_pool *pool)
{
    return pool->chunk_pages << pool->page_bits;
}

// Rounded up to the alignment of the chunk that may come behind: so chunks and
// links leave no gaps in an arena, and the arena gets all of them back in
// order. The most links of a word each would be rounded up to 0.
static size_t links_size(const reel_pool *pool)
{
    const size_t size = pool->chunk_pages * sizeof(reel_link);
    const size_t rounded = size + gap_to(size, mask_of(0));
    return REEL_LINKS_ARE_WORDS ? max_of(size, rounded) : rounded;
}

static size_t peak_in(const reel_pool_chunk *chunk)
{
    return load_relaxed(&chunk->peak);
}

// The watermark while no chunk is begun: above all numbers.
static uintptr_t nowhere(const reel_pool *pool)
{
    return pool->list.count;
}

// The pages that were claimed since their chunk came.
static size_t claimed_ever(const reel_pool *pool)
{
    size_t pages = 0;
    for (size_t i = 0; i < pool->capacity; i++) {
        const reel_pool_chunk *const chunk = &pool->chunks[i];
        pages += base_of(chunk) != 0 ? peak_in(chunk) : 0;
    }
    return pages;
}

// What init has set, and no call changes.
static bool has_form(const reel_pool *pool)
{
    return pool->page_bits < WORD_BITS && pool->place_bits < WORD_BITS
           && pool->align_bits <= pool->page_bits && pool->chunk_pages > 0
           && pool->chunk_pages <= SIZE_MAX >> pool->page_bits
           && pool->chunk_pages <= (uintptr_t)1 << pool->place_bits
           && has_valid_form(&pool->list)
           && pool->capacity <= pool->list.count >> pool->place_bits
           && pool->list.count == number_in(pool, pool->capacity, 0);
}

// What holds at every moment, whatever other contexts do.
static bool is_shareable(const reel_pool *pool)
{
    return pool_has_ended(pool)
           || (has_form(pool) && list_has_head(&pool->list));
}

// Inside the gate, or alone: is there a newest chunk?
static bool has_newest(const reel_pool *pool)
{
    return pool->newest == SIZE_MAX
           || (pool->newest < pool->capacity
               && base_of(&pool->chunks[pool->newest]) != 0);
}

// ---- set-up -----------------------------------------------------------------

// Of a number from 0 to count - 1.
static uintptr_t bits_for(size_t count)
{
    return log2_of(pow2_above(count - 1));
}

static bool are_countable(size_t capacity, size_t chunk_pages)
{
    return chunk_pages <= REEL_BLOCKS_MAX
           && capacity <= REEL_BLOCKS_MAX >> bits_for(chunk_pages);
}

static void start_without_chunks(reel_pool *pool, size_t page,
                                 size_t chunk_pages)
{
    pool->page_bits = (uint8_t)log2_of(page);
    pool->place_bits = (uint8_t)bits_for(chunk_pages);
    pool->chunk_pages = chunk_pages;
    pool->newest = SIZE_MAX;
    pool->peak = 0;
    store_relaxed(&pool->first, NO_NUMBER);
    store_relaxed(&pool->gate, GATE_OPEN);
    store_relaxed(&pool->failures, 0);
    for (size_t i = 0; i < pool->capacity; i++) {
        store_relaxed(&pool->chunks[i].base, 0);
    }
    list_start(&pool->list, NULL, number_in(pool, pool->capacity, 0));
    list_replace(&pool->list, fresh_from(&pool->list, nowhere(pool)));
}

static bool has_links_apart(const reel_pool *pool)
{
    return pool->links.ops != pool->backing.ops
           || pool->links.self != pool->backing.self;
}

static bool is_all_taken_back(const reel_pool *pool)
{
    return reel_allocator_frees(pool->backing) == REEL_FREES_AT_ONCE;
}

// Without a placement pages are aligned by default, as far as their size is.
static bool is_placeable(const reel_pool_placement *placement, size_t page)
{
    return placement == NULL || placement->align == 0
           || (is_pow2(placement->align) && placement->align <= page);
}

static void place(reel_pool *pool, const reel_pool_placement *placement,
                  size_t page)
{
    const bool is_apart = placement != NULL && placement->links.ops != NULL;
    pool->align = placement != NULL ? placement->align : 0;
    pool->align_bits = (uint8_t)log2_of(
        pool->align > 0 ? pool->align : min_of(REEL_ALIGN_DEFAULT, page));
    pool->links.ops = is_apart ? placement->links.ops : pool->backing.ops;
    pool->links.self = is_apart ? placement->links.self : pool->backing.self;
}

reel_status reel_pool_init_placed(reel_pool *pool, reel_allocator backing,
                                  reel_pool_chunk *chunks, size_t capacity,
                                  size_t page_size, size_t chunk_size,
                                  const reel_pool_placement *placement)
{
    const size_t page = page_size > 0 ? page_size : REEL_POOL_PAGE_SIZE;
    const size_t chunk = chunk_size > 0 ? chunk_size : REEL_POOL_PAGES * page;
    if (pool == NULL || backing.ops == NULL || chunks == NULL || capacity == 0
        || !is_pow2(page) || chunk < page || (chunk & (page - 1)) != 0
        || !are_countable(capacity, chunk >> log2_of(page))
        || !is_placeable(placement, page)) {
        return REEL_INVALID;
    }
    pool->backing.ops = backing.ops;
    pool->backing.self = backing.self;
    pool->chunks = chunks;
    pool->capacity = capacity;
    pool->entry = NULL;
    place(pool, placement, page);
    pool->is_joined = !has_links_apart(pool) && !is_all_taken_back(pool);
    start_without_chunks(pool, page, chunk >> log2_of(page));
    REEL_REPORT(DEFINE, POOL, pool, backing.self, page);
    INVARIANT(reel_pool_is_valid(pool));
    return REEL_OK;
}
ALSO_PLAIN(reel_pool_init_placed);

reel_status reel_pool_init(reel_pool *pool, reel_allocator backing,
                           reel_pool_chunk *chunks, size_t capacity,
                           size_t page_size, size_t chunk_size)
{
    return reel_pool_init_placed(pool, backing, chunks, capacity, page_size,
                                 chunk_size, NULL);
}
ALSO_PLAIN(reel_pool_init);

// ---- chunks come ------------------------------------------------------------

static bool find_room(const reel_pool *pool, size_t *chunk)
{
    for (size_t i = 0; i < pool->capacity; i++) {
        if (base_of(&pool->chunks[i]) == 0) {
            *chunk = i;
            return true;
        }
    }
    return false;
}

// In place of a count of free pages: the chunk is a part of a block that the backing
// keeps, so it does not go before the pool does.
#define IS_A_PART SIZE_MAX

// Inside the gate: fill an entry. No watermark leads to its pages yet, so no
// other context claims one.
static void enter_chunk(const reel_pool *pool, reel_pool_chunk *chunk,
                        uintptr_t pages, void *links)
{
    chunk->links = (reel_link *)links;
    watch_unused(pages, chunk_size(pool));
    REEL_REPORT(COMMIT, POOL, pool, pages, chunk_size(pool));
    chunk->free = 0;
    store_relaxed(&chunk->peak, 0);
    store_relaxed(&chunk->after, NO_NUMBER);
    store_release(&chunk->base, pages);
}

static void *take_links(const reel_pool *pool)
{
    return reel_allocate(pool->links, links_size(pool), sizeof(reel_link));
}

// Pages and links are two blocks. Of two backings that of the pages is asked last: it may
// keep what it is given, and then no links fail behind them.
static bool take_parts(const reel_pool *pool, reel_pool_chunk *chunk)
{
    const bool is_apart = has_links_apart(pool);
    void *links = is_apart ? take_links(pool) : NULL;
    if (is_apart && links == NULL) {
        return false;
    }
    void *const pages =
        reel_allocate(pool->backing, chunk_size(pool), pool->align);
    if (pages != NULL && !is_apart) {
        links = take_links(pool);
    }
    if (pages != NULL && links != NULL) {
        enter_chunk(pool, chunk, (uintptr_t)pages, links);
        return true;
    }
    if (pages != NULL) {
        (void)reel_free(pool->backing, pages, chunk_size(pool));
    }
    if (links != NULL) {
        (void)reel_free(pool->links, links, links_size(pool));
    }
    return false;
}

// A backing that does not take every block back at once gives a chunk and its links
// as one block, a unit: so it takes back all of it, or nothing.

// For the links, too.
static size_t unit_align(const reel_pool *pool)
{
    return max_of(pool->align, REEL_ALIGN_DEFAULT);
}

// 0 if that is more than a size can say.
static size_t unit_size(const reel_pool *pool)
{
    const size_t pages = chunk_size(pool);
    const size_t links = links_size(pool);
    const size_t gap = gap_to(pages, mask_of(0));
    return gap > SIZE_MAX - pages || links > SIZE_MAX - pages - gap
               ? 0
               : pages + gap + links;
}

// From one unit to the next.
static size_t unit_step(const reel_pool *pool)
{
    const size_t unit = unit_size(pool);
    return unit + gap_to(unit, unit_align(pool) - 1);
}

// Bytes of so many units; 0 if that is more than a size can say.
static size_t units_size(const reel_pool *pool, size_t count)
{
    const size_t unit = unit_size(pool);
    const size_t step = unit_step(pool);
    size_t size = unit;
    for (size_t i = 1; i < count && size > 0; i++) {
        size = step < unit || step > SIZE_MAX - size ? 0 : size + step;
    }
    return size;
}

static uintptr_t take_units(const reel_pool *pool, size_t count)
{
    const size_t size = units_size(pool, count);
    return size == 0 ? 0
                     : (uintptr_t)reel_allocate(pool->backing, size,
                                                unit_align(pool));
}

static void enter_unit(const reel_pool *pool, reel_pool_chunk *chunk,
                       uintptr_t pages)
{
    const uintptr_t stop = pages + chunk_size(pool);
    enter_chunk(pool, chunk, pages, (void *)(stop + gap_to(stop, mask_of(0))));
}

static bool take_chunk(const reel_pool *pool, reel_pool_chunk *chunk)
{
    if (!pool->is_joined) {
        return take_parts(pool, chunk);
    }
    const uintptr_t pages = take_units(pool, 1);
    if (pages != 0) {
        enter_unit(pool, chunk, pages);
    }
    return pages != 0;
}

static size_t block_size(const reel_pool *pool)
{
    return pool->is_joined ? unit_size(pool) : chunk_size(pool);
}

static void free_links(const reel_pool *pool, const reel_pool_chunk *chunk)
{
    if (!pool->is_joined) {
        (void)reel_free(pool->links, chunk->links, links_size(pool));
    }
}

// Whatever the backing does with it. Forget the entry first: the backing may write where
// the chunk was. The links lie above the pages, if they are of the same backing.
static IN_CALLER void forget_chunk(const reel_pool *pool,
                                   reel_pool_chunk *chunk)
{
    const uintptr_t base = base_of(chunk);
    REEL_REPORT(DECOMMIT, POOL, pool, base, chunk_size(pool));
    store_relaxed(&chunk->base, 0);
    free_links(pool, chunk);
    watch_own(base, chunk_size(pool));
    if (chunk->free != IS_A_PART) {
        (void)reel_free(pool->backing, (void *)base, block_size(pool));
    }
}

static bool reclaim_pages(const reel_pool *pool, uintptr_t base)
{
    watch_own(base, chunk_size(pool));
    if (reel_reclaim(pool->backing, (void *)base, block_size(pool))) {
        return true;
    }
    watch_unused(base, chunk_size(pool));
    return false;
}

// False: the backing would keep it, so the chunk stays, with all pages free.
static IN_CALLER bool drop_chunk(const reel_pool *pool, reel_pool_chunk *chunk)
{
    if (chunk->free == IS_A_PART) {
        return false;
    }
    if (!pool->is_joined && !has_links_apart(pool)) {
        if (!is_all_taken_back(pool)) {
            return false;
        }
        forget_chunk(pool, chunk);
        return true;
    }
    if (!reclaim_pages(pool, base_of(chunk))) {
        return false;
    }
    REEL_REPORT(DECOMMIT, POOL, pool, base_of(chunk), chunk_size(pool));
    store_relaxed(&chunk->base, 0);
    free_links(pool, chunk);
    return true;
}

// Inside the gate: let the watermark go on to `number` at the end of the newest
// chunk. Release: a context that gets there sees the new entries.
static void let_follow(reel_pool *pool, uintptr_t number, size_t newest)
{
    const size_t last = pool->newest;
    pool->newest = newest;
    store_release(last == SIZE_MAX ? &pool->first : &pool->chunks[last].after,
                  number);
}

// Inside the gate: add a chunk. Its first page is claimed before the chunk is
// published, or other contexts could use up the chunk and this thread would get
// nothing.
static uintptr_t grow(reel_pool *pool)
{
    size_t chunk;
    if (!find_room(pool, &chunk) || !take_chunk(pool, &pool->chunks[chunk])) {
        return NO_NUMBER;
    }
    const uintptr_t number = number_in(pool, chunk, 0);
    list_set_link(&pool->list, number, number);
    store_relaxed(&pool->chunks[chunk].peak, 1);
    if (pool->chunk_pages > 1) {
        let_follow(pool, number + 1, chunk);
    }
    return number;
}

// ---- claiming ---------------------------------------------------------------

// The unused page that follows a watermark, in its chunk or in the one that comes
// after; NO_NUMBER if none does, NOT_SEEN if the watermark says that the list is
// covered.
static uintptr_t fresh_at(const reel_pool *pool, uintptr_t watermark)
{
    if (LISTS_ARE_COVERED && watermark > nowhere(pool)) {
        return NOT_SEEN;
    }
    if (watermark == nowhere(pool)) {
        return load_acquire(&pool->first);
    }
    return place_in(pool, watermark) + 1 < pool->chunk_pages
               ? watermark + 1
               : load_acquire(&chunk_at(pool, watermark)->after);
}

// As for blocks, NO_NUMBER is never spurious; NOT_SEEN says nothing.
static uintptr_t take_page(reel_pool *pool)
{
    for (;;) {
        uintptr_t head;
        const uintptr_t i = list_take_listed(&pool->list, &head);
        if (i != NO_NUMBER) {
            return i;
        }
        const uintptr_t watermark =
            fresh_at(pool, watermark_of(&pool->list, head));
        if (is_none(watermark)
            || list_take_fresh(&pool->list, &head, watermark)) {
            return watermark;
        }
    }
}

// What take_page() came to was NO_NUMBER or NOT_SEEN. See better.
static uintptr_t take_unseen(reel_pool *pool, uintptr_t i)
{
    while (is_unseen(i)) {
        list_uncover(&pool->list);
        i = take_page(pool);
    }
    return i;
}

ONLY_REPORTED reel_status why_refused(const reel_pool *pool)
{
    size_t chunk;
    return reel_port_in_interrupt()   ? REEL_BUSY
           : !find_room(pool, &chunk) ? REEL_FULL
                                      : REEL_NO_MEMORY;
}

// The backing is named if it was asked.
static void count_refusal(reel_pool *pool WITH_CALLER)
{
    TELL_REFUSAL(!pool_has_ended(pool), why_refused(pool), KIND, pool, caller,
                 page_size_in(pool), 0, 0,
                 why_refused(pool) == REEL_NO_MEMORY ? pool->backing.self
                                                     : NULL);
    count_one(&pool->failures);
}

// Look for a page again inside: another thread may have grown while this one
// waited.
OUT_OF_LINE uintptr_t grow_in_turn(reel_pool *pool WITH_CALLER)
{
    uintptr_t i = NO_NUMBER;
    if (reel_gate_enter(&pool->gate PASS_CALLER)) {
        i = take_unseen(pool, take_page(pool));
        if (i == NO_NUMBER) {
            i = grow(pool);
        }
        INVARIANT(has_newest(pool));
        gate_leave(&pool->gate);
    }
    if (i == NO_NUMBER) {
        REEL_REPORT(REFUSE, POOL, pool, 0, page_size_in(pool));
        count_refusal(pool PASS_CALLER);
    }
    return i;
}

OUT_OF_LINE uintptr_t claim_unseen(reel_pool *pool WITH_CALLER)
{
    const uintptr_t i = take_unseen(pool, NOT_SEEN);
    return i == NO_NUMBER ? grow_in_turn(pool PASS_CALLER) : i;
}

EXTERN_IN_CALLER uintptr_t
FROM(reel_pool_claim_number)(reel_pool *pool WITH_CALLER)
{
    uintptr_t i = take_page(pool);
    if (REEL_UNLIKELY(is_none(i))) {
        i = is_unseen(i) ? claim_unseen(pool PASS_CALLER)
                         : grow_in_turn(pool PASS_CALLER);
    }
    INVARIANT(is_shareable(pool)
              && (i == NO_NUMBER || pool_has_ended(pool) || has_page(pool, i)));
    if (REEL_EVENTS && i != NO_NUMBER) {
        REEL_REPORT(ALLOC, POOL, pool, page_at(pool, i), page_size_in(pool));
    }
    return i;
}

BODY_IN_CALLER void *FROM(reel_pool_claim)(reel_pool *pool WITH_CALLER)
{
    const uintptr_t i = FROM(reel_pool_claim_number)(pool PASS_CALLER);
    if (REEL_UNLIKELY(i == NO_NUMBER)) {
        (void)HOLDS(!pool_has_ended(pool), REEL_STALE, KIND, pool, caller);
        return NULL;
    }
    watch_alive(page_at(pool, i), reel_pool_page_size(pool));
    return (void *)page_at(pool, i);
}

// ---- giving back ------------------------------------------------------------

static reel_status foreign_to(const reel_pool *pool)
{
    return pool_has_ended(pool) ? REEL_STALE : REEL_FOREIGN;
}

// With a checker, a double free must be detected before the page is reported
// dead: the page may have a new owner, or is about to get one.
reel_status reel_pool_release(reel_pool *pool, void *page)
{
    const uintptr_t i = find_page(pool, (uintptr_t)page);
    if (page == NULL) {
        return REEL_INVALID;
    }
    if (i == NO_NUMBER || page_at(pool, i) != (uintptr_t)page) {
        return foreign_to(pool);
    }
    if (place_in(pool, i) >= peak_in(chunk_at(pool, i))) {
        return REEL_DOUBLE_FREE;
    }
    if (REEL_POISON || REEL_WATCH || REEL_EVENTS) {
        if (!list_is_allocated(&pool->list, i)) {
            return REEL_DOUBLE_FREE;
        }
        watch_dead((uintptr_t)page, reel_pool_page_size(pool));
        REEL_REPORT(FREE, POOL, pool, page, page_size_in(pool));
    }
    const bool is_given = list_give(&pool->list, i, pool->list.count);
    INVARIANT(is_shareable(pool));
    return is_given ? REEL_OK : REEL_DOUBLE_FREE;
}

// ---- reserving --------------------------------------------------------------

static size_t free_pages(const reel_pool *pool)
{
    return reel_pool_pages(pool) - reel_pool_used_pages(pool);
}

// Inside the gate: before a backing is asked for so many units, is there room for all
// of them? The block that shows it goes back, or is used for them.
static bool may_take(const reel_pool *pool, size_t count, uintptr_t *block)
{
    *block = 0;
    if (!pool->is_joined) {
        return true;
    }
    const uintptr_t units = take_units(pool, count);
    if (units != 0
        && !reel_reclaim(pool->backing, (void *)units,
                         units_size(pool, count))) {
        *block = units;
    }
    return units != 0;
}

// Of the block, or if there is none of the backing.
static bool take_next(const reel_pool *pool, reel_pool_chunk *chunk,
                      bool is_part, uintptr_t *block)
{
    if (*block == 0) {
        return take_chunk(pool, chunk);
    }
    enter_unit(pool, chunk, *block);
    *block += unit_step(pool);
    chunk->free = is_part ? IS_A_PART : 0;
    return true;
}

// Inside the gate: take `count` chunks, for which there are entries, and link them.
// If one fails, those that came are linked, too: each to the one before.
static bool take_chunks(reel_pool *pool, size_t count, size_t *newest,
                        uintptr_t *oldest)
{
    const bool is_part = count > 1;
    uintptr_t block;
    size_t chunk;
    *newest = SIZE_MAX;
    *oldest = NO_NUMBER;
    if (!may_take(pool, count, &block)) {
        return false;
    }
    for (; count > 0; count--) {
        if (!find_room(pool, &chunk)
            || !take_next(pool, &pool->chunks[chunk], is_part, &block)) {
            return false;
        }
        // The newest one's pages come first, then those of the one before.
        store_relaxed(&pool->chunks[chunk].after, *oldest);
        *oldest = number_in(pool, chunk, 0);
        *newest = *newest == SIZE_MAX ? chunk : *newest;
    }
    return true;
}

// The newest goes first, as far as the backing takes them. What is left begins with
// the number returned.
static uintptr_t drop_chunks(reel_pool *pool, uintptr_t number)
{
    while (number != NO_NUMBER && drop_chunk(pool, chunk_at(pool, number))) {
        number = load_relaxed(&chunk_at(pool, number)->after);
    }
    return number;
}

// Chunks for so many pages: what the table has no room for is known beforehand.
static bool count_chunks(const reel_pool *pool, size_t pages, size_t *count)
{
    const size_t room = pool->capacity - reel_pool_chunks(pool);
    for (*count = 0; pages > 0 && *count < room; ++*count) {
        pages -= min_of(pages, pool->chunk_pages);
    }
    return pages == 0;
}

static reel_status reserve(reel_pool *pool, size_t pages)
{
    const size_t free = free_pages(pool);
    size_t newest, count;
    uintptr_t first;
    if (pages <= free) {
        return REEL_OK;
    }
    if (!count_chunks(pool, pages - free, &count)) {
        return REEL_FULL;
    }
    const bool is_done = take_chunks(pool, count, &newest, &first);
    if (!is_done) {
        first = drop_chunks(pool, first);
    }
    if (first != NO_NUMBER) {
        let_follow(pool, first, newest); // what cannot be given back is used
    }
    return is_done ? REEL_OK : REEL_NO_MEMORY;
}

reel_status reel_pool_reserve(reel_pool *pool, size_t pages)
{
    if (!reel_gate_enter(&pool->gate PASS_HERE)) {
        return REEL_BUSY;
    }
    const reel_status status =
        pool_has_ended(pool) ? REEL_STALE : reserve(pool, pages);
    INVARIANT(is_shareable(pool) && has_newest(pool));
    gate_leave(&pool->gate);
    return status;
}

// ---- chunks go --------------------------------------------------------------

static bool is_unused(const reel_pool *pool, const reel_pool_chunk *chunk)
{
    return base_of(chunk) != 0 && chunk->free == pool->chunk_pages;
}

// Count the free pages of each chunk: unused or on the list.
static void count_free(const reel_pool *pool)
{
    for (size_t i = 0; i < pool->capacity; i++) {
        reel_pool_chunk *const chunk = &pool->chunks[i];
        // Nothing was ever written of one that is not there.
        if (base_of(chunk) != 0 && chunk->free != IS_A_PART) {
            chunk->free = pool->chunk_pages - peak_in(chunk);
        }
    }
    uintptr_t link = list_top(&pool->list);
    while (!is_bottom(&pool->list, link)) {
        reel_pool_chunk *const chunk = chunk_at(pool, link);
        chunk->free += chunk->free != IS_A_PART;
        link = link_after(pool, link);
    }
}

// Link the unused pages of the chunks that stay anew, in table order. The
// watermark must be nowhere.
static void string_fresh_pages(reel_pool *pool)
{
    store_relaxed(&pool->first, NO_NUMBER);
    pool->newest = SIZE_MAX;
    for (size_t i = 0; i < pool->capacity; i++) {
        reel_pool_chunk *const chunk = &pool->chunks[i];
        store_relaxed(&chunk->after, NO_NUMBER);
        if (base_of(chunk) != 0 && peak_in(chunk) < pool->chunk_pages) {
            let_follow(pool, number_in(pool, i, peak_in(chunk)), i);
        }
    }
}

// Take the pages of unused chunks off the list. The order of the others stays.
static void filter_list(reel_pool *pool)
{
    uintptr_t link = list_top(&pool->list);
    uintptr_t top = fresh_from(&pool->list, nowhere(pool));
    const uintptr_t bottom = top;
    uintptr_t last = NO_NUMBER;
    for (; !is_bottom(&pool->list, link); link = link_after(pool, link)) {
        if (is_unused(pool, chunk_at(pool, link))) {
            continue;
        }
        if (last == NO_NUMBER) {
            top = link;
        } else {
            list_set_link(&pool->list, last, link);
        }
        last = link;
    }
    if (last != NO_NUMBER) {
        list_set_link(&pool->list, last, bottom);
    }
    list_replace(&pool->list, top);
}

// The highest entry goes first: a backing that is a stack gets its chunks back in
// order. The pages of one that stays are unused again.
static size_t drop_each(reel_pool *pool)
{
    size_t count = 0;
    for (size_t i = pool->capacity; i > 0; i--) {
        reel_pool_chunk *const chunk = &pool->chunks[i - 1];
        if (!is_unused(pool, chunk)) {
            continue;
        }
        if (drop_chunk(pool, chunk)) {
            count++;
        } else {
            store_relaxed(&chunk->peak, 0);
        }
    }
    return count;
}

// The list loses the pages of unused chunks before their links are freed. A stack may
// have got them in another order than that of the entries, so it is asked again.
static size_t drop_unused(reel_pool *pool)
{
    size_t count = 0, more;
    filter_list(pool);
    do {
        more = drop_each(pool);
        count += more;
    } while (more > 0);
    string_fresh_pages(pool);
    return count * (chunk_size(pool) + links_size(pool));
}

// The peak is the sum of the chunks' peaks, so it is saved before they go.
size_t reel_pool_trim(reel_pool *pool)
{
    if (reel_port_in_interrupt() || pool_has_ended(pool)) {
        return 0;
    }
    pool->peak = reel_pool_peak_pages(pool);
    count_free(pool);
    const size_t bytes = drop_unused(pool);
    INVARIANT(reel_pool_is_valid(pool));
    return bytes;
}

// The chunk of a static pool stays.
static void forget_chunks(reel_pool *pool)
{
    if (pool->backing.ops == &reel_allocator_null_ops) {
        return;
    }
    for (size_t i = pool->capacity; i > 0; i--) {
        if (base_of(&pool->chunks[i - 1]) != 0) {
            forget_chunk(pool, &pool->chunks[i - 1]);
        }
    }
    list_replace(&pool->list, fresh_from(&pool->list, nowhere(pool)));
    string_fresh_pages(pool);
}

reel_status reel_pool_dispose(reel_pool *pool)
{
    if (reel_port_in_interrupt() || reel_pool_used_pages(pool) > 0) {
        return REEL_BUSY;
    }
    if (pool_has_ended(pool)) {
        return REEL_STALE;
    }
    if (end_binding(&pool->entry, pool) != REEL_OK) {
        return REEL_BUSY;
    }
    pool->peak = reel_pool_peak_pages(pool);
    count_free(pool);
    (void)drop_unused(pool);
    forget_chunks(pool);
    INVARIANT(reel_pool_is_valid(pool));
    return REEL_OK;
}

// ---- questions --------------------------------------------------------------

size_t reel_pool_chunks(const reel_pool *pool)
{
    size_t chunks = 0;
    for (size_t i = 0; i < pool->capacity; i++) {
        chunks += base_of(&pool->chunks[i]) != 0;
    }
    return chunks;
}

size_t reel_pool_pages(const reel_pool *pool)
{
    return reel_pool_chunks(pool) * pool->chunk_pages;
}

// The list is read first. A page that is claimed and released in between then
// counts as used: too many is allowed, too few is not.
size_t reel_pool_used_pages(const reel_pool *pool)
{
    const size_t listed = list_length(&pool->list, claimed_ever(pool));
    const size_t claimed = claimed_ever(pool);
    return claimed - min_of(listed, claimed);
}

size_t reel_pool_peak_pages(const reel_pool *pool)
{
    return max_of(pool->peak, claimed_ever(pool));
}

reel_stats reel_pool_stats(const reel_pool *pool)
{
    const size_t failures = load_relaxed(&pool->failures);
    reel_stats stats;
    stats.used = reel_pool_used_pages(pool) << pool->page_bits;
    stats.peak = reel_pool_peak_pages(pool) << pool->page_bits;
    stats.failures = failures;
    stats.largest_refused = failures > 0 ? reel_pool_page_size(pool) : 0;
    return stats;
}

static bool is_chunk_valid(const reel_pool *pool, const reel_pool_chunk *chunk)
{
    return base_of(chunk) == 0
           || ((base_of(chunk) & page_align_mask(pool)) == 0
               && is_below_top(base_of(chunk), chunk_size(pool))
               && chunk->links != NULL && peak_in(chunk) <= pool->chunk_pages);
}

bool reel_pool_is_valid(const reel_pool *pool)
{
    if (pool_has_ended(pool)) {
        return pool->chunks != NULL
               && is_bottom(&pool->list, list_top(&pool->list));
    }
    if (!is_shareable(pool)) {
        return false;
    }
    for (size_t i = 0; i < pool->capacity; i++) {
        if (!is_chunk_valid(pool, &pool->chunks[i])) {
            return false;
        }
    }
    size_t listed;
    return list_count((reel_list *)(uintptr_t)&pool->list, claimed_ever(pool),
                      &listed)
           && has_newest(pool);
}

// ---- caches -----------------------------------------------------------------

reel_status reel_pool_cache_init(reel_pool_cache *cache, reel_pool *pool,
                                 reel_pool_slot *slots, size_t capacity)
{
    if (cache == NULL || pool == NULL || slots == NULL || capacity == 0) {
        return REEL_INVALID;
    }
    cache->top = slots;
    cache->slots = slots;
    cache->limit = slots + capacity;
    cache->page_size = page_size_in(pool);
    cache->pool = pool;
    cache->entry = NULL;
    for (size_t i = 0; i < capacity; i++) {
        slots[i].page = 0; // a slot is read before it is written
    }
    INVARIANT(reel_pool_cache_is_valid(cache));
    return REEL_OK;
}

static bool is_cached(const reel_pool *pool, const reel_pool_slot *slot)
{
    return has_page(pool, slot->number)
           && page_at(pool, slot->number) == slot->page
           && link_after(pool, slot->number) == pool->list.count;
}

bool reel_pool_cache_is_valid(const reel_pool_cache *cache)
{
    const size_t filled = (uintptr_t)cache->top - (uintptr_t)cache->slots;
    const size_t room = (uintptr_t)cache->limit - (uintptr_t)cache->slots;
    if (cache_has_ended(cache)) {
        return cache->slots != NULL && filled == 0;
    }
    if (filled > room || (filled | room) % sizeof(reel_pool_slot) != 0
        || cache->page_size != page_size_in(cache->pool)) {
        return false;
    }
    for (const reel_pool_slot *at = cache->slots; at < cache->top; at++) {
        if (!is_cached(cache->pool, at)) {
            return false;
        }
    }
    return true;
}

// The links of a pool that has ended may be gone, and so are its pages.
void reel_pool_cache_flush(reel_pool_cache *cache)
{
    reel_list *const list = &cache->pool->list;
    if (cache->top > cache->slots && pool_has_ended(cache->pool)) {
        cache->top = cache->slots;
        return;
    }
    while (cache->top > cache->slots) {
        const uintptr_t i = (--cache->top)->number;
        REEL_REPORT(FREE, POOL, cache->pool, cache->top->page,
                    cache->page_size);
        list_push(list, i, link_of(list, i));
    }
    INVARIANT(reel_pool_cache_is_valid(cache));
}

// ---- the end ----------------------------------------------------------------

// The memory is still accessible, and a handler may interrupt this anywhere.
// First no page is found by its address, so none is released. Then no unused
// page follows. Last the list is emptied.
static void end_pool(reel_pool *pool)
{
    nobody_is_inside(&pool->gate);
    pool->entry = NULL;
    *(volatile size_t *)&pool->capacity = 0;
    store_release(&pool->first, NO_NUMBER);
    list_replace(&pool->list, fresh_from(&pool->list, nowhere(pool)));
    pool->newest = SIZE_MAX;
    REEL_REPORT(END, POOL, pool, 0, 0);
}

// ---- the allocator interface ------------------------------------------------

static bool suits(const reel_pool *pool, size_t size, size_t align)
{
    return size <= reel_pool_page_size(pool)
           && mask_of(align) <= page_align_mask(pool);
}

BODY void *FROM(reel_pool_allocate)(void *self, size_t size,
                                    size_t align WITH_CALLER)
{
    reel_pool *const pool = self;
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, pool,
               caller)) {
        return NULL;
    }
    return suits(pool, size, align) ? FROM(reel_pool_claim)(pool PASS_CALLER)
                                    : NULL;
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    const reel_pool *const pool = self;
    (void)old_size;
    if (block == NULL) {
        return FROM(reel_pool_allocate)(self, new_size, align PASS_HERE);
    }
    const uintptr_t i = find_page(pool, (uintptr_t)block);
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, self, HERE)
        || !HOLDS(i != NO_NUMBER && page_at(pool, i) == (uintptr_t)block,
                  foreign_to(pool), KIND, self, HERE)
        || !HOLDS(has_page(pool, i) && list_is_allocated(&pool->list, i),
                  REEL_DOUBLE_FREE, KIND, self, HERE)) {
        return NULL;
    }
    const bool is_aligned = ((uintptr_t)block & mask_of(align)) == 0;
    return is_aligned && new_size <= page_size_in(pool) ? block : NULL;
}

static reel_status give_back(void *self, void *block, size_t size)
{
    (void)size;
    return reel_pool_release(self, block);
}

static void end(void *self)
{
    end_pool(self);
}

reel_allocator reel_pool_allocator(reel_pool *pool)
{
    static const reel_allocator_ops ops = {
        .allocate = reel_pool_allocate,
        .reallocate = reallocate,
        .free = give_back,
        .end = end,
    };
    const reel_allocator allocator = { &ops, pool };
    return allocator;
}

// ---- lifetimes ---------------------------------------------------------------

reel_status reel_pool_bind(reel_pool *pool, reel_registry *registry,
                           reel_handle parent)
{
    if (pool == NULL || registry == NULL) {
        return REEL_INVALID;
    }
    if (pool_has_ended(pool)) {
        return REEL_STALE;
    }
    const reel_allocator self = reel_pool_allocator(pool);
    return reel_binding_start(&pool->entry, registry, self.ops, self.self,
                              parent.index, parent.version);
}

reel_handle reel_pool_handle(const reel_pool *pool)
{
    reel_handle handle;
    reel_binding_handle(pool->entry, pool, &handle);
    return handle;
}

// ---- lifetimes of caches -----------------------------------------------------

// First nothing goes in, then nothing comes out.
static void end_cache(void *self)
{
    reel_pool_cache *const cache = self;
    cache->entry = NULL;
    *(reel_pool_slot *volatile *)&cache->limit = cache->slots;
    *(reel_pool_slot *volatile *)&cache->top = cache->slots;
}

// Pages of a cache are for regions.
static void *refuse(void *self, size_t size, size_t align)
{
    (void)size, (void)align;
    (void)HOLDS(!cache_has_ended(self), REEL_STALE, KIND, self, HERE);
    return NULL;
}

static void *refuse_change(void *self, void *block, size_t old_size,
                           size_t new_size, size_t align)
{
    (void)block, (void)old_size;
    return refuse(self, new_size, align);
}

static reel_status refuse_free(void *self, void *block, size_t size)
{
    (void)block, (void)size;
    return cache_has_ended(self) ? REEL_STALE : REEL_FOREIGN;
}

reel_status reel_pool_cache_bind(reel_pool_cache *cache,
                                 reel_registry *registry, reel_handle parent)
{
    static const reel_allocator_ops ops = {
        .allocate = refuse,
        .reallocate = refuse_change,
        .free = refuse_free,
        .end = end_cache,
    };
    if (cache == NULL || registry == NULL) {
        return REEL_INVALID;
    }
    if (cache_has_ended(cache)) {
        return REEL_STALE;
    }
    return reel_binding_start(&cache->entry, registry, &ops, cache,
                              parent.index, parent.version);
}

reel_handle reel_pool_cache_handle(const reel_pool_cache *cache)
{
    reel_handle handle;
    reel_binding_handle(cache->entry, cache, &handle);
    return handle;
}

// ---- what the program calls, if callers are kept -----------------------------

#if REEL_CALLERS

EXTERN_IN_CALLER uintptr_t reel_pool_claim_number(reel_pool *pool)
{
    return FROM(reel_pool_claim_number)(pool PASS_HERE);
}

EXTERN_IN_CALLER void *reel_pool_claim(reel_pool *pool)
{
    return FROM(reel_pool_claim)(pool PASS_HERE);
}

void *reel_pool_allocate(void *self, size_t size, size_t align)
{
    return FROM(reel_pool_allocate)(self, size, align PASS_HERE);
}

#endif
