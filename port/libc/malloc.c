// SPDX-License-Identifier: MIT
#include "malloc.h"

#include "reel/arena.h"
#include "reel/port.h"

// Blocks of handlers that each call of a thread frees: more than one, so that
// the queue becomes shorter.
#define DRAINED 2

#define MOST_ALIGNED _Alignof(max_align_t)

static reel_word gate;

// Not inside: the hook may allocate.
static void report(reel_status why, int line)
{
    if (REEL_CHECKS >= 1 && why != REEL_OK) {
        reel_panic(why, __FILE__, line);
    }
}

// A thread that is inside already would wait for itself: a hook of the heap's
// allocates.
static bool enter(void)
{
    if (reel_port_in_interrupt()) {
        return false;
    }
    while (!reel_port_gate_enter(&gate)) {
        const uintptr_t thread = reel_port_thread();
        if (thread != 0 && reel_port_gate_holder(&gate) == thread) {
            report(REEL_BUSY, __LINE__);
            return false;
        }
        reel_port_gate_wait(&gate);
    }
    (void)reel_heap_drain(&reel_malloc_heap, DRAINED);
    return true;
}

static void leave(void)
{
    reel_port_gate_leave(&gate);
}

typedef void *allocate(reel_heap *heap, size_t size, size_t align);

static void *take(allocate *from, size_t size, size_t align)
{
    if (!enter()) {
        return NULL;
    }
    void *block = from(&reel_malloc_heap, size, align);
    if (block == NULL && reel_heap_drain(&reel_malloc_heap, SIZE_MAX) > 0) {
        block = from(&reel_malloc_heap, size, align);
    }
    leave();
    return block;
}

void *reel_malloc(size_t size)
{
    return take(reel_heap_alloc, size, MOST_ALIGNED);
}

void *reel_calloc(size_t count, size_t size)
{
    return take(reel_heap_alloc_zeroed, reel_array_size(count, size),
                MOST_ALIGNED);
}

void *reel_aligned_alloc(size_t align, size_t size)
{
    if (align == 0 || (align & (align - 1)) != 0) {
        return NULL;
    }
    return take(reel_heap_alloc, size, align);
}

// Why is `block` not one of the heap's? The caller is inside. Nothing changes.
static reel_status refusal(const void *block)
{
    return reel_heap_owns(&reel_malloc_heap, block)
               ? REEL_OK
               : reel_heap_free(&reel_malloc_heap, (void *)(uintptr_t)block);
}

static void *change(void *block, size_t size)
{
    void *copy =
        reel_heap_realloc(&reel_malloc_heap, block, size, MOST_ALIGNED);
    if (copy == NULL && reel_heap_drain(&reel_malloc_heap, SIZE_MAX) > 0) {
        copy = reel_heap_realloc(&reel_malloc_heap, block, size, MOST_ALIGNED);
    }
    return copy;
}

void *reel_realloc(void *block, size_t size)
{
    if (block == NULL) {
        return reel_malloc(size);
    }
    if (size == 0) {
        reel_malloc_free(block);
        return NULL;
    }
    if (!enter()) {
        return NULL;
    }
    const reel_status status = refusal(block);
    void *const copy = status == REEL_OK ? change(block, size) : NULL;
    leave();
    report(status, __LINE__);
    return copy;
}

void reel_malloc_free(void *block)
{
    if (block == NULL) {
        return;
    }
    reel_status status;
    if (enter()) {
        status = reel_heap_free(&reel_malloc_heap, block);
        leave();
    } else {
        status = reel_heap_free_later(&reel_malloc_heap, block);
    }
    report(status, __LINE__);
}

size_t reel_malloc_usable_size(const void *block)
{
    if (block == NULL || !enter()) {
        return 0;
    }
    const reel_status status = refusal(block);
    const size_t size =
        status == REEL_OK ? reel_heap_usable_size(&reel_malloc_heap, block) : 0;
    leave();
    report(status, __LINE__);
    return size;
}
