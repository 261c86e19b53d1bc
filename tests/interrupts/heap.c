// SPDX-License-Identifier: MIT
// A heap whose blocks are freed for later by a handler, while the owner allocates, frees,
// changes and drains. Every block is freed once, and none that is still used.

#include "interrupts.h"

#include "reel/heap.h"

#define GRANULE REEL_HEAP_GRANULE
#define SIZE    512u // bytes of memory
#define BLOCKS  8u   // of 3 granules
#define BYTES   (3 * GRANULE)

static reel_heap heap;
static unsigned char memory[SIZE];
static unsigned char *blocks[BLOCKS]; // NULL: not the test's any more
static unsigned char *taken;          // by the operation
static size_t used;                   // granules that are to be used in the end

static void stamp(unsigned char *block, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        block[i] = (unsigned char)(uintptr_t)block;
    }
}

static bool is_stamped(const unsigned char *block, size_t size)
{
    size_t i = 0;
    while (i < size && block[i] == (unsigned char)(uintptr_t)block) {
        i++;
    }
    return i == size;
}

// ---- the handler: blocks 2, 5 and 6 are its own ----------------------------------------

static void free_one_later(size_t which)
{
    if (blocks[which] != NULL) {
        REQUIRE(reel_heap_free_later(&heap, blocks[which]) == REEL_OK);
        blocks[which] = NULL;
        used -= 3;
    }
}

static void free_later(void)
{
    free_one_later(2);
}

static void free_two_later(void)
{
    free_one_later(5);
    free_one_later(2);
}

static void free_another_later(void)
{
    free_one_later(6);
}

static void free_what_is_none(void)
{
    REQUIRE(reel_heap_free_later(&heap, blocks[2] + GRANULE) == REEL_FOREIGN);
    REQUIRE(reel_heap_free_later(&heap, &heap) == REEL_FOREIGN);
}

// ---- the owner -------------------------------------------------------------------

static void allocate(void)
{
    taken = reel_heap_alloc(&heap, BYTES, 0);
}

// Next to the handler's.
static void free_next(void)
{
    REQUIRE(reel_heap_free(&heap, blocks[1]) == REEL_OK);
    blocks[1] = NULL;
}

static void grow_next(void)
{
    blocks[3] = reel_heap_realloc(&heap, blocks[3], 2 * BYTES, 0);
}

static void shrink_next(void)
{
    blocks[3] = reel_heap_realloc(&heap, blocks[3], GRANULE, 0);
}

static void drain(void)
{
    (void)reel_heap_drain(&heap, 1);
}

static void drain_all(void)
{
    (void)reel_heap_drain(&heap, 9);
}

static void free_own_later(void)
{
    REQUIRE(reel_heap_free_later(&heap, blocks[1]) == REEL_OK);
    blocks[1] = NULL;
}

static void free_none_later(void)
{
    REQUIRE(reel_heap_free_later(&heap, blocks[1] + GRANULE) == REEL_FOREIGN);
    REQUIRE(reel_heap_free_later(&heap, memory) == REEL_FOREIGN);
}

// How many granules more or less there are afterwards; one was queued before.
static const test_operation operations[] = {
    { "heap, alloc", allocate, { 3 } },
    { "heap, free", free_next, { (size_t)-3 } },
    { "heap, grow", grow_next, { 3 } },
    { "heap, shrink", shrink_next, { (size_t)-2 } },
    { "heap, drain", drain, { 0 } },
    { "heap, drain all", drain_all, { 0 } },
    { "heap, free later", free_own_later, { (size_t)-3 } },
    { "heap, no block, free later", free_none_later, { 0 } },
    { 0 },
};

static const test_action actions[] = {
    { "the handler frees one later", free_later, NULL },
    { "the handler frees two later", free_two_later, NULL },
    { "the handler frees what is no block", free_what_is_none, NULL },
    { 0 },
};

static const test_operation retried_operations[] = {
    { "heap, drain all", drain_all, { 0 } },
    { "heap, free later", free_own_later, { (size_t)-3 } },
    { 0 },
};

static const test_action pairs[] = {
    { "the handler frees one later, then another", free_later,
      free_another_later },
    { 0 },
};

// ---- before and after ------------------------------------------------------------

static void prepare(void)
{
    REQUIRE(reel_heap_init(&heap, memory, SIZE) == REEL_OK);
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = reel_heap_alloc(&heap, BYTES, 0);
        REQUIRE(blocks[i] != NULL);
        stamp(blocks[i], BYTES);
    }
    REQUIRE(reel_heap_free(&heap, blocks[4]) == REEL_OK);
    REQUIRE(reel_heap_free_later(&heap, blocks[7]) == REEL_OK);
    blocks[4] = NULL;
    blocks[7] = NULL;
    taken = NULL;
    used = 3 * (BLOCKS - 2) + argument(0);
    interrupts_panics = 0;
}

static void check(void)
{
    (void)reel_heap_drain(&heap, 99);
    REQUIRE(interrupts_panics == 0);
    REQUIRE(reel_heap_stats(&heap).used == used * GRANULE);
    REQUIRE(reel_heap_is_valid(&heap));
    for (size_t i = 0; i < BLOCKS; i++) {
        REQUIRE(blocks[i] == NULL || i == 3 || is_stamped(blocks[i], BYTES));
    }
    REQUIRE(taken == NULL || reel_heap_owns(&heap, taken));
}

const test_family heap_families[] = {
    { operations, actions, prepare, check },
    { retried_operations, pairs, prepare, check },
    { 0 },
};
