// SPDX-License-Identifier: MIT
// A C++11 program uses reel as a C program does.

#include "reel/reel.h"

#include <csetjmp>

REEL_ARENA_DEFINE(scratch, 256);
REEL_REGISTRY_DEFINE(registry, 2);

static reel_handle handle = REEL_NO_HANDLE;

struct point {
    int x, y;
};

static reel_pool pool;
static reel_pool_chunk chunks[1];

// A region in a scope, which is left by return.
static size_t sum_on_a_page()
{
    reel_region region;
    REEL_REGION_SCOPE (&region, &pool) {
        point *const p = static_cast<point *>(
            reel_region_alloc(&region, sizeof(point), REEL_ALIGNOF(point)));
        if (p == nullptr) {
            return 0;
        }
        p->x = 3;
        p->y = 4;
        return reel_pool_used_pages(&pool) * static_cast<size_t>(p->x + p->y);
    }
    return 0;
}

// Every kind of owner, and types without a name of their own.
template <class owner_type> static bool allocates(owner_type owner)
{
    int(*const row)[4] = REEL_NEW(owner, int[4]);
    bool (**const call)(int) = REEL_NEW(owner, bool (*)(int));
    point *const many = REEL_NEW_ARRAY(owner, point, 2);
    return row != nullptr && call != nullptr && many != nullptr
           && REEL_NEW_ARRAY(owner, point, SIZE_MAX / 4) == nullptr;
}

static bool allocates_everywhere()
{
    static unsigned char memory[2048];
    static reel_blocks blocks;
    static reel_heap heap;
    static reel_rewindable rewindable;
    static reel_rewindable_chunk table[1];
    static reel_region region;
    static reel_span span;
    const reel_rewindable_config config = { 256, 64, 8, false };
    reel_arena arena;
    if (reel_arena_init(&arena, memory, sizeof memory) != REEL_OK) {
        return false;
    }
    const reel_allocator backing = reel_arena_allocator(&arena);
    return reel_heap_init(&heap, reel_arena_alloc(&arena, 512, 16), 512)
               == REEL_OK
           && reel_blocks_init(&blocks, reel_arena_alloc(&arena, 256, 16), 256,
                               32, 4)
                  == REEL_OK
           && reel_rewindable_init(&rewindable, backing, table, 1, &config)
                  == REEL_OK
           && reel_span_open(&span, &rewindable, 128) == REEL_OK
           && reel_region_open(&region, &pool) == REEL_OK && allocates(&arena)
           && allocates(backing) && allocates(&heap) && allocates(&blocks)
           && allocates(&rewindable) && allocates(&span) && allocates(&region)
           && reel_region_close(&region) == REEL_OK;
}

// An exception ends a scope. longjmp does not; the scope around it does.
static void fail_in_a_scope()
{
    REEL_SCOPE (&scratch) {
        if (REEL_NEW(&scratch, point) != nullptr) {
            throw 1;
        }
    }
}

static jmp_buf start;

static void jump_out_of_a_scope()
{
    REEL_SCOPE (&scratch) {
        if (REEL_NEW(&scratch, point) != nullptr) {
            longjmp(start, 1);
        }
    }
}

static bool scopes_end()
{
    bool is_left = false;
    try {
        fail_in_a_scope();
    } catch (int) {
        is_left = reel_arena_used(&scratch) == 0;
    }
    return is_left;
}

static bool jumps_are_caught_by_the_scope_around()
{
    REEL_SCOPE (&scratch) {
        if (setjmp(start) == 0) {
            jump_out_of_a_scope();
        }
        if (reel_arena_used(&scratch) != sizeof(point)) {
            return false;
        }
    }
    return reel_arena_used(&scratch) == 0;
}

int main()
{
    static unsigned char memory[256];
    reel_arena arena;
    if (reel_arena_init(&arena, memory, sizeof memory) != REEL_OK
        || reel_pool_init(&pool, reel_arena_allocator(&arena), chunks, 1, 64,
                          128)
               != REEL_OK
        || sum_on_a_page() != 7 || reel_pool_used_pages(&pool) != 0
        || !allocates_everywhere() || !scopes_end()
        || !jumps_are_caught_by_the_scope_around()) {
        return 1;
    }
    REEL_SCOPE (&scratch) {
        point *const p = REEL_NEW(&scratch, point);
        point *const many = REEL_NEW_ARRAY(&scratch, point, 3);
        if (p == nullptr || many == nullptr) {
            return 1;
        }
        p->x = 1;
    }
    if (reel_registry_register(&registry, reel_arena_allocator(&scratch),
                               REEL_NO_HANDLE, &handle)
            != REEL_OK
        || reel_registry_get(&registry, handle) == nullptr) {
        return 1;
    }
    return reel_arena_used(&scratch) == 0 ? 0 : 1;
}
