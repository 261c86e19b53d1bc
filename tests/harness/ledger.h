// SPDX-License-Identifier: MIT
// What an observer knows about an allocator of equal things, blocks or pages: which
// are out, how many are free for certain all through a call that takes, and how many
// are in use for certain all through a call that counts. The explorer and the tests
// under interrupts use it.

#ifndef REEL_LEDGER_H
#define REEL_LEDGER_H

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
    int used; // of the owned, those that no context gives back

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

// It neither came to a thing nor was refused one.
void ledger_take_none(unsigned context);

// A call gives a thing back: before, and after, if it did.
void ledger_begin_freeing(size_t thing);
void ledger_end_freeing(size_t thing, bool is_done);

// At the end each thing is out once, or free.
void ledger_check(void);

#endif
