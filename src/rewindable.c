// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_REWINDABLE
#include "reel/rewindable.h"

#include "chunk.h"
#include "count.h"
#include "gate.h"
#include "reel/events.h"
#include "watch.h"

// ---- allocation ----------------------------------------------------------------

// Bytes of its chunks that are free.
ONLY_REPORTED size_t left_now(const reel_rewindable *rewindable)
{
    size_t granules = 0;
    for (size_t i = 0; i < count_of(rewindable); i++) {
        const chunk_entry *const chunk = &rewindable->table[i];
        granules += chunk->granules - position_of(load_relaxed(&chunk->used));
    }
    return granules << rewindable->shift;
}

ALWAYS_INLINE void *hand_out(const reel_rewindable *rewindable,
                             const chunk_entry *chunk, uintptr_t start,
                             size_t size)
{
    const uintptr_t block = chunk->base + (start << rewindable->shift);
    // The block is counted by now: a chunk never has more start bits than live
    // blocks, so one whose count is 0 has no bit to clear.
    if (rewindable->frees_blocks) {
        set_start(rewindable, chunk, start);
    }
    watch_alive(block, size);
    REEL_REPORT(ALLOC, REWINDABLE, rewindable, block,
                granules_for(size, rewindable->shift) << rewindable->shift);
    INVARIANT(is_word(chunk, load_relaxed(&chunk->used)));
    return (void *)block;
}

static size_t left_in(const chunk_entry *chunk)
{
    return chunk->granules - position_of(load_relaxed(&chunk->used));
}

// The most that fits into the chunks that are there.
ONLY_REPORTED size_t most_left(const reel_rewindable *rewindable)
{
    size_t most = 0;
    for (size_t i = 0; i < count_of(rewindable); i++) {
        most = max_of(most, left_in(&rewindable->table[i]));
    }
    return most << rewindable->shift;
}

// May it ask its backing for a chunk?
ONLY_REPORTED bool may_grow(const reel_rewindable *rewindable, size_t size)
{
    const size_t count = count_of(rewindable);
    return !reel_port_in_interrupt() && count > 0
           && count < rewindable->capacity
           && granules_for(size, rewindable->shift)
                  <= most_granules(rewindable->shift);
}

ONLY_REPORTED reel_status why_refused(const reel_rewindable *rewindable)
{
    return count_of(rewindable) == 0                      ? REEL_CLOSED
           : reel_port_in_interrupt()                     ? REEL_BUSY
           : count_of(rewindable) == rewindable->capacity ? REEL_FULL
                                                          : REEL_NO_MEMORY;
}

static IN_CALLER void *count_refusal(reel_rewindable *rewindable, size_t size,
                                     size_t align WITH_CALLER)
{
    (void)align;
    REEL_REPORT(REFUSE, REWINDABLE, rewindable, left_now(rewindable), size);
    TELL_REFUSAL(!rewindable_has_ended(rewindable), why_refused(rewindable),
                 KIND, rewindable, caller, size, align, most_left(rewindable),
                 may_grow(rewindable, size) ? rewindable->backing.self : NULL);
    count_one(&rewindable->failures);
    raise_count(&rewindable->largest_refused, size);
    (void)HOLDS(!rewindable_has_ended(rewindable), REEL_STALE, KIND, rewindable,
                caller);
    return NULL;
}

// What a request looks for, and with which chunk it begins: before it none is worth a
// look.
typedef struct walk {
    uintptr_t hint; // as it was
    size_t from;
    size_t granules;
    uintptr_t mask;
} walk;

static void begin_walk(const reel_rewindable *rewindable, size_t size,
                       uintptr_t mask, walk *w)
{
    w->granules = granules_for(size, rewindable->shift);
    w->mask = mask;
    w->hint = load_acquire(&rewindable->hint);
    w->from = w->granules > passed_by(w->hint) ? index_in(w->hint) : 0;
}

// What a chunk has left, in granules, as far as it is worth a look: up to 1/16 counts
// as nothing. That waits until the rewindable would grow, rather than draw every small
// request.
static size_t worth_in(const chunk_entry *chunk)
{
    const size_t left = left_in(chunk);
    return left > chunk->granules >> 4 ? left : 0;
}

// The next request for more than the chunks before this one have left begins with it.
// Exactly what they have left: a large request that passed them would else send every
// smaller one back to the first chunk. If a free in a handler empties one meanwhile, the
// hint goes back to it; and if one lowered the hint, it stays there.
static void end_walk(reel_rewindable *rewindable, const walk *w, size_t index)
{
    size_t passed = w->from == 0 ? 0 : passed_by(w->hint);
    for (size_t i = w->from; i < index; i++) {
        passed = max_of(passed, worth_in(&rewindable->table[i]));
    }
    const uintptr_t hint = hint_to(index, passed);
    uintptr_t seen = w->hint;
    if (hint == seen || !swap_if_release(&rewindable->hint, &seen, hint)) {
        return;
    }
    for (size_t i = w->from; i < index; i++) {
        if (worth_in(&rewindable->table[i]) > passed) {
            look_again(rewindable, &rewindable->table[i]);
            return;
        }
    }
}

