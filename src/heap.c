// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_HEAP
#include "reel/heap.h"

#include "heap_shared.h"
#include "reel/events.h"

// ---- lists ----------------------------------------------------------------------

// Which is the lowest list that is not empty, from that of `bit` in that word on?
// False: all of them are.
ALWAYS_INLINE bool find_bin(const reel_heap *heap, uintptr_t word,
                            uintptr_t bit, uintptr_t *found)
{
    uintptr_t bits = heap->bins[word] & (0 - bit);
    if (bits == 0) {
        if (word < 1 && heap->bins[1] != 0) {
            word = 1;
        } else if (word < 2 && heap->bins[2] != 0) {
            word = 2;
        } else if (word < 3 && heap->bins[3] != 0) {
            word = 3;
        } else {
            return false;
        }
        bits = heap->bins[word];
    }
    *found = word * WORD_BITS + lowest_bit(bits);
    return true;
}

// Which list has a first block of n granules or more? Of the list that n itself belongs
// to, `own`, only the first block is looked at.
INLINE_FOR_SPEED bool find_room(const reel_heap *heap, size_t n, uintptr_t own,
                                uintptr_t *found)
{
    const uintptr_t word = own / WORD_BITS;
    const uintptr_t bit = bit_of(own);
    const bool has_one_length = n < SMALL;
    if (!has_one_length && (heap->bins[word] & bit) != 0
        && get_word(heap, BYTES(first_of(heap, own))) >= n << heap->shift) {
        *found = own;
        return true;
    }
    // None is above the last of a word.
    return find_bin(heap, word, has_one_length ? bit : bit << 1, found);
}

// Take the first block off its list. False: it was written to.
ALWAYS_INLINE bool unlink_first(reel_heap *heap, uintptr_t bin, uintptr_t block)
{
    const uintptr_t head = (uintptr_t)&heap->heads[bin];
    const uintptr_t next = get_word(heap, NEXT(block));
    if (!CHECKED(get_word(heap, LED_FROM(block)) == head
                 && leads_back(heap, block, next))) {
        return false;
    }
    put_word(heap, head, next);
    if (next != 0) {
        put_word(heap, LED_FROM(next), head);
    } else {
        heap->bins[bin / WORD_BITS] &= ~bit_of(bin);
    }
    return true;
}

// ---- the frontier ----------------------------------------------------------------

OUT_OF_LINE void clear_map(reel_heap *heap, size_t cells)
{
    size_t cleared = heap->cleared;
    if (cleared == 0) {
        watch_own((uintptr_t)heap->heads, heap->base - (uintptr_t)heap->heads);
        WRITE(heap->map[0].starts, 1); // the frontier, which is 0
        WRITE(heap->map[0].edges, 0);
        cleared = 1;
    }
    for (; cleared < cells; cleared++) {
        WRITE(heap->map[cleared].starts, 0);
        WRITE(heap->map[cleared].edges, 0);
    }
    heap->cleared = cleared;
}

INLINE_FOR_SPEED void raise_frontier(reel_heap *heap, size_t to)
{
    const size_t cells = to / WORD_BITS + 1;
    if (REEL_UNLIKELY(heap->cleared < cells)) {
        clear_map(heap, cells);
    }
    set_start(heap, to);
    WRITE(heap->frontier, to);
}

// ---- allocation ------------------------------------------------------------------

ONLY_REPORTED size_t free_bytes(const reel_heap *heap)
{
    return (heap->count << heap->shift) - (heap->peak - heap->below_peak);
}

OUT_OF_LINE void *refuse(reel_heap *heap,
                         size_t size WITH(size_t align) WITH_CALLER)
{
    REEL_REPORT(REFUSE, HEAP, heap, free_bytes(heap), size);
    if (has_ended(heap)) {
        (void)HOLDS(false, REEL_STALE, KIND, heap, caller);
        return NULL;
    }
    TELL_REFUSAL(true, REEL_NO_MEMORY, KIND, heap, caller, at_least_1(size),
                 align, reel_heap_largest_free(heap), NULL);
    heap->failures += heap->failures < SIZE_MAX;
    heap->largest_refused = max_of(heap->largest_refused, size);
    return NULL;
}

// The free block at `block` is off its list. It has `bytes`, of which those of n
// granules, `taken`, become used.
INLINE_FOR_SPEED void take_front(reel_heap *heap, uintptr_t block, size_t bytes,
                                 size_t n, size_t taken)
{
    if (bytes > taken) {
        reel_heap_link(heap, block + taken, bytes - taken);
    }
    const size_t first = (block - heap->base) >> heap->shift;
    const size_t end = first + n;
    if (bytes > taken) {
        reel_heap_cell *const cell = cell_of(heap, end);
        set_in(&cell->starts, bit_of(end));
        set_in(&cell->edges, bit_of(end));
    } else if (n > 1) {
        clear_edge(heap, end - 1);
    }
    clear_edge(heap, first);
}

