// SPDX-License-Identifier: MIT
// A program that uses what headers inline and define.

#include "reel/reel.h"

REEL_ARENA_DEFINE(arena, 64);

void use_a_scope(void);

void use_a_scope(void)
{
    REEL_SCOPE(&arena)
    {
        (void)REEL_NEW(&arena, int);
    }
}
