// Threads that cut blocks off one arena: none lost, doubled or torn. A program
// of its own, natively and under ThreadSanitizer. TAP.

#define _DEFAULT_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "reel/arena.h"

#define THREADS 4
#define MEMORY  (1 << 20)
#define LARGEST 16
#define BLOCKS  (MEMORY / 4) // more than any thread can get, at 8.5 bytes each

static reel_arena arena;
static pthread_barrier_t start;

typedef struct worker {
    pthread_t thread;
    unsigned char stamp;
    unsigned char *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    size_t taken, bytes;
} worker;

static worker workers[THREADS];

static void *work(void *argument)
{
    worker *const me = argument;
    uint32_t seed = me->stamp;
    (void)pthread_barrier_wait(&start);
    while (me->taken < BLOCKS) {
        seed = seed * 1664525u + 1013904223u;
        const size_t size = 1 + (seed >> 8) % LARGEST;
        unsigned char *const block = reel_arena_alloc_shared(&arena, size, 1);
        if (block == NULL) {
            break;
        }
        for (size_t i = 0; i < size; i++) {
            block[i] = me->stamp;
        }
        me->blocks[me->taken] = block;
        me->sizes[me->taken++] = size;
        me->bytes += size;
    }
    return NULL;
}

static size_t wrong_bytes(const worker *w)
{
    size_t wrong = 0;
    for (size_t b = 0; b < w->taken; b++) {
        for (size_t i = 0; i < w->sizes[b]; i++) {
            wrong += w->blocks[b][i] != w->stamp;
        }
    }
    return wrong;
}

static int failed;

static void result(int number, int passed, const char *name)
{
    printf("%s %d - %s\n", passed ? "ok" : "not ok", number, name);
    failed |= !passed;
}

int main(void)
{
    static unsigned char memory[MEMORY];
    size_t wrong = 0, bytes = 0;

    reel_arena_init(&arena, memory, sizeof memory);
    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t t = 0; t < THREADS; t++) {
        workers[t].stamp = (unsigned char)(t + 1);
        pthread_create(&workers[t].thread, NULL, work, &workers[t]);
    }
    for (size_t t = 0; t < THREADS; t++) {
        pthread_join(workers[t].thread, NULL);
        wrong += wrong_bytes(&workers[t]);
        bytes += workers[t].bytes;
    }
    puts("1..3");
    result(1, wrong == 0, "every byte belongs to the thread it was given to");
    result(2, bytes == reel_arena_used(&arena), "no byte was lost");
    result(3, reel_arena_available(&arena) < LARGEST, "the arena was filled");
    return failed;
}
