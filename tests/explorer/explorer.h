// SPDX-License-Identifier: MIT
// The explorer runs a scene, a few contexts with a few calls each, in every order
// in which their operations on shared words can follow each other, and under weak
// memory with every value that a load may return. It is depth first and without a
// memory: each schedule starts anew from set_up.
//
// Contexts are coroutines. What a context does between two operations on shared
// words is seen by no other, except as a data race, which is looked for.
//
// Built with a backend for one core it runs the same scenes on that one: interrupts
// come before any access to the scene's memory, run to their end, and nest, a
// higher number above a lower. Weak memory and threads on other cores are left out.

#ifndef REEL_EXPLORER_H
#define REEL_EXPLORER_H

#include "reel/base.h"

#define CONTEXTS     3
#define NO_CONTEXT   CONTEXTS // who sets up and inspects, outside of schedules
#define SCRIPT_MAX   6
#define CALLS_MAX    9   // of a context, before and in the script
#define SCENE_WORDS  136 // of memory, for the scenes
#define MEMORY_WORDS (SCENE_WORDS + 1)

// What a context is at, to tell who disturbed whom.
typedef enum call {
    CALL_NONE,
    CALL_ALLOC,
    CALL_FREE,
    CALL_COUNT,
    CALL_OTHER,
} call;

// A scene fails unless each outcome it names was reached in some schedule.
typedef enum outcome {
    SUCCESS = 1 << 0,        // a block was had
    EMPTY = 1 << 1,          // none was left, or no room
    RETRY = 1 << 2,          // an exchange failed, since another came between
    FREED = 1 << 3,          // a block was given back
    DOUBLE_FREE = 1 << 4,    // refused
    FREE_BETWEEN = 1 << 5,   // freed between an alloc's two looks at the list
    HANDED_OVER = 1 << 6,    // a block went from one context to another
    STALE = 1 << 7,          // a load missed the latest store
    GREW = 1 << 8,           // the commit hook was called
    WAITED = 1 << 9,         // a thread waited for the gate
    BUSY = 1 << 10,          // an interrupt was refused growth
    HOOK_REFUSED = 1 << 11,  // the commit hook did
    REFILLED = 1 << 12,      // a cache took more than it was asked for
    DRAINED = 1 << 13,       // a full cache gave some back
    REUSED = 1 << 14,        // a place was handed out again
    FOREIGN = 1 << 15,       // a pointer was refused
    CLOSED = 1 << 16,        // a region
    COUNTED = 1 << 17,       // what is in use, not only up to what ever was
    TAKEN_BETWEEN = 1 << 18, // a block, while another context counted
} outcome;

typedef struct scene {
    const char *name;
    // The calls of each context, with a space in between; one letter is one call
    // (see letters.h). '*' is any of `letters`; the scene is then run for every
    // combination of them.
    const char *script;
    unsigned must; // outcomes to be reached

    const char *before; // calls that set-up makes, likewise; or NULL
    const char *letters;
    size_t size;           // blocks or bytes, as set_up likes
    size_t slots;          // of each context's cache, or of a table of chunks
    unsigned interrupts;   // bit i: context i starts anywhere and is not left
    unsigned spurious;     // exchanges that may fail for no reason
    unsigned refusals;     // calls of a hook that may fail
    unsigned bound;        // preemptions, at most; 0: any number
    reel_status panics;    // calls may panic for this reason; REEL_OK: none
    bool same_core;        // interrupts come before plain accesses, too
    bool is_weak;          // weak memory, else sequential consistency
    bool is_whole;         // every order, else one of each class of equivalents
    bool is_long;          // only sampled, unless all is asked for
    bool is_long_one_core; // the same, where handlers come at any access
    bool one_core;         // its threads may also share a core
} scene;

// What a letter does; several may differ in a number alone.
typedef struct letter {
    char letter;
    void (*act)(unsigned context, unsigned number);
    unsigned number;
} letter;

// Scenes with one kind of object. Both tables end with a row of zeros.
typedef struct stage {
    const scene *scenes;
    const letter *letters;       // those of its own
    const struct things *things; // what the shared letters are about, or NULL
    void (*set_up)(const scene *plan);
    void (*inspect)(const scene *plan);
} stage;

// The objects of a scene lie here: only this memory is looked after.
extern uintptr_t explorer_memory[MEMORY_WORDS];

// A word behind an object of the scene, which no context may reach.
void explorer_wall_off(const uintptr_t *word);

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

// With one core: the running context is about to access the scene's memory.
void explorer_access(const void *address);

// The same, exclusively: 16 bits or a word. A store fails if another context ran
// since the load.
uintptr_t explorer_load_exclusive(const void *address, size_t size);
bool explorer_store_exclusive(void *address, size_t size, uintptr_t value);

// Both answers, in different schedules; outside of schedules it is false.
bool explorer_perhaps(void);

// A place where any other context may be let run, although no word is shared.
void explorer_pause(void);

// The running context goes into a call, or with CALL_NONE is out of it.
void explorer_call(call kind);

unsigned explorer_context(void);

// How far each context is, as far as the running one knows by what it acquired. It
// knows what another did if it knows that one as far as that one then was.
void explorer_clocks(uint8_t clocks[CONTEXTS]);

const scene *explorer_scene(void);

// The calls of one context in a script; false: it has no such context.
bool explorer_calls(const char *script, unsigned context,
                    char calls[CALLS_MAX + 1]);

extern const stage arena_stage, temp_stage, blocks_stage, batch_stage,
    registry_stage, rewindable_stage, pool_stage, heap_stage, lifetimes_stage,
    lock_stage;

#endif
