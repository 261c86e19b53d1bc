// SPDX-License-Identifier: MIT
// The heap in the shape of malloc, by its own names and by those of the C
// library, which this program links under the option --wrap. TAP.

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "libc/malloc.h"
#include "threads.h"

#define BYTES 131072

REEL_MALLOC_DEFINE(BYTES);

static _Thread_local bool in_interrupt;
static reel_status last_panic;
static size_t panics;

// A panic may allocate.
void reel_panic(reel_status why, const char *file, int line)
{
    (void)file, (void)line;
    void *const text = reel_malloc(10);
    EXPECT(text != NULL || in_interrupt);
    reel_malloc_free(text);
    last_panic = why;
    panics++;
}

bool reel_port_in_interrupt(void)
{
    return in_interrupt;
}

static bool panicked(reel_status why)
{
    const bool once = panics == 1 && last_panic == why;
    panics = 0;
    return once || REEL_CHECKS == 0;
}

// A library that is linked statically has blocks of its own here.
static size_t of_library;

static size_t used(void)
{
    return reel_heap_stats(&reel_malloc_heap).used - of_library;
}

static void blocks_are_aligned_and_distinct(void)
{
    char *const a = reel_malloc(0), *const b = reel_malloc(1);
    EXPECT(a != NULL && b != NULL && a != b);
    EXPECT((uintptr_t)a % _Alignof(max_align_t) == 0);
    EXPECT((uintptr_t)b % _Alignof(max_align_t) == 0);
    void *const page = reel_aligned_alloc(4096, 10);
    EXPECT(page != NULL && (uintptr_t)page % 4096 == 0);
    EXPECT(reel_malloc_usable_size(page) >= 10);
    EXPECT(reel_aligned_alloc(24, 10) == NULL);
    EXPECT(reel_aligned_alloc(0, 10) == NULL);
    reel_malloc_free(a);
    reel_malloc_free(b);
    reel_malloc_free(page);
    reel_malloc_free(NULL);
    EXPECT(reel_malloc_usable_size(NULL) == 0);
    EXPECT_EQUAL(used(), 0);
    tap_result("blocks are aligned, and a size of 0 is one", NULL);
}

static void calloc_clears_and_multiplies_safely(void)
{
    unsigned char *const dirty = reel_malloc(1000);
    memset(dirty, 0xA5, 1000);
    reel_malloc_free(dirty);
    unsigned char *const clean = reel_calloc(10, 100);
    size_t sum = 0;
    for (size_t i = 0; i < 1000; i++) {
        sum += clean[i];
    }
    EXPECT(clean == dirty && sum == 0);
    reel_malloc_free(clean);
    EXPECT(reel_calloc(SIZE_MAX / 2, 3) == NULL);
    EXPECT(reel_calloc(SIZE_MAX / 16 + 2, 16) == NULL);
    EXPECT_EQUAL(used(), 0);
    tap_result("calloc clears, and refuses a product that overflows", NULL);
}

static void realloc_keeps_contents(void)
{
    char *text = reel_realloc(NULL, 6);
    memcpy(text, "hello", 6);
    char *const behind = reel_malloc(16);
    text = reel_realloc(text, 5000);
    EXPECT(text != NULL && strcmp(text, "hello") == 0);
    EXPECT(reel_realloc(text, BYTES) == NULL); // text stays
    EXPECT(strcmp(text, "hello") == 0);
    EXPECT(reel_realloc(text, 6) == text);
    EXPECT(reel_realloc(text, 0) == NULL);
    reel_malloc_free(behind);
    EXPECT_EQUAL(used(), 0);
    tap_result("realloc keeps contents, shrinks in place, and frees at 0",
               NULL);
}

static void what_it_does_not_own_is_refused(void)
{
    int local = 0;
    char *const block = reel_malloc(100);
    reel_malloc_free(&local);
    EXPECT(panicked(REEL_FOREIGN));
    reel_malloc_free(block + 16);
    EXPECT(panicked(REEL_FOREIGN));
    EXPECT(reel_realloc(&local, 10) == NULL && panicked(REEL_FOREIGN));
    EXPECT(reel_malloc_usable_size(&local) == 0 && panicked(REEL_FOREIGN));
    reel_malloc_free(block);
    reel_malloc_free(block);
    EXPECT(panicked(REEL_DOUBLE_FREE));
    EXPECT(reel_realloc(block, 10) == NULL && panicked(REEL_DOUBLE_FREE));
    EXPECT_EQUAL(used(), 0);
    tap_result("what the heap does not own is refused, outside the gate", NULL);
}

#define PART (BYTES / 16 / 10 * 16)

static void a_handler_frees_later(void)
{
    char *blocks[8];
    for (size_t i = 0; i < 8; i++) {
        blocks[i] = reel_malloc(PART);
        EXPECT(blocks[i] != NULL);
    }
    in_interrupt = true;
    for (size_t i = 0; i < 7; i++) {
        reel_malloc_free(blocks[i]);
    }
    EXPECT(reel_malloc(1) == NULL);
    EXPECT(reel_realloc(blocks[7], 10) == NULL);
    EXPECT(reel_malloc_usable_size(blocks[7]) == 0);
    reel_malloc_free(&in_interrupt);
    EXPECT(panicked(REEL_FOREIGN));
    in_interrupt = false;
    const size_t queued = used();
    char *const small = reel_malloc(1); // frees some that are queued
    EXPECT_EQUAL(used(), queued - 2 * PART + REEL_HEAP_GRANULE);
    reel_malloc_free(small);
    // If need be, all.
    char *const large = reel_malloc(6 * PART);
    EXPECT(large != NULL);
    reel_malloc_free(large);
    char *const grown = reel_realloc(blocks[7], BYTES / 2);
    EXPECT(grown != NULL);
    reel_malloc_free(grown);
    EXPECT_EQUAL(used(), 0);
    tap_result("a handler frees, and threads have the memory", NULL);
}

