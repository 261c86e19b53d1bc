// SPDX-License-Identifier: MIT
#define KIND             REEL_KIND_TEMP
#define REEL_TEMP_INLINE REEL_TO_EMIT
#include "reel/temp.h"

#include "binding.h"
#include "check.h"
#include "gate.h"
#include "stack.h"

#define RATE_ONE   1024u
#define LARGE_PAGE 4096u // from here on a page is a system's, not an MPU's
#define LARGE_STEP 16u   // pages

// ---- bookkeeping -----------------------------------------------------------

static uintptr_t committed_of(const reel_temp *temp)
{
    return load_acquire(&temp->committed);
}

static size_t add(size_t a, size_t b)
{
    return b <= SIZE_MAX - a ? a + b : SIZE_MAX;
}

// Bytes from `size`, not 0, up to the next multiple of any unit. This is a long
// division by hand, because the compiler's has 274 bytes on Cortex-M0.
static size_t gap_to_multiple(size_t size, size_t unit)
{
    size_t units = unit;
    while (units <= size / 2) {
        units *= 2;
    }
    for (; units >= unit; units /= 2) {
        size -= size > units ? units : 0;
    }
    return unit - size;
}

// Bytes up to the next whole step, which is nearly always a power of two.
static size_t gap_to_step(const reel_temp *temp, size_t size)
{
    const size_t step = temp->step;
    const size_t mask = step - 1;
    return (step & mask) == 0 ? gap_to(size, mask)
                              : gap_to_multiple(size, step);
}

// The bytes that a reset keeps for an estimate. SIZE_MAX if they overflow.
static size_t with_a_spare_step(const reel_temp *temp, size_t size)
{
    const size_t more = add(size, temp->step);
    return add(more, gap_to_step(temp, more));
}

static uintptr_t page_mask_of(const reel_temp *temp)
{
    return temp->pages->page_size - 1;
}

static bool are_usable(const reel_pages *pages)
{
    return pages != NULL && is_pow2(pages->page_size) && pages->commit != NULL
           && pages->decommit != NULL;
}

// What holds while other contexts commit and allocate. `committed` is judged by
// itself: another context may have raised it and `next` after it was read.
static bool is_shareable_temp(const reel_temp *temp)
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

