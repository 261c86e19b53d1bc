// SPDX-License-Identifier: MIT
#include "binding.h"
#include "temp_frontier.h"

// ---- the frontier falls ------------------------------------------------------

// The frontier falls before the hook is called, so no context takes memory that
// is decommitted. It holds no block, so to a memory checker it is dead already.
size_t reel_temp_lower(reel_temp *temp, size_t keep, size_t limit)
{
    const uintptr_t frontier = committed_of(temp);
    const size_t committed = frontier - temp->stack.base;
    if (committed <= keep) {
        return 0;
    }
    const size_t most = min_of(committed - keep - 1, limit - 1); // 0 wraps: all
    // Rounded up to pages. The frontier is whole pages, so this is not more
    // than there is.
    const size_t less = (most | page_mask_of(temp)) + 1;
    set_frontier(temp, frontier - less);
    temp->pages->decommit(temp->pages->context, (void *)(frontier - less),
                          less);
    return less;
}

static size_t add(size_t a, size_t b)
{
    return b <= SIZE_MAX - a ? a + b : SIZE_MAX;
}

// The bytes that a reset keeps for an estimate. SIZE_MAX if they overflow.
static size_t with_a_spare_step(const reel_temp *temp, size_t size)
{
    // One step to spare: a frame that is a little larger than the last calls no
    // hook.
    const size_t more = add(size, temp->step);
    return add(more, gap_to_step(temp, more));
}

// ---- rewinding and giving back ---------------------------------------------

// The estimate after a step towards a goal: at least 1, and a part in 1024 of
// the distance. The product needs 30 bits for any size.
static size_t moved(size_t estimate, size_t goal, uint16_t rate)
{
    const size_t distance = goal > estimate ? goal - estimate : estimate - goal;
    if (distance == 0) {
        return estimate;
    }
    const bool is_small = distance / RATE_ONE < RATE_ONE;
    const size_t step =
        max_of(1, is_small ? (size_t)((uint32_t)distance * rate / RATE_ONE)
                           : distance / RATE_ONE * rate);
    return goal > estimate ? estimate + step : estimate - step;
}

static size_t next_estimate(const reel_temp *temp, size_t high)
{
    const size_t estimate = temp->estimate;
    const size_t last = temp->last_high;
    if (estimate == 0) {
        return high;
    }
    if (high <= estimate) {
        return moved(estimate, high, temp->contraction);
    }
    const size_t kept = with_a_spare_step(temp, estimate);
    // Twice in a row: a single peak must not keep memory for long.
    if (high > kept && last > kept) {
        return moved(estimate, max_of(high, last), temp->fast_expansion);
    }
    // Halves, because the sum may wrap.
    const size_t average = high / 2 + last / 2;
    return moved(estimate, max_of(average, estimate), temp->expansion);
}

// The bytes to keep, by the rates.
static size_t tracked(reel_temp *temp, size_t high)
{
    temp->estimate = next_estimate(temp, high);
    temp->last_high = high;
    return temp->estimate;
}

// The bytes to keep, by this window and the one before.
static size_t highest_of_windows(reel_temp *temp, size_t high)
{
    const size_t highest = max_of(temp->last_high, high);
    const size_t kept = max_of(temp->estimate, highest);
    temp->last_high = highest;
    temp->frame++;
    if (temp->frame == temp->window) {
        temp->estimate = highest;
        temp->last_high = 0;
        temp->frame = 0;
    }
    return kept;
}

// Decommit what lies above the bytes to keep and one step, if it is enough to
// be worth a call of the hook.
static IN_CALLER void lower_to_kept(reel_temp *temp, size_t kept)
{
    const size_t keep = with_a_spare_step(temp, kept);
    const size_t committed = committed_of(temp) - temp->stack.base;
    // A window decommits only what is worth a call of the hook.
    const size_t slack = temp->window > 0 ? committed / 4 : 0;
    if (committed - slack > keep) {
        lower_frontier(temp, keep, temp->decommit_limit);
    }
}

// Get the peak of the frame, and start it again.
static size_t take_high(reel_temp *temp)
{
    const size_t high = reel_arena_peak(&temp->stack);
    temp->peak = max_of(temp->peak, high);
    temp->stack.peak = temp->stack.base;
    return high;
}

// Nothing is in use.
static IN_CALLER void end_frame(reel_temp *temp)
{
    const size_t high = take_high(temp);
    const size_t kept =
        temp->window > 0 ? highest_of_windows(temp, high) : tracked(temp, high);
    if (temp->strict) {
        lower_to_used(temp);
    } else {
        lower_to_kept(temp, kept);
    }
}

// How much was used. Only an event needs it.
static inline size_t used_to_report(const reel_temp *temp)
{
    return REEL_EVENTS ? reel_temp_used(temp) : 0;
}

reel_status reel_temp_reset(reel_temp *temp)
{
    // A handler must not call hooks: the thread that it interrupts may be
    // inside one.
    if (reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    const size_t used = used_to_report(temp);
    const reel_status status = reel_arena_reset(&temp->stack);
    if (status != REEL_OK) {
        return status;
    }
    REEL_REPORT(RESET, TEMP, temp, temp->stack.base, used);
    end_frame(temp);
    INVARIANT(reel_temp_is_valid(temp));
    return REEL_OK;
}

reel_status reel_temp_rewind(reel_temp *temp, reel_mark mark)
{
    if (reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    const size_t used = used_to_report(temp);
    const reel_status status = reel_arena_rewind(&temp->stack, mark);
    if (status != REEL_OK) {
        return status;
    }
    REEL_REPORT(REWIND, TEMP, temp, mark.position,
                temp->stack.base + used - mark.position);
    // With a window an empty stack ends the frame: a program that never resets
    // would else never decommit.
    if (temp->strict) {
        lower_to_used(temp);
    } else if (temp->window > 0 && next_of(&temp->stack) == temp->stack.base) {
        end_frame(temp);
    }
    INVARIANT(reel_temp_is_valid(temp));
    return REEL_OK;
}

reel_status reel_temp_trim(reel_temp *temp)
{
    if (reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    if (has_ended(&temp->stack)) {
        return REEL_STALE;
    }
    lower_to_used(temp);
    INVARIANT(reel_temp_is_valid(temp));
    return REEL_OK;
}

reel_status reel_temp_dispose(reel_temp *temp)
{
    if (reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    if (has_ended(&temp->stack)) {
        return REEL_STALE;
    }
    if (end_binding(&temp->stack.entry, temp) != REEL_OK) {
        return REEL_BUSY;
    }
    REEL_REPORT(RESET, TEMP, temp, temp->stack.base, reel_temp_used(temp));
    // It is not bound any more, so nothing refuses.
    (void)reel_arena_reset(&temp->stack);
    (void)take_high(temp);
    temp->last_high = 0;
    temp->estimate = 0;
    temp->frame = 0;
    lower_to_used(temp);
    INVARIANT(reel_temp_is_valid(temp));
    return REEL_OK;
}
