// SPDX-License-Identifier: MIT
// Several numbers of a list at once, chained by their links: the link of each
// number leads to the next one.
//
//   list_take_chain(list, most, &first)
//                         take up to `most` listed numbers; 0 if none is listed,
//                         and then `first` is the head. From then on their links
//                         are the caller's: list_unchain() must get each
//   list_unchain(list, i) let i, taken, link to itself; returns the next number
//   list_join(list, &chain, i, above)
//                         claim i, below the watermark, and put it in front of a
//                         chain; false if it is free already, as list_give()
//   list_push_chain(list, &chain)
//                         put the chain on the list, its first number on top
//
// A new chain starts as { 0, NULL }. On one core an exchange is cheap, so
// numbers go one by one: a taken chain has one number, and a chain to push
// stays empty.
//
// This is not for a list in pieces: a walk may read any word as a link, so each
// number below the count must have a link.

#ifndef REEL_SRC_BATCH_H
#define REEL_SRC_BATCH_H

#include "list.h"

#ifdef LIST_HAS_PIECES
#error "a batch needs one table of links: do not define LIST_HAS_PIECES"
#endif

#if REEL_LISTS_ARE_VERSIONED
#include "list/chained.h"
#else
#include "list/one_by_one.h"
#endif

#endif
