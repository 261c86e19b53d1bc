// SPDX-License-Identifier: MIT
#include "gate.h"
#include "temp_frontier.h"

#define LARGE_PAGE 4096u // from here on a page is a system's, not an MPU's
#define LARGE_STEP 16u   // pages

bool reel_temp_is_valid(const reel_temp *temp)
{
    const reel_arena *const stack = &temp->stack;
    if (has_ended(stack)) {
        return reel_arena_is_valid(stack) && committed_of(temp) == stack->end;
    }
    // The pages first: the other checks ask for their size.
    if (!are_usable(temp->pages) || !is_bool(&temp->strict)
        || !is_shareable_temp(temp) || !reel_arena_is_valid(stack)) {
        return false;
    }
    const uintptr_t limit = load_relaxed(&stack->limit);
    const uintptr_t committed = committed_of(temp);
    return (limit == 0 || limit == committed) && next_of(stack) <= committed;
}

static bool is_usable(const reel_temp_policy *policy, size_t page_mask)
{
    // With a rate above one the estimate would pass its goal.
    return (policy->step & page_mask) == 0 && policy->contraction <= RATE_ONE
           && policy->expansion <= RATE_ONE
           && policy->fast_expansion <= RATE_ONE;
}

static bool is_whole_pages(uintptr_t start, size_t size, size_t page_mask)
{
    return start != 0 && size != 0 && is_below_top(start, size)
           && ((start | size) & page_mask) == 0;
}

static size_t default_step(size_t page_size)
{
    // A system call costs more than a few spare pages. To change an MPU region
    // does not.
    const bool fits = page_size <= SIZE_MAX / LARGE_STEP;
    return page_size >= LARGE_PAGE && fits ? page_size * LARGE_STEP : page_size;
}

// Field by field: gcc may compile a struct assignment into a call of memcpy.
static void set_policy(reel_temp *temp, const reel_temp_policy *policy)
{
    const size_t step = policy->step;
    temp->step = step > 0 ? step : default_step(temp->pages->page_size);
    temp->decommit_limit = policy->decommit_limit;
    temp->contraction = policy->contraction;
    temp->expansion = policy->expansion;
    temp->fast_expansion = policy->fast_expansion;
    temp->window = policy->window;
    temp->strict = policy->strict;
}

reel_status reel_temp_init(reel_temp *temp, void *space, size_t size,
                           const reel_pages *pages,
                           const reel_temp_policy *policy)
{
    static const reel_temp_policy defaults = REEL_TEMP_POLICY;
    const uintptr_t start = (uintptr_t)space;
    const reel_temp_policy *const chosen = policy != NULL ? policy : &defaults;
    if (temp == NULL || !are_usable(pages)
        || !is_usable(chosen, pages->page_size - 1)
        || !is_whole_pages(start, size, pages->page_size - 1)) {
        return REEL_INVALID;
    }
    // Nothing is committed, so inline allocation ends where it starts.
    start_empty(&temp->stack, start, start, start + size, REEL_STACK_OF_TEMP);
    temp->pages = pages;
    set_policy(temp, chosen);
    temp->peak = 0;
    temp->last_high = 0;
    temp->estimate = 0;
    temp->frame = 0;
    store_relaxed(&temp->gate, GATE_OPEN);
    store_release(&temp->committed, start);
    REEL_REPORT(DEFINE, TEMP, temp, start, size);
    INVARIANT(reel_temp_is_valid(temp));
    return REEL_OK;
}
ALSO_PLAIN(reel_temp_init);
