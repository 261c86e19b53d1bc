#include "reel/temp.h"

#include "check.h"
#include "gate.h"
#include "stack.h"

extern inline void *reel_temp_alloc(reel_temp *temp, size_t size, size_t align);

#define RATE_ONE   1024u
#define LARGE_PAGE 4096u // from here on a page is a system's, not an MPU's
#define LARGE_STEP 16u   // pages

// ---- bookkeeping -----------------------------------------------------------

static uintptr_t committed_of(const reel_temp *temp)
{
    return load_acquire(&temp->committed);
}

// Bytes up to the next whole `unit`, which need not be a power of two. SIZE_MAX
// stands for all that is more.
static size_t round_up(size_t size, size_t unit)
{
    const size_t part = size % unit;
    const size_t gap = part == 0 ? 0 : unit - part;
    return gap <= SIZE_MAX - size ? size + gap : SIZE_MAX;
}

static size_t add(size_t a, size_t b)
{
    return b <= SIZE_MAX - a ? a + b : SIZE_MAX;
}

static bool are_usable(const reel_pages *pages)
{
    return pages != NULL && is_pow2(pages->page_size) && pages->commit != NULL
           && pages->decommit != NULL;
}

bool reel_temp_is_valid(const reel_temp *temp)
{
    const reel_arena *const stack = &temp->stack;
    if (!are_usable(temp->pages) || !reel_arena_is_valid(stack)) {
        return false;
    }
    const uintptr_t limit = load_relaxed(&stack->limit);
    const uintptr_t committed = committed_of(temp);
    const uintptr_t page_mask = temp->pages->page_size - 1;

    return (limit == 0 || limit == committed) && next_of(stack) <= committed
           && committed <= stack->end
           && ((stack->base | committed | stack->end) & page_mask) == 0
           && temp->policy.step > 0 && (temp->policy.step & page_mask) == 0;
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

// Field by field: a struct assignment may become a call of memcpy.
static void set_policy(reel_temp *temp, const reel_temp_policy *policy)
{
    const size_t step = policy->step;
    temp->policy.step = step > 0 ? step : default_step(temp->pages->page_size);
    temp->policy.decommit_limit = policy->decommit_limit;
    temp->policy.contraction = policy->contraction;
    temp->policy.expansion = policy->expansion;
    temp->policy.fast_expansion = policy->fast_expansion;
    temp->policy.strict = policy->strict;
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
    set_up(&temp->stack, start, start, start + size, 0);
    temp->pages = pages;
    set_policy(temp, chosen);
    temp->peak = 0;
    temp->last_high = 0;
    temp->estimate = 0;
    store_relaxed(&temp->gate, GATE_OPEN);
    store_release(&temp->committed, start);
    INVARIANT(reel_temp_is_valid(temp));
    return REEL_OK;
}

// ---- the frontier ----------------------------------------------------------

// Publish where committed memory ends. Shared allocation reads `committed`, the
// owner's inline allocation `limit`.
static void set_frontier(reel_temp *temp, uintptr_t frontier)
{
    store_relaxed(&temp->stack.limit, REEL_OUT_OF_LINE ? 0 : frontier);
    store_release(&temp->committed, frontier);
}

// Inside the gate: commit up to `stop` at least, in whole steps from the start
// of the range; the last step may be a part.
static bool raise_frontier(reel_temp *temp, uintptr_t stop)
{
    const uintptr_t base = temp->stack.base;
    const uintptr_t frontier = committed_of(temp);
    const size_t target = min_of(round_up(stop - base, temp->policy.step),
                                 temp->stack.end - base);
    const size_t more = base + target - frontier;
    if (!temp->pages->commit(temp->pages->context, (void *)frontier, more)) {
        return false;
    }
    watch_unused(frontier, more);
    set_frontier(temp, base + target);
    return true;
}

// True if memory up to `stop`, within the range, is committed.
static bool commit_to(reel_temp *temp, uintptr_t stop)
{
    if (stop <= committed_of(temp)) {
        return true;
    }
    if (!gate_enter(&temp->gate)) {
        return false;
    }
    const bool done = stop <= committed_of(temp) || raise_frontier(temp, stop);
    gate_leave(&temp->gate);
    return done;
}

// Decommit what lies above `keep` bytes, whole pages; at most `limit` bytes. The
// owner has the temp to itself. Nobody is told of memory that is gone already.
static void lower_frontier(reel_temp *temp, size_t keep, size_t limit)
{
    const uintptr_t frontier = committed_of(temp);
    const size_t committed = frontier - temp->stack.base;
    if (committed <= keep) {
        return;
    }
    const size_t less = min_of(committed - keep, limit);
    set_frontier(temp, frontier - less);
    watch_unused(frontier - less, less);
    temp->pages->decommit(temp->pages->context, (void *)(frontier - less),
                          less);
}

static void lower_to_used(reel_temp *temp)
{
    const size_t used = reel_arena_used(&temp->stack);
    lower_frontier(temp, round_up(used, temp->pages->page_size), SIZE_MAX);
}

// ---- allocation ------------------------------------------------------------

void *reel_temp_alloc_slow(reel_temp *temp, size_t size, size_t align)
{
    uintptr_t start, stop;
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID)) {
        return NULL;
    }
    size = at_least_1(size);
    if (!reel_arena_place(next_of(&temp->stack), temp->stack.end, size, align,
                          &start, &stop)
        || !commit_to(temp, stop)) {
        return refuse(&temp->stack, size);
    }
    store_relaxed(&temp->stack.next, stop);
    watch_alive(start, size);
    INVARIANT(reel_temp_is_valid(temp));
    return (void *)start;
}

