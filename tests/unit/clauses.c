// SPDX-License-Identifier: MIT
// is_valid of each module, clause by clause: one field is wrong, and it is noticed.

#include "things.h"

#define WIDTH (8 * sizeof(uintptr_t)) // of a word, in bits

static reel_heap heap;
static unsigned char *memory;

static bool commit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
}

// At REEL_CHECKS 2 steps with a wrong field would panic, so there are none here.
static void start(void)
{
    unsigned char *const raw = test_memory(TEST_MEMORY);
    memory = raw + (0 - (uintptr_t)raw) % 64;
}

// ---- arena and temp -----------------------------------------------------------

static bool is_arena(void)
{
    return reel_arena_is_valid(&the.arena);
}

static void an_arena_sees_each_wrong_field(void)
{
    reel_arena *const a = &the.arena;
    start();
    EXPECT_EQUAL(reel_arena_init_granular(a, memory, 512, 16), REEL_OK);
    EXPECT(reel_arena_alloc(a, 40, 1) != NULL);
    const reel_mark mark = reel_arena_mark(a);
    EXPECT(reel_arena_alloc(a, 40, 1) != NULL);
    EXPECT_EQUAL(reel_arena_rewind(a, mark), REEL_OK);
    EXPECT(reel_arena_alloc(a, 40, 1) != NULL);
    SEES(is_arena(), a->refusals.value, WIDTH);
    SEES(is_arena(), a->refusals.value, 6); // granules of 64 bytes
    SEES(is_arena(), a->base, 0);
    SEES(is_arena(), a->base, a->end + 16);
    SEES(is_arena(), a->base, a->floor + 16);
    SEES(is_arena(), a->base, a->base + 1);
    SEES(is_arena(), a->end, a->next.value - 16);
    SEES(is_arena(), a->end, a->end + 1);
    SEES(is_arena(), a->next.value, a->base - 16);
    SEES(is_arena(), a->next.value, a->end + 16);
    SEES(is_arena(), a->next.value, a->next.value + 1);
    SEES(is_arena(), a->limit.value, a->base - 1);
    SEES(is_arena(), a->limit.value, a->end + 1);
    SEES(is_arena(), a->floor, a->base - 16);
    SEES(is_arena(), a->floor, a->next.value + 16);
    SEES(is_arena(), a->last_position, a->base - 16);
    SEES(is_arena(), a->last_position, a->floor + 16);
    SEES(is_arena(), a->low_position, a->base - 16);
    SEES(is_arena(), a->low_position, a->end + 16);
    SEES(is_arena(), a->peak, a->base - 1);
    SEES(is_arena(), a->peak, a->end + 1);
    SEES(is_arena(), a->low_serial, a->serial + 1);
}

static void an_arena_that_has_ended_sees_each_wrong_field(void)
{
    reel_registry_entry *const entries = the.entries;
    reel_arena *const a = &the.arena;
    reel_handle parent;
    start();
    EXPECT_EQUAL(reel_registry_init(&the.registry, entries, 3), REEL_OK);
    EXPECT_EQUAL(reel_registry_register(&the.registry, reel_allocator_null(),
                                        REEL_NO_HANDLE, &parent),
                 REEL_OK);
    EXPECT_EQUAL(reel_arena_init(a, memory, 512), REEL_OK);
    EXPECT_EQUAL(reel_arena_bind(a, &the.registry, parent), REEL_OK);
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, parent), REEL_OK);
    SEES(is_arena(), a->limit.value, 1);
    SEES(is_arena(), a->next.value, a->end - 1);
    a->base = 0;
    a->end = 0;
    EXPECT(!is_arena());
}

static bool is_temp(void)
{
    return reel_temp_is_valid(&the.temp);
}

static void a_temp_sees_each_wrong_field(void)
{
    static const reel_pages pages = { 64, NULL, commit, decommit };
    reel_pages wrong = { 64, NULL, commit, decommit };
    reel_temp *const t = &the.temp;
    start();
    EXPECT_EQUAL(reel_temp_init(t, memory, 512, &pages, NULL), REEL_OK);
    EXPECT(reel_temp_alloc(t, 100, 1) != NULL);
    SEES(is_temp(), t->committed.value, t->stack.base - 64);
    SEES(is_temp(), t->committed.value, t->stack.end + 64);
    SEES(is_temp(), t->committed.value, t->committed.value + 1);
    SEES(is_temp(), t->step, 0);
    SEES(is_temp(), t->step, 65);
    SEES(is_temp(), t->stack.peak, t->stack.base - 1);
    SEES(is_temp(), t->stack.floor, t->stack.next.value + 1);
    SEES(is_temp(), t->stack.limit.value, t->stack.base + 1);
    SEES(is_temp(), t->stack.limit.value, t->stack.end);
    SEES(is_temp(), *(unsigned char *)&t->strict, 2);
    SEES(is_temp(), t->pages, NULL);
    t->pages = &wrong;
    EXPECT(is_temp());
    SEES(is_temp(), wrong.commit, NULL);
    SEES(is_temp(), wrong.decommit, NULL);
    SEES(is_temp(), wrong.page_size, 0);
    SEES(is_temp(), wrong.page_size, 96);
    SEES(is_temp(), wrong.page_size, 1024);
    t->stack.limit.value = 0; // out of line: the frontier alone counts
    EXPECT(is_temp());
    SEES(is_temp(), t->stack.next.value, t->committed.value + 1);
}

