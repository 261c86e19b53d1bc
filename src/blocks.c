// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_BLOCKS
#include "reel/blocks.h"

#include "batch.h"
#include "binding.h"
#include "bits.h"
#include "check.h"
#include "reel/events.h"
#include "watch.h"

ALWAYS_INLINE uintptr_t peak_so_far(const reel_list *list)
{
    return load_relaxed(&list->peak);
}

// ---- from pointers to numbers ------------------------------------------------

// Exact division by multiplication: times the inverse of the odd factor modulo
// 2^bits, then rotated right by the power of two. The result is below the count
// exactly for pointers to the first byte of a block. Another offset is no
// multiple of the odd factor, or has low bits that the rotation moves to the
// top. (T. Granlund and P. L. Montgomery, Division by Invariant Integers,
// section 9.)
ALWAYS_INLINE uintptr_t number_of(const reel_blocks *blocks, const void *block)
{
    const uintptr_t product =
        ((uintptr_t)block - blocks->base) * blocks->inverse;
    const uintptr_t shift = blocks->shift;
    return product >> shift | product << ((0 - shift) & (WORD_BITS - 1));
}

// From one block to the next; more than any buffer has, if that is more than a size can
// say.
ALWAYS_INLINE size_t stride_for(size_t block_size)
{
    const size_t stride = REEL_BLOCKS_STRIDE(block_size);
#if REEL_RED_ZONES
    return stride > block_size ? stride : SIZE_MAX;
#else
    return stride;
#endif
}

ALWAYS_INLINE size_t stride_of(const reel_blocks *blocks)
{
    return stride_for(blocks->block_size);
}

bool reel_blocks_owns(const reel_blocks *blocks, const void *block)
{
    return number_of(blocks, block) < blocks->list.count;
}

// After its end a block pool has no blocks. No live one has none.
ALWAYS_INLINE bool has_ended(const reel_blocks *blocks)
{
    return *(const volatile size_t *)&blocks->list.count == 0;
}

static reel_status foreign_to(const reel_blocks *blocks)
{
    return has_ended(blocks) ? REEL_STALE : REEL_FOREIGN;
}

size_t reel_blocks_index(const reel_blocks *blocks, const void *block)
{
    const uintptr_t i = number_of(blocks, block);
    return HOLDS(i < blocks->list.count, foreign_to(blocks), KIND, blocks, HERE)
               ? i
               : SIZE_MAX;
}

// ---- set-up ------------------------------------------------------------------

// a * b if it is at most `limit`. It is computed from half words: Cortex-M0 has
// neither a division nor a wider product.
static bool product_within(size_t a, size_t b, size_t limit, size_t *product)
{
    const size_t a_low = a & LOW_HALF, a_high = a >> HALF_BITS;
    const size_t b_low = b & LOW_HALF, b_high = b >> HALF_BITS;
    const size_t middle = a_high * b_low + a_low * b_high;
    if ((a_high > 0 && b_high > 0) || middle > LOW_HALF) {
        return false;
    }
    const size_t high = middle << HALF_BITS;
    const size_t low = a_low * b_low;
    if (high > limit || low > limit - high) {
        return false;
    }
    *product = high + low;
    return true;
}

// The place of the links, behind the blocks; NULL if they do not fit.
static reel_link *place_links(uintptr_t start, size_t size, size_t block_size,
                              size_t count)
{
    size_t bytes;
    if (!product_within(stride_for(block_size), count, size, &bytes)) {
        return NULL;
    }
    const size_t gap = gap_to(start + bytes, sizeof(reel_link) - 1);
    if (gap > size - bytes
        || count > (size - bytes - gap) / sizeof(reel_link)) {
        return NULL;
    }
    return (reel_link *)(start + bytes + gap);
}

// Newton's iteration: each turn doubles the number of correct bits, from 3.
static size_t inverse_of(size_t odd)
{
    size_t inverse = odd;
    size_t product = odd * inverse;
    while (product != 1) {
        inverse *= 2 - product;
        product = odd * inverse;
    }
    return inverse;
}

// What init has set.
static bool has_form(const reel_blocks *blocks)
{
    size_t bytes;
    return has_valid_form(&blocks->list) && blocks->shift < WORD_BITS
           && (stride_of(blocks) >> blocks->shift) * blocks->inverse == 1
           && product_within(stride_of(blocks), blocks->list.count, SIZE_MAX,
                             &bytes)
           && blocks->base != 0 && is_below_top(blocks->base, bytes);
}

