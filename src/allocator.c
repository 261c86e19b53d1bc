// SPDX-License-Identifier: MIT
#include "reel/allocator.h"

static void *refuse_new(void *self, size_t size, size_t align)
{
    (void)self, (void)size, (void)align;
    return NULL;
}

static void *refuse_change(void *self, void *block, size_t old_size,
                           size_t new_size, size_t align)
{
    (void)self, (void)block, (void)old_size, (void)new_size, (void)align;
    return NULL;
}

static reel_status refuse_free(void *self, void *block, size_t size)
{
    (void)self, (void)size;
    return block == NULL ? REEL_INVALID : REEL_FOREIGN;
}

// Without `frees` it counts as an allocator that takes every block back at
// once: it never has one, so nothing is lost.
const reel_allocator_ops reel_allocator_null_ops = {
    .allocate = refuse_new,
    .reallocate = refuse_change,
    .free = refuse_free,
};

reel_allocator reel_allocator_null(void)
{
    const reel_allocator allocator = { &reel_allocator_null_ops, NULL };
    return allocator;
}