static void a_temp_that_has_ended_sees_each_wrong_field(void)
{
    static const reel_pages pages = { 64, NULL, commit, decommit };
    reel_temp *const t = &the.temp;
    start();
    EXPECT_EQUAL(reel_temp_init(t, memory, 512, &pages, NULL), REEL_OK);
    const reel_allocator a = reel_temp_allocator(t);
    a.ops->end(a.self);
    SEES(is_temp(), t->committed.value, t->stack.end - 64);
    SEES(is_temp(), t->stack.limit.value, 1);
    SEES(is_temp(), t->stack.next.value, 1);
}

// ---- blocks ---------------------------------------------------------------------

static bool is_blocks(void)
{
    return reel_blocks_is_valid(&the.blocks);
}

static void start_blocks(void)
{
    start();
    EXPECT_EQUAL(reel_blocks_init(&the.blocks, memory, 512, 24, 6), REEL_OK);
}

static void a_block_pool_sees_each_wrong_field(void)
{
    reel_blocks *const b = &the.blocks;
    start_blocks();
    EXPECT(reel_blocks_alloc(b) != NULL);
    void *const second = reel_blocks_alloc(b);
    EXPECT(reel_blocks_alloc(b) != NULL);
    EXPECT_EQUAL(reel_blocks_free(b, second), REEL_OK);
    SEES(is_blocks(), b->list.count, REEL_BLOCKS_MAX + (size_t)1);
    SEES(is_blocks(), b->list.count, 1); // the head and the peak are above
    SEES(is_blocks(), b->shift, WIDTH);
    SEES(is_blocks(), b->inverse, b->inverse + 2);
    SEES(is_blocks(), b->block_size, 40);
    SEES(is_blocks(), b->base, 0);
    SEES(is_blocks(), b->base, UINTPTR_MAX - 24);
    SEES(is_blocks(), b->list.peak.value, 7);
    SEES(is_blocks(), b->list.peak.value, 1);
    SEES(is_blocks(), b->list.peak.value, 2);
    SEES(is_blocks(), b->list.head.value, 5); // unused yet
    SEES(is_blocks(), b->list.head.value, 0); // is out
    SEES(is_blocks(), b->list.links[1], 1);
    if (REEL_LISTS_ARE_VERSIONED) {
        SEES(is_blocks(), b->list.fresh_bit, 4);
        SEES(is_blocks(), b->list.fresh_bit, 9);
        SEES(is_blocks(), b->list.fresh_bit, 16);
        SEES(is_blocks(), b->list.head.value, b->list.fresh_bit | 7);
    }
}

static void a_block_pool_sees_a_link_that_was_never_written(void)
{
    reel_blocks *const b = &the.blocks;
    start_blocks();
    void *const first = reel_blocks_alloc(b);
    void *const second = reel_blocks_alloc(b);
    EXPECT_EQUAL(reel_blocks_free(b, first), REEL_OK);
    EXPECT_EQUAL(reel_blocks_free(b, second), REEL_OK);
    b->list.links[2] = b->list.links[0]; // says that nothing follows
    SEES(is_blocks(), b->list.links[1], 2);
}

// An odd size has shift 0. Some CPUs shift by a word's width as by 0, and then only the
// range tells.
static void a_block_pool_of_an_odd_size_sees_a_wrong_shift(void)
{
    reel_blocks *const b = &the.blocks;
    start();
    EXPECT_EQUAL(reel_blocks_init(b, memory, 512, 25, 6), REEL_OK);
    SEES(is_blocks(), b->shift, WIDTH);
}

// Two blocks whose product is no size; and one list that is a ring.
static void a_block_pool_sees_a_product_and_a_ring(void)
{
    reel_blocks *const b = &the.blocks;
    start_blocks();
    const size_t odd = b->block_size >> b->shift;
    const uintptr_t inverse = b->inverse;
    b->block_size = SIZE_MAX; // whose inverse is itself
    b->shift = 0;
    b->inverse = SIZE_MAX;
    EXPECT(!is_blocks());
    b->block_size = odd << 3;
    b->shift = 3;
    b->inverse = inverse;
    EXPECT(is_blocks());
    EXPECT(reel_blocks_alloc(b) != NULL);
    void *const second = reel_blocks_alloc(b);
    EXPECT_EQUAL(reel_blocks_free(b, second), REEL_OK);
    reel_link *const link = &b->list.links[1];
    const reel_link was = *link;
    *link = 0; // which is out, and leads to itself
    EXPECT(!is_blocks());
    *link = was;
    EXPECT(is_blocks());
}

// As many as there may be, of one byte each and with none handed out: no block is looked
// at.
static void a_block_pool_may_have_as_many_as_links_can_number(void)
{
    reel_blocks *const b = &the.blocks;
    start_blocks();
    b->base = 4096;
    b->block_size = 1;
    b->shift = 0;
    b->inverse = 1;
    b->list.count = REEL_BLOCKS_MAX;
    if (REEL_LISTS_ARE_VERSIONED) {
        b->list.fresh_bit = REEL_BLOCKS_MAX + (size_t)1;
        b->list.head.value = b->list.fresh_bit;
    }
    EXPECT_EQUAL(is_blocks(), REEL_RED_ZONES == 0);
}

