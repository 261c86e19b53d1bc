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

// A walk is too long for the mask. So a context that counts hides the list under
// a cover: the head says COVER, which is the bottom to all others. Numbers that
// are freed go on top of it. Whoever takes and finds nothing but the cover lifts
// it, and the count was in vain. Only one context at a time counts.
//
// `fresh_bit` serves no version here. It says what goes on: nobody counts, the
// cover was lifted, or COVERED plus the number under the cover.
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
    while (!is_bottom(list, i) && i < list->count) {
        reel_link *link = link_of(list, i);
        COMPUTED(link);
        const uintptr_t saved = LIST_MASK();
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
    store_relaxed(cover_of(list), NOT_COUNTED);
    return is_whole;
}

#endif
