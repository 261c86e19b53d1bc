// SPDX-License-Identifier: MIT
// src/blocks*.c and src/list/versioned.h: blocks and their numbers, the list's head and
// what free checks.

#include "proof.h"

void reel_panic(reel_status why, const char *file, int line);

#include "where/product_within"
#include "where/reel_blocks_alloc"
#include "where/reel_blocks_free"

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
}

// ---- products ----------------------------------------------------------------------

// By the halves of both factors. So it is the whole product: see the next proof.
PROOF(a_product_is_exact_if_and_only_if_it_is_within, 0)
{
    const size_t a_high = any_word() & LOW_HALF, a_low = any_word() & LOW_HALF;
    const size_t b_high = any_word() & LOW_HALF, b_low = any_word() & LOW_HALF;
    const size_t limit = any_word();
    const size_t low = a_low * b_low;
    const size_t middle_1 = a_high * b_low, middle_2 = a_low * b_high;
    const wide sum = (wide)middle_1 + middle_2;
    const wide whole = (sum << HALF_BITS) + low;
    size_t product = 0;
    LEMMA(middle_1 <= LOW_HALF * LOW_HALF && middle_2 <= LOW_HALF * LOW_HALF);
    const bool fits =
        (a_high == 0 || b_high == 0) && sum <= LOW_HALF && whole <= limit;
    const bool is_within =
        product_within(a_high << HALF_BITS | a_low, b_high << HALF_BITS | b_low,
                       limit, &product);
    ASSERT(is_within == fits);
    ASSERT(!is_within || product == whole);
    COVER(is_within && middle_1 > 0);
    COVER(!is_within && a_high == 0 && b_high == 0);
    OBSERVE(is_within);
    OBSERVE(is_within ? product : 0);
}

PROOF(a_product_is_that_of_halves, 0)
{
    const size_t a_high = any_word(), a_low = any_word();
    const size_t b_high = any_word(), b_low = any_word();
    const size_t one = (size_t)1 << HALF_BITS;
    ASSERT((a_high * one + a_low) * (b_high * one + b_low)
           == (a_high * b_low + a_low * b_high) * one + a_low * b_low);
    ASSERT((a_high << HALF_BITS) == a_high * one);
    COVER(a_high > 0);
}

// ---- numbers -----------------------------------------------------------------------

#define ANY_BLOCKS(blocks)                                              \
    reel_blocks blocks;                                                 \
    blocks.shift = any_case(0, WORD_BITS - 1);                          \
    blocks.list.head.value = any_word(),                                \
    blocks.list.links = (void *)any_word();                             \
    blocks.list.count = any_word(), blocks.list.fresh_bit = any_word(); \
    blocks.list.peak.value = any_word(), blocks.inverse = any_word();   \
    blocks.base = any_word(), blocks.block_size = any_word();           \
    blocks.failures.value = any_word(), blocks.entry = NULL

// What init sets: a size is an odd number times a power of two. The bytes of all blocks
// are no more than a size.
#define ANY_STRIDE(blocks, odd)                           \
    const uintptr_t one = (uintptr_t)1 << (blocks).shift; \
    (blocks).block_size = (odd)*one;                      \
    ASSUME((odd) * (blocks).inverse == 1);                \
    ASSUME((blocks).list.count <= UINTPTR_MAX >> (blocks).shift)

// An offset times the inverse, times the odd factor, is the offset.
#define KNOW_OFFSET(offset, inverse, odd) \
    TRUTH(((offset) * (inverse)) * (odd) == (offset) * ((odd) * (inverse)))

PROOF(a_block_has_the_number_that_it_was_made_from, 0)
{
    const uintptr_t i = any_word();
    const uintptr_t odd = any_word();
    ANY_BLOCKS(blocks);
    ANY_STRIDE(blocks, odd);
    const uintptr_t block = blocks.base + i * stride_of(&blocks);
    const uintptr_t inverse = blocks.inverse;
    TRUTH((i * (odd * one)) * inverse == (i * one) * (odd * inverse));
    TRUTH(i * one == i << blocks.shift);
    ASSUME(i < blocks.list.count);
    LEMMA((block - blocks.base) * inverse == i << blocks.shift);
    ASSERT(number_of(&blocks, (void *)block) == i);
    ASSERT(reel_blocks_owns(&blocks, (void *)block));
    COVER(i > 0);
    OBSERVE(block);
}

