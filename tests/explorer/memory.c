// SPDX-License-Identifier: MIT
// Memory as the contexts see it.
//
// Under weak memory each word has a history of its stores. A context has a view:
// for each word the oldest store that it may still read, and for each context how
// far into its past it can see. A load takes any store that is no older, and the
// view moves up to it. A release store carries its context's view, an acquire load
// takes it over; an exchange that succeeds reads the latest store and passes on
// what that one carried (release sequences). This is C11 without consume, fences
// and seq_cst, except that no load sees a store that comes later in the schedule.
//
// Under sequential consistency a load takes the latest store, and whatever two
// contexts do to one word puts them in order.

#include <stdio.h>
#include <stdlib.h>

#include "engine.h"
#include "model_calls.h"

#define LOCATIONS   40
#define HISTORY     64
#define VIEW_CLOCKS 4

typedef struct view {
    uint8_t oldest[LOCATIONS]; // store that may be read
    uint8_t clock[VIEW_CLOCKS];
} view;

typedef struct message {
    uintptr_t value;
    view carried;
    unsigned writer;
    call during; // what the writer was at
} message;

typedef struct cell {
    uintptr_t *word; // always holds the latest store
    size_t stores;
    view readers; // sequential consistency: what its readers saw
    message history[HISTORY];
} cell;

typedef struct accesses {
    uint8_t wrote[VIEW_CLOCKS], read[VIEW_CLOCKS]; // clocks of each context
} accesses;

uintptr_t explorer_memory[MEMORY_WORDS];

static const view blank;
static cell locations[LOCATIONS];
static unsigned location_count;
static uint8_t location_of[MEMORY_WORDS]; // + 1; 0: none
static view views[CONTEXTS];
static accesses plain[MEMORY_WORDS];
static unsigned spurious_left;
static bool is_weak;
static uintptr_t pause_word;
static const uintptr_t *walled_off;

static void join(view *into, const view *other)
{
    for (size_t i = 0; is_weak && i < location_count; i++) {
        if (into->oldest[i] < other->oldest[i]) {
            into->oldest[i] = other->oldest[i];
        }
    }
    for (size_t i = 0; i < VIEW_CLOCKS; i++) {
        if (into->clock[i] < other->clock[i]) {
            into->clock[i] = other->clock[i];
        }
    }
}

// ---- words ---------------------------------------------------------------------

static void forget_history(cell *it)
{
    it->stores = 1;
    it->readers = blank;
    it->history[0].value = *it->word;
    it->history[0].carried = blank;
    it->history[0].writer = NO_CONTEXT;
    it->history[0].during = CALL_NONE;
}

static unsigned add_location(const uintptr_t *word)
{
    if (location_count == LOCATIONS) {
        puts("Bail out! too many shared words");
        exit(1);
    }
    locations[location_count].word = (uintptr_t *)(uintptr_t)word;
    forget_history(&locations[location_count]);
    return location_count++;
}

static size_t word_index(const void *address)
{
    return ((uintptr_t)address - (uintptr_t)explorer_memory)
           / sizeof(uintptr_t);
}

// Location 0 is no word: it stands for where contexts pause.
static unsigned find_location(const uintptr_t *word)
{
    const size_t index = word_index(word);
    if (index >= MEMORY_WORDS || word == walled_off) {
        explorer_fail("a shared word lies outside of what a scene has");
    }
    if (location_of[index] == 0) {
        location_of[index] = (uint8_t)(add_location(word) + 1);
    }
    return location_of[index] - 1u;
}

size_t stores_to(unsigned location)
{
    return locations[location].stores;
}

void see_later(unsigned location, size_t number)
{
    uint8_t *const oldest = &views[explorer_context()].oldest[location];
    *oldest = (uint8_t)(*oldest <= number ? number + 1 : *oldest);
}

void explorer_wall_off(const uintptr_t *word)
{
    walled_off = word;
}

void memory_forget(void)
{
    walled_off = NULL;
    location_count = 0;
    for (size_t i = 0; i < MEMORY_WORDS; i++) {
        location_of[i] = 0;
    }
    (void)add_location(&pause_word);
}