static void a_block_pool_that_has_ended_sees_each_wrong_field(void)
{
    reel_blocks *const b = &the.blocks;
    start_blocks();
    const reel_allocator a = reel_blocks_allocator(b);
    a.ops->end(a.self);
    SEES(is_blocks(), b->list.links, NULL);
    SEES(is_blocks(), b->list.peak.value, 1);
    SEES(is_blocks(), b->list.head.value, 0);
}

static bool is_blocks_cache(void)
{
    return reel_blocks_cache_is_valid(&the.blocks_cache);
}

static void a_cache_of_blocks_sees_each_wrong_field(void)
{
    reel_blocks_cache *const c = &the.blocks_cache;
    start_blocks();
    EXPECT_EQUAL(reel_blocks_cache_init(c, &the.blocks, the.slots, 4), REEL_OK);
    EXPECT(reel_blocks_cache_alloc(c) != NULL);
    void *const block = reel_blocks_cache_alloc(c);
    EXPECT_EQUAL(reel_blocks_cache_free(c, block), REEL_OK);
    if (REEL_CHECKS >= 2) { // where nothing stays in the cache
        c->slots[0] = block;
    }
    c->top = c->slots + 1;
    EXPECT_EQUAL(c->slots[0], block);
    SEES(is_blocks_cache(), c->top, c->limit + 1);
    SEES(is_blocks_cache(), c->top, (void **)((uintptr_t)c->top + 1));
    SEES(is_blocks_cache(), c->limit, (void **)((uintptr_t)c->limit + 1));
    SEES(is_blocks_cache(), c->limit, c->slots + 1);
    SEES(is_blocks_cache(), c->bytes, c->bytes - 1);
    SEES(is_blocks_cache(), c->slots[0], (char *)block + 1);
    SEES(is_blocks_cache(), c->slots[0], memory + 5 * 24); // was never out
    c->slots[1] = block;                                   // twice
    c->top = c->slots + 2;
    EXPECT(!is_blocks_cache());
    c->top = c->slots + 1;
    EXPECT_EQUAL(reel_blocks_free(&the.blocks, block), REEL_OK);
    EXPECT(!is_blocks_cache());
}

static void a_cache_of_blocks_that_has_ended_sees_each_wrong_field(void)
{
    reel_blocks_cache *const c = &the.blocks_cache;
    start_blocks();
    EXPECT_EQUAL(reel_blocks_cache_init(c, &the.blocks, the.slots, 4), REEL_OK);
    c->bytes = 0;
    c->limit = c->slots;
    SEES(is_blocks_cache(), c->limit, c->slots + 1);
    SEES(is_blocks_cache(), c->top, c->slots + 1);
    c->slots = NULL;
    c->limit = NULL;
    c->top = NULL;
    EXPECT(!is_blocks_cache());
}

// ---- pool and region ----------------------------------------------------------

static bool is_pool(void)
{
    return reel_pool_is_valid(&the.pool);
}

static void start_pool_of(size_t chunk_size)
{
    start();
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, 1024), REEL_OK);
    EXPECT_EQUAL(reel_pool_init(&the.pool, reel_arena_allocator(&the.arena),
                                the.chunks, 3, 64, chunk_size),
                 REEL_OK);
}

static void start_pool(void)
{
    start_pool_of(3 * 64);
}

static void a_pool_sees_each_wrong_field(void)
{
    reel_pool *const p = &the.pool;
    reel_pool_chunk *const c = the.chunks;
    start_pool();
    SEES(is_pool(), p->page_bits, WIDTH - 1);
    SEES(is_pool(), p->chunk_pages, 0);
    void *const page = reel_pool_claim(p);
    EXPECT(reel_pool_claim(p) != NULL);
    EXPECT_EQUAL(reel_pool_release(p, page), REEL_OK);
    SEES(is_pool(), p->page_bits, WIDTH);
    SEES(is_pool(), p->place_bits, WIDTH);
    SEES(is_pool(), p->chunk_pages, 0);
    SEES(is_pool(), p->chunk_pages, SIZE_MAX);
    SEES(is_pool(), p->chunk_pages, 5);
    SEES(is_pool(), p->chunk_pages, 1); // fewer than its peak
    SEES(is_pool(), p->capacity, 4);
    SEES(is_pool(), p->capacity, 2);
    SEES(is_pool(), p->capacity, SIZE_MAX / 2); // shifted it is none
    SEES(is_pool(), p->list.count, 0);
    SEES(is_pool(), p->list.head.value, p->list.count);
    SEES(is_pool(), p->newest, 3);
    SEES(is_pool(), p->newest, 1); // is not there
    SEES(is_pool(), c[0].base.value, c[0].base.value + 1);
    SEES(is_pool(), c[0].base.value, UINTPTR_MAX & ~(uintptr_t)63);
    SEES(is_pool(), c[0].links, NULL);
    SEES(is_pool(), c[0].peak.value, 4);
    SEES(is_pool(), c[0].peak.value, 0); // its page is on the list
    SEES(is_pool(), c[2].base.value, 1); // where no chunk is yet
}

