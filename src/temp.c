// SPDX-License-Identifier: MIT
#define KIND             REEL_KIND_TEMP
#define REEL_TEMP_INLINE REEL_TO_EMIT
#include "reel/temp.h"

#include "binding.h"
#include "check.h"
#include "gate.h"
#include "temp_frontier.h"

// ---- the frontier ----------------------------------------------------------

// Bytes from `size`, not 0, up to the next multiple of any unit. This is a long
// division by hand, because the compiler's has 274 bytes on Cortex-M0.
size_t reel_temp_gap_to_multiple(size_t size, size_t unit)
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
    // The hook first: other contexts allocate up to the frontier at once.
    if (!temp->pages->commit(temp->pages->context, (void *)frontier, more)) {
        return false;
    }
    watch_unused(frontier, more);
    set_frontier(temp, target);
    REEL_REPORT(COMMIT, TEMP, temp, frontier, more);
    return true;
}

// Inside the gate: commit up to `stop` at least, in whole steps from the start
// of the range. The last step may be a part of one. If the hook refuses a step, it may
// still commit the pages that are needed.
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
    // Acquire: the hook of the thread that committed it is done.
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
    // Nothing is committed for a request that can never fit.
    const size_t taken = with_zone(size);
    if (taken > temp->stack.end - next) {
        return REEL_NO_MEMORY;
    }
    return commit_to(temp, next + taken PASS_HERE) ? REEL_OK : REEL_PORT_FAILED;
}

// ---- allocation ------------------------------------------------------------

#if REEL_CALLERS
#define ALLOCATE FROM(reel_temp_alloc_slow)

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
#define ALLOCATE reel_temp_alloc
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
        // If `next` moved meanwhile, the block lies elsewhere, and may need more.
    } while (!swap_if_relaxed(&temp->stack.next, &next, stop));
    watch_alive(start, size);
    REEL_REPORT(ALLOC, TEMP, temp, start, with_zone(size));
    INVARIANT(is_shareable_temp(temp));
    return (void *)start;
}

void *reel_temp_alloc_zeroed(reel_temp *temp, size_t size, size_t align)
{
    void *const block = ALLOCATE(temp, size, align PASS_HERE);
    if (block != NULL) {
        fill_bytes(block, 0, at_least_1(size));
    }
    return block;
}

void *reel_temp_alloc_shared(reel_temp *temp, size_t size, size_t align)
{
    uintptr_t start, stop;
    // Read before `next`: a frontier that is late sends the call to the slow
    // half, and nothing worse.
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
    // The commit comes last: a block that cannot grow must not cost memory.
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
    // Only what ends above the frontier needs the gate and the hook.
    if (with_zone(new_size) > committed_of(temp) - start
        && !back_growth(temp, start, at_least_1(old_size),
                        new_size PASS_CALLER)) {
        return false;
    }
    const bool done = FROM(reel_arena_resize_slow)(
        &temp->stack, block, old_size, new_size PASS_CALLER);
    if (done) {
        REEL_REPORT(RESIZE, TEMP, temp, block, with_zone(at_least_1(new_size)));
    }
    keep_strict(temp);
    return done;
}

EXTERN_IN_CALLER reel_status reel_temp_free(reel_temp *temp, void *block,
                                            size_t size)
{
    const reel_status status = reel_arena_free(&temp->stack, block, size);
    if (status == REEL_OK) {
        REEL_REPORT(FREE, TEMP, temp, block, with_zone(at_least_1(size)));
    }
    keep_strict(temp);
    return status;
}

BODY_IN_CALLER void *FROM(reel_temp_realloc)(reel_temp *temp, void *block,
                                             size_t old_size, size_t new_size,
                                             size_t align WITH_CALLER)
{
    if (block == NULL) {
        return ALLOCATE(temp, new_size, align PASS_CALLER);
    }
    // Checked before either way, because a move copies from the block.
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
    void *const copy = ALLOCATE(temp, new_size, align PASS_CALLER);
    // The copy lies above the old block, so that one cannot be freed.
    move_block(copy, block, old_size, new_size);
    if (copy != NULL) {
        REEL_REPORT(FREE, TEMP, temp, block, with_zone(at_least_1(old_size)));
    }
    return copy;
}

// ---- the allocator interface -----------------------------------------------

static void *allocate(void *self, size_t size, size_t align)
{
    return ALLOCATE(self, size, align PASS_HERE);
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
    // Ask first: a free of any other block says REEL_OK, and its memory stays
    // in use.
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
    if (temp == NULL) {
        return REEL_INVALID;
    }
    const reel_allocator self = reel_temp_allocator(temp);
    const reel_status status = reel_binding_start(
        &temp->stack.entry, registry, self.ops, self.self, parent.index,
        parent.version, has_ended(&temp->stack));
    // With an entry no rewind may be inline: the registry would not learn of
    // it.
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
