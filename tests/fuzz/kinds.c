// SPDX-License-Identifier: MIT
// The kinds of allocators, and what only each of them has.

#include "fuzz.h"

#define PAGE 64u

static size_t at_least_1(size_t size)
{
    return size + (size == 0);
}

// ---- arena -------------------------------------------------------------------------

static bool start_arena(node *n)
{
    const size_t granule = (size_t)1 << take() % 7;
    return reel_arena_init_granular(&n->arena, n->memory, n->size, granule)
           == REEL_OK;
}

static reel_allocator arena_allocator(node *n)
{
    return reel_arena_allocator(&n->arena);
}

static bool arena_is_valid(const node *n)
{
    return reel_arena_is_valid(&n->arena);
}

static size_t arena_used(const node *n)
{
    return reel_arena_used(&n->arena);
}

static reel_status arena_bind(node *n, reel_registry *r, reel_handle parent)
{
    return reel_arena_bind(&n->arena, r, parent);
}

static reel_handle arena_handle(const node *n)
{
    return reel_arena_handle(&n->arena);
}

static reel_status arena_dispose(node *n)
{
    return reel_arena_dispose(&n->arena);
}

static void *arena_shared(node *n, size_t size, size_t align)
{
    return reel_arena_alloc_shared(&n->arena, size, align);
}

// Marks of an arena or a temp are a stack here: a rewind drops those above.
static void push_mark(node *n, reel_arena *arena)
{
    if (n->mark_count < MARKS) {
        n->births[n->mark_count] = now();
        n->marks[n->mark_count++] = reel_arena_mark(arena);
    }
}

static void rewind_to(node *n, reel_status (*rewind)(node *n, reel_mark mark))
{
    if (n->mark_count == 0) {
        return;
    }
    const size_t i = take() % n->mark_count;
    const reel_mark mark = n->marks[i];
    const reel_status status = rewind(n, mark);
    MUST(status == REEL_OK
         || (status == REEL_BUSY && reel_port_in_interrupt()));
    if (status == REEL_OK) {
        n->mark_count = i + 1;
        drop_below(n);
        drop_blocks(n, n->births[i]);
    }
}

static reel_status rewind_arena(node *n, reel_mark mark)
{
    return reel_arena_rewind(&n->arena, mark);
}

static void was_emptied(node *n, reel_status status)
{
    MUST(status == REEL_OK
         || (status == REEL_BUSY && reel_port_in_interrupt()));
    if (status == REEL_OK) {
        n->mark_count = 0;
        drop_below(n);
        drop_blocks(n, 0);
    }
}

static void arena_special(node *n)
{
    switch (take() % 4) {
    case 0:
    case 1:
        push_mark(n, &n->arena);
        break;
    case 2:
        rewind_to(n, rewind_arena);
        break;
    default:
        was_emptied(n, reel_arena_reset(&n->arena));
        MUST(reel_arena_used(&n->arena) == 0 || reel_port_in_interrupt());
    }
}

// ---- temp --------------------------------------------------------------------------

static bool commit(void *context, void *addr, size_t size)
{
    node *const n = context;
    MUST(!reel_port_in_interrupt());
    MUST((unsigned char *)addr == (unsigned char *)n->memory + n->frontier);
    MUST(size > 0 && size % PAGE == 0 && size <= n->size - n->frontier);
    if (refuses()) {
        return false;
    }
    n->frontier += size;
    return true;
}

// What is no longer committed loses its contents. With a memory checker it is dead, and
// nobody may write there.
static void decommit(void *context, void *addr, size_t size)
{
    node *const n = context;
    MUST(!reel_port_in_interrupt());
    MUST(size > 0 && size % PAGE == 0 && size <= n->frontier);
    n->frontier -= size;
    MUST((unsigned char *)addr == (unsigned char *)n->memory + n->frontier);
    for (size_t i = 0; i < size && !REEL_WATCH; i++) {
        ((unsigned char *)addr)[i] = 0xEE;
    }
}

static bool start_temp(node *n)
{
    const unsigned how = take();
    const uint16_t rate = (uint16_t)(how * 4);
    const reel_temp_policy policy = {
        .step = how % 4 * PAGE,
        .decommit_limit = how % 8 * PAGE,
        .contraction = rate,
        .expansion = 1024,
        .fast_expansion = rate,
        .window = (uint16_t)(how % 3 * 2),
        .strict = how % 5 == 0,
    };
    n->pages.page_size = PAGE;
    n->pages.context = n;
    n->pages.commit = commit;
    n->pages.decommit = decommit;
    n->frontier = 0;
    return reel_temp_init(&n->temp, n->memory, n->size, &n->pages, &policy)
           == REEL_OK;
}

