// A C++11 program uses reel as a C program does.

#include "reel/reel.h"

REEL_ARENA_DEFINE(scratch, 256);
REEL_REGISTRY_DEFINE(registry, 2);

static reel_handle handle = REEL_NO_HANDLE;

struct point {
    int x, y;
};

int main()
{
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
