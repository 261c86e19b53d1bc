// A list of free numbers, kept in a table of links: what hands out blocks.
//
//   list_take_listed(list, &head)
//                         the number that was given back last; NO_NUMBER if there
//                         is none, and then `head` is what the head says
//   list_give(list, i, above)
//                         give back i, below the watermark; false if it is free
//                         already, and nothing has changed. `above` is whatever
//                         the caller has at hand that is above i
//   list_is_out(list, i)  is i out just now?
//   list_push(list, first, link)
//                         put a chain on the list: `first`, and by links of their
//                         own the others, up to the one whose link is given
//
// The head names the top of the list, or says "fresh w": nothing is on the list,
// and w is the watermark, from where on no number was ever out. The bottom link
// says the same. So list and watermark are one word: taking from an empty list is
// one exchange like any other, and "none left" is never spurious.
//
// A number that is out links to itself. What makes an exchange of the head safe
// from ABA differs, so each backend has its own: a version beside the number, the
// exclusive monitor, or the mask. Beside the calls above it has list_take_fresh(list,
// &head, watermark): if the head is still `head`, which says that nothing is on the
// list, take `watermark`, a fresh number; otherwise say what the head is.
//
// One table of links serves blocks. A module that has them in pieces defines
// LIST_HAS_PIECES and, before it includes this, the five lines below for its own.

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

// Numbers below it have been out, counted from where their piece begins.
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

// Does the head say what a head can say? One word: true at every moment.
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
