// A C++11 program uses reel as a C program does.

#include "reel/reel.h"

REEL_ARENA_DEFINE(scratch, 256);

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
    return reel_arena_used(&scratch) == 0 ? 0 : 1;
}
