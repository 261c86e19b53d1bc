// SPDX-License-Identifier: MIT
#include "letters.h"

#include <string.h>

#include "model_calls.h"

#define EVENTS_MAX (CONTEXTS * SCRIPT_MAX * 3)

// A thing was taken, or a context begins to give one back.
typedef struct event {
    unsigned context;
    int change;
    uint8_t clocks[CONTEXTS];
} event;

static const stage *at;
static kept hands[CONTEXTS];
static int wanted[CONTEXTS]; // by the call under way
static event events[EVENTS_MAX];
static size_t event_count;
static int used_before;

// ---- what is in use, under weak memory -----------------------------------------

static void note_event(int change)
{
    const unsigned me = explorer_context();
    if (me == NO_CONTEXT) {
        used_before += change;
        return;
    }
    require(event_count < EVENTS_MAX, "too many events");
    event *const added = &events[event_count++];
    added->context = me;
    added->change = change;
    explorer_clocks(added->clocks);
}

static bool knows(const uint8_t clocks[CONTEXTS], const event *of)
{
    return clocks[of->context] >= of->clocks[of->context];
}

// What each context has done up to some moment, in events.
typedef struct cut {
    size_t done[CONTEXTS];
} cut;

static bool is_in(const cut *some, size_t i)
{
    size_t before = 0;
    for (size_t j = 0; j < i; j++) {
        before += events[j].context == events[i].context;
    }
    return before < some->done[events[i].context];
}

// A moment that there may have been: it has all that the events in it know of.
static bool is_moment(const cut *some)
{
    for (size_t i = 0; i < event_count; i++) {
        for (size_t j = 0; is_in(some, i) && j < event_count; j++) {
            if (knows(events[i].clocks, &events[j]) && !is_in(some, j)) {
                return false;
            }
        }
    }
    return true;
}

static int used_at(const cut *some)
{
    int used = used_before;
    for (size_t i = 0; i < event_count; i++) {
        used += is_in(some, i) ? events[i].change : 0;
    }
    return used;
}

static bool next_cut(cut *some, const cut *from, const cut *to)
{
    for (unsigned i = 0; i < CONTEXTS; i++) {
        if (some->done[i] < to->done[i]) {
            some->done[i]++;
            return true;
        }
        some->done[i] = from->done[i];
    }
    return false;
}

// The fewest in use at any moment from what the counting context knew when it began
// to now.
static int least_used_since(const uint8_t began[CONTEXTS])
{
    cut from = { { 0 } }, to = { { 0 } };
    for (size_t i = 0; i < event_count; i++) {
        from.done[events[i].context] += knows(began, &events[i]);
        to.done[events[i].context]++;
    }
    int least = (int)book.count;
    cut some = from;
    do {
        if (is_moment(&some) && used_at(&some) < least) {
            least = used_at(&some);
        }
    } while (next_cut(&some, &from, &to));
    return least;
}

static void count(unsigned context, unsigned number)
{
    uint8_t began[CONTEXTS];
    (void)number;
    explorer_clocks(began);
    explorer_call(CALL_COUNT);
    const size_t used = at->things->count();
    explorer_call(CALL_NONE);
    if (explorer_scene()->is_weak) {
        book.least_used[context] = least_used_since(began);
    }
    ledger_end_counting(context, used);
    explorer_reach(used < book.most_number ? COUNTED : 0);
}

// ---- the parts of a call --------------------------------------------------------

void letters_begin_taking(unsigned context, int most)
{
    wanted[context] = most;
    explorer_call(CALL_ALLOC);
}

void letters_begin_call(unsigned context, call kind)
{
    if (kind == CALL_ALLOC) {
        ledger_begin_taking(context, wanted[context]);
    } else if (kind == CALL_COUNT) {
        ledger_begin_counting(context);
    }
}

static void reach_between(unsigned context)
{
    for (unsigned i = 0; i < CONTEXTS; i++) {
        if (i != context && book.counts[i]) {
            explorer_reach(TAKEN_BETWEEN);
        }
    }
}

void letters_end_taking(unsigned context, void *const had[], int count,
                        bool may_miss)
{
    size_t numbers[LEDGER_THINGS];
    for (int i = 0; i < count; i++) {
        numbers[i] = at->things->number_of(had[i]);
    }
    explorer_reach(count < wanted[context] ? 0 : SUCCESS);
    ledger_end_taking(context, numbers, count, may_miss);
    for (int i = 0; i < count; i++) {
        note_event(1);
        letters_keep(context, had[i]);
        reach_between(context);
    }
}

void letters_begin_giving(unsigned context, void *thing)
{
    const size_t number = at->things->number_of(thing);
    (void)context;
    if (book.out[number] > 0 && book.freeing[number] == 0) {
        note_event(-1);
    }
    ledger_begin_freeing(number);
}

