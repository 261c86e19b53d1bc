// SPDX-License-Identifier: MIT
// The frontier of a temp, for the files of its module: temp.c raises it, temp_rewind.c
// lowers it.

#ifndef REEL_SRC_TEMP_FRONTIER_H
#define REEL_SRC_TEMP_FRONTIER_H

#include "reel/events.h"
#include "reel/temp.h"
#include "stack.h"

#define RATE_ONE 1024u // of a policy: all of a distance

static inline uintptr_t committed_of(const reel_temp *temp)
{
    return load_acquire(&temp->committed);
}

// Bytes up to a multiple of a step that is no power of two.
size_t reel_temp_gap_to_multiple(size_t size, size_t unit);

// Bytes up to the next whole step, which is nearly always a power of two.
static inline size_t gap_to_step(const reel_temp *temp, size_t size)
{
    const size_t step = temp->step;
    const size_t mask = step - 1;
    return (step & mask) == 0 ? gap_to(size, mask)
                              : reel_temp_gap_to_multiple(size, step);
}

static inline uintptr_t page_mask_of(const reel_temp *temp)
{
    return temp->pages->page_size - 1;
}

static inline bool are_usable(const reel_pages *pages)
{
    return pages != NULL && is_pow2(pages->page_size) && pages->commit != NULL
           && pages->decommit != NULL;
}

// What holds while other contexts commit and allocate. `committed` is judged by
// itself: another context may have raised it and `next` after it was read.
static inline bool is_shareable_temp(const reel_temp *temp)
{
    const reel_arena *const stack = &temp->stack;
    const uintptr_t committed = committed_of(temp);
    return has_ended(stack)
           || (is_shareable(stack, next_of(stack)) && stack->base <= committed
               && committed <= stack->end
               && ((stack->base | committed | stack->end) & page_mask_of(temp))
                      == 0
               && temp->step > 0 && (temp->step & page_mask_of(temp)) == 0);
}

// Publish where committed memory ends. Shared allocation reads `committed`, and
// the owner's inline allocation reads `limit`.
static inline void set_frontier(reel_temp *temp, uintptr_t frontier)
{
    store_relaxed(&temp->stack.limit, REEL_OUT_OF_LINE ? 0 : frontier);
    store_release(&temp->committed, frontier);
}

// Decommit what lies above `keep` bytes, in whole pages: at most `limit` bytes, rounded
// up to a page, where 0 is no limit. Returns how many. The owner has the temp to itself.
size_t reel_temp_lower(reel_temp *temp, size_t keep, size_t limit);

static INLINE_IN_CALLER void lower_frontier(reel_temp *temp, size_t keep,
                                            size_t limit)
{
    const size_t less = reel_temp_lower(temp, keep, limit);
    if (less > 0) {
        REEL_REPORT(DECOMMIT, TEMP, temp, committed_of(temp), less);
    }
}

// Up to a whole memory page, which stays committed for its live bytes.
static INLINE_IN_CALLER void lower_to_used(reel_temp *temp)
{
    const size_t used = reel_arena_used(&temp->stack);
    lower_frontier(temp, used + gap_to(used, page_mask_of(temp)), 0);
}

#endif
