// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_BLOCKS
#include "reel/blocks_cache.h"
#include "binding.h"
#include "block_list.h"

reel_status reel_blocks_cache_init(reel_blocks_cache *cache,
                                   reel_blocks *blocks, void **slots,
                                   size_t capacity)
{
    // Half of one slot is none: a drain would free nothing, and then write
    // beyond the slots.
    if (cache == NULL || blocks == NULL || slots == NULL || capacity < 2) {
        return REEL_INVALID;
    }
    cache->slots = slots;
    cache->limit = slots + capacity;
    cache->bytes = blocks->list.count * stride_of(blocks);
    cache->blocks = blocks;
    cache->entry = NULL;
    cache->top = slots;
    INVARIANT(reel_blocks_cache_is_valid(cache));
    return REEL_OK;
}

// Is the block in one of the slots up to `end`?
static bool is_cached(const reel_blocks_cache *cache, void *const *end,
                      const void *block)
{
    for (void *const *at = cache->slots; at < end; at++) {
        if (*at == block) {
            return true;
        }
    }
    return false;
}

static bool is_cacheable(const reel_blocks_cache *cache, void *const *at)
{
    const reel_list *const list = &cache->blocks->list;
    const uintptr_t i = number_of(cache->blocks, *at);
    return i < peak_so_far(list) && list_is_allocated(list, i)
           && !is_cached(cache, at, *at);
}

bool reel_blocks_cache_is_valid(const reel_blocks_cache *cache)
{
    const reel_blocks *const blocks = cache->blocks;
    const size_t filled = (uintptr_t)cache->top - (uintptr_t)cache->slots;
    const size_t room = (uintptr_t)cache->limit - (uintptr_t)cache->slots;
    if (cache->bytes == 0) {
        return cache->slots != NULL && filled == 0 && room == 0;
    }
    if (filled > room || (filled | room) % sizeof(void *) != 0
        || room / sizeof(void *) < 2
        || cache->bytes != blocks->list.count * stride_of(blocks)) {
        return false;
    }
    for (void *const *at = cache->slots; at < cache->top; at++) {
        if (!is_cacheable(cache, at)) {
            return false;
        }
    }
    return true;
}

// Refills and drains move half of the slots. So a caller that allocates and frees in turn
// does not go to the block pool each time, wherever it begins.
ALWAYS_INLINE size_t half_of(const reel_blocks_cache *cache)
{
    return (size_t)(cache->limit - cache->slots) / 2;
}

// Take up to `most` numbers, chained: listed ones, or if there is none an
// unused one.
static inline size_t take_some(reel_list *list, size_t most, uintptr_t *first)
{
    const size_t count = list_take_chain(list, most, first);
    if (count > 0) {
        return count;
    }
    // `*first` is the head that said the list is empty. It says the watermark,
    // too.
    *first = reel_blocks_take_fresh(list, *first);
    return *first != NO_NUMBER;
}

// Fill slots with up to `most` blocks. Returns the end of the filled slots.
static inline void **fill(reel_blocks *blocks, void **top, size_t most)
{
    uintptr_t i;
    size_t count;
    while (most > 0 && (count = take_some(&blocks->list, most, &i)) > 0) {
        most -= count;
        for (; count > 0; count--) {
            // The next number comes first: the link then says only that this
            // one is allocated.
            const uintptr_t next = list_unchain(&blocks->list, i);
            *top++ = hand_out(blocks, i);
            REEL_REPORT(FILL, BLOCKS, blocks, top[-1], blocks->block_size);
            i = next;
        }
    }
    return top;
}

// If the block pool runs out on the way, one block is enough.
BODY_IN_CALLER void *
FROM(reel_blocks_cache_refill)(reel_blocks_cache *cache WITH_CALLER)
{
    reel_blocks *const blocks = cache->blocks;
    if (cache->bytes == 0) {
        // It ended with its parent, and its block pool may be gone, too.
        (void)HOLDS(false, REEL_STALE, KIND, cache, caller);
        return NULL;
    }
    void **const top = fill(blocks, cache->slots, half_of(cache));
    if (top == cache->slots) {
        return count_refusal(blocks PASS_CALLER);
    }
    // hand_out() called all of them alive, but the caller gets only the last
    // one.
    if (REEL_POISON || REEL_WATCH) {
        for (void **at = cache->slots; at < top - 1; at++) {
            watch_dead((uintptr_t)*at, blocks->block_size);
        }
    }
    // A cache has one owner, so its slots need no exchange.
    cache->top = top - 1;
    REEL_REPORT(TAKE, BLOCKS, blocks, top[-1], blocks->block_size);
    INVARIANT(reel_blocks_cache_is_valid(cache));
    return top[-1];
}

// The oldest blocks go: the newest are in the processor's cache. On one core a
// chain would save nothing, and a call takes less code; with events the function
// that reports is inlined here.
static IN_CALLER reel_status give_back_oldest(reel_blocks_cache *cache,
                                              void **end)
{
    reel_status worst = REEL_OK;
    list_chain chain;
    list_start_chain(&chain);
    for (void **at = cache->slots; at < end; at++) {
        // Go on after a refusal: one bad block must not keep the others out of
        // use.
        const reel_status status = REEL_LISTS_ARE_VERSIONED || REEL_EVENTS
                                       ? free_into(cache->blocks, &chain, *at)
                                       : reel_blocks_free(cache->blocks, *at);
        worst = status != REEL_OK ? status : worst;
    }
    list_push_chain(&cache->blocks->list, &chain);
    void **to = cache->slots;
    for (void **from = end; from < cache->top; from++) {
        *to++ = *from;
    }
    cache->top = to;
    return worst;
}

