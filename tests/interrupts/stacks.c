// SPDX-License-Identifier: MIT
// Arenas and temps: what contexts take from one at once must not overlap, and a
// refusal must be true.

#include "always.h"
#include "pieces.h"
#include "reel/temp.h"

#define SIZE    512u // bytes of memory
#define PAGE    64u
#define STEP    128u // committed at once
#define GRANULE 32u

// Kinds.
#define PLAIN    0u
#define GRANULAR 1u
#define TEMP     2u

// What else there is.
#define COMMIT_REFUSED 1u // but for the first step
#define GATE_BUSY      2u
#define ODD_STEP       3u // one of 3 pages
#define STEP_REFUSED   4u // but a page is not

static reel_arena arena;
static reel_temp temp;
static reel_always always;
static _Alignas(PAGE) unsigned char memory[SIZE];
static void *taken; // the main loop's result

// ---- what every context does -----------------------------------------------

static bool is_inside(const unsigned char *start, size_t size)
{
    const size_t offset = (size_t)(start - memory);
    return offset < SIZE && size <= SIZE - offset;
}

// ---- the main loop ---------------------------------------------------------

// The operation's arguments.
enum { KIND, USED, ASKED, ALIGN, ELSE };

static void *allocate(size_t size, size_t align)
{
    return argument(KIND) == TEMP
               ? reel_temp_alloc_shared(&temp, size, align)
               : reel_arena_alloc_shared(&arena, size, align);
}

static void take(void)
{
    taken = allocate(argument(ASKED), argument(ALIGN));
}

// Which kind; bytes in use before; size and alignment asked for; what else. Of
// a temp's range one step is committed, or all steps that are in use.
static const test_operation arena_operations[] = {
    { "arena", take, { PLAIN, 21, 24, 8 } },
    { "arena, default alignment", take, { PLAIN, 21, 24, 0 } },
    { "arena, no bytes", take, { PLAIN, 21, 0, 0 } },
    { "arena, all there is", take, { PLAIN, SIZE - 24, 24, 1 } },
    { "arena, more than there is", take, { PLAIN, SIZE - 24, 25, 1 } },
    { "arena, everything", take, { PLAIN, 21, SIZE_MAX, 1 } },
    { "arena, no alignment", take, { PLAIN, 21, 24, 3 } },
    { "arena, granules", take, { GRANULAR, 21, 24, 8 } },
    { "arena, the last granule", take, { GRANULAR, SIZE - GRANULE, 24, 1 } },
    { 0 },
};

static const test_operation temp_operations[] = {
    { "temp", take, { TEMP, 21, 24, 8 } },
    { "temp, default alignment", take, { TEMP, 21, 24, 0 } },
    { "temp, no bytes", take, { TEMP, 21, 0, 0 } },
    { "temp, all that is committed", take, { TEMP, STEP - 24, 24, 1 } },
    { "temp, one byte to commit", take, { TEMP, STEP - 24, 25, 1 } },
    { "temp, the last step to commit", take, { TEMP, 21, SIZE - 24, 8 } },
    { "temp, more than there is", take, { TEMP, 21, SIZE, 1 } },
    { "temp, everything", take, { TEMP, 21, SIZE_MAX, 1 } },
    { "temp, no alignment", take, { TEMP, 21, 24, 3 } },
    { "temp, no commit", take, { TEMP, 21, STEP, 1, COMMIT_REFUSED } },
    { "temp, a busy gate", take, { TEMP, 21, STEP, 1, GATE_BUSY } },
    { "temp, a page as a step is refused",
      take,
      { TEMP, 21, STEP, 1, STEP_REFUSED } },
    { "temp, a step and a page are refused",
      take,
      { TEMP, 21, STEP + PAGE, 1, STEP_REFUSED } },
    { "temp in a handler, one byte to commit",
      take,
      { TEMP, STEP - 24, 25, 1, [IN_HANDLER] = 1 } },
    { "temp, steps of 3 pages", take, { TEMP, 21, SIZE - 100, 8, ODD_STEP } },
    { 0 },
};

static const test_operation retried_operations[] = {
    { "arena", take, { PLAIN, 21, 24, 8 } },
    { "arena, granules", take, { GRANULAR, 21, 24, 8 } },
    { "temp", take, { TEMP, 21, 24, 8 } },
    { "temp, no bytes", take, { TEMP, 21, 0, 8 } },
    { 0 },
};

// ---- the handler -----------------------------------------------------------