// So no other address has a number below the count. Each offset is such a sum of
// products: see the next proof.
PROOF(a_number_below_the_count_is_of_the_first_byte_of_a_block, 0)
{
    const uintptr_t i = any_word();
    const uintptr_t rest = any_word();
    const uintptr_t odd = any_word();
    ANY_BLOCKS(blocks);
    ANY_STRIDE(blocks, odd);
    const uintptr_t inverse = blocks.inverse;
    const uintptr_t offset = (i * one + rest) * odd;
    const uintptr_t block = blocks.base + offset;
    TRUTH(offset == i * (odd * one) + rest * odd);
    TRUTH(offset * inverse == (i * one + rest) * (odd * inverse));
    ASSUME(rest < one && i <= UINTPTR_MAX >> blocks.shift);
    LEMMA((block - blocks.base) * inverse == i * one + rest);
    const bool is_below = number_of(&blocks, (void *)block) < blocks.list.count;
    LEMMA(!is_below || rest == 0);
    ASSERT(!is_below || number_of(&blocks, (void *)block) == i);
    ASSERT(!is_below || block == blocks.base + i * stride_of(&blocks));
    COVER(is_below && i > 0);
    COVER(!is_below && rest > 0);
    OBSERVE(is_below);
}

PROOF(each_offset_is_a_product, 0)
{
    const uintptr_t offset = any_word();
    const uintptr_t odd = any_word();
    ANY_BLOCKS(blocks);
    const uintptr_t product = offset * blocks.inverse;
    const uintptr_t one = (uintptr_t)1 << blocks.shift;
    KNOW_OFFSET(offset, blocks.inverse, odd);
    ASSUME(odd * blocks.inverse == 1);
    ASSERT(product * odd == offset);
    ASSERT((product >> blocks.shift) * one + (product & (one - 1)) == product);
    COVER(offset > 0);
}

// ---- the head ------------------------------------------------------------------------

static bool has_version(const reel_list *list)
{
    return is_pow2(list->fresh_bit) && list->count < list->fresh_bit
           && list->count <= REEL_BLOCKS_MAX && list->count > 0
           && list->fresh_bit <= 2 * list->count;
}

// A version is all bits above, and wraps at the top. Eight bits of it are the least.
PROOF(each_take_changes_the_version_and_nothing_else, 0)
{
    ANY_BLOCKS(blocks);
    const reel_list *const list = &blocks.list;
    const uintptr_t head = list->head.value;
    ASSUME(has_version(list));
    const uintptr_t next = next_version(list, head);
    const uintptr_t versions = UINTPTR_MAX / (2 * list->fresh_bit);
    ASSERT(versions >= 255);
    ASSERT(top_of(list, next) == 0 && next != head - top_of(list, head));
    ASSERT(next - (head - top_of(list, head)) == 2 * list->fresh_bit);
    COVER(next < head);
    COVER(next > head);
    OBSERVE(next);
}

PROOF(a_head_says_that_the_list_is_empty_and_the_watermark, 0)
{
    const uintptr_t watermark = any_word();
    const uintptr_t i = any_word();
    ANY_BLOCKS(blocks);
    const reel_list *const list = &blocks.list;
    const uintptr_t version = next_version(list, list->head.value);
    ASSUME(has_version(list));
    ASSUME(watermark <= list->count && i < list->count);
    const uintptr_t fresh = version | fresh_from(list, watermark);
    ASSERT(is_bottom(list, fresh) && watermark_of(list, fresh) == watermark);
    ASSERT(is_bottom(list, top_of(list, fresh)));
    ASSERT(!is_bottom(list, version | i)
           && watermark_of(list, version | i) == i);
    ASSERT(top_of(list, version | i) == i);
    ASSERT(next_version(list, fresh) == version + 2 * list->fresh_bit);
    COVER(watermark == list->count);
    COVER(version == 0);
    OBSERVE(fresh);
}

// ---- allocation and free -----------------------------------------------------------