// The first chunk from number `from` on that has room; `to` if none has.
static size_t claim_in(const reel_rewindable *rewindable, const walk *w,
                       size_t from, size_t to, uintptr_t *start)
{
    size_t i = from;
    while (i < to
           && !claim(rewindable, &rewindable->table[i], w->granules, w->mask,
                     start)) {
        i++;
    }
    return i;
}

// The hint may be late: a chunk before it that a free has emptied is looked at before
// the rewindable grows.
static IN_CALLER void *first_fit(reel_rewindable *rewindable, size_t size,
                                 uintptr_t mask)
{
    walk w;
    uintptr_t start;
    const size_t count = count_of(rewindable);
    begin_walk(rewindable, size, mask, &w);
    size_t i = claim_in(rewindable, &w, w.from, count, &start);
    if (i >= count) {
        const size_t rest = min_of(w.from, count);
        i = claim_in(rewindable, &w, 0, rest, &start);
        if (i == rest) {
            return NULL;
        }
    }
    chunk_entry *const chunk = &rewindable->table[i];
    // Before the hint: a rewind trims what lies above `highest`, and no context may
    // be led there.
    raise_count(&rewindable->highest, (uintptr_t)chunk);
    end_walk(rewindable, &w, i);
    return hand_out(rewindable, chunk, start, size);
}

// Inside the gate: add a chunk, unless the rewindable is disposed of. The
// request is allocated before the chunk is published, or other contexts could
// use up the chunk and this thread would get nothing.
static IN_CALLER void *grow(reel_rewindable *rewindable, size_t size,
                            uintptr_t mask)
{
    const size_t granules = granules_for(size, rewindable->shift);
    const size_t count = count_of(rewindable);
    if (count == 0 || count == rewindable->capacity
        || granules > most_granules(rewindable->shift)
        || !reel_rewindable_take_next(rewindable, count, granules, mask)) {
        return NULL;
    }
    chunk_entry *const chunk = &rewindable->table[count];
    report_commit(rewindable, chunk);
    // No other context knows the chunk, so this needs no exchange.
    store_relaxed(&chunk->used, granules << HALF_BITS | 1);
    void *const block = hand_out(rewindable, chunk, 0, size);
    store_release(&rewindable->count, count + 1);
    raise_count(&rewindable->highest, (uintptr_t)chunk);
    return block;
}

// Look again inside: another thread may have grown while this one waited.
static IN_CALLER void *grow_in_turn(reel_rewindable *rewindable, size_t size,
                                    uintptr_t mask WITH_CALLER)
{
    if (!reel_gate_enter(&rewindable->gate PASS_CALLER)) {
        return NULL;
    }
    void *block = first_fit(rewindable, size, mask);
    if (block == NULL) {
        block = grow(rewindable, size, mask);
    }
    gate_leave(&rewindable->gate);
    return block;
}

OUT_OF_LINE void *alloc_slow(reel_rewindable *rewindable, size_t size,
                             size_t align WITH_CALLER)
{
    const uintptr_t mask = mask_of(align);
    if (!HOLDS((align & mask) == 0, REEL_INVALID, KIND, rewindable, caller)) {
        return NULL;
    }
    size = at_least_1(size);
    void *block = first_fit(rewindable, size, mask);
    if (block == NULL) {
        block = grow_in_turn(rewindable, size, mask PASS_CALLER);
    }
    return block != NULL ? block
                         : count_refusal(rewindable, size, align PASS_CALLER);
}

// One look at the chunk that served last, if none before it would do. Size 0 becomes
// more than any has.
EXTERN_IN_CALLER void *FROM(reel_rewindable_alloc)(reel_rewindable *rewindable,
                                                   size_t size,
                                                   size_t align WITH_CALLER)
{
    const uintptr_t shift = rewindable->shift;
    const uintptr_t mask = mask_of(align);
    const uintptr_t hint = load_acquire(&rewindable->hint);
    chunk_entry *const chunk = &rewindable->table[index_in(hint)];
    // The word may be late. Then the exchange fails, and what was computed from it is
    // not used.
    uintptr_t used = load_relaxed(&chunk->used);
    const uintptr_t start = position_of(used);
    // A chunk that is gone has no granules: so the hint may be late, and no
    // count is read.
    const uintptr_t rest = (with_zone(size) - 1) >> shift; // beyond the first
    if (REEL_UNLIKELY((align & mask) != 0 || mask >> shift != 0
                      || rest < passed_by(hint)
                      || rest >= chunk->granules - start)
        || !swap_if_acquire(&chunk->used, &used,
                            used + ((rest + 1) << HALF_BITS) + 1)) {
        return alloc_slow(rewindable, size, align PASS_CALLER);
    }
    return hand_out(rewindable, chunk, start, size);
}

