// Threads that cut blocks off one arena or temp, of which one is the owner and takes
// marks: none lost, doubled or torn, and no invariant is broken. A program of its
// own, natively and under ThreadSanitizer. TAP.

#define _DEFAULT_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "reel/temp.h"

#define THREADS 4
#define MEMORY  (1 << 20)
#define LARGEST 16
#define BLOCKS  (MEMORY / 4) // more than any thread can get, at 8.5 bytes each

static reel_arena arena;
static reel_temp temp;
static bool is_over_temp; // else over the arena
static pthread_barrier_t start;

typedef struct worker {
    pthread_t thread;
    unsigned char stamp;
    unsigned char *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    size_t taken, bytes;
} worker;

static worker workers[THREADS];

static void *take(size_t size)
{
    return is_over_temp ? reel_temp_alloc_shared(&temp, size, 1)
                        : reel_arena_alloc_shared(&arena, size, 1);
}

// What only the owner may do meanwhile.
static bool mark(void)
{
    return is_over_temp ? reel_temp_mark(&temp).owner != NULL
                        : reel_arena_mark(&arena).owner != NULL;
}

static bool commit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    (void)context, (void)addr, (void)size;
}

static void *work(void *argument)
{
    worker *const me = argument;
    uint32_t seed = me->stamp;
    (void)pthread_barrier_wait(&start);
    while (me->taken < BLOCKS) {
        seed = seed * 1664525u + 1013904223u;
        const size_t size = 1 + (seed >> 8) % LARGEST;
        unsigned char *const block = take(size);
        if (block == NULL) {
            break;
        }
        for (size_t i = 0; i < size; i++) {
            block[i] = me->stamp;
        }
        me->blocks[me->taken] = block;
        me->sizes[me->taken++] = size;
        me->bytes += size;
        if (me == workers && !mark()) {
            break;
        }
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

// Nothing but takes and marks, so that they meet as often as can be.
static void *take_bytes(void *argument)
{
    (void)pthread_barrier_wait(&start);
    while (take(1) != NULL && (argument != workers || mark())) {
    }
    return NULL;
}

static int failed;

static int results;

static void result(int passed, const char *name)
{
    printf("%s %d - %s of the %s\n", passed ? "ok" : "not ok", ++results, name,
           is_over_temp ? "temp" : "arena");
    failed |= !passed;
}

static void share(const reel_arena *stack)
{
    size_t wrong = 0, bytes = 0;
    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t t = 0; t < THREADS; t++) {
        workers[t].stamp = (unsigned char)(t + 1);
        workers[t].taken = 0;
        workers[t].bytes = 0;
        pthread_create(&workers[t].thread, NULL, work, &workers[t]);
    }
    for (size_t t = 0; t < THREADS; t++) {
        pthread_join(workers[t].thread, NULL);
        wrong += wrong_bytes(&workers[t]);
        bytes += workers[t].bytes;
    }
    result(wrong == 0, "every byte belongs to the thread that took it");
    result(bytes == reel_arena_used(stack), "no byte was lost");
    result(reel_arena_available(stack) < LARGEST, "all was filled");
}

static void share_bytes(const reel_arena *stack)
{
    for (size_t t = 0; t < THREADS; t++) {
        pthread_create(&workers[t].thread, NULL, take_bytes, &workers[t]);
    }
    for (size_t t = 0; t < THREADS; t++) {
        pthread_join(workers[t].thread, NULL);
    }
    result(reel_arena_available(stack) == 0, "every byte was taken");
}

int main(void)
{
    static _Alignas(4096) unsigned char memory[MEMORY];
    static const reel_pages pages = { 4096, NULL, commit, decommit };
    puts("1..8");
    reel_arena_init(&arena, memory, sizeof memory);
    share(&arena);
    reel_arena_init(&arena, memory, sizeof memory);
    share_bytes(&arena);
    is_over_temp = true;
    reel_temp_init(&temp, memory, sizeof memory, &pages, NULL);
    share(&temp.stack);
    reel_temp_reset(&temp);
    share_bytes(&temp.stack);
    return failed;
}