bool reel_temp_is_valid(const reel_temp *temp)
{
    const reel_arena *const stack = &temp->stack;
    if (has_ended(stack)) {
        return reel_arena_is_valid(stack) && committed_of(temp) == stack->end;
    }
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

// ---- the frontier ----------------------------------------------------------

// Publish where committed memory ends. Shared allocation reads `committed`, and
// the owner's inline allocation reads `limit`.
static void set_frontier(reel_temp *temp, uintptr_t frontier)
{
    store_relaxed(&temp->stack.limit, REEL_OUT_OF_LINE ? 0 : frontier);
    store_release(&temp->committed, frontier);
}

// Up to the next page, or with a policy that is not strict the next step, as far as
// the range goes.
static uintptr_t stop_of_page(const reel_temp *temp, uintptr_t stop)
{
    return stop + gap_to(stop, page_mask_of(temp));
}

static uintptr_t stop_of_step(const reel_temp *temp, uintptr_t stop)
{
    const size_t gap = gap_to_step(temp, stop - temp->stack.base);
    return temp->strict ? stop_of_page(temp, stop)
                        : stop + min_of(gap, temp->stack.end - stop);
}

// A checker learns of the memory before other contexts can allocate in it.
static IN_CALLER bool raise_frontier_to(reel_temp *temp, uintptr_t target)
{
    const uintptr_t frontier = committed_of(temp);
    const size_t more = target - frontier;
    if (!temp->pages->commit(temp->pages->context, (void *)frontier, more)) {
        return false;
    }
    watch_unused(frontier, more);
    set_frontier(temp, target);
    REEL_REPORT(COMMIT, TEMP, temp, frontier, more);
    return true;
}

// Inside the gate: commit up to `stop` at least, in whole steps from the start
// of the range. The last step may be a part of one. If a step is refused, the pages
// that are needed may still be had.
static IN_CALLER bool raise_frontier(reel_temp *temp, uintptr_t stop)
{
    const uintptr_t most = stop_of_step(temp, stop);
    const uintptr_t least = stop_of_page(temp, stop);
    return raise_frontier_to(temp, most)
           || (least < most && raise_frontier_to(temp, least));
}

// True if memory up to `stop`, within the range, is committed. The frontier is
// read again inside the gate: another thread may have raised it while this one
// waited.
static IN_CALLER bool commit_to(reel_temp *temp, uintptr_t stop WITH_CALLER)
{
    if (stop <= committed_of(temp)) {
        return true;
    }
    if (!reel_gate_enter(&temp->gate PASS_CALLER)) {
        return false;
    }
    const bool done = stop <= committed_of(temp) || raise_frontier(temp, stop);
    gate_leave(&temp->gate);
    return done;
}

// Decommit what lies above `keep` bytes, in whole pages: at most `limit` bytes,
// rounded up to a page, where 0 is no limit. The owner has the temp to itself.
// The frontier falls before the hook is called, so no context takes memory that
// is going. No checker is told of memory that is no longer accessible.
static IN_CALLER void lower_frontier(reel_temp *temp, size_t keep, size_t limit)
{
    const uintptr_t frontier = committed_of(temp);
    const size_t committed = frontier - temp->stack.base;
    if (committed <= keep) {
        return;
    }
    const size_t most = min_of(committed - keep - 1, limit - 1); // 0 wraps: all
    const size_t less = (most | page_mask_of(temp)) + 1;
    set_frontier(temp, frontier - less);
    watch_unused(frontier - less, less);
    REEL_REPORT(DECOMMIT, TEMP, temp, frontier - less, less);
    temp->pages->decommit(temp->pages->context, (void *)(frontier - less),
                          less);
}

// Up to a whole memory page, which stays committed for its live bytes.
static IN_CALLER void lower_to_used(reel_temp *temp)
{
    const size_t used = reel_arena_used(&temp->stack);
    lower_frontier(temp, used + gap_to(used, page_mask_of(temp)), 0);
}

// A strict temp has no more committed than its live bytes need, but in a handler, where
// no hook is called.
static IN_CALLER void keep_strict(reel_temp *temp)
{
    if (temp->strict && !reel_port_in_interrupt()) {
        lower_to_used(temp);
    }
}

// ---- reserving -------------------------------------------------------------

reel_status reel_temp_reserve(reel_temp *temp, size_t size)
{
    const uintptr_t next = next_of(&temp->stack);
    if (reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    if (has_ended(&temp->stack)) {
        return REEL_STALE;
    }
    if (size > temp->stack.end - next) {
        return REEL_NO_MEMORY;
    }
    return commit_to(temp, next + size PASS_HERE) ? REEL_OK : REEL_PORT_FAILED;
}

// ---- allocation ------------------------------------------------------------

#if REEL_CALLERS
#define ALLOC FROM(reel_temp_alloc_slow)

// Does it not fit, or could memory not be committed?
static reel_status why_refused(const reel_temp *temp, size_t size, size_t align)
{
    const reel_arena *const stack = &temp->stack;
    uintptr_t start, stop;
    if (!reel_arena_fit(next_of(stack), stack->end, with_zone(size), align,
                        &start, &stop)) {
        return REEL_NO_MEMORY;
    }
    return reel_port_in_interrupt() ? REEL_BUSY : REEL_PORT_FAILED;
}
#else
#define ALLOC reel_temp_alloc
#endif

static void *refuse_in(reel_temp *temp, size_t size, size_t align WITH_CALLER)
{
    (void)align;
    TELL_REFUSAL(!has_ended(&temp->stack), why_refused(temp, size, align), KIND,
                 temp, caller, size, align,
                 temp->stack.end - next_of(&temp->stack), NULL);
    return count_refusal(&temp->stack, size PASS(KIND) PASS_CALLER);
}

// Commit first, then allocate. Committed memory stays committed while other
// contexts may be here. An owner without other contexts takes the same path:
// beside a commit its cost is small.
BODY_IN_CALLER void *FROM(reel_temp_alloc_slow)(reel_temp *temp, size_t size,
                                                size_t align WITH_CALLER)
{
    uintptr_t start, stop;
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, temp,
               caller)) {
        return NULL;
    }
    size = at_least_1(size);
    uintptr_t next = next_of(&temp->stack);
    do {
        if (!reel_arena_fit(next, temp->stack.end, with_zone(size), align,
                            &start, &stop)
            || !commit_to(temp, stop PASS_CALLER)) {
            REEL_REPORT(REFUSE, TEMP, temp, reel_temp_available(temp), size);
            return refuse_in(temp, size, align PASS_CALLER);
        }
    } while (!swap_if_relaxed(&temp->stack.next, &next, stop));
    watch_alive(start, size);
    REEL_REPORT(ALLOC, TEMP, temp, start, size);
    INVARIANT(is_shareable_temp(temp));
    return (void *)start;
}

void *reel_temp_alloc_zeroed(reel_temp *temp, size_t size, size_t align)
{
    void *const block = ALLOC(temp, size, align PASS_HERE);
    if (block != NULL) {
        fill_bytes(block, 0, at_least_1(size));
    }
    return block;
}

