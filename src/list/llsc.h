// SPDX-License-Identifier: MIT
// Armv7-M or Armv8-M mainline: the head is exchanged by exclusive load and
// store. An exception clears the exclusive monitor. So if a handler runs
// between the two, the store fails: there is no ABA, no version, and no
// masking. The next link is read between the two.
//
// No barriers: one core sees its own program order.

#ifndef REEL_SRC_LIST_LLSC_H
#define REEL_SRC_LIST_LLSC_H

#if REEL_LINKS_ARE_WORDS
#define HALF ""
#else
#define HALF "h"
#endif

ALWAYS_INLINE uintptr_t load_link_exclusive(const reel_link *link)
{
    uintptr_t value;
    __asm__ volatile("ldrex" HALF " %0, %1"
                     : "=r"(value)
                     : "Q"(*link)
                     : "memory");
    return value;
}

ALWAYS_INLINE bool store_link_exclusive(reel_link *link, uintptr_t value)
{
    uintptr_t failed;
    __asm__ volatile("strex" HALF " %0, %2, %1"
                     : "=&r"(failed), "=Q"(*link)
                     : "r"(value)
                     : "memory");
    return failed == 0;
}

ALWAYS_INLINE uintptr_t list_pop(reel_list *list, list_table table)
{
    uintptr_t top;
    do {
        top = load_exclusive(&list->head);
        if (REEL_UNLIKELY(is_bottom(list, top))) {
            return top;
        }
    } while (
        REEL_UNLIKELY(!store_exclusive(&list->head, link_after(table, top))));
    return top;
}

ALWAYS_INLINE bool list_take_fresh(reel_list *list, uintptr_t *head,
                                   uintptr_t watermark)
{
    if (!swap_if_relaxed(&list->head, head,
                         fresh_from(list, fresh_after(list, watermark)))) {
        return false;
    }
    *link_of(list, watermark) = (reel_link)watermark;
    // Fresh numbers are issued in order; their takers may come here out of order.
    raise_count(peak_of(list, watermark), place_of(list, watermark) + 1);
    return true;
}

// Put a chain of numbers, linked from `first` to `last`, on the list.
ALWAYS_INLINE void list_push(reel_list *list, uintptr_t first, reel_link *last)
{
    uintptr_t head;
    do {
        head = load_relaxed(&list->head);
        *last = (reel_link)head;
    } while (REEL_UNLIKELY(!swap_if_relaxed(&list->head, &head, first)));
}

// Claim an allocated number, by an exchange that only one context wins. Then
// link it in. In between its link is the number above it, so it is not
// allocated.
ALWAYS_INLINE bool list_give(reel_list *list, uintptr_t i, uintptr_t above)
{
    reel_link *const link = link_of(list, i);
    do {
        if (REEL_UNLIKELY(load_link_exclusive(link) != i)) {
            return false;
        }
    } while (REEL_UNLIKELY(!store_link_exclusive(link, above)));
    list_push(list, i, link);
    return true;
}

// An exception clears the monitor, so no context can have changed anything.
ALWAYS_INLINE bool list_begin_count(reel_list *list, uintptr_t *head)
{
    *head = load_exclusive(&list->head);
    return true;
}

ALWAYS_INLINE bool list_end_count(reel_list *list, uintptr_t head)
{
    return store_exclusive(&list->head, head);
}

#endif