static void a_full_heap_grows_a_block_into_what_handlers_freed(void)
{
    char *const small = reel_malloc(16);
    char *rest[4];
    for (size_t i = 0; i < 4; i++) {
        rest[i] = reel_malloc(BYTES / 5);
    }
    in_interrupt = true;
    for (size_t i = 0; i < 4; i++) {
        reel_malloc_free(rest[i]);
    }
    in_interrupt = false;
    char *const grown = reel_realloc(small, BYTES / 5 * 4);
    EXPECT(grown != NULL);
    reel_malloc_free(grown);
    EXPECT_EQUAL(used(), 0);
    tap_result("a block grows into what handlers freed", NULL);
}

// ---- by the names of the C library: --wrap sends these calls to the heap ----

static bool is_ours(const void *block)
{
    return reel_heap_owns(&reel_malloc_heap, block);
}

static void the_names_of_libc_reach_the_heap(void)
{
    char *a = malloc(10), *const b = calloc(2, 10);
    EXPECT(is_ours(a) && is_ours(b));
    a = realloc(a, 100);
    EXPECT(is_ours(a) && malloc_usable_size(a) >= 100);
    a = reallocarray(a, 10, 100);
    EXPECT(is_ours(a) && malloc_usable_size(a) >= 1000);
    void *const c = aligned_alloc(64, 64), *const d = memalign(128, 10);
    void *e = NULL;
    EXPECT(posix_memalign(&e, 256, 10) == 0);
    EXPECT(is_ours(c) && is_ours(d) && is_ours(e));
    EXPECT((uintptr_t)d % 128 == 0 && (uintptr_t)e % 256 == 0);
    free(a), free(b), free(c), free(d), free(e);
    EXPECT_EQUAL(used(), 0);
    tap_result("the names of libc reach the heap", NULL);
}

static void failures_say_why(void)
{
    void *untouched = &panics;
    volatile size_t much = BYTES + 1, wrong = 24;
    errno = 0;
    EXPECT(malloc(much) == NULL && errno == ENOMEM);
    errno = 0;
    EXPECT(calloc(much, SIZE_MAX / 4) == NULL && errno == ENOMEM);
    errno = 0;
    EXPECT(realloc(NULL, much) == NULL && errno == ENOMEM);
    errno = 0;
    EXPECT(reallocarray(NULL, much, SIZE_MAX / 4) == NULL && errno == ENOMEM);
    errno = 0;
    EXPECT(memalign(wrong, 10) == NULL && errno == EINVAL);
    EXPECT(posix_memalign(&untouched, wrong, 10) == EINVAL);
    EXPECT(posix_memalign(&untouched, 2, 10) == EINVAL);
    EXPECT(posix_memalign(&untouched, 64, much) == ENOMEM);
    EXPECT(untouched == &panics);
    errno = 7;
    void *const block = malloc(10);
    EXPECT(realloc(block, 0) == NULL);
    free(NULL);
    EXPECT(errno == 7);
    EXPECT_EQUAL(used(), 0);
    tap_result("a failure sets errno, a success keeps it", NULL);
}

// ---- threads ----------------------------------------------------------------

#define HELD   16
#define ROUNDS 5000

static void churn(test_thread *me)
{
    unsigned char *held[HELD] = { NULL };
    for (size_t i = 0; i < ROUNDS; i++) {
        unsigned char **const slot = &held[test_below(&me->seed, HELD)];
        const size_t size = 1 + test_below(&me->seed, 200);
        if (*slot != NULL) {
            me->wrong += **slot != (unsigned char)me->number;
            in_interrupt = test_below(&me->seed, 4) == 0;
            reel_malloc_free(*slot);
            in_interrupt = false;
            *slot = NULL;
        } else if ((*slot = reel_malloc(size)) != NULL) {
            memset(*slot, (int)me->number, size);
        }
    }
    for (size_t i = 0; i < HELD; i++) {
        reel_malloc_free(held[i]);
    }
}

static void threads_take_turns(void)
{
    EXPECT_EQUAL(threads_run(4, churn), 0);
    (void)reel_heap_drain(&reel_malloc_heap, SIZE_MAX);
    of_library += used(); // for threads to come
    EXPECT_EQUAL(threads_run(4, churn), 0);
    EXPECT(reel_heap_is_valid(&reel_malloc_heap));
    reel_heap_drain(&reel_malloc_heap, SIZE_MAX);
    EXPECT_EQUAL(used(), 0);
    tap_result("threads and handlers share the heap", NULL);
}

int main(void)
{
    test_note("bytes of the heap:", BYTES); // the library takes a buffer
    of_library = used();
    blocks_are_aligned_and_distinct();
    calloc_clears_and_multiplies_safely();
    realloc_keeps_contents();
    what_it_does_not_own_is_refused();
    a_handler_frees_later();
    a_full_heap_grows_a_block_into_what_handlers_freed();
    the_names_of_libc_reach_the_heap();
    failures_say_why();
    threads_take_turns();
    EXPECT(panics == 0);
    RESULT(reel_heap_is_valid(&reel_malloc_heap), "the heap is valid", NULL);
    return tap_end() ? 0 : 1;
}