// The n granules from `first` on are used, `bytes` of which were not.
INLINE_FOR_SPEED void note_used(reel_heap *heap, size_t first, size_t n,
                                size_t bytes)
{
    const size_t below = heap->below_peak;
    reel_heap_note_length(heap, first, n, n);
    if (bytes > below) {
        heap->peak += bytes - below;
        heap->below_peak = 0;
    } else {
        heap->below_peak = below - bytes;
    }
}

INLINE_FOR_SPEED void *hand_out(reel_heap *heap, uintptr_t block, size_t first,
                                size_t n, size_t bytes, size_t size)
{
    note_used(heap, first, n, bytes);
    watch_alive(block, REEL_RED_ZONES ? at_least_1(size) : bytes);
    note_size(block + bytes, at_least_1(size));
    REEL_REPORT(ALLOC, HEAP, heap, block, bytes);
    INVARIANT(reel_heap_is_valid(heap));
    return (void *)block;
}

// [first, first + gap) stays or becomes free, and what follows is a block's.
static void leave_free(reel_heap *heap, size_t first, size_t gap)
{
    set_edge(heap, first);
    set_edge(heap, first + gap - 1);
    set_start(heap, first + gap);
    reel_heap_link(heap, address_of(heap, first), gap << heap->shift);
}

// The memory above the frontier, behind a gap if the alignment wants one.
ALWAYS_INLINE void *take_fresh(reel_heap *heap, size_t n, size_t size,
                               uintptr_t mask WITH(size_t align) WITH_CALLER)
{
    const size_t first = frontier_of(heap);
    const size_t left = heap->count - first;
    const size_t gap =
        mask == 0 ? 0 : gap_to(address_of(heap, first), mask) >> heap->shift;
    if (REEL_UNLIKELY(gap > left || n > left - gap)) {
        return refuse(heap, size PASS(align) PASS_CALLER);
    }
    // First: it clears the cells in which leave_free() sets bits.
    raise_frontier(heap, first + gap + n);
    if (gap > 0) {
        leave_free(heap, first, gap);
    }
    return hand_out(heap, address_of(heap, first + gap), first + gap, n,
                    n << heap->shift, size);
}

// What find_room() found, behind a gap.
ALWAYS_INLINE void *take_listed(reel_heap *heap, uintptr_t bin, size_t n,
                                bool is_exact, size_t size, uintptr_t mask)
{
    const uintptr_t block = first_of(heap, bin);
    const size_t taken = n << heap->shift;
    const size_t gap = mask == 0 ? 0 : gap_to(block, mask);
    size_t bytes = taken;
    // Nothing has changed yet: a block that was written to stays on its list.
    if (!(is_exact || bytes_for(heap, block, taken, &bytes))
        || !unlink_first(heap, bin, block)) {
        (void)UNTOUCHED(false);
        return NULL;
    }
    if (gap > 0) {
        leave_free(heap, (block - heap->base) >> heap->shift,
                   gap >> heap->shift);
    }
    take_front(heap, block + gap, bytes - gap, n, taken);
    return hand_out(heap, block + gap,
                    (block + gap - heap->base) >> heap->shift, n, taken, size);
}

// Do so many bytes fit into the first block of a list, behind a gap?
ALWAYS_INLINE bool has_room_in(const reel_heap *heap, uintptr_t bin, size_t n,
                               uintptr_t mask)
{
    const uintptr_t block = first_of(heap, bin);
    const size_t gap = gap_to(block, mask);
    const size_t taken = n << heap->shift;
    return gap == 0
           || (bin != 0 && taken <= get_word(heap, BYTES(block))
               && gap <= get_word(heap, BYTES(block)) - taken);
}

// Any alignment. A block that is larger by it surely fits, and one that is not may.
OUT_OF_LINE void *alloc_aligned(reel_heap *heap, size_t size,
                                size_t align WITH_CALLER)
{
    const uintptr_t mask = mask_of(align);
    if (!HOLDS((align & mask) == 0, REEL_INVALID, KIND, heap, caller)) {
        return NULL;
    }
    const size_t n = granules_for(heap, at_least_1(size));
    const size_t more = mask >> heap->shift; // granules that a gap may have
    if (n - 1 >= heap->count) {
        return refuse(heap, size PASS(align) PASS_CALLER);
    }
    uintptr_t bin;
    return (find_room(heap, n, bin_of(n), &bin)
            && has_room_in(heap, bin, n, mask))
                   || (more > 0 && more <= heap->count - n
                       && find_room(heap, n + more, bin_of(n + more), &bin))
               ? take_listed(heap, bin, n, n < SMALL && bin == bin_of(n), size,
                             mask)
               : take_fresh(heap, n, size, mask PASS(align) PASS_CALLER);
}

