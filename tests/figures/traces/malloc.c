// SPDX-License-Identifier: MIT
// malloc of the C library that the image is linked with, as tests/figures/workloads has
// it.

#include "contestant.h"

void *malloc(size_t size);
void *realloc(void *block, size_t size);
void free(void *block);
void *sbrk(ptrdiff_t size);
void *_sbrk(ptrdiff_t size);

static _Alignas(16) unsigned char memory[TRACE_HEAP];
static size_t used;

// The contestant before freed everything.
static void start(void)
{
}

void *sbrk(ptrdiff_t size)
{
    if (size < 0 || (size_t)size > sizeof memory - used) {
        return (void *)UINTPTR_MAX;
    }
    void *const block = memory + used;
    used += (size_t)size;
    return block;
}

void *_sbrk(ptrdiff_t size) __attribute__((alias("sbrk")));

const contestant contestants[] = {
    { CONTESTANT, start, 0, (uintptr_t)malloc, (uintptr_t)realloc,
      (uintptr_t)free },
};
const size_t contestant_count = 1;
