// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_REWINDABLE
#include "reel/rewindable.h"

#include "binding.h"
#include "chunk.h"
#include "count.h"
#include "gate.h"
#include "reel/events.h"
#include "watch.h"

// ---- chunks come and go --------------------------------------------------------

static void stamp_bits(const reel_rewindable *rewindable,
                       const chunk_entry *chunk)
{
    reel_word *const bits = bits_of(rewindable, chunk);
    watch_own((uintptr_t)bits, bits_size(chunk->granules));
    for (size_t i = 0; i < bits_words(chunk->granules); i++) {
        store_relaxed(&bits[i], no_bits(rewindable));
    }
}

// Bytes of a chunk, with the start bits behind its data.
static size_t chunk_size(size_t granules, uintptr_t shift, bool has_bits_behind)
{
    const size_t data = granules << shift;
    return has_bits_behind ? data + bits_size(granules) : data;
}

// The alignment of a chunk: that of its granules, and of the first allocation.
static size_t chunk_align(uintptr_t shift, uintptr_t mask)
{
    return max_of((size_t)1 << shift, mask + 1);
}

// Start bits, if they lie apart. They come before the data: some backings keep what they
// are given, and then nothing fails behind it. False: there is no room.
static bool take_bits(const reel_allocator *apart, size_t granules,
                      reel_word **bits)
{
    *bits = NULL;
    if (apart->ops != NULL) {
        *bits = (reel_word *)reel_allocate(*apart, bits_size(granules),
                                           REEL_ALIGNOF(reel_word));
        return *bits != NULL;
    }
    return true;
}

static void free_bits(const reel_allocator *apart, reel_word *bits,
                      size_t granules)
{
    if (apart->ops != NULL) {
        (void)reel_free(*apart, bits, bits_size(granules));
    }
}

// Fill in the entry of a new chunk. No other context reads it yet.
static IN_CALLER void enter_chunk(const reel_rewindable *rewindable,
                                  chunk_entry *chunk, void *base,
                                  reel_word *bits, size_t granules)
{
    const uintptr_t shift = rewindable->shift;
    chunk->base = (uintptr_t)base;
    chunk->granules = granules;
    if (bits != NULL) {
        chunk->bits = bits;
    } else {
        chunk->size = chunk_size(granules, shift, rewindable->frees_blocks);
    }
    store_relaxed(&chunk->used, 0);
    if (rewindable->frees_blocks) {
        stamp_bits(rewindable, chunk);
    }
    watch_unused(chunk->base, granules << shift);
    REEL_REPORT(COMMIT, REWINDABLE, rewindable, base, granules << shift);
}

static IN_CALLER bool take_chunk(const reel_rewindable *rewindable,
                                 chunk_entry *chunk, size_t granules,
                                 uintptr_t mask)
{
    const uintptr_t shift = rewindable->shift;
    reel_word *bits;
    if (!take_bits(&rewindable->bits, granules, &bits)) {
        return false;
    }
    void *const base = reel_allocate(
        rewindable->backing,
        chunk_size(granules, shift, rewindable->frees_blocks && bits == NULL),
        chunk_align(shift, mask));
    if (base == NULL) {
        free_bits(&rewindable->bits, bits, granules);
        return false;
    }
    enter_chunk(rewindable, chunk, base, bits, granules);
    return true;
}

static chunk_entry *newest_of(const reel_rewindable *rewindable)
{
    return &rewindable->table[count_of(rewindable) - 1];
}

static IN_CALLER void forget_newest(reel_rewindable *rewindable)
{
    chunk_entry *const newest = newest_of(rewindable);
    REEL_REPORT(DECOMMIT, REWINDABLE, rewindable, newest->base,
                data_size(rewindable, newest));
    free_bits(&rewindable->bits, newest->bits, newest->granules);
    newest->granules = 0;
    store_relaxed(&rewindable->count, count_of(rewindable) - 1);
}

// False: the backing would keep it, so the chunk stays, without a live block.
static IN_CALLER bool reclaim_newest(reel_rewindable *rewindable)
{
    const chunk_entry *const chunk = newest_of(rewindable);
    const size_t size = taken_size(rewindable, chunk);
    watch_own(chunk->base, size);
    if (!reel_reclaim(rewindable->backing, (void *)chunk->base, size)) {
        watch_unused(chunk->base, chunk->granules << rewindable->shift);
        return false;
    }
    forget_newest(rewindable);
    return true;
}

