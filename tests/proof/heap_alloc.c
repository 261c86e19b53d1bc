// SPDX-License-Identifier: MIT
// src/heap.c: which part of a free block an allocation takes, and when it fails.
//
// Lists are not followed here: what find_room() finds is any block that is as long as it
// says (heap.c, heap_bits.c), and what the block says of itself was not written to,
// or was.

#include "heap.h"

typedef struct found_block {
    bool is_found;
    uintptr_t bin, block, bytes;
} found_block;

// A heap, what is found in it, and what was done to it.
typedef struct watched_heap {
    reel_heap heap;        // first
    found_block near, far; // by the first look, and the second
    bool is_untouched;
    size_t looks;
    bool is_refused, is_fronted, is_raised, is_left;
    uintptr_t front_block, front_bytes, front_n, front_taken;
    uintptr_t raised_to, left_first, left_gap;
    uintptr_t out_block, out_first, out_n, out_bytes;
} watched_heap;

static watched_heap *watched(const reel_heap *heap)
{
    return (watched_heap *)(uintptr_t)heap;
}

bool cut_find_room(const reel_heap *heap, size_t n, uintptr_t own,
                   uintptr_t *bin)
{
    watched_heap *const seen = watched(heap);
    (void)n, (void)own;
    seen->looks++;
    *bin = seen->looks == 1 ? seen->near.bin : seen->far.bin;
    return seen->looks == 1 ? seen->near.is_found : seen->far.is_found;
}

uintptr_t cut_first_of(const reel_heap *heap, uintptr_t bin)
{
    const watched_heap *const seen = watched(heap);
    (void)bin;
    return seen->looks == 1 ? seen->near.block : seen->far.block;
}

bool cut_bytes_for(const reel_heap *heap, uintptr_t block, size_t least,
                   size_t *bytes)
{
    const watched_heap *const seen = watched(heap);
    (void)block;
    *bytes = seen->looks == 1 ? seen->near.bytes : seen->far.bytes;
    return seen->is_untouched && *bytes >= least;
}

// What has_room_in() reads of a free block: how long it is.
uintptr_t cut_get_word(const reel_heap *heap, uintptr_t at)
{
    const watched_heap *const seen = watched(heap);
    (void)at;
    return seen->looks == 1 ? seen->near.bytes : seen->far.bytes;
}

bool cut_unlink_first(reel_heap *heap, uintptr_t bin, uintptr_t block)
{
    (void)bin, (void)block;
    return watched(heap)->is_untouched;
}

void cut_take_front(reel_heap *heap, uintptr_t block, size_t bytes, size_t n,
                    size_t taken)
{
    watched_heap *const seen = watched(heap);
    seen->is_fronted = true;
    seen->front_block = block, seen->front_bytes = bytes, seen->front_n = n,
    seen->front_taken = taken;
}

void cut_leave_free(reel_heap *heap, size_t first, size_t gap)
{
    watched_heap *const seen = watched(heap);
    seen->is_left = true, seen->left_first = first, seen->left_gap = gap;
}

void cut_raise_frontier(reel_heap *heap, size_t to)
{
    watched(heap)->is_raised = true, watched(heap)->raised_to = to;
}

void *cut_hand_out(reel_heap *heap, uintptr_t block, size_t first, size_t n,
                   size_t bytes, size_t size)
{
    (void)size;
    watched_heap *const seen = watched(heap);
    seen->out_block = block, seen->out_first = first;
    seen->out_n = n, seen->out_bytes = bytes;
    return (void *)block;
}

void *cut_refuse(reel_heap *heap, size_t size)
{
    (void)size;
    watched(heap)->is_refused = true;
    return NULL;
}

uintptr_t cut_bin_of(size_t n)
{
    return n > 1 ? n : 0; // no list is looked at; that of one granule is 0
}

#include "where/take_listed"

#define ANY_FOUND(found)                                         \
    (found).is_found = any_word() & 1, (found).bin = any_word(); \
    (found).block = any_word(), (found).bytes = any_word()

#define ANY_WATCHED_HEAP(seen)                                        \
    ANY_HEAP(any_heap);                                               \
    watched_heap seen;                                                \
    seen.heap = any_heap;                                             \
    ANY_FOUND(seen.near);                                             \
    ANY_FOUND(seen.far);                                              \
    seen.is_untouched = any_word() & 1;                               \
    seen.looks = 0, seen.is_refused = false, seen.is_fronted = false; \
    seen.is_raised = false, seen.is_left = false

