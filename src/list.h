// A list of free numbers, kept in a table of links: what hands out blocks.
//
//   list_take(list)       a free number, the one given back last, or else the
//                         next fresh one; NO_NUMBER if there is none
//   list_take_listed(list, &head)
//                         only one that was given back; if there is none, `head`
//                         is what list_take_fresh() goes on with
//   list_give(list, i)    give back i, below the watermark; false if it is free
//                         already, and nothing has changed
//   list_is_out(list, i)  is i out just now?
//
// The head names the top of the list, or says "fresh w": nothing is on the list,
// and w is the watermark, from where on no number was ever out. The bottom link
// says the same. So list and watermark are one word: taking from an empty list is
// one exchange like any other, and "none left" is never spurious.
//
// A number that is out links to itself. What makes an exchange of the head safe
// from ABA differs, so each backend has its own: a version beside the number, the
// exclusive monitor, or the mask. Beside the calls above it has list_issue(list,
// &head, mark): if the head is still `head`, which says "fresh mark", take that
// one; otherwise say what the head is.

#ifndef REEL_SRC_LIST_H
#define REEL_SRC_LIST_H

#include "count.h"
#include "reel/blocks.h"

#define NO_NUMBER UINTPTR_MAX

ALWAYS_INLINE uintptr_t list_peak(const reel_list *list)
{
    return load_relaxed(&list->peak);
}

#if REEL_LISTS_ARE_VERSIONED
#include "list/versioned.h"
#else
#include "list/signed.h"
#endif

// Nothing was on the list when `head` was read. NO_NUMBER is never spurious: one
// look at the head says both that and that no fresh number is left.
static inline uintptr_t list_take_fresh(reel_list *list, uintptr_t head)
{
    for (;;) {
        const uintptr_t mark = watermark_of(list, head);
        if (!is_bottom(list, head)) {
            const uintptr_t i = list_take_listed(list, &head);
            if (i != NO_NUMBER) {
                return i;
            }
        } else if (mark >= list->count) {
            return NO_NUMBER;
        } else if (list_issue(list, &head, mark)) {
            return mark;
        }
    }
}

ALWAYS_INLINE uintptr_t list_take(reel_list *list)
{
    uintptr_t head;
    const uintptr_t i = list_take_listed(list, &head);
    return i != NO_NUMBER ? i : list_take_fresh(list, head);
}

// How many numbers are on the list; SIZE_MAX if it is not a list.
static inline size_t list_length(const reel_list *list)
{
    const uintptr_t peak = list_peak(list);
    uintptr_t link = list_top(list);
    size_t length = 0;
    while (!is_bottom(list, link)) {
        if (link >= peak || length == peak) {
            return SIZE_MAX;
        }
        link = link_after(list->links, link);
        length++;
    }
    return watermark_of(list, link) == peak ? length : SIZE_MAX;
}

#endif
