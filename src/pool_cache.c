// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_POOL
#include "binding.h"
#include "page_list.h"
#include "reel/events.h"

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

// A cached page links to `count`. If it linked to itself, a release could free
// it.
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
    // Before the slots are read: with wrong bounds they could lie anywhere.
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
        // Off the cache first: on the list another context may claim it at
        // once.
        const uintptr_t i = (--cache->top)->number;
        REEL_REPORT(FREE, POOL, cache->pool, cache->top->page,
                    cache->page_size);
        // No claim: a page in a cache links to no page, so it cannot be released.
        list_push(list, i, link_of(list, i));
    }
    INVARIANT(reel_pool_cache_is_valid(cache));
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
    if (cache == NULL) {
        return REEL_INVALID;
    }
    return reel_binding_start(&cache->entry, registry, &ops, cache,
                              parent.index, parent.version,
                              cache_has_ended(cache));
}

reel_handle reel_pool_cache_handle(const reel_pool_cache *cache)
{
    reel_handle handle;
    reel_binding_handle(cache->entry, cache, &handle);
    return handle;
}