// Its places take no bits (see above).
static void a_pool_of_single_pages_sees_a_wrong_shift(void)
{
    start_pool_of(64);
    SEES(is_pool(), the.pool.place_bits, WIDTH);
}

static void a_pool_that_has_ended_sees_each_wrong_field(void)
{
    reel_pool *const p = &the.pool;
    start_pool();
    const reel_allocator a = reel_pool_allocator(p);
    a.ops->end(a.self);
    SEES(is_pool(), p->chunks, NULL);
    SEES(is_pool(), p->list.head.value, 0);
}

static bool is_pool_cache(void)
{
    return reel_pool_cache_is_valid(&the.pool_cache);
}

static void start_cached_region(void)
{
    start_pool();
    EXPECT_EQUAL(
        reel_pool_cache_init(&the.pool_cache, &the.pool, the.page_slots, 2),
        REEL_OK);
    EXPECT_EQUAL(reel_region_open_cached(&the.region, &the.pool_cache),
                 REEL_OK);
}

static void a_cache_of_pages_sees_each_wrong_field(void)
{
    reel_pool_cache *const c = &the.pool_cache;
    start_cached_region();
    EXPECT_EQUAL(reel_region_close_cached(&the.region), REEL_OK);
    EXPECT_EQUAL(c->top, c->slots + 1);
    SEES(is_pool_cache(), c->top, c->limit + 1);
    SEES(is_pool_cache(), c->top, (reel_pool_slot *)((uintptr_t)c->top + 1));
    SEES(is_pool_cache(), c->limit,
         (reel_pool_slot *)((uintptr_t)c->limit + 1));
    SEES(is_pool_cache(), c->page_size, 32);
    SEES(is_pool_cache(), c->pool->page_bits, 7);
    SEES(is_pool_cache(), c->slots[0].page, c->slots[0].page + 64);
    SEES(is_pool_cache(), c->slots[0].number, 1);
    SEES(is_pool_cache(), c->slots[0].number, 100);
    SEES(is_pool_cache(), *(reel_link *)the.chunks[0].links, 0);
    c->top = c->slots;
    c->limit = c->slots;
    EXPECT(is_pool_cache()); // it has ended
    SEES(is_pool_cache(), c->top, c->slots + 1);
    c->slots = NULL;
    c->limit = NULL;
    c->top = NULL;
    EXPECT(!is_pool_cache());
}

// What lies behind its end is a page, too.
static void a_full_cache_of_pages_sees_a_page_too_many(void)
{
    reel_pool_cache *const c = &the.pool_cache;
    start_cached_region();
    EXPECT(reel_region_alloc(&the.region, 60, 1) != NULL);
    EXPECT(reel_region_alloc(&the.region, 30, 1) != NULL);
    EXPECT_EQUAL(reel_region_close_cached(&the.region), REEL_OK);
    EXPECT_EQUAL(c->top, c->limit);
    SEES(is_pool_cache(), c->limit, c->slots + 1);
}

static bool is_region(void)
{
    return reel_region_is_valid(&the.region);
}

static void a_region_sees_each_wrong_field(void)
{
    reel_region *const r = &the.region;
    start_pool();
    EXPECT_EQUAL(reel_region_open(r, &the.pool), REEL_OK);
    EXPECT(reel_region_alloc(r, 60, 1) != NULL);
    EXPECT(reel_region_alloc(r, 30, 1) != NULL);
    SEES(is_region(), r->pages, 0);
    SEES(is_region(), r->pages, 1);
    SEES(is_region(), r->pages, 3);
    SEES(is_region(), r->pages, 10); // more than there are
    SEES(is_region(), r->next, r->end + 1);
    SEES(is_region(), r->next, r->end - 65);
    SEES(is_region(), r->end, r->end + 64);
    SEES(is_region(), r->newest, 2); // was never claimed
    SEES(is_region(), r->newest, r->oldest);
    SEES(is_region(), r->oldest, r->newest);
    SEES(is_region(), *(unsigned char *)&r->has_more, 2);
    // The oldest page leads to the newest: a ring.
    reel_link *const link = &((reel_link *)the.chunks[0].links)[r->oldest];
    SEES(is_region(), *link, (reel_link)r->newest);
    const reel_link was = *link;
    *link = (reel_link)r->newest;
    r->pages = 100;
    EXPECT(!is_region());
    r->pages = 2;
    *link = was;
    EXPECT(is_region());
}

static void a_region_sees_each_wrong_note(void)
{
    reel_region *const r = &the.region;
    start_pool();
    EXPECT_EQUAL(reel_region_open(r, &the.pool), REEL_OK);
    EXPECT(reel_region_alloc(r, 100, 1) != NULL);
    void *const object = reel_region_alloc(r, 100, 1);
    EXPECT(reel_region_alloc(r, 100, 1) != NULL);
    EXPECT_EQUAL(reel_region_free(r, object, 100), REEL_OK);
    SEES(is_region(), r->large_size, r->large_size - 1);
    SEES(is_region(), r->large, (struct reel_region_large *)(void *)the.slots);
    SEES(is_region(), r->large,
         (struct reel_region_large *)((uintptr_t)r->large + 1));
    SEES(is_region(), r->spare, (struct reel_region_large *)(void *)the.slots);
    struct reel_region_large *const was =
        *(struct reel_region_large **)r->spare;
    *(struct reel_region_large **)r->spare = r->spare; // a ring
    EXPECT(!is_region());
    *(struct reel_region_large **)r->spare = was;
    EXPECT(is_region());
}

