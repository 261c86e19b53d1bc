// SPDX-License-Identifier: MIT
// The head, from the low bits up: a number, a bit that says "fresh", a version.
// Each take changes the version. So a context that was interrupted by "take A,
// take B, free A" finds another word (ABA). `fresh_bit` is a power of two above
// the count, so the version has all bits that the numbers leave.
//
// Algorithm: R. K. Treiber's stack, with the counted head of IBM's System/370.

#ifndef REEL_SRC_LIST_VERSIONED_H
#define REEL_SRC_LIST_VERSIONED_H

STATIC_CHECK(sizeof(reel_link) == sizeof(reel_word));

typedef reel_word list_link;

ALWAYS_INLINE list_link *link_of(const reel_list *list, uintptr_t i)
{
    return (reel_word *)link_at(table_of(list), i);
}

// The number and the bit: what a link contains.
ALWAYS_INLINE uintptr_t top_of(const reel_list *list, uintptr_t head)
{
    return head & (2 * list->fresh_bit - 1);
}

ALWAYS_INLINE uintptr_t list_top(const reel_list *list)
{
    return top_of(list, load_relaxed(&list->head));
}

ALWAYS_INLINE uintptr_t next_in(const reel_word *link)
{
    return load_relaxed(link);
}

ALWAYS_INLINE uintptr_t link_after(list_table table, uintptr_t i)
{
    return load_relaxed((const reel_word *)link_at(table, i));
}

// Nothing is below it: it says "fresh" and the watermark.
ALWAYS_INLINE bool is_bottom(const reel_list *list, uintptr_t link)
{
    return (link & list->fresh_bit) != 0;
}

ALWAYS_INLINE uintptr_t watermark_of(const reel_list *list, uintptr_t link)
{
    return link & (list->fresh_bit - 1);
}

// The head of an empty list whose watermark is `watermark`, without its
// version.
ALWAYS_INLINE uintptr_t fresh_from(const reel_list *list, uintptr_t watermark)
{
    return list->fresh_bit | watermark;
}

ALWAYS_INLINE uintptr_t next_version(const reel_list *list, uintptr_t head)
{
    return head - top_of(list, head) + 2 * list->fresh_bit;
}

// Let it link to itself. Release: a context that claims it reads the head after
// that, and finds it no longer on top.
ALWAYS_INLINE void list_set_allocated(reel_list *list, uintptr_t i)
{
    store_release(link_of(list, i), i);
}

static inline void list_start_empty(reel_list *list)
{
    list->fresh_bit = pow2_above(list->count);
    store_release(&list->head, fresh_from(list, 0));
}

// Of a list that has not ended: its count is not 0.
ALWAYS_INLINE bool has_valid_form(const reel_list *list)
{
    return list->count <= REEL_BLOCKS_MAX
           && list->fresh_bit == pow2_above(list->count);
}

// What was found on the way must be as it was under this head. Acquire: none of
// it is older. Release, and an exchange of the head for itself: none is newer,
// since a context that takes a number off the list acquires the head after that.
ALWAYS_INLINE bool list_begin_count(reel_list *list, uintptr_t *head)
{
    *head = load_acquire(&list->head);
    return true;
}

ALWAYS_INLINE bool list_end_count(reel_list *list, uintptr_t head)
{
    uintptr_t seen = head;
    while (!swap_if_release(&list->head, &seen, head)) {
        if (seen != head) {
            return false;
        }
    }
    return true;
}

// Acquire: what the last owner wrote into its block and into the link is
// visible here.
ALWAYS_INLINE uintptr_t list_take_listed(reel_list *list, uintptr_t *head)
{
    uintptr_t i, next;
    *head = load_acquire(&list->head);
    do {
        if (REEL_UNLIKELY(is_bottom(list, *head))) {
            return NO_NUMBER;
        }
        i = watermark_of(list, *head);
        next = next_version(list, *head) | link_after(table_of(list), i);
    } while (!swap_if_acquire(&list->head, head, next));
    list_set_allocated(list, i);
    return i;
}

// Release: the next context that reads the head sees the table as this one
// does.
ALWAYS_INLINE bool list_take_fresh(reel_list *list, uintptr_t *head,
                                   uintptr_t watermark)
{
    const uintptr_t next = next_version(list, *head)
                           | fresh_from(list, fresh_after(list, watermark));
    if (!swap_if_release(&list->head, head, next)) {
        return false;
    }
    list_set_allocated(list, watermark);
    // Fresh numbers are issued in order; their takers may come here out of order.
    raise_count(peak_of(list, watermark), place_of(list, watermark) + 1);
    return true;
}

// The owner of an allocated number uses its link for a chain.
ALWAYS_INLINE void list_set_link(reel_list *list, uintptr_t i, uintptr_t next)
{
    store_relaxed(link_of(list, i), next);
}

// One owner: set the head to `top`, whatever it was.
ALWAYS_INLINE void list_replace(reel_list *list, uintptr_t top)
{
    store_release(&list->head,
                  next_version(list, load_relaxed(&list->head)) | top);
}

ALWAYS_INLINE bool list_is_allocated(const reel_list *list, uintptr_t i)
{
    return load_relaxed(link_of(list, i)) == i;
}

// Claim it, by an exchange that only one context wins. Until it is linked in,
// its link is the number above it, so it is not allocated. The acquire is for
// the read of the head that follows: see list_set_allocated().
ALWAYS_INLINE bool list_claim(reel_list *list, uintptr_t i, uintptr_t above)
{
    uintptr_t own = i;
    while (!swap_if_acquire(link_of(list, i), &own, above)) {
        if (own != i) {
            return false;
        }
    }
    return true;
}

// Put a chain of numbers, linked from `first` to `last`, on the list. Read the
// head only after the numbers are claimed. Earlier, one of them might be on
// top, and a link to itself would say that it is allocated.
ALWAYS_INLINE void list_push(reel_list *list, uintptr_t first, reel_word *last)
{
    const uintptr_t mask = 2 * list->fresh_bit - 1; // of the top
    uintptr_t head = load_relaxed(&list->head);
    do {
        store_relaxed(last, head & mask);
    } while (!swap_if_release(&list->head, &head, (head & ~mask) + first));
}

ALWAYS_INLINE bool list_give(reel_list *list, uintptr_t i, uintptr_t above)
{
    if (!list_claim(list, i, above)) {
        return false;
    }
    list_push(list, i, link_of(list, i));
    return true;
}

#endif
