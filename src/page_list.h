// The list of a pool's pages: that of list.h, with the links in pieces, one for each
// chunk. A page's number is the number of its chunk, then that of the page in it,
// its place, in `place_bits` bits. A watermark may stand at the place behind a
// chunk's last page: then the chunk is used up.

#ifndef REEL_SRC_PAGE_LIST_H
#define REEL_SRC_PAGE_LIST_H

#include "bits.h"
#include "count.h"
#include "reel/pool.h"

#define LIST_HAS_PIECES

typedef const reel_pool *list_table;

// The list is the pool's first member.
ALWAYS_INLINE list_table table_of(const reel_list *list)
{
    return (const reel_pool *)list;
}

ALWAYS_INLINE reel_pool_chunk *chunk_at(const reel_pool *pool, uintptr_t i)
{
    return &pool->chunks[i >> pool->place_bits];
}

ALWAYS_INLINE uintptr_t place_in(const reel_pool *pool, uintptr_t i)
{
    return i & (((uintptr_t)1 << pool->place_bits) - 1);
}

ALWAYS_INLINE reel_link *link_at(list_table pool, uintptr_t i)
{
    return &chunk_at(pool, i)->links[place_in(pool, i)];
}

ALWAYS_INLINE reel_word *peak_of(reel_list *list, uintptr_t i)
{
    return &chunk_at(table_of(list), i)->peak;
}

ALWAYS_INLINE uintptr_t place_of(const reel_list *list, uintptr_t i)
{
    return place_in(table_of(list), i);
}

#include "list.h"

ALWAYS_INLINE uintptr_t page_at(const reel_pool *pool, uintptr_t i)
{
    const uintptr_t base = load_relaxed(&chunk_at(pool, i)->base);
    return base + (place_in(pool, i) << pool->page_bits);
}

ALWAYS_INLINE size_t page_size_in(const reel_pool *pool)
{
    return (size_t)1 << pool->page_bits;
}

// What every page is aligned to, less one: chunks are aligned as the backing aligns
// by default, and each page in them as far as its size is.
ALWAYS_INLINE uintptr_t page_align_mask(const reel_pool *pool)
{
    return min_of(REEL_ALIGN_DEFAULT, page_size_in(pool)) - 1;
}

#endif
