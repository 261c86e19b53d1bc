// SPDX-License-Identifier: MIT
// Threads that cut blocks off one arena or temp, of which one is the owner and takes
// marks: none lost, doubled or torn, and no invariant is broken. A program of its
// own, natively and under ThreadSanitizer. TAP.

#include "reel/temp.h"
#include "threads.h"

#define THREADS 4
#define MEMORY  (1 << 20)
#define LARGEST 16
#define BLOCKS  (MEMORY / 4) // more than any thread can get, at 8.5 bytes each

static reel_arena arena;
static reel_temp temp;
static bool is_over_temp; // else over the arena

typedef struct worker {
    unsigned char *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    size_t taken, bytes;
} worker;

static worker workers[THREADS];

static unsigned char stamp_of(size_t thread)
{
    return (unsigned char)(thread + 1);
}

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

static void work(test_thread *thread)
{
    worker *const me = &workers[thread->number];
    me->taken = 0;
    me->bytes = 0;
    while (me->taken < BLOCKS) {
        const size_t size = 1 + test_below(&thread->seed, LARGEST);
        unsigned char *const block = take(size);
        if (block == NULL) {
            break;
        }
        for (size_t i = 0; i < size; i++) {
            block[i] = stamp_of(thread->number);
        }
        me->blocks[me->taken] = block;
        me->sizes[me->taken++] = size;
        me->bytes += size;
        if (thread->number == 0 && !mark()) {
            break;
        }
    }
}

static size_t wrong_bytes(size_t thread)
{
    const worker *const w = &workers[thread];
    size_t wrong = 0;
    for (size_t b = 0; b < w->taken; b++) {
        for (size_t i = 0; i < w->sizes[b]; i++) {
            wrong += w->blocks[b][i] != stamp_of(thread);
        }
    }
    return wrong;
}

// Nothing but takes and marks, so that they meet as often as can be.
static void take_bytes(test_thread *me)
{
    while (take(1) != NULL && (me->number != 0 || mark())) {
    }
}

static const char *of_what(void)
{
    return is_over_temp ? "a temp" : "an arena";
}

static void share(const reel_arena *stack)
{
    size_t wrong = 0, bytes = 0;
    (void)threads_run(THREADS, work);
    for (size_t t = 0; t < THREADS; t++) {
        wrong += wrong_bytes(t);
        bytes += workers[t].bytes;
    }
    RESULT(wrong == 0, "every byte belongs to the thread that took it",
           of_what());
    RESULT(bytes == reel_arena_used(stack), "no byte was lost", of_what());
    RESULT(reel_arena_available(stack) < LARGEST, "all was filled", of_what());
}

static void share_bytes(const reel_arena *stack)
{
    (void)threads_run(THREADS, take_bytes);
    RESULT(reel_arena_available(stack) == 0, "every byte was taken", of_what());
}

// ---- an arena for each thread ------------------------------------------------------------

#define ROUNDS 20000

// At REEL_CHECKS 2 the arenas share few logs of dropped marks. Those of these lie in one.
#define APART 8
static reel_arena own[APART * THREADS];

static void rewind_own(test_thread *me)
{
    reel_arena *const mine = &own[APART * me->number];
    for (int i = 0; i < ROUNDS; i++) {
        const reel_mark low = reel_arena_mark(mine);
        me->wrong += reel_arena_alloc(mine, 1, 1) == NULL;
        const reel_mark dropped = reel_arena_mark(mine);
        me->wrong += reel_arena_rewind(mine, low) != REEL_OK;
        me->wrong += reel_arena_rewind(mine, dropped) != REEL_STALE;
    }
}

static void threads_share_a_log(unsigned char *memory)
{
    for (size_t i = 0; i < THREADS; i++) {
        (void)reel_arena_init(&own[APART * i], memory + 64 * i, 64);
    }
    RESULT(threads_run(THREADS, rewind_own) == 0,
           "each thread's arena knows its own dropped marks", NULL);
}

int main(void)
{
    static _Alignas(4096) unsigned char memory[MEMORY];
    static const reel_pages pages = { 4096, NULL, commit, decommit };
    reel_arena_init(&arena, memory, sizeof memory);
    share(&arena);
    reel_arena_init(&arena, memory, sizeof memory);
    share_bytes(&arena);
    threads_share_a_log(memory);
    is_over_temp = true;
    reel_temp_init(&temp, memory, sizeof memory, &pages, NULL);
    share(&temp.stack);
    reel_temp_reset(&temp);
    share_bytes(&temp.stack);
    return tap_end() ? 0 : 1;
}