void *reel_temp_alloc_zeroed(reel_temp *temp, size_t size, size_t align)
{
    void *const block = reel_temp_alloc(temp, size, align);
    if (block != NULL) {
        fill_bytes(block, 0, at_least_1(size));
    }
    return block;
}

// Commit first, then take: what is committed stays so while others may be here.
OUT_OF_LINE void *alloc_shared_slow(reel_temp *temp, size_t size, size_t align)
{
    uintptr_t start, stop;
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID)) {
        return NULL;
    }
    size = at_least_1(size);
    uintptr_t next = next_of(&temp->stack);
    do {
        if (!reel_arena_place(next, temp->stack.end, size, align, &start, &stop)
            || !commit_to(temp, stop)) {
            return refuse(&temp->stack, size);
        }
    } while (!swap_if_relaxed(&temp->stack.next, &next, stop));
    watch_alive(start, size);
    return (void *)start;
}

void *reel_temp_alloc_shared(reel_temp *temp, size_t size, size_t align)
{
    uintptr_t start, stop;
    const uintptr_t ready = REEL_OUT_OF_LINE ? 0 : committed_of(temp);
    uintptr_t next = next_of(&temp->stack);
    if (reel_arena_place(next, ready, size, align, &start, &stop)
        && swap_if_relaxed(&temp->stack.next, &next, stop)) {
        return (void *)start;
    }
    return alloc_shared_slow(temp, size, align);
}

// May the block become so large that it needs memory not yet committed, and is
// that memory there now?
static bool back_growth(reel_temp *temp, uintptr_t start, size_t old_size,
                        size_t new_size)
{
    return new_size <= temp->stack.end - start
           && is_last(&temp->stack, start, old_size)
           && commit_to(temp, start + new_size);
}

bool reel_temp_resize(reel_temp *temp, void *block, size_t old_size,
                      size_t new_size)
{
    const uintptr_t start = (uintptr_t)block;
    if (!HOLDS(reel_temp_owns(temp, block, old_size), REEL_FOREIGN)) {
        return false;
    }
    if (new_size > committed_of(temp) - start
        && !back_growth(temp, start, at_least_1(old_size), new_size)) {
        return false;
    }
    return reel_arena_resize_slow(&temp->stack, block, old_size, new_size);
}

