// SPDX-License-Identifier: MIT
// Things of one size, blocks or pages. A context that gets a thing fills it with a
// stamp; the ledger knows which are out. The main loop's result is entered when the
// trial is over, so that no interrupt comes between.

#ifndef THINGS_H
#define THINGS_H

#include "interrupts.h"
#include "ledger.h"

typedef struct things {
    unsigned char *first;
    size_t size, count; // bytes of each; at most LEDGER_THINGS
    size_t group,
        gap; // so many lie side by side, then come bytes of other things
    void *(*take)(void); // NULL: none
    reel_status (*give)(void *thing);
} things;

// Before a trial: no context has one.
void things_begin(const things *of);

// In a call that takes one, or outside of any: it came to this, or to NULL. Returns its
// number; `count` if there is none.
size_t things_keep(unsigned context, const void *thing);

// The same without a stamp: its owner writes other things into it.
size_t things_own(unsigned context, const void *thing);

// Outside of a trial: take so many; free the handler's oldest ones.
void things_take(unsigned context, size_t count);
void things_list(size_t count);

unsigned char *things_at(size_t number);
size_t things_holding(const void *address); // `count` if none does
unsigned things_owner(size_t number);
void things_stamp(size_t number); // by its owner

// A context gives one back: before, and after. Its stamp must be there until then.
void things_let_go(size_t number);
size_t things_let_go_of_all(unsigned context); // returns how many
void things_end_giving(reel_status status); // all that the main loop let go of

// At the end: all stamps are there, no thing was freed twice. Take all that are left, each
// of which must be there once, of `all` that there are.
void things_check(void);
void things_check_each(size_t all);

// What handlers do. The main loop gives back thing 0.
extern const test_action things_actions[];                          // the usual
extern const test_action things_few_actions[], things_one_action[]; // of these
extern const test_action things_disputes[]; // over thing 0
extern const test_action things_changes[],
    things_turns[];                      // the list is another
extern const test_action things_pairs[]; // two interrupts

void handler_takes_one(void);
void handler_frees_one(void);
void handler_takes_two_frees_one(void);

#endif
