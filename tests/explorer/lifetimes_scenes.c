// SPDX-License-Identifier: MIT
// The end of an allocator, by context 0, while interrupts of the same core use it: what
// they get they get before the parent's memory is used anew, in its place, and none of
// them twice; afterwards they get nothing, and touch nothing.
//
// A scene's size says which kind of allocator it is about. Interrupts come between any
// two operations on shared words here; the boards have them after each instruction.

#include "letters.h"

#include "reel/pool.h"
#include "reel/region.h"
#include "reel/registry.h"
#include "reel/rewindable.h"
#include "reel/temp.h"

// In explorer_memory, in words.
#define REGISTRY_AT 0
#define ENTRIES_AT  9
#define OBJECT_AT   25
#define TABLE_AT    53
#define BUFFER_AT   65  // what the parent ends
#define PAGES_AT    105 // the pool of a region, and its chunk; they live on
#define CHUNK_AT    125

#define ENTRIES 2
#define BUFFER  40 // words
#define THINGS  4
#define PATTERN 0x5C

#define FITS(type, count, from, to)                                \
    _Static_assert((from) + (count) * sizeof(type) / WORD <= (to), \
                   #type " reaches into what lies behind")
FITS(reel_registry, 1, REGISTRY_AT, ENTRIES_AT);
FITS(reel_registry_entry, ENTRIES, ENTRIES_AT, OBJECT_AT);
FITS(reel_blocks, 1, OBJECT_AT, TABLE_AT);
FITS(reel_arena, 1, OBJECT_AT, TABLE_AT);
FITS(reel_temp, 1, OBJECT_AT, TABLE_AT);
FITS(reel_rewindable, 1, OBJECT_AT, TABLE_AT);
FITS(reel_pool, 1, OBJECT_AT, TABLE_AT);
FITS(reel_region, 1, OBJECT_AT, TABLE_AT);
FITS(reel_rewindable_chunk, 2, TABLE_AT, BUFFER_AT);
FITS(reel_pool_chunk, 2, TABLE_AT, BUFFER_AT);
FITS(uintptr_t, BUFFER, BUFFER_AT, PAGES_AT);
FITS(reel_pool, 1, PAGES_AT, CHUNK_AT);
FITS(reel_pool_chunk, 1, CHUNK_AT, SCENE_WORDS);

enum {
    BLOCKS,
    ARENA,
    OWNED_ARENA,
    MARKED_ARENA,
    TEMP,
    REWINDABLE,
    POOL,
    REGION
};

typedef struct kind {
    reel_status (*start)(reel_handle parent);
    void *(*take)(void);
    reel_status (*give)(void *thing);
} kind;

static reel_handle parent, child;
static bool has_ended; // and its memory is used anew
static void *out[SCRIPT_MAX + CALLS_MAX];
static reel_mark marks[SCRIPT_MAX + CALLS_MAX]; // before each of them
static size_t count;
static size_t supplied; // words of the buffer
static size_t usable;   // words of it, at most

static void *at(size_t words)
{
    return &explorer_memory[words];
}

static reel_registry *registry(void)
{
    return at(REGISTRY_AT);
}

// ---- a backing over the buffer --------------------------------------------------------

static void *supply(void *self, size_t size, size_t align)
{
    const size_t words = (size + WORD - 1) / WORD;
    (void)self, (void)align;
    require(!has_ended, "a dead allocator asks its backing");
    if (words > BUFFER - supplied) {
        return NULL;
    }
    supplied += words;
    return at(BUFFER_AT + supplied - words);
}

static reel_status take_back(void *self, void *block, size_t size)
{
    (void)self, (void)block, (void)size;
    explorer_fail("an end gives something back");
    return REEL_OK;
}

static reel_allocator backing(void)
{
    static const reel_allocator_ops ops = { .allocate = supply,
                                            .free = take_back };
    const reel_allocator allocator = { &ops, NULL };
    return allocator;
}

// ---- kinds -----------------------------------------------------------------------------

static reel_status start_blocks(reel_handle under)
{
    require(reel_blocks_init(at(OBJECT_AT), at(BUFFER_AT), BUFFER * WORD, WORD,
                             THINGS)
                == REEL_OK,
            "no blocks");
    return reel_blocks_bind(at(OBJECT_AT), registry(), under);
}

static void *take_block(void)
{
    return reel_blocks_alloc(at(OBJECT_AT));
}

static reel_status give_block(void *block)
{
    return reel_blocks_free(at(OBJECT_AT), block);
}

static void init_arena(void)
{
    require(reel_arena_init(at(OBJECT_AT), at(BUFFER_AT), THINGS * WORD)
                == REEL_OK,
            "no arena");
}

static reel_status start_arena(reel_handle under)
{
    init_arena();
    return reel_arena_bind(at(OBJECT_AT), registry(), under);
}

static void *take_shared(void)
{
    return reel_arena_alloc_shared(at(OBJECT_AT), WORD, WORD);
}

// What is inline stores plainly, past the model of memory.
static void *take_owned(void)
{
    return reel_arena_alloc_slow(at(OBJECT_AT), WORD, WORD);
}

static reel_status give_owned(void *block)
{
    return reel_arena_free(at(OBJECT_AT), block, WORD);
}

static bool commit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    require(!has_ended, "a dead temp commits");
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    explorer_fail("an end decommits");
}

