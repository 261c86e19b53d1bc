// SPDX-License-Identifier: MIT
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "letters.h"
#include "reel/port.h"

#define PATH_MAX_LENGTH 1024
#define POINTS_MAX      400 // of one schedule; more is a loop

// ---- the choices of a schedule -------------------------------------------------

typedef struct turn {
    unsigned taken, width;
} turn;

static turn path[PATH_MAX_LENGTH];
static size_t path_length, depth;
static bool by_chance;
static uint64_t chance;

static unsigned draw(unsigned width)
{
    chance ^= chance << 13; // G. Marsaglia's xorshift
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (unsigned)(chance >> 33) % width;
}

// Up to `path_length` the path is that of the schedule before, with its last turn
// changed; from there on it goes the first way everywhere.
unsigned choose(unsigned width)
{
    if (width < 2) {
        return 0;
    }
    if (depth == PATH_MAX_LENGTH) {
        puts("Bail out! a schedule is too long");
        exit(1);
    }
    if (depth == path_length) {
        path[path_length].taken = by_chance ? draw(width) : 0;
        path[path_length].width = width;
        path_length++;
    }
    return path[depth++].taken;
}

static bool next_path(void)
{
    if (by_chance) {
        path_length = 0;
        return true;
    }
    while (path_length > 0
           && path[path_length - 1].taken + 1 == path[path_length - 1].width) {
        path_length--;
    }
    if (path_length == 0) {
        return false;
    }
    path[path_length - 1].taken++;
    return true;
}

// ---- contexts ------------------------------------------------------------------

typedef struct actor {
    bool is_there, has_begun, has_finished, is_interrupt;
    bool waits; // for another store to the word it looked at last
    unsigned found_location;
    size_t found_store;
    unsigned location; // what it does next
    bool writes;
    call call;
    bool begins; // has not done the first operation of its call
} actor;

static actor contexts[CONTEXTS];
static unsigned running = NO_CONTEXT;
static const stage *stands_on;
static const scene *play;
static char scripts[CONTEXTS][CALLS_MAX + 1];
static const char *bug;
static unsigned reached, preemptions, points;
static bool starts, is_redundant, traces;
static bool is_masked, has_monitor; // of the one core, if there is one

// Contexts whose next operation, done now, would only lead to what was explored
// before: until something happens that it depends on (P. Godefroid's sleep sets).
static unsigned asleep;

const scene *explorer_scene(void)
{
    return play;
}

bool is_tracing(void)
{
    return traces;
}

unsigned explorer_context(void)
{
    return running;
}

call call_of(unsigned context)
{
    return context < CONTEXTS ? contexts[context].call : CALL_NONE;
}

bool explorer_perhaps(void)
{
    return running != NO_CONTEXT && choose(2) == 1;
}

void explorer_reach(outcome what)
{
    if (running != NO_CONTEXT) {
        reached |= what;
    }
}

void explorer_call(call kind)
{
    if (running != NO_CONTEXT) {
        contexts[running].call = kind;
        contexts[running].begins = kind != CALL_NONE;
    }
}

static void switch_to(unsigned next)
{
    const unsigned before = running;
    if (next != before) {
        running = next;
        has_monitor = false; // an exception clears it
        coroutine_switch(before, next);
    }
}

void explorer_fail(const char *what)
{
    if (bug == NULL) {
        bug = what;
    }
    switch_to(NO_CONTEXT);
}

// ---- who is next -----------------------------------------------------------------

static bool is_able(unsigned i)
{
    const actor *const it = &contexts[i];
    return it->is_there && !it->has_finished
           && (!it->waits
               || stores_to(it->found_location) > it->found_store + 1);
}

// The innermost interrupt that has begun and not ended; NO_CONTEXT: none has.
static unsigned innermost(void)
{
    for (unsigned i = CONTEXTS; i-- > 0;) {
        const actor *const it = &contexts[i];
        if (it->is_interrupt && it->has_begun && !it->has_finished) {
            return i;
        }
    }
    return NO_CONTEXT;
}

