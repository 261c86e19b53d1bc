// SPDX-License-Identifier: MIT
// An arena in a main loop: what a pass allocates is freed at its end, at once.

#include "reel/arena.h"

REEL_ARENA_DEFINE(scratch, 1024);

typedef struct sample {
    int value;
    struct sample *next;
} sample;

static int read_sensor(int i)
{
    return i * 7 % 10;
}

// The largest of a few samples, which live for this pass only.
static int pass(int count)
{
    int largest = 0;
    REEL_SCOPE (&scratch) {
        sample *list = NULL;
        for (int i = 0; i < count; i++) {
            sample *const item = REEL_NEW(&scratch, sample);
            if (item == NULL) {
                break; // the arena is full: use what there is
            }
            *item = (sample){ .value = read_sensor(i), .next = list };
            list = item;
        }
        for (const sample *item = list; item != NULL; item = item->next) {
            largest = item->value > largest ? item->value : largest;
        }
    }
    return largest;
}

int main(void)
{
    for (int i = 0; i < 1000; i++) {
        if (pass(8) != 9 || reel_arena_used(&scratch) != 0) {
            return 1;
        }
    }
    return pass(1000) == 9 ? 0 : 2;
}
