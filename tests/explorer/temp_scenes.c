// SPDX-License-Identifier: MIT
// Temps whose owner lets any context allocate; pages of 2 words.

#include "letters.h"

#include "reel/temp.h"

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

static void take(unsigned context, unsigned words)
{
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

static const letter letters[] = {
    { '1', take, 1 },
    { '2', take, 2 },
    { '3', take, 3 },
    { 0 },
};

static void set_up(const scene *plan)
{
    static const reel_temp_policy policy = { PAGE, 0, 1, 64, 1024, false, 0 };
    now = (truth){ .end = space() + plan->size, .may_refuse = plan->refusals };
    *frontier() = space();
    reel_temp_init(temp(), (void *)space(), plan->size, &pages, &policy);
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

static const scene scenes[] = {
    { "temp: 2 x 1 calls, weak memory", "* *",
      SUCCESS | RETRY | GREW | WAITED | STALE, .size = 2 * PAGE,
      .letters = "12", .spurious = 1, .is_weak = true },
    { "temp: 2 x 2 calls", "1* **", SUCCESS | RETRY | GREW | WAITED | EMPTY,
      .size = 3 * PAGE, .letters = "13" },
    { "temp: 2 x 3 calls", "121 212", SUCCESS | RETRY | GREW | WAITED | EMPTY,
      .size = 4 * PAGE, .is_long = true },
    { "temp: 3 x 1 calls", "* * *", SUCCESS | RETRY | GREW | WAITED | EMPTY,
      .size = 2 * PAGE, .letters = "12" },
    { "temp: 3 x 2 calls, every order with up to 4 preemptions", "11 12 21",
      SUCCESS | RETRY | GREW | WAITED | EMPTY, .size = 3 * PAGE, .bound = 4,
      .is_whole = true, .is_long = true },
    { "temp: an interrupt allocates too", "1* 1 *",
      SUCCESS | RETRY | GREW | WAITED | EMPTY | BUSY, .size = 2 * PAGE,
      .letters = "12", .interrupts = 1 << 2, .bound = 4, .is_whole = true,
      .is_long = true },
    { "temp: the hook refuses", "12 2*",
      SUCCESS | RETRY | GREW | WAITED | HOOK_REFUSED, .size = 3 * PAGE,
      .letters = "12", .refusals = 1 },
    { "temp: the hook refuses up to twice, 2 x 2 calls", "1* **",
      SUCCESS | RETRY | GREW | WAITED | EMPTY | HOOK_REFUSED, .size = 3 * PAGE,
      .letters = "12", .refusals = 2, .is_long = true },
    { "temp: the hook refuses up to twice, 2 x 2 calls, weak memory", "12 21",
      SUCCESS | RETRY | GREW | WAITED | HOOK_REFUSED | STALE, .size = 3 * PAGE,
      .refusals = 2, .is_weak = true, .is_long = true },
    { "temp: the hook refuses, an interrupt allocates too", "** **",
      SUCCESS | RETRY | GREW | EMPTY | BUSY | HOOK_REFUSED, .size = 2 * PAGE,
      .letters = "12", .refusals = 2, .interrupts = 1 << 1, .is_whole = true },
    { "temp: 2 x 2 calls, weak memory", "** **",
      SUCCESS | RETRY | GREW | WAITED | EMPTY | STALE, .size = 3 * PAGE,
      .letters = "12", .is_weak = true, .is_long = true },
    { 0 },
};

const stage temp_stage = { scenes, letters, NULL, set_up, inspect };
