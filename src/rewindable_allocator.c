// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_REWINDABLE
#include "binding.h"
#include "chunk.h"
#include "gate.h"
#include "reel/events.h"
#include "watch.h"

static void *allocate(void *self, size_t size, size_t align)
{
    return FROM(reel_rewindable_alloc)(self, size, align PASS_HERE);
}

// ---- changing a size -------------------------------------------------------------

// What is known of a live block: where it starts, and how large it is.
typedef struct extent {
    chunk_entry *chunk;
    uintptr_t start; // granules from the start of the chunk
    size_t granules;
} extent;

static bool find(const reel_rewindable *rewindable, const void *block,
                 size_t size, extent *found)
{
    const uintptr_t shift = rewindable->shift;
    chunk_entry *const chunk = chunk_of(rewindable, (uintptr_t)block);
    if (chunk == NULL) {
        return false;
    }
    const uintptr_t offset = (uintptr_t)block - chunk->base;
    // Other contexts may move it meanwhile, but not below the end of a live
    // block.
    const size_t used = position_of(load_relaxed(&chunk->used));
    found->chunk = chunk;
    found->start = offset >> shift;
    found->granules = granules_for(size, shift);
    return found->start << shift == offset && found->start < used
           && found->granules <= used - found->start;
}

static bool is_live(const reel_rewindable *rewindable, const extent *block)
{
    return !rewindable->frees_blocks
           || has_start(rewindable, block->chunk, block->start);
}

// The last block of its chunk grows, if there is room behind it. Acquire: the last
// owner of the place is done with it.
static bool grow(const extent *block, size_t granules)
{
    chunk_entry *const chunk = block->chunk;
    const size_t more = granules - block->granules;
    uintptr_t used = load_relaxed(&chunk->used);
    do {
        if (position_of(used) != block->start + block->granules
            || more > chunk->granules - position_of(used)) {
            return false;
        }
    } while (!swap_if_acquire(&chunk->used, &used, used + (more << HALF_BITS)));
    INVARIANT(is_word(chunk, load_relaxed(&chunk->used)));
    return true;
}

static IN_CALLER bool resize(const reel_rewindable *rewindable,
                             const extent *block, uintptr_t address,
                             size_t old_size, size_t new_size)
{
    if (new_size <= old_size) {
        // Nothing is given back: other blocks may lie behind.
        watch_dead(address + new_size, old_size - new_size);
        REEL_REPORT(RESIZE, REWINDABLE, rewindable, address,
                    granules_for(new_size, rewindable->shift)
                        << rewindable->shift);
        return true;
    }
    const uintptr_t shift = rewindable->shift;
    const size_t most = block->chunk->granules << shift;
    if (new_size > most
        || (granules_for(new_size, shift) > block->granules
            && !grow(block, granules_for(new_size, shift)))) {
        return false;
    }
    watch_alive(address + old_size, new_size - old_size);
    REEL_REPORT(RESIZE, REWINDABLE, rewindable, address,
                max_of(granules_for(new_size, shift), block->granules)
                    << shift);
    return true;
}

static void *move(reel_rewindable *rewindable, void *block, size_t old_size,
                  size_t new_size, size_t align WITH_CALLER)
{
    void *const copy =
        FROM(reel_rewindable_alloc)(rewindable, new_size, align PASS_CALLER);
    if (copy != NULL) {
        // Before the free: after it another context may own the place.
        move_block(copy, block, old_size, new_size);
        (void)reel_rewindable_free(rewindable, block, old_size);
    }
    return copy;
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    reel_rewindable *const rewindable = self;
    const size_t size = at_least_1(old_size);
    extent found;
    if (block == NULL) {
        return FROM(reel_rewindable_alloc)(rewindable, new_size,
                                           align PASS_HERE);
    }
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, self, HERE)) {
        return NULL;
    }
    // Found first: is_live() reads a start bit, which only an address in a
    // chunk has.
    if (!find(rewindable, block, size, &found)) {
        (void)HOLDS(
            false, rewindable_has_ended(rewindable) ? REEL_STALE : REEL_FOREIGN,
            KIND, self, HERE);
        return NULL;
    }
    if (!HOLDS(is_live(rewindable, &found), REEL_DOUBLE_FREE, KIND, self,
               HERE)) {
        return NULL;
    }
    if (((uintptr_t)block & mask_of(align)) == 0
        && resize(rewindable, &found, (uintptr_t)block, size,
                  at_least_1(new_size))) {
        return block;
    }
    return move(rewindable, block, size, new_size, align PASS_HERE);
}

// ---- the interface ---------------------------------------------------------------

static reel_status give_back(void *self, void *block, size_t size)
{
    return reel_rewindable_free(self, block, size);
}

// The memory is still there, and a handler may interrupt this anywhere. First no
// chunk is found by its address, so nothing is freed, and nothing grows. Then each
// allocation looks at the first chunk only. Last that chunk is full, and the spans are
// stale. So a handler gets a block of before the end, or NULL.
static void end(void *self)
{
    reel_rewindable *const rewindable = self;
    chunk_entry *const first = rewindable->table;
    nobody_is_inside(&rewindable->gate);
    rewindable->entry = NULL;
    *(volatile size_t *)&rewindable->capacity = 0;
    store_release(&rewindable->count, 0);
    store_release(&rewindable->highest, (uintptr_t)first);
    store_release(&rewindable->hint, hint_to(0, 0));
    store_release(&first->used, first->granules << HALF_BITS);
    put(&rewindable->generation, rewindable->generation + 1);
    REEL_REPORT(END, REWINDABLE, rewindable, 0, 0);
}

static reel_frees frees(const void *self)
{
    return reel_rewindable_frees_blocks(self) ? REEL_FREES_AT_ONCE
                                              : REEL_FREES_NEVER;
}

reel_allocator reel_rewindable_allocator(reel_rewindable *rewindable)
{
    static const reel_allocator_ops ops = {
        .allocate = allocate,
        .reallocate = reallocate,
        .free = give_back,
        .frees = frees,
        .end = end,
    };
    const reel_allocator allocator = { &ops, rewindable };
    return allocator;
}