// ---- rewindable and span ------------------------------------------------------

static bool is_rewindable(void)
{
    return reel_rewindable_is_valid(&the.rewindable);
}

static void start_rewindable(void)
{
    const reel_rewindable_config config = { 128, 128, 8, true };
    start();
    EXPECT_EQUAL(reel_arena_init(&the.arena, memory, 1024), REEL_OK);
    EXPECT_EQUAL(reel_rewindable_init(&the.rewindable,
                                      reel_arena_allocator(&the.arena),
                                      the.table, 3, &config),
                 REEL_OK);
}

static void a_rewindable_sees_each_wrong_field(void)
{
    reel_rewindable *const r = &the.rewindable;
    reel_rewindable_chunk *const c = the.table;
    start_rewindable();
    EXPECT(reel_rewindable_alloc(r, 100, 8) != NULL);
    SEES(is_rewindable(), r->highest.value, (uintptr_t)&c[1]);
    EXPECT(reel_rewindable_alloc(r, 100, 8) != NULL);
    SEES(is_rewindable(), r->shift, WIDTH);
    SEES(is_rewindable(), *(unsigned char *)&r->frees_blocks, 2);
    SEES(is_rewindable(), *(unsigned char *)&r->is_created, 2);
    SEES(is_rewindable(), r->count.value, 4);
    SEES(is_rewindable(), r->capacity, SIZE_MAX);
    SEES(is_rewindable(), r->highest.value, (uintptr_t)&c[2]);
    SEES(is_rewindable(), r->highest.value, (uintptr_t)&c[0] + 1);
    SEES(is_rewindable(), r->hint.value, 2);
    SEES(is_rewindable(), c[1].granules, SIZE_MAX);
    SEES(is_rewindable(), c[1].granules, 1); // fewer than used
    SEES(is_rewindable(), c[1].base, c[1].base + 1);
    SEES(is_rewindable(), c[1].size, 8);
    SEES(is_rewindable(), c[1].size, c[1].granules << r->shift); // no bits
    SEES(is_rewindable(), c[1].used.value, c[1].used.value & UINTPTR_MAX << 8);
    SEES(is_rewindable(), c[1].used.value, 1);
    SEES(is_rewindable(), c[1].used.value, 0); // a start bit is set
}

static void a_span_sees_each_wrong_field(void)
{
    reel_span *const s = &the.span;
    start_rewindable();
    EXPECT_EQUAL(reel_span_open(s, &the.rewindable, 32), REEL_OK);
    SEES(reel_span_is_valid(s), s->end, s->start);
    EXPECT(reel_span_alloc(s, 3, 1) != NULL);
    SEES(reel_span_is_valid(s), s->start, s->end);
    SEES(reel_span_is_valid(s), s->start, s->start + 1);
    SEES(reel_span_is_valid(s), s->start, s->next + 8);
    SEES(reel_span_is_valid(s), s->start, 8); // in no chunk
    SEES(reel_span_is_valid(s), s->next, s->start - 1);
    SEES(reel_span_is_valid(s), s->next, s->end + 1);
    SEES(reel_span_is_valid(s), s->end, s->end + 1);
    SEES(reel_span_is_valid(s), s->end, s->end + 64); // not allocated
    s->generation++; // it is stale: no chunk of its
    EXPECT(reel_span_is_valid(s));
    s->end = 0;
    EXPECT(reel_span_is_valid(s)); // closed
}

// ---- registry --------------------------------------------------------------------

static bool is_registry(void)
{
    return reel_registry_is_valid(&the.registry);
}

// 0 is the parent of 1, 2 and 3, of which 2 is free; 4 is a root.
static void start_registry(void)
{
    reel_handle handles[5];
    start();
    EXPECT_EQUAL(reel_registry_init(&the.registry, the.entries, 6), REEL_OK);
    for (size_t i = 0; i < 5; i++) {
        EXPECT_EQUAL(
            reel_registry_register(&the.registry, reel_allocator_null(),
                                   i > 0 && i < 4 ? handles[0] : REEL_NO_HANDLE,
                                   &handles[i]),
            REEL_OK);
    }
    EXPECT_EQUAL(reel_registry_unregister(&the.registry, handles[2]), REEL_OK);
}

