// SPDX-License-Identifier: MIT
#include "churn.h"

#include "always.h"
#include "random.h"

#define HELD     24u // blocks of one allocator that are remembered
#define PAGE     256u
#define GRANULE  32u
#define SMALLEST 64u

static uint32_t seed;

static size_t below(size_t limit)
{
    return test_below(&seed, limit);
}

// Sizes as programs have them: most are small.
static size_t some_size(void)
{
    return below(8) == 0 ? below(600) : below(SMALLEST);
}

// ---- blocks that are remembered -----------------------------------------------

typedef struct held {
    void *block[HELD];
    size_t size[HELD];
    size_t count;
} held;

static void keep(held *h, void *block, size_t size)
{
    if (block != NULL && h->count < HELD) {
        h->block[h->count] = block;
        h->size[h->count] = size;
        h->count++;
    }
}

// Any of them, which is forgotten; NULL if there is none.
static void *pick(held *h, size_t *size)
{
    if (h->count == 0) {
        return NULL;
    }
    const size_t i = below(h->count);
    void *const block = h->block[i];
    *size = h->size[i];
    h->count--;
    h->block[i] = h->block[h->count];
    h->size[i] = h->size[h->count];
    return block;
}

// The newest one.
static void *pop(held *h, size_t *size)
{
    if (h->count == 0) {
        return NULL;
    }
    h->count--;
    *size = h->size[h->count];
    return h->block[h->count];
}

// ---- arenas --------------------------------------------------------------------

typedef struct arena_rig {
    reel_arena arena;
    held held;
    reel_mark mark;
    bool has_mark;
    _Alignas(64) unsigned char memory[8192];
} arena_rig;

static arena_rig plain, granular;

static void start_arena(arena_rig *rig, size_t granule)
{
    (void)reel_arena_init_granular(&rig->arena, rig->memory, sizeof rig->memory,
                                   granule);
    rig->held.count = 0;
    rig->has_mark = false;
}

static void forget_from(held *h, uintptr_t position)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->count; i++) {
        if ((uintptr_t)h->block[i] < position) {
            h->block[kept] = h->block[i];
            h->size[kept++] = h->size[i];
        }
    }
    h->count = kept;
}

static void change_arena(arena_rig *rig)
{
    const size_t size = some_size();
    size_t old = 0;
    void *const block = pop(&rig->held, &old);
    if (block == NULL) {
        return;
    }
    if (below(2) == 0) {
        const bool done = reel_arena_resize(&rig->arena, block, old, size);
        keep(&rig->held, block, done ? size : old);
        return;
    }
    void *const changed = reel_arena_realloc(&rig->arena, block, old, size, 0);
    keep(&rig->held, changed != NULL ? changed : block,
         changed != NULL ? size : old);
}

static void free_in_arena(arena_rig *rig)
{
    size_t size = 0;
    void *const block = pop(&rig->held, &size);
    if (block != NULL) {
        (void)reel_arena_free(&rig->arena, block, size);
    }
}

static void use_scope(arena_rig *rig)
{
    const size_t count = rig->held.count;
    REEL_SCOPE (&rig->arena) {
        (void)reel_arena_alloc(&rig->arena, some_size(), 0);
        (void)reel_arena_alloc_zeroed(&rig->arena, some_size(), 0);
    }
    rig->held.count = count;
}

static void churn_arena(arena_rig *rig)
{
    const size_t size = some_size();
    const size_t align = (size_t)1 << below(6);
    switch (below(16)) {
    case 0:
        rig->mark = reel_arena_mark(&rig->arena);
        rig->has_mark = true;
        break;
    case 1:
        if (rig->has_mark
            && reel_arena_rewind(&rig->arena, rig->mark) == REEL_OK) {
            forget_from(&rig->held, rig->mark.position);
        }
        break;
    case 2:
        if (below(4) == 0) {
            (void)reel_arena_reset(&rig->arena);
            rig->held.count = 0;
            rig->has_mark = false;
        }
        break;
    case 3:
        use_scope(rig);
        break;
    case 4:
    case 5:
    case 6:
        free_in_arena(rig);
        break;
    case 7:
    case 8:
        change_arena(rig);
        break;
    case 9:
        keep(&rig->held, reel_arena_alloc_shared(&rig->arena, size, align),
             size);
        break;
    case 10:
        keep(&rig->held, reel_arena_alloc_zeroed(&rig->arena, size, align),
             size);
        break;
    default:
        keep(&rig->held, reel_arena_alloc(&rig->arena, size, align), size);
        break;
    }
}