// What holds at every moment, whatever other contexts do.
static bool is_shareable(const reel_blocks *blocks)
{
    return has_ended(blocks)
           || (has_form(blocks) && list_has_head(&blocks->list)
               && peak_so_far(&blocks->list) <= blocks->list.count);
}

static bool is_usable(const reel_blocks *blocks, uintptr_t start, size_t size,
                      size_t block_size, size_t count)
{
    return blocks != NULL && start != 0 && block_size > 0 && count > 0
           && count <= REEL_BLOCKS_MAX && is_below_top(start, size);
}

static IN_CALLER void start_blocks(reel_blocks *blocks, uintptr_t start,
                                   size_t block_size, size_t count,
                                   reel_link *links)
{
    const size_t stride = stride_for(block_size);
    const uintptr_t shift = log2_of(stride & (0 - stride));
    blocks->base = start;
    blocks->block_size = block_size;
    blocks->inverse = inverse_of(stride >> shift);
    blocks->shift = shift;
    store_relaxed(&blocks->failures, 0);
    blocks->entry = NULL;
    watch_unused(start, stride * count);
    watch_own((uintptr_t)links, count * sizeof *links); // of an earlier owner
    list_start(&blocks->list, links, count);
    REEL_REPORT(DEFINE, BLOCKS, blocks, start, stride * count);
    INVARIANT(reel_blocks_is_valid(blocks));
}

reel_status reel_blocks_init(reel_blocks *blocks, void *buffer, size_t size,
                             size_t block_size, size_t count)
{
    const uintptr_t start = (uintptr_t)buffer;
    if (!is_usable(blocks, start, size, block_size, count)) {
        return REEL_INVALID;
    }
    reel_link *const links = place_links(start, size, block_size, count);
    if (links == NULL) {
        return REEL_INVALID;
    }
    start_blocks(blocks, start, block_size, count, links);
    return REEL_OK;
}
ALSO_PLAIN(reel_blocks_init);

reel_status reel_blocks_init_apart(reel_blocks *blocks, void *buffer,
                                   size_t size, size_t block_size, size_t count,
                                   reel_link *links)
{
    const uintptr_t start = (uintptr_t)buffer;
    const uintptr_t at = (uintptr_t)links;
    size_t bytes;
    if (!is_usable(blocks, start, size, block_size, count)
        || !product_within(stride_for(block_size), count, size, &bytes)
        || at == 0 || at % sizeof *links != 0
        || !product_within(sizeof *links, count, SIZE_MAX, &bytes)
        || !is_below_top(at, bytes)) {
        return REEL_INVALID;
    }
    start_blocks(blocks, start, block_size, count, links);
    return REEL_OK;
}
ALSO_PLAIN(reel_blocks_init_apart);

// ---- taking and giving back --------------------------------------------------

// The list was empty when `head` was read. NO_NUMBER is never spurious: one
// read of the head says that the list is empty, and that no number is unused.
// NOT_SEEN says nothing.
static inline uintptr_t take_fresh(reel_list *list, uintptr_t head)
{
    for (;;) {
        const uintptr_t watermark = watermark_of(list, head);
        if (!is_bottom(list, head)) {
            const uintptr_t i = list_take_listed(list, &head);
            if (i != NO_NUMBER) {
                return i;
            }
        } else if (watermark >= list->count) {
            return is_covered(list, head) ? NOT_SEEN : NO_NUMBER;
        } else if (list_take_fresh(list, &head, watermark)) {
            return watermark;
        }
    }
}

// What take_fresh() came to was NO_NUMBER or NOT_SEEN. See better.
static inline uintptr_t take_unseen(reel_list *list, uintptr_t i)
{
    while (is_unseen(i)) {
        list_uncover(list);
        i = take_fresh(list, list_top(list));
    }
    return i;
}

// The block of a number that was just taken.
ALWAYS_INLINE void *hand_out(const reel_blocks *blocks, uintptr_t i)
{
    const uintptr_t block = blocks->base + i * stride_of(blocks);
    INVARIANT(has_ended(blocks)
              || (i < blocks->list.count && is_shareable(blocks)));
    watch_alive(block, blocks->block_size);
    return (void *)block;
}

