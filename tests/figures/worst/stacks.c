// SPDX-License-Identifier: MIT
// What frees by marks and resets: arena and temp.

#include "always.h"
#include "calls.h"
#include "inlined.h"

#define MEMORY    1024u
#define PAGE      64u
#define LIVE_MOST 256u // bytes of a block
#define CLEARED   64u
#define MARKS     4u

static reel_arena arena;
static reel_temp temp;
static reel_always always;
static reel_mark marks[MARKS];
static struct {
    word block;
    size_t size;
} last;

static void note(word block, size_t size)
{
    must(is_ours(block, size));
    last.block = block;
    last.size = size;
}

static reel_mark *any_mark(void)
{
    return &marks[random_below(MARKS)];
}

// ---- arena -----------------------------------------------------------------

void start_arena(void)
{
    must(reel_arena_init(&arena, calls_memory, MEMORY) == REEL_OK);
    last.block = 0;
    for (size_t i = 0; i < MARKS; i++) {
        marks[i] = reel_arena_mark(&arena);
    }
}

static void change_last_of_arena(void)
{
    const size_t size = random_size(LIVE_MOST);
    if (last.block == 0) {
        return;
    }
    if (random_below(2) == 0) {
        (void)CALL(reel_arena_free, AT(&arena), last.block, last.size);
        last.block = 0;
    } else if (HOLDS_TRUE(reel_arena_resize, AT(&arena), last.block, last.size,
                          size)) {
        last.size = size;
    }
}

static void rewind_arena(void)
{
    const reel_mark *const mark = any_mark();
    const reel_status status =
        STATUS(reel_arena_rewind_to, AT(&arena), AT(mark->owner),
               mark->position, mark->serial);
    must(status == REEL_OK || status == REEL_STALE);
    last.block = 0;
}

static void allocate_in_arena(uint32_t chance)
{
    const size_t size = random_size(chance < 8 ? LIVE_MOST : CLEARED);
    const size_t align = random_align();
    if (chance < 6) {
        note(CALL(reel_arena_alloc, AT(&arena), size, align), size);
    } else if (chance < 8) {
        note(CALL(reel_arena_alloc_shared, AT(&arena), size, align), size);
    } else {
        note(CALL(reel_arena_alloc_zeroed, AT(&arena), size, align), size);
    }
}

void step_arena(void)
{
    const uint32_t chance = random_below(16);
    if (chance < 9) {
        allocate_in_arena(chance);
    } else if (chance < 12) {
        change_last_of_arena();
    } else if (chance < 13) {
        (void)CALL(reel_arena_mark, AT(any_mark()), AT(&arena));
    } else if (chance < 14) {
        rewind_arena();
    } else {
        must(STATUS(reel_arena_reset, AT(&arena)) == REEL_OK);
        last.block = 0;
    }
}

// ---- temp ------------------------------------------------------------------

void start_temp(void)
{
    const reel_temp_policy steps = { 256, 0, 1, 64, 1024, false, 0 };
    must(reel_always_init(&always, PAGE, SIZE_MAX) == REEL_OK);
    must(reel_temp_init(&temp, calls_memory, MEMORY, &always.pages, &steps)
         == REEL_OK);
    last.block = 0;
    for (size_t i = 0; i < MARKS; i++) {
        marks[i] = reel_temp_mark(&temp);
    }
}

static void change_last_of_temp(void)
{
    const size_t size = random_size(LIVE_MOST);
    if (last.block == 0) {
        return;
    }
    if (random_below(2) == 0) {
        (void)CALL(reel_temp_free, AT(&temp), last.block, last.size);
        last.block = 0;
    } else if (HOLDS_TRUE(reel_temp_resize, AT(&temp), last.block, last.size,
                          size)) {
        last.size = size;
    }
}

static void allocate_in_temp(uint32_t chance)
{
    const size_t size = random_size(chance < 8 ? LIVE_MOST : CLEARED);
    const size_t align = random_align();
    if (chance < 6) {
        note(CALL(reel_temp_alloc, AT(&temp), size, align), size);
    } else if (chance < 8) {
        note(CALL(reel_temp_alloc_shared, AT(&temp), size, align), size);
    } else {
        note(CALL(reel_temp_alloc_zeroed, AT(&temp), size, align), size);
    }
}

static void rewind_temp(void)
{
    const reel_status status = (reel_status)CALL_AS(
        "reel_temp_rewind", rewind_to, AT(&temp), AT(any_mark()));
    must(status == REEL_OK || status == REEL_STALE);
    last.block = 0;
}

static void end_frame(void)
{
    if (random_below(2) == 0) {
        (void)CALL(reel_temp_trim, AT(&temp));
    } else {
        must(STATUS(reel_temp_reset, AT(&temp)) == REEL_OK);
        last.block = 0;
    }
}

void step_temp(void)
{
    const uint32_t chance = random_below(16);
    if (chance < 9) {
        allocate_in_temp(chance);
    } else if (chance < 12) {
        change_last_of_temp();
    } else if (chance < 13) {
        (void)CALL(reel_temp_reserve, AT(&temp), random_size(LIVE_MOST));
        *any_mark() = reel_temp_mark(&temp);
    } else if (chance < 14) {
        rewind_temp();
    } else {
        end_frame();
    }
}
