// SPDX-License-Identifier: MIT
#define KIND REEL_KIND_HEAP
#include "reel/heap.h"

#include "heap_map.h"
#include "reel/events.h"

// ---- use after free ------------------------------------------------------------

// A fact about the words of a free block. If it does not hold, they were written to.
// Who wrote there is not known.
#define UNTOUCHED(fact) HOLDS(fact, REEL_INVALID, KIND, heap, NULL)

// ---- lists of free blocks ------------------------------------------------------

// Put a free block first on its list.
INLINE_FOR_SPEED void link_free(reel_heap *heap, uintptr_t block, size_t bytes)
{
    const uintptr_t bin = bin_of(bytes >> heap->shift);
    const uintptr_t head = (uintptr_t)&heap->heads[bin];
    const uintptr_t bit = bit_of(bin);
    uintptr_t *const bits = &heap->bins[bin / WORD_BITS];
    uintptr_t next = 0;
    if ((*bits & bit) != 0) {
        next = get_word(heap, head);
        put_word(heap, LED_FROM(next), NEXT(block));
    } else {
        *bits |= bit;
    }
    put_word(heap, NEXT(block), next);
    put_word(heap, LED_FROM(block), head);
    put_word(heap, head, block);
    if (bin != 0) { // more than one granule
        put_word(heap, BYTES(block), bytes);
        put_word(heap, LAST_WORD(block + bytes), bytes);
    }
}

// Is what comes next on a list as the heap left it? It is read only where that is safe,
// whatever it is.
ALWAYS_INLINE bool leads_back(const reel_heap *heap, uintptr_t block,
                              uintptr_t next)
{
    return next == 0
           || (is_inside(heap, next)
               && get_word(heap, LED_FROM(next)) == block);
}

// The list has become empty.
ALWAYS_INLINE void clear_bin(reel_heap *heap, uintptr_t bin)
{
    heap->bins[bin / WORD_BITS] &= ~bit_of(bin);
}

// Take a free block off its list. False: it was written to.
INLINE_FOR_SPEED bool unlink_free(reel_heap *heap, uintptr_t block)
{
    const uintptr_t next = get_word(heap, NEXT(block));
    const uintptr_t from = get_word(heap, LED_FROM(block));
    if (!UNTOUCHED(is_inside(heap, from) && get_word(heap, from) == block
                   && leads_back(heap, block, next))) {
        return false;
    }
    put_word(heap, from, next);
    if (next != 0) {
        put_word(heap, LED_FROM(next), from);
    } else if (from < (uintptr_t)heap->map) {
        clear_bin(heap, (from - (uintptr_t)heap->heads) / sizeof(uintptr_t));
    }
    return true;
}

// Take the first block off its list. False: it was written to.
ALWAYS_INLINE bool unlink_first(reel_heap *heap, uintptr_t bin, uintptr_t block)
{
    const uintptr_t head = (uintptr_t)&heap->heads[bin];
    const uintptr_t next = get_word(heap, NEXT(block));
    if (!UNTOUCHED(get_word(heap, LED_FROM(block)) == head
                   && leads_back(heap, block, next))) {
        return false;
    }
    put_word(heap, head, next);
    if (next != 0) {
        put_word(heap, LED_FROM(next), head);
    } else {
        clear_bin(heap, bin);
    }
    return true;
}

// Bytes of a free block of two granules or more, as it says at both ends. 0: it was
// written to, or has not even `least`, a granule or more.
INLINE_FOR_SPEED size_t bytes_for(const reel_heap *heap, uintptr_t block,
                                  size_t least)
{
    const size_t bytes = get_word(heap, BYTES(block));
    const uintptr_t last = LAST_WORD(block + bytes);
    return UNTOUCHED(bytes >= least && is_inside(heap, last)
                     && get_word(heap, last) == bytes)
               ? bytes
               : 0;
}

ALWAYS_INLINE size_t bytes_of(const reel_heap *heap, uintptr_t block)
{
    return bytes_for(heap, block, heap->mask + 1);
}

