// Several numbers of a list at once, chained by their links: from the first number
// its link leads to the next one, and so on.
//
//   list_take_chain(list, most, &first)
//                         take up to `most` listed numbers; 0 if none is listed,
//                         and then `first` is what the head says. Their links are
//                         the caller's from then on: list_unchain() must see each
//   list_unchain(list, i) make i, taken, link to itself; which was the next one?
//   list_join(list, &chain, i, above)
//                         claim i, below the watermark, and put it in front of a
//                         chain; false if it is free already, as list_give()
//   list_push_chain(list, &chain)
//                         put the chain on the list, its first number on top
//
// A chain that is given starts as { 0, NULL }. With one core an exchange is cheap
// and numbers go one by one: a chain that is taken is one number, and one that is
// given stays empty.
//
// Not for a list in pieces: what is read in passing may be any word, so each number
// below the count must have a link.

#ifndef REEL_SRC_BATCH_H
#define REEL_SRC_BATCH_H

#include "list.h"

#ifdef LIST_HAS_PIECES
#error "a batch may look for a link in a piece that is not there"
#endif

#if REEL_LISTS_ARE_VERSIONED
#include "list/chained.h"
#else
#include "list/one_by_one.h"
#endif

#endif