bool letters_end_giving(void *thing, reel_status status, bool is_owned)
{
    const bool is_done = status == REEL_OK;
    require(is_done || status == REEL_DOUBLE_FREE,
            "giving back says something else");
    require(is_done || !is_owned, "its owner cannot give it back");
    explorer_reach(is_done ? FREED : DOUBLE_FREE);
    ledger_end_freeing(at->things->number_of(thing), is_done);
    return is_done;
}

// ---- what a context keeps -------------------------------------------------------

kept *letters_kept(unsigned context)
{
    return &hands[context];
}

void letters_keep(unsigned context, void *thing)
{
    kept *const hand = &hands[context];
    at->things->use(thing);
    hand->things[hand->last++] = thing;
}

void *letters_oldest(unsigned context)
{
    kept *const hand = &hands[context];
    return hand->first < hand->last ? hand->things[hand->first++] : NULL;
}

void *letters_newest(unsigned context)
{
    kept *const hand = &hands[context];
    return hand->first < hand->last ? hand->things[--hand->last] : NULL;
}

// ---- the mailbox ----------------------------------------------------------------

static uintptr_t *mailbox(void)
{
    return &explorer_memory[SCENE_WORDS];
}

void letters_send(uintptr_t what)
{
    model_store(mailbox(), what, __ATOMIC_RELEASE);
}

uintptr_t letters_found(void)
{
    const uintptr_t found = model_load(mailbox(), __ATOMIC_ACQUIRE);
    if (found != 0) {
        explorer_reach(HANDED_OVER);
    }
    return found;
}

void *letters_thing_found(void)
{
    return (void *)letters_found();
}

// ---- the letters ----------------------------------------------------------------

static void give_own(unsigned context, void *thing)
{
    if (thing != NULL) {
        at->things->use(thing);
        at->things->give(context, thing, !book.is_hostile);
    }
}

static void give_oldest(unsigned context, unsigned number)
{
    (void)number;
    give_own(context, letters_oldest(context));
}

static void give_newest(unsigned context, unsigned number)
{
    (void)number;
    give_own(context, letters_newest(context));
}

static void let_go(unsigned context, unsigned number)
{
    (void)number;
    (void)letters_oldest(context);
}

static void give_any(unsigned context, unsigned number)
{
    at->things->give(context, at->things->place(number), false);
}

static void put_into_mailbox(unsigned context, unsigned number)
{
    void *const oldest = letters_oldest(context);
    (void)number;
    if (oldest != NULL) {
        at->things->use(oldest);
        letters_send((uintptr_t)oldest);
    }
}

static void give_from_mailbox(unsigned context, unsigned number)
{
    (void)number;
    give_own(context, letters_thing_found());
}

static void say(unsigned context, unsigned number)
{
    (void)context, (void)number;
    letters_send(1);
}

// A context that is told of a free must not miss it, whatever the memory.
static void take_if_told(unsigned context, unsigned number)
{
    if (letters_found() != 0) {
        const int refused = book.refused;
        at->things->take(context, number);
        require(book.refused == refused, "a free that is known is missed");
    }
}

static void take(unsigned context, unsigned number)
{
    at->things->take(context, number);
}

static const letter shared[] = {
    { 'a', take, 1 },
    { 'F', give_oldest, 0 },
    { 'f', give_newest, 0 },
    { 'd', let_go, 0 },
    { 'x', give_any, 0 },
    { 'y', give_any, 1 },
    { 'z', give_any, 2 },
    { 'p', put_into_mailbox, 0 },
    { 's', say, 0 },
    { 't', give_from_mailbox, 0 },
    { 'u', count, 0 },
    { 'w', take_if_told, 1 },
    { 0 },
};

static const letter *find(const letter *in, char which)
{
    while (in->letter != '\0' && in->letter != which) {
        in++;
    }
    return in;
}

void letters_act(const stage *on, unsigned context, char which)
{
    const letter *found = find(on->letters, which);
    if (found->letter == '\0' && on->things != NULL) {
        found = find(shared, which);
    }
    require(found->letter != '\0', "no such letter");
    found->act(context, found->number);
}

void letters_act_before(const stage *on, const scene *plan)
{
    char calls[CALLS_MAX + 1];
    for (unsigned i = 0; explorer_calls(plan->before, i, calls); i++) {
        for (const char *next = calls; *next != '\0'; next++) {
            letters_act(on, i, *next);
        }
    }
    book.was_freed = false;
}

static bool has_any(const char *script, const char *letters)
{
    return script != NULL && strpbrk(script, letters) != NULL;
}

bool letters_occur(const scene *plan, const char *letters)
{
    return has_any(plan->script, letters) || has_any(plan->before, letters)
           || has_any(plan->letters, letters);
}

void letters_begin(const stage *on)
{
    at = on;
    event_count = 0;
    used_before = 0;
    memset(hands, 0, sizeof hands);
    *mailbox() = 0;
}

void ledger_complain(const char *what)
{
    explorer_fail(what);
}
