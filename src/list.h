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
// Blocks have one table of links. A module that has them in pieces defines
// LIST_HAS_PIECES and, before it includes this, its own of the five lines
// below.

#ifndef REEL_SRC_LIST_H
#define REEL_SRC_LIST_H

#include "bits.h"
#include "count.h"
#include "reel/blocks.h"

#define NO_NUMBER UINTPTR_MAX

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
#endif

#if REEL_LISTS_ARE_VERSIONED
#include "list/versioned.h"
#else
#include "list/signed.h"
#endif

// Is the head one of the possible values? It is one word, so this holds at
// every moment.
static inline bool list_has_head(const reel_list *list)
{
    const uintptr_t top = list_top(list);
    return is_bottom(list, top) ? watermark_of(list, top) <= list->count
                                : top < list->count;
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
