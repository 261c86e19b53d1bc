// SPDX-License-Identifier: MIT
#include "block_list.h"

// a * b if it is at most `limit`. It is computed from half words: Cortex-M0 has
// neither a division nor a wider product.
static bool product_within(size_t a, size_t b, size_t limit, size_t *product)
{
    const size_t a_low = a & LOW_HALF, a_high = a >> HALF_BITS;
    const size_t b_low = b & LOW_HALF, b_high = b >> HALF_BITS;
    const size_t middle = a_high * b_low + a_low * b_high;
    // In both cases the product does not fit a word.
    if ((a_high > 0 && b_high > 0) || middle > LOW_HALF) {
        return false;
    }
    const size_t high = middle << HALF_BITS;
    const size_t low = a_low * b_low;
    if (high > limit || low > limit - high) {
        return false;
    }
    *product = high + low;
    return true;
}

// The place of the links, behind the blocks; NULL if they do not fit.
static reel_link *place_links(uintptr_t start, size_t size, size_t block_size,
                              size_t count)
{
    size_t bytes;
    if (!product_within(stride_for(block_size), count, size, &bytes)) {
        return NULL;
    }
    // The blocks lie in the buffer, which ends below the top: so the sum does
    // not wrap.
    const size_t gap = gap_to(start + bytes, sizeof(reel_link) - 1);
    if (gap > size - bytes
        || count > (size - bytes - gap) / sizeof(reel_link)) {
        return NULL;
    }
    return (reel_link *)(start + bytes + gap);
}

// Newton's iteration: each turn doubles the number of correct bits, from 3.
static size_t inverse_of(size_t odd)
{
    size_t inverse = odd;
    size_t product = odd * inverse;
    while (product != 1) {
        inverse *= 2 - product;
        product = odd * inverse;
    }
    return inverse;
}

static bool is_usable(const reel_blocks *blocks, uintptr_t start, size_t size,
                      size_t block_size, size_t count)
{
    return blocks != NULL && start != 0 && block_size > 0 && count > 0
           && count <= REEL_BLOCKS_MAX && is_below_top(start, size);
}

static IN_CALLER void start_blocks(reel_blocks *blocks, uintptr_t start,
                                   size_t block_size, size_t count,
                                   reel_link *links)
{
    const size_t stride = stride_for(block_size);
    // The lowest bit that is set: an inverse exists only for the odd factor
    // above it.
    const uintptr_t shift = log2_of(stride & (0 - stride));
    blocks->base = start;
    blocks->block_size = block_size;
    blocks->inverse = inverse_of(stride >> shift);
    blocks->shift = shift;
    store_relaxed(&blocks->failures, 0);
    blocks->entry = NULL;
    watch_unused(start, stride * count);
    // No link is written here: one is read only below the watermark, which passes a
    // link that the allocation wrote.
    watch_own((uintptr_t)links, count * sizeof *links); // of an earlier owner
    // The list comes last, with release: a context that reads the head may
    // allocate.
    list_start(&blocks->list, links, count);
    REEL_REPORT(DEFINE, BLOCKS, blocks, start, stride * count);
    INVARIANT(reel_blocks_is_valid(blocks));
}

reel_status reel_blocks_init(reel_blocks *blocks, void *buffer, size_t size,
                             size_t block_size, size_t count)
{
    const uintptr_t start = (uintptr_t)buffer;
    if (!is_usable(blocks, start, size, block_size, count)) {
        return REEL_INVALID;
    }
    reel_link *const links = place_links(start, size, block_size, count);
    if (links == NULL) {
        return REEL_INVALID;
    }
    start_blocks(blocks, start, block_size, count, links);
    return REEL_OK;
}
ALSO_PLAIN(reel_blocks_init);

reel_status reel_blocks_init_apart(reel_blocks *blocks, void *buffer,
                                   size_t size, size_t block_size, size_t count,
                                   reel_link *links)
{
    const uintptr_t start = (uintptr_t)buffer;
    // Links need not lie near the blocks: so each range is checked alone.
    const uintptr_t at = (uintptr_t)links;
    size_t bytes;
    if (!is_usable(blocks, start, size, block_size, count)
        || !product_within(stride_for(block_size), count, size, &bytes)
        || at == 0 || at % sizeof *links != 0
        || !product_within(sizeof *links, count, SIZE_MAX, &bytes)
        || !is_below_top(at, bytes)) {
        return REEL_INVALID;
    }
    start_blocks(blocks, start, block_size, count, links);
    return REEL_OK;
}
ALSO_PLAIN(reel_blocks_init_apart);

// What init has set.
bool reel_blocks_has_form(const reel_blocks *blocks)
{
    size_t bytes;
    // With another inverse an address inside a block could pass for a block.
    return has_valid_form(&blocks->list) && blocks->shift < WORD_BITS
           && (stride_of(blocks) >> blocks->shift) * blocks->inverse == 1
           && product_within(stride_of(blocks), blocks->list.count, SIZE_MAX,
                             &bytes)
           && blocks->base != 0 && is_below_top(blocks->base, bytes);
}