// The same to a caller.
ALWAYS_INLINE void *hand_to_caller(const reel_blocks *blocks, uintptr_t i)
{
    void *const block = hand_out(blocks, i);
    REEL_REPORT(ALLOC, BLOCKS, blocks, block, blocks->block_size);
    return block;
}

OUT_OF_LINE void *count_refusal(reel_blocks *blocks WITH_CALLER)
{
    TELL_REFUSAL(!has_ended(blocks), REEL_NO_MEMORY, KIND, blocks, caller,
                 blocks->block_size, 0, 0, NULL);
    REEL_REPORT(REFUSE, BLOCKS, blocks, 0, blocks->block_size);
    count_one(&blocks->failures);
    (void)HOLDS(!has_ended(blocks), REEL_STALE, KIND, blocks, caller);
    return NULL;
}

OUT_OF_LINE void *alloc_unseen(reel_blocks *blocks WITH_CALLER)
{
    const uintptr_t i = take_unseen(&blocks->list, NOT_SEEN);
    return i == NO_NUMBER ? count_refusal(blocks PASS_CALLER)
                          : hand_to_caller(blocks, i);
}

// The list was empty a moment ago.
OUT_OF_LINE void *alloc_fresh(reel_blocks *blocks, uintptr_t head WITH_CALLER)
{
    const uintptr_t i = take_fresh(&blocks->list, head);
    if (!is_none(i)) {
        return hand_to_caller(blocks, i);
    }
    return is_unseen(i) ? alloc_unseen(blocks PASS_CALLER)
                        : count_refusal(blocks PASS_CALLER);
}

BODY_IN_CALLER void *FROM(reel_blocks_alloc)(reel_blocks *blocks WITH_CALLER)
{
    uintptr_t head;
    const uintptr_t i = list_take_listed(&blocks->list, &head);
    if (REEL_UNLIKELY(i == NO_NUMBER)) {
        return alloc_fresh(blocks, head PASS_CALLER);
    }
    return hand_to_caller(blocks, i);
}

// Why a free fails. A block above the watermark was never allocated, and its
// link was never written. NULL has a number that no block has.
OUT_OF_LINE reel_status blame(const reel_blocks *blocks, uintptr_t i)
{
    if (i == number_of(blocks, NULL)) {
        return REEL_INVALID;
    }
    return i < blocks->list.count ? REEL_DOUBLE_FREE : foreign_to(blocks);
}

// Free into a chain, if there is one, or straight onto the list. With a
// checker, a double free must be detected before the block is reported dead: it
// may have a new owner.
ALWAYS_INLINE reel_status free_into(reel_blocks *blocks, list_chain *chain,
                                    void *block)
{
    const uintptr_t i = number_of(blocks, block);
    const uintptr_t peak = peak_so_far(&blocks->list);
    if (REEL_UNLIKELY(i >= peak)) {
        return blame(blocks, i);
    }
    if (REEL_POISON || REEL_WATCH || REEL_EVENTS) {
        if (!list_is_allocated(&blocks->list, i)) {
            return REEL_DOUBLE_FREE;
        }
        watch_dead((uintptr_t)block, blocks->block_size);
        REEL_REPORT(FREE, BLOCKS, blocks, block, blocks->block_size);
    }
    if (chain != NULL) {
        return list_join(&blocks->list, chain, i, peak) ? REEL_OK
                                                        : REEL_DOUBLE_FREE;
    }
    return list_give(&blocks->list, i, peak) ? REEL_OK : REEL_DOUBLE_FREE;
}

EXTERN_IN_CALLER reel_status reel_blocks_free(reel_blocks *blocks, void *block)
{
    const reel_status status = free_into(blocks, NULL, block);
    INVARIANT(is_shareable(blocks));
    return status;
}

// ---- questions ---------------------------------------------------------------

// The length of the list; SIZE_MAX if it is not a list.
static size_t length_of(const reel_list *list)
{
    const uintptr_t peak = peak_so_far(list);
    uintptr_t link = list_top(list);
    size_t length = 0;
    while (!is_bottom(list, link)) {
        if (link >= peak || length == peak) {
            return SIZE_MAX;
        }
        link = link_after(table_of(list), link);
        length++;
    }
    return watermark_of(list, link) == peak ? length : SIZE_MAX;
}

size_t reel_blocks_peak(const reel_blocks *blocks)
{
    return peak_so_far(&blocks->list);
}