static IN_CALLER void give_back_newest(reel_rewindable *rewindable)
{
    const chunk_entry *const chunk = newest_of(rewindable);
    const size_t size = taken_size(rewindable, chunk);
    watch_own(chunk->base, size);
    (void)reel_free(rewindable->backing, (void *)chunk->base, size);
    forget_newest(rewindable);
}

// The chunks from number `keep` on, the newest first, as far as the backing takes
// them.
static IN_CALLER void trim(reel_rewindable *rewindable, size_t keep)
{
    while (count_of(rewindable) > keep && reclaim_newest(rewindable)) {
    }
}

// Twice the newest chunk, or once that is large the limit more. A chunk that is
// larger than that was made for one request: it counts as what growth would have
// made of the one before. No chunk has more than half of all sizes, so this does not
// overflow.
static size_t grown_size(const reel_rewindable *rewindable, size_t count)
{
    const size_t limit = rewindable->growth_limit;
    size_t last = data_size(rewindable, &rewindable->table[0]);
    for (size_t i = 1; i < count; i++) {
        const size_t grown = last + min_of(last, limit);
        last = min_of(data_size(rewindable, &rewindable->table[i]), grown);
    }
    return last + min_of(last, limit);
}

// ---- set-up --------------------------------------------------------------------

static size_t granule_of(const reel_rewindable_config *config)
{
    return max_of(mask_of(config->min_align) + 1, sizeof(reel_word));
}

static bool is_usable(const reel_rewindable_config *config)
{
    const size_t align = mask_of(config->min_align) + 1;
    return config->growth_limit > 0 && is_pow2(align)
           && most_granules(log2_of(granule_of(config))) > 0;
}

static size_t initial_granules(size_t initial_size, uintptr_t shift)
{
    return min_of(granules_in(at_least_1(initial_size), shift),
                  most_granules(shift));
}

// Everything that does not come from the configuration. There is no chunk yet.
static void start_without_chunks(reel_rewindable *rewindable,
                                 reel_allocator backing,
                                 reel_rewindable_chunk *table, size_t capacity)
{
    rewindable->is_created = false;
    rewindable->table = table;
    rewindable->capacity = capacity;
    rewindable->generation = 0;
    rewindable->backing.ops = backing.ops;
    rewindable->backing.self = backing.self;
    rewindable->entry = NULL;
    rewindable->peak = 0;
    store_relaxed(&rewindable->failures, 0);
    store_relaxed(&rewindable->largest_refused, 0);
    store_relaxed(&rewindable->gate, GATE_OPEN);
    store_relaxed(&rewindable->highest, (uintptr_t)table);
    store_relaxed(&rewindable->hint, hint_to(0, 0));
}

static void configure(reel_rewindable *rewindable,
                      const reel_rewindable_config *config,
                      const reel_allocator *apart)
{
    rewindable->shift = (uint8_t)log2_of(granule_of(config));
    rewindable->frees_blocks = config->frees_blocks;
    rewindable->initial_size = config->initial_size;
    rewindable->growth_limit = config->growth_limit;
    rewindable->bits.ops = apart->ops;
    rewindable->bits.self = apart->self;
}

reel_status
reel_rewindable_init_placed(reel_rewindable *rewindable, reel_allocator backing,
                            reel_rewindable_chunk *table, size_t capacity,
                            const reel_rewindable_config *config,
                            const reel_rewindable_placement *placement)
{
    static const reel_rewindable_config host = REEL_REWINDABLE_HOST;
    static const reel_rewindable_placement behind = { { NULL, NULL } };
    const reel_rewindable_config *const chosen =
        config != NULL ? config : &host;
    if (rewindable == NULL || backing.ops == NULL || table == NULL
        || capacity == 0 || capacity > LOW_HALF || !is_usable(chosen)) {
        return REEL_INVALID;
    }
    const reel_allocator *const apart =
        placement != NULL ? &placement->bits : &behind.bits;
    const uintptr_t shift = log2_of(granule_of(chosen));
    const size_t granules = initial_granules(chosen->initial_size, shift);
    reel_word *bits;
    if (!take_bits(apart, granules, &bits)) {
        return REEL_NO_MEMORY;
    }
    void *const base = reel_allocate(
        backing,
        chunk_size(granules, shift, chosen->frees_blocks && bits == NULL),
        chunk_align(shift, 0));
    if (base == NULL) {
        free_bits(apart, bits, granules);
        return REEL_NO_MEMORY;
    }
    configure(rewindable, chosen, apart);
    start_without_chunks(rewindable, backing, table, capacity);
    REEL_REPORT(DEFINE, REWINDABLE, rewindable, backing.self,
                chosen->frees_blocks);
    enter_chunk(rewindable, &table[0], base, bits, granules);
    store_release(&rewindable->count, 1);
    INVARIANT(reel_rewindable_is_valid(rewindable));
    return REEL_OK;
}
ALSO_PLAIN(reel_rewindable_init_placed);

