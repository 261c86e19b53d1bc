// SPDX-License-Identifier: MIT
// What is so, told from outside of an allocator of equal things, blocks or pages:
// which are out, how many are free for certain all through a call that takes, and
// how many are in use for certain all through a call that counts. The explorer and
// the tests under interrupts keep their books here.
//
// The letters of the explorer's scripts have one meaning each. Those that several
// stages share are in letters.c:
//
//   a  take one and keep it             1, 2, 3  so many words or granules
//   F  free the oldest one kept         f  the newest
//   d  let go of the oldest one kept, without freeing it
//   x, y, z  free thing 0, 1, 2, whosever it is
//   p  put the oldest one kept into the mailbox
//   t  free what is found in the mailbox, if anything
//   s  say in the mailbox that it has come so far
//   w  if that was said, take one: there is one
//   u  count those in use
//
// blocks, through the context's own cache:
//   A  take one and keep it   G  free the oldest one kept
//   T  free what is found in the mailbox   L  flush the cache
// batches:
//   b, c  take two, three   g  free all that are kept   h  hand them over instead
//   i  free what was handed over
//   B  free things 0 and 1, and 0 once more, whosever they are
// pools:
//   P, Q, R, S  reserve 1, 2, 3, 4   N  free the last one, which no context takes
// the context's own region or span:
//   o  open it   m  take more out of it   l  a large object   C  close it
// rewindables:
//   X, Y  free granule 0, 1 of the second chunk   e  rewind everything
// registries, the owner:
//   r  register a root   k  its child   e  the root is rewound   v  unregister it
// and the others:
//   D, E  follow a ref to the root of version 1, 2   H, I  to its child
//   U, V, W, Z  look these up   J  follow a ref to the root, then to its child
// heaps: b takes two granules, and K frees what the owner took before the scene
//   n  drain one block, M all   j  free the context's own block for later
//   O  the same with what is no block
// lifetimes: e  the parent is rewound   U  look it up
// what ends with its parent:
//   e  its parent is rewound, and the memory used anew   U  take one by its handle

#ifndef REEL_EXPLORER_LEDGER_H
#define REEL_EXPLORER_LEDGER_H

#include "reel/base.h"

#define LEDGER_CONTEXTS 3
#define LEDGER_THINGS   9

typedef struct ledger {
    size_t count;              // things that there may be
    int room[LEDGER_CONTEXTS]; // things that this context could have at most
    int (*aside)(void);        // of these, in caches; or NULL

    int out[LEDGER_THINGS];     // times taken less times given back
    int freeing[LEDGER_THINGS]; // calls that give it back, under way
    size_t most_number;         // of what ever was out, plus 1
    int owned, most_owned, refused;

    int taking[LEDGER_CONTEXTS]; // things, between first operation and return
    int fewest[LEDGER_CONTEXTS]; // free for certain, at any moment of that
    bool counts[LEDGER_CONTEXTS];
    int least_used[LEDGER_CONTEXTS]; // for certain, while it counts
    bool is_hostile; // things are given back by contexts that do not own them
    bool is_unsure;  // and not told whose call did it
    bool was_freed;  // any of them
} ledger;

extern ledger book;

void ledger_open(size_t count);

// The books say that something is wrong. The program's own.
void ledger_complain(const char *what);

// Something has changed that the ledger was not told of.
void ledger_note(void);

// The first operation of a call that takes so many at most; or that counts.
void ledger_begin_taking(unsigned context, int wanted);
void ledger_begin_counting(unsigned context);

// It came to so many things. Fewer than it could have had for certain is a bug,
// unless it may have missed what others gave back.
void ledger_end_taking(unsigned context, const size_t things[], int had,
                       bool may_miss);
void ledger_end_counting(unsigned context, size_t used);

// A call gives a thing back: before, and after, if it did.
void ledger_begin_freeing(size_t thing);
void ledger_end_freeing(size_t thing, bool is_done);

// At the end each thing is out once, or free.
void ledger_check(void);

#endif