static void a_registry_sees_each_wrong_field(void)
{
    reel_registry *const r = &the.registry;
    reel_registry_entry *const e = the.entries;
    start_registry();
    SEES(is_registry(), r->entries, NULL);
    SEES(is_registry(), r->capacity, 4);
    SEES(is_registry(), r->watermark.value, 7);
    SEES(is_registry(), r->watermark.value, 3);
    SEES(is_registry(), r->peak.value, 7);
    SEES(is_registry(), r->peak.value, 2);
    SEES(is_registry(), r->used, 5);
    SEES(is_registry(), r->free.value, 5);
    SEES(is_registry(), r->free.value, 1);
    SEES(is_registry(), r->free.value, REEL_NO_INDEX);
    SEES(is_registry(), e[1].registry, NULL);
    SEES(is_registry(), e[1].allocator.ops, NULL);
    SEES(is_registry(), e[1].version.value, 0);
    SEES(is_registry(), e[0].first_child, 2); // is free
    SEES(is_registry(), e[0].first_child, 4); // a root
    SEES(is_registry(), e[0].first_child, 1); // not the first
    SEES(is_registry(), e[0].first_child, 9);
    SEES(is_registry(), e[0].first_child, REEL_NO_INDEX);
    SEES(is_registry(), e[3].next, 2);
    SEES(is_registry(), e[3].next, 4);
    SEES(is_registry(), e[3].next, REEL_NO_INDEX);
    SEES(is_registry(), e[1].previous, 0);
    SEES(is_registry(), e[1].parent, 4);
    SEES(is_registry(), e[4].next, 0);
    SEES(is_registry(), e[4].previous, 0);
    SEES(is_registry(), e[2].next, 2); // a ring of free entries
    SEES(is_registry(), e[2].next, 1);
}

// ---- heap --------------------------------------------------------------------------

static bool is_heap(void)
{
    return reel_heap_is_valid(&heap);
}

static void start_empty_heap(void)
{
    start();
    EXPECT_EQUAL(reel_heap_init(&heap, memory, 1024), REEL_OK);
}

static void a_heap_sees_each_wrong_field(void)
{
    reel_heap *const h = &heap;
    start_empty_heap();
    void *blocks[6];
    for (size_t i = 0; i < 6; i++) {
        blocks[i] = reel_heap_alloc(h, 40, 8);
    }
    EXPECT_EQUAL(reel_heap_free(h, blocks[1]), REEL_OK);
    EXPECT_EQUAL(reel_heap_free(h, blocks[3]), REEL_OK);
    SEES(is_heap(), h->shift, WIDTH);
    SEES(is_heap(), h->mask, h->mask >> 1);
    SEES(is_heap(), h->count, SIZE_MAX);
    SEES(is_heap(), h->heads, NULL);
    SEES(is_heap(), h->heads, (uintptr_t *)((uintptr_t)h->heads + 1));
    SEES(is_heap(), h->map, (reel_heap_cell *)((uintptr_t)h->map + 8));
    SEES(is_heap(), h->base, (uintptr_t)h->map);
    SEES(is_heap(), h->base, h->base + 1);
    SEES(is_heap(), h->reach, h->reach + 1);
    SEES(is_heap(), h->frontier.value, h->count + 1);
    SEES(is_heap(), h->frontier.value, h->frontier.value - 1);
    SEES(is_heap(), h->cleared, 0);
    SEES(is_heap(), h->cleared, h->count);
    SEES(is_heap(), h->below_peak, h->peak + 1);
    SEES(is_heap(), h->below_peak, h->below_peak + 1);
    SEES(is_heap(), h->peak, SIZE_MAX);
    SEES(is_heap(), h->bins[0], 0);
    SEES(is_heap(), h->bins[0], h->bins[0] | 1);
    SEES(is_heap(), h->bins[3], 1);
    SEES(is_heap(), h->map[0].starts.value,
         h->map[0].starts.value & ~(uintptr_t)1);
    SEES(is_heap(), h->map[0].edges.value, h->map[0].edges.value | 1);
    SEES(is_heap(), h->map[0].edges.value, 0);
}

// Blocks 1 and 3 of six are free, and 4 is longer than others.
static uintptr_t *free_block;

static void start_heap(void)
{
    void *blocks[6];
    start_empty_heap();
    for (size_t i = 0; i < 6; i++) {
        blocks[i] = reel_heap_alloc(&heap, i == 4 ? 90 : 40, 8);
    }
    EXPECT_EQUAL(reel_heap_free(&heap, blocks[1]), REEL_OK);
    EXPECT_EQUAL(reel_heap_free(&heap, blocks[3]), REEL_OK);
    free_block = blocks[3]; // the first of its list
}

static size_t granule_of(const void *block)
{
    return ((uintptr_t)block - heap.base) >> heap.shift;
}

static void a_heap_sees_each_wrong_word_of_a_free_block(void)
{
    if (REEL_WATCH) {
        tap_skip("a memory checker knows what no block is");
        return;
    }
    start_heap();
    uintptr_t *const w = free_block;
    const size_t bytes = w[2];
    const size_t bin = (w[1] - (uintptr_t)heap.heads) / sizeof(uintptr_t);
    SEES(is_heap(), w[0], 1);
    SEES(is_heap(), w[0], heap.base + 8 * sizeof(uintptr_t));
    SEES(is_heap(), w[1], 0);
    SEES(is_heap(), w[1], heap.base);
    SEES(is_heap(), w[2], bytes / 2);
    SEES(is_heap(), w[bytes / sizeof *w - 1], bytes / 2);
    SEES(is_heap(), heap.heads[bin], heap.base);
    SEES(is_heap(), heap.heads[bin], (uintptr_t)(w + 2));
    // A head of another list leads to it.
    const uintptr_t was = w[1];
    w[1] = (uintptr_t)&heap.heads[bin + 1];
    heap.heads[bin + 1] = (uintptr_t)w;
    EXPECT(!is_heap());
    w[1] = was;
    EXPECT(is_heap());
    heap.bins[(bin + 1) / WIDTH] |= (uintptr_t)1 << (bin + 1) % WIDTH;
    EXPECT(!is_heap());
}