// ---- temps ---------------------------------------------------------------------

typedef struct temp_rig {
    reel_temp temp;
    reel_always always;
    held held;
    _Alignas(PAGE) unsigned char memory[32 * PAGE];
} temp_rig;

static temp_rig loose, strict;

static void start_temp(temp_rig *rig, bool is_strict)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    policy.strict = is_strict;
    (void)reel_always_init(&rig->always, PAGE, sizeof rig->memory - PAGE);
    (void)reel_temp_init(&rig->temp, rig->memory, sizeof rig->memory,
                         &rig->always.pages, &policy);
    rig->held.count = 0;
}

static void change_temp(temp_rig *rig)
{
    const size_t size = some_size();
    size_t old = 0;
    void *const block = pop(&rig->held, &old);
    if (block == NULL) {
        return;
    }
    if (below(2) == 0) {
        const bool done = reel_temp_resize(&rig->temp, block, old, size);
        keep(&rig->held, block, done ? size : old);
        return;
    }
    void *const changed = reel_temp_realloc(&rig->temp, block, old, size, 0);
    keep(&rig->held, changed != NULL ? changed : block,
         changed != NULL ? size : old);
}

static void use_mark(temp_rig *rig)
{
    const reel_mark mark = reel_temp_mark(&rig->temp);
    (void)reel_temp_alloc(&rig->temp, some_size(), 0);
    (void)reel_temp_alloc_zeroed(&rig->temp, some_size(), 0);
    (void)reel_temp_rewind(&rig->temp, mark);
}

static void churn_temp(temp_rig *rig)
{
    const size_t size = some_size();
    size_t old = 0;
    void *block;
    switch (below(12)) {
    case 0:
        use_mark(rig);
        break;
    case 1:
        if (below(4) == 0) {
            (void)reel_temp_reset(&rig->temp);
            rig->held.count = 0;
        } else {
            (void)reel_temp_trim(&rig->temp);
        }
        break;
    case 2:
    case 3:
        block = pop(&rig->held, &old);
        if (block != NULL) {
            (void)reel_temp_free(&rig->temp, block, old);
        }
        break;
    case 4:
        change_temp(rig);
        break;
    case 5:
        (void)reel_temp_reserve(&rig->temp, size);
        break;
    case 6:
        keep(&rig->held, reel_temp_alloc_shared(&rig->temp, size, 0), size);
        break;
    default:
        keep(&rig->held, reel_temp_alloc(&rig->temp, size, 0), size);
        break;
    }
}

// ---- blocks and their cache ------------------------------------------------------

#define BLOCKS 40u

static struct blocks_rig {
    reel_blocks blocks;
    reel_blocks_cache cache;
    void *slots[8];
    held held;
    _Alignas(64) unsigned char memory[REEL_BLOCKS_SIZE(48, BLOCKS)];
} packets;

static void start_blocks(void)
{
    (void)reel_blocks_init(&packets.blocks, packets.memory,
                           sizeof packets.memory, 48, BLOCKS);
    (void)reel_blocks_cache_init(&packets.cache, &packets.blocks, packets.slots,
                                 8);
    packets.held.count = 0;
}

// Each frees what any of them allocated.
static void free_packet(bool is_cached)
{
    size_t size = 0;
    void *const block = pick(&packets.held, &size);
    if (block != NULL && is_cached) {
        (void)reel_blocks_cache_free(&packets.cache, block);
    } else if (block != NULL) {
        (void)reel_blocks_free(&packets.blocks, block);
    }
}

static void churn_blocks(void)
{
    const bool is_full = packets.held.count == HELD;
    switch (below(is_full ? 2 : 6)) {
    case 0:
        free_packet(false);
        break;
    case 1:
        free_packet(true);
        break;
    case 2:
        if (below(8) == 0) {
            reel_blocks_cache_flush(&packets.cache);
        }
        break;
    case 3:
        keep(&packets.held, reel_blocks_alloc(&packets.blocks), 48);
        break;
    default:
        keep(&packets.held, reel_blocks_cache_alloc(&packets.cache), 48);
        break;
    }
}