// The list is read first. A block that is allocated and freed in between then
// counts as used: too many is allowed, too few is not.
size_t reel_blocks_count_used(const reel_blocks *blocks)
{
    const size_t listed = list_length(&blocks->list, reel_blocks_peak(blocks));
    const size_t peak = reel_blocks_peak(blocks);
    return peak - min_of(listed, peak);
}

size_t reel_blocks_count_free(const reel_blocks *blocks)
{
    return blocks->list.count - reel_blocks_count_used(blocks);
}

reel_stats reel_blocks_stats(const reel_blocks *blocks)
{
    const size_t failures = load_relaxed(&blocks->failures);
    reel_stats stats;
    stats.used = reel_blocks_count_used(blocks) * blocks->block_size;
    stats.peak = reel_blocks_peak(blocks) * blocks->block_size;
    stats.failures = failures;
    stats.largest_refused = failures > 0 ? blocks->block_size : 0;
    return stats;
}

// The blocks whose links say that they are allocated.
static size_t count_links(const reel_blocks *blocks)
{
    size_t allocated = 0;
    for (size_t i = 0; i < reel_blocks_peak(blocks); i++) {
        allocated += list_is_allocated(&blocks->list, i);
    }
    return allocated;
}

bool reel_blocks_is_valid(const reel_blocks *blocks)
{
    const reel_list *const list = &blocks->list;
    if (has_ended(blocks)) {
        return list->links != NULL && peak_so_far(list) == 0
               && is_bottom(list, list_top(list));
    }
    return is_shareable(blocks)
           && length_of(list) == peak_so_far(list) - count_links(blocks);
}

// ---- caches ------------------------------------------------------------------

reel_status reel_blocks_cache_init(reel_blocks_cache *cache,
                                   reel_blocks *blocks, void **slots,
                                   size_t capacity)
{
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
    *first = take_unseen(list, take_fresh(list, *first));
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
            const uintptr_t next = list_unchain(&blocks->list, i);
            *top++ = hand_out(blocks, i);
            REEL_REPORT(FILL, BLOCKS, blocks, top[-1], blocks->block_size);
            i = next;
        }
    }
    return top;
}

// If the block pool runs out on the way, one block is enough.
BODY void *FROM(reel_blocks_cache_refill)(reel_blocks_cache *cache WITH_CALLER)
{
    reel_blocks *const blocks = cache->blocks;
    if (cache->bytes == 0) {
        (void)HOLDS(false, REEL_STALE, KIND, cache, caller);
        return NULL;
    }
    void **const top = fill(blocks, cache->slots, half_of(cache));
    if (top == cache->slots) {
        return count_refusal(blocks PASS_CALLER);
    }
    if (REEL_POISON || REEL_WATCH) {
        for (void **at = cache->slots; at < top - 1; at++) {
            watch_dead((uintptr_t)*at, blocks->block_size);
        }
    }
    cache->top = top - 1;
    REEL_REPORT(TAKE, BLOCKS, blocks, top[-1], blocks->block_size);
    INVARIANT(reel_blocks_cache_is_valid(cache));
    return top[-1];
}

