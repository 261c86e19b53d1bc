// Temps whose owner lets any context allocate; pages of 2 words. The letters are
// requests for so many words: 1, 2, 3.

#include "explorer.h"

#include "reel/temp.h"

#define WORD sizeof(uintptr_t)
#define PAGE (2 * WORD)

// In explorer_memory, in words.
#define TEMP_AT     0
#define FRONTIER_AT 48 // the port's own variable
#define PAGES_AT    50 // one for each page, written when it is committed
#define SPACE_AT    64
#define ROOM_MAX    16

// What is so, told from outside of the temp.
typedef struct truth {
    bool owned[ROOM_MAX];
    size_t used; // words
    uintptr_t end;
    bool is_inside;             // the commit hook
    unsigned may_refuse;        // calls of it
    bool was_refused[CONTEXTS]; // by the hook, in the call under way
    size_t nulls;
} truth;

static truth now;

static reel_temp *temp(void)
{
    return (reel_temp *)(void *)&explorer_memory[TEMP_AT];
}

static uintptr_t space(void)
{
    return (uintptr_t)&explorer_memory[SPACE_AT];
}

static uintptr_t *frontier(void)
{
    return &explorer_memory[FRONTIER_AT];
}

static uintptr_t *page_of(uintptr_t address)
{
    return &explorer_memory[PAGES_AT + (address - space()) / PAGE];
}

// ---- the port ------------------------------------------------------------------

static bool refuses(void)
{
    if (now.may_refuse == 0 || !explorer_perhaps()) {
        return false;
    }
    now.may_refuse--;
    now.was_refused[explorer_context()] = true;
    explorer_reach(HOOK_REFUSED);
    return true;
}

static bool commit(void *context, void *addr, size_t size)
{
    const uintptr_t start = (uintptr_t)addr;
    (void)context;
    require(!now.is_inside, "two contexts are in the commit hook");
    require(!reel_port_in_interrupt(), "the commit hook runs in an interrupt");
    now.is_inside = true;
    explorer_read(frontier());
    require(start == *frontier() && size > 0 && size <= now.end - start,
            "the commit hook is asked for something else");
    explorer_pause();
    if (refuses()) {
        now.is_inside = false;
        return false;
    }
    explorer_write(frontier());
    for (uintptr_t at = start; at < start + size; at += PAGE) {
        explorer_write(page_of(at));
    }
    *frontier() = start + size;
    explorer_reach(GREW);
    now.is_inside = false;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    *frontier() -= size;
}

static const reel_pages pages = { PAGE, NULL, commit, decommit };

// ---- the calls -----------------------------------------------------------------

static void own(uintptr_t block, size_t words)
{
    require(block + words * WORD <= *frontier(), "a block is not committed");
    for (uintptr_t at = block; at < block + words * WORD; at += WORD) {
        const size_t i = (at - space()) / WORD;
        explorer_read(page_of(at));
        explorer_write((void *)at);
        require(!now.owned[i], "two blocks overlap");
        now.owned[i] = true;
    }
    now.used += words;
}

// Room never grows, but the hook may have refused. An interrupt is not left, so
// what it sees at its end was so all the time.
static void note_refusal(size_t words, bool by_hook)
{
    const uintptr_t stop = temp()->stack.next.value + words * WORD;
    if (reel_port_in_interrupt()) {
        require(stop > temp()->committed.value,
                "an interrupt is refused what is ready");
        explorer_reach(stop > now.end ? EMPTY : BUSY);
    } else if (!by_hook) {
        require(stop > now.end, "NULL although it fits");
        explorer_reach(EMPTY);
    }
    now.nulls++;
}

static void act(const scene *plan, unsigned context, char letter)
{
    const size_t words = (size_t)(letter - '0');
    (void)plan;
    now.was_refused[context] = false;
    explorer_call(CALL_ALLOC);
    void *const block = reel_temp_alloc_shared(temp(), words * WORD, WORD);
    explorer_call(CALL_NONE);
    if (block == NULL) {
        note_refusal(words, now.was_refused[context]);
        return;
    }
    require(!now.was_refused[context], "a block although the hook refused");
    own((uintptr_t)block, words);
    explorer_reach(SUCCESS);
}