// ---- a heap and its cache --------------------------------------------------------

static struct heap_rig {
    reel_heap heap;
    reel_heap_cache cache;
    reel_heap_slot slots[4];
    held held;
    _Alignas(64) unsigned char memory[6144];
} messages;

static void start_heap(void)
{
    (void)reel_heap_init(&messages.heap, messages.memory,
                         sizeof messages.memory);
    (void)reel_heap_cache_init(&messages.cache, &messages.heap, messages.slots,
                               4);
    messages.held.count = 0;
}

static void change_message(void)
{
    const size_t size = some_size();
    size_t old = 0;
    void *const block = pick(&messages.held, &old);
    if (block == NULL) {
        return;
    }
    void *const changed = reel_heap_realloc(&messages.heap, block, size, 0);
    keep(&messages.held, changed != NULL ? changed : block, size);
}

static void free_message(size_t how)
{
    size_t size = 0;
    void *const block = pick(&messages.held, &size);
    if (block == NULL) {
        return;
    }
    if (how == 0) {
        (void)reel_heap_free(&messages.heap, block);
    } else if (how == 1) {
        (void)reel_heap_free_later(&messages.heap, block);
    } else {
        (void)reel_heap_cache_free(&messages.cache, block);
    }
}

static void churn_heap(void)
{
    const size_t size = some_size();
    const bool is_full = messages.held.count == HELD;
    switch (below(is_full ? 4 : 10)) {
    case 0:
        (void)reel_heap_drain(&messages.heap, 3);
        break;
    case 1:
    case 2:
    case 3:
        free_message(below(3));
        break;
    case 4:
        change_message();
        break;
    case 5:
        keep(&messages.held,
             reel_heap_alloc(&messages.heap, size, (size_t)1 << below(8)),
             size);
        break;
    case 6:
        keep(&messages.held, reel_heap_cache_alloc(&messages.cache, size, 0),
             size);
        break;
    case 7:
        if (below(20) == 0) { // also what is cached or queued
            (void)reel_heap_cache_flush(&messages.cache);
            (void)reel_heap_reset(&messages.heap);
            messages.held.count = 0;
        }
        break;
    default:
        keep(&messages.held, reel_heap_alloc(&messages.heap, size, 0), size);
        break;
    }
}

// ---- regions on a pool -------------------------------------------------------------

#define REGIONS 3u

static struct pool_rig {
    reel_heap backing;
    reel_pool pool;
    reel_pool_chunk chunks[6];
    reel_pool_cache cache;
    reel_pool_slot slots[3];
    reel_region region[REGIONS];
    bool is_open[REGIONS];
    held objects[REGIONS];
    held pages;
    _Alignas(64) unsigned char memory[16384];
} flows;

static void start_pool(void)
{
    (void)reel_heap_init(&flows.backing, flows.memory, sizeof flows.memory);
    (void)reel_pool_init(&flows.pool, reel_heap_allocator(&flows.backing),
                         flows.chunks, 6, PAGE, 4 * PAGE);
    (void)reel_pool_cache_init(&flows.cache, &flows.pool, flows.slots, 3);
    flows.pages.count = 0;
    for (size_t i = 0; i < REGIONS; i++) {
        flows.region[i].end = 0; // closed
        flows.is_open[i] = false;
        flows.objects[i].count = 0;
    }
}

static void open_region(size_t i)
{
    const reel_status status =
        i == 0 ? reel_region_open(&flows.region[i], &flows.pool)
               : reel_region_open_cached(&flows.region[i], &flows.cache);
    flows.is_open[i] = status == REEL_OK;
    flows.objects[i].count = 0;
}

static void close_region(size_t i)
{
    (void)(i == 0 ? reel_region_close(&flows.region[i])
                  : reel_region_close_cached(&flows.region[i]));
    flows.is_open[i] = false;
}

