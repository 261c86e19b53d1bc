// SPDX-License-Identifier: MIT
// Interrupts are masked while head and link change together. With
// REEL_ATOMICS_NONE there are none.

#ifndef REEL_SRC_LIST_MASKED_H
#define REEL_SRC_LIST_MASKED_H

#if REEL_ATOMICS == REEL_ATOMICS_MASKED
#define LIST_MASK()        reel_port_mask()
#define LIST_UNMASK(saved) reel_port_unmask(saved)
#else
#define LIST_MASK()        0
#define LIST_UNMASK(saved) (void)(saved)
#endif

#ifdef LIST_HAS_PIECES
// Finding a link takes long, so it happens before the mask. The link is the
// right one if the top is still the same inside. Its value is read inside.
ALWAYS_INLINE uintptr_t list_pop(reel_list *list, list_table table)
{
    for (;;) {
        const uintptr_t top = load_relaxed(&list->head);
        if (REEL_UNLIKELY(is_bottom(list, top))) {
            return top;
        }
        reel_link *link = link_at(table, top);
        COMPUTED(link);
        const uintptr_t saved = LIST_MASK();
        const bool is_same = load_relaxed(&list->head) == top;
        if (is_same) {
            store_relaxed(&list->head, next_in(link));
        }
        LIST_UNMASK(saved);
        if (is_same) {
            return top;
        }
    }
}
#else
ALWAYS_INLINE uintptr_t list_pop(reel_list *list, list_table table)
{
    const uintptr_t saved = LIST_MASK();
    const uintptr_t top = load_relaxed(&list->head);
    if (REEL_UNLIKELY(is_bottom(list, top))) {
        LIST_UNMASK(saved);
        return top;
    }
    store_relaxed(&list->head, link_after(table, top));
    LIST_UNMASK(saved);
    return top;
}
#endif

// Under one mask, so peaks come in order.
ALWAYS_INLINE bool list_take_fresh(reel_list *list, uintptr_t *head,
                                   uintptr_t watermark)
{
    reel_link *link = link_of(list, watermark);
    reel_word *word = peak_of(list, watermark);
    uintptr_t next = fresh_from(list, fresh_after(list, watermark));
    uintptr_t peak = place_of(list, watermark) + 1;
    COMPUTED(link);
    COMPUTED(next);
    COMPUTED(peak);
    const uintptr_t saved = LIST_MASK();
    const uintptr_t found = load_relaxed(&list->head);
    if (found != *head) {
        LIST_UNMASK(saved);
        *head = found;
        return false;
    }
    store_relaxed(&list->head, next);
    *link = (reel_link)watermark;
    store_relaxed(word, peak);
    LIST_UNMASK(saved);
    return true;
}

ALWAYS_INLINE bool list_give(reel_list *list, uintptr_t i, uintptr_t above)
{
    // Claim and link change under one mask: no context sees a state between
    // them.
    (void)above;
    reel_link *link = link_of(list, i);
    COMPUTED(link);
    const uintptr_t saved = LIST_MASK();
    if (REEL_UNLIKELY(*link != i)) {
        LIST_UNMASK(saved);
        return false;
    }
    *link = (reel_link)load_relaxed(&list->head);
    store_relaxed(&list->head, i);
    LIST_UNMASK(saved);
    return true;
}

// Put a chain of numbers, linked from `first` to `last`, on the list.
ALWAYS_INLINE void list_push(reel_list *list, uintptr_t first, reel_link *last)
{
    const uintptr_t saved = LIST_MASK();
    *last = (reel_link)load_relaxed(&list->head);
    store_relaxed(&list->head, first);
    LIST_UNMASK(saved);
}

#if REEL_ATOMICS == REEL_ATOMICS_MASKED
#include "covered.h"
#else
ALWAYS_INLINE bool list_begin_count(reel_list *list, uintptr_t *head)
{
    *head = load_relaxed(&list->head);
    return true;
}

ALWAYS_INLINE bool list_end_count(reel_list *list, uintptr_t head)
{
    return load_relaxed(&list->head) == head;
}

#endif

#endif