static void a_heap_sees_each_wrong_bit(void)
{
    start_heap();
    reel_heap *const h = &heap;
    uintptr_t *const starts = &h->map[0].starts.value;
    uintptr_t *const edges = &h->map[0].edges.value;
    const uintptr_t one = 1;
    const size_t first = granule_of(free_block);
    size_t end = first + 1;
    while ((*starts >> end & 1) == 0) {
        end++;
    }
    SEES(is_heap(), *edges, *edges & ~(one << (end - 1)));
    SEES(is_heap(), *edges, *edges | one << end); // two that are free touch
    SEES(is_heap(), *edges, *edges | one << (end + 1)); // inside of a used one
    SEES(is_heap(), *edges, *edges & ~(one << first));
    const size_t top = h->frontier.value;
    uintptr_t *const highest = &h->map[top / WIDTH].starts.value;
    SEES(is_heap(), *highest, *highest & ~(one << top % WIDTH));
    SEES(is_heap(), *starts, *starts & ~one);
    SEES(is_heap(), *starts, *starts | one << (first + 1));
    SEES(is_heap(), h->below_peak, h->below_peak + 8);
}

// All of it moved to the last page of the address space; and a granule of 4 bytes.
static void a_heap_sees_a_wrong_form(void)
{
    start_heap();
    reel_heap *const h = &heap;
    const uintptr_t delta =
        (UINTPTR_MAX & ~(uintptr_t)4095) - (uintptr_t)h->heads / 1024 * 1024;
    h->heads = (uintptr_t *)((uintptr_t)h->heads + delta);
    h->map = (reel_heap_cell *)((uintptr_t)h->map + delta);
    h->base += delta;
    EXPECT(!is_heap());
    start_heap();
    h->shift = 2;
    h->mask = 3;
    EXPECT(!is_heap());
    start_heap();
    h->cleared = 0;
    EXPECT(!is_heap());
    start_heap();
    SEES(is_heap(), h->cleared, h->count / WIDTH + 2);
}

// Without blocks no word but those of its form is looked at.
static void an_empty_heap_sees_a_wrong_form(void)
{
    reel_heap *const h = &heap;
    start_empty_heap();
    h->base -= REEL_HEAP_GRANULE; // the map reaches into the first granule
    h->reach -= REEL_HEAP_GRANULE;
    EXPECT(!is_heap());
    h->base -= 512; // and begins above it
    h->reach -= 512;
    EXPECT(!is_heap());
    h->base += 512 + REEL_HEAP_GRANULE - (uintptr_t)h->heads;
    h->reach += 512 + REEL_HEAP_GRANULE;
    h->map = (reel_heap_cell *)((uintptr_t)h->map - (uintptr_t)h->heads);
    h->heads = NULL;
    EXPECT(!is_heap());
    // Granules so long that the end is behind that of the address space. Where the heads
    // lie in its upper half, it says so in any case.
    start_empty_heap();
    h->shift = WIDTH - 1;
    while (SIZE_MAX >> h->shift < 2 * h->count) {
        h->shift--;
    }
    h->mask = ((uintptr_t)1 << h->shift) - 1;
    h->base = 0 - (h->count / 2 << h->shift);
    h->reach = h->base - (uintptr_t)h->heads + (h->count << h->shift)
               - sizeof(uintptr_t);
    EXPECT(!is_heap());
}

// Init does not touch the memory, so this is none.
static void a_heap_may_end_a_granule_below_the_last_address(void)
{
    if (REEL_POISON || REEL_WATCH) {
        tap_skip("init tells a memory checker, or fills it");
        return;
    }
    const size_t granule = 8192;
    void *const buffer = (void *)(0 - 8 * granule);
    EXPECT_EQUAL(reel_heap_init_granular(&heap, buffer, 7 * granule, granule),
                 REEL_OK);
    EXPECT(is_heap());
}

static void a_heap_of_one_granule_sees_that_no_cell_is_cleared(void)
{
    start_empty_heap();
    EXPECT(reel_heap_alloc(&heap, 1, 1) != NULL);
    SEES(is_heap(), heap.cleared, 0);
}

static void a_heap_sees_a_head_that_leads_to_its_frontier(void)
{
    reel_heap *const h = &heap;
    start_empty_heap();
    EXPECT(reel_heap_alloc(h, 1, 1) != NULL);
    const size_t end = h->frontier.value;
    h->bins[0] |= 1;
    h->heads[0] = h->base + (end << h->shift);
    h->map[0].edges.value |= (uintptr_t)1 << end;
    EXPECT(!is_heap());
}