// Registered by its value, so its rewinds are inline.
static reel_status enter_arena(reel_handle under)
{
    init_arena();
    return reel_registry_register(
        registry(), reel_arena_allocator(at(OBJECT_AT)), under, &child);
}

// The core's own, whose accesses the explorer sees; not those that are inline here.
static reel_mark (*volatile mark_arena)(reel_arena *) = reel_arena_mark;
static reel_status (*volatile rewind_arena)(reel_arena *,
                                            reel_mark) = reel_arena_rewind;

static void *take_marked(void)
{
    marks[count] = mark_arena(at(OBJECT_AT));
    return reel_arena_alloc_slow(at(OBJECT_AT), WORD, WORD);
}

static reel_status rewind_marked(void *block)
{
    (void)block;
    return rewind_arena(at(OBJECT_AT), marks[count]);
}

static reel_status start_temp(reel_handle under)
{
    static const reel_pages pages = { WORD, NULL, commit, decommit };
    require(reel_temp_init(at(OBJECT_AT), at(BUFFER_AT), THINGS * WORD, &pages,
                           NULL)
                == REEL_OK,
            "no temp");
    usable = THINGS - 1; // are committed
    void *const all = reel_temp_alloc(at(OBJECT_AT), usable * WORD, WORD);
    require(reel_temp_free(at(OBJECT_AT), all, usable * WORD) == REEL_OK,
            "no room is committed");
    return reel_temp_bind(at(OBJECT_AT), registry(), under);
}

static void *take_of_temp(void)
{
    return reel_temp_alloc_shared(at(OBJECT_AT), WORD, WORD);
}

static reel_status start_rewindable(reel_handle under)
{
    const reel_rewindable_config config = { THINGS * WORD, WORD, WORD, true };
    require(
        reel_rewindable_init(at(OBJECT_AT), backing(), at(TABLE_AT), 2, &config)
            == REEL_OK,
        "no rewindable");
    return reel_rewindable_bind(at(OBJECT_AT), registry(), under);
}

static void *take_granule(void)
{
    return reel_rewindable_alloc(at(OBJECT_AT), WORD, WORD);
}

static reel_status give_granule(void *block)
{
    return reel_rewindable_free(at(OBJECT_AT), block, WORD);
}

static reel_status start_pool(reel_handle under)
{
    require(reel_pool_init(at(OBJECT_AT), backing(), at(TABLE_AT), 2, WORD,
                           2 * WORD)
                    == REEL_OK
                && reel_pool_reserve(at(OBJECT_AT), 4) == REEL_OK,
            "no pool");
    return reel_pool_bind(at(OBJECT_AT), registry(), under);
}

static void *take_page(void)
{
    return reel_pool_claim(at(OBJECT_AT));
}

static reel_status give_page(void *page)
{
    return reel_pool_release(at(OBJECT_AT), page);
}

static reel_status start_region(reel_handle under)
{
    require(reel_pool_init(at(PAGES_AT), backing(), at(CHUNK_AT), 1, 2 * WORD,
                           4 * WORD)
                    == REEL_OK
                && reel_pool_reserve(at(PAGES_AT), 2) == REEL_OK
                && reel_region_open(at(OBJECT_AT), at(PAGES_AT)) == REEL_OK,
            "no region");
    return reel_region_bind(at(OBJECT_AT), registry(), under);
}

static void *take_of_region(void)
{
    return reel_region_alloc(at(OBJECT_AT), WORD, WORD);
}

// An interrupt may not close what is bound; it asks.
static reel_status close_region(void *block)
{
    (void)block;
    const reel_status status = reel_region_close(at(OBJECT_AT));
    return status == REEL_BUSY ? REEL_OK : status;
}

static reel_status keep(void *block)
{
    (void)block;
    return has_ended ? REEL_STALE : REEL_OK;
}

static const kind kinds[] = {
    [BLOCKS] = { start_blocks, take_block, give_block },
    [ARENA] = { start_arena, take_shared, keep },
    [OWNED_ARENA] = { start_arena, take_owned, give_owned },
    [MARKED_ARENA] = { enter_arena, take_marked, rewind_marked },
    [TEMP] = { start_temp, take_of_temp, keep },
    [REWINDABLE] = { start_rewindable, take_granule, give_granule },
    [POOL] = { start_pool, take_page, give_page },
    [REGION] = { start_region, take_of_region, close_region },
};

static const kind *the_kind(void)
{
    return &kinds[explorer_scene()->size];
}

// ---- the calls ---------------------------------------------------------------------------

