// SPDX-License-Identifier: MIT
// A heap whose owner allocates, frees and drains, while others free blocks for later.
// Context 0 is the owner. Block i is a granule that context i has, and block 3 one that
// the owner has.

#include "letters.h"

#include "reel/heap.h"

// In explorer_memory, in words.
#define HEAP_AT   0
#define BUFFER_AT 40
#define BLOCKS    4
#define GRANULES  6

typedef struct truth {
    uintptr_t *blocks[BLOCKS];
    uintptr_t *kept; // the owner's newest
    size_t used;     // granules in the end
    bool is_twice;   // a block was queued twice
} truth;

static truth now;

static reel_heap *heap(void)
{
    return (reel_heap *)(void *)&explorer_memory[HEAP_AT];
}

// ---- the owner ---------------------------------------------------------------------

static void take(unsigned context, unsigned number)
{
    (void)context;
    explorer_call(CALL_ALLOC);
    uintptr_t *const block =
        reel_heap_alloc(heap(), number * REEL_HEAP_GRANULE, 0);
    explorer_call(CALL_NONE);
    explorer_reach(block == NULL ? EMPTY : SUCCESS);
    if (block == NULL) {
        return;
    }
    for (size_t i = 1; i < BLOCKS; i++) {
        explorer_reach(block == now.blocks[i] ? REUSED : 0);
    }
    explorer_write(block);
    now.used += number;
    now.kept = block;
}

static void give(unsigned context, unsigned number)
{
    (void)context, (void)number;
    require(reel_heap_free(heap(), now.blocks[3]) == REEL_OK,
            "a block is not the owner's");
    now.used--;
    explorer_reach(FREED);
}

static void drain(unsigned context, unsigned most)
{
    (void)context;
    const size_t count = reel_heap_drain(heap(), most);
    require(count <= most, "too many are drained");
    explorer_reach(count > 0 ? DRAINED : 0);
}

// ---- the others --------------------------------------------------------------------

static void free_later(unsigned context, unsigned number)
{
    uintptr_t *const block = now.blocks[context];
    (void)number;
    explorer_write(block);
    explorer_call(CALL_FREE);
    const reel_status status = reel_heap_free_later(heap(), block);
    explorer_call(CALL_NONE);
    require(status == REEL_OK, "a used block is refused");
    now.used--;
    explorer_reach(FREED);
}

// Whatever the owner is at.
static void free_none(unsigned context, unsigned number)
{
    (void)number;
    void *const inside = (unsigned char *)now.blocks[context] + 1;
    require(reel_heap_free_later(heap(), inside) == REEL_FOREIGN
                && reel_heap_free_later(heap(), &now) == REEL_FOREIGN,
            "what is no block is queued");
    explorer_reach(FOREIGN);
}

// ---- before and after ----------------------------------------------------------------

static void set_up(const scene *plan)
{
    (void)plan;
    const size_t size = REEL_HEAP_SIZE(GRANULES * REEL_HEAP_GRANULE);
    now = (truth){ .used = BLOCKS };
    require(reel_heap_init(heap(), &explorer_memory[BUFFER_AT], size)
                == REEL_OK,
            "no heap");
    for (size_t i = 0; i < BLOCKS; i++) {
        now.blocks[i] = reel_heap_alloc(heap(), REEL_HEAP_GRANULE, 0);
    }
}

// A block that is queued is used until it is drained, and drained once.
static void inspect(const scene *plan)
{
    (void)plan;
    (void)reel_heap_drain(heap(), BLOCKS);
    require(reel_heap_is_valid(heap()), "the heap is not valid");
    require(reel_heap_stats(heap()).used == now.used * REEL_HEAP_GRANULE,
            "a block is lost");
}

static const scene scenes[] = {
    { "heap: two free for later", "n j j", FREED | RETRY | DRAINED,
      .is_whole = false },
    { "heap: the owner is at work next to them", "aKn j j",
      FREED | RETRY | DRAINED | SUCCESS, .is_whole = false },
    { "heap: drained blocks are allocated again", "naa j j",
      FREED | DRAINED | SUCCESS | REUSED, .is_whole = false },
    { "heap: what is no block", "aK O O", FOREIGN | SUCCESS,
      .is_whole = false },
    { "heap: weak memory", "naa j j", FREED | DRAINED | REUSED, .is_weak = true,
      .spurious = 1 },
    { "heap: weak memory, two contexts", "na j", FREED | DRAINED | REUSED,
      .is_weak = true, .spurious = 1 },
    { "heap: an interrupt frees for later", "an j", FREED | DRAINED,
      .interrupts = 1 << 1, .is_whole = true, .same_core = true },
    { 0 },
};

static const letter letters[] = {
    { 'a', take, 1 },       { 'b', take, 2 },
    { 'K', give, 0 },       { 'n', drain, 1 },
    { 'M', drain, BLOCKS }, { 'j', free_later, 0 },
    { 'O', free_none, 0 },  { 0 },
};

const stage heap_stage = { scenes, letters, NULL, set_up, inspect };
