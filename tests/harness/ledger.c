// SPDX-License-Identifier: MIT
#include "ledger.h"

ledger book;

static void hold(bool fact, const char *what)
{
    if (!fact) {
        ledger_complain(what);
    }
}

void ledger_open(size_t count)
{
    book = (ledger){ .count = count };
    for (unsigned i = 0; i < LEDGER_CONTEXTS; i++) {
        book.room[i] = (int)count;
    }
}

// It is out, and no context gives it back.
static bool is_used(size_t thing)
{
    return book.out[thing] > 0 && book.freeing[thing] == 0;
}

static void change(size_t thing, int out, int freeing)
{
    book.used -= is_used(thing);
    book.out[thing] += out;
    book.freeing[thing] += freeing;
    book.used += is_used(thing);
    book.owned += out;
}

static void lower(int *least, int to)
{
    *least = to < *least ? to : *least;
}

// A thing is free for certain if no context has it, is about to have it, or is
// still busy giving it back.
void ledger_note(void)
{
    int taken = book.owned + (book.aside != NULL ? book.aside() : 0);
    for (unsigned i = 0; i < LEDGER_CONTEXTS; i++) {
        taken += book.taking[i];
    }
    for (unsigned i = 0; i < LEDGER_CONTEXTS; i++) {
        lower(&book.fewest[i], book.room[i] - taken + book.taking[i]);
        if (book.counts[i]) {
            lower(&book.least_used[i], book.used);
        }
    }
    // With one core what is being given back may be on the list already.
    const int owned = REEL_LISTS_ARE_VERSIONED ? book.owned : book.used;
    if (book.most_owned < owned) {
        book.most_owned = owned;
    }
}

void ledger_begin_taking(unsigned context, int wanted)
{
    book.taking[context] = wanted;
    book.fewest[context] = book.room[context];
    ledger_note();
}

static void keep(size_t thing)
{
    hold(thing < book.count, "nothing of this allocator");
    // Who does not own it may give it back just before the call returns.
    hold(book.out[thing] <= 0 || book.freeing[thing] > 0, "owned twice");
    change(thing, 1, 0);
    if (book.most_number <= thing) {
        book.most_number = thing + 1;
    }
}

void ledger_end_taking(unsigned context, const size_t things[], int had,
                       bool may_miss)
{
    ledger_note();
    hold(had >= book.taking[context] || may_miss || book.fewest[context] <= had,
         "nothing although something is free");
    book.refused += had == 0;
    for (int i = 0; i < had; i++) {
        keep(things[i]);
    }
    book.taking[context] = 0;
    ledger_note();
}

void ledger_take_none(unsigned context)
{
    book.taking[context] = 0;
    ledger_note();
}

void ledger_begin_counting(unsigned context)
{
    book.counts[context] = true;
    book.least_used[context] = (int)book.count;
    ledger_note();
}

void ledger_end_counting(unsigned context, size_t used)
{
    ledger_note();
    book.counts[context] = false;
    hold(used <= book.count, "more are in use than there are");
    hold(used >= (size_t)book.least_used[context],
         "what is in use is not counted");
}

void ledger_begin_freeing(size_t thing)
{
    change(thing, 0, 1);
    book.was_freed = true;
    ledger_note();
}

void ledger_end_freeing(size_t thing, bool is_done)
{
    const int less = book.is_unsure ? book.out[thing] : 1;
    change(thing, is_done ? -less : 0, -1);
    ledger_note();
}

void ledger_check(void)
{
    for (size_t i = 0; i < book.count; i++) {
        hold(book.out[i] == 0 || book.out[i] == 1, "two frees of it won");
    }
}
