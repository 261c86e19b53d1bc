// SPDX-License-Identifier: MIT
// A unit test on a host, with AddressSanitizer: a use after rewind, or an overflow, is
// reported at the access. The code under test is the firmware's own.

#include <stdio.h>
#include <string.h>

#include "reel/arena.h"

// Of the firmware: a copy of a name, in upper case.
static char *upper(reel_arena *arena, const char *name)
{
    const size_t size = strlen(name) + 1;
    char *const copy = reel_arena_alloc(arena, size, 1);
    for (size_t i = 0; copy != NULL && i < size; i++) {
        copy[i] = (char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - 'a' + 'A'
                                                          : name[i]);
    }
    return copy;
}

static unsigned char memory[64]; // as small as the device's

int main(int count, char **arguments)
{
    reel_arena arena;
    if (reel_arena_init(&arena, memory, sizeof memory) != REEL_OK) {
        return 1;
    }
    const char *const name = upper(&arena, "sensor 1");
    if (name == NULL || strcmp(name, "SENSOR 1") != 0) {
        return 2;
    }
    while (upper(&arena, "sensor") != NULL) { // until the arena is full
    }
    if (reel_arena_reset(&arena) != REEL_OK
        || reel_arena_stats(&arena).failures != 1) {
        return 3;
    }
    if (count > 1 && strcmp(arguments[1], "stale") == 0) {
        printf("%c\n",
               name[0]); // a bug: AddressSanitizer ends the program here
    }
    return 0;
}