// ---- reserving -----------------------------------------------------------------

static bool has_room(const reel_rewindable *rewindable, size_t granules)
{
    const size_t count = count_of(rewindable);
    for (size_t i = 0; i < count; i++) {
        const chunk_entry *const chunk = &rewindable->table[i];
        const size_t used = position_of(load_relaxed(&chunk->used));
        if (granules <= chunk->granules - used) {
            return true;
        }
    }
    return false;
}

// Inside the gate. `highest` stays where it is: nothing of the chunk is used.
static IN_CALLER reel_status reserve(reel_rewindable *rewindable,
                                     size_t granules)
{
    const size_t count = count_of(rewindable);
    if (rewindable_has_ended(rewindable)) {
        return REEL_STALE;
    }
    // Disposed of: the backing may be gone.
    if (count == 0) {
        return REEL_CLOSED;
    }
    if (has_room(rewindable, granules)) {
        return REEL_OK;
    }
    if (granules > most_granules(rewindable->shift)) {
        return REEL_NO_MEMORY;
    }
    if (count == rewindable->capacity) {
        return REEL_FULL;
    }
    if (!reel_rewindable_take_next(rewindable, count, granules, 0)) {
        return REEL_NO_MEMORY;
    }
    report_commit(rewindable, &rewindable->table[count]);
    store_release(&rewindable->count, count + 1);
    return REEL_OK;
}

reel_status reel_rewindable_reserve(reel_rewindable *rewindable, size_t size)
{
    // Inside only: the entry behind the last one has one writer.
    if (!reel_gate_enter(&rewindable->gate PASS_HERE)) {
        return REEL_BUSY;
    }
    const reel_status status =
        reserve(rewindable, granules_for(at_least_1(size), rewindable->shift));
    gate_leave(&rewindable->gate);
    return status;
}

// ---- freeing -------------------------------------------------------------------

// One live allocation fewer; the last one rewinds the chunk. Release: the next
// owner of the place sees it done with.
static void count_off(reel_rewindable *rewindable, chunk_entry *chunk)
{
    uintptr_t used = load_relaxed(&chunk->used);
    uintptr_t next;
    do {
        next = live_of(used) == 1 ? 0 : used - 1;
        if (next == 0) { // nothing else adds up what all chunks have
            raise_count(&rewindable->peak, used_of(rewindable));
        }
    } while (!swap_if_release(&chunk->used, &used, next));
    INVARIANT(is_word(chunk, next));
    // A hint that leads to a later chunk would pass this one, which is empty now.
    if (next == 0) {
        look_again(rewindable, chunk);
    }
}

// A size that goes beyond the chunk is cut off.
static void note_death(const reel_rewindable *rewindable,
                       const chunk_entry *chunk, uintptr_t block, size_t size)
{
    const size_t rest = chunk->base + data_size(rewindable, chunk) - block;
    watch_dead(block, min_of(at_least_1(size), rest));
}

static reel_status foreign_to(const reel_rewindable *rewindable)
{
    return rewindable_has_ended(rewindable) ? REEL_STALE : REEL_FOREIGN;
}

// Of two frees of one block, one clears the start bit, and goes on. A checker
// learns of the death before the count falls: after that another context may
// have the place.
reel_status reel_rewindable_free(reel_rewindable *rewindable, void *block,
                                 size_t size)
{
    const uintptr_t address = (uintptr_t)block;
    const uintptr_t shift = rewindable->shift;
    chunk_entry *const chunk = chunk_of(rewindable, address);
    if (REEL_UNLIKELY(chunk == NULL)) {
        return address == 0 ? REEL_INVALID : foreign_to(rewindable);
    }
    const uintptr_t granule = (address - chunk->base) >> shift;
    const size_t taken = granules_for(at_least_1(size), shift) << shift;
    if (REEL_UNLIKELY(chunk->base + (granule << shift) != address)) {
        return REEL_FOREIGN;
    }
    // Nothing marks the block, so nothing is freed before the rewind.
    if (!rewindable->frees_blocks) {
        REEL_REPORT(FREE, REWINDABLE, rewindable, address, taken);
        return REEL_OK;
    }
    if (REEL_UNLIKELY(!clear_start(rewindable, chunk, granule))) {
        return REEL_DOUBLE_FREE;
    }
    note_death(rewindable, chunk, address, size);
    REEL_REPORT(FREE, REWINDABLE, rewindable, address, taken);
    count_off(rewindable, chunk);
    return REEL_OK;
}

// ---- what the program calls, if callers are kept -------------------------------

#if REEL_CALLERS

EXTERN_IN_CALLER void *reel_rewindable_alloc(reel_rewindable *rewindable,
                                             size_t size, size_t align)
{
    return FROM(reel_rewindable_alloc)(rewindable, size, align PASS_HERE);
}

#endif