// The same of the one that ends before `end`.
ALWAYS_INLINE size_t bytes_before(const reel_heap *heap, uintptr_t end)
{
    const size_t bytes = get_word(heap, LAST_WORD(end));
    const uintptr_t block = end - bytes;
    return UNTOUCHED(bytes != 0 && is_inside(heap, block)
                     && get_word(heap, BYTES(block)) == bytes)
               ? bytes
               : 0;
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

// Which is the lowest list from `bin` on that is not empty? False: all of them are.
ALWAYS_INLINE bool find_bin(const reel_heap *heap, uintptr_t bin,
                            uintptr_t *found)
{
    uintptr_t word = bin / WORD_BITS;
    uintptr_t bits = heap->bins[word] & UINTPTR_MAX << (bin % WORD_BITS);
    if (bits == 0) {
        if ((heap->bins[1] | heap->bins[2] | heap->bins[3]) == 0) {
            return false;
        }
        do {
            if (++word == BIN_WORDS) {
                return false;
            }
            bits = heap->bins[word];
        } while (bits == 0);
    }
    *found = word * WORD_BITS + lowest_bit(bits);
    return true;
}

// Which list has a first block of n granules or more? Of the list that n itself belongs
// to, `own`, only the first block is looked at.
INLINE_FOR_SPEED bool find_room(const reel_heap *heap, size_t n, uintptr_t own,
                                uintptr_t *found)
{
    if (n >= SMALL) {
        if ((heap->bins[own / WORD_BITS] & bit_of(own)) != 0
            && get_word(heap, BYTES(first_of(heap, own))) >= n << heap->shift) {
            *found = own;
            return true;
        }
        own++;
    }
    return find_bin(heap, own, found);
}

// The free block at `block`, which is that of granule `first`, is off its list. It has
// `bytes`, of which those of n granules, `taken`, become used.
INLINE_FOR_SPEED void take_front(reel_heap *heap, uintptr_t block, size_t first,
                                 size_t bytes, size_t n, size_t taken)
{
    const size_t end = first + n;
    clear_edge(heap, first);
    if (bytes > taken) {
        reel_heap_cell *const cell = cell_of(heap, end);
        WRITE(cell->starts, READ(cell->starts) | bit_of(end));
        WRITE(cell->edges, READ(cell->edges) | bit_of(end));
        link_free(heap, block + taken, bytes - taken);
    } else if (n > 1) {
        clear_edge(heap, end - 1);
    }
}

// The n granules from `first` on are used, `bytes` of which were not.
INLINE_FOR_SPEED void note_used(reel_heap *heap, size_t first, size_t n,
                                size_t bytes)
{
    const size_t below = heap->below_peak;
    note_length(heap, first, n, n);
    if (bytes > below) {
        heap->peak += bytes - below;
        heap->below_peak = 0;
    } else {
        heap->below_peak = below - bytes;
    }
}

INLINE_FOR_SPEED void *hand_out(reel_heap *heap, uintptr_t block, size_t first,
                                size_t n, size_t bytes)
{
    note_used(heap, first, n, bytes);
    watch_alive(block, bytes);
    REEL_REPORT(ALLOC, HEAP, heap, block, bytes);
    INVARIANT(reel_heap_is_valid(heap));
    return (void *)block;
}

ALWAYS_INLINE void *take_fresh(reel_heap *heap, size_t n,
                               size_t size WITH(size_t align) WITH_CALLER)
{
    const size_t first = frontier_of(heap);
    if (REEL_UNLIKELY(n > heap->count - first)) {
        return refuse(heap, size PASS(align) PASS_CALLER);
    }
    raise_frontier(heap, first + n);
    return hand_out(heap, address_of(heap, first), first, n, n << heap->shift);
}

ALWAYS_INLINE void *take_listed(reel_heap *heap, uintptr_t bin, size_t n,
                                uintptr_t own)
{
    const uintptr_t block = first_of(heap, bin);
    const size_t first = (block - heap->base) >> heap->shift;
    const size_t taken = n << heap->shift;
    const bool is_exact = n < SMALL && bin == own;
    const size_t bytes = is_exact ? taken : bytes_for(heap, block, taken);
    if (REEL_UNLIKELY(bytes == 0)
        || REEL_UNLIKELY(!unlink_first(heap, bin, block))) {
        return NULL;
    }
    take_front(heap, block, first, bytes, n, taken);
    return hand_out(heap, block, first, n, taken);
}

// [first, first + gap) stays or becomes free, and what follows is a block's.
static void leave_free(reel_heap *heap, size_t first, size_t gap)
{
    set_edge(heap, first);
    set_edge(heap, first + gap - 1);
    set_start(heap, first + gap);
    link_free(heap, address_of(heap, first), gap << heap->shift);
}

// The same with a gap before the block.
static IN_CALLER void *take_fresh_aligned(reel_heap *heap, size_t n,
                                          size_t size,
                                          uintptr_t mask WITH(size_t align)
                                              WITH_CALLER)
{
    const size_t first = frontier_of(heap);
    const size_t room = heap->count - first;
    const size_t gap = gap_to(address_of(heap, first), mask) >> heap->shift;
    if (gap > room || n > room - gap) {
        return refuse(heap, size PASS(align) PASS_CALLER);
    }
    raise_frontier(heap, first + gap + n);
    if (gap > 0) {
        leave_free(heap, first, gap);
    }
    return hand_out(heap, address_of(heap, first + gap), first + gap, n,
                    n << heap->shift);
}

// NULL also if the first block of the list does not fit.
static IN_CALLER void *take_listed_aligned(reel_heap *heap, uintptr_t bin,
                                           size_t n, uintptr_t mask)
{
    const uintptr_t block = first_of(heap, bin);
    const size_t first = index_of(heap, block);
    const size_t gap = gap_to(block, mask);
    const size_t before = gap >> heap->shift;
    const size_t taken = n << heap->shift;
    const size_t bytes = bin == 0 ? heap->mask + 1 : bytes_of(heap, block);
    if (gap > bytes || taken > bytes - gap || !unlink_first(heap, bin, block)) {
        return NULL;
    }
    if (gap > 0) {
        leave_free(heap, first, before);
    }
    take_front(heap, block + gap, first + before, bytes - gap, n, taken);
    return hand_out(heap, block + gap, first + before, n, taken);
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
    void *block = NULL;
    if (find_room(heap, n, bin_of(n), &bin)) {
        block = take_listed_aligned(heap, bin, n, mask);
    }
    if (block == NULL && more <= heap->count - n
        && find_room(heap, n + more, bin_of(n + more), &bin)) {
        block = take_listed_aligned(heap, bin, n, mask);
    }
    return block != NULL ? block
                         : take_fresh_aligned(heap, n, size,
                                              mask PASS(align) PASS_CALLER);
}

EXTERN_IN_CALLER void *FROM(reel_heap_alloc)(reel_heap *heap, size_t size,
                                             size_t align WITH_CALLER)
{
    const uintptr_t mask = mask_of(align);
    if (REEL_UNLIKELY(mask > heap->mask || (align & mask) != 0)) {
        return alloc_aligned(heap, size, align PASS_CALLER);
    }
    size_t n = granules_for(heap, size);
    if (REEL_UNLIKELY(n - 1 >= heap->count)) {
        if (size != 0 || has_ended(heap)) {
            return refuse(heap, size PASS(align) PASS_CALLER);
        }
        n = 1;
    }
    const uintptr_t own = bin_of(n);
    uintptr_t bin;
    return find_room(heap, n, own, &bin)
               ? take_listed(heap, bin, n, own)
               : take_fresh(heap, n, size PASS(align) PASS_CALLER);
}

void *reel_heap_alloc_zeroed(reel_heap *heap, size_t size, size_t align)
{
    void *const block = FROM(reel_heap_alloc)(heap, size, align PASS_HERE);
    if (block != NULL) {
        fill_bytes(block, 0, at_least_1(size));
    }
    return block;
}

// ---- freeing ---------------------------------------------------------------------

// Of the granule before; the first of all has none that is an edge.
ALWAYS_INLINE void bits_before(const reel_heap *heap, const granule_bits *at,
                               granule_bits *before)
{
    before->cell = at->cell;
    before->bit = at->bit >> 1;
    before->starts = at->starts;
    before->edges = at->edges;
    if (REEL_UNLIKELY(before->bit == 0) && before->cell != heap->map) {
        before->cell--;
        before->bit = bit_of(WORD_BITS - 1);
        before->starts = READ(before->cell->starts);
        before->edges = READ(before->cell->edges);
    }
}

// Take the free block that ends at `end` off its list and return its bytes. 0: it was
// written to.
INLINE_FOR_SPEED size_t take_before(reel_heap *heap, uintptr_t end,
                                    bool is_single)
{
    const size_t bytes = is_single ? heap->mask + 1 : bytes_before(heap, end);
    return REEL_UNLIKELY(bytes == 0) || !unlink_free(heap, end - bytes) ? 0
                                                                        : bytes;
}

// The same of one that starts at `block`.
INLINE_FOR_SPEED size_t take_behind(reel_heap *heap, uintptr_t block,
                                    bool is_single)
{
    const size_t bytes = is_single ? heap->mask + 1 : bytes_of(heap, block);
    return REEL_UNLIKELY(bytes == 0) || !unlink_free(heap, block) ? 0 : bytes;
}

// The block became free at `first` and is the highest. It ends at the frontier, which
// falls.
OUT_OF_LINE reel_status lower_frontier(reel_heap *heap, size_t end,
                                       size_t first)
{
    clear_start(heap, end);
    clear_edge(heap, first);
    WRITE(heap->frontier, first);
    return REEL_OK;
}

// What is behind a block was written to. Undo what was done before it.
OUT_OF_LINE reel_status undo_free(reel_heap *heap, uintptr_t block,
                                  size_t first, size_t n, size_t before)
{
    note_length(heap, first, n, n);
    clear_edge(heap, first);
    if (before > 0) {
        set_start(heap, first);
        set_edge(heap, first - 1);
        link_free(heap, block - before, before);
    }
    return REEL_INVALID;
}

// The used block at `first` has n granules. It becomes free and
// joins what is free on both sides, or the memory above the frontier.
INLINE_FOR_SPEED reel_status free_block(reel_heap *heap, uintptr_t block,
                                        size_t first, size_t n)
{
    granule_bits at, last;
    bits_at(heap, first, &at);
    bits_before(heap, &at, &last);
    const size_t bytes = n << heap->shift;
    size_t before = 0, behind = 0;
    if ((last.edges & last.bit) != 0) {
        const bool is_single = (last.starts & last.bit) != 0;
        before = take_before(heap, block, is_single);
        if (REEL_UNLIKELY(before == 0)) {
            return REEL_INVALID;
        }
        WRITE(at.cell->starts, at.starts & ~at.bit);
        if (!is_single) {
            WRITE(last.cell->edges, last.edges & ~last.bit);
        }
    } else {
        WRITE(at.cell->edges, at.edges | at.bit);
    }
    if (REEL_UNLIKELY(first + n == frontier_of(heap))) {
        note_length(heap, first, n, 0);
        heap->below_peak += bytes;
        return lower_frontier(heap, first + n, first - (before >> heap->shift));
    }
    note_length(heap, first, n, 0);
    granule_bits next;
    bits_at(heap, first + n, &next);
    if ((next.edges & next.bit) != 0) {
        const uintptr_t after = next.bit << 1;
        const bool is_alone = after != 0 ? (next.starts & after) != 0
                                         : (READ(next.cell[1].starts) & 1) != 0;
        behind = take_behind(heap, block + bytes, is_alone);
        if (REEL_UNLIKELY(behind == 0)) {
            return undo_free(heap, block, first, n, before);
        }
        WRITE(next.cell->starts, next.starts & ~next.bit);
        if (!is_alone) {
            WRITE(next.cell->edges, next.edges & ~next.bit);
        }
    } else if (next.bit > 1) {
        WRITE(next.cell->edges, next.edges | next.bit >> 1);
    } else {
        set_edge(heap, first + n - 1);
    }
    heap->below_peak += bytes;
    link_free(heap, block - before, before + bytes + behind);
    return REEL_OK;
}

// The same with what a build watches.
ALWAYS_INLINE reel_status free_run(reel_heap *heap, void *block, size_t first,
                                   size_t n)
{
    if (REEL_POISON || REEL_WATCH) {
        watch_dead((uintptr_t)block, n << heap->shift);
    }
    const reel_status status = free_block(heap, (uintptr_t)block, first, n);
    INVARIANT(status != REEL_OK || reel_heap_is_valid(heap));
    return status;
}

ALWAYS_INLINE reel_status report_free(const reel_heap *heap, const void *block,
                                      size_t n, reel_status status)
{
    if (REEL_EVENTS && status == REEL_OK) {
        REEL_REPORT(FREE, HEAP, heap, block, n << heap->shift);
    }
    (void)heap, (void)block, (void)n;
    return status;
}

EXTERN_IN_CALLER reel_status reel_heap_free(reel_heap *heap, void *block)
{
    const size_t first = index_of(heap, (uintptr_t)block);
    if (REEL_UNLIKELY(first >= frontier_of(heap))) {
        return reel_heap_blame(heap, block);
    }
    granule_bits at;
    bits_at(heap, first, &at);
    if (REEL_UNLIKELY((at.starts & ~at.edges & at.bit) == 0)) {
        return reel_heap_blame(heap, block);
    }
    const size_t n = length_from(at.cell, at.starts, first);
    return report_free(heap, block, n, free_run(heap, block, first, n));
}

reel_status reel_heap_free_sized(reel_heap *heap, void *block, size_t size)
{
    const size_t first = index_of(heap, (uintptr_t)block);
    if (REEL_UNLIKELY(!is_used(heap, first))) {
        return reel_heap_blame(heap, block);
    }
    const size_t n = used_length(heap, first);
    if (REEL_UNLIKELY(granules_for(heap, at_least_1(size)) != n)) {
        return REEL_INVALID;
    }
    return report_free(heap, block, n, free_run(heap, block, first, n));
}

// ---- changing one block ------------------------------------------------------------

// The used block at `first` of `old` granules is to have n, fewer: the rest becomes a
// block of its own and is freed. (If what is free behind it was written to, it stays.)
static IN_CALLER void shrink(reel_heap *heap, size_t first, size_t old,
                             size_t n)
{
    const size_t end = first + n;
    note_length(heap, first, old, 0);
    set_start(heap, end);
    note_length(heap, first, n, n);
    note_length(heap, end, old - n, old - n);
    if (REEL_EVENTS) { // the rest has no event of its own
        (void)free_run(heap, (void *)address_of(heap, end), end, old - n);
    } else {
        (void)reel_heap_free(heap, (void *)address_of(heap, end));
    }
    REEL_REPORT(RESIZE, HEAP, heap, address_of(heap, first), n << heap->shift);
}

// Granules of the free block at i; 0: it was written to.
ALWAYS_INLINE size_t free_length(const reel_heap *heap, size_t i)
{
    return is_start(heap, i + 1)
               ? 1
               : bytes_of(heap, address_of(heap, i)) >> heap->shift;
}

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
        const size_t m = is_edge(heap, end) ? free_length(heap, end) : 0;
        if (m < n - old || !unlink_free(heap, address_of(heap, end))) {
            return false;
        }
        take_front(heap, address_of(heap, end), end, m << heap->shift, n - old,
                   (n - old) << heap->shift);
        clear_start(heap, end);
    }
    note_used(heap, first, n, (n - old) << heap->shift);
    watch_alive(address_of(heap, first + old), (n - old) << heap->shift);
    REEL_REPORT(RESIZE, HEAP, heap, address_of(heap, first), n << heap->shift);
    INVARIANT(reel_heap_is_valid(heap));
    return true;
}

// It has to grow, and cannot where it is.
static IN_CALLER void *move(reel_heap *heap, size_t first, size_t old,
                            size_t size, size_t align WITH_CALLER)
{
    void *const copy = FROM(reel_heap_alloc)(heap, size, align PASS_CALLER);
    if (copy != NULL) {
        copy_bytes(copy, (const void *)address_of(heap, first),
                   min_of(old << heap->shift, at_least_1(size)));
        (void)reel_heap_free(heap, (void *)address_of(heap, first));
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
    const size_t old = used_length(heap, first);
    if (n - 1 >= heap->count) {
        return refuse(heap, size PASS(align) PASS_CALLER);
    }
    if (((uintptr_t)block & mask) == 0) {
        if (n < old) {
            shrink(heap, first, old, n);
            return block;
        }
        if (n == old || grow(heap, first, old, n)) {
            return block;
        }
    }
    return move(heap, first, old, size, align PASS_CALLER);
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
