// SPDX-License-Identifier: MIT
#include "block_list.h"

// The length of the list; SIZE_MAX if it is not a list.
static size_t length_of(const reel_list *list)
{
    const uintptr_t peak = peak_so_far(list);
    uintptr_t link = list_top(list);
    size_t length = 0;
    while (!is_bottom(list, link)) {
        // A link at the watermark or above was never written, and a ring has no
        // end.
        if (link >= peak || length == peak) {
            return SIZE_MAX;
        }
        link = link_after(table_of(list), link);
        length++;
    }
    return watermark_of(list, link) == peak ? length : SIZE_MAX;
}

size_t reel_blocks_peak(const reel_blocks *blocks)
{
    return peak_so_far(&blocks->list);
}

// The list is read first. A block that is allocated and freed in between then
// counts as used: too many is allowed, too few is not.
size_t reel_blocks_count_used(const reel_blocks *blocks)
{
    const size_t listed = list_length(&blocks->list, reel_blocks_peak(blocks));
    const size_t peak = reel_blocks_peak(blocks);
    return peak - min_of(listed, peak);
}

size_t reel_blocks_count_free(const reel_blocks *blocks)
{
    return blocks->list.count - reel_blocks_count_used(blocks);
}

reel_stats reel_blocks_stats(const reel_blocks *blocks)
{
    const size_t failures = load_relaxed(&blocks->failures);
    reel_stats stats;
    stats.size = blocks->list.count * blocks->block_size;
    stats.used = reel_blocks_count_used(blocks) * blocks->block_size;
    stats.peak = reel_blocks_peak(blocks) * blocks->block_size;
    stats.failures = failures;
    stats.largest_refused = failures > 0 ? blocks->block_size : 0;
    return stats;
}

// The blocks whose links say that they are allocated.
static size_t count_links(const reel_blocks *blocks)
{
    size_t allocated = 0;
    for (size_t i = 0; i < reel_blocks_peak(blocks); i++) {
        allocated += list_is_allocated(&blocks->list, i);
    }
    return allocated;
}

bool reel_blocks_is_valid(const reel_blocks *blocks)
{
    const reel_list *const list = &blocks->list;
    if (has_ended(blocks)) {
        return list->links != NULL && peak_so_far(list) == 0
               && is_bottom(list, list_top(list));
    }
    // At rest only: during a free a number is neither allocated nor on the
    // list.
    return is_shareable(blocks)
           && length_of(list) == peak_so_far(list) - count_links(blocks);
}
