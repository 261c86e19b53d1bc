// SPDX-License-Identifier: MIT
#include "pool_chunks.h"

#include "bits.h"
#include "gate.h"
#include "reel/events.h"
#include "watch.h"

// ---- chunks come ------------------------------------------------------------

// Inside the gate: fill an entry. No watermark leads to its pages yet, so no
// other context claims one. But any context may release a wild pointer, and then
// looks at all entries: it reads the base first, so the base is written last. With
// a peak of 0 it does not touch a link.
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

// ---- units ------------------------------------------------------------------

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
    const size_t stop = pages + gap_to(pages, mask_of(0));
    return stop < pages || links > SIZE_MAX - stop ? 0 : stop + links;
}

// From one unit to the next.
static size_t unit_step(const reel_pool *pool)
{
    const size_t unit = unit_size(pool);
    return unit + gap_to(unit, unit_align(pool) - 1);
}

// Bytes of `count` units; 0 if the product overflows.
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

// ---- growing ----------------------------------------------------------------

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

// Inside the gate: add a chunk. Its first page is claimed before the chunk is
// published, or other contexts could use up the chunk and this thread would get
// nothing.
uintptr_t reel_pool_grow(reel_pool *pool)
{
    size_t chunk;
    if (!find_room(pool, &chunk) || !take_chunk(pool, &pool->chunks[chunk])) {
        return NO_NUMBER;
    }
    // The link of a claimed page is its own number, which a release looks for.
    const uintptr_t number = number_in(pool, chunk, 0);
    list_set_link(&pool->list, number, number);
    store_relaxed(&pool->chunks[chunk].peak, 1);
    if (pool->chunk_pages > 1) {
        let_follow(pool, number + 1, chunk);
    }
    return number;
}

// ---- chunks go --------------------------------------------------------------

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
void reel_pool_forget_chunk(const reel_pool *pool, reel_pool_chunk *chunk)
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
bool reel_pool_drop_chunk(const reel_pool *pool, reel_pool_chunk *chunk)
{
    if (chunk->free == IS_A_PART) {
        return false;
    }
    // Two blocks of one backing: both go back, or neither. Only a backing that frees
    // at once promises that, since reel_reclaim() asks about one block.
    if (!pool->is_joined && !has_links_apart(pool)) {
        if (!is_all_taken_back(pool)) {
            return false;
        }
        reel_pool_forget_chunk(pool, chunk);
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

// ---- reserving --------------------------------------------------------------

// While other contexts claim pages, this may be too few. Then a reserve takes a
// chunk more than it needs, never one less.
static size_t free_pages(const reel_pool *pool)
{
    return reel_pool_pages(pool) - reel_pool_used_pages(pool);
}

// Inside the gate: before a backing is asked for `count` units, is there room for all
// of them? The block that shows it is freed, or is used for them.
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
    while (number != NO_NUMBER
           && reel_pool_drop_chunk(pool, chunk_at(pool, number))) {
        number = load_relaxed(&chunk_at(pool, number)->after);
    }
    return number;
}

// Chunks for `pages` pages. If the table has no room for them, nothing is allocated.
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
    // The chunks lead to each other before the watermark leads to the first. So no page
    // of a reserve that fails is claimed meanwhile, and its chunks can go back.
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
    // The pages are counted inside: another thread may reserve or grow at the
    // same time.
    if (!reel_gate_enter(&pool->gate PASS_HERE)) {
        return REEL_BUSY;
    }
    const reel_status status =
        pool_has_ended(pool) ? REEL_STALE : reserve(pool, pages);
    INVARIANT(is_shareable(pool) && has_newest(pool));
    gate_leave(&pool->gate);
    return status;
}
