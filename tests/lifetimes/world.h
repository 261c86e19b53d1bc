// SPDX-License-Identifier: MIT
// What right.c and wrong.c use: an arena with two lifetimes, one within the other, a
// temp, and a region.

#ifndef WORLD_H
#define WORLD_H

#include "clang/lifetimes.h"

REEL_LIFETIME(frame);
REEL_LIFETIME(inner);
REEL_LIFETIME(request);

typedef struct reply {
    int *text REEL_LIVES_IN(request);
} reply;

extern reel_arena scratch;
extern reel_temp temp;
extern reel_pool pool;
extern reel_region region;
extern int *squares REEL_LIVES_IN(frame);
extern int *roots REEL_LIVES_IN(inner);
extern reply answer;

int sum(void) REEL_NEEDS(frame);
void begin(void) REEL_BEGINS(frame);
void end(void) REEL_ENDS(frame);
void whole_frame(void) REEL_NOT_WITHIN(frame);

#define NEW(name, count)     \
    (int *)REEL_NEW_IN(name, \
                       reel_arena_alloc(&scratch, (count) * sizeof(int), 0))

#endif
