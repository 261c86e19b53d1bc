// SPDX-License-Identifier: MIT
// How a list whose changes are masked is counted.
//
// A walk is too long for the mask. So a context that counts hides the list under
// a cover: the head says COVER, which other contexts take for the bottom. They
// free numbers on top of it. A context that allocates and finds only the cover
// lifts it, and then the count has failed. Only one context at a time counts.
//
// `fresh_bit` serves no version here. It is the state: no context counts, the
// cover was lifted, or COVERED plus the number under the cover.

#ifndef REEL_SRC_LIST_COVERED_H
#define REEL_SRC_LIST_COVERED_H

#define COVER             (~(uintptr_t)REEL_LINK_MAX)
#define LISTS_ARE_COVERED 1
enum { NOT_COUNTED, LIFTED, COVERED };

ALWAYS_INLINE reel_word *cover_of(reel_list *list)
{
    return (reel_word *)(uintptr_t)&list->fresh_bit;
}

ALWAYS_INLINE bool is_covered(const reel_list *list, uintptr_t head)
{
    (void)list;
    return head == COVER;
}

OUT_OF_LINE void list_uncover(reel_list *list)
{
    uintptr_t cover = COVER, lifted = LIFTED;
    COMPUTED(cover);
    COMPUTED(lifted);
    const uintptr_t saved = LIST_MASK();
    if (load_relaxed(&list->head) == cover) {
        store_relaxed(&list->head, load_relaxed(cover_of(list)) - COVERED);
        store_relaxed(cover_of(list), lifted);
    }
    LIST_UNMASK(saved);
}

static inline bool list_begin_count(reel_list *list, uintptr_t *head)
{
    uintptr_t seen = NOT_COUNTED, cover = COVER;
    // One context counts at a time: the state has room for the number below one
    // cover.
    if (!swap_if_relaxed(cover_of(list), &seen, LIFTED)) {
        return false;
    }
    COMPUTED(cover);
    const uintptr_t saved = LIST_MASK();
    const uintptr_t top = load_relaxed(&list->head);
    if (!is_bottom(list, top)) {
        store_relaxed(&list->head, cover);
        store_relaxed(cover_of(list), COVERED + top);
    }
    LIST_UNMASK(saved);
    *head = top;
    return true;
}

// Look for the cover below what was freed meanwhile.
static inline bool lift_in_links(reel_list *list, uintptr_t top)
{
    uintptr_t i = list_top(list);
    // The bottom has no such number.
    while (i < list->count) {
        reel_link *link = link_of(list, i);
        COMPUTED(link);
        const uintptr_t saved = LIST_MASK();
        // Inside the mask: a handler may take this number, and its link then
        // means itself.
        const uintptr_t next = next_in(link);
        if (next == COVER) {
            *link = (reel_link)top;
        }
        LIST_UNMASK(saved);
        if (next == COVER || next == i) {
            return next == COVER;
        }
        i = next;
    }
    return false;
}

static inline bool list_end_count(reel_list *list, uintptr_t head)
{
    bool is_whole = is_bottom(list, head); // there was nothing to cover
    while (!is_whole && load_relaxed(cover_of(list)) != LIFTED) {
        uintptr_t cover = COVER;
        is_whole = swap_if_relaxed(&list->head, &cover, head)
                   || lift_in_links(list, head);
    }
    // Last: from now on another context may cover the list.
    store_relaxed(cover_of(list), NOT_COUNTED);
    return is_whole;
}

#endif
