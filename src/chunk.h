// SPDX-License-Identifier: MIT
// A chunk of a rewindable: its word, and the bits that say where allocations
// start.
//
//   used     used granules in the high half, live allocations in the low half.
//            That is the whole state: equal words mean equal chunks, so an
//            exchange needs no version.
//   start bits, with frees_blocks: one for each granule, behind the data or in memory
//            of the caller's choice. Half a word of them and
//            the low half of the generation make one word. A word of another
//            generation has no bit set, so a rewind need not clear them.
//
// An allocation is counted before its start bit is set. A free clears the bit
// before it counts. So there are never more bits than live allocations (a span
// has none). A chunk without a live allocation has no bit set: it starts over
// without clearing any.

#ifndef REEL_SRC_CHUNK_H
#define REEL_SRC_CHUNK_H

#include "atomic.h"
#include "bits.h"
#include "reel/allocator.h"
#include "reel/events.h"
#include "reel/rewindable.h"
#include "watch.h"

typedef reel_rewindable_chunk chunk_entry;

// For the other files of the module.
void *FROM(reel_rewindable_alloc)(reel_rewindable *rewindable, size_t size,
                                  size_t align WITH_CALLER);

// Fill the entry after the `count` ones with a chunk that has room for `granules`
// granules, aligned as `mask` says. It is not published yet. False: no memory.
bool reel_rewindable_take_next(const reel_rewindable *rewindable, size_t count,
                               size_t granules, uintptr_t mask);

// Marks a stand-in for the backing. Init does not report it; who calls init does.
extern const reel_allocator_ops reel_rewindable_note_ops;

ALWAYS_INLINE uintptr_t position_of(uintptr_t used)
{
    return used >> HALF_BITS;
}

ALWAYS_INLINE uintptr_t live_of(uintptr_t used)
{
    return used & LOW_HALF;
}

// size is not 0.
ALWAYS_INLINE size_t granules_in(size_t size, uintptr_t shift)
{
    return ((size - 1) >> shift) + 1;
}

// Of a block with its red zone.
ALWAYS_INLINE size_t granules_for(size_t size, uintptr_t shift)
{
    return granules_in(with_zone(size), shift);
}

ALWAYS_INLINE size_t data_size(const reel_rewindable *rewindable,
                               const chunk_entry *chunk)
{
    return chunk->granules << rewindable->shift;
}

// A chunk came; other contexts do not know it yet. The function that the program calls
// reports it.
ALWAYS_INLINE void report_commit(const reel_rewindable *rewindable,
                                 const chunk_entry *chunk)
{
    REEL_REPORT(COMMIT, REWINDABLE, rewindable, chunk->base,
                data_size(rewindable, chunk));
}

// A rewindable begins, or is another one to those that follow the events.
ALWAYS_INLINE void report_anew(const reel_rewindable *rewindable, size_t count)
{
    REEL_REPORT(DEFINE, REWINDABLE, rewindable, rewindable->backing.self,
                rewindable->frees_blocks);
    for (size_t i = 0; REEL_EVENTS && i < count; i++) {
        report_commit(rewindable, &rewindable->table[i]);
    }
}

// What one read of a chunk's word can tell.
ALWAYS_INLINE bool is_word(const chunk_entry *chunk, uintptr_t used)
{
    return position_of(used) <= chunk->granules
           && live_of(used) <= position_of(used)
           && (live_of(used) > 0) == (position_of(used) > 0);
}

// ---- start bits --------------------------------------------------------------

static inline size_t bits_words(size_t granules)
{
    return (granules + HALF_BITS - 1) / HALF_BITS;
}

static inline size_t bits_size(size_t granules)
{
    return bits_words(granules) * sizeof(reel_word);
}

static inline bool has_bits_apart(const reel_rewindable *rewindable)
{
    return rewindable->bits.ops != NULL;
}

// Right behind the data they are aligned, because a granule is a word at least.
ALWAYS_INLINE reel_word *bits_of(const reel_rewindable *rewindable,
                                 const chunk_entry *chunk)
{
    return REEL_UNLIKELY(has_bits_apart(rewindable))
               ? chunk->bits
               : (reel_word *)(chunk->base + data_size(rewindable, chunk));
}

// Bytes from the backing.
static inline size_t taken_size(const reel_rewindable *rewindable,
                                const chunk_entry *chunk)
{
    return has_bits_apart(rewindable) ? data_size(rewindable, chunk)
                                      : chunk->size;
}

static inline void free_bits(const reel_allocator *apart, reel_word *bits,
                             size_t granules)
{
    if (apart->ops != NULL) {
        (void)reel_free(*apart, bits, bits_size(granules));
    }
}

// A word of start bits of this generation, none set.
ALWAYS_INLINE uintptr_t no_bits(const reel_rewindable *rewindable)
{
    return rewindable->generation << HALF_BITS;
}

ALWAYS_INLINE uintptr_t bit_of(uintptr_t granule)
{
    return (uintptr_t)1 << (granule % HALF_BITS);
}

ALWAYS_INLINE bool is_present(const reel_rewindable *rewindable, uintptr_t word)
{
    return (word ^ no_bits(rewindable)) <= LOW_HALF;
}