void *reel_temp_alloc_shared(reel_temp *temp, size_t size, size_t align)
{
    uintptr_t start, stop;
    const uintptr_t ready = REEL_OUT_OF_LINE ? 0 : committed_of(temp);
    uintptr_t next = next_of(&temp->stack);
    if (reel_arena_fit(next, ready, size, align, &start, &stop)
        && swap_if_relaxed(&temp->stack.next, &next, stop)) {
        return (void *)start;
    }
    return FROM(reel_temp_alloc_slow)(temp, size, align PASS_HERE);
}

// May the block grow into memory that is not committed yet, and is that memory
// committed now?
static IN_CALLER bool back_growth(reel_temp *temp, uintptr_t start,
                                  size_t old_size, size_t new_size WITH_CALLER)
{
    const size_t taken = with_zone(new_size);
    return taken <= temp->stack.end - start
           && is_last(&temp->stack, start, old_size)
           && commit_to(temp, start + taken PASS_CALLER);
}

BODY_IN_CALLER bool FROM(reel_temp_resize)(reel_temp *temp, void *block,
                                           size_t old_size,
                                           size_t new_size WITH_CALLER)
{
    const uintptr_t start = (uintptr_t)block;
    if (!HOLDS(reel_temp_owns(temp, block, old_size),
               why_not(&temp->stack, REEL_FOREIGN), KIND, temp, caller)) {
        return false;
    }
    if (with_zone(new_size) > committed_of(temp) - start
        && !back_growth(temp, start, at_least_1(old_size),
                        new_size PASS_CALLER)) {
        return false;
    }
    const bool done = FROM(reel_arena_resize_slow)(
        &temp->stack, block, old_size, new_size PASS_CALLER);
    if (done) {
        REEL_REPORT(RESIZE, TEMP, temp, block, at_least_1(new_size));
    }
    keep_strict(temp);
    return done;
}

EXTERN_IN_CALLER reel_status reel_temp_free(reel_temp *temp, void *block,
                                            size_t size)
{
    const reel_status status = reel_arena_free(&temp->stack, block, size);
    if (status == REEL_OK) {
        REEL_REPORT(FREE, TEMP, temp, block, at_least_1(size));
    }
    keep_strict(temp);
    return status;
}

BODY_IN_CALLER void *FROM(reel_temp_realloc)(reel_temp *temp, void *block,
                                             size_t old_size, size_t new_size,
                                             size_t align WITH_CALLER)
{
    if (block == NULL) {
        return ALLOC(temp, new_size, align PASS_CALLER);
    }
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID, KIND, temp, caller)
        || !HOLDS(reel_temp_owns(temp, block, old_size),
                  why_not(&temp->stack, REEL_FOREIGN), KIND, temp, caller)) {
        return NULL;
    }
    if (((uintptr_t)block & mask_of(align)) == 0
        && FROM(reel_temp_resize)(temp, block, old_size,
                                  new_size PASS_CALLER)) {
        return block;
    }
    void *const copy = ALLOC(temp, new_size, align PASS_CALLER);
    move_block(copy, block, old_size, new_size);
    if (copy != NULL) {
        REEL_REPORT(FREE, TEMP, temp, block, at_least_1(old_size));
    }
    return copy;
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
    if (high > kept && last > kept) {
        return moved(estimate, max_of(high, last), temp->fast_expansion);
    }
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
    const size_t committed = reel_temp_committed(temp);
    const size_t slack = temp->window > 0 ? committed / 4 : 0;
    if (committed - slack > keep) {
        lower_frontier(temp, keep, temp->decommit_limit);
    }
}

// Get the high water, and start counting it anew.
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

// An event says how much was used; without events nobody reads it.
static inline size_t used_to_report(const reel_temp *temp)
{
    return REEL_EVENTS ? reel_temp_used(temp) : 0;
}

reel_status reel_temp_reset(reel_temp *temp)
{
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
    (void)reel_arena_reset(&temp->stack);
    (void)take_high(temp);
    temp->last_high = 0;
    temp->estimate = 0;
    temp->frame = 0;
    lower_to_used(temp);
    INVARIANT(reel_temp_is_valid(temp));
    return REEL_OK;
}

// ---- questions -------------------------------------------------------------

size_t reel_temp_committed(const reel_temp *temp)
{
    return committed_of(temp) - temp->stack.base;
}

size_t reel_temp_committed_available(const reel_temp *temp)
{
    const uintptr_t next = next_of(&temp->stack);
    const uintptr_t committed = committed_of(temp);
    return next < committed ? committed - next : 0; // others may be at it
}

size_t reel_temp_peak(const reel_temp *temp)
{
    return max_of(temp->peak, reel_arena_peak(&temp->stack));
}