static void set_up(const scene *plan)
{
    static const reel_temp_policy policy = { PAGE, 0, 1, 64, 1024, false, 0 };
    now = (truth){ .end = space() + plan->size, .may_refuse = plan->refusals };
    *frontier() = space();
    reel_temp_init(temp(), (void *)space(), plan->size, &pages, &policy);
    for (const char *at = plan->before[0]; at != NULL && *at != '\0'; at++) {
        act(plan, 0, *at);
    }
}

static void inspect(const scene *plan)
{
    const reel_stats stats = reel_temp_stats(temp());
    (void)plan;
    require(reel_temp_is_valid(temp()), "the temp is not valid");
    require(stats.used == now.used * WORD, "a block is lost");
    require(stats.peak == stats.used, "the peak is wrong");
    require((stats.failures > 0) == (now.nulls > 0)
                && stats.failures <= now.nulls,
            "the count of refusals is wrong");
    require(reel_temp_committed(temp()) == *frontier() - space(),
            "temp and port are of two minds about the frontier");
}

#define CALLS .set_up = set_up, .act = act, .inspect = inspect

const scene temp_scenes[] = {
    { .name = "temp: 2 x 1 calls, weak memory",
      CALLS,
      .size = 2 * PAGE,
      .script = { "*", "*" },
      .letters = "12",
      .is_weak = true,
      .spurious = 1,
      .must = SUCCESS | RETRY | GREW | WAITED | STALE },
    { .name = "temp: 2 x 2 calls",
      CALLS,
      .size = 3 * PAGE,
      .script = { "1*", "**" },
      .letters = "13",
      .must = SUCCESS | RETRY | GREW | WAITED | EMPTY },
    { .name = "temp: 2 x 3 calls",
      CALLS,
      .size = 4 * PAGE,
      .script = { "121", "212" },
      .is_long = true,
      .must = SUCCESS | RETRY | GREW | WAITED | EMPTY },
    { .name = "temp: 3 x 1 calls",
      CALLS,
      .size = 2 * PAGE,
      .script = { "*", "*", "*" },
      .letters = "12",
      .must = SUCCESS | RETRY | GREW | WAITED | EMPTY },
    { .name = "temp: 3 x 2 calls, every order with up to 4 preemptions",
      CALLS,
      .size = 3 * PAGE,
      .script = { "11", "12", "21" },
      .is_whole = true,
      .bound = 4,
      .is_long = true,
      .must = SUCCESS | RETRY | GREW | WAITED | EMPTY },
    { .name = "temp: an interrupt allocates too",
      CALLS,
      .size = 2 * PAGE,
      .script = { "1*", "1", "*" },
      .letters = "12",
      .interrupts = 1 << 2,
      .is_whole = true,
      .bound = 4,
      .must = SUCCESS | RETRY | GREW | WAITED | EMPTY | BUSY },
    { .name = "temp: the hook refuses",
      CALLS,
      .size = 3 * PAGE,
      .script = { "12", "2*" },
      .letters = "12",
      .refusals = 1,
      .must = SUCCESS | RETRY | GREW | WAITED | HOOK_REFUSED },
    { .name = "temp: the hook refuses up to twice, 2 x 2 calls",
      CALLS,
      .size = 3 * PAGE,
      .script = { "1*", "**" },
      .letters = "12",
      .refusals = 2,
      .is_long = true,
      .must = SUCCESS | RETRY | GREW | WAITED | EMPTY | HOOK_REFUSED },
    { .name = "temp: the hook refuses up to twice, 2 x 2 calls, weak memory",
      CALLS,
      .size = 3 * PAGE,
      .script = { "12", "21" },
      .refusals = 2,
      .is_weak = true,
      .is_long = true,
      .must = SUCCESS | RETRY | GREW | WAITED | HOOK_REFUSED | STALE },
    { .name = "temp: the hook refuses, an interrupt allocates too",
      CALLS,
      .size = 2 * PAGE,
      .script = { "**", "**" },
      .letters = "12",
      .refusals = 2,
      .interrupts = 1 << 1,
      .is_whole = true,
      .must = SUCCESS | RETRY | GREW | EMPTY | BUSY | HOOK_REFUSED },
    { .name = "temp: 2 x 2 calls, weak memory",
      CALLS,
      .size = 3 * PAGE,
      .script = { "**", "**" },
      .letters = "12",
      .is_weak = true,
      .is_long = true,
      .must = SUCCESS | RETRY | GREW | WAITED | EMPTY | STALE },
    { 0 },
};
