// SPDX-License-Identifier: MIT
// One core: the head and the links are numbers, or if negative the complement
// of the watermark. Links are plain memory: every exchange of the head is a
// compiler barrier, and one core sees its own program order. The backend keeps
// a handler out of an exchange:
//
//   list_pop(list, table)  take the top off the list; if it is negative, nothing
//                          was taken
//   list_take_fresh(list, &head, watermark) and list_give(list, i, above)
//                          see list.h

#ifndef REEL_SRC_LIST_SIGNED_H
#define REEL_SRC_LIST_SIGNED_H

typedef reel_link list_link;

ALWAYS_INLINE list_link *link_of(const reel_list *list, uintptr_t i)
{
    return link_at(table_of(list), i);
}

ALWAYS_INLINE uintptr_t list_top(const reel_list *list)
{
    return load_relaxed(&list->head);
}

ALWAYS_INLINE uintptr_t top_of(const reel_list *list, uintptr_t head)
{
    (void)list;
    return head;
}

ALWAYS_INLINE uintptr_t next_in(const reel_link *link)
{
    const reel_signed_link next = *(const reel_signed_link *)link;
    return (uintptr_t)(intptr_t)next;
}

ALWAYS_INLINE uintptr_t link_after(list_table table, uintptr_t i)
{
    return next_in(link_at(table, i));
}

ALWAYS_INLINE bool is_bottom(const reel_list *list, uintptr_t link)
{
    (void)list;
    return (intptr_t)link < 0;
}

ALWAYS_INLINE uintptr_t watermark_of(const reel_list *list, uintptr_t link)
{
    (void)list;
    return ~link;
}

// The head of an empty list whose watermark is `watermark`.
ALWAYS_INLINE uintptr_t fresh_from(const reel_list *list, uintptr_t watermark)
{
    (void)list;
    return ~watermark;
}

ALWAYS_INLINE void list_start_empty(reel_list *list)
{
    list->fresh_bit = 0;
    store_release(&list->head, fresh_from(list, 0));
}

// Of a list that has not ended: its count is not 0.
ALWAYS_INLINE bool has_valid_form(const reel_list *list)
{
    return list->count <= REEL_BLOCKS_MAX;
}

// The owner of an allocated number uses its link for a chain.
ALWAYS_INLINE void list_set_link(reel_list *list, uintptr_t i, uintptr_t next)
{
    *link_of(list, i) = (reel_link)next;
}

// One owner: set the head to `top`, whatever it was.
ALWAYS_INLINE void list_replace(reel_list *list, uintptr_t top)
{
    store_release(&list->head, top);
}

ALWAYS_INLINE bool list_is_allocated(const reel_list *list, uintptr_t i)
{
    return *link_of(list, i) == i;
}

#if REEL_ATOMICS == REEL_ATOMICS_LLSC
#include "llsc.h"
#else
#include "masked.h"
#endif

// The table's address is loaded once: a pop is a compiler barrier.
ALWAYS_INLINE uintptr_t list_take_listed(reel_list *list, uintptr_t *head)
{
    const list_table table = table_of(list);
    const uintptr_t top = list_pop(list, table);
    *head = top;
    if (REEL_UNLIKELY(is_bottom(list, top))) {
        return NO_NUMBER;
    }
    *link_at(table, top) = (reel_link)top;
    return top;
}

#endif
