// SPDX-License-Identifier: MIT
// A registry whose owner, context 0, changes it while others ask. They know the
// handles beforehand: entry 0 is the root, entry 1 its child, each of the first
// version, the second.

#include "letters.h"

#include "reel/registry.h"

// In explorer_memory, in words.
#define REGISTRY_AT 0
#define ENTRIES_AT  16
#define OBJECTS_AT  64 // one for each handle, written before the handle is made

#define ENTRIES  2
#define VERSIONS 4 // the first, the second and two to be on the safe side

typedef enum state {
    NOT_YET,
    CHANGING, // the owner is inside the call
    GOOD,
    GONE,
} state;

static state states[ENTRIES * VERSIONS];
static reel_handle root;
static uintptr_t first; // version of an entry

static reel_registry *registry(void)
{
    return (reel_registry *)(void *)&explorer_memory[REGISTRY_AT];
}

static size_t number_of(reel_handle handle)
{
    return handle.index * VERSIONS + (handle.version - first);
}

static uintptr_t *object_of(reel_handle handle)
{
    return &explorer_memory[OBJECTS_AT + number_of(handle)];
}

static reel_handle handle_of(unsigned number)
{
    const reel_handle handle = { number / 2, number % 2 + first };
    return handle;
}

// ---- the owner -----------------------------------------------------------------

// The next handle of an entry: its object is there before it is.
static reel_handle announce(size_t index)
{
    reel_handle next = { index, first };
    while (states[number_of(next)] != NOT_YET) {
        next.version++;
    }
    states[number_of(next)] = CHANGING;
    explorer_write(object_of(next));
    return next;
}

static void set_all_good(state to)
{
    for (size_t i = 0; i < ENTRIES * VERSIONS; i++) {
        if (states[i] == GOOD || (to == GONE && states[i] == CHANGING)) {
            states[i] = to;
        }
    }
}

static void enter(size_t index, reel_handle parent)
{
    const reel_handle next = announce(index);
    reel_allocator allocator = reel_allocator_null();
    reel_handle out;
    allocator.self = object_of(next);
    require(reel_registry_register(registry(), allocator, parent, &out)
                == REEL_OK,
            "the owner is refused");
    require(out.index == next.index && out.version == next.version,
            "another handle than expected");
    states[number_of(next)] = GOOD;
    root = index == 0 ? out : root;
}

static void rewind_root(unsigned context, unsigned number)
{
    (void)context, (void)number;
    set_all_good(CHANGING);
    const reel_handle next = announce(0);
    states[number_of(next)] = NOT_YET;
    require(reel_registry_rewound(registry(), root, &root) == REEL_OK,
            "the owner is refused");
    set_all_good(GONE);
    states[number_of(next)] = GOOD;
}

static void register_root(unsigned context, unsigned number)
{
    (void)context, (void)number;
    enter(0, REEL_NO_HANDLE);
}

static void register_child(unsigned context, unsigned number)
{
    (void)context, (void)number;
    enter(1, root);
}

static void unregister_root(unsigned context, unsigned number)
{
    (void)context, (void)number;
    set_all_good(CHANGING);
    require(reel_registry_unregister(registry(), root) == REEL_OK,
            "the owner is refused");
    set_all_good(GONE);
}

// ---- the others ----------------------------------------------------------------

// What was had is there, and not half of it.
static bool follow(reel_handle handle)
{
    uintptr_t *const object = object_of(handle);
    void *const found = reel_ref_get(registry(), reel_ref_make(handle, object));
    if (found != NULL) {
        explorer_read(object);
    }
    return found != NULL;
}

static bool look_up(reel_handle handle)
{
    const reel_allocator *const found = reel_registry_get(registry(), handle);
    if (found != NULL) {
        explorer_read(&found->ops);
        explorer_read(&found->self);
        require(found->self == object_of(handle), "another's allocator");
        explorer_read(object_of(handle));
    }
    return found != NULL;
}