// The oldest blocks go: the newest are in the processor's cache. On one core a
// chain would save nothing, and a call takes less code.
static IN_CALLER reel_status give_back_oldest(reel_blocks_cache *cache,
                                              void **end)
{
    reel_status worst = REEL_OK;
    list_chain chain;
    list_start_chain(&chain);
    for (void **at = cache->slots; at < end; at++) {
        const reel_status status = REEL_LISTS_ARE_VERSIONED
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
    return i >= peak_so_far(list) || !list_is_allocated(list, i)
                   || is_cached(cache, cache->top, block)
               ? REEL_DOUBLE_FREE
               : REEL_OK;
}

reel_status reel_blocks_cache_drain(reel_blocks_cache *cache, void *block)
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

// ---- the end -----------------------------------------------------------------

// The memory is still accessible, and a handler may interrupt this anywhere.
// First no unused block is left. Then no block can be freed, since none was
// ever allocated. Last the list is emptied.
static void end_blocks(reel_blocks *blocks)
{
    reel_list *const list = &blocks->list;
    blocks->entry = NULL;
    *(volatile size_t *)&list->count = 0;
    store_release(&list->peak, 0);
    list_replace(list, fresh_from(list, 0));
    REEL_REPORT(END, BLOCKS, blocks, 0, 0);
}

// A number above the watermark was never out, and its link is whatever was there.
static bool is_allocated(const reel_list *list, uintptr_t i)
{
    return i < peak_so_far(list) && list_is_allocated(list, i);
}

// ---- the allocator interface -------------------------------------------------

// Each block is aligned as the first block and the block size are.
static bool suits(const reel_blocks *blocks, size_t size, size_t align)
{
    const uintptr_t mask = mask_of(align);
    return size <= blocks->block_size
           && ((blocks->base | blocks->block_size) & mask) == 0;
}

BODY void *FROM(reel_blocks_allocate)(void *self, size_t size,
                                      size_t align WITH_CALLER)
{
    reel_blocks *const blocks = self;
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, self,
               caller)) {
        return NULL;
    }
    return suits(blocks, size, align)
               ? FROM(reel_blocks_alloc)(blocks PASS_CALLER)
               : NULL;
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    const reel_blocks *const blocks = self;
    (void)old_size;
    if (block == NULL) {
        return FROM(reel_blocks_allocate)(self, new_size, align PASS_HERE);
    }
    const uintptr_t i = number_of(blocks, block);
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, self, HERE)
        || !HOLDS(i < blocks->list.count, foreign_to(blocks), KIND, self, HERE)
        || !HOLDS(is_allocated(&blocks->list, i), REEL_DOUBLE_FREE, KIND, self,
                  HERE)) {
        return NULL;
    }
    const bool is_aligned = ((uintptr_t)block & mask_of(align)) == 0;
    return is_aligned && new_size <= blocks->block_size ? block : NULL;
}

static reel_status give_back(void *self, void *block, size_t size)
{
    (void)size;
    return reel_blocks_free(self, block);
}

static void end(void *self)
{
    end_blocks(self);
}

reel_allocator reel_blocks_allocator(reel_blocks *blocks)
{
    static const reel_allocator_ops ops = {
        .allocate = reel_blocks_allocate,
        .reallocate = reallocate,
        .free = give_back,
        .end = end,
    };
    const reel_allocator allocator = { &ops, blocks };
    return allocator;
}

// ---- lifetimes ---------------------------------------------------------------

reel_status reel_blocks_bind(reel_blocks *blocks, reel_registry *registry,
                             reel_handle parent)
{
    if (blocks == NULL || registry == NULL) {
        return REEL_INVALID;
    }
    if (has_ended(blocks)) {
        return REEL_STALE;
    }
    const reel_allocator self = reel_blocks_allocator(blocks);
    return reel_binding_start(&blocks->entry, registry, self.ops, self.self,
                              parent.index, parent.version);
}

reel_handle reel_blocks_handle(const reel_blocks *blocks)
{
    reel_handle handle;
    reel_binding_handle(blocks->entry, blocks, &handle);
    return handle;
}

reel_status reel_blocks_dispose(reel_blocks *blocks)
{
    if (has_ended(blocks)) {
        return REEL_STALE;
    }
    if (end_binding(&blocks->entry, blocks) != REEL_OK) {
        return REEL_BUSY;
    }
    watch_own(blocks->base, blocks->list.count * stride_of(blocks));
    REEL_REPORT(END, BLOCKS, blocks, 0, 0);
    return REEL_OK;
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
    if (block == NULL || cache->bytes == 0) {
        return allocate_cached(self, new_size, align);
    }
    return reallocate(cache->blocks, block, old_size, new_size, align);
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
    if (cache == NULL || registry == NULL) {
        return REEL_INVALID;
    }
    if (cache->bytes == 0) {
        return REEL_STALE;
    }
    return reel_binding_start(&cache->entry, registry, &ops, cache,
                              parent.index, parent.version);
}

reel_handle reel_blocks_cache_handle(const reel_blocks_cache *cache)
{
    reel_handle handle;
    reel_binding_handle(cache->entry, cache, &handle);
    return handle;
}

// ---- what the program calls, if callers are kept -----------------------------

#if REEL_CALLERS

EXTERN_IN_CALLER void *reel_blocks_alloc(reel_blocks *blocks)
{
    return FROM(reel_blocks_alloc)(blocks PASS_HERE);
}

void *reel_blocks_cache_refill(reel_blocks_cache *cache)
{
    return FROM(reel_blocks_cache_refill)(cache PASS_HERE);
}

void *reel_blocks_allocate(void *self, size_t size, size_t align)
{
    return FROM(reel_blocks_allocate)(self, size, align PASS_HERE);
}

#endif