// A head that there may be. The links are memory, and each leads to a number or is the
// bottom: what a list is, tests explore.
static bool has_head(const reel_list *list)
{
    return has_version(list) && list_has_head(list)
           && list->peak.value <= list->count;
}

static uintptr_t link_below(const reel_list *list)
{
    const uintptr_t top = list_top(list);
    return is_bottom(list, top) ? top : link_after(table_of(list), top);
}

// The links do not reach into the pool itself.
static bool has_links(const reel_blocks *blocks)
{
    const uintptr_t links = (uintptr_t)blocks->list.links;
    return links != 0 && links % sizeof(reel_link) == 0
           && links <= TOP_OF_INPUTS
           && blocks->list.count <= (TOP_OF_INPUTS - links) / sizeof(reel_link);
}

PROOF(alloc_succeeds_if_and_only_if_a_block_is_free_or_fresh, 2)
{
    ANY_BLOCKS(blocks);
    reel_list *const list = &blocks.list;
    const reel_list old = *list;
    ASSUME(has_head(list) && has_links(&blocks));
    const uintptr_t head = list->head.value;
    const bool is_empty = is_bottom(list, head);
    const uintptr_t watermark = watermark_of(list, head);
    const uintptr_t below = link_below(list);
    ASSUME(is_empty || below <= 2 * list->fresh_bit - 1);
    const uintptr_t block = (uintptr_t)reel_blocks_alloc(&blocks);
    const uintptr_t now = list->head.value;
    const bool is_out = !is_empty || watermark < list->count;
    ASSERT(!is_out || block == blocks.base + watermark * stride_of(&blocks));
    ASSERT(is_out || (now == head && list->peak.value == old.peak.value));
    ASSERT(is_out || block == 0);
    ASSERT(is_empty || top_of(list, now) == below);
    ASSERT(!is_empty || !is_out
           || top_of(list, now) == fresh_from(list, watermark + 1));
    ASSERT(!is_out || now - top_of(list, now) != head - top_of(list, head));
    COVER(!is_empty);
    COVER(is_empty && is_out);
    COVER(!is_out);
}

// If and only if it is the first byte of a block that was out, and is so no longer: only
// an allocated block's link is its own number.
PROOF(free_succeeds_if_and_only_if_the_block_is_out, 1)
{
    const uintptr_t block = any_word();
    const uintptr_t odd = any_word();
    const uintptr_t other = any_word();
    ANY_BLOCKS(blocks);
    ANY_STRIDE(blocks, odd);
    reel_list *const list = &blocks.list;
    const uintptr_t peak = list->peak.value;
    const uintptr_t offset = block - blocks.base, null = 0 - blocks.base;
    KNOW_OFFSET(offset, blocks.inverse, odd);
    KNOW_OFFSET(null, blocks.inverse, odd);
    ASSUME(number_of(&blocks, NULL) >= list->count); // no block is there
    ASSUME(has_head(list) && has_links(&blocks));
    const uintptr_t head = list->head.value;
    const uintptr_t i = number_of(&blocks, (void *)block);
    const bool is_out = i < peak && list_is_allocated(list, i);
    ASSUME(other < list->count);
    const uintptr_t link_before = link_after(table_of(list), other);
    const reel_status status = reel_blocks_free(&blocks, (void *)block);
    const uintptr_t now = list->head.value;
    ASSERT((status == REEL_OK) == is_out);
    ASSERT(is_out
           || status
                  == (block == 0        ? REEL_INVALID
                      : i < list->count ? REEL_DOUBLE_FREE
                                        : REEL_FOREIGN));
    ASSERT(is_out || now == head);
    ASSERT(!is_out || top_of(list, now) == i);
    ASSERT(!is_out || now - top_of(list, now) == head - top_of(list, head));
    ASSERT(!is_out || link_after(table_of(list), i) == top_of(list, head));
    ASSERT(!is_out || top_of(list, head) == i || !list_is_allocated(list, i));
    ASSERT((is_out && other == i)
           || link_after(table_of(list), other) == link_before);
    COVER(is_out && is_bottom(list, head));
    COVER(is_out && !is_bottom(list, head));
    COVER(!is_out && i < peak);
    COVER(status == REEL_FOREIGN);
    COVER(block == 0);
}
