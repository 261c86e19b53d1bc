// SPDX-License-Identifier: MIT
#include "chunk.h"
#include "gate.h"
#include "reel/events.h"
#include "watch.h"

// ---- chunks come ---------------------------------------------------------------

static void stamp_bits(const reel_rewindable *rewindable,
                       const chunk_entry *chunk)
{
    // The backing's memory has any value. A word that looks like this
    // generation would let a wild free succeed.
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

// Fill in the entry of a new chunk. No other context reads it yet.
static void enter_chunk(const reel_rewindable *rewindable, chunk_entry *chunk,
                        void *base, reel_word *bits, size_t granules)
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
}

static bool take_chunk(const reel_rewindable *rewindable, chunk_entry *chunk,
                       size_t granules, uintptr_t mask)
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

static size_t initial_granules(size_t initial_size, uintptr_t shift)
{
    return min_of(granules_in(at_least_1(initial_size), shift),
                  most_granules(shift));
}

// A chunk of the grown size; if the backing fails, one of the initial size.
bool reel_rewindable_take_next(const reel_rewindable *rewindable, size_t count,
                               size_t granules, uintptr_t mask)
{
    const uintptr_t shift = rewindable->shift;
    chunk_entry *const chunk = &rewindable->table[count];
    // No more than a word counts: half of it has the granules.
    const size_t grown =
        max_of(granules, min_of(grown_size(rewindable, count) >> shift,
                                most_granules(shift)));
    const size_t least =
        max_of(granules, initial_granules(rewindable->initial_size, shift));
    return take_chunk(rewindable, chunk, grown, mask)
           || (least < grown && take_chunk(rewindable, chunk, least, mask));
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
    store_relaxed(&rewindable->peak, 0);
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
    // The hint names a chunk in half a word, which bounds the capacity.
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
    // All memory is there: a failed init has written nothing.
    configure(rewindable, chosen, apart);
    start_without_chunks(rewindable, backing, table, capacity);
    enter_chunk(rewindable, &table[0], base, bits, granules);
    if (REEL_EVENTS && backing.ops != &reel_rewindable_note_ops) {
        report_anew(rewindable, 1);
    }
    // Relaxed: no other context has it before this returns.
    store_relaxed(&rewindable->count, 1);
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
    // A chunk has room for all of its bits, or for none.
    if (need > room) {
        // One step is enough: fewer granules need fewer bits.
        const size_t fewer = granules_in(need, shift);
        chunk->granules -= min_of(fewer, chunk->granules);
    }
}

reel_status reel_rewindable_set_frees_blocks(reel_rewindable *rewindable,
                                             bool frees_blocks)
{
    // A block from before would have no start bit, and could not be freed.
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
    // After the bits are there, which the next allocation sets.
    rewindable->frees_blocks = frees_blocks;
    report_anew(rewindable, count);
    INVARIANT(reel_rewindable_is_valid(rewindable));
    return REEL_OK;
}