void memory_begin(bool weak, unsigned spurious)
{
    is_weak = weak;
    spurious_left = spurious;
    for (unsigned i = 0; i < location_count; i++) {
        forget_history(&locations[i]);
    }
    for (unsigned i = 0; i < CONTEXTS; i++) {
        views[i] = blank;
        views[i].clock[i] = 1;
    }
    for (size_t i = 0; i < MEMORY_WORDS; i++) {
        plain[i] = (accesses){ 0 };
    }
}

void explorer_clocks(uint8_t clocks[CONTEXTS])
{
    const unsigned me = explorer_context();
    for (unsigned i = 0; i < CONTEXTS; i++) {
        clocks[i] = me == NO_CONTEXT ? 0 : views[me].clock[i];
    }
}

static void trace(const char *what, const uintptr_t *word, uintptr_t value)
{
    if (is_tracing() && explorer_context() != NO_CONTEXT) {
        printf("#   context %u: %s word %zu: %#zx\n", explorer_context(), what,
               word_index(word), (size_t)value);
    }
}

// ---- loads -----------------------------------------------------------------------

static const message *latest_of(const cell *it)
{
    return &it->history[it->stores - 1];
}

static uintptr_t load_latest(unsigned at, view *mine)
{
    cell *const it = &locations[at];
    note_found(at, it->stores - 1);
    join(mine, &latest_of(it)->carried);
    join(&it->readers, mine);
    return latest_of(it)->value;
}

static uintptr_t load_any(unsigned at, view *mine, int order)
{
    const cell *const it = &locations[at];
    const unsigned latest = (unsigned)it->stores - 1;
    const unsigned older = choose(latest - mine->oldest[at] + 1);
    const message *const found = &it->history[latest - older];
    mine->oldest[at] = (uint8_t)(latest - older);
    note_found(at, latest - older);
    if (order == __ATOMIC_ACQUIRE) {
        join(mine, &found->carried);
    }
    if (older > 0) {
        explorer_reach(STALE);
    }
    return found->value;
}

uintptr_t model_load(const uintptr_t *word, int order)
{
    const unsigned me = explorer_context();
    if (me == NO_CONTEXT) {
        return *word;
    }
    const unsigned at = find_location(word);
    reach_point(at, false);
    const uintptr_t value =
        is_weak ? load_any(at, &views[me], order) : load_latest(at, &views[me]);
    trace("loads", word, value);
    return value;
}

// ---- stores ----------------------------------------------------------------------

// `inherited` is what the store before carries on: of an exchange.
static void append(unsigned at, uintptr_t value, int order,
                   const view *inherited)
{
    const unsigned me = explorer_context();
    cell *const it = &locations[at];
    view *const mine = &views[me];
    if (it->stores == HISTORY) {
        explorer_fail("a word is stored to for ever");
    }
    message *const added = &it->history[it->stores];
    mine->oldest[at] = (uint8_t)it->stores;
    added->value = value;
    added->writer = me;
    added->during = call_of(me);
    added->carried = *inherited;
    if (!is_weak) {
        join(mine, &it->readers);
        join(mine, &latest_of(it)->carried);
    }
    if (!is_weak || order == __ATOMIC_RELEASE) {
        join(&added->carried, mine);
    }
    it->stores++;
    *it->word = value;
    mine->clock[me]++; // what comes now is after the store
}

void model_store(uintptr_t *word, uintptr_t value, int order)
{
    if (explorer_context() == NO_CONTEXT) {
        *word = value;
        return;
    }
    const unsigned at = find_location(word);
    reach_point(at, true);
    trace("stores to", word, value);
    append(at, value, order, &blank);
}

// ---- exchanges -------------------------------------------------------------------

static bool fails_spuriously(void)
{
    if (spurious_left == 0 || choose(2) == 0) {
        return false;
    }
    spurious_left--;
    return true;
}

// An exchange that fails is a load of some value other than expected.
static unsigned choose_other(unsigned at, uintptr_t expected, bool succeeds)
{
    const cell *const it = &locations[at];
    unsigned others[HISTORY];
    unsigned count = 0;
    const unsigned first = is_weak ? views[explorer_context()].oldest[at]
                                   : (unsigned)it->stores - 1;
    for (unsigned i = (unsigned)it->stores; i-- > first;) {
        if (it->history[i].value != expected) {
            others[count++] = i;
        }
    }
    const unsigned taken = choose(count + succeeds);
    return succeeds && taken == 0 ? HISTORY : others[taken - succeeds];
}

