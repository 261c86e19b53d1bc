// SPDX-License-Identifier: MIT
// kmalloc aligns a size that is a power of two to the size, and vmalloc to a page. A
// free does not get the alignment. So the choice between them must not depend on it.
// kvfree finds which of them made a block.

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "reel_linux.h"

#define MOST_BYTES ((size_t)INT_MAX) // of kvmalloc

static atomic_long_t allocated = ATOMIC_LONG_INIT(0);

size_t reel_linux_allocated(void)
{
    return (size_t)atomic_long_read(&allocated);
}

static size_t at_least_1(size_t size)
{
    return size == 0 ? 1 : size;
}

static void *note(void *block, size_t size)
{
    if (block != NULL) {
        atomic_long_add((long)at_least_1(size), &allocated);
    }
    return block;
}

// Any block: in place if it satisfies the alignment and does not grow, else a
// copy.
static void *change(reel_allocator allocator, void *block, size_t old_size,
                    size_t new_size, size_t align)
{
    const size_t mask = (align == 0 ? (size_t)REEL_ALIGN_DEFAULT : align) - 1;
    void *copy;
    if (block == NULL) {
        return reel_allocate(allocator, new_size, align);
    }
    if (at_least_1(new_size) <= at_least_1(old_size)
        && ((uintptr_t)block & mask) == 0) {
        atomic_long_sub((long)(at_least_1(old_size) - at_least_1(new_size)),
                        &allocated);
        return block;
    }
    copy = reel_allocate(allocator, new_size, align);
    if (copy != NULL) {
        memcpy(copy, block, at_least_1(min(old_size, new_size)));
        (void)reel_free(allocator, block, old_size);
    }
    return copy;
}

static reel_status may_free(const void *block)
{
    if (block == NULL) {
        return REEL_INVALID;
    }
    return reel_linux_may_sleep() ? REEL_OK : REEL_BUSY;
}

// ---- kvmalloc ---------------------------------------------------------------

static void *kv_allocate(void *self, size_t size, size_t align)
{
    const size_t wanted = max3(size, align, (size_t)REEL_ALIGN_DEFAULT);
    const size_t bytes =
        wanted <= PAGE_SIZE ? roundup_pow_of_two(wanted) : wanted;
    (void)self;
    if (align > PAGE_SIZE || bytes > MOST_BYTES || !reel_linux_may_sleep()) {
        return NULL;
    }
    return note(kvmalloc(bytes, GFP_KERNEL | __GFP_NOWARN), size);
}

static reel_status kv_free(void *self, void *block, size_t size)
{
    const reel_status status = may_free(block);
    (void)self;
    if (status == REEL_OK) {
        kvfree(block);
        atomic_long_sub((long)at_least_1(size), &allocated);
    }
    return status;
}

static void *kv_reallocate(void *self, void *block, size_t old_size,
                           size_t new_size, size_t align)
{
    (void)self;
    return change(reel_linux_kvmalloc(), block, old_size, new_size, align);
}

reel_allocator reel_linux_kvmalloc(void)
{
    static const reel_allocator_ops ops = { kv_allocate, kv_reallocate, kv_free,
                                            NULL, NULL };
    const reel_allocator allocator = { &ops, NULL };
    return allocator;
}

// ---- whole pages ------------------------------------------------------------

static void *pages_allocate(void *self, size_t size, size_t align)
{
    (void)self;
    if (align > PAGE_SIZE || size > KMALLOC_MAX_SIZE
        || !reel_linux_may_sleep()) {
        return NULL;
    }
    return note(alloc_pages_exact(at_least_1(size), GFP_KERNEL | __GFP_NOWARN),
                size);
}

static reel_status pages_free(void *self, void *block, size_t size)
{
    const reel_status status = may_free(block);
    (void)self;
    if (status == REEL_OK) {
        free_pages_exact(block, at_least_1(size));
        atomic_long_sub((long)at_least_1(size), &allocated);
    }
    return status;
}

// A free gives back as many pages as its size says: what shrinks gives them up
// now.
static void *pages_reallocate(void *self, void *block, size_t old_size,
                              size_t new_size, size_t align)
{
    const size_t old_end = PAGE_ALIGN(at_least_1(old_size));
    const size_t new_end = PAGE_ALIGN(at_least_1(new_size));
    void *const kept =
        change(reel_linux_whole_pages(), block, old_size, new_size, align);
    (void)self;
    if (block != NULL && kept == block && new_end < old_end) {
        free_pages_exact((char *)block + new_end, old_end - new_end);
    }
    return kept;
}

reel_allocator reel_linux_whole_pages(void)
{
    static const reel_allocator_ops ops = { pages_allocate, pages_reallocate,
                                            pages_free, NULL, NULL };
    const reel_allocator allocator = { &ops, NULL };
    return allocator;
}
