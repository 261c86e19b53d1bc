// The explorer runs a scene, a few contexts with a few calls each, in every order
// in which their operations on shared words can follow each other, and under weak
// memory with every value that a load may return. It is depth first and without a
// memory: each schedule starts anew from set_up.
//
// Contexts are coroutines. What a context does between two operations on shared
// words is seen by no other, except as a data race, which is looked for.

#ifndef REEL_EXPLORER_H
#define REEL_EXPLORER_H

#include "reel/base.h"

#define CONTEXTS     3
#define NO_CONTEXT   CONTEXTS // who sets up and inspects, outside of schedules
#define SCRIPT_MAX   6
#define MEMORY_WORDS 128

// What a context is at, to tell who disturbed whom.
typedef enum call {
    CALL_NONE,
    CALL_ALLOC,
    CALL_FREE,
    CALL_OTHER,
} call;

// A scene fails unless each outcome it names was reached in some schedule.
typedef enum outcome {
    SUCCESS = 1 << 0,       // a block was had
    EMPTY = 1 << 1,         // none was left, or no room
    RETRY = 1 << 2,         // an exchange failed, since another came between
    FREED = 1 << 3,         // a block was given back
    DOUBLE_FREE = 1 << 4,   // refused
    FREE_BETWEEN = 1 << 5,  // freed between an alloc's two looks at the list
    HANDED_OVER = 1 << 6,   // a block went from one context to another
    STALE = 1 << 7,         // a load missed the latest store
    GREW = 1 << 8,          // the commit hook was called
    WAITED = 1 << 9,        // a thread waited for the gate
    BUSY = 1 << 10,         // an interrupt was refused growth
    HOOK_REFUSED = 1 << 11, // the commit hook did
    REFILLED = 1 << 12,     // a cache took more than it was asked for
    DRAINED = 1 << 13,      // a full cache gave some back
    REUSED = 1 << 14,       // a place was handed out again
    FOREIGN = 1 << 15,      // a pointer was refused
    CLOSED = 1 << 16,       // a region
} outcome;

typedef struct scene {
    const char *name;
    void (*set_up)(const struct scene *plan);
    void (*act)(const struct scene *plan, unsigned context, char letter);
    void (*inspect)(const struct scene *plan);
    // A call's first operation is about to happen. May be NULL.
    void (*begin)(unsigned context, call kind);

    // One letter is one call. '*' is any of `letters`; the scene is then run
    // for every combination of them.
    const char *script[CONTEXTS]; // NULL: no such context
    const char *before[CONTEXTS]; // calls that set_up makes on its behalf
    const char *letters;
    size_t size;         // blocks or bytes, as set_up likes
    size_t slots;        // of each context's cache, or of a table of chunks
    unsigned must;       // outcomes to be reached
    unsigned interrupts; // bit i: context i starts anywhere and is not left
    unsigned spurious;   // exchanges that may fail for no reason
    unsigned refusals;   // calls of a hook that may fail
    unsigned bound;      // preemptions, at most; 0: any number
    bool is_weak;        // weak memory, else sequential consistency
    bool is_whole;       // every order, else one of each class of equivalents
    bool is_long;        // only sampled, unless all is asked for
} scene;

// The objects of a scene lie here: only this memory is looked after.
extern uintptr_t explorer_memory[MEMORY_WORDS];

// This schedule shows a bug: leave it. Does not return inside a schedule.
void explorer_fail(const char *what);

static inline void require(bool fact, const char *what)
{
    if (!fact) {
        explorer_fail(what);
    }
}

void explorer_reach(outcome reached);

// The running context accesses plain memory. Two accesses to a word, one of them
// a write, with nothing that puts them in order, are a race: a bug.
void explorer_read(const void *address);
void explorer_write(const void *address);

// Both answers, in different schedules; outside of schedules it is false.
bool explorer_perhaps(void);

// A place where any other context may be let run, although no word is shared.
void explorer_pause(void);

// The running context goes into a call, or with CALL_NONE is out of it.
void explorer_call(call kind);

unsigned explorer_context(void);

// Scenes end with one that has no name.
extern const scene arena_scenes[], temp_scenes[], blocks_scenes[],
    batch_scenes[], registry_scenes[], rewindable_scenes[], pool_scenes[];

#endif