// It lies in the heap, below the frontier, in whole granules, and has n of them.
static bool has_granules_for(const reel_heap *heap, const found_block *found,
                             size_t n, bool is_exact)
{
    const uintptr_t offset = found->block - heap->base;
    const size_t used = heap->frontier.value << heap->shift;
    const size_t bytes = found->bytes;
    return ((offset | bytes) & heap->mask) == 0 && found->block >= heap->base
           && offset <= used && bytes <= used - offset
           && (bytes >> heap->shift) >= n
           && (!is_exact || bytes >> heap->shift == n)
           && (found->bin == 0) == (bytes >> heap->shift == 1);
}

static bool is_sound(const reel_heap *heap)
{
    return has_granules(heap) && heap->frontier.value <= heap->count;
}

// With any alignment that costs nothing. Code for size takes the path of all alignments.
ALWAYS_INLINE void alloc_is_exact(bool is_for_size)
{
    const size_t size = any_word();
    const size_t align = any_word();
    ANY_WATCHED_HEAP(seen);
    reel_heap *const heap = &seen.heap;
    const found_block *const found = &seen.near;
    ASSUME(is_sound(heap));
    ASSUME(align == 0 || (is_pow2(align) && align <= heap->mask + 1));
    const size_t n = granules_for(heap, at_least_1(size));
    const bool is_short = n - 1 < heap->count;
    const bool is_exact = n < SMALL && found->bin == cut_bin_of(n);
    ASSUME(!is_short || !found->is_found
           || has_granules_for(heap, found, n, is_exact));
    const size_t frontier = heap->frontier.value;
    const bool fits_above = n <= heap->count - frontier;
    const uintptr_t shift = heap->shift;
    const uintptr_t used = any_same(frontier << shift);
    TRUTH(used > UINTPTR_MAX - heap->base || heap->base + used >= heap->base);
    LEMMA(frontier << shift <= UINTPTR_MAX - heap->base);
    LEMMA(address_of(heap, frontier) > 0);
    LEMMA(!is_short || !found->is_found || found->block > 0);
    LEMMA(mask_of(align) <= heap->mask && (align & mask_of(align)) == 0);
    LEMMA(size == 0 ? granules_for(heap, size) == 0
                    : granules_for(heap, size) == n);
    LEMMA(size != 0 || granules_for(heap, 1) == n);
    const uintptr_t offset = any_same(found->block - heap->base);
    TRUTH((offset & heap->mask) != 0 || offset >> shift << shift == offset);
    LEMMA(!is_short || !found->is_found || (offset & heap->mask) == 0);
    LEMMA(!is_short || !found->is_found
          || address_of(heap, offset >> shift) == found->block);
    TRUTH(size + heap->mask < size
          || (size + heap->mask) >> shift << shift >= size);
    const size_t whole = any_same(n);
    KNOW_GRANULES(whole, shift);
    LEMMA(!is_short || n <= UINTPTR_MAX >> shift);
    // Each granule is aligned so.
    LEMMA(gap_to(address_of(heap, frontier), mask_of(align)) == 0);
    LEMMA(!is_short || !found->is_found
          || gap_to(found->block, mask_of(align)) == 0);
    const uintptr_t block =
        (uintptr_t)(is_for_size ? alloc_aligned(heap, size, align)
                                : reel_heap_alloc(heap, size, align));
    const bool is_above = block != 0 && !found->is_found;
    ASSERT(!seen.is_untouched
           || (block != 0) == (is_short && (found->is_found || fits_above)));
    ASSERT(seen.is_untouched || block == 0 || is_above);
    ASSERT(seen.is_refused == (!is_short || (!found->is_found && !fits_above)));
    ASSERT(block == 0 || (seen.out_n == n && seen.out_block == block));
    ASSERT(block == 0 || (seen.out_bytes >= size && seen.out_bytes > 0));
    ASSERT(block == 0 || seen.out_bytes >> heap->shift == n);
    // Which has that number: a LEMMA says so of what is found.
    ASSERT(block == 0
           || seen.out_first == (is_above ? frontier : offset >> shift));
    ASSERT(block == 0
           || block == (is_above ? address_of(heap, frontier) : found->block));
    ASSERT(is_above == seen.is_raised);
    ASSERT(!is_above
           || (seen.out_first == frontier && seen.raised_to == frontier + n));
    ASSERT(seen.is_fronted == (block != 0 && found->is_found));
    ASSERT(!seen.is_fronted
           || (seen.front_block == found->block && seen.front_n == n
               && seen.front_bytes == found->bytes
               && seen.front_taken == seen.out_bytes
               && seen.front_taken <= seen.front_bytes));
    COVER(block != 0 && found->is_found && is_exact);
    COVER(is_above && n > 1);
    COVER(block == 0 && is_short && seen.is_untouched);
    COVER(!seen.is_untouched && found->is_found && is_short);
}

