// SPDX-License-Identifier: MIT
// malloc and its family, by the names of the C library. Linked as an object, it
// replaces them in the whole program: glibc, newlib, picolibc, musl. With
// -DREEL_MALLOC_WRAP=1 it has the names that the linker's option --wrap=malloc
// asks for, and replaces them in the files that are linked with that option.

#include <errno.h>
#include <stdlib.h>

#include "malloc.h"
#include "reel/arena.h"

#ifndef REEL_MALLOC_WRAP
#define REEL_MALLOC_WRAP 0
#endif

#if REEL_MALLOC_WRAP
#define NAME(name) __wrap_##name
#else
#define NAME(name) name
#endif

void *NAME(malloc)(size_t size);
void *NAME(calloc)(size_t count, size_t size);
void *NAME(realloc)(void *block, size_t size);
void *NAME(reallocarray)(void *block, size_t count, size_t size);
void NAME(free)(void *block);
void *NAME(aligned_alloc)(size_t align, size_t size);
void *NAME(memalign)(size_t align, size_t size);
int NAME(posix_memalign)(void **block, size_t align, size_t size);
size_t NAME(malloc_usable_size)(void *block);

static void *with_errno(void *block)
{
    if (block == NULL) {
        errno = ENOMEM;
    }
    return block;
}

void *NAME(malloc)(size_t size)
{
    return with_errno(reel_malloc(size));
}

void *NAME(calloc)(size_t count, size_t size)
{
    return with_errno(reel_calloc(count, size));
}

void *NAME(realloc)(void *block, size_t size)
{
    void *const copy = reel_realloc(block, size);
    return block != NULL && size == 0 ? copy : with_errno(copy);
}

void *NAME(reallocarray)(void *block, size_t count, size_t size)
{
    return NAME(realloc)(block, reel_array_size(count, size));
}

void NAME(free)(void *block)
{
    const int before = errno;
    reel_malloc_free(block);
    errno = before;
}

void *NAME(aligned_alloc)(size_t align, size_t size)
{
    if (align == 0 || (align & (align - 1)) != 0) {
        errno = EINVAL;
        return NULL;
    }
    return with_errno(reel_aligned_alloc(align, size));
}

void *NAME(memalign)(size_t align, size_t size)
{
    return NAME(aligned_alloc)(align, size);
}

int NAME(posix_memalign)(void **block, size_t align, size_t size)
{
    if (align < sizeof(void *) || (align & (align - 1)) != 0) {
        return EINVAL;
    }
    void *const found = reel_aligned_alloc(align, size);
    if (found == NULL) {
        return ENOMEM;
    }
    *block = found;
    return 0;
}

size_t NAME(malloc_usable_size)(void *block)
{
    return reel_malloc_usable_size(block);
}

// newlib calls these inside, with its state for the thread.
#if defined(_NEWLIB_VERSION) && !defined(__PICOLIBC__) && !REEL_MALLOC_WRAP
struct _reent;
void *_malloc_r(struct _reent *state, size_t size);
void *_calloc_r(struct _reent *state, size_t count, size_t size);
void *_realloc_r(struct _reent *state, void *block, size_t size);
void *_memalign_r(struct _reent *state, size_t align, size_t size);
void _free_r(struct _reent *state, void *block);
size_t _malloc_usable_size_r(struct _reent *state, void *block);

void *_malloc_r(struct _reent *state, size_t size)
{
    (void)state;
    return malloc(size);
}

void *_calloc_r(struct _reent *state, size_t count, size_t size)
{
    (void)state;
    return calloc(count, size);
}

void *_realloc_r(struct _reent *state, void *block, size_t size)
{
    (void)state;
    return realloc(block, size);
}

void *_memalign_r(struct _reent *state, size_t align, size_t size)
{
    (void)state;
    return memalign(align, size);
}

void _free_r(struct _reent *state, void *block)
{
    (void)state;
    free(block);
}

size_t _malloc_usable_size_r(struct _reent *state, void *block)
{
    (void)state;
    return malloc_usable_size(block);
}
#endif

// glibc has these, too. A block of theirs would be foreign to free().
#if defined(__GLIBC__) && !REEL_MALLOC_WRAP
void *valloc(size_t size);
void *pvalloc(size_t size);

#define MEMORY_PAGE ((size_t)4096)

void *valloc(size_t size)
{
    return memalign(MEMORY_PAGE, size);
}

void *pvalloc(size_t size)
{
    const size_t over = (0 - size) & (MEMORY_PAGE - 1);
    return memalign(MEMORY_PAGE,
                    size > SIZE_MAX - over ? SIZE_MAX : size + over);
}
#endif
