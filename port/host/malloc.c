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

static void *allocate(void *self, size_t size, size_t align)
{
    (void)self;
    void *block = NULL;
    if (!is_alignment(align)) {
        return NULL;
    }
    if (size > PTRDIFF_MAX) {
        return NULL; // no object is larger; a sanitizer would end the program
    }
    const size_t least = align == 0 ? REEL_ALIGN_DEFAULT : align;
    const size_t usable = least < sizeof(void *) ? sizeof(void *) : least;
    const int failed = posix_memalign(&block, usable, size == 0 ? 1 : size);
    return failed != 0 ? NULL : block;
}

// realloc would keep no more than the default alignment.
static void *reallocate(void *self, void *block, size_t old_size,
                        size_t new_size, size_t align)
{
    void *const copy = allocate(self, new_size, align);
    if (copy != NULL && block != NULL) {
        memcpy(copy, block, old_size < new_size ? old_size : new_size);
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
