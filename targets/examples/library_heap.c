// SPDX-License-Identifier: MIT
// A heap under a library that wants malloc and free: it takes two functions and a
// pointer for them, as cJSON, mbedTLS, lwIP or SQLite do in their own ways.

#include <stdint.h>

#include "reel/heap.h"

REEL_HEAP_DEFINE(library_heap, 4096);

// ---- of the library -----------------------------------------------------------

typedef struct hooks {
    void *(*allocate)(void *user, size_t size);
    void (*release)(void *user, void *block);
    void *user;
} hooks;

static bool library_work(const hooks *memory)
{
    void *const small = memory->allocate(memory->user, 10);
    void *const large = memory->allocate(memory->user, 1000);
    memory->release(memory->user, small); // in any order, and NULL does no harm
    memory->release(memory->user, large);
    return small != NULL && large != NULL;
}

// ---- of the application -------------------------------------------------------

static void *allocate(void *user, size_t size)
{
    return reel_heap_alloc(user, size, 0);
}

static void release(void *user, void *block)
{
    if (block != NULL) {
        (void)reel_heap_free(user, block);
    }
}

int main(void)
{
    const hooks memory = { allocate, release, &library_heap };
    for (int i = 0; i < 1000; i++) {
        if (!library_work(&memory)) {
            return 1;
        }
    }
    return reel_heap_stats(&library_heap).used == 0 ? 0 : 2;
}
