// One misuse of an arena per run, for a memory checker to catch: a program of
// its own, run by watch.t. It exits with 0 if nothing stops it.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reel/arena.h"

REEL_ARENA_DEFINE(static_arena, 256);

static unsigned char *volatile block; // keeps the accesses

static void touch(size_t offset)
{
    block[offset] = 1;
}

int main(int argc, char **argv)
{
    const char *const what = argc == 2 ? argv[1] : "";
    unsigned char *const memory = malloc(256);
    reel_arena arena;
    if (memory == NULL || reel_arena_init(&arena, memory, 256) != REEL_OK) {
        return 3;
    }
    (void)reel_arena_alloc(&arena, 3, 1);
    const reel_mark mark = reel_arena_mark(&arena);
    block = reel_arena_alloc(&arena, 24, 8);

    if (strcmp(what, "nothing") == 0) {
        touch(0);
        touch(23);
    } else if (strcmp(what, "rewind") == 0) {
        (void)reel_arena_rewind(&arena, mark);
        touch(8);
    } else if (strcmp(what, "reset") == 0) {
        reel_arena_reset(&arena);
        touch(8);
    } else if (strcmp(what, "free") == 0) {
        (void)reel_arena_free(&arena, block, 24);
        touch(8);
    } else if (strcmp(what, "overflow") == 0) {
        touch(24);
    } else if (strcmp(what, "shrink") == 0) {
        (void)reel_arena_resize(&arena, block, 24, 8);
        touch(16);
    } else if (strcmp(what, "move") == 0) {
        (void)reel_arena_alloc(&arena, 8, 8);
        (void)reel_arena_realloc(&arena, block, 24, 64, 8);
        touch(8);
    } else if (strcmp(what, "padding") == 0) {
        touch((size_t)-2); // between the first block and this one
    } else if (strcmp(what, "shared") == 0) {
        block = reel_arena_alloc_shared(&arena, 16, 8);
        touch(16);
    } else if (strcmp(what, "static") == 0) {
        block = reel_arena_alloc(&static_arena, 16, 8);
        touch(16);
    } else {
        return 3;
    }
    return 0;
}