// An interrupt is not left before its end, but with one core by one above it; and
// with the mask not even by that.
static bool may_come_in(unsigned i, unsigned inner)
{
    if (is_masked) {
        return false;
    }
    return inner == NO_CONTEXT || i == inner
           || (!REEL_LISTS_ARE_VERSIONED && i > inner
               && contexts[i].is_interrupt);
}

// The running one first, so the first schedule has no preemption.
static unsigned find_able(unsigned able[CONTEXTS])
{
    const unsigned inner = play->interrupts == 0 ? NO_CONTEXT : innermost();
    unsigned count = 0;
    if (running != NO_CONTEXT && is_able(running)) {
        able[count++] = running;
    }
    for (unsigned i = 0; i < CONTEXTS; i++) {
        if (i != running && is_able(i) && may_come_in(i, inner)) {
            able[count++] = i;
        }
    }
    return count;
}

static unsigned leave_out_asleep(unsigned able[CONTEXTS], unsigned count)
{
    unsigned left = 0;
    for (unsigned i = 0; i < count; i++) {
        if ((asleep >> able[i] & 1) == 0) {
            able[left++] = able[i];
        }
    }
    return left;
}

static bool depend(const actor *a, const actor *b)
{
    return a->location == b->location && (a->writes || b->writes);
}

// able[taken] goes; those before it went in schedules before this one.
static void update_asleep(const unsigned able[CONTEXTS], unsigned taken)
{
    if (play->is_whole || by_chance) {
        return;
    }
    for (unsigned i = 0; i < taken; i++) {
        asleep |= 1u << able[i];
    }
    for (unsigned i = 0; i < CONTEXTS; i++) {
        if (depend(&contexts[i], &contexts[able[taken]])) {
            asleep &= ~(1u << i);
        }
    }
}

static bool all_have_finished(void)
{
    bool all = true;
    for (unsigned i = 0; i < CONTEXTS; i++) {
        all = all && (!contexts[i].is_there || contexts[i].has_finished);
    }
    return all;
}

// How many of the able ones may go on: an interrupt or a bound on preemptions
// leaves only the running one.
static unsigned within_bound(const unsigned able[CONTEXTS], unsigned count)
{
    const bool is_spent = play->bound > 0 && preemptions == play->bound;
    return is_spent && count > 0 && able[0] == running ? 1 : count;
}

static unsigned next_context(void)
{
    unsigned able[CONTEXTS];
    unsigned count = find_able(able);
    if (count == 0) {
        if (!all_have_finished()) {
            bug = "a context waits for ever";
        }
        return NO_CONTEXT;
    }
    count = leave_out_asleep(able, within_bound(able, count));
    if (count == 0) {
        is_redundant = true;
        return NO_CONTEXT;
    }
    const bool could_stay = able[0] == running;
    const unsigned taken = choose(count);
    preemptions += could_stay && taken > 0;
    update_asleep(able, taken);
    return able[taken];
}

static void begin_call(actor *me)
{
    if (me->begins) {
        me->begins = false;
        letters_begin_call(running, me->call);
    }
}

void reach_point(unsigned location, bool writes)
{
    actor *const me = &contexts[running];
    me->location = location;
    me->writes = writes;
    switch_to(starts ? NO_CONTEXT : next_context());
    me->has_begun = true;
    if (me->waits) {
        me->waits = false;
        see_later(me->found_location, me->found_store);
    }
    if (++points > POINTS_MAX) {
        explorer_fail("a context loops for ever");
    }
    begin_call(me);
}

void note_found(unsigned location, size_t number)
{
    contexts[running].found_location = location;
    contexts[running].found_store = number;
}

// ---- what the library asks of its port ---------------------------------------------

bool reel_port_in_interrupt(void)
{
    return running != NO_CONTEXT && contexts[running].is_interrupt;
}

// Yielding again and again until the word changes would make the tree of schedules
// infinite, so a context that yields is not able before that.
void reel_port_yield(void)
{
    require(!reel_port_in_interrupt(), "an interrupt waits");
    contexts[running].waits = true;
    explorer_reach(WAITED);
}

