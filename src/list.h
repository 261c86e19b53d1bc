// SPDX-License-Identifier: MIT
// A list of free numbers, kept in a table of links, for blocks and pages.
//
//   list_take_listed(list, &head)
//                         the number that was freed last; NO_NUMBER if the list
//                         is empty, and then `head` is the head
//   list_give(list, i, above)
//                         free i, below the watermark; false if it is free
//                         already, and nothing has changed. `above` is any
//                         number above i
//   list_is_allocated(list, i)  is i allocated now?
//   list_push(list, first, link)
//                         put a chain on the list: from `first`, by their links,
//                         to the number whose link is given
//
// The head is the top of the list, or "fresh w": the list is empty, and w is
// the watermark. Numbers from w on were never allocated. The bottom link says
// the same. So list and watermark are one word: taking from an empty list is
// one exchange, too, and "none left" is never spurious.
//
// An allocated number links to itself. Each backend prevents ABA in its own
// way: by a version beside the number, the exclusive monitor, or the mask. Each
// also has list_take_fresh(list, &head, watermark): if the head is still
// `head`, which says that the list is empty, take the unused number
// `watermark`; else store the head in `head`.
//
// To count the list takes many steps, and other contexts may change it
// meanwhile. So each backend also tells whether it was whole all that time:
//
//   list_begin_count(list, &head)
//                         the head; false if another context counts, which
//                         some backends do not allow
//   list_end_count(list, head)
//                         true if no number that was on the list then was
//                         taken since. Ends what list_begin_count() began
//   is_covered(list, head), list_uncover(list)
//                         was the list hidden by a context that counts? Show
//                         it, if it still is
//
// Blocks have one table of links. A module that has them in pieces defines
// LIST_HAS_PIECES and, before it includes this, its own of the six functions
// below.

#ifndef REEL_SRC_LIST_H
#define REEL_SRC_LIST_H

#include "bits.h"
#include "count.h"
#include "reel/blocks.h"

#define NO_NUMBER UINTPTR_MAX
#define NOT_SEEN  (NO_NUMBER - 1) // there may be one, but the list was covered

#ifndef LIST_HAS_PIECES
typedef reel_link *list_table;

ALWAYS_INLINE list_table table_of(const reel_list *list)
{
    return list->links;
}

ALWAYS_INLINE reel_link *link_at(list_table table, uintptr_t i)
{
    return &table[i];
}

// Numbers below it were allocated, counted from the start of their piece.
ALWAYS_INLINE reel_word *peak_of(reel_list *list, uintptr_t i)
{
    (void)i;
    return &list->peak;
}

ALWAYS_INLINE uintptr_t place_of(const reel_list *list, uintptr_t i)
{
    (void)list;
    return i;
}

// What the watermark is when i, an unused number, has been allocated.
ALWAYS_INLINE uintptr_t fresh_after(const reel_list *list, uintptr_t i)
{
    (void)list;
    return i + 1;
}

// Was it ever allocated? Only then has its link a value.
ALWAYS_INLINE bool was_allocated(const reel_list *list, uintptr_t i)
{
    return i < load_relaxed(&list->peak);
}
#endif

#define LOOKS 4 // at a list that other contexts change meanwhile, at most

#if REEL_LISTS_ARE_VERSIONED
#include "list/versioned.h"
#else
#include "list/signed.h"
#endif

#ifndef LISTS_ARE_COVERED
#define LISTS_ARE_COVERED 0

ALWAYS_INLINE bool is_covered(const reel_list *list, uintptr_t head)
{
    (void)list, (void)head;
    return false;
}

ALWAYS_INLINE void list_uncover(reel_list *list)
{
    (void)list;
}
#endif

ALWAYS_INLINE bool is_unseen(uintptr_t i)
{
    return LISTS_ARE_COVERED && i == NOT_SEEN;
}

ALWAYS_INLINE bool is_none(uintptr_t i)
{
    return LISTS_ARE_COVERED ? i >= NOT_SEEN : i == NO_NUMBER;
}

// Is the head one of the possible values? It is one word, so this holds at
// every moment.
static inline bool list_has_head(const reel_list *list)
{
    const uintptr_t top = list_top(list);
    return is_bottom(list, top)
               ? watermark_of(list, top) <= list->count || is_covered(list, top)
               : top < list->count;
}

// Count the numbers on the list, up to `most`. True if `count` of them were on it
// at one moment of the call. On its way it may read any value.
OUT_OF_LINE bool list_count(reel_list *list, size_t most, size_t *count)
{
    uintptr_t head;
    if (!list_begin_count(list, &head)) {
        return false;
    }
    uintptr_t link = top_of(list, head);
    *count = 0;
    while (*count < most && !is_bottom(list, link)
           && was_allocated(list, link)) {
        link = link_after(table_of(list), link);
        ++*count;
    }
    return list_end_count(list, head) && is_bottom(list, link);
}

// The numbers on the list at one moment of the call; 0 if other contexts do not
// let it count. Both are at most as many as were free at that moment.
static inline size_t list_length(const reel_list *list, size_t most)
{
    reel_list *const shared = (reel_list *)(uintptr_t)list; // a count marks it
    size_t count;
    for (int looks = 0; looks < LOOKS; looks++) {
        if (list_count(shared, most, &count)) {
            return count;
        }
    }
    return 0;
}

// `count` is above all numbers.
static inline void list_start(reel_list *list, reel_link *links, size_t count)
{
    list->links = links;
    list->count = count;
    store_relaxed(&list->peak, 0);
    list_start_empty(list);
}

#endif
