// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_HEAP
#include "heap_lists.h"

// ---- misuse --------------------------------------------------------------------

// How far below is looked for the start of what a pointer is inside of.
#define LOOKED_AT 2u // cells

reel_status reel_heap_blame(const reel_heap *heap, const void *block)
{
    size_t i = index_of(heap, (uintptr_t)block);
    // In this order: after the end the map may be gone, and above the frontier
    // its bits mean nothing.
    if (has_ended(heap)) {
        return REEL_STALE;
    }
    if (block == NULL) {
        return REEL_INVALID;
    }
    if (i >= heap->count) {
        return REEL_FOREIGN;
    }
    if (i >= frontier_of(heap)) {
        return REEL_DOUBLE_FREE;
    }
    // A bound: a handler may free, and must not walk a whole heap.
    const size_t least = i - min_of(i, LOOKED_AT * WORD_BITS);
    while (i > least && !is_start(heap, i)) {
        i--;
    }
    return is_start(heap, i) && is_edge(heap, i) ? REEL_DOUBLE_FREE
                                                 : REEL_FOREIGN;
}

// ---- questions ---------------------------------------------------------------

bool reel_heap_owns(const reel_heap *heap, const void *block)
{
    return is_used(heap, index_of(heap, (uintptr_t)block));
}

size_t reel_heap_usable_size(const reel_heap *heap, const void *block)
{
    const size_t first = index_of(heap, (uintptr_t)block);
    if (!is_block(heap, first, block PASS_HERE)) {
        return 0;
    }
    return size_in((uintptr_t)block, reel_heap_used_length(heap, first)
                                         << heap->shift);
}

// The highest list that is not empty has its first block to give, and no longer one
// is sure to be found.
size_t reel_heap_largest_free(const reel_heap *heap)
{
    size_t most = heap->count - frontier_of(heap);
    for (size_t word = BIN_WORDS; word-- > 0;) {
        if (heap->bins[word] != 0) {
            const uintptr_t bin =
                word * WORD_BITS + highest_bit(heap->bins[word]);
            // One granule has no room for a length.
            const size_t n =
                bin == 0
                    ? 1
                    : get_word(heap, BYTES(first_of(heap, bin))) >> heap->shift;
            most = max_of(most, n);
            break;
        }
    }
    most <<= heap->shift;
    return most > REEL_RED_ZONES ? most - REEL_RED_ZONES : 0;
}

reel_stats reel_heap_stats(const reel_heap *heap)
{
    reel_stats stats;
    stats.size = reel_heap_size(heap);
    stats.used = heap->peak - heap->below_peak;
    stats.peak = heap->peak;
    stats.failures = heap->failures;
    stats.largest_refused = heap->largest_refused;
    return stats;
}

// ---- validity ------------------------------------------------------------------

// Is the control block one that init made?
static bool has_valid_form(const reel_heap *heap)
{
    const uintptr_t heads = (uintptr_t)heap->heads;
    const uintptr_t map = (uintptr_t)heap->map;
    const size_t count = heap->count;
    return heap->shift < WORD_BITS
           && heap->mask == ((uintptr_t)1 << heap->shift) - 1
           && heap->mask >= REEL_HEAP_GRANULE - 1
           && (heap->base & heap->mask) == 0
           && count <= (UINTPTR_MAX - heap->base) >> heap->shift && heads != 0
           && heads % sizeof(uintptr_t) == 0
           && map - heads == (bin_of(count) + 1) * sizeof(uintptr_t)
           && map < heap->base
           && heap->base - map
                  >= (count / WORD_BITS + 1) * sizeof(reel_heap_cell)
           && heap->reach
                  == heap->base - heads + (count << heap->shift)
                         - sizeof(uintptr_t)
           && is_below_top(heads, heap->reach) && frontier_of(heap) <= count
           && heap->cleared <= count / WORD_BITS + 1
           && heap->below_peak <= heap->peak
           && heap->peak >> heap->shift <= count;
}

