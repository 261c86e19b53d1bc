// SPDX-License-Identifier: MIT
#include "chunk.h"

bool reel_rewindable_frees_blocks(const reel_rewindable *rewindable)
{
    return rewindable->frees_blocks;
}

size_t reel_rewindable_chunks(const reel_rewindable *rewindable)
{
    return count_of(rewindable);
}

size_t reel_rewindable_bytes_allocated(const reel_rewindable *rewindable)
{
    // One acquire: the entries below the count are complete, and do not change.
    const size_t count = count_of(rewindable);
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += data_size(rewindable, &rewindable->table[i]);
    }
    return bytes;
}

size_t reel_rewindable_initial_size(const reel_rewindable *rewindable)
{
    return rewindable->initial_size;
}

reel_stats reel_rewindable_stats(const reel_rewindable *rewindable)
{
    reel_stats stats;
    stats.size = reel_rewindable_bytes_allocated(rewindable);
    stats.used = used_of(rewindable);
    // The stored peak is noted when a chunk becomes empty, so now may be the
    // peak.
    stats.peak = max_of(load_relaxed(&rewindable->peak), stats.used);
    stats.failures = load_relaxed(&rewindable->failures);
    stats.largest_refused = load_relaxed(&rewindable->largest_refused);
    return stats;
}

static uintptr_t start_bits(const reel_rewindable *rewindable,
                            const chunk_entry *chunk)
{
    const reel_word *const bits = bits_of(rewindable, chunk);
    uintptr_t set = 0;
    for (size_t i = 0; i < bits_words(chunk->granules); i++) {
        uintptr_t word = load_relaxed(&bits[i]);
        word = is_present(rewindable, word) ? word & LOW_HALF : 0;
        for (; word != 0; word &= word - 1) {
            set++;
        }
    }
    return set;
}

static bool is_chunk_valid(const reel_rewindable *rewindable,
                           const chunk_entry *chunk)
{
    const uintptr_t used = load_relaxed(&chunk->used);
    const uintptr_t granule_mask = ((uintptr_t)1 << rewindable->shift) - 1;
    const bool has_bits =
        rewindable->frees_blocks && !has_bits_apart(rewindable);
    const size_t bits = has_bits ? bits_size(chunk->granules) : 0;
    // Each line makes the next one safe: no difference wraps, and no bit is
    // read beyond the chunk.
    return chunk->granules <= most_granules(rewindable->shift)
           && (chunk->base & granule_mask) == 0
           && data_size(rewindable, chunk) <= taken_size(rewindable, chunk)
           && bits <= taken_size(rewindable, chunk)
                          - data_size(rewindable, chunk)
           && is_word(chunk, used)
           && (!has_bits // those apart are not looked at: any bits may be here
               || start_bits(rewindable, chunk) <= live_of(used));
}

static bool is_entry(const reel_rewindable *rewindable, uintptr_t address)
{
    const uintptr_t offset = address - (uintptr_t)rewindable->table;
    // One that was disposed of has no chunk, but still leads to its first
    // entry.
    return offset < max_of(1, count_of(rewindable)) * sizeof(chunk_entry)
           && offset % sizeof(chunk_entry) == 0;
}

bool reel_rewindable_is_valid(const reel_rewindable *rewindable)
{
    if (rewindable->shift >= WORD_BITS || !is_bool(&rewindable->frees_blocks)
        || !is_bool(&rewindable->is_created)) {
        return false;
    }
    const size_t count = count_of(rewindable);
    const uintptr_t hint = load_relaxed(&rewindable->hint);
    const uintptr_t highest = load_relaxed(&rewindable->highest);
    const uintptr_t first = (uintptr_t)rewindable->table;
    // The bounds first: the entries are read below.
    if (count > rewindable->capacity || rewindable->capacity > LOW_HALF
        || !is_entry(rewindable, highest)
        || index_in(hint) * sizeof(chunk_entry) > highest - first) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_chunk_valid(rewindable, &rewindable->table[i])) {
            return false;
        }
    }
    return true;
}
