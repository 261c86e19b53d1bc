// SPDX-License-Identifier: MIT
#define _DEFAULT_SOURCE
#include "malloc.h"

#include <stdlib.h>
#include <string.h>

static bool is_alignment(size_t align)
{
    if ((align & (align - 1)) == 0) {
        return true;
    }
    reel_panic(REEL_INVALID, __FILE__, __LINE__);
    return false;
}

// Beyond these a sanitizer ends the program instead of returning NULL, and others may
// take the sum of the two for a small number.
#define LARGEST_SIZE \
    (SIZE_MAX / 4 > 1u << 30 ? ((size_t)1 << 19) << 19 : PTRDIFF_MAX)
#define LARGEST_ALIGN ((size_t)1 << 30)

static void *allocate(void *self, size_t size, size_t align)
{
    (void)self;
    void *block = NULL;
    if (!is_alignment(align)) {
        return NULL;
    }
    if (size > LARGEST_SIZE || align > LARGEST_ALIGN) {
        return NULL;
    }
    const size_t least = align == 0 ? REEL_ALIGN_DEFAULT : align;
    const size_t usable = least < sizeof(void *) ? sizeof(void *) : least;
    const int failed = posix_memalign(&block, usable, size == 0 ? 1 : size);
    return failed != 0 ? NULL : block;
}

static size_t least_1(size_t size)
{
    return size == 0 ? 1 : size;
}

static bool is_aligned(const void *block, size_t align)
{
    const size_t least = align == 0 ? REEL_ALIGN_DEFAULT : align;
    return ((uintptr_t)block & (least - 1)) == 0;
}

// What is not larger stays where it is; realloc may move it, or fail, and keeps no
// more than the default alignment.
static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    if (!is_alignment(align)) {
        return NULL;
    }
    const size_t from = least_1(old_size), to = least_1(new_size);
    if (block != NULL && to <= from && is_aligned(block, align)) {
        return block;
    }
    void *const copy = allocate(self, new_size, align);
    if (copy != NULL && block != NULL) {
        memcpy(copy, block, from < to ? from : to);
        free(block);
    }
    return copy;
}

static reel_status give_back(void *self, void *block, size_t size)
{
    (void)self, (void)size;
    free(block);
    return block == NULL ? REEL_INVALID : REEL_OK;
}

reel_allocator reel_host_malloc(void)
{
    static const reel_allocator_ops ops = {
        .allocate = allocate,
        .reallocate = reallocate,
        .free = give_back,
    };
    const reel_allocator allocator = { &ops, NULL };
    return allocator;
}