static reel_allocator temp_allocator(node *n)
{
    return reel_temp_allocator(&n->temp);
}

static bool temp_is_valid(const node *n)
{
    const bool has_ended = n->temp.stack.base == n->temp.stack.end;
    return reel_temp_is_valid(&n->temp)
           && (has_ended || reel_temp_committed(&n->temp) == n->frontier);
}

static size_t temp_used(const node *n)
{
    return reel_temp_used(&n->temp);
}

static reel_status temp_bind(node *n, reel_registry *r, reel_handle parent)
{
    return reel_temp_bind(&n->temp, r, parent);
}

static reel_handle temp_handle(const node *n)
{
    return reel_temp_handle(&n->temp);
}

static reel_status temp_dispose(node *n)
{
    const reel_status status = reel_temp_dispose(&n->temp);
    MUST(status != REEL_OK || n->frontier == 0);
    return status;
}

static void *temp_shared(node *n, size_t size, size_t align)
{
    return reel_temp_alloc_shared(&n->temp, size, align);
}

static reel_status rewind_temp(node *n, reel_mark mark)
{
    return reel_temp_rewind(&n->temp, mark);
}

static void reserve_in_temp(node *n)
{
    const size_t size = take_size();
    const reel_status status = reel_temp_reserve(&n->temp, size);
    MUST(status != REEL_OK
         || (reel_temp_committed_available(&n->temp) >= size
             && size <= reel_temp_available(&n->temp)));
}

static void temp_special(node *n)
{
    switch (take() % 6) {
    case 0:
    case 1:
        push_mark(n, &n->temp.stack);
        break;
    case 2:
        rewind_to(n, rewind_temp);
        break;
    case 3:
        was_emptied(n, reel_temp_reset(&n->temp));
        break;
    case 4:
        (void)reel_temp_trim(&n->temp);
        break;
    default:
        reserve_in_temp(n);
    }
}

// ---- blocks ------------------------------------------------------------------------

static bool start_blocks(node *n)
{
    const size_t size = 1 + take() % 100;
    const size_t count = n->size / (size + 2 * sizeof(reel_link));
    return count > 0
           && reel_blocks_init(&n->blocks, n->memory, n->size, size, count)
                  == REEL_OK
           && reel_blocks_cache_init(&n->blocks_cache, &n->blocks, n->slots, 4)
                  == REEL_OK;
}

static reel_allocator blocks_allocator(node *n)
{
    return reel_blocks_allocator(&n->blocks);
}

static bool blocks_is_valid(const node *n)
{
    return reel_blocks_is_valid(&n->blocks)
           && (n->blocks.list.count == 0 // it has ended, its cache perhaps not
               || reel_blocks_cache_is_valid(&n->blocks_cache));
}

static size_t blocks_used(const node *n)
{
    return reel_blocks_count_used(&n->blocks);
}

static reel_status blocks_bind(node *n, reel_registry *r, reel_handle parent)
{
    const reel_status status = reel_blocks_bind(&n->blocks, r, parent);
    if (status == REEL_OK) {
        (void)reel_blocks_cache_bind(&n->blocks_cache, r,
                                     reel_blocks_handle(&n->blocks));
    }
    return status;
}

static reel_handle blocks_handle(const node *n)
{
    return reel_blocks_handle(&n->blocks);
}

static reel_status blocks_dispose(node *n)
{
    return reel_blocks_dispose(&n->blocks);
}

static void *blocks_shared(node *n, size_t size, size_t align)
{
    return reel_allocate(reel_blocks_allocator(&n->blocks), size, align);
}

static void blocks_special(node *n)
{
    shadow *block;
    switch (take() % 4) {
    case 0:
    case 1:
        if (has_room_for_a_block()) {
            void *const got = reel_blocks_cache_alloc(&n->blocks_cache);
            add_block(n, got, n->blocks.block_size, 1);
        }
        break;
    case 2:
        block = take_block(n);
        if (block != NULL) {
            MUST(reel_blocks_cache_free(&n->blocks_cache, block->start)
                 == REEL_OK);
            forget(block);
        }
        break;
    default:
        reel_blocks_cache_flush(&n->blocks_cache);
    }
}

// ---- heap --------------------------------------------------------------------------

static bool start_heap(node *n)
{
    const size_t granule = REEL_HEAP_GRANULE << take() % 3;
    return reel_heap_init_granular(&n->heap, n->memory, n->size, granule)
               == REEL_OK
           && reel_heap_cache_init(&n->heap_cache, &n->heap, n->heap_slots, 4)
                  == REEL_OK;
}

static reel_allocator heap_allocator(node *n)
{
    return reel_heap_allocator(&n->heap);
}

static bool heap_is_valid(const node *n)
{
    return reel_heap_is_valid(&n->heap);
}

