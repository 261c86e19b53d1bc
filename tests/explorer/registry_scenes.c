// A registry whose owner, context 0, changes it while others ask. The owner's
// letters:
//
//   r  register a root                 c  register a child of it
//   w  the root was rewound            u  unregister the root
//
// The others' letters are handles, that they know of beforehand: entry 0 with
// version 1, 2 is a, b, and entry 1 with version 1, 2 is c, d. A small letter
// follows a ref; a capital one looks the allocator up; p asks for the root and then
// for its child.

#include "explorer.h"

#include "reel/registry.h"

// In explorer_memory, in words.
#define REGISTRY_AT 0
#define ENTRIES_AT  16
#define OBJECTS_AT  64 // one for each handle, written before the handle is made

#define ENTRIES  2
#define VERSIONS 4 // 1, 2 and one to be on the safe side

typedef enum state {
    NOT_YET,
    CHANGING, // the owner is inside the call
    GOOD,
    GONE,
} state;

static state states[ENTRIES * VERSIONS];
static reel_handle root;

static reel_registry *registry(void)
{
    return (reel_registry *)(void *)&explorer_memory[REGISTRY_AT];
}

static size_t number_of(reel_handle handle)
{
    return handle.index * VERSIONS + handle.version;
}

static uintptr_t *object_of(reel_handle handle)
{
    return &explorer_memory[OBJECTS_AT + number_of(handle)];
}

static reel_handle handle_of(char letter)
{
    const size_t number = (size_t)(letter - 'a');
    const reel_handle handle = { number / 2, number % 2 + 1 };
    return handle;
}

// ---- the owner -----------------------------------------------------------------

// The next handle of an entry: its object is there before it is.
static reel_handle announce(size_t index)
{
    reel_handle next = { index, 1 };
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

static void rewind_root(void)
{
    set_all_good(CHANGING);
    const reel_handle next = announce(0);
    states[number_of(next)] = NOT_YET;
    require(reel_registry_rewound(registry(), root, &root) == REEL_OK,
            "the owner is refused");
    set_all_good(GONE);
    states[number_of(next)] = GOOD;
}

static void own(char letter)
{
    switch (letter) {
    case 'r':
        enter(0, REEL_NO_HANDLE);
        break;
    case 'c':
        enter(1, root);
        break;
    case 'w':
        rewind_root();
        break;
    default:
        set_all_good(CHANGING);
        require(reel_registry_unregister(registry(), root) == REEL_OK,
                "the owner is refused");
        set_all_good(GONE);
        break;
    }
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

static void ask(const scene *plan, char letter)
{
    const bool is_ref = letter >= 'a';
    const reel_handle handle =
        handle_of(is_ref ? letter : (char)(letter - 'A' + 'a'));
    const state before = states[number_of(handle)];
    const bool found = is_ref ? follow(handle) : look_up(handle);
    const state after = states[number_of(handle)];
    explorer_reach(found ? SUCCESS : EMPTY);
    if (!plan->is_weak) {
        require(!found || before != GONE, "a stale handle is good");
        require(found || before != GOOD || after != GOOD,
                "a good handle is stale");
    }
}

static void act(const scene *plan, unsigned context, char letter)
{
    if (context == 0) {
        own(letter);
    } else if (letter == 'p') {
        const bool parent = follow(handle_of('a'));
        const bool child = follow(handle_of('c'));
        explorer_reach(parent ? SUCCESS : EMPTY);
        require(parent || !child, "a child is good for longer than its parent");
    } else {
        ask(plan, letter);
    }
}

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
    require(reel_registry_init(registry(), entries, ENTRIES) == REEL_OK,
            "no registry");
    for (const char *letter = plan->before[0];
         letter != NULL && *letter != '\0'; letter++) {
        own(*letter);
    }
}

static void inspect(const scene *plan)
{
    (void)plan;
    require(reel_registry_is_valid(registry()), "the registry is not valid");
}

#define CALLS .set_up = set_up, .act = act, .inspect = inspect

// Only an interrupt may look into what the owner may end meanwhile.
const scene registry_scenes[] = {
    { .name = "registry: refs are followed while a family comes and goes",
      CALLS,
      .script = { "rcwcu", "**" },
      .letters = "abcd",
      .must = SUCCESS | EMPTY },
    { .name = "registry: the same, weak memory",
      CALLS,
      .script = { "rcwc", "**" },
      .letters = "abcd",
      .is_weak = true,
      .must = SUCCESS | EMPTY | STALE },
    { .name = "registry: entries used again, weak memory",
      CALLS,
      .before = { "rc" },
      .script = { "urc", "**", "d" },
      .letters = "abcd",
      .is_weak = true,
      .must = SUCCESS | EMPTY | STALE },
    { .name = "registry: allocators are looked up as they come, weak memory",
      CALLS,
      .script = { "rc", "**", "C" },
      .letters = "AC",
      .is_weak = true,
      .must = SUCCESS | EMPTY | STALE },
    { .name = "registry: an allocator in an entry used again, weak memory",
      CALLS,
      .before = { "ru" },
      .script = { "rc", "BC", "B" },
      .is_weak = true,
      .must = SUCCESS | EMPTY | STALE },
    { .name = "registry: an interrupt looks up what comes and goes",
      CALLS,
      .script = { "rcurc", "**", "D" },
      .letters = "ABCD",
      .interrupts = 1 << 1 | 1 << 2,
      .is_whole = true,
      .must = SUCCESS | EMPTY },
    { .name = "registry: parents outlive children",
      CALLS,
      .before = { "rc" },
      .script = { "*", "pp" },
      .letters = "uw",
      .must = SUCCESS | EMPTY },
    { .name = "registry: parents outlive children, weak memory",
      CALLS,
      .before = { "rc" },
      .script = { "*", "pp", "p" },
      .letters = "uw",
      .is_weak = true,
      .must = SUCCESS | EMPTY | STALE },
    { 0 },
};