static size_t room(void)
{
    return argument(KIND) == TEMP ? reel_temp_committed_available(&temp)
                                  : reel_arena_available(&arena);
}

// No context gets in between here, so it is known what must come.
static void handler_takes(size_t size)
{
    const bool fits = size <= room();
    void *const start = allocate(size, 1);
    REQUIRE((start != NULL) == fits);
    REQUIRE(start == NULL || is_inside(start, size));
    pieces_keep(HANDLER, start, size);
}

static void take_some(void)
{
    handler_takes(10);
}

static void take_all(void)
{
    const size_t all = room();
    if (all > 0) {
        handler_takes(all);
    }
}

static void take_too_much(void)
{
    handler_takes(room() + 1);
}

static const test_action actions[] = {
    { "the handler takes some", take_some, NULL },
    { "the handler takes all", take_all, NULL },
    { "the handler takes too much", take_too_much, NULL },
    { 0 },
};

static const test_action pairs[] = {
    { "the handler takes some, later all", take_some, take_all },
    { 0 },
};

// ---- before and after ------------------------------------------------------

static void leave_gate(void)
{
    temp.gate.value = 0;
}

static void set_up(void)
{
    const size_t step = argument(ELSE) == ODD_STEP ? 3 * PAGE : STEP;
    const reel_temp_policy steps = { step, 0, 1, 64, 1024, false, 0 };
    const size_t granule = argument(KIND) == GRANULAR ? GRANULE : 1;
    const size_t most = argument(ELSE) == COMMIT_REFUSED ? STEP
                        : argument(ELSE) == STEP_REFUSED ? STEP + PAGE
                                                         : SIZE;
    REQUIRE(reel_arena_init_granular(&arena, memory, SIZE, granule) == REEL_OK);
    REQUIRE(reel_always_init(&always, PAGE, most) == REEL_OK);
    REQUIRE(reel_temp_init(&temp, memory, SIZE, &always.pages, &steps)
            == REEL_OK);
    pieces_begin();
    interrupts_panics = 0;
    interrupts_yield = leave_gate;
}

static void prepare(void)
{
    set_up();
    void *const used = allocate(argument(USED), 1);
    REQUIRE(used == memory);
    pieces_keep(MAIN_LOOP, used, argument(USED));
    temp.gate.value = argument(ELSE) == GATE_BUSY;
}

// Nothing is given back, so what did not fit then does not fit now, but a handler
// commits nothing.
static void check_refusal(size_t size, size_t align)
{
    const size_t panics = interrupts_panics;
    pieces_refused += panics == 0;
    if (argument(IN_HANDLER) == 0) {
        REQUIRE(allocate(size, align) == NULL);
        REQUIRE(interrupts_panics == 2 * panics);
        pieces_refused += panics == 0;
    }
}

static void check_taken(void)
{
    const size_t size = argument(ASKED);
    const size_t align = argument(ALIGN);
    if (taken == NULL) {
        check_refusal(size, align);
        return;
    }
    const size_t mask = (align > 0 ? align : REEL_ALIGN_DEFAULT) - 1;
    REQUIRE(((uintptr_t)taken & mask) == 0);
    REQUIRE(is_inside(taken, size));
    pieces_keep(MAIN_LOOP, taken, size);
}

static size_t bytes_up_to_the_last(void)
{
    size_t most = 0;
    for (size_t i = 0; i < pieces_count; i++) {
        const piece *const each = &pieces[i];
        const size_t end = (size_t)(each->start - memory) + each->size;
        most = most < end ? end : most;
    }
    return argument(KIND) == GRANULAR ? (most + GRANULE - 1) / GRANULE * GRANULE
                                      : most;
}

static void check_stack(const reel_arena *stack)
{
    const reel_stats stats = reel_arena_stats(stack);
    REQUIRE(stats.used == bytes_up_to_the_last());
    REQUIRE(stats.failures <= pieces_refused);
    REQUIRE(stats.failures > 0 || pieces_refused == 0);
}

static void check(void)
{
    check_taken();
    pieces_check();
    if (argument(KIND) == TEMP) {
        REQUIRE(reel_temp_is_valid(&temp));
        check_stack(&temp.stack);
    } else {
        REQUIRE(reel_arena_is_valid(&arena));
        check_stack(&arena);
    }
}

const test_family stacks_families[] = {
    { arena_operations, actions, prepare, check },
    { temp_operations, actions, prepare, check },
    { retried_operations, pairs, prepare, check },
    { 0 },
};
