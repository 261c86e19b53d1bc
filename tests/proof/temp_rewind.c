// SPDX-License-Identifier: MIT
// src/temp_rewind.c: how much is given back, and the estimate of what to keep.

#include "proof.h"

#include "reel/temp.h"

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
}

static uintptr_t page_mask;

size_t cut_reel_temp_gap_to_multiple(size_t size, size_t unit)
{
    const size_t gap = any_word();
    ASSUME(gap < unit && ((size + gap) & page_mask) == 0);
    return gap;
}

#include "where/reel_temp_lower"

typedef struct taken_back {
    uintptr_t first, bytes;
} taken_back;

static void decommit(void *context, void *start, size_t bytes)
{
    taken_back *const taken = context;
    taken->first = (uintptr_t)start, taken->bytes = bytes;
}

PROOF(what_is_given_back_is_whole_pages_above_what_stays, 0)
{
    const size_t keep = any_word();
    const size_t limit = any_word();
    reel_pages pages;
    taken_back taken;
    reel_temp temp;
    temp.stack.base = any_word(), temp.committed.value = any_word();
    temp.stack.limit.value = any_word();
    pages.page_size = any_word(), pages.context = &taken;
    pages.decommit = decommit, temp.pages = &pages;
    taken.first = 0, taken.bytes = 0;
    const uintptr_t base = temp.stack.base, was = temp.committed.value;
    const uintptr_t mask = pages.page_size - 1;
    ASSUME(is_pow2(pages.page_size) && ((base | was) & mask) == 0);
    ASSUME(base > 0 && base <= was && was <= UINTPTR_MAX - REEL_TOP_BYTES);
    ASSUME((keep & mask) == 0 || keep >= was - base);
    const size_t less = reel_temp_lower(&temp, keep, limit);
    const uintptr_t now = temp.committed.value;
    const size_t above = was - base > keep ? was - base - keep : 0;
    ASSERT(now == was - less && (less & mask) == 0 && less <= above);
    ASSERT((less == 0) == (above == 0));
    ASSERT(limit == 0
               ? less == above
               : less == above || (less >= limit && less - limit <= mask));
    ASSERT(less == 0 || temp.stack.limit.value == now);
    ASSERT(taken.bytes == less && (less == 0 || taken.first == now));
    COVER(less > 0 && less < above);
    COVER(less > 0 && limit == 0);
    COVER(less == 0);
}

PROOF(a_spare_step_is_whole_pages_or_more_than_there_are, 0)
{
    const size_t size = any_word();
    reel_pages pages;
    reel_temp temp;
    temp.step = any_word(), pages.page_size = any_word();
    temp.pages = &pages;
    page_mask = pages.page_size - 1;
    ASSUME(is_pow2(pages.page_size) && temp.step > 0);
    ASSUME((temp.step & page_mask) == 0);
    const size_t keep = with_a_spare_step(&temp, size);
    const wide more = (wide)size + temp.step;
    ASSERT(keep >= size && (keep == SIZE_MAX || keep >= more));
    ASSERT(keep == SIZE_MAX || keep < more + temp.step);
    ASSERT(keep == SIZE_MAX || (keep & page_mask) == 0);
    ASSERT(keep != SIZE_MAX || more > SIZE_MAX - temp.step);
    COVER(keep == SIZE_MAX);
    COVER(keep < SIZE_MAX && keep > more);
}

// No more than all of it, if the product has room.
#define KNOW_PART(whole, rate)                                            \
    TRUTH((whole) > (__typeof__(whole))-1 / RATE_ONE || (rate) > RATE_ONE \
          || (whole) * (rate) <= (whole)*RATE_ONE)

// The product of two numbers of 20 and 11 bits is exact in 32.
PROOF(an_estimate_moves_towards_its_goal_and_not_past_it, 0)
{
    const size_t estimate = any_word();
    const size_t goal = any_word();
    const uint16_t rate = (uint16_t)any_word();
    ASSUME(rate <= RATE_ONE);
    const size_t distance = goal > estimate ? goal - estimate : estimate - goal;
    KNOW_PART((uint32_t)distance, rate);
    KNOW_PART(distance / RATE_ONE, rate);
    const size_t now = moved(estimate, goal, rate);
    ASSERT(estimate > goal || (now >= estimate && now <= goal));
    ASSERT(estimate < goal || (now <= estimate && now >= goal));
    ASSERT((now == estimate) == (estimate == goal));
    COVER(now != goal && now > estimate + 1);
    COVER(now != goal && now + 1 < estimate);
    OBSERVE(now);
}