static void judge(reel_handle handle, state before, bool found)
{
    const state after = states[number_of(handle)];
    explorer_reach(found ? SUCCESS : EMPTY);
    if (!explorer_scene()->is_weak) {
        require(!found || before != GONE, "a stale handle is good");
        require(found || before != GOOD || after != GOOD,
                "a good handle is stale");
    }
}

static void follow_ref(unsigned context, unsigned number)
{
    const reel_handle handle = handle_of(number);
    const state before = states[number_of(handle)];
    (void)context;
    judge(handle, before, follow(handle));
}

static void look_up_handle(unsigned context, unsigned number)
{
    const reel_handle handle = handle_of(number);
    const state before = states[number_of(handle)];
    (void)context;
    judge(handle, before, look_up(handle));
}

static void follow_both(unsigned context, unsigned number)
{
    const bool parent = follow(handle_of(0));
    const bool child = follow(handle_of(2));
    (void)context, (void)number;
    explorer_reach(parent ? SUCCESS : EMPTY);
    require(parent || !child, "a child is good for longer than its parent");
}

static const letter letters[] = {
    { 'r', register_root, 0 },  { 'k', register_child, 0 },
    { 'e', rewind_root, 0 },    { 'v', unregister_root, 0 },
    { 'D', follow_ref, 0 },     { 'E', follow_ref, 1 },
    { 'H', follow_ref, 2 },     { 'I', follow_ref, 3 },
    { 'U', look_up_handle, 0 }, { 'V', look_up_handle, 1 },
    { 'W', look_up_handle, 2 }, { 'Z', look_up_handle, 3 },
    { 'J', follow_both, 0 },    { 0 },
};

// What lies in the table looks like a version.
static void set_up(const scene *plan)
{
    for (size_t i = 0; i < MEMORY_WORDS; i++) {
        explorer_memory[i] = 1;
    }
    for (size_t i = 0; i < ENTRIES * VERSIONS; i++) {
        states[i] = NOT_YET;
    }
    void *const entries = &explorer_memory[ENTRIES_AT];
    reel_handle handle;
    require(reel_registry_init(registry(), entries, ENTRIES) == REEL_OK
                && reel_registry_register(registry(), reel_allocator_null(),
                                          REEL_NO_HANDLE, &handle)
                       == REEL_OK
                && reel_registry_init(registry(), entries, ENTRIES) == REEL_OK,
            "no registry");
    first = handle.version;
    letters_act_before(&registry_stage, plan);
}

static void inspect(const scene *plan)
{
    (void)plan;
    require(reel_registry_is_valid(registry()), "the registry is not valid");
}

// Only an interrupt may look into what the owner may end meanwhile.
static const scene scenes[] = {
    { "registry: refs are followed while a family comes and goes", "rkekv **",
      SUCCESS | EMPTY, .letters = "DEHI" },
    { "registry: the same, weak memory", "rkek **", SUCCESS | EMPTY | STALE,
      .letters = "DEHI", .is_weak = true },
    { "registry: entries used again, weak memory", "vrk ** I",
      SUCCESS | EMPTY | STALE, .before = "rk", .letters = "DEHI",
      .is_weak = true },
    { "registry: allocators are looked up as they come, weak memory", "rk ** W",
      SUCCESS | EMPTY | STALE, .letters = "UW", .is_weak = true },
    { "registry: an allocator in an entry used again, weak memory", "rk VW V",
      SUCCESS | EMPTY | STALE, .before = "rv", .is_weak = true },
    { "registry: an interrupt looks up what comes and goes", "rkvrk ** Z",
      SUCCESS | EMPTY, .letters = "UVWZ", .interrupts = 1 << 1 | 1 << 2,
      .is_whole = true },
    { "registry: parents outlive children", "* JJ", SUCCESS | EMPTY,
      .before = "rk", .letters = "ve" },
    { "registry: parents outlive children, weak memory", "* JJ J",
      SUCCESS | EMPTY | STALE, .before = "rk", .letters = "ve",
      .is_weak = true },
    { 0 },
};

const stage registry_stage = { scenes, letters, NULL, set_up, inspect };