reel_status reel_rewindable_init(reel_rewindable *rewindable,
                                 reel_allocator backing,
                                 reel_rewindable_chunk *table, size_t capacity,
                                 const reel_rewindable_config *config)
{
    return reel_rewindable_init_placed(rewindable, backing, table, capacity,
                                       config, NULL);
}
ALSO_PLAIN(reel_rewindable_init);

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

// What a request looks for, and with which chunk it begins: none before it has so many
// granules left.
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

// What a chunk has left, in granules, as far as it is worth a look: under 1/16 counts
// as nothing. That waits until the rewindable would grow, rather than draw every small
// request.
static size_t worth_in(const chunk_entry *chunk)
{
    const size_t left = left_in(chunk);
    return left > chunk->granules >> 4 ? left : 0;
}

// The next request for more than the chunks before this one have left begins with it.
// Exactly what they have left: a large request that passed them would else send every
// smaller one back to the first chunk. If a free empties one meanwhile, the hint goes
// back to it; and if one lowered the hint, it stays there.
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
    raise_count(&rewindable->highest, (uintptr_t)chunk);
    end_walk(rewindable, &w, i);
    return hand_out(rewindable, chunk, start, size);
}

// A chunk of the grown size; if the backing fails, one of the initial size.
static IN_CALLER bool take_next(const reel_rewindable *rewindable, size_t count,
                                size_t granules, uintptr_t mask)
{
    const uintptr_t shift = rewindable->shift;
    chunk_entry *const chunk = &rewindable->table[count];
    const size_t grown =
        max_of(granules, min_of(grown_size(rewindable, count) >> shift,
                                most_granules(shift)));
    const size_t least =
        max_of(granules, initial_granules(rewindable->initial_size, shift));
    return take_chunk(rewindable, chunk, grown, mask)
           || (least < grown && take_chunk(rewindable, chunk, least, mask));
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
        || !take_next(rewindable, count, granules, mask)) {
        return NULL;
    }
    chunk_entry *const chunk = &rewindable->table[count];
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
    uintptr_t used = load_relaxed(&chunk->used);
    const uintptr_t start = position_of(used);
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
    if (!take_next(rewindable, count, granules, 0)) {
        return REEL_NO_MEMORY;
    }
    store_release(&rewindable->count, count + 1);
    return REEL_OK;
}

reel_status reel_rewindable_reserve(reel_rewindable *rewindable, size_t size)
{
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
    } while (!swap_if_release(&chunk->used, &used, next));
    INVARIANT(is_word(chunk, next));
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

// ---- rewinding -----------------------------------------------------------------

// A word of start bits counts as empty until its generation comes round again. One
// word a rewind is brought up to date, so all are long before that.
static void scrub(const reel_rewindable *rewindable, const chunk_entry *chunk)
{
    const size_t turn =
        (LOW_HALF + 1) / HALF_BITS; // as many words as there can be
    const size_t word = rewindable->generation % turn;
    if (rewindable->frees_blocks && word < bits_words(chunk->granules)) {
        store_relaxed(&bits_of(rewindable, chunk)[word], no_bits(rewindable));
    }
}

static void empty(const reel_rewindable *rewindable, chunk_entry *chunk)
{
    const uintptr_t position = position_of(load_relaxed(&chunk->used));
    watch_dead(chunk->base, position << rewindable->shift);
    store_relaxed(&chunk->used, 0);
    scrub(rewindable, chunk);
}