reel_stats reel_temp_stats(const reel_temp *temp)
{
    reel_stats stats = reel_arena_stats(&temp->stack);
    stats.peak = reel_temp_peak(temp);
    return stats;
}

reel_temp_state reel_temp_locate(const reel_temp *temp, const void *address,
                                 size_t *offset)
{
    const size_t distance = (uintptr_t)address - temp->stack.base;
    const size_t size = temp->stack.end - temp->stack.base;
    if (temp->pages == NULL // never initialised
        || (distance >= size && distance - size >= temp->pages->page_size)) {
        return REEL_TEMP_ELSEWHERE;
    }
    if (offset != NULL) {
        *offset = distance;
    }
    if (distance >= size) {
        return REEL_TEMP_BEYOND;
    }
    if (distance < reel_temp_used(temp)) {
        return REEL_TEMP_LIVE;
    }
    return distance < reel_temp_peak(temp) ? REEL_TEMP_FREED : REEL_TEMP_UNUSED;
}

bool reel_temp_is_committed(const reel_temp *temp, const void *address)
{
    return (uintptr_t)address - temp->stack.base < reel_temp_committed(temp);
}

const char *reel_temp_state_name(reel_temp_state state)
{
    switch (state) {
    case REEL_TEMP_LIVE:
        return "live";
    case REEL_TEMP_FREED:
        return "freed";
    case REEL_TEMP_UNUSED:
        return "never used";
    case REEL_TEMP_BEYOND:
        return "beyond the end";
    case REEL_TEMP_ELSEWHERE:
        break;
    }
    return "elsewhere";
}

// ---- the allocator interface -----------------------------------------------

static void *allocate(void *self, size_t size, size_t align)
{
    return ALLOC(self, size, align PASS_HERE);
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    return FROM(reel_temp_realloc)(self, block, old_size, new_size,
                                   align PASS_HERE);
}

static reel_status give_back(void *self, void *block, size_t size)
{
    return reel_temp_free(self, block, size);
}

// A handler may be allocating, so `committed` falls only after the stack begins
// at its end.
static void end(void *self)
{
    reel_temp *const temp = self;
    nobody_is_inside(&temp->gate);
    end_stack(&temp->stack);
    store_release(&temp->committed, temp->stack.end);
    REEL_REPORT(END, TEMP, temp, 0, 0);
    temp->peak = 0;
}

static reel_frees frees(const void *self)
{
    const reel_temp *const temp = self;
    return frees_of(&temp->stack);
}

static bool reclaim(void *self, void *block, size_t size)
{
    const reel_temp *const temp = self;
    return is_last(&temp->stack, (uintptr_t)block, at_least_1(size))
           && reel_temp_free(self, block, size) == REEL_OK;
}

reel_allocator reel_temp_allocator(reel_temp *temp)
{
    static const reel_allocator_ops ops = {
        .allocate = allocate,
        .reallocate = reallocate,
        .free = give_back,
        .frees = frees,
        .end = end,
        .reclaim = reclaim,
    };
    const reel_allocator allocator = { &ops, temp };
    return allocator;
}

// ---- lifetimes ---------------------------------------------------------------

reel_status reel_temp_bind(reel_temp *temp, reel_registry *registry,
                           reel_handle parent)
{
    if (temp == NULL || registry == NULL) {
        return REEL_INVALID;
    }
    if (has_ended(&temp->stack)) {
        return REEL_STALE;
    }
    const reel_allocator self = reel_temp_allocator(temp);
    const reel_status status =
        reel_binding_start(&temp->stack.entry, registry, self.ops, self.self,
                           parent.index, parent.version);
    set_serial(&temp->stack, temp->stack.serial);
    return status;
}

reel_handle reel_temp_handle(const reel_temp *temp)
{
    return reel_arena_handle(&temp->stack);
}

// ---- what the program calls, if callers are kept -----------------------------

#if REEL_CALLERS

EXTERN_IN_CALLER void *reel_temp_alloc_slow(reel_temp *temp, size_t size,
                                            size_t align)
{
    return FROM(reel_temp_alloc_slow)(temp, size, align PASS_HERE);
}

EXTERN_IN_CALLER bool reel_temp_resize(reel_temp *temp, void *block,
                                       size_t old_size, size_t new_size)
{
    return FROM(reel_temp_resize)(temp, block, old_size, new_size PASS_HERE);
}

EXTERN_IN_CALLER void *reel_temp_realloc(reel_temp *temp, void *block,
                                         size_t old_size, size_t new_size,
                                         size_t align)
{
    return FROM(reel_temp_realloc)(temp, block, old_size, new_size,
                                   align PASS_HERE);
}

#endif
