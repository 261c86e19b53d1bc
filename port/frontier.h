// SPDX-License-Identifier: MIT
// What a range's hooks may be asked for: private to the ports that keep a
// frontier.

#ifndef REEL_PORT_FRONTIER_H
#define REEL_PORT_FRONTIER_H

#include "reel/pages.h"

static inline bool is_whole_pages(const reel_pages *pages, size_t size)
{
    return size != 0 && (size & (pages->page_size - 1)) == 0;
}

// Whole pages, at the frontier, and within the range? `offset` is where the
// bytes begin, from the start of the range.
static inline bool may_commit(const reel_pages *pages, size_t frontier,
                              size_t range, size_t offset, size_t size)
{
    return is_whole_pages(pages, size) && offset == frontier
           && size <= range - frontier;
}

static inline bool may_decommit(const reel_pages *pages, size_t frontier,
                                size_t offset, size_t size)
{
    return is_whole_pages(pages, size) && size <= frontier
           && offset == frontier - size;
}

#endif
