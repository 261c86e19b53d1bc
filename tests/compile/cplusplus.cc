// SPDX-License-Identifier: MIT
// A C++11 program uses reel as a C program does.

#include "reel/reel.h"

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
    REEL_REGION_SCOPE(&region, &pool) {
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

int main()
{
    static unsigned char memory[256];
    reel_arena arena;
    if (reel_arena_init(&arena, memory, sizeof memory) != REEL_OK
        || reel_pool_init(&pool, reel_arena_allocator(&arena), chunks, 1, 64,
                          128)
               != REEL_OK
        || sum_on_a_page() != 7 || reel_pool_used_pages(&pool) != 0) {
        return 1;
    }
    REEL_SCOPE(&scratch) {
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