static void note_peak(reel_rewindable *rewindable)
{
    rewindable->peak = max_of(rewindable->peak, used_of(rewindable));
}

static size_t highest_index(const reel_rewindable *rewindable)
{
    const uintptr_t highest = load_relaxed(&rewindable->highest);
    return (size_t)((chunk_entry *)highest - rewindable->table);
}

// Descendants end first, while their memory is still there. The peak is
// computed from the words, so before they are cleared. The hint comes last,
// with release: the next allocation starts from it.
reel_status reel_rewindable_rewind(reel_rewindable *rewindable)
{
    if (reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    if (rewindable_has_ended(rewindable)) {
        return REEL_STALE;
    }
    if (renew_binding(&rewindable->entry, rewindable) != REEL_OK) {
        return REEL_BUSY;
    }
    REEL_REPORT(RESET, REWINDABLE, rewindable, 0, used_of(rewindable));
    note_peak(rewindable);
    trim(rewindable, highest_index(rewindable) + 1);
    rewindable->generation++;
    for (size_t i = 0; i < count_of(rewindable); i++) {
        empty(rewindable, &rewindable->table[i]);
    }
    store_relaxed(&rewindable->highest, (uintptr_t)rewindable->table);
    store_release(&rewindable->hint, hint_to(0, 0));
    INVARIANT(reel_rewindable_is_valid(rewindable));
    return REEL_OK;
}

// Without a chunk nothing grows any more.
reel_status reel_rewindable_dispose(reel_rewindable *rewindable)
{
    if (reel_port_in_interrupt()) {
        return REEL_BUSY;
    }
    if (rewindable_has_ended(rewindable)) {
        return REEL_STALE;
    }
    if (end_binding(&rewindable->entry, rewindable) != REEL_OK) {
        return REEL_BUSY;
    }
    REEL_REPORT(RESET, REWINDABLE, rewindable, 0, used_of(rewindable));
    note_peak(rewindable);
    while (count_of(rewindable) > 0) {
        give_back_newest(rewindable);
    }
    rewindable->generation++;
    store_relaxed(&rewindable->table[0].used, 0);
    store_relaxed(&rewindable->highest, (uintptr_t)rewindable->table);
    store_release(&rewindable->hint, hint_to(0, 0));
    return REEL_OK;
}

// ---- freeing one by one, or not --------------------------------------------------

static bool is_empty(const reel_rewindable *rewindable)
{
    return used_of(rewindable) == 0;
}

// Start bits need room behind the data; what is missing comes out of the data.
static void make_room_for_bits(const reel_rewindable *rewindable,
                               chunk_entry *chunk)
{
    const uintptr_t shift = rewindable->shift;
    const size_t room = chunk->size - data_size(rewindable, chunk);
    const size_t need = bits_size(chunk->granules);
    if (need > room) {
        const size_t fewer = granules_in(need - room, shift);
        chunk->granules -= min_of(fewer, chunk->granules);
    }
}

// It is another rewindable to those that follow the events.
static IN_CALLER void report_anew(const reel_rewindable *rewindable,
                                  size_t count)
{
    REEL_REPORT(DEFINE, REWINDABLE, rewindable, rewindable->backing.self,
                rewindable->frees_blocks);
    for (size_t i = 0; REEL_EVENTS && i < count; i++) {
        REEL_REPORT(COMMIT, REWINDABLE, rewindable, rewindable->table[i].base,
                    data_size(rewindable, &rewindable->table[i]));
    }
}

reel_status reel_rewindable_set_frees_blocks(reel_rewindable *rewindable,
                                             bool frees_blocks)
{
    if (reel_port_in_interrupt() || !is_empty(rewindable)) {
        return REEL_BUSY;
    }
    if (rewindable_has_ended(rewindable)) {
        return REEL_STALE;
    }
    const size_t count = count_of(rewindable);
    for (size_t i = 0; frees_blocks && i < count; i++) {
        chunk_entry *const chunk = &rewindable->table[i];
        if (!has_bits_apart(rewindable)) {
            make_room_for_bits(rewindable, chunk);
        }
        stamp_bits(rewindable, chunk);
    }
    rewindable->frees_blocks = frees_blocks;
    report_anew(rewindable, count);
    INVARIANT(reel_rewindable_is_valid(rewindable));
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
