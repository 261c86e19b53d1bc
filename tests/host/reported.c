// SPDX-License-Identifier: MIT
// Programs that fail, each in one way, and say where: run by report.t. A line that is to
// be named has a comment with the word of the program.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/report.h"
#include "reel/reel.h"

REEL_ARENA_DEFINE(frames, 256);

void reel_refused(const reel_incident *report)
{
    reel_host_report(report);
}

void reel_accused(const reel_incident *report)
{
    reel_host_report(report);
}

static reel_pool pool;
static reel_pool_chunk chunks[4];
static reel_region region;

static void starve(void)
{
    if (reel_pool_init(&pool, reel_arena_allocator(&frames), chunks, 4, 64, 64)
            != REEL_OK
        || reel_region_open(&region, &pool) != REEL_OK) {
        puts("no region");
        return;
    }
    while (reel_arena_alloc(&frames, 16, 1) != NULL) { // starved: until here
    }
    (void)reel_region_alloc(&region, 48, 8);
    (void)reel_region_alloc(&region, 48, 8); // starved
}

void _start(void); // of the C library's start-up code

// Callers without a line: none, data, and code without debug information.
static void ask_for_unknown_lines(void)
{
    static const reel_incident nowhere = { 0 };
    const char *const start = (const char *)(uintptr_t)&_start;
    const void *const callers[] = { NULL, &nowhere, start + 4 };
    void *const on_heap = malloc(64);
    char line[256];
    for (int i = 0; i < 3; i++) {
        printf("line %d: %d\n", i,
               reel_host_line(callers[i], line, sizeof line));
    }
    printf("line of the heap: %d, ",
           reel_host_line((char *)on_heap + 32, line, sizeof line));
    printf("%d\n", strtoul(line, NULL, 16) == (uintptr_t)on_heap + 30);
    free(on_heap);
    reel_host_report(&nowhere);
}

int main(int count, char **arguments)
{
    static reel_named name, other;
    const char *const what = count == 2 ? arguments[1] : "";
    char foreign[4];
    if (reel_set_name(&name, &frames, "frames") != REEL_OK
        || reel_set_name(&other, &pool, "objects") != REEL_OK) {
        return 3;
    }
    if (strcmp(what, "refused") == 0) {
        (void)REEL_NEW_ARRAY(&frames, double, 40); // refused
    } else if (strcmp(what, "foreign") == 0) {
        (void)reel_arena_resize(&frames, foreign, 4, 2); // foreign
    } else if (strcmp(what, "misaligned") == 0) {
        (void)reel_allocate(reel_arena_allocator(&frames), 4, 3); // misaligned
    } else if (strcmp(what, "scope") == 0) {
        REEL_SCOPE (&frames) { // scope
            (void)reel_arena_alloc(&frames, 4, 4);
            (void)reel_arena_reset(&frames);
        }
    } else if (strcmp(what, "starved") == 0) {
        starve();
    } else if (strcmp(what, "unknown") == 0) {
        ask_for_unknown_lines();
    } else {
        return 3;
    }
    return 0;
}