static void change_object(size_t i)
{
    const size_t size = some_size();
    size_t old = 0;
    void *const block = pop(&flows.objects[i], &old);
    if (block == NULL) {
        return;
    }
    if (below(3) == 0) {
        (void)reel_region_free(&flows.region[i], block, old);
        return;
    }
    void *const changed =
        reel_region_realloc(&flows.region[i], block, old, size, 0);
    keep(&flows.objects[i], changed != NULL ? changed : block,
         changed != NULL ? size : old);
}

static void churn_region(size_t i)
{
    const size_t size = some_size();
    if (!flows.is_open[i]) {
        open_region(i);
    } else if (below(12) == 0) {
        close_region(i);
    } else if (below(6) == 0) {
        change_object(i);
    } else {
        keep(&flows.objects[i], reel_region_alloc(&flows.region[i], size, 0),
             size);
    }
}

static void churn_pool(void)
{
    size_t size = 0;
    void *page;
    switch (below(10)) {
    case 0:
        keep(&flows.pages, reel_pool_claim(&flows.pool), PAGE);
        break;
    case 1:
    case 2:
        page = pick(&flows.pages, &size);
        if (page != NULL) {
            (void)reel_pool_release(&flows.pool, page);
        }
        break;
    case 3:
        if (below(6) == 0) {
            reel_pool_cache_flush(&flows.cache);
            (void)reel_pool_trim(&flows.pool);
        }
        break;
    case 4:
        if (below(6) == 0) {
            (void)reel_pool_reserve(&flows.pool, 5);
        }
        break;
    default:
        churn_region(below(REGIONS));
        break;
    }
}

// ---- rewindables -------------------------------------------------------------------

typedef struct rewindable_rig {
    reel_arena backing;
    reel_rewindable rewindable;
    reel_rewindable_chunk table[8];
    reel_span span;
    bool is_open;
    held held;
    _Alignas(64) unsigned char memory[24576];
} rewindable_rig;

static rewindable_rig bulk, single;

static void start_rewindable(rewindable_rig *rig, bool frees_blocks)
{
    const reel_rewindable_config config = { 1024, 4096, 0, frees_blocks };
    (void)reel_arena_init(&rig->backing, rig->memory, sizeof rig->memory);
    (void)reel_rewindable_init(&rig->rewindable,
                               reel_arena_allocator(&rig->backing), rig->table,
                               8, &config);
    rig->held.count = 0;
    rig->is_open = false;
}

static void use_span(rewindable_rig *rig)
{
    if (!rig->is_open) {
        rig->is_open =
            reel_span_open(&rig->span, &rig->rewindable, 256) == REEL_OK;
    } else if (below(5) == 0) {
        (void)reel_span_close(&rig->span);
        rig->is_open = false;
    } else {
        (void)reel_span_alloc(&rig->span, some_size(), 0);
    }
}

static void change_rewindable(rewindable_rig *rig)
{
    const size_t size = some_size();
    size_t old = 0;
    void *const block = pop(&rig->held, &old);
    if (block == NULL) {
        return;
    }
    void *const changed = reel_reallocate(
        reel_rewindable_allocator(&rig->rewindable), block, old, size, 0);
    keep(&rig->held, changed != NULL ? changed : block,
         changed != NULL ? size : old);
}

static void churn_rewindable(rewindable_rig *rig)
{
    const size_t size = some_size();
    size_t old = 0;
    void *block;
    switch (below(12)) {
    case 0:
        if (below(6) == 0) {
            (void)reel_rewindable_rewind(&rig->rewindable);
            rig->held.count = 0;
        }
        break;
    case 1:
        (void)reel_rewindable_reserve(&rig->rewindable, size);
        break;
    case 2:
    case 3:
        use_span(rig);
        break;
    case 4:
        change_rewindable(rig);
        break;
    case 5:
    case 6:
    case 7:
        block = pick(&rig->held, &old);
        if (block != NULL) {
            (void)reel_rewindable_free(&rig->rewindable, block, old);
        }
        break;
    default:
        keep(&rig->held,
             reel_rewindable_alloc(&rig->rewindable, size,
                                   (size_t)1 << below(6)),
             size);
        break;
    }
}

// ---- children that end with their parent ---------------------------------------------

static struct bound_rig {
    reel_registry registry;
    reel_registry_entry entries[8];
    reel_arena parent;
    reel_arena arena;
    reel_heap heap;
    bool is_bound;
    _Alignas(64) unsigned char memory[4096];
} bound;