static void note_failure(unsigned at, unsigned number)
{
    const cell *const it = &locations[at];
    const unsigned me = explorer_context();
    const unsigned writer = it->history[number].writer;
    views[me].oldest[at] = (uint8_t)number;
    note_found(at, number);
    if (writer != me && writer != NO_CONTEXT) {
        explorer_reach(RETRY);
        if (call_of(me) == CALL_ALLOC
            && it->history[number].during == CALL_FREE) {
            explorer_reach(FREE_BETWEEN);
        }
    }
}

static void exchange(unsigned at, uintptr_t next, int order)
{
    const view carried = latest_of(&locations[at])->carried;
    if (order == __ATOMIC_ACQUIRE) {
        join(&views[explorer_context()], &carried);
    }
    append(at, next, order, &carried);
}

static bool swap_outside(uintptr_t *word, uintptr_t *seen, uintptr_t next)
{
    const uintptr_t found = *word;
    const bool is_seen = found == *seen;
    *word = is_seen ? next : found;
    *seen = found;
    return is_seen;
}

static bool swap_inside(unsigned at, uintptr_t *seen, uintptr_t next, int order,
                        int failed_order)
{
    cell *const it = &locations[at];
    view *const mine = &views[explorer_context()];
    const unsigned other =
        choose_other(at, *seen, latest_of(it)->value == *seen);
    if (other == HISTORY) {
        exchange(at, next, order);
        return true;
    }
    note_failure(at, other);
    *seen = it->history[other].value;
    if (!is_weak) {
        (void)load_latest(at, mine);
    } else if (failed_order == __ATOMIC_ACQUIRE) {
        join(mine, &it->history[other].carried);
    }
    return false;
}

bool model_swap_if(uintptr_t *word, uintptr_t *seen, uintptr_t next, bool weak,
                   int order, int failed_order)
{
    if (explorer_context() == NO_CONTEXT) {
        return swap_outside(word, seen, next);
    }
    const unsigned at = find_location(word);
    reach_point(at, true);
    if (weak && *word == *seen && fails_spuriously()) {
        trace("fails spuriously at", word, *seen);
        return false;
    }
    const bool done = swap_inside(at, seen, next, order, failed_order);
    trace(done ? "exchanges" : "does not exchange", word, done ? next : *seen);
    return done;
}

void explorer_pause(void)
{
    if (explorer_context() != NO_CONTEXT) {
        reach_point(0, true);
    }
}

void explorer_access(const void *address)
{
    if (word_index(address) < SCENE_WORDS) {
        explorer_pause();
        trace("is about to access", address, *(const uintptr_t *)address);
    }
}

// ---- plain memory ----------------------------------------------------------------

static bool is_after(unsigned me, const uint8_t clocks[VIEW_CLOCKS])
{
    for (unsigned i = 0; i < CONTEXTS; i++) {
        if (i != me && clocks[i] > views[me].clock[i]) {
            return false;
        }
    }
    return true;
}

// On one core nothing races: an interrupt may come before the access instead.
static bool is_one_core(const accesses *it)
{
    if (it != NULL && explorer_scene()->same_core) {
        explorer_pause();
        return true;
    }
    return false;
}

// NULL if nothing has to be watched: one core sees its own program order.
static accesses *accesses_of(const void *address)
{
    const size_t index = word_index(address);
    return REEL_LISTS_ARE_VERSIONED && index < MEMORY_WORDS
                   && explorer_context() != NO_CONTEXT
               ? &plain[index]
               : NULL;
}

void explorer_read(const void *address)
{
    accesses *const it = accesses_of(address);
    if (it != NULL && !is_one_core(it)) {
        const unsigned me = explorer_context();
        it->read[me] = views[me].clock[me];
        require(is_after(me, it->wrote), "a data race: read after write");
    }
}

void explorer_write(const void *address)
{
    accesses *const it = accesses_of(address);
    if (it != NULL && !is_one_core(it)) {
        const unsigned me = explorer_context();
        it->wrote[me] = views[me].clock[me];
        require(is_after(me, it->wrote), "a data race: two writes");
        require(is_after(me, it->read), "a data race: write after read");
    }
}
