// SPDX-License-Identifier: MIT
// Between the parts of the explorer: enumeration, memory, coroutines.

#ifndef REEL_EXPLORER_ENGINE_H
#define REEL_EXPLORER_ENGINE_H

#include "explorer.h"

typedef struct exploration {
    const char *bug;         // NULL: none found
    unsigned long schedules; // run to their ends
    unsigned long redundant; // left, being equivalent to another
    unsigned reached;        // outcomes
} exploration;

// Run a scene whose scripts have no '*', adding to the result; up to its first
// bug. `samples`: so many schedules by chance; 0: all there are.
void explore(const stage *on, const scene *plan, unsigned long samples,
             exploration *result);

// Run the latest schedule again and say what happens in it.
void explain(const stage *on, const scene *plan);

// ---- enumeration -------------------------------------------------------------

// One of `width` ways to go on, each of them in some schedule.
unsigned choose(unsigned width);

// The running context is about to do this; others may come first.
void reach_point(unsigned location, bool writes);

// The running context found the store `number` in `location`; should it yield
// now, it waits for a later one.
void note_found(unsigned location, size_t number);

bool is_tracing(void);
call call_of(unsigned context);

// ---- memory ------------------------------------------------------------------

// Another scene: none of its words are known yet. Then, for each schedule, nothing
// was done to them since set_up.
void memory_forget(void);
void memory_begin(bool is_weak, unsigned spurious);
size_t stores_to(unsigned location);

// A waiting context sees in the end: the running one will find a store after the
// one of this number.
void see_later(unsigned location, size_t number);

// ---- coroutines --------------------------------------------------------------

void coroutine_prepare(unsigned context, void (*body)(void));
void coroutine_switch(unsigned from, unsigned to);

#endif
