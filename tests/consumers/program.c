// SPDX-License-Identifier: MIT
// A program that takes reel in by whatever builds it: static memory, allocation, a
// rewind, a pool. It ends with 0 if all of that works, also as C++.

#ifdef ALL_IN_ONE_HEADER
#include ALL_IN_ONE_HEADER
#else
#include "reel/reel.h"
#endif

#ifndef REEL_VERSION
#error "reel.h does not say its version"
#endif

REEL_ARENA_DEFINE(scratch, 1024);
REEL_BLOCKS_DEFINE(packets, 64, 8);

static bool rewinds(void)
{
    const reel_mark mark = reel_arena_mark(&scratch);
    const size_t before = reel_arena_used(&scratch);
    const bool fits = reel_arena_alloc(&scratch, 100, 0) != NULL;
    return fits && reel_arena_alloc(&scratch, 2000, 0) == NULL
           && reel_arena_rewind(&scratch, mark) == REEL_OK
           && reel_arena_used(&scratch) == before;
}

static bool pools(void)
{
    void *const packet = reel_blocks_alloc(&packets);
    return packet != NULL && reel_blocks_free(&packets, packet) == REEL_OK;
}

int main(void)
{
    return rewinds() && pools() ? 0 : 1;
}