static void bind_children(void)
{
    const reel_handle parent = reel_arena_handle(&bound.parent);
    void *const one = reel_arena_alloc(&bound.parent, 512, 0);
    void *const two = reel_arena_alloc(&bound.parent, 1024, 0);
    (void)reel_arena_init(&bound.arena, one, 512);
    (void)reel_heap_init(&bound.heap, two, 1024);
    (void)reel_arena_bind(&bound.arena, &bound.registry, parent);
    (void)reel_heap_bind(&bound.heap, &bound.registry, parent);
    bound.is_bound = true;
}

static void start_bound(void)
{
    (void)reel_registry_init(&bound.registry, bound.entries, 8);
    (void)reel_arena_init(&bound.parent, bound.memory, sizeof bound.memory);
    (void)reel_arena_bind(&bound.parent, &bound.registry, REEL_NO_HANDLE);
    bind_children();
}

static void churn_bound(void)
{
    if (!bound.is_bound) {
        bind_children();
    } else if (below(10) == 0) {
        (void)reel_arena_reset(&bound.parent);
        bound.is_bound = false;
    } else if (below(2) == 0) {
        (void)reel_arena_alloc(&bound.arena, some_size(), 0);
    } else {
        (void)reel_heap_alloc(&bound.heap, some_size(), 0);
    }
}

// ---- all of them ---------------------------------------------------------------------

void churn_start(uint32_t number)
{
    seed = number;
    start_arena(&plain, 1);
    start_arena(&granular, GRANULE);
    start_temp(&loose, false);
    start_temp(&strict, true);
    start_blocks();
    start_heap();
    start_pool();
    start_rewindable(&bulk, false);
    start_rewindable(&single, true);
    start_bound();
}

void churn(void)
{
    switch (below(11)) {
    case 0:
        churn_arena(&plain);
        break;
    case 1:
        churn_arena(&granular);
        break;
    case 2:
        churn_temp(&loose);
        break;
    case 3:
        churn_temp(&strict);
        break;
    case 4:
        churn_blocks();
        break;
    case 5:
        churn_heap();
        break;
    case 6:
        churn_rewindable(&bulk);
        break;
    case 7:
        churn_rewindable(&single);
        break;
    case 8:
        churn_bound();
        break;
    default:
        churn_pool();
        break;
    }
}

// ---- what they say of themselves -------------------------------------------------------

static size_t arena_used(const void *object)
{
    return reel_arena_used(object);
}

static size_t temp_used(const void *object)
{
    return reel_temp_used(object);
}

static size_t blocks_used(const void *object)
{
    return reel_blocks_stats(object).used;
}

static size_t heap_used(const void *object)
{
    return reel_heap_stats(object).used;
}

static size_t pool_used(const void *object)
{
    return reel_pool_stats(object).used;
}

static size_t rewindable_used(const void *object)
{
    return reel_rewindable_stats(object).used;
}

static size_t region_used(const void *object)
{
    const reel_region *const region = object;
    return reel_region_is_open(region) ? reel_region_stats(region).used : 0;
}

const churn_object *churn_objects(void)
{
    static const churn_object objects[] = {
        { "plain", &plain.arena, arena_used },
        { "granular", &granular.arena, arena_used },
        { "loose", &loose.temp, temp_used },
        { "strict", &strict.temp, temp_used },
        { "packets", &packets.blocks, blocks_used },
        { "messages", &messages.heap, heap_used },
        { "flows.backing", &flows.backing, heap_used },
        { "flows.pool", &flows.pool, pool_used },
        { "flows.region[0]", &flows.region[0], region_used },
        { "flows.region[1]", &flows.region[1], region_used },
        { "flows.region[2]", &flows.region[2], region_used },
        { "bulk", &bulk.rewindable, rewindable_used },
        { "bulk.backing", &bulk.backing, arena_used },
        { "single", &single.rewindable, rewindable_used },
        { "single.backing", &single.backing, arena_used },
        { "bound.parent", &bound.parent, arena_used },
        { "bound.arena", &bound.arena, arena_used },
        { "bound.heap", &bound.heap, heap_used },
        { NULL, NULL, NULL },
    };
    return objects;
}