void *reel_temp_realloc(reel_temp *temp, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    if (block == NULL) {
        return reel_temp_alloc(temp, new_size, align);
    }
    if (!HOLDS((align & mask_of(align)) == 0, REEL_INVALID)
        || !HOLDS(reel_temp_owns(temp, block, old_size), REEL_FOREIGN)) {
        return NULL;
    }
    if (((uintptr_t)block & mask_of(align)) == 0
        && reel_temp_resize(temp, block, old_size, new_size)) {
        return block;
    }
    void *const copy = reel_temp_alloc(temp, new_size, align);
    move_block(copy, block, old_size, new_size);
    return copy;
}

// ---- rewinding and giving back ---------------------------------------------

// One step of the estimate towards a goal `distance` away. The product takes 30
// bits, whatever a size has.
static size_t step_of(size_t distance, uint16_t rate)
{
    const bool is_small = distance / RATE_ONE < RATE_ONE;
    const size_t step = is_small
                            ? (size_t)((uint32_t)distance * rate / RATE_ONE)
                            : distance / RATE_ONE * rate;
    return max_of(1, step);
}

static size_t raised(const reel_temp *temp, size_t high)
{
    const size_t estimate = temp->estimate;
    const size_t last = temp->last_high;
    const size_t kept =
        round_up(add(estimate, temp->policy.step), temp->policy.step);
    if (high > kept && last > kept) {
        return estimate
               + step_of(max_of(high, last) - estimate,
                         temp->policy.fast_expansion);
    }
    const size_t average = high / 2 + last / 2;
    if (average <= estimate) {
        return estimate;
    }
    return estimate + step_of(average - estimate, temp->policy.expansion);
}

static size_t next_estimate(const reel_temp *temp, size_t high)
{
    const size_t estimate = temp->estimate;
    if (estimate == 0) {
        return high;
    }
    if (high > estimate) {
        return raised(temp, high);
    }
    if (high < estimate) {
        return estimate - step_of(estimate - high, temp->policy.contraction);
    }
    return estimate;
}

// Start the next period: the high water is counted anew.
static void empty(reel_temp *temp, size_t estimate, size_t high)
{
    temp->peak = max_of(temp->peak, high);
    temp->last_high = high;
    temp->estimate = estimate;
    reel_arena_reset(&temp->stack);
    temp->stack.peak = temp->stack.base;
}

reel_status reel_temp_reset(reel_temp *temp)
{
    if (reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    const size_t page_size = temp->pages->page_size;
    const size_t step = temp->policy.step;
    const size_t limit = temp->policy.decommit_limit;
    const size_t high = reel_arena_peak(&temp->stack);
    empty(temp, next_estimate(temp, high), high);
    if (temp->policy.strict) {
        lower_to_used(temp);
    } else {
        lower_frontier(temp, round_up(add(temp->estimate, step), step),
                       limit == 0 ? SIZE_MAX : round_up(limit, page_size));
    }
    INVARIANT(reel_temp_is_valid(temp));
    return REEL_OK;
}

reel_status reel_temp_rewind(reel_temp *temp, reel_mark mark)
{
    if (reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    const reel_status status = reel_arena_rewind(&temp->stack, mark);
    if (status == REEL_OK && temp->policy.strict) {
        lower_to_used(temp);
    }
    return status;
}

reel_status reel_temp_trim(reel_temp *temp)
{
    if (reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    lower_to_used(temp);
    INVARIANT(reel_temp_is_valid(temp));
    return REEL_OK;
}

reel_status reel_temp_deinit(reel_temp *temp)
{
    if (reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    empty(temp, 0, reel_arena_peak(&temp->stack));
    temp->last_high = 0;
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
    return reel_temp_alloc(self, size, align);
}

static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    return reel_temp_realloc(self, block, old_size, new_size, align);
}

static reel_status give_back(void *self, void *block, size_t size)
{
    return reel_temp_free(self, block, size);
}

reel_allocator reel_temp_allocator(reel_temp *temp)
{
    static const reel_allocator_ops ops = { allocate, reallocate, give_back };
    const reel_allocator allocator = { &ops, temp };
    return allocator;
}
