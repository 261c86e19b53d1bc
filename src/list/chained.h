// SPDX-License-Identifier: MIT
// Batches between cores: one exchange of the head for all numbers of a batch.
//
// A context that takes a batch follows the links from the top, then exchanges
// the head. If the head still has its value, with its version, no number was
// taken in between, so the list is unchanged. Else the walk may have read any
// word, also a link that another context is about to write. So each link is
// checked before it is followed, and the exchange fails.
//
// Every exchange of the head continues what the releases before it published.
// So one acquire of the head shows all links and blocks on the list.

#ifndef REEL_SRC_LIST_CHAINED_H
#define REEL_SRC_LIST_CHAINED_H

typedef struct list_chain {
    uintptr_t first;
    reel_word *last; // its link; NULL: the chain is empty
} list_chain;

// The first number comes with the first link. No initialiser: it may become a call of
// memset.
ALWAYS_INLINE void list_start_chain(list_chain *chain)
{
    chain->last = NULL;
}

// Follow up to `most` links, while they lead to numbers that were allocated
// once: other links were never written. Returns how many there were, and the
// last link.
ALWAYS_INLINE size_t walk(const reel_list *list, size_t most, uintptr_t *link)
{
    const list_table table = table_of(list);
    const uintptr_t peak = load_relaxed(&list->peak);
    size_t count = 0;
    while (count < most && *link < peak) {
        *link = link_after(table, *link);
        count++;
    }
    return count;
}

ALWAYS_INLINE size_t list_take_chain(reel_list *list, size_t most,
                                     uintptr_t *first)
{
    uintptr_t head = load_acquire(&list->head);
    uintptr_t rest;
    size_t count;
    do {
        rest = top_of(list, head);
        count = walk(list, most, &rest);
        if (count == 0) {
            *first = head;
            return 0;
        }
        *first = top_of(list, head);
    } while (
        !swap_if_acquire(&list->head, &head, next_version(list, head) | rest));
    return count;
}

ALWAYS_INLINE uintptr_t list_unchain(reel_list *list, uintptr_t i)
{
    const uintptr_t next = link_after(table_of(list), i);
    list_set_allocated(list, i);
    return next;
}

// After the claim, the link is this context's until the chain is pushed. Any
// number in it but its own keeps the claim.
ALWAYS_INLINE bool list_join(reel_list *list, list_chain *chain, uintptr_t i,
                             uintptr_t above)
{
    if (!list_claim(list, i, above)) {
        return false;
    }
    reel_word *const link = link_of(list, i);
    if (chain->last == NULL) {
        chain->last = link;
    } else {
        store_relaxed(link, chain->first);
    }
    chain->first = i;
    return true;
}

ALWAYS_INLINE void list_push_chain(reel_list *list, const list_chain *chain)
{
    if (chain->last != NULL) {
        list_push(list, chain->first, chain->last);
    }
}

#endif
