// SPDX-License-Identifier: MIT
// Arena and temp: blocks that contexts allocate lie apart, and within what is used.

#include "always.h"
#include "scenes.h"

static reel_arena arena;
static reel_temp temp;
static reel_always always;
static _Alignas(64) unsigned char memory[256];

static void *(*allocate)(size_t size);
static size_t (*count)(void);

static void *allocate_in_arena(size_t size)
{
    return reel_arena_alloc_shared(&arena, size, 1);
}

static size_t count_arena(void)
{
    return reel_arena_is_valid(&arena) ? reel_arena_used(&arena) : SIZE_MAX;
}

void start_stack(void)
{
    start_shares();
    allocate = allocate_in_arena;
    count = count_arena;
    (void)reel_arena_init(&arena, memory, 40);
}

static void *allocate_in_temp(size_t size)
{
    return reel_temp_alloc_shared(&temp, size, 1);
}

static size_t count_temp(void)
{
    return reel_temp_is_valid(&temp) ? reel_temp_used(&temp) : SIZE_MAX;
}

// One step is committed: a request of 24 bytes and another one commit the next.
void start_temp(void)
{
    static const reel_temp_policy policy = { 32, 0, 1, 64, 1024, false, 0 };
    start_shares();
    allocate = allocate_in_temp;
    count = count_temp;
    (void)reel_always_init(&always, 32, SIZE_MAX);
    (void)reel_temp_init(&temp, memory, sizeof memory, &always.pages, &policy);
}

static void take_8(uintptr_t who)
{
    note_block(who, allocate(8), 8);
}

static void take_24(uintptr_t who)
{
    note_block(who, allocate(24), 24);
}

const operation stack_operations[] = {
    { "alloc_shared 8", take_8, ANY_CONTEXT },
    { "alloc_shared 24", take_24, ANY_CONTEXT },
    { 0 },
};

const operation temp_operations[] = {
    { "alloc_shared 8", take_8, ANY_CONTEXT },
    { "alloc_shared 24", take_24, ANY_CONTEXT },
    { 0 },
};

// No block overlaps another one, or its stamp would be gone; together they are what
// is used.
static bool are_apart(size_t room)
{
    size_t sum = 0, refused = 0;
    for (size_t i = 0; i < CONTEXTS; i++) {
        const share *const of = &shares[i];
        if (!is_stamped(of->block, of->size, i)) {
            return false;
        }
        sum += of->block != NULL ? of->size : 0;
        refused += of->refused > 0 && of->size + count() <= room;
    }
    return refused == 0 && sum == count();
}

uintptr_t stack_is_right(void)
{
    return are_apart(40);
}

// A handler is refused where a hook would have to commit.
uintptr_t temp_is_right(void)
{
    for (size_t i = 0; i < CONTEXTS; i++) {
        if (shares[i].refused > 0 && shares[i].is_thread) {
            return 0;
        }
    }
    return are_apart(0);
}