EXTERN_IN_CALLER void *FROM(reel_heap_alloc)(reel_heap *heap, size_t size,
                                             size_t align WITH_CALLER)
{
    const uintptr_t mask = mask_of(align);
    if (!IS_FOR_SPEED
        || REEL_UNLIKELY(mask > heap->mask || (align & mask) != 0)) {
        return alloc_aligned(heap, size, align PASS_CALLER);
    }
    size_t n = granules_for(heap, size);
    // Size 0, or a sum that wraps, makes n 0. Then n - 1 is above any count.
    if (REEL_UNLIKELY(n - 1 >= heap->count)) {
        if (size != 0 || has_ended(heap)) {
            return refuse(heap, size PASS(align) PASS_CALLER);
        }
        n = granules_for(heap, 1);
    }
    const uintptr_t own = bin_of(n);
    uintptr_t bin;
    return find_room(heap, n, own, &bin)
               ? take_listed(heap, bin, n, n < SMALL && bin == own, size, 0)
               : take_fresh(heap, n, size, 0 PASS(align) PASS_CALLER);
}

void *reel_heap_alloc_zeroed(reel_heap *heap, size_t size, size_t align)
{
    void *const block = FROM(reel_heap_alloc)(heap, size, align PASS_HERE);
    if (block != NULL) {
        fill_bytes(block, 0, at_least_1(size));
    }
    return block;
}

// ---- changing one block ------------------------------------------------------------

// The used block at `first` of `old` granules is to have n, more, where it is.
static IN_CALLER bool grow(reel_heap *heap, size_t first, size_t old, size_t n)
{
    const size_t end = first + old;
    if (end == frontier_of(heap)) {
        if (n > heap->count - first) {
            return false;
        }
        raise_frontier(heap, first + n);
        clear_start(heap, end);
    } else {
        const uintptr_t block = address_of(heap, end);
        const size_t more = (n - old) << heap->shift;
        size_t bytes;
        if (!is_edge(heap, end)) {
            return false;
        }
        if (!read_behind(heap, block, is_start(heap, end + 1), &bytes)
            || (bytes >= more && !reel_heap_unlink(heap, block))) {
            (void)UNTOUCHED(false);
            return false;
        }
        if (bytes < more) {
            return false;
        }
        take_front(heap, block, bytes, n - old, more);
        clear_start(heap, end);
    }
    note_used(heap, first, n, (n - old) << heap->shift);
    return true;
}

// The same of fewer or more, if it can.
static IN_CALLER bool change(reel_heap *heap, size_t first, size_t old,
                             size_t n)
{
    if (n > old && !grow(heap, first, old, n)) {
        return false;
    }
    if (n < old) {
        reel_heap_shrink(heap, first, old, n);
    }
    if (n != old) {
        REEL_REPORT(RESIZE, HEAP, heap, address_of(heap, first),
                    n << heap->shift);
        INVARIANT(reel_heap_is_valid(heap));
    }
    return true;
}

// A block of `old` bytes has now `size` of the `bytes` that it takes.
ALWAYS_INLINE void watch_change(uintptr_t block, size_t old, size_t size,
                                size_t bytes)
{
    if (size > old) {
        watch_alive(block + old, size - old);
    } else { // what is left is a zone, or nothing
        watch_dead(block + size, bytes - size);
    }
    note_size(block + bytes, size);
}

// It has to grow, and cannot where it is.
static IN_CALLER void *move(reel_heap *heap, void *block, size_t old,
                            size_t size, size_t align WITH_CALLER)
{
    void *const copy = FROM(reel_heap_alloc)(heap, size, align PASS_CALLER);
    if (copy != NULL) {
        copy_bytes(copy, block, min_of(old, at_least_1(size)));
        (void)reel_heap_free(heap, block);
    }
    return copy;
}

void *FROM(reel_heap_realloc)(reel_heap *heap, void *block, size_t size,
                              size_t align WITH_CALLER)
{
    if (block == NULL) {
        return FROM(reel_heap_alloc)(heap, size, align PASS_CALLER);
    }
    const uintptr_t mask = mask_of(align);
    const size_t first = index_of(heap, (uintptr_t)block);
    if (!HOLDS((align & mask) == 0, REEL_INVALID, KIND, heap, caller)
        || !is_block(heap, first, block PASS_CALLER)) {
        return NULL;
    }
    const size_t n = granules_for(heap, at_least_1(size));
    const size_t old = reel_heap_used_length(heap, first);
    if (n - 1 >= heap->count) {
        return refuse(heap, size PASS(align) PASS_CALLER);
    }
    const size_t bytes = n << heap->shift;
    const size_t old_size = size_in((uintptr_t)block, old << heap->shift);
    if (((uintptr_t)block & mask) == 0 && change(heap, first, old, n)) {
        watch_change((uintptr_t)block, old_size,
                     REEL_RED_ZONES ? at_least_1(size) : bytes, bytes);
        return block;
    }
    return move(heap, block, old_size, size, align PASS_CALLER);
}

// ---- what the program calls, if callers are kept -----------------------------------

#if REEL_CALLERS

EXTERN_IN_CALLER void *reel_heap_alloc(reel_heap *heap, size_t size,
                                       size_t align)
{
    return FROM(reel_heap_alloc)(heap, size, align PASS_HERE);
}

EXTERN_IN_CALLER void *reel_heap_realloc(reel_heap *heap, void *block,
                                         size_t size, size_t align)
{
    return FROM(reel_heap_realloc)(heap, block, size, align PASS_HERE);
}

#endif