reel_status reel_blocks_cache_inspect(const reel_blocks_cache *cache,
                                      const void *block)
{
    const reel_list *const list = &cache->blocks->list;
    const uintptr_t i = number_of(cache->blocks, block);
    if (i >= list->count) {
        return REEL_FOREIGN;
    }
    // The link of a cached block says that it is allocated, so only the slots
    // show a second free.
    return i >= peak_so_far(list) || !list_is_allocated(list, i)
                   || is_cached(cache, cache->top, block)
               ? REEL_DOUBLE_FREE
               : REEL_OK;
}

EXTERN_IN_CALLER reel_status reel_blocks_cache_drain(reel_blocks_cache *cache,
                                                     void *block)
{
    const reel_status status =
        give_back_oldest(cache, cache->slots + half_of(cache));
    *cache->top++ = block;
    REEL_REPORT(PUT, BLOCKS, cache->blocks, block, cache->blocks->block_size);
    INVARIANT(reel_blocks_cache_is_valid(cache));
    return status;
}

#if REEL_POISON || REEL_WATCH || REEL_EVENTS

void *reel_blocks_cache_take(reel_blocks_cache *cache)
{
    if (cache->top == cache->slots) {
        return FROM(reel_blocks_cache_refill)(cache PASS_HERE);
    }
    void *const block = *--cache->top;
    watch_alive((uintptr_t)block, cache->blocks->block_size);
    REEL_REPORT(TAKE, BLOCKS, cache->blocks, block, cache->blocks->block_size);
    INVARIANT(reel_blocks_cache_is_valid(cache));
    return block;
}

reel_status reel_blocks_cache_put(reel_blocks_cache *cache, void *block)
{
    reel_status status = REEL_STALE;
    // After the end the links may be gone, so they are not looked at.
    if (cache->bytes != 0) {
        status = reel_blocks_cache_inspect(cache, block);
    }
    if (status != REEL_OK) {
        return status;
    }
    watch_dead((uintptr_t)block, cache->blocks->block_size);
    if (cache->top == cache->limit) {
        return reel_blocks_cache_drain(cache, block);
    }
    *cache->top++ = block;
    REEL_REPORT(PUT, BLOCKS, cache->blocks, block, cache->blocks->block_size);
    INVARIANT(reel_blocks_cache_is_valid(cache));
    return REEL_OK;
}

#endif

// What belonged to a block pool that has ended is forgotten.
void reel_blocks_cache_flush(reel_blocks_cache *cache)
{
    if (cache->top > cache->slots && has_ended(cache->blocks)) {
        cache->top = cache->slots;
        return;
    }
    (void)give_back_oldest(cache, cache->top);
    INVARIANT(reel_blocks_cache_is_valid(cache));
}

// ---- lifetimes of caches -----------------------------------------------------

// First nothing goes in, then nothing is refilled, last nothing comes out.
static void end_cache(void *self)
{
    reel_blocks_cache *const cache = self;
    cache->entry = NULL;
    *(volatile size_t *)&cache->bytes = 0;
    *(void **volatile *)&cache->limit = cache->slots;
    *(void **volatile *)&cache->top = cache->slots;
}

static void *allocate_cached(void *self, size_t size, size_t align)
{
    reel_blocks_cache *const cache = self;
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, self, HERE)) {
        return NULL;
    }
    return suits(cache->blocks, size, align) ? reel_blocks_cache_alloc(cache)
                                             : NULL;
}

static void *reallocate_cached(void *self, void *block, size_t old_size,
                               size_t new_size, size_t align)
{
    const reel_blocks_cache *const cache = self;
    // After the end an allocation refuses, and says why.
    if (block == NULL || cache->bytes == 0) {
        return allocate_cached(self, new_size, align);
    }
    return reel_blocks_reallocate(cache->blocks, block, old_size, new_size,
                                  align);
}

static reel_status give_back_cached(void *self, void *block, size_t size)
{
    (void)size;
    return reel_blocks_cache_free(self, block);
}

reel_status reel_blocks_cache_bind(reel_blocks_cache *cache,
                                   reel_registry *registry, reel_handle parent)
{
    static const reel_allocator_ops ops = {
        .allocate = allocate_cached,
        .reallocate = reallocate_cached,
        .free = give_back_cached,
        .end = end_cache,
    };
    if (cache == NULL) {
        return REEL_INVALID;
    }
    return reel_binding_start(&cache->entry, registry, &ops, cache,
                              parent.index, parent.version, cache->bytes == 0);
}

reel_handle reel_blocks_cache_handle(const reel_blocks_cache *cache)
{
    reel_handle handle;
    reel_binding_handle(cache->entry, cache, &handle);
    return handle;
}

#if REEL_CALLERS

void *reel_blocks_cache_refill(reel_blocks_cache *cache)
{
    return FROM(reel_blocks_cache_refill)(cache PASS_HERE);
}

#endif
