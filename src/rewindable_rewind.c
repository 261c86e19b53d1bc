// SPDX-License-Identifier: MIT
#include "binding.h"
#include "chunk.h"
#include "reel/events.h"
#include "reel/port.h"
#include "watch.h"

// ---- chunks go -----------------------------------------------------------------

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
    // The fast path of an allocation follows the hint, and asks no count: where there
    // are no granules nothing fits.
    newest->granules = 0;
    store_relaxed(&rewindable->count, count_of(rewindable) - 1);
}

// False: the backing would keep it, so the chunk stays, without a live block.
static IN_CALLER bool reclaim_newest(reel_rewindable *rewindable)
{
    const chunk_entry *const chunk = newest_of(rewindable);
    const size_t size = taken_size(rewindable, chunk);
    // The backing may write here, so a checker lets it in.
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
    const size_t peak = load_relaxed(&rewindable->peak);
    store_relaxed(&rewindable->peak, max_of(peak, used_of(rewindable)));
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
    // From here on all start bits are of an earlier generation, so none is set.
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
    // Open spans are stale from here on.
    rewindable->generation++;
    // The fast path still reads the first entry. It has no granules, so a
    // position above 0 would make its room wrap.
    store_relaxed(&rewindable->table[0].used, 0);
    store_relaxed(&rewindable->highest, (uintptr_t)rewindable->table);
    store_release(&rewindable->hint, hint_to(0, 0));
    return REEL_OK;
}
