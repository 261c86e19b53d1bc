// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_BLOCKS
#include "reel/blocks.h"

#include "binding.h"
#include "block_list.h"

bool reel_blocks_owns(const reel_blocks *blocks, const void *block)
{
    return number_of(blocks, block) < blocks->list.count;
}

size_t reel_blocks_index(const reel_blocks *blocks, const void *block)
{
    const uintptr_t i = number_of(blocks, block);
    return HOLDS(i < blocks->list.count, foreign_to(blocks), KIND, blocks, HERE)
               ? i
               : SIZE_MAX;
}

// ---- taking and giving back --------------------------------------------------

// The list was empty when `head` was read. NO_NUMBER is never spurious: one
// read of the head says that the list is empty, and that no number is unused.
// NOT_SEEN says nothing.
static inline uintptr_t take_fresh(reel_list *list, uintptr_t head)
{
    for (;;) {
        const uintptr_t watermark = watermark_of(list, head);
        if (!is_bottom(list, head)) {
            // A block was freed meanwhile. It is taken before an unused one, so
            // the peak stays low.
            const uintptr_t i = list_take_listed(list, &head);
            if (i != NO_NUMBER) {
                return i;
            }
        } else if (watermark >= list->count) {
            // `>=`: the watermark of a cover is above all counts, and the count
            // is 0 after the end.
            return is_covered(list, head) ? NOT_SEEN : NO_NUMBER;
        } else if (list_take_fresh(list, &head, watermark)) {
            return watermark;
        }
    }
}

// take_fresh() returned NO_NUMBER or NOT_SEEN. If the list was covered, lift the cover
// and look again.
static inline uintptr_t take_unseen(reel_list *list, uintptr_t i)
{
    // A loop: another context may cover the list again to count it.
    while (is_unseen(i)) {
        list_uncover(list);
        i = take_fresh(list, list_top(list));
    }
    return i;
}

// For caches.
uintptr_t reel_blocks_take_fresh(reel_list *list, uintptr_t head)
{
    return take_unseen(list, take_fresh(list, head));
}

// Hand out to a caller.
ALWAYS_INLINE void *hand_to_caller(const reel_blocks *blocks, uintptr_t i)
{
    void *const block = hand_out(blocks, i);
    REEL_REPORT(ALLOC, BLOCKS, blocks, block, blocks->block_size);
    return block;
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
    // The head is read once. If the list was empty, the same read says how many
    // blocks are unused: so NULL is true at one moment of the call.
    uintptr_t head;
    const uintptr_t i = list_take_listed(&blocks->list, &head);
    if (REEL_UNLIKELY(i == NO_NUMBER)) {
        return alloc_fresh(blocks, head PASS_CALLER);
    }
    return hand_to_caller(blocks, i);
}

EXTERN_IN_CALLER reel_status reel_blocks_free(reel_blocks *blocks, void *block)
{
    const reel_status status = free_into(blocks, NULL, block);
    INVARIANT(is_shareable(blocks));
    return status;
}

// ---- the allocator interface -------------------------------------------------

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

// A number above the watermark was never out, and its link is whatever was there.
static bool is_allocated(const reel_list *list, uintptr_t i)
{
    return i < peak_so_far(list) && list_is_allocated(list, i);
}

void *reel_blocks_reallocate(void *self, void *block, size_t old_size,
                             size_t new_size, size_t align)
{
    const reel_blocks *const blocks = self;
    (void)old_size;
    if (block == NULL) {
        return FROM(reel_blocks_allocate)(self, new_size, align PASS_HERE);
    }
    const uintptr_t i = number_of(blocks, block);
    // Each fact makes the next one safe: there is no link to read if no block
    // has the number.
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, self, HERE)
        || !HOLDS(i < blocks->list.count, foreign_to(blocks), KIND, self, HERE)
        || !HOLDS(is_allocated(&blocks->list, i), REEL_DOUBLE_FREE, KIND, self,
                  HERE)) {
        return NULL;
    }
    // No other block is larger or better aligned, so a move would not help.
    const bool is_aligned = ((uintptr_t)block & mask_of(align)) == 0;
    return is_aligned && new_size <= blocks->block_size ? block : NULL;
}

static reel_status give_back(void *self, void *block, size_t size)
{
    (void)size;
    return reel_blocks_free(self, block);
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

static void end(void *self)
{
    end_blocks(self);
}

reel_allocator reel_blocks_allocator(reel_blocks *blocks)
{
    static const reel_allocator_ops ops = {
        .allocate = reel_blocks_allocate,
        .reallocate = reel_blocks_reallocate,
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
    if (blocks == NULL) {
        return REEL_INVALID;
    }
    const reel_allocator self = reel_blocks_allocator(blocks);
    return reel_binding_start(&blocks->entry, registry, self.ops, self.self,
                              parent.index, parent.version, has_ended(blocks));
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
    // The memory is the application's again, so a checker lets it in.
    watch_own(blocks->base, blocks->list.count * stride_of(blocks));
    REEL_REPORT(END, BLOCKS, blocks, 0, 0);
    return REEL_OK;
}

// ---- what the program calls, if callers are kept -----------------------------

#if REEL_CALLERS

EXTERN_IN_CALLER void *reel_blocks_alloc(reel_blocks *blocks)
{
    return FROM(reel_blocks_alloc)(blocks PASS_HERE);
}

void *reel_blocks_allocate(void *self, size_t size, size_t align)
{
    return FROM(reel_blocks_allocate)(self, size, align PASS_HERE);
}

#endif