// The next start after i. `end`: there is none before it.
static size_t next_start(const reel_heap *heap, size_t i, size_t end)
{
    for (i++; i < end && !is_start(heap, i); i++) {
    }
    return i;
}

// The free block [first, end): are its words in order, and the one it leads to?
static bool has_valid_words(const reel_heap *heap, size_t first, size_t end)
{
    const uintptr_t block = address_of(heap, first);
    // Words that were written to may lead anywhere, so each is checked before
    // it is followed.
    const uintptr_t next = get_word(heap, NEXT(block));
    const uintptr_t from = get_word(heap, LED_FROM(block));
    const size_t n = end - first;
    const uintptr_t bin = bin_of(n);
    const uintptr_t head = (uintptr_t)&heap->heads[bin];
    return is_edge(heap, end - 1)
           && (n == 1
               || (get_word(heap, BYTES(block)) == n << heap->shift
                   && get_word(heap, LAST_WORD(address_of(heap, end)))
                          == n << heap->shift))
           && (heap->bins[bin / WORD_BITS] >> (bin % WORD_BITS) & 1) != 0
           && is_inside(heap, from) && get_word(heap, from) == block
           && (from == head || from >= heap->base)
           && (next == 0
               || (is_inside(heap, next)
                   && get_word(heap, LED_FROM(next)) == block));
}

// No edge inside, except where a long block keeps its length.
static bool has_valid_edges(const reel_heap *heap, size_t first, size_t end,
                            bool is_free)
{
    const bool has_length =
        !is_free && end / WORD_BITS >= first / WORD_BITS + 2;
    const size_t cell = first / WORD_BITS + 1;
    for (size_t i = first + 1; i < end; i++) {
        if (is_edge(heap, i) && !(has_length && i / WORD_BITS == cell)
            && !(is_free && i == end - 1)) {
            return false;
        }
    }
    return !has_length || reel_heap_used_length(heap, first) == end - first;
}

// Heads of lists that are not empty: each leads to a free block of that length.
static bool has_valid_heads(const reel_heap *heap)
{
    const uintptr_t bins = bin_of(heap->count) + 1;
    for (uintptr_t bin = 0; bin < BIN_WORDS * WORD_BITS; bin++) {
        if ((heap->bins[bin / WORD_BITS] >> (bin % WORD_BITS) & 1) == 0) {
            continue;
        }
        const size_t i =
            bin < bins ? index_of(heap, first_of(heap, bin)) : SIZE_MAX;
        const size_t end = frontier_of(heap);
        if (i >= end || !is_start(heap, i) || !is_edge(heap, i)
            || bin_of(next_start(heap, i, end) - i) != bin) {
            return false;
        }
    }
    return true;
}

bool reel_heap_is_valid(const reel_heap *heap)
{
    if (has_ended(heap)) {
        return true;
    }
    // Before the map is read: with wrong words it could lie anywhere.
    if (!has_valid_form(heap)) {
        return false;
    }
    const size_t frontier = frontier_of(heap);
    size_t used = 0;
    bool was_free = false;
    if (heap->cleared > 0
            ? heap->cleared <= frontier / WORD_BITS || !is_start(heap, 0)
            : frontier > 0) {
        return false;
    }
    for (size_t first = 0; first < frontier;) {
        // Two free blocks never touch, since a free joins them, and none
        // touches the frontier.
        const size_t end = next_start(heap, first, frontier);
        const bool is_free = is_edge(heap, first);
        if ((is_free && (was_free || !has_valid_words(heap, first, end)))
            || !has_valid_edges(heap, first, end, is_free)) {
            return false;
        }
        used += is_free ? 0 : end - first;
        was_free = is_free;
        first = end;
    }
    return !was_free && used << heap->shift == heap->peak - heap->below_peak
           && has_valid_heads(heap)
           && (frontier == 0 || is_start(heap, frontier));
}