static size_t heap_used(const node *n)
{
    return reel_heap_stats(&n->heap).used;
}

static reel_status heap_bind(node *n, reel_registry *r, reel_handle parent)
{
    return reel_heap_bind(&n->heap, r, parent);
}

static reel_handle heap_handle(const node *n)
{
    return reel_heap_handle(&n->heap);
}

static reel_status heap_dispose(node *n)
{
    return reel_heap_dispose(&n->heap);
}

static void free_by_cache(node *n)
{
    shadow *const block = take_block(n);
    if (block != NULL) {
        MUST(reel_heap_cache_free(&n->heap_cache, block->start) == REEL_OK);
        forget(block);
    }
}

static void free_later(node *n)
{
    shadow *const block = take_block(n);
    if (block != NULL) {
        MUST(reel_heap_free_later(&n->heap, block->start) == REEL_OK);
        forget(block);
    }
}

static void heap_special(node *n)
{
    const unsigned what = take() % 8;
    if (what < 2 && has_room_for_a_block()) {
        const size_t size = take_size();
        add_block(n, reel_heap_cache_alloc(&n->heap_cache, size, 0), size, 0);
    } else if (what < 4) {
        free_by_cache(n);
    } else if (what < 5) {
        free_later(n);
    } else if (what < 6) {
        (void)reel_heap_drain(&n->heap, take());
    } else if (what < 7) {
        MUST(reel_heap_cache_flush(&n->heap_cache) == REEL_OK);
    } else if (take() % 4 == 0) {
        MUST(reel_heap_cache_flush(&n->heap_cache) == REEL_OK);
        was_emptied(n, reel_heap_reset(&n->heap));
    }
}

// ---- pool --------------------------------------------------------------------------

static bool start_pool(node *n)
{
    const size_t page = PAGE << take() % 2;
    return reel_pool_init(&n->pool, backing_of(n->parent), n->chunks, CHUNKS,
                          page, (1 + take() % 4) * page)
               == REEL_OK
           && reel_pool_cache_init(&n->pool_cache, &n->pool, n->page_slots, 2)
                  == REEL_OK;
}

static reel_allocator pool_allocator(node *n)
{
    return reel_pool_allocator(&n->pool);
}

static bool pool_is_valid(const node *n)
{
    return reel_pool_is_valid(&n->pool)
           && (n->pool.capacity == 0
               || reel_pool_cache_is_valid(&n->pool_cache));
}

static size_t pool_used(const node *n)
{
    return reel_pool_used_pages(&n->pool);
}

static reel_status pool_bind(node *n, reel_registry *r, reel_handle parent)
{
    const reel_status status = reel_pool_bind(&n->pool, r, parent);
    if (status == REEL_OK) {
        (void)reel_pool_cache_bind(&n->pool_cache, r,
                                   reel_pool_handle(&n->pool));
    }
    return status;
}

static reel_handle pool_handle(const node *n)
{
    return reel_pool_handle(&n->pool);
}

static reel_status pool_dispose(node *n)
{
    reel_pool_cache_flush(&n->pool_cache);
    return reel_pool_dispose(&n->pool);
}

static void *pool_shared(node *n, size_t size, size_t align)
{
    return reel_allocate(reel_pool_allocator(&n->pool), size, align);
}

static void reserve_in_pool(node *n)
{
    const size_t pages = take() % 20;
    const size_t used = reel_pool_used_pages(&n->pool);
    if (reel_pool_reserve(&n->pool, pages) == REEL_OK) {
        MUST(reel_pool_pages(&n->pool) - used >= pages);
    }
}

static void pool_special(node *n)
{
    switch (take() % 3) {
    case 0:
        (void)reel_pool_trim(&n->pool);
        break;
    case 1:
        reel_pool_cache_flush(&n->pool_cache);
        break;
    default:
        reserve_in_pool(n);
    }
}

// ---- region: over a pool only --------------------------------------------------------

static reel_status open_region(node *n)
{
    return take() % 2 == 0
               ? reel_region_open(&n->region, &n->parent->pool)
               : reel_region_open_cached(&n->region, &n->parent->pool_cache);
}

static bool start_region(node *n)
{
    return open_region(n) == REEL_OK;
}

static reel_allocator region_allocator(node *n)
{
    return reel_region_allocator(&n->region);
}

static bool region_is_valid(const node *n)
{
    return reel_region_is_valid(&n->region);
}

static size_t region_used(const node *n)
{
    return reel_region_stats(&n->region).used;
}

static reel_status region_bind(node *n, reel_registry *r, reel_handle parent)
{
    return reel_region_bind(&n->region, r, parent);
}