// Panics of calls on what has ended are no bugs.
static void take(unsigned context, unsigned number)
{
    const bool had_ended = has_ended;
    (void)context, (void)number;
    void *const thing = the_kind()->take();
    explorer_reach(thing != NULL ? SUCCESS : EMPTY);
    if (thing == NULL) {
        return;
    }
    require(!had_ended && !has_ended, "a dead allocator hands something out");
    const size_t word =
        (size_t)((uintptr_t *)thing - (uintptr_t *)at(BUFFER_AT));
    require(word < usable && count < THINGS, "more than there is");
    for (size_t i = 0; i < count; i++) {
        require(out[i] != thing, "a block is handed out twice");
    }
    out[count++] = thing;
}

static void give(unsigned context, unsigned number)
{
    const bool had_ended = has_ended;
    (void)context, (void)number;
    if (count == 0) {
        return;
    }
    void *const thing = out[--count];
    const reel_status status = the_kind()->give(thing);
    require(status == REEL_STALE || (!had_ended && status == REEL_OK)
                || (!had_ended && status == REEL_CLOSED),
            "a free says something else");
    explorer_reach(status == REEL_OK ? FREED : CLOSED);
}

static void end_parent(unsigned context, unsigned number)
{
    (void)context, (void)number;
    require(reel_registry_rewound(registry(), parent, &parent) == REEL_OK,
            "the parent is refused");
    has_ended = true;
    for (size_t i = 0; i < BUFFER; i++) {
        explorer_memory[BUFFER_AT + i] = PATTERN;
    }
    explorer_reach(REUSED);
}

// Through its handle. What it leads to takes nothing once the handle is stale.
static void look_up(unsigned context, unsigned number)
{
    const reel_registry_entry *const entry = at(ENTRIES_AT);
    const bool had_ended = has_ended;
    const reel_allocator *const found = reel_registry_get(registry(), child);
    (void)context, (void)number;
    require(found == NULL || !had_ended, "the handle is not stale");
    if (found != NULL) {
        require(found == &entry[child.index].allocator, "another allocator");
        take(context, number);
    }
}

static const letter letters[] = {
    { 'a', take, 0 },
    { 'U', look_up, 0 },
    { 'f', give, 0 },
    { 'e', end_parent, 0 },
    { 0 },
};

static void set_up(const scene *plan)
{
    for (size_t i = 0; i < MEMORY_WORDS; i++) {
        explorer_memory[i] = 0;
    }
    has_ended = false;
    count = 0;
    supplied = 0;
    usable = BUFFER;
    require(reel_registry_init(registry(), at(ENTRIES_AT), ENTRIES) == REEL_OK
                && reel_registry_register(registry(), reel_allocator_null(),
                                          REEL_NO_HANDLE, &parent)
                       == REEL_OK
                && the_kind()->start(parent) == REEL_OK,
            "no family");
    const reel_registry_entry *const entry = at(ENTRIES_AT);
    child.index = 1;
    child.version = entry[1].version.value;
    letters_act_before(&lifetimes_stage, plan);
}

static void inspect(const scene *plan)
{
    (void)plan;
    require(reel_registry_is_valid(registry())
                && reel_registry_count(registry()) == 1,
            "the registry is not valid");
    for (size_t i = 0; i < BUFFER; i++) {
        require(explorer_memory[BUFFER_AT + i] == PATTERN,
                "a dead allocator writes");
    }
    require(the_kind()->take() == NULL, "a dead allocator hands something out");
}

#define INTERRUPTED(what, kind, calls, which, had)                            \
    {                                                                         \
        "lifetimes: " what, calls, SUCCESS | EMPTY | REUSED | FREED | CLOSED, \
            .before = had, .letters = "afU", .size = kind,                    \
            .interrupts = which, .is_whole = true, .panics = REEL_STALE,      \
            .same_core = true                                                 \
    }
#define BY_TWO(what, kind, had) \
    INTERRUPTED(what, kind, "e ** **", 1 << 1 | 1 << 2, had)
#define BY_ITS_OWNER(what, kind, had) \
    INTERRUPTED(what, kind, "e ***", 1 << 1, had)

static const scene scenes[] = {
    BY_TWO("two interrupts use a block pool that ends", BLOCKS, "aa"),
    BY_TWO("two interrupts use a full block pool that ends", BLOCKS, "aaaa"),
    BY_TWO("two interrupts use an arena that ends", ARENA, "aa"),
    BY_TWO("two interrupts use a temp that ends", TEMP, "a"),
    BY_TWO("two interrupts use a rewindable that ends", REWINDABLE, "aa"),
    BY_TWO("two interrupts use a pool that ends", POOL, "aa"),
    BY_TWO("two interrupts use a full pool that ends", POOL, "aaaa"),
    BY_ITS_OWNER("an interrupt owns an arena that ends", OWNED_ARENA, "aa"),
    BY_ITS_OWNER("an interrupt owns a full arena that ends", OWNED_ARENA,
                 "aaaa"),
    BY_ITS_OWNER("an interrupt rewinds an arena that ends", MARKED_ARENA, "aa"),
    BY_ITS_OWNER("an interrupt rewinds a full arena that ends", MARKED_ARENA,
                 "aaaa"),
    BY_ITS_OWNER("an interrupt owns a region that ends", REGION, "aa"),
    { 0 },
};

const stage lifetimes_stage = { scenes, letters, NULL, set_up, inspect };