PROOF(alloc_succeeds_if_and_only_if_a_list_or_the_rest_has_room, 0)
{
    alloc_is_exact(false);
}

PROOF(alloc_for_size_succeeds_if_and_only_if_a_list_or_the_rest_has_room, 0)
{
    alloc_is_exact(true);
}

// Padding of whole granules for an alignment of more than one.
ALWAYS_INLINE void know_padding(uintptr_t x, uintptr_t mask, uintptr_t granule)
{
    KNOW_GAP(x, mask);
    TRUTH(!is_mask(mask) || !is_mask(granule) || mask < granule
          || (x & granule) != 0 || (gap_to(x, mask) & granule) == 0);
}

// Numbers of granules compare like their bytes.
#define KNOW_ORDER(n, m, shift)                                        \
    TRUTH((n) > UINTPTR_MAX >> (shift) || (m) > UINTPTR_MAX >> (shift) \
          || ((n) << (shift) <= (m) << (shift)) == ((n) <= (m)))

// A gap and a block fit in any order.
#define KNOW_ROOM(room, gap, size)                       \
    TRUTH(((size) <= (room) && (gap) <= (room) - (size)) \
          == ((gap) <= (room) && (size) <= (room) - (gap)))

// With any alignment: the list for its size may have a block that fits as it lies, and
// the one for its size and all that padding can take has one that surely does.
PROOF(alloc_of_any_alignment_succeeds_if_and_only_if_it_fits, 0)
{
    const size_t size = any_word();
    const size_t align = any_word();
    ANY_WATCHED_HEAP(seen);
    reel_heap *const heap = &seen.heap;
    const found_block *const near = &seen.near;
    const found_block *const far = &seen.far;
    const uintptr_t mask = mask_of(align);
    ASSUME(is_sound(heap));
    const size_t frontier = heap->frontier.value;
    const uintptr_t top = address_of(heap, frontier);
    TRUTH((align & mask) != 0 || is_mask(mask));
    know_padding(near->block, mask, heap->mask);
    know_padding(far->block, mask, heap->mask);
    know_padding(top, mask, heap->mask);
    ASSUME((align & mask) == 0 && align > heap->mask + 1);
    ASSUME(seen.is_untouched);
    const size_t n = granules_for(heap, at_least_1(size));
    const size_t more = mask >> heap->shift;
    const bool is_short = n - 1 < heap->count;
    const bool may_pad = is_short && more <= heap->count - n;
    ASSUME(!is_short || !near->is_found
           || has_granules_for(heap, near, n,
                               n < SMALL && near->bin == cut_bin_of(n)));
    ASSUME(!may_pad || !far->is_found
           || has_granules_for(heap, far, n + more, false));
    // The list of a short length has no longer ones.
    ASSUME(n >= SMALL || far->bin != cut_bin_of(n));
    const size_t bytes = n << heap->shift;
    const size_t left = (heap->count - frontier) << heap->shift;
    const bool fits_near =
        is_short && near->is_found
        && fits_padded(near->block, near->bytes, mask, bytes);
    const bool fits_far = may_pad && far->is_found;
    const bool fits_above = is_short && fits_padded(top, left, mask, bytes);
    const uintptr_t shift = heap->shift;
    const size_t gap = any_same(gap_to(top, mask));
    const size_t skipped = any_same(gap >> shift);
    const size_t room = any_same(heap->count - frontier);
    TRUTH((gap & heap->mask) != 0 || gap >> shift << shift == gap);
    KNOW_REST(room, skipped, shift);
    KNOW_ORDER(skipped, room, shift);
    KNOW_ORDER(n, room - skipped, shift);
    LEMMA((top & heap->mask) == 0);
    LEMMA((gap_to(top, mask) & heap->mask) == 0);
    LEMMA(!is_short || skipped << shift == gap);
    LEMMA(!is_short || room <= UINTPTR_MAX >> shift);
    LEMMA(!is_short || n <= UINTPTR_MAX >> shift);
    LEMMA(fits_above == (is_short && skipped <= room && n <= room - skipped));
    KNOW_BYTES(frontier, skipped, shift);
    LEMMA(!is_short || address_of(heap, frontier + skipped) == top + gap);
    LEMMA(top >= heap->base);
    const uintptr_t used = any_same(frontier << shift);
    const uintptr_t whole = any_same(heap->count << shift);
    const uintptr_t above = any_same(UINTPTR_MAX - heap->base);
    KNOW_REST(heap->count, frontier, shift);
    TRUTH(used > whole || whole > above || whole - used <= above - used);
    LEMMA(used <= whole && whole <= above);
    LEMMA(left <= UINTPTR_MAX - top);
    LEMMA(!fits_above || top + gap >= top);
    LEMMA(!is_short || !near->is_found
          || (near->block > 0 && near->bytes <= UINTPTR_MAX - near->block));
    LEMMA(!may_pad || !far->is_found
          || (far->block > 0 && far->bytes <= UINTPTR_MAX - far->block));
    const size_t near_gap = gap_to(near->block, mask);
    const size_t far_gap = gap_to(far->block, mask);
    LEMMA(!fits_far || far_gap <= far->bytes);
    const uintptr_t far_rest = any_same(far_gap);
    const uintptr_t padding = any_same(mask);
    TRUTH((far_rest & heap->mask) != 0 || far_rest > padding
          || far_rest <= padding >> shift << shift);
    KNOW_BYTES(n, more, shift);
    LEMMA(!fits_far || far_gap <= more << shift);
    LEMMA(!fits_far || n + more <= UINTPTR_MAX >> shift);
    LEMMA(!fits_far || (n + more) << shift <= far->bytes);
    LEMMA(!fits_far || bytes <= (n + more) << shift);
    const size_t taken = any_same(bytes);
    const size_t near_bytes = any_same(near->bytes);
    const size_t near_pad = any_same(near_gap);
    KNOW_ROOM(near_bytes, near_pad, taken);
    const size_t far_bytes = any_same(far->bytes);
    const size_t far_pad = any_same(far_gap);
    KNOW_ROOM(far_bytes, far_pad, taken);
    LEMMA(!fits_far || bytes <= far->bytes - far_gap);
    LEMMA(!fits_near || padded(near->block, mask) > 0);
    LEMMA(!fits_far || padded(far->block, mask) > 0);
    LEMMA(!fits_above || padded(top, mask) > 0);
    const uintptr_t block = (uintptr_t)reel_heap_alloc(heap, size, align);
    LEMMA(!fits_near || block == padded(near->block, mask));
    LEMMA(fits_near || !fits_far || block == padded(far->block, mask));
    const bool is_above = !fits_near && !fits_far && fits_above;
    LEMMA(seen.is_raised == is_above);
    LEMMA(!seen.is_raised || block == padded(top, mask));
    ASSERT(block != 0 || !(fits_near || fits_far || fits_above));
    LEMMA(block == 0 || fits_near || fits_far || fits_above);
    ASSERT(!is_above || block == padded(top, mask));
    ASSERT(seen.is_refused == (block == 0));
    ASSERT(block == 0 || (seen.out_n == n && seen.out_bytes >= size));
    const uintptr_t from = fits_near ? near->block : far->block;
    const size_t from_bytes = fits_near ? near->bytes : far->bytes;
    const size_t from_gap = fits_near ? near_gap : far_gap;
    LEMMA(!seen.is_fronted || fits_near || fits_far);
    LEMMA(!seen.is_fronted || seen.front_block == block);
    LEMMA(!seen.is_fronted || seen.front_taken == bytes);
    LEMMA(!seen.is_fronted || seen.front_bytes == from_bytes - from_gap);
    ASSERT(!seen.is_fronted || block - from + seen.front_bytes == from_bytes);
    ASSERT(!seen.is_fronted || seen.front_taken <= seen.front_bytes);
    ASSERT(block == 0 || seen.out_block == block);
    ASSERT(!seen.is_fronted || seen.front_n == n);
    ASSERT(!is_above
           || (seen.raised_to == frontier + skipped + n
               && seen.out_first == frontier + skipped));
    ASSERT(seen.is_left
           == (block != 0 && (is_above ? skipped : from_gap) != 0));
    ASSERT(!seen.is_left || !is_above || seen.left_gap == skipped);
    ASSERT(!seen.is_left || is_above || seen.left_gap == from_gap >> shift);
    ASSERT(!seen.is_left || !is_above || seen.left_first == frontier);
    COVER(fits_near && seen.is_left);
    COVER(!fits_near && fits_far);
    COVER(!fits_near && !fits_far && fits_above && seen.is_left);
    COVER(block == 0 && is_short);
}