static reel_handle region_handle(const node *n)
{
    return reel_region_handle(&n->region);
}

static reel_status region_dispose(node *n)
{
    return take() % 2 == 0 ? reel_region_close(&n->region)
                           : reel_region_close_cached(&n->region);
}

// ---- rewindable ----------------------------------------------------------------------

static bool start_rewindable(node *n)
{
    const unsigned how = take();
    const reel_rewindable_config config = {
        .initial_size = 64 + how % 4 * 64,
        .growth_limit = 64 + how % 5 * 64,
        .min_align = (size_t)8 << how % 3,
        .frees_blocks = how % 7 < 4,
    };
    return reel_rewindable_init(&n->rewindable, backing_of(n->parent), n->table,
                                CHUNKS, &config)
           == REEL_OK;
}

static reel_allocator rewindable_allocator(node *n)
{
    return reel_rewindable_allocator(&n->rewindable);
}

static bool rewindable_is_valid(const node *n)
{
    return reel_rewindable_is_valid(&n->rewindable);
}

static size_t rewindable_used(const node *n)
{
    return reel_rewindable_stats(&n->rewindable).used;
}

static reel_status rewindable_bind(node *n, reel_registry *r,
                                   reel_handle parent)
{
    return reel_rewindable_bind(&n->rewindable, r, parent);
}

static reel_handle rewindable_handle(const node *n)
{
    return reel_rewindable_handle(&n->rewindable);
}

static reel_status rewindable_dispose(node *n)
{
    return reel_rewindable_dispose(&n->rewindable);
}

static void *rewindable_shared(node *n, size_t size, size_t align)
{
    return reel_rewindable_alloc(&n->rewindable, size, align);
}

// A span, and blocks in it that do not leave it.
static void try_a_span(node *n)
{
    reel_span span;
    const size_t size = 1 + take() % 64;
    if (reel_span_open(&span, &n->rewindable, size) != REEL_OK) {
        return;
    }
    for (size_t left = size; left > 0; left /= 2) {
        unsigned char *const got = reel_span_alloc(&span, left / 2, 1);
        MUST(got != NULL
             || at_least_1(left / 2) + REEL_RED_ZONES > span.end - span.next);
        if (got != NULL) {
            *got = 1;
        }
        MUST(reel_span_is_valid(&span));
    }
    MUST(reel_span_close(&span) == REEL_OK);
    MUST(reel_span_close(&span) == REEL_CLOSED);
}

static void rewindable_special(node *n)
{
    switch (take() % 3) {
    case 0:
        was_emptied(n, reel_rewindable_rewind(&n->rewindable));
        break;
    case 1:
        (void)reel_rewindable_reserve(&n->rewindable, take_size());
        break;
    default:
        try_a_span(n);
    }
}

// ---- lock ------------------------------------------------------------------------------

static bool start_lock(node *n)
{
    (void)reel_locked(&n->lock, backing_of(n->parent));
    return true;
}

static const reel_allocator_ops *lock_ops;

static reel_allocator lock_allocator(node *n)
{
    static reel_lock other;
    if (lock_ops == NULL) {
        lock_ops = reel_locked(&other, reel_allocator_null()).ops;
    }
    const reel_allocator allocator = { lock_ops, &n->lock };
    return allocator;
}

const kind kinds[] = {
    { "arena", start_arena, arena_allocator, arena_is_valid, arena_used,
      arena_bind, arena_handle, arena_dispose, arena_special, arena_shared,
      true, false },
    { "temp", start_temp, temp_allocator, temp_is_valid, temp_used, temp_bind,
      temp_handle, temp_dispose, temp_special, temp_shared, true, false },
    { "heap", start_heap, heap_allocator, heap_is_valid, heap_used, heap_bind,
      heap_handle, heap_dispose, heap_special, NULL, true, true },
    { "blocks", start_blocks, blocks_allocator, blocks_is_valid, blocks_used,
      blocks_bind, blocks_handle, blocks_dispose, blocks_special, blocks_shared,
      true, true },
    { "pool", start_pool, pool_allocator, pool_is_valid, pool_used, pool_bind,
      pool_handle, pool_dispose, pool_special, pool_shared, false, true },
    { "rewindable", start_rewindable, rewindable_allocator, rewindable_is_valid,
      rewindable_used, rewindable_bind, rewindable_handle, rewindable_dispose,
      rewindable_special, rewindable_shared, false, false },
    { "lock", start_lock, lock_allocator, NULL, NULL, NULL, NULL, NULL, NULL,
      NULL, false, false },
    { "region", start_region, region_allocator, region_is_valid, region_used,
      region_bind, region_handle, region_dispose, NULL, NULL, false, false },
};

const size_t kind_count = sizeof kinds / sizeof kinds[0];
