// SPDX-License-Identifier: MIT
// A firmware image that is nothing but a vector table, with or without a large
// static arena: both must have the same number of bytes to flash, give or take
// the arena's control block.

#include "reel/arena.h"

#if WITH_ARENA
REEL_ARENA_DEFINE(large, 65536);
#endif

extern const void *const vectors[2];
void reset(void);

__attribute__((section(".vectors"))) const void *const vectors[2] = {
#if WITH_ARENA
    &large,
#else
    vectors,
#endif
    vectors,
};

void reset(void)
{
}
