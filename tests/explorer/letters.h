// SPDX-License-Identifier: MIT
// The letters that several stages share (see ledger.h), on things that a context
// takes, keeps and gives back: blocks, pages, granules.

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
