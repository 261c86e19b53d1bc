// SPDX-License-Identifier: MIT
// Batches on one core: an exchange costs no more than a link.

#ifndef REEL_SRC_LIST_ONE_BY_ONE_H
#define REEL_SRC_LIST_ONE_BY_ONE_H

typedef struct list_chain {
    uintptr_t first;
    reel_link *last;
} list_chain;

ALWAYS_INLINE void list_start_chain(list_chain *chain)
{
    (void)chain;
}

ALWAYS_INLINE size_t list_take_chain(reel_list *list, size_t most,
                                     uintptr_t *first)
{
    uintptr_t head;
    const uintptr_t i = list_take_listed(list, &head);
    (void)most;
    *first = i == NO_NUMBER ? head : i;
    return i != NO_NUMBER;
}

ALWAYS_INLINE uintptr_t list_unchain(reel_list *list, uintptr_t i)
{
    (void)list;
    return i;
}

ALWAYS_INLINE bool list_join(reel_list *list, list_chain *chain, uintptr_t i,
                             uintptr_t above)
{
    (void)chain;
    return list_give(list, i, above);
}

ALWAYS_INLINE void list_push_chain(reel_list *list, const list_chain *chain)
{
    (void)list, (void)chain;
}

#endif