// The second block begins in one cell of the map and ends in the next, and is too short
// to keep its length there.
static void a_heap_sees_an_edge_where_no_length_is(void)
{
    start();
    EXPECT_EQUAL(reel_heap_init(&heap, memory, TEST_MEMORY - 64), REEL_OK);
    EXPECT(reel_heap_alloc(&heap,
                           (WIDTH - 1) * REEL_HEAP_GRANULE - REEL_RED_ZONES, 1)
           != NULL);
    EXPECT(reel_heap_alloc(&heap, 3 * REEL_HEAP_GRANULE - REEL_RED_ZONES, 1)
           != NULL);
    SEES(is_heap(), heap.map[1].edges.value,
         heap.map[1].edges.value | (uintptr_t)1);
}

// Frees do not join what they take for used.
static void a_heap_sees_free_blocks_that_touch(void)
{
    if (REEL_CHECKS >= 2) {
        tap_skip("a free sees it, too");
        return;
    }
    void *blocks[4];
    start_empty_heap();
    for (size_t i = 0; i < 4; i++) {
        blocks[i] = reel_heap_alloc(&heap, 40, 8);
    }
    uintptr_t *const edges = &heap.map[0].edges.value;
    EXPECT_EQUAL(reel_heap_free(&heap, blocks[1]), REEL_OK);
    const uintptr_t first = *edges;
    *edges = 0;
    EXPECT_EQUAL(reel_heap_free(&heap, blocks[2]), REEL_OK);
    *edges |= first;
    EXPECT(!is_heap());
}

// So long that it covers a whole cell of the map, where its length is.
static void a_heap_sees_a_wrong_length(void)
{
    const size_t size = 4 * WIDTH * REEL_HEAP_GRANULE;
    unsigned char *const buffer = sizeof(uintptr_t) > 4
                                      ? reel_allocate(test_malloc(), size, 64)
                                      : test_memory(TEST_MEMORY);
    if (buffer == NULL) {
        tap_skip("a board has not so much memory");
        return;
    }
    EXPECT_EQUAL(reel_heap_init(&heap, buffer,
                                sizeof(uintptr_t) > 4 ? size : TEST_MEMORY),
                 REEL_OK);
    const size_t granules = 2 * WIDTH;
    void *const first = reel_heap_alloc(&heap, REEL_HEAP_GRANULE, 1);
    void *const block = reel_heap_alloc(&heap, granules * REEL_HEAP_GRANULE, 1);
    EXPECT_EQUAL(reel_heap_usable_size(&heap, block),
                 granules * REEL_HEAP_GRANULE);
    SEES(is_heap(), heap.map[1].edges.value, granules - 1);
    SEES(is_heap(), heap.map[1].edges.value, 0);
    EXPECT_EQUAL(reel_heap_free(&heap, first), REEL_OK);
    SEES(is_heap(), heap.map[1].edges.value, granules + 1);
    EXPECT_EQUAL(reel_heap_free(&heap, block), REEL_OK);
    EXPECT(is_heap());
    if (sizeof(uintptr_t) > 4) {
        EXPECT_EQUAL(reel_free(test_malloc(), buffer, size), REEL_OK);
    }
}

const test_case clauses_tests[] = {
    TEST(an_arena_sees_each_wrong_field),
    TEST(an_arena_that_has_ended_sees_each_wrong_field),
    TEST(a_temp_sees_each_wrong_field),
    TEST(a_temp_that_has_ended_sees_each_wrong_field),
    TEST(a_block_pool_sees_each_wrong_field),
    TEST(a_block_pool_sees_a_link_that_was_never_written),
    TEST(a_block_pool_of_an_odd_size_sees_a_wrong_shift),
    TEST(a_block_pool_sees_a_product_and_a_ring),
    TEST(a_block_pool_may_have_as_many_as_links_can_number),
    TEST(a_block_pool_that_has_ended_sees_each_wrong_field),
    TEST(a_cache_of_blocks_sees_each_wrong_field),
    TEST(a_cache_of_blocks_that_has_ended_sees_each_wrong_field),
    TEST(a_pool_sees_each_wrong_field),
    TEST(a_pool_of_single_pages_sees_a_wrong_shift),
    TEST(a_pool_that_has_ended_sees_each_wrong_field),
    TEST(a_cache_of_pages_sees_each_wrong_field),
    TEST(a_full_cache_of_pages_sees_a_page_too_many),
    TEST(a_region_sees_each_wrong_field),
    TEST(a_region_sees_each_wrong_note),
    TEST(a_rewindable_sees_each_wrong_field),
    TEST(a_span_sees_each_wrong_field),
    TEST(a_registry_sees_each_wrong_field),
    TEST(a_heap_sees_each_wrong_field),
    TEST(a_heap_sees_each_wrong_word_of_a_free_block),
    TEST(a_heap_sees_each_wrong_bit),
    TEST(a_heap_sees_a_wrong_form),
    TEST(an_empty_heap_sees_a_wrong_form),
    TEST(a_heap_may_end_a_granule_below_the_last_address),
    TEST(a_heap_of_one_granule_sees_that_no_cell_is_cleared),
    TEST(a_heap_sees_a_head_that_leads_to_its_frontier),
    TEST(a_heap_sees_an_edge_where_no_length_is),
    TEST(a_heap_sees_free_blocks_that_touch),
    TEST(a_heap_sees_a_wrong_length),
    END_OF_TESTS,
};
