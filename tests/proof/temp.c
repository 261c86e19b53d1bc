// SPDX-License-Identifier: MIT
// src/temp.c: what is committed for a block, and when an allocation fails.

#include "proof.h"

#include "reel/temp.h"

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
}

// A caller may be in a handler. Then it does not get in.
static bool may_enter;

bool reel_gate_enter(reel_word *gate)
{
    (void)gate;
    return may_enter;
}

void reel_port_gate_leave(reel_word *gate)
{
    (void)gate;
}

// Any gap to a multiple of the step, which is one of pages.
static uintptr_t page_mask;

size_t cut_reel_temp_gap_to_multiple(size_t size, size_t unit)
{
    const size_t gap = any_word();
    ASSUME(gap < unit && ((size + gap) & page_mask) == 0);
    return gap;
}

// Whether the next place fits, and any place that does: arena.c proves that it is the
// first one.
static bool fits;

bool cut_reel_arena_fit(uintptr_t next, uintptr_t limit, size_t size,
                        size_t align, uintptr_t *start, uintptr_t *end)
{
    const uintptr_t from = any_word(), to = any_word();
    (void)size, (void)align;
    ASSUME(!fits || (next <= from && from < to && to <= limit));
    *start = from, *end = to;
    return fits;
}

#include "where/reel_temp_alloc_shared"

// The hook of the application may refuse. What it is asked for is noted.
typedef struct seen_pages {
    bool agrees[2];
    size_t calls;
    uintptr_t first, bytes;
} seen_pages;

static bool commit(void *context, void *start, size_t bytes)
{
    seen_pages *const seen = context;
    const bool agrees = seen->calls == 0 ? seen->agrees[0] : seen->agrees[1];
    seen->calls++;
    seen->first = (uintptr_t)start, seen->bytes = bytes;
    return agrees;
}

#define ANY_TEMP(temp)                                                \
    reel_temp temp;                                                   \
    reel_pages pages;                                                 \
    seen_pages seen;                                                  \
    temp.stack.next.value = any_word();                               \
    temp.stack.limit.value = any_word(), temp.stack.end = any_word(); \
    temp.stack.base = any_word(), temp.stack.floor = any_word();      \
    temp.stack.refusals.value = any_word();                           \
    temp.stack.largest_refused.value = any_word();                    \
    temp.stack.entry = NULL, temp.committed.value = any_word();       \
    temp.gate.value = any_word(), temp.step = any_word();             \
    temp.strict = (any_word() & 1) != 0;                              \
    pages.page_size = (uintptr_t)1 << any_case(0, WORD_BITS - 1);     \
    pages.context = &seen;                                            \
    pages.commit = commit, temp.pages = &pages;                       \
    seen.agrees[0] = (any_word() & 1) != 0;                           \
    seen.agrees[1] = (any_word() & 1) != 0;                           \
    seen.calls = 0, seen.first = 0, seen.bytes = 0;                   \
    may_enter = (any_word() & 1) != 0, fits = (any_word() & 1) != 0;  \
    page_mask = pages.page_size - 1

static bool is_sound(const reel_temp *temp)
{
    const reel_arena *const stack = &temp->stack;
    const uintptr_t committed = temp->committed.value;
    const uintptr_t mask = temp->pages->page_size - 1;
    return is_pow2(temp->pages->page_size) && stack->base > 0
           && stack->base <= stack->next.value && stack->next.value <= committed
           && committed <= stack->end
           && stack->end <= UINTPTR_MAX - REEL_TOP_BYTES
           && ((stack->base | committed | stack->end | temp->step) & mask) == 0
           && stack->base < stack->end && temp->step > 0;
}

// In whole steps as far as the range goes, or with a strict policy in whole pages.
PROOF(what_is_committed_is_whole_pages_of_the_range, 0)
{
    const uintptr_t stop = any_word();
    ANY_TEMP(temp);
    ASSUME(is_sound(&temp));
    ASSUME(stop >= temp.stack.base && stop <= temp.stack.end);
    const uintptr_t page = stop_of_page(&temp, stop);
    const uintptr_t step = stop_of_step(&temp, stop);
    ASSERT(page >= stop && page - stop <= page_mask && (page & page_mask) == 0);
    ASSERT(page <= temp.stack.end);
    ASSERT(step >= page && step <= temp.stack.end && (step & page_mask) == 0);
    ASSERT(!temp.strict || step == page);
    ASSERT(temp.strict || step == temp.stack.end || step - stop < temp.step);
    ASSERT(temp.strict || step == temp.stack.end || !is_pow2(temp.step)
           || ((step - temp.stack.base) & (temp.step - 1)) == 0);
    COVER(step > page && step < temp.stack.end);
    COVER(step == temp.stack.end && step > page);
    COVER(temp.strict && page > stop);
}

// If it fits in the range, and is committed or the hook agrees to a step or to the pages
// that it needs.
PROOF(alloc_succeeds_if_and_only_if_it_fits_and_is_committed, 1)
{
    const size_t size = any_word();
    const size_t align = any_word();
    ANY_TEMP(temp);
    ASSUME(is_sound(&temp));
    const uintptr_t mask = mask_of(align);
    const uintptr_t was = temp.committed.value, next = temp.stack.next.value;
    const uintptr_t limit = temp.stack.limit.value;
    const uintptr_t block = (uintptr_t)reel_temp_alloc_slow(&temp, size, align);
    const uintptr_t now = temp.committed.value;
    const bool is_asked = seen.calls > 0;
    const bool is_agreed =
        is_asked && (seen.calls == 1 ? seen.agrees[0] : seen.agrees[1]);
    ASSERT(block == 0 || (fits && (align & mask) == 0));
    ASSERT(block != 0 || !fits || (align & mask) != 0 || !may_enter
           || (is_asked && !is_agreed));
    ASSERT(block == 0 || (block >= next && block < temp.stack.next.value));
    ASSERT(block != 0 || temp.stack.next.value == next);
    ASSERT(is_agreed || (now == was && temp.stack.limit.value == limit));
    ASSERT(!is_agreed
           || (now == was + seen.bytes && temp.stack.limit.value == now));
    ASSERT(!is_asked || (seen.first == was && seen.bytes > 0));
    ASSERT((seen.bytes & page_mask) == 0);
    ASSERT(is_asked || block == 0 || temp.stack.next.value <= was);
    ASSERT(is_sound(&temp));
    COVER(block != 0 && !is_asked);
    COVER(block != 0 && is_asked && seen.calls == 2);
    COVER(block == 0 && fits);
}

PROOF(reserve_succeeds_if_and_only_if_it_is_committed, 0)
{
    const size_t size = any_word();
    ANY_TEMP(temp);
    ASSUME(is_sound(&temp));
    const uintptr_t next = temp.stack.next.value, was = temp.committed.value;
    const bool is_inside = size <= temp.stack.end - next;
    const reel_status status = reel_temp_reserve(&temp, size);
    ASSERT((status == REEL_OK)
           == (may_enter && is_inside && next + size <= temp.committed.value));
    ASSERT(status == REEL_OK || temp.committed.value == was);
    ASSERT(status != REEL_NO_MEMORY || !is_inside);
    ASSERT(temp.stack.next.value == next);
    ASSERT(temp.committed.value <= temp.stack.end);
    ASSERT((temp.committed.value & page_mask) == 0);
    COVER(status == REEL_OK && temp.committed.value > was);
    COVER(status == REEL_PORT_FAILED);
}

bool reel_port_in_interrupt(void)
{
    return !may_enter;
}