ALWAYS_INLINE void set_start(const reel_rewindable *rewindable,
                             const chunk_entry *chunk, uintptr_t granule)
{
    reel_word *const word = &bits_of(rewindable, chunk)[granule / HALF_BITS];
    uintptr_t seen = load_relaxed(word);
    uintptr_t bits;
    do {
        bits = is_present(rewindable, seen) ? seen : no_bits(rewindable);
    } while (!swap_if_relaxed(word, &seen, bits | bit_of(granule)));
}

// Does an allocation start there?
ALWAYS_INLINE bool has_start(const reel_rewindable *rewindable,
                             const chunk_entry *chunk, uintptr_t granule)
{
    const uintptr_t word =
        load_relaxed(&bits_of(rewindable, chunk)[granule / HALF_BITS]);
    return is_present(rewindable, word) && (word & bit_of(granule)) != 0;
}

// True for one caller only, which then frees the allocation.
ALWAYS_INLINE bool clear_start(const reel_rewindable *rewindable,
                               const chunk_entry *chunk, uintptr_t granule)
{
    reel_word *const word = &bits_of(rewindable, chunk)[granule / HALF_BITS];
    uintptr_t seen = load_relaxed(word);
    do {
        if (REEL_UNLIKELY(!is_present(rewindable, seen)
                          || (seen & bit_of(granule)) == 0)) {
            return false;
        }
    } while (!swap_if_relaxed(word, &seen, seen & ~bit_of(granule)));
    return true;
}

// ---- chunks ------------------------------------------------------------------

// Claim a place, aligned as `mask` says, which may be more than a granule.
// Acquire: the context that freed the place is done with it. The read of the
// word before that need not acquire. Base and granules came with the count or
// the hint that led to the chunk. If the word is out of date, the exchange
// fails.
static inline bool claim(const reel_rewindable *rewindable, chunk_entry *chunk,
                         size_t granules, uintptr_t mask, uintptr_t *start)
{
    const uintptr_t shift = rewindable->shift;
    uintptr_t used = load_relaxed(&chunk->used);
    uintptr_t next;
    do {
        const uintptr_t position = position_of(used);
        const size_t left = chunk->granules - position;
        const size_t padding =
            gap_to(chunk->base + (position << shift), mask) >> shift;
        if (padding > left || granules > left - padding) {
            return false;
        }
        *start = position + padding;
        next = (*start + granules) << HALF_BITS | (live_of(used) + 1);
    } while (!swap_if_acquire(&chunk->used, &used, next));
    return true;
}

// After its end a rewindable has a table of no entries. No live one has.
ALWAYS_INLINE bool rewindable_has_ended(const reel_rewindable *rewindable)
{
    return *(const volatile size_t *)&rewindable->capacity == 0;
}

static inline size_t count_of(const reel_rewindable *rewindable)
{
    return load_acquire(&rewindable->count);
}

// The most granules of a chunk: half a word counts them, and their bytes and
// start bits are a size.
static inline size_t most_granules(uintptr_t shift)
{
    return min_of(LOW_HALF, SIZE_MAX / 2 >> shift);
}

static inline size_t used_of(const reel_rewindable *rewindable)
{
    const size_t count = count_of(rewindable);
    size_t granules = 0;
    for (size_t i = 0; i < count; i++) {
        granules += position_of(load_relaxed(&rewindable->table[i].used));
    }
    return granules << rewindable->shift;
}

// The chunk that has the address in its data, or NULL.
ALWAYS_INLINE chunk_entry *chunk_of(const reel_rewindable *rewindable,
                                    uintptr_t address)
{
    chunk_entry *const end = rewindable->table + count_of(rewindable);
    for (chunk_entry *chunk = rewindable->table; chunk < end; chunk++) {
        if ((address - chunk->base) >> rewindable->shift < chunk->granules) {
            return chunk;
        }
    }
    return NULL;
}

// ---- the hint ----------------------------------------------------------------
//
// The chunk to begin with, for a request of more than `passed` granules: no chunk before
// it has more left that is worth a look. Both are one word. It may be late: where loads
// pass stores, a free and a walk on two cores may each miss what the other writes.

ALWAYS_INLINE uintptr_t hint_to(size_t index, size_t passed)
{
    return passed << HALF_BITS | index;
}

ALWAYS_INLINE size_t index_in(uintptr_t hint)
{
    return hint & LOW_HALF;
}

ALWAYS_INLINE size_t passed_by(uintptr_t hint)
{
    return hint >> HALF_BITS;
}

// A chunk that has room again is tried first. Relaxed is enough: the exchange
// replaces the hint of a growth, which released all entries so far, and an
// exchange passes that on.
static inline void look_again(reel_rewindable *rewindable,
                              const chunk_entry *chunk)
{
    const size_t index = (size_t)(chunk - rewindable->table);
    uintptr_t seen = load_relaxed(&rewindable->hint);
    while (index < index_in(seen)
           && !swap_if_relaxed(&rewindable->hint, &seen,
                               hint_to(index, passed_by(seen)))) {
    }
}

#endif
