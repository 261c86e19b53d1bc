// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_HEAP
#include "heap_lists.h"
#include "reel/events.h"

// Blocks that other contexts free are pushed on a list, whose links are the first words
// of the blocks themselves. Only the owner takes them off, all at once: so a head that was
// seen and found again is as good as unchanged.

// Only reel uses the block from now on. Only the owner of the heap knows its length.
static void bury(const reel_heap *heap, uintptr_t block)
{
    if (REEL_POISON || REEL_WATCH) {
        watch_dead(block, heap->mask + 1);
    }
}

reel_status reel_heap_free_later(reel_heap *heap, void *block)
{
    const size_t i = index_of(heap, (uintptr_t)block);
    if (REEL_UNLIKELY(i >= load_relaxed(&heap->frontier))) {
        return reel_heap_blame(heap, block);
    }
    // The owner may change the cell meanwhile, but not the bits of a block in
    // use.
    const reel_heap_cell *const cell = cell_of(heap, i);
    if (REEL_UNLIKELY((load_relaxed(&cell->starts) & ~load_relaxed(&cell->edges)
                       & bit_of(i))
                      == 0)) {
        return reel_heap_blame(heap, block);
    }
    // Before the push: after it the owner may hand out the block.
    bury(heap, (uintptr_t)block);
    REEL_REPORT(PUT, HEAP, heap, block, 0);
    // The link is written again for each head that was seen: with an old one
    // the blocks pushed meanwhile are lost. Release: the owner reads it.
    uintptr_t seen = load_relaxed(&heap->later);
    do {
        put_word(heap, (uintptr_t)block, seen);
    } while (!swap_if_release(&heap->later, &seen, (uintptr_t)block));
    return REEL_OK;
}

// All blocks of the list, the newest first.
static uintptr_t take_all(reel_heap *heap)
{
    // An exchange: a load and a store would lose what is pushed in between.
    // Acquire: the links of all.
    uintptr_t seen = load_relaxed(&heap->later);
    while (seen != 0 && !swap_if_acquire(&heap->later, &seen, 0)) {
    }
    return seen;
}

// What leads nowhere ends the list.
static bool free_next(reel_heap *heap WITH_CALLER)
{
    const uintptr_t block = heap->pending;
    // Asked again: two contexts may have freed one block, or one wrote to its
    // link.
    if (!is_used(heap, index_of(heap, block))) {
        heap->pending = 0;
        (void)HOLDS(false,
                    reel_heap_blame(heap, (const void *)block)
                            == REEL_DOUBLE_FREE
                        ? REEL_DOUBLE_FREE
                        : REEL_INVALID,
                    KIND, heap, caller);
        return false;
    }
    // Before the free, which writes its own words where the link is.
    heap->pending = get_word(heap, block);
    return reel_heap_free(heap, (void *)block) == REEL_OK;
}

size_t reel_heap_drain(reel_heap *heap, size_t most)
{
    size_t count = 0;
    while (count < most && !has_ended(heap)) {
        // What an earlier drain left over comes first. On the list again, each
        // would cost a push.
        if (heap->pending == 0) {
            heap->pending = take_all(heap);
        }
        if (heap->pending == 0 || !free_next(heap PASS_HERE)) {
            break;
        }
        count++;
    }
    return count;
}
