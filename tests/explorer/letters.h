// SPDX-License-Identifier: MIT
// What contexts do in the scripts of scenes, and the letters that several stages
// share, on things that a context takes, keeps and gives back: blocks, pages, granules.
//
// A letter has one meaning. Those that several stages share are in letters.c:
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

#ifndef REEL_EXPLORER_LETTERS_H
#define REEL_EXPLORER_LETTERS_H

#include "explorer.h"
#include "ledger.h"

#define WORD sizeof(uintptr_t)

// What the shared letters call.
typedef struct things {
    void *(*place)(size_t number);
    size_t (*number_of)(const void *thing);
    void (*use)(void *thing);                        // as its owner does
    void (*take)(unsigned context, unsigned number); // one, and keep it
    void (*give)(unsigned context, void *thing, bool is_owned);
    size_t (*count)(void); // those in use; or NULL
} things;

// No context keeps a block, and the mailbox is empty.
void letters_begin(const stage *on);
void letters_act(const stage *on, unsigned context, char which);
void letters_act_before(const stage *on, const scene *plan);
bool letters_occur(const scene *plan, const char *letters); // any of them

// ---- the parts of a call -----------------------------------------------------

// The first operation of a call is about to happen.
void letters_begin_call(unsigned context, call kind);

void letters_begin_taking(unsigned context, int most);
// Keep what was had, if anything was; `may_miss` as ledger_end_taking().
void letters_end_taking(unsigned context, void *const had[], int count,
                        bool may_miss);
// True if it was given back.
void letters_begin_giving(unsigned context, void *thing);
bool letters_end_giving(void *thing, reel_status status, bool is_owned);

// ---- what a context keeps ----------------------------------------------------

typedef struct kept {
    void *things[SCRIPT_MAX + CALLS_MAX];
    size_t first, last;
} kept;

kept *letters_kept(unsigned context);
void letters_keep(unsigned context, void *thing);
// NULL: it keeps nothing.
void *letters_oldest(unsigned context);
void *letters_newest(unsigned context);

// What was put into the mailbox, or 0. A thing that is to be given back, or NULL.
void letters_send(uintptr_t what);
uintptr_t letters_found(void);
void *letters_thing_found(void);

#endif