// ---- one core ----------------------------------------------------------------------

uintptr_t reel_port_mask(void)
{
    const bool was_masked = is_masked;
    explorer_pause();
    is_masked = running != NO_CONTEXT;
    return was_masked;
}

void reel_port_unmask(uintptr_t saved)
{
    is_masked = saved != 0;
}

uintptr_t explorer_load_exclusive(const void *address, size_t size)
{
    explorer_access(address);
    has_monitor = true;
    return size == sizeof(uintptr_t) ? *(const uintptr_t *)address
                                     : *(const uint16_t *)address;
}

bool explorer_store_exclusive(void *address, size_t size, uintptr_t value)
{
    explorer_access(address);
    if (running != NO_CONTEXT && !has_monitor) {
        explorer_reach(RETRY);
        return false;
    }
    has_monitor = false;
    if (size == sizeof(uintptr_t)) {
        *(uintptr_t *)address = value;
    } else {
        *(uint16_t *)address = (uint16_t)value;
    }
    return true;
}

void reel_panic(reel_status why, const char *file, int line)
{
    (void)file, (void)line;
    const reel_status allowed = explorer_scene()->panics;
    // A region is closed a moment before it is known why.
    require(why == allowed || (why == REEL_CLOSED && allowed == REEL_STALE),
            "the library panics");
}

// ---- schedules ---------------------------------------------------------------------

bool explorer_calls(const char *script, unsigned context,
                    char calls[CALLS_MAX + 1])
{
    const char *at = script;
    for (unsigned i = 0; at != NULL && i < context; i++) {
        at = strchr(at, ' ');
        at = at != NULL ? at + 1 : NULL;
    }
    const size_t length = at != NULL ? strcspn(at, " ") : 0;
    memcpy(calls, at != NULL ? at : "", length);
    calls[length] = '\0';
    return at != NULL;
}

static void body(void)
{
    const unsigned me = running;
    for (const char *at = scripts[me]; *at != '\0'; at++) {
        letters_act(stands_on, me, *at);
    }
    contexts[me].has_finished = true;
    switch_to(starts ? NO_CONTEXT : next_context());
}

// Let each context run up to its first operation, which is when it is known.
static void start_contexts(void)
{
    starts = true;
    for (unsigned i = 0; i < CONTEXTS && bug == NULL; i++) {
        const actor fresh = {
            .is_there = explorer_calls(play->script, i, scripts[i]),
            .is_interrupt = (play->interrupts >> i & 1) != 0,
        };
        contexts[i] = fresh;
        if (fresh.is_there) {
            coroutine_prepare(i, body);
            switch_to(i);
        }
    }
    starts = false;
}

static void run_once(void)
{
    depth = 0;
    bug = NULL;
    asleep = preemptions = points = 0;
    is_redundant = is_masked = false;
    letters_begin(stands_on);
    stands_on->set_up(play);
    memory_begin(play->is_weak, play->spurious);
    start_contexts();
    if (bug == NULL) {
        switch_to(next_context());
    }
    if (bug == NULL && !is_redundant) {
        stands_on->inspect(play);
    }
}

void explore(const stage *on, const scene *plan, unsigned long samples,
             exploration *result)
{
    stands_on = on;
    play = plan;
    path_length = 0;
    reached = 0;
    by_chance = samples > 0;
    chance = 0x9E3779B97F4A7C15u;
    unsigned long left = samples;
    memory_forget();
    do {
        run_once();
        result->schedules += !is_redundant;
        result->redundant += is_redundant;
        result->bug = bug;
    } while (bug == NULL && next_path() && (!by_chance || --left > 0));
    result->reached |= reached;
}

void explain(const stage *on, const scene *plan)
{
    stands_on = on;
    play = plan;
    traces = true;
    run_once();
    traces = false;
    printf("#   %s\n", bug != NULL ? bug : "nothing is wrong");
}
