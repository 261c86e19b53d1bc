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

static int sum_used(void)
{
    int sum = 0;
    for (size_t i = 0; i < book.count; i++) {
        sum += book.out[i] > 0 && book.freeing[i] == 0;
    }
    return sum;
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
            lower(&book.least_used[i], sum_used());
        }
    }
    // With one core what is being given back may be on the list already.
    const int owned = REEL_LISTS_ARE_VERSIONED ? book.owned : sum_used();
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
    book.out[thing]++;
    book.owned++;
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
    book.freeing[thing]++;
    book.was_freed = true;
    ledger_note();
}

void ledger_end_freeing(size_t thing, bool is_done)
{
    const int less = book.is_unsure ? book.out[thing] : 1;
    book.freeing[thing]--;
    book.out[thing] -= is_done ? less : 0;
    book.owned -= is_done ? less : 0;
    ledger_note();
}

void ledger_check(void)
{
    for (size_t i = 0; i < book.count; i++) {
        hold(book.out[i] == 0 || book.out[i] == 1, "two frees of it won");
    }
}
