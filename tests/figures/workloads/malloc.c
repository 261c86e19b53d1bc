// SPDX-License-Identifier: MIT
// malloc and free of the C library that the image is linked with: newlib-nano or
// picolibc, as Debian built them. Both keep free blocks in one list by address.
// A free walks it to the block's place and joins neighbours; an allocation takes
// the first that is large enough, splits it, or asks sbrk for more. picolibc also
// clears what it hands out.

#include "workloads.h"

void *malloc(size_t size);
void free(void *block);
void *sbrk(ptrdiff_t size);
void *_sbrk(ptrdiff_t size);

static _Alignas(16) unsigned char heap[WORKLOAD_HEAP];
static size_t used;

// The test before has freed everything.
static void start(void)
{
}

void *sbrk(ptrdiff_t size)
{
    if (size < 0 || (size_t)size > sizeof heap - used) {
        return (void *)UINTPTR_MAX;
    }
    void *const block = heap + used;
    used += (size_t)size;
    return block;
}

void *_sbrk(ptrdiff_t size) __attribute__((alias("sbrk")));

const contestant contestants[] = {
    { CONTESTANT, start, 0, (uintptr_t)malloc, (uintptr_t)free, { 0, 0 }, 0 },
};
const size_t contestant_count = 1;
