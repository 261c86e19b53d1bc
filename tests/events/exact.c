// SPDX-License-Identifier: MIT
// Each call reports what it did: the events of known calls on known objects, one by one.

#include <string.h>

#include "always.h"
#include "events/ring.h"
#include "reel/events.h"
#include "reel/reel.h"
#include "tap.h"

int main(void);

static size_t panics;

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
    panics++;
}

// One thread, and its handler is the rest of it: there is nothing to mask.
uintptr_t reel_port_mask(void)
{
    return 0;
}

void reel_port_unmask(uintptr_t saved)
{
    (void)saved;
}

static bool in_interrupt;

bool reel_port_in_interrupt(void)
{
    return in_interrupt;
}

static _Alignas(4096) unsigned char memory[65536];

// The next event is this one.
static void expect_event(unsigned kind, unsigned module, const void *object,
                         uintptr_t place, size_t size, const char *text,
                         int line)
{
    reel_event event = { 0 };
    (void)reel_events_take(&event);
    test_expect_equal(event.what & 0xFFFFu, REEL_EVENT_WHAT(kind, module), text,
                      __FILE__, line);
    test_expect_equal(event.object, (uintptr_t)object, text, __FILE__, line);
    test_expect_equal(event.place, place, text, __FILE__, line);
    test_expect_equal(event.size, size, text, __FILE__, line);
}

#define REPORTED(kind, module, object, place, size)                   \
    expect_event(REEL_EVENT_##kind, REEL_EVENT_OF_##module, (object), \
                 (uintptr_t)(place), (size),                          \
                 #kind " of " #module " reports " #object ", " #place \
                       ", " #size,                                    \
                 __LINE__)

// A memory checker lets the test in.
static void watch_all(void)
{
#if REEL_WATCH
    reel_port_watch_alive(memory, sizeof memory);
#endif
}

// There is no other one.
static void end_test(const char *what)
{
    reel_event event;
    while (reel_events_take(&event)) {
        test_expect_equal(event.what, 0, "no other event", __FILE__, __LINE__);
    }
    EXPECT_EQUAL(panics, 0);
    tap_result(what, NULL);
    watch_all(); // the next test begins anew
}

// ---- what is below ---------------------------------------------------------------

// A backing that reports nothing.
typedef struct quiet {
    reel_frees frees;
    bool reclaims;
    bool moves;  // what changes its size
    size_t left; // blocks that it has
    uintptr_t next;
} quiet;

static void *quiet_allocate(void *self, size_t size, size_t align)
{
    quiet *const q = self;
    const uintptr_t mask = (align == 0 ? REEL_ALIGN_DEFAULT : align) - 1;
    if (q->left == 0) {
        return NULL;
    }
    q->left--;
    const uintptr_t block = (q->next + mask) & ~mask;
    q->next = block + size;
    return (void *)block;
}

static void *quiet_reallocate(void *self, void *block, size_t old_size,
                              size_t new_size, size_t align)
{
    const quiet *const q = self;
    (void)old_size;
    return q->moves ? quiet_allocate(self, new_size, align) : block;
}

static reel_status quiet_free(void *self, void *block, size_t size)
{
    (void)self, (void)block, (void)size;
    return REEL_OK;
}

static reel_frees quiet_frees(const void *self)
{
    const quiet *const q = self;
    return q->frees;
}

static bool quiet_reclaim(void *self, void *block, size_t size)
{
    const quiet *const q = self;
    (void)block, (void)size;
    return q->reclaims;
}

static quiet below;

static reel_allocator backing(reel_frees frees)
{
    static const reel_allocator_ops ops = {
        .allocate = quiet_allocate,
        .reallocate = quiet_reallocate,
        .free = quiet_free,
        .frees = quiet_frees,
        .reclaim = quiet_reclaim,
    };
    below.frees = frees;
    below.reclaims = frees == REEL_FREES_AT_ONCE;
    below.moves = false;
    below.left = SIZE_MAX;
    below.next = (uintptr_t)memory;
    const reel_allocator allocator = { &ops, &below };
    return allocator;
}

// A parent, whose reset ends its children.
static reel_registry registry;
static reel_registry_entry entries[4];
static _Alignas(16) unsigned char parent_memory[64];
static reel_arena parent;

static reel_handle parent_handle(void)
{
    EXPECT_EQUAL(reel_registry_init(&registry, entries, 4), REEL_OK);
    EXPECT_EQUAL(reel_arena_init(&parent, parent_memory, 64), REEL_OK);
    REPORTED(DEFINE, ARENA, &parent, parent_memory, 64);
    EXPECT_EQUAL(reel_arena_bind(&parent, &registry, REEL_NO_HANDLE), REEL_OK);
    return reel_arena_handle(&parent);
}

static void end_children(void)
{
    EXPECT_EQUAL(reel_arena_reset(&parent), REEL_OK);
}

// What comes behind their ends.
static void parent_was_reset(void)
{
    REPORTED(RESET, ARENA, &parent, parent_memory, 0);
}

// ---- arenas ------------------------------------------------------------------------

static reel_arena arena;

// Granules of 16 bytes, 11 of them.
static void start_arena(void)
{
    EXPECT_EQUAL(reel_arena_init_granular(&arena, memory + 1, 200, 16),
                 REEL_OK);
    REPORTED(DEFINE, ARENA, &arena, memory + 16, 176);
}

static void an_arena_reports_its_blocks(void)
{
    start_arena();
    EXPECT_EQUAL(reel_arena_alloc(&arena, 10, 8), memory + 16);
    REPORTED(ALLOC, ARENA, &arena, memory + 16, 16);
    EXPECT_EQUAL(reel_arena_alloc_shared(&arena, 17, 0), memory + 32);
    REPORTED(ALLOC, ARENA, &arena, memory + 32, 32);
    EXPECT_EQUAL(reel_arena_alloc_zeroed(&arena, 0, 64), memory + 64);
    REPORTED(ALLOC, ARENA, &arena, memory + 64, 16);
    EXPECT(reel_arena_resize(&arena, memory + 64, 1, 20));
    REPORTED(RESIZE, ARENA, &arena, memory + 64, 32);
    EXPECT(reel_arena_resize(&arena, memory + 64, 20, 0));
    REPORTED(RESIZE, ARENA, &arena, memory + 64, 16);
    EXPECT(!reel_arena_resize(&arena, memory + 16, 10, 30));
    EXPECT_EQUAL(reel_arena_realloc(&arena, memory + 32, 17, 40, 8),
                 memory + 80);
    REPORTED(ALLOC, ARENA, &arena, memory + 80, 48);
    REPORTED(FREE, ARENA, &arena, memory + 32, 32);
    EXPECT_EQUAL(reel_arena_free(&arena, memory + 16, 0), REEL_OK);
    REPORTED(FREE, ARENA, &arena, memory + 16, 16);
    EXPECT_EQUAL(reel_arena_free(&arena, memory + 80, 40), REEL_OK);
    REPORTED(FREE, ARENA, &arena, memory + 80, 48);
    end_test(__func__);
}

static void an_arena_reports_its_refusals(void)
{
    start_arena();
    EXPECT(reel_arena_alloc(&arena, 177, 8) == NULL);
    REPORTED(REFUSE, ARENA, &arena, 176, 177);
    EXPECT(reel_arena_alloc(&arena, 176, 8) != NULL);
    REPORTED(ALLOC, ARENA, &arena, memory + 16, 176);
    EXPECT(reel_arena_alloc(&arena, 0, 8) == NULL);
    REPORTED(REFUSE, ARENA, &arena, 0, 1);
    EXPECT(reel_arena_alloc_shared(&arena, 0, 8) == NULL);
    REPORTED(REFUSE, ARENA, &arena, 0, 1);
    end_test(__func__);
}

static void an_arena_reports_what_a_rewind_frees(void)
{
    start_arena();
    const reel_mark low = reel_arena_mark(&arena);
    REPORTED(MARK, ARENA, &arena, memory + 16, 0);
    EXPECT(reel_arena_alloc(&arena, 30, 8) != NULL);
    REPORTED(ALLOC, ARENA, &arena, memory + 16, 32);
    const reel_mark high = reel_arena_mark(&arena);
    REPORTED(MARK, ARENA, &arena, memory + 48, 0);
    EXPECT(reel_arena_alloc(&arena, 50, 8) != NULL);
    REPORTED(ALLOC, ARENA, &arena, memory + 48, 64);
    EXPECT_EQUAL(reel_arena_rewind(&arena, high), REEL_OK);
    REPORTED(REWIND, ARENA, &arena, memory + 48, 64);
    EXPECT_EQUAL(reel_arena_rewind(&arena, low), REEL_OK);
    REPORTED(REWIND, ARENA, &arena, memory + 16, 32);
    EXPECT_EQUAL(reel_arena_rewind(&arena, high), REEL_STALE);
    EXPECT(reel_arena_alloc(&arena, 1, 1) != NULL);
    REPORTED(ALLOC, ARENA, &arena, memory + 16, 16);
    EXPECT_EQUAL(reel_arena_reset(&arena), REEL_OK);
    REPORTED(RESET, ARENA, &arena, memory + 16, 16);
    end_test(__func__);
}

static void an_arena_reports_its_end(void)
{
    start_arena();
    EXPECT_EQUAL(reel_arena_dispose(&arena), REEL_OK);
    REPORTED(END, ARENA, &arena, 0, 0);
    start_arena();
    EXPECT_EQUAL(reel_arena_bind(&arena, &registry, parent_handle()), REEL_OK);
    end_children();
    REPORTED(END, ARENA, &arena, 0, 0);
    parent_was_reset();
    EXPECT_EQUAL(reel_arena_reset(&arena), REEL_STALE);
    end_test(__func__);
}

// ---- temps -------------------------------------------------------------------------

#define PAGE 256u

static reel_temp temp;
static reel_always plain;

// 8 pages, of which `limit` bytes may be committed, two pages in a step.
static void start_temp(size_t limit, bool is_strict, uint16_t window)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    policy.step = 2 * PAGE;
    policy.strict = is_strict;
    policy.window = window;
    EXPECT_EQUAL(reel_always_init(&plain, PAGE, limit), REEL_OK);
    EXPECT_EQUAL(reel_temp_init(&temp, memory, 8 * PAGE, &plain.pages, &policy),
                 REEL_OK);
    REPORTED(DEFINE, TEMP, &temp, memory, 8 * PAGE);
}

static void a_temp_reports_its_blocks(void)
{
    start_temp(8 * PAGE, false, 0);
    EXPECT_EQUAL(reel_temp_alloc(&temp, 100, 8), memory);
    REPORTED(COMMIT, TEMP, &temp, memory, 512);
    REPORTED(ALLOC, TEMP, &temp, memory, 100);
    EXPECT_EQUAL(reel_temp_alloc_shared(&temp, 500, 8), memory + 104);
    REPORTED(COMMIT, TEMP, &temp, memory + 512, 512);
    REPORTED(ALLOC, TEMP, &temp, memory + 104, 500);
    EXPECT_EQUAL(reel_temp_alloc_zeroed(&temp, 0, 16), memory + 608);
    REPORTED(ALLOC, TEMP, &temp, memory + 608, 1);
    EXPECT(reel_temp_resize(&temp, memory + 608, 1, 500));
    REPORTED(COMMIT, TEMP, &temp, memory + 1024, 512);
    REPORTED(RESIZE, TEMP, &temp, memory + 608, 500);
    EXPECT(reel_temp_resize(&temp, memory + 608, 500, 0));
    REPORTED(RESIZE, TEMP, &temp, memory + 608, 1);
    EXPECT(!reel_temp_resize(&temp, memory, 100, 101));
    EXPECT_EQUAL(reel_temp_realloc(&temp, memory, 100, 200, 32), memory + 640);
    REPORTED(ALLOC, TEMP, &temp, memory + 640, 200);
    REPORTED(FREE, TEMP, &temp, memory, 100);
    EXPECT_EQUAL(reel_temp_free(&temp, memory + 640, 200), REEL_OK);
    REPORTED(FREE, TEMP, &temp, memory + 640, 200);
    EXPECT_EQUAL(reel_temp_free(&temp, memory + 608, 0), REEL_OK);
    REPORTED(FREE, TEMP, &temp, memory + 608, 1);
    end_test(__func__);
}

static void a_temp_reports_its_refusals(void)
{
    start_temp(3 * PAGE, false, 0);
    EXPECT(reel_temp_alloc(&temp, 8 * PAGE + 1, 1) == NULL);
    REPORTED(REFUSE, TEMP, &temp, 8 * PAGE, 8 * PAGE + 1);
    EXPECT(reel_temp_alloc(&temp, 2 * PAGE, 8) != NULL);
    REPORTED(COMMIT, TEMP, &temp, memory, 2 * PAGE);
    REPORTED(ALLOC, TEMP, &temp, memory, 2 * PAGE);
    EXPECT(reel_temp_alloc(&temp, 1, 1) != NULL); // a step is refused
    REPORTED(COMMIT, TEMP, &temp, memory + 2 * PAGE, PAGE);
    REPORTED(ALLOC, TEMP, &temp, memory + 2 * PAGE, 1);
    EXPECT(reel_temp_alloc_shared(&temp, PAGE, 1) == NULL); // a page, too
    REPORTED(REFUSE, TEMP, &temp, 6 * PAGE - 1, PAGE);
    end_test(__func__);
}

static void a_temp_reports_what_is_committed(void)
{
    start_temp(8 * PAGE, false, 0);
    EXPECT_EQUAL(reel_temp_reserve(&temp, 700), REEL_OK);
    REPORTED(COMMIT, TEMP, &temp, memory, 4 * PAGE);
    const reel_mark mark = reel_temp_mark(&temp);
    REPORTED(MARK, TEMP, &temp, memory, 0);
    EXPECT(reel_temp_alloc(&temp, 100, 8) != NULL);
    REPORTED(ALLOC, TEMP, &temp, memory, 100);
    EXPECT_EQUAL(reel_temp_trim(&temp), REEL_OK);
    REPORTED(DECOMMIT, TEMP, &temp, memory + PAGE, 3 * PAGE);
    EXPECT_EQUAL(reel_temp_trim(&temp), REEL_OK);
    EXPECT(reel_temp_alloc(&temp, 20, 8) != NULL);
    REPORTED(ALLOC, TEMP, &temp, memory + 104, 20);
    EXPECT_EQUAL(reel_temp_rewind(&temp, mark), REEL_OK);
    REPORTED(REWIND, TEMP, &temp, memory, 124);
    EXPECT(reel_temp_alloc(&temp, 6 * PAGE, 8) != NULL);
    REPORTED(COMMIT, TEMP, &temp, memory + PAGE, 5 * PAGE);
    REPORTED(ALLOC, TEMP, &temp, memory, 6 * PAGE);
    EXPECT_EQUAL(reel_temp_dispose(&temp), REEL_OK);
    REPORTED(RESET, TEMP, &temp, memory, 6 * PAGE);
    REPORTED(DECOMMIT, TEMP, &temp, memory, 6 * PAGE);
    end_test(__func__);
}

// The estimate is that of a small frame: a step is kept above it.
static void a_temp_reports_what_a_reset_decommits(void)
{
    start_temp(8 * PAGE, false, 0);
    EXPECT(reel_temp_alloc(&temp, 100, 8) != NULL);
    REPORTED(COMMIT, TEMP, &temp, memory, 2 * PAGE);
    REPORTED(ALLOC, TEMP, &temp, memory, 100);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    REPORTED(RESET, TEMP, &temp, memory, 100);
    EXPECT_EQUAL(reel_temp_reserve(&temp, 8 * PAGE), REEL_OK);
    REPORTED(COMMIT, TEMP, &temp, memory + 2 * PAGE, 6 * PAGE);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    REPORTED(RESET, TEMP, &temp, memory, 0);
    REPORTED(DECOMMIT, TEMP, &temp, memory + 4 * PAGE, 4 * PAGE);
    end_test(__func__);
}

static void a_temp_with_a_window_reports_what_a_rewind_decommits(void)
{
    start_temp(8 * PAGE, false, 1);
    const reel_mark mark = reel_temp_mark(&temp);
    REPORTED(MARK, TEMP, &temp, memory, 0);
    EXPECT(reel_temp_alloc(&temp, 8, 8) != NULL);
    REPORTED(COMMIT, TEMP, &temp, memory, 2 * PAGE);
    REPORTED(ALLOC, TEMP, &temp, memory, 8);
    EXPECT_EQUAL(reel_temp_reserve(&temp, 7 * PAGE), REEL_OK);
    REPORTED(COMMIT, TEMP, &temp, memory + 2 * PAGE, 6 * PAGE);
    EXPECT_EQUAL(reel_temp_rewind(&temp, mark), REEL_OK);
    REPORTED(REWIND, TEMP, &temp, memory, 8);
    REPORTED(DECOMMIT, TEMP, &temp, memory + 4 * PAGE, 4 * PAGE);
    end_test(__func__);
}

static void a_strict_temp_reports_what_each_call_decommits(void)
{
    start_temp(8 * PAGE, true, 0);
    EXPECT(reel_temp_alloc(&temp, PAGE, 8) != NULL);
    REPORTED(COMMIT, TEMP, &temp, memory, PAGE);
    REPORTED(ALLOC, TEMP, &temp, memory, PAGE);
    const reel_mark mark = reel_temp_mark(&temp);
    REPORTED(MARK, TEMP, &temp, memory + PAGE, 0);
    void *const block = reel_temp_alloc(&temp, 3 * PAGE, 8);
    REPORTED(COMMIT, TEMP, &temp, memory + PAGE, 3 * PAGE);
    REPORTED(ALLOC, TEMP, &temp, memory + PAGE, 3 * PAGE);
    EXPECT(reel_temp_resize(&temp, block, 3 * PAGE, 2 * PAGE));
    REPORTED(RESIZE, TEMP, &temp, block, 2 * PAGE);
    REPORTED(DECOMMIT, TEMP, &temp, memory + 3 * PAGE, PAGE);
    EXPECT_EQUAL(reel_temp_free(&temp, block, 2 * PAGE), REEL_OK);
    REPORTED(FREE, TEMP, &temp, block, 2 * PAGE);
    REPORTED(DECOMMIT, TEMP, &temp, memory + PAGE, 2 * PAGE);
    EXPECT(reel_temp_alloc(&temp, PAGE, 8) != NULL);
    REPORTED(COMMIT, TEMP, &temp, memory + PAGE, PAGE);
    REPORTED(ALLOC, TEMP, &temp, memory + PAGE, PAGE);
    EXPECT_EQUAL(reel_temp_rewind(&temp, mark), REEL_OK);
    REPORTED(REWIND, TEMP, &temp, memory + PAGE, PAGE);
    REPORTED(DECOMMIT, TEMP, &temp, memory + PAGE, PAGE);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_OK);
    REPORTED(RESET, TEMP, &temp, memory, PAGE);
    REPORTED(DECOMMIT, TEMP, &temp, memory, PAGE);
    end_test(__func__);
}

static void a_temp_reports_its_end(void)
{
    start_temp(8 * PAGE, false, 0);
    EXPECT_EQUAL(reel_temp_bind(&temp, &registry, parent_handle()), REEL_OK);
    end_children();
    REPORTED(END, TEMP, &temp, 0, 0);
    parent_was_reset();
    end_test(__func__);
}

// ---- blocks ------------------------------------------------------------------------

static reel_blocks blocks;
static reel_blocks_cache blocks_cache;
static void *blocks_slots[4];

static void start_blocks(void)
{
    EXPECT_EQUAL(reel_blocks_init(&blocks, memory, 512, 40, 6), REEL_OK);
    REPORTED(DEFINE, BLOCKS, &blocks, memory, 240);
    EXPECT_EQUAL(
        reel_blocks_cache_init(&blocks_cache, &blocks, blocks_slots, 4),
        REEL_OK);
}

static void blocks_report_each_call(void)
{
    start_blocks();
    for (size_t i = 0; i < 6; i++) {
        EXPECT_EQUAL(reel_blocks_alloc(&blocks), memory + 40 * i);
        REPORTED(ALLOC, BLOCKS, &blocks, memory + 40 * i, 40);
    }
    EXPECT(reel_blocks_alloc(&blocks) == NULL);
    REPORTED(REFUSE, BLOCKS, &blocks, 0, 40);
    EXPECT(reel_blocks_cache_alloc(&blocks_cache) == NULL);
    REPORTED(REFUSE, BLOCKS, &blocks, 0, 40);
    EXPECT_EQUAL(reel_blocks_free(&blocks, memory + 80), REEL_OK);
    REPORTED(FREE, BLOCKS, &blocks, memory + 80, 40);
    EXPECT_EQUAL(reel_blocks_free(&blocks, memory + 80), REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_blocks_alloc(&blocks), memory + 80);
    REPORTED(ALLOC, BLOCKS, &blocks, memory + 80, 40);
    EXPECT_EQUAL(reel_blocks_dispose(&blocks), REEL_OK);
    REPORTED(END, BLOCKS, &blocks, 0, 0);
    end_test(__func__);
}

static void a_cache_of_blocks_reports_each_call(void)
{
    void *live[5];
    start_blocks();
    live[0] = reel_blocks_cache_alloc(&blocks_cache);
    REPORTED(FILL, BLOCKS, &blocks, memory, 40);
    REPORTED(FILL, BLOCKS, &blocks, memory + 40, 40);
    REPORTED(TAKE, BLOCKS, &blocks, memory + 40, 40);
    live[1] = reel_blocks_cache_alloc(&blocks_cache);
    REPORTED(TAKE, BLOCKS, &blocks, memory, 40);
    for (size_t i = 2; i < 5; i++) {
        live[i] = reel_blocks_alloc(&blocks);
        REPORTED(ALLOC, BLOCKS, &blocks, memory + 40 * i, 40);
    }
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQUAL(reel_blocks_cache_free(&blocks_cache, live[i]), REEL_OK);
        REPORTED(PUT, BLOCKS, &blocks, live[i], 40);
    }
    EXPECT_EQUAL(reel_blocks_cache_free(&blocks_cache, live[4]), REEL_OK);
    REPORTED(FREE, BLOCKS, &blocks, live[0], 40); // it was full
    REPORTED(FREE, BLOCKS, &blocks, live[1], 40);
    REPORTED(PUT, BLOCKS, &blocks, live[4], 40);
    reel_blocks_cache_flush(&blocks_cache);
    REPORTED(FREE, BLOCKS, &blocks, live[2], 40);
    REPORTED(FREE, BLOCKS, &blocks, live[3], 40);
    REPORTED(FREE, BLOCKS, &blocks, live[4], 40);
    end_test(__func__);
}

static void blocks_report_their_end(void)
{
    start_blocks();
    EXPECT_EQUAL(reel_blocks_bind(&blocks, &registry, parent_handle()),
                 REEL_OK);
    end_children();
    REPORTED(END, BLOCKS, &blocks, 0, 0);
    parent_was_reset();
    end_test(__func__);
}

// ---- heaps -------------------------------------------------------------------------

static reel_heap heap;
static reel_heap_cache heap_cache;
static reel_heap_slot heap_slots[2];
static unsigned char *first; // granule of the heap
static size_t heap_bytes;

static void start_heap(void)
{
    EXPECT_EQUAL(reel_heap_init_granular(&heap, memory, 1024, 32), REEL_OK);
    first = (unsigned char *)heap.base;
    heap_bytes = reel_heap_stats(&heap).size;
    REPORTED(DEFINE, HEAP, &heap, first, heap_bytes);
    EXPECT_EQUAL(reel_heap_cache_init(&heap_cache, &heap, heap_slots, 2),
                 REEL_OK);
}

static void a_heap_reports_its_blocks(void)
{
    start_heap();
    EXPECT_EQUAL(reel_heap_alloc(&heap, 20, 8), first);
    REPORTED(ALLOC, HEAP, &heap, first, 32);
    EXPECT_EQUAL(reel_heap_alloc_zeroed(&heap, 33, 8), first + 32);
    REPORTED(ALLOC, HEAP, &heap, first + 32, 64);
    EXPECT_EQUAL(reel_heap_realloc(&heap, first + 32, 100, 8), first + 32);
    REPORTED(RESIZE, HEAP, &heap, first + 32, 128);
    EXPECT_EQUAL(reel_heap_realloc(&heap, first + 32, 98, 8), first + 32);
    EXPECT_EQUAL(reel_heap_realloc(&heap, first + 32, 1, 8), first + 32);
    REPORTED(RESIZE, HEAP, &heap, first + 32, 32);
    EXPECT_EQUAL(reel_heap_realloc(&heap, first, 60, 8), first + 64);
    REPORTED(ALLOC, HEAP, &heap, first + 64, 64);
    REPORTED(FREE, HEAP, &heap, first, 32);
    EXPECT_EQUAL(reel_heap_free(&heap, first + 64), REEL_OK);
    REPORTED(FREE, HEAP, &heap, first + 64, 64);
    EXPECT_EQUAL(reel_heap_free(&heap, first), REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_heap_free_sized(&heap, first + 32, 33), REEL_INVALID);
    EXPECT_EQUAL(reel_heap_free_sized(&heap, first + 32, 32), REEL_OK);
    REPORTED(FREE, HEAP, &heap, first + 32, 32);
    end_test(__func__);
}

static void a_heap_reports_its_refusals(void)
{
    start_heap();
    EXPECT(reel_heap_alloc(&heap, 2000, 8) == NULL);
    REPORTED(REFUSE, HEAP, &heap, heap_bytes, 2000);
    EXPECT_EQUAL(reel_heap_alloc(&heap, 300, 8), first);
    REPORTED(ALLOC, HEAP, &heap, first, 320);
    EXPECT_EQUAL(reel_heap_alloc(&heap, 60, 8), first + 320);
    REPORTED(ALLOC, HEAP, &heap, first + 320, 64);
    EXPECT_EQUAL(reel_heap_free(&heap, first), REEL_OK);
    REPORTED(FREE, HEAP, &heap, first, 320);
    EXPECT(reel_heap_alloc(&heap, 900, 8) == NULL);
    REPORTED(REFUSE, HEAP, &heap, heap_bytes - 64, 900);
    EXPECT(reel_heap_realloc(&heap, first + 320, 900, 8) == NULL);
    REPORTED(REFUSE, HEAP, &heap, heap_bytes - 64, 900);
    end_test(__func__);
}

// What lies behind it was written to.
static void a_free_that_a_heap_refuses_is_no_event(void)
{
    start_heap();
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQUAL(reel_heap_alloc(&heap, 32, 8), first + 32 * i);
        REPORTED(ALLOC, HEAP, &heap, first + 32 * i, 32);
    }
    EXPECT_EQUAL(reel_heap_free(&heap, first + 32), REEL_OK);
    REPORTED(FREE, HEAP, &heap, first + 32, 32);
    watch_all();
    memset(first + 32, 0x55, 32);
    EXPECT_EQUAL(reel_heap_free(&heap, first), REEL_INVALID);
    EXPECT_EQUAL(panics, 1);
    panics = 0;
    end_test(__func__);
}

static void a_heap_reports_what_is_freed_later(void)
{
    start_heap();
    EXPECT_EQUAL(reel_heap_alloc(&heap, 40, 8), first);
    REPORTED(ALLOC, HEAP, &heap, first, 64);
    EXPECT_EQUAL(reel_heap_free_later(&heap, first), REEL_OK);
    REPORTED(PUT, HEAP, &heap, first, 0); // only the owner knows its size
    EXPECT_EQUAL(reel_heap_drain(&heap, 2), 1);
    REPORTED(FREE, HEAP, &heap, first, 64);
    end_test(__func__);
}

static void a_cache_of_a_heap_reports_each_call(void)
{
    start_heap();
    EXPECT_EQUAL(reel_heap_cache_alloc(&heap_cache, 40, 8), first);
    REPORTED(ALLOC, HEAP, &heap, first, 64);
    EXPECT_EQUAL(reel_heap_cache_alloc(&heap_cache, 70, 8), first + 64);
    REPORTED(ALLOC, HEAP, &heap, first + 64, 96);
    EXPECT_EQUAL(reel_heap_cache_free(&heap_cache, first + 64), REEL_OK);
    REPORTED(FREE, HEAP, &heap, first + 64, 96); // of no slot
    EXPECT_EQUAL(reel_heap_cache_free(&heap_cache, first), REEL_OK);
    REPORTED(PUT, HEAP, &heap, first, 64);
    EXPECT_EQUAL(reel_heap_cache_alloc(&heap_cache, 33, 8), first);
    REPORTED(TAKE, HEAP, &heap, first, 64);
    EXPECT_EQUAL(reel_heap_cache_free(&heap_cache, first), REEL_OK);
    REPORTED(PUT, HEAP, &heap, first, 64);
    EXPECT_EQUAL(reel_heap_cache_flush(&heap_cache), REEL_OK);
    REPORTED(FREE, HEAP, &heap, first, 64);
    end_test(__func__);
}

// Less than was used before.
static void use_a_part_of_heap(void)
{
    EXPECT_EQUAL(reel_heap_alloc(&heap, 40, 8), first);
    REPORTED(ALLOC, HEAP, &heap, first, 64);
    EXPECT_EQUAL(reel_heap_alloc(&heap, 20, 8), first + 64);
    REPORTED(ALLOC, HEAP, &heap, first + 64, 32);
    EXPECT_EQUAL(reel_heap_free(&heap, first), REEL_OK);
    REPORTED(FREE, HEAP, &heap, first, 64);
}

static void a_heap_reports_its_end(void)
{
    start_heap();
    use_a_part_of_heap();
    EXPECT_EQUAL(reel_heap_reset(&heap), REEL_OK);
    REPORTED(RESET, HEAP, &heap, first, 32);
    use_a_part_of_heap();
    EXPECT_EQUAL(reel_heap_bind(&heap, &registry, parent_handle()), REEL_OK);
    EXPECT_EQUAL(reel_heap_reset(&heap), REEL_OK); // its registry knows
    REPORTED(RESET, HEAP, &heap, first, 32);
    end_children();
    REPORTED(END, HEAP, &heap, 0, 0);
    parent_was_reset();
    start_heap();
    EXPECT_EQUAL(reel_heap_dispose(&heap), REEL_OK);
    REPORTED(END, HEAP, &heap, 0, 0);
    end_test(__func__);
}

// ---- pools -------------------------------------------------------------------------

static reel_pool pool;
static reel_pool_chunk pool_chunks[4];
static reel_pool_cache pool_cache;
static reel_pool_slot pool_slots[1];

// Chunks of two pages.
static void start_pool(reel_frees frees, size_t page)
{
    EXPECT_EQUAL(
        reel_pool_init(&pool, backing(frees), pool_chunks, 4, page, 2 * page),
        REEL_OK);
    REPORTED(DEFINE, POOL, &pool, &below, page);
    EXPECT_EQUAL(reel_pool_cache_init(&pool_cache, &pool, pool_slots, 1),
                 REEL_OK);
}

// The next page of a new chunk.
static unsigned char *claim_in_new_chunk(void)
{
    unsigned char *const page = reel_pool_claim(&pool);
    REPORTED(COMMIT, POOL, &pool, page, 2 * PAGE);
    REPORTED(ALLOC, POOL, &pool, page, PAGE);
    return page;
}

static void a_pool_reports_each_call(void)
{
    start_pool(REEL_FREES_AT_ONCE, PAGE);
    unsigned char *const page = claim_in_new_chunk();
    EXPECT_EQUAL(reel_pool_claim(&pool), page + PAGE);
    REPORTED(ALLOC, POOL, &pool, page + PAGE, PAGE);
    EXPECT_EQUAL(reel_pool_release(&pool, page), REEL_OK);
    REPORTED(FREE, POOL, &pool, page, PAGE);
    EXPECT_EQUAL(reel_pool_release(&pool, page), REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_pool_claim(&pool), page);
    REPORTED(ALLOC, POOL, &pool, page, PAGE);
    below.left = 0;
    EXPECT(reel_pool_claim(&pool) == NULL);
    REPORTED(REFUSE, POOL, &pool, 0, PAGE);
    end_test(__func__);
}

static void chunks_come_and_go(reel_frees frees)
{
    start_pool(frees, PAGE);
    unsigned char *const page = claim_in_new_chunk();
    EXPECT_EQUAL(reel_pool_reserve(&pool, 2), REEL_OK);
    unsigned char *const newer = (unsigned char *)pool_chunks[1].base.value;
    REPORTED(COMMIT, POOL, &pool, newer, 2 * PAGE);
    EXPECT_EQUAL(reel_pool_release(&pool, page), REEL_OK);
    REPORTED(FREE, POOL, &pool, page, PAGE);
    below.reclaims = true;
    EXPECT(reel_pool_trim(&pool) > 0);
    REPORTED(DECOMMIT, POOL, &pool, newer, 2 * PAGE);
    REPORTED(DECOMMIT, POOL, &pool, page, 2 * PAGE);
    EXPECT_EQUAL(reel_pool_reserve(&pool, 1), REEL_OK);
    unsigned char *const last = (unsigned char *)pool_chunks[0].base.value;
    REPORTED(COMMIT, POOL, &pool, last, 2 * PAGE);
    below.reclaims = false; // it goes all the same
    EXPECT_EQUAL(reel_pool_dispose(&pool), REEL_OK);
    REPORTED(DECOMMIT, POOL, &pool, last, 2 * PAGE);
}

static void a_pool_reports_its_chunks(void)
{
    chunks_come_and_go(REEL_FREES_AT_ONCE);
    chunks_come_and_go(REEL_FREES_LAST); // one block for pages and links
    end_test(__func__);
}

// What a reserve took before the backing failed goes back.
static void a_pool_reports_what_a_failed_reserve_drops(void)
{
    start_pool(REEL_FREES_AT_ONCE, PAGE);
    below.left = 2; // pages and links
    EXPECT_EQUAL(reel_pool_reserve(&pool, 4), REEL_NO_MEMORY);
    REPORTED(COMMIT, POOL, &pool, memory, 2 * PAGE);
    REPORTED(DECOMMIT, POOL, &pool, memory, 2 * PAGE);
    end_test(__func__);
}

static void a_pool_reports_its_end(void)
{
    start_pool(REEL_FREES_AT_ONCE, PAGE);
    EXPECT_EQUAL(reel_pool_bind(&pool, &registry, parent_handle()), REEL_OK);
    end_children();
    REPORTED(END, POOL, &pool, 0, 0);
    parent_was_reset();
    end_test(__func__);
}

// ---- regions -----------------------------------------------------------------------

static reel_region region;

// It was opened on a new page of a new chunk.
static unsigned char *opened_region(void)
{
    unsigned char *const page = (unsigned char *)region.end - PAGE;
    REPORTED(COMMIT, POOL, &pool, page, 2 * PAGE);
    REPORTED(ALLOC, POOL, &pool, page, PAGE);
    REPORTED(OPEN, REGION, &region, &pool, 0);
    REPORTED(COMMIT, REGION, &region, page, PAGE);
    return page;
}

static unsigned char *open_region(void)
{
    EXPECT_EQUAL(reel_region_open(&region, &pool), REEL_OK);
    return opened_region();
}

static void a_region_reports_its_blocks(void)
{
    start_pool(REEL_FREES_AT_ONCE, PAGE);
    unsigned char *const page = open_region();
    EXPECT_EQUAL(reel_region_alloc(&region, 100, 8), page);
    REPORTED(ALLOC, REGION, &region, page, 100);
    EXPECT_EQUAL(reel_region_alloc(&region, 0, 8), page + 104);
    REPORTED(ALLOC, REGION, &region, page + 104, 1);
    EXPECT_EQUAL(reel_region_realloc(&region, page + 104, 0, 40, 8),
                 page + 104);
    REPORTED(RESIZE, REGION, &region, page + 104, 40);
    EXPECT_EQUAL(reel_region_realloc(&region, page + 104, 40, 0, 8),
                 page + 104);
    REPORTED(RESIZE, REGION, &region, page + 104, 1);
    EXPECT_EQUAL(reel_region_realloc(&region, page, 100, 200, 8), page + PAGE);
    REPORTED(ALLOC, POOL, &pool, page + PAGE, PAGE);
    REPORTED(COMMIT, REGION, &region, page + PAGE, PAGE);
    REPORTED(ALLOC, REGION, &region, page + PAGE, 200);
    REPORTED(FREE, REGION, &region, page, 100);
    EXPECT_EQUAL(reel_region_free(&region, page + 104, 0), REEL_OK);
    REPORTED(FREE, REGION, &region, page + 104, 1);
    EXPECT_EQUAL(reel_region_close(&region), REEL_OK);
    REPORTED(CLOSE, REGION, &region, 0, 0);
    REPORTED(FREE, POOL, &pool, page + PAGE, PAGE);
    REPORTED(FREE, POOL, &pool, page, PAGE);
    end_test(__func__);
}

#define NOTE (3 * sizeof(uintptr_t)) // of a large object

static void a_region_reports_its_large_objects(void)
{
    start_pool(REEL_FREES_AT_ONCE, PAGE);
    unsigned char *const page = open_region();
    void *object = reel_region_alloc(&region, 1000, 8);
    REPORTED(ALLOC, REGION, &region, page, NOTE);
    REPORTED(ALLOC, REGION, &region, object, 1000);
    EXPECT_EQUAL(reel_region_realloc(&region, object, 1000, 600, 8), object);
    REPORTED(RESIZE, REGION, &region, object, 600);
    EXPECT_EQUAL(reel_region_realloc(&region, object, 600, 600, 8), object);
    below.moves = true;
    void *const moved = reel_region_realloc(&region, object, 600, 900, 8);
    REPORTED(FREE, REGION, &region, object, 600);
    REPORTED(ALLOC, REGION, &region, moved, 900);
    EXPECT_EQUAL(reel_region_free(&region, moved, 900), REEL_OK);
    REPORTED(FREE, REGION, &region, moved, 900);
    object = reel_region_alloc(&region, 500, 8);
    REPORTED(ALLOC, REGION, &region, object, 500); // on the note that is left
    EXPECT(reel_region_alloc(&region, PAGE - NOTE - 7, 1) != NULL);
    REPORTED(ALLOC, REGION, &region, page + NOTE, PAGE - NOTE - 7);
    object = reel_region_alloc(&region, 700, 8);
    REPORTED(ALLOC, POOL, &pool, page + PAGE, PAGE); // for its note
    REPORTED(COMMIT, REGION, &region, page + PAGE, PAGE);
    REPORTED(ALLOC, REGION, &region, page + PAGE, NOTE);
    REPORTED(ALLOC, REGION, &region, object, 700);
    EXPECT_EQUAL(reel_region_close(&region), REEL_OK);
    REPORTED(CLOSE, REGION, &region, 0, 0);
    REPORTED(FREE, POOL, &pool, page + PAGE, PAGE);
    REPORTED(FREE, POOL, &pool, page, PAGE);
    end_test(__func__);
}

static void a_region_reports_its_refusals(void)
{
    start_pool(REEL_FREES_AT_ONCE, PAGE);
    unsigned char *const page = open_region();
    EXPECT(reel_region_alloc(&region, PAGE - 2, 1) != NULL);
    REPORTED(ALLOC, REGION, &region, page, PAGE - 2);
    below.left = 0;
    EXPECT(reel_region_alloc(&region, 1000, 8) == NULL);
    REPORTED(ALLOC, POOL, &pool, page + PAGE, PAGE); // for the note
    REPORTED(FREE, POOL, &pool, page + PAGE, PAGE);
    REPORTED(REFUSE, REGION, &region, 2, 1000);
    EXPECT_EQUAL(reel_pool_claim(&pool), page + PAGE);
    REPORTED(ALLOC, POOL, &pool, page + PAGE, PAGE);
    EXPECT(reel_region_alloc(&region, 10, 1) == NULL);
    REPORTED(REFUSE, POOL, &pool, 0, PAGE);
    REPORTED(REFUSE, REGION, &region, 2, 10);
    EXPECT(reel_region_alloc(&region, 1000, 1) == NULL);
    REPORTED(REFUSE, POOL, &pool, 0, PAGE);
    REPORTED(REFUSE, REGION, &region, 2, 1000);
    reel_region other;
    EXPECT_EQUAL(reel_region_open(&other, &pool), REEL_NO_MEMORY);
    REPORTED(REFUSE, POOL, &pool, 0, PAGE);
    end_test(__func__);
}

static void a_region_reports_a_growth_that_is_refused(void)
{
    start_pool(REEL_FREES_AT_ONCE, PAGE);
    unsigned char *const page = open_region();
    void *const object = reel_region_alloc(&region, 1000, 8);
    REPORTED(ALLOC, REGION, &region, page, NOTE);
    REPORTED(ALLOC, REGION, &region, object, 1000);
    below.moves = true;
    below.left = 0;
    EXPECT(reel_region_realloc(&region, object, 1000, 1001, 8) == NULL);
    REPORTED(REFUSE, REGION, &region, PAGE - NOTE, 1001);
    EXPECT_EQUAL(reel_region_realloc(&region, object, 1000, 0, 8), object);
    end_test(__func__);
}

static void a_region_of_small_pages_reports_its_refusals(void)
{
    const size_t page = 2 * sizeof(uintptr_t); // too small for a note
    start_pool(REEL_FREES_AT_ONCE, page);
    EXPECT_EQUAL(reel_region_open(&region, &pool), REEL_OK);
    REPORTED(COMMIT, POOL, &pool, memory, 2 * page);
    REPORTED(ALLOC, POOL, &pool, memory, page);
    REPORTED(OPEN, REGION, &region, &pool, 0);
    REPORTED(COMMIT, REGION, &region, memory, page);
    EXPECT(reel_region_alloc(&region, 100, 1) == NULL);
    REPORTED(REFUSE, REGION, &region, page, 100);
    end_test(__func__);
}

static void a_region_reports_its_pages_to_a_cache(void)
{
    start_pool(REEL_FREES_AT_ONCE, PAGE);
    EXPECT_EQUAL(reel_region_open_cached(&region, &pool_cache), REEL_OK);
    EXPECT_EQUAL(opened_region(), memory);
    EXPECT_EQUAL(reel_region_alloc(&region, 1, 1), memory);
    REPORTED(ALLOC, REGION, &region, memory, 1);
    EXPECT_EQUAL(reel_region_alloc(&region, PAGE, 1), memory + PAGE);
    REPORTED(ALLOC, POOL, &pool, memory + PAGE, PAGE);
    REPORTED(COMMIT, REGION, &region, memory + PAGE, PAGE);
    REPORTED(ALLOC, REGION, &region, memory + PAGE, PAGE);
    EXPECT_EQUAL(reel_region_close_cached(&region), REEL_OK);
    REPORTED(CLOSE, REGION, &region, 0, 0);
    REPORTED(PUT, POOL, &pool, memory + PAGE, PAGE);
    REPORTED(FREE, POOL, &pool, memory, PAGE); // it is full
    EXPECT_EQUAL(reel_region_open_cached(&region, &pool_cache), REEL_OK);
    REPORTED(TAKE, POOL, &pool, memory + PAGE, PAGE);
    REPORTED(OPEN, REGION, &region, &pool, 0);
    REPORTED(COMMIT, REGION, &region, memory + PAGE, PAGE);
    EXPECT_EQUAL(reel_region_close(&region), REEL_OK);
    REPORTED(CLOSE, REGION, &region, 0, 0);
    REPORTED(PUT, POOL, &pool, memory + PAGE, PAGE);
    reel_pool_cache_flush(&pool_cache);
    REPORTED(FREE, POOL, &pool, memory + PAGE, PAGE);
    end_test(__func__);
}

// The page that was taken for a note goes back where it was.
static void a_cache_of_a_pool_reports_a_page_that_comes_back(void)
{
    start_pool(REEL_FREES_AT_ONCE, PAGE);
    EXPECT_EQUAL(reel_region_open_cached(&region, &pool_cache), REEL_OK);
    EXPECT_EQUAL(opened_region(), memory);
    EXPECT_EQUAL(reel_region_alloc(&region, PAGE, 1), memory);
    REPORTED(ALLOC, REGION, &region, memory, PAGE);
    reel_region other;
    EXPECT_EQUAL(reel_region_open_cached(&other, &pool_cache), REEL_OK);
    REPORTED(ALLOC, POOL, &pool, memory + PAGE, PAGE);
    REPORTED(OPEN, REGION, &other, &pool, 0);
    REPORTED(COMMIT, REGION, &other, memory + PAGE, PAGE);
    EXPECT_EQUAL(reel_region_close(&other), REEL_OK);
    REPORTED(CLOSE, REGION, &other, 0, 0);
    REPORTED(PUT, POOL, &pool, memory + PAGE, PAGE);
    below.left = 0;
    EXPECT(reel_region_alloc(&region, 1000, 1) == NULL);
    REPORTED(TAKE, POOL, &pool, memory + PAGE, PAGE);
    REPORTED(PUT, POOL, &pool, memory + PAGE, PAGE);
    REPORTED(REFUSE, REGION, &region, 0, 1000);
    end_test(__func__);
}

static void a_region_reports_its_end(void)
{
    start_pool(REEL_FREES_AT_ONCE, PAGE);
    (void)open_region();
    EXPECT_EQUAL(reel_region_bind(&region, &registry, parent_handle()),
                 REEL_OK);
    end_children();
    REPORTED(END, REGION, &region, 0, 0);
    parent_was_reset();
    end_test(__func__);
}

// ---- rewindables -------------------------------------------------------------------

static reel_rewindable rewindable;
static reel_rewindable_chunk table[3];
static reel_rewindable_config config = { 256, 256, 16, true };

// One chunk of 16 granules.
static void start_rewindable(bool frees_blocks)
{
    config.frees_blocks = frees_blocks;
    EXPECT_EQUAL(reel_rewindable_init(&rewindable, backing(REEL_FREES_AT_ONCE),
                                      table, 3, &config),
                 REEL_OK);
    REPORTED(DEFINE, REWINDABLE, &rewindable, &below, frees_blocks);
    REPORTED(COMMIT, REWINDABLE, &rewindable, memory, 256);
}

static void *allocate_reported(size_t size, size_t align, size_t place,
                               size_t taken)
{
    void *const block = reel_rewindable_alloc(&rewindable, size, align);
    EXPECT_EQUAL(block, memory + place);
    REPORTED(ALLOC, REWINDABLE, &rewindable, memory + place, taken);
    return block;
}

static void a_rewindable_reports_its_blocks(void)
{
    start_rewindable(true);
    const reel_allocator self = reel_rewindable_allocator(&rewindable);
    void *const low = allocate_reported(20, 8, 0, 32);
    void *const high = allocate_reported(0, 64, 64, 16);
    EXPECT_EQUAL(reel_reallocate(self, high, 0, 50, 8), high);
    REPORTED(RESIZE, REWINDABLE, &rewindable, high, 64);
    EXPECT_EQUAL(reel_reallocate(self, high, 50, 60, 8), high);
    REPORTED(RESIZE, REWINDABLE, &rewindable, high, 64);
    EXPECT_EQUAL(reel_reallocate(self, high, 60, 30, 8), high);
    REPORTED(RESIZE, REWINDABLE, &rewindable, high, 32);
    EXPECT_EQUAL(reel_reallocate(self, low, 20, 40, 8), memory + 128);
    REPORTED(ALLOC, REWINDABLE, &rewindable, memory + 128, 48);
    REPORTED(FREE, REWINDABLE, &rewindable, low, 32);
    EXPECT_EQUAL(reel_rewindable_free(&rewindable, high, 30), REEL_OK);
    REPORTED(FREE, REWINDABLE, &rewindable, high, 32);
    EXPECT_EQUAL(reel_rewindable_free(&rewindable, high, 30), REEL_DOUBLE_FREE);
    EXPECT_EQUAL(reel_rewindable_free(&rewindable, memory + 128, 40), REEL_OK);
    REPORTED(FREE, REWINDABLE, &rewindable, memory + 128, 48);
    start_rewindable(false);
    void *const block = allocate_reported(20, 8, 0, 32);
    EXPECT_EQUAL(reel_rewindable_free(&rewindable, block, 20), REEL_OK);
    REPORTED(FREE, REWINDABLE, &rewindable, block, 32);
    end_test(__func__);
}

static void a_rewindable_reports_its_refusals(void)
{
    start_rewindable(true);
    (void)allocate_reported(100, 8, 0, 112);
    below.left = 0;
    EXPECT(reel_rewindable_alloc(&rewindable, 200, 8) == NULL);
    REPORTED(REFUSE, REWINDABLE, &rewindable, 144, 200);
    (void)allocate_reported(144, 8, 112, 144);
    EXPECT(reel_rewindable_alloc(&rewindable, 0, 8) == NULL);
    REPORTED(REFUSE, REWINDABLE, &rewindable, 0, 1);
    end_test(__func__);
}

static void a_rewindable_reports_its_chunks(void)
{
    start_rewindable(true);
    void *const block = reel_rewindable_alloc(&rewindable, 300, 8);
    REPORTED(COMMIT, REWINDABLE, &rewindable, block, 512);
    REPORTED(ALLOC, REWINDABLE, &rewindable, block, 304);
    EXPECT_EQUAL(reel_rewindable_rewind(&rewindable), REEL_OK);
    REPORTED(RESET, REWINDABLE, &rewindable, 0, 304);
    (void)allocate_reported(16, 8, 0, 16);
    EXPECT_EQUAL(reel_rewindable_reserve(&rewindable, 700), REEL_OK);
    REPORTED(COMMIT, REWINDABLE, &rewindable, table[2].base, 768);
    EXPECT(reel_rewindable_alloc(&rewindable, 600, 8) != NULL);
    REPORTED(ALLOC, REWINDABLE, &rewindable, table[2].base, 608);
    EXPECT(reel_rewindable_alloc(&rewindable, 1000, 8) == NULL);
    REPORTED(REFUSE, REWINDABLE, &rewindable, 240 + 512 + 160, 1000);
    const uintptr_t highest = table[2].base;
    EXPECT_EQUAL(reel_rewindable_rewind(&rewindable), REEL_OK);
    REPORTED(RESET, REWINDABLE, &rewindable, 0, 624);
    EXPECT_EQUAL(reel_rewindable_rewind(&rewindable), REEL_OK);
    REPORTED(RESET, REWINDABLE, &rewindable, 0, 0);
    REPORTED(DECOMMIT, REWINDABLE, &rewindable, highest, 768);
    REPORTED(DECOMMIT, REWINDABLE, &rewindable, block, 512);
    (void)allocate_reported(1, 8, 0, 16);
    EXPECT_EQUAL(reel_rewindable_dispose(&rewindable), REEL_OK);
    REPORTED(RESET, REWINDABLE, &rewindable, 0, 16);
    REPORTED(DECOMMIT, REWINDABLE, &rewindable, memory, 256);
    end_test(__func__);
}

static void a_rewindable_that_changes_is_another_one(void)
{
    start_rewindable(false);
    void *const block = reel_rewindable_alloc(&rewindable, 300, 8);
    REPORTED(COMMIT, REWINDABLE, &rewindable, block, 512);
    REPORTED(ALLOC, REWINDABLE, &rewindable, block, 304);
    EXPECT_EQUAL(reel_rewindable_rewind(&rewindable), REEL_OK);
    REPORTED(RESET, REWINDABLE, &rewindable, 0, 304);
    EXPECT_EQUAL(reel_rewindable_set_frees_blocks(&rewindable, true), REEL_OK);
    REPORTED(DEFINE, REWINDABLE, &rewindable, &below, 1);
    REPORTED(COMMIT, REWINDABLE, &rewindable, memory, 240); // and start bits
    REPORTED(COMMIT, REWINDABLE, &rewindable, block, 496);
    end_test(__func__);
}

static void a_rewindable_reports_its_end(void)
{
    start_rewindable(true);
    EXPECT_EQUAL(reel_rewindable_bind(&rewindable, &registry, parent_handle()),
                 REEL_OK);
    end_children();
    REPORTED(END, REWINDABLE, &rewindable, 0, 0);
    parent_was_reset();
    end_test(__func__);
}

// Also on a backing that keeps all, which gives all of it as one block.
static void a_rewindable_that_is_created_reports_its_backing(void)
{
    static const reel_frees each[] = { REEL_FREES_AT_ONCE, REEL_FREES_LAST,
                                       REEL_FREES_NEVER };
    config.frees_blocks = true;
    for (size_t i = 0; i < 3; i++) {
        reel_rewindable *created;
        EXPECT_EQUAL(reel_rewindable_create(&created, backing(each[i]), 2,
                                            &config, NULL, REEL_NO_HANDLE),
                     REEL_OK);
        const uintptr_t base = created->table[0].base;
        REPORTED(DEFINE, REWINDABLE, created, &below, 1);
        REPORTED(COMMIT, REWINDABLE, created, base, 256);
        EXPECT_EQUAL(reel_rewindable_destroy(created), REEL_OK);
        REPORTED(RESET, REWINDABLE, created, 0, 0);
        REPORTED(DECOMMIT, REWINDABLE, created, base, 256);
    }
    end_test(__func__);
}

// ---- spans -------------------------------------------------------------------------

static void open_span(reel_span *span, size_t size, size_t place, size_t taken)
{
    EXPECT_EQUAL(reel_span_open(span, &rewindable, size), REEL_OK);
    REPORTED(ALLOC, REWINDABLE, &rewindable, memory + place, taken);
    REPORTED(OPEN, SPAN, span, memory + place, taken);
}

static void a_span_reports_its_blocks(void)
{
    reel_span span;
    start_rewindable(false);
    (void)allocate_reported(16, 8, 0, 16);
    open_span(&span, 90, 16, 96);
    EXPECT_EQUAL(reel_span_alloc(&span, 20, 4), memory + 16);
    REPORTED(ALLOC, SPAN, &span, memory + 16, 20);
    EXPECT_EQUAL(reel_span_alloc(&span, 0, 4), memory + 36);
    REPORTED(ALLOC, SPAN, &span, memory + 36, 1);
    EXPECT(reel_span_alloc(&span, 76, 1) == NULL);
    REPORTED(REFUSE, SPAN, &span, 75, 76);
    EXPECT_EQUAL(reel_span_close(&span), REEL_OK);
    REPORTED(CLOSE, SPAN, &span, memory + 16, 96);
    REPORTED(RESIZE, REWINDABLE, &rewindable, memory + 16, 32);
    REPORTED(REWIND, REWINDABLE, &rewindable, memory + 48, 64);
    EXPECT_EQUAL(reel_span_close(&span), REEL_CLOSED);
    EXPECT(reel_span_alloc(&span, 1, 1) == NULL);
    REPORTED(REFUSE, SPAN, &span, 0, 1);
    end_test(__func__);
}

static void a_span_of_freed_blocks_reports_its_end(void)
{
    reel_span span;
    start_rewindable(true);
    (void)allocate_reported(16, 8, 0, 16);
    open_span(&span, 90, 16, 96);
    EXPECT(reel_span_alloc(&span, 20, 4) != NULL);
    REPORTED(ALLOC, SPAN, &span, memory + 16, 20);
    EXPECT_EQUAL(reel_span_close(&span), REEL_OK);
    REPORTED(CLOSE, SPAN, &span, memory + 16, 96);
    REPORTED(FREE, REWINDABLE, &rewindable, memory + 16, 96);
    REPORTED(REWIND, REWINDABLE, &rewindable, memory + 16, 96);
    open_span(&span, 32, 16, 32);
    EXPECT_EQUAL(reel_rewindable_rewind(&rewindable), REEL_OK);
    REPORTED(RESET, REWINDABLE, &rewindable, 0, 48);
    EXPECT_EQUAL(reel_span_close(&span), REEL_STALE);
    REPORTED(CLOSE, SPAN, &span, memory + 16, 32);
    end_test(__func__);
}

// The last close empties the chunk, also where nothing was freed behind the span.
static void spans_report_what_becomes_free_behind_them(void)
{
    reel_span spans[3];
    start_rewindable(false);
    for (size_t i = 0; i < 3; i++) {
        open_span(&spans[i], 32, 32 * i, 32);
    }
    EXPECT_EQUAL(reel_span_close(&spans[1]), REEL_OK);
    REPORTED(CLOSE, SPAN, &spans[1], memory + 32, 32);
    REPORTED(FREE, REWINDABLE, &rewindable, memory + 32, 32);
    EXPECT_EQUAL(reel_span_close(&spans[2]), REEL_OK);
    REPORTED(CLOSE, SPAN, &spans[2], memory + 64, 32);
    REPORTED(FREE, REWINDABLE, &rewindable, memory + 64, 32);
    REPORTED(REWIND, REWINDABLE, &rewindable, memory + 64, 32);
    EXPECT_EQUAL(reel_span_close(&spans[0]), REEL_OK);
    REPORTED(CLOSE, SPAN, &spans[0], memory, 32);
    REPORTED(FREE, REWINDABLE, &rewindable, memory, 32);
    REPORTED(REWIND, REWINDABLE, &rewindable, memory, 64);
    EXPECT_EQUAL(reel_rewindable_rewind(&rewindable), REEL_OK);
    REPORTED(RESET, REWINDABLE, &rewindable, 0, 0);
    end_test(__func__);
}

// ---- handlers ----------------------------------------------------------------------

static void what_a_handler_is_refused_changes_nothing(void)
{
    start_temp(8 * PAGE, true, 0);
    void *const block = reel_temp_alloc(&temp, 2 * PAGE, 8);
    REPORTED(COMMIT, TEMP, &temp, memory, 2 * PAGE);
    REPORTED(ALLOC, TEMP, &temp, memory, 2 * PAGE);
    in_interrupt = true;
    EXPECT(reel_temp_alloc_shared(&temp, 8, 8) == NULL);
    REPORTED(REFUSE, TEMP, &temp, 6 * PAGE, 8);
    EXPECT_EQUAL(reel_temp_reset(&temp), REEL_BUSY);
    EXPECT_EQUAL(reel_temp_dispose(&temp), REEL_BUSY);
    EXPECT_EQUAL(reel_temp_free(&temp, block, 2 * PAGE), REEL_OK);
    REPORTED(FREE, TEMP, &temp, block, 2 * PAGE); // and no decommit
    in_interrupt = false;
    start_rewindable(true);
    in_interrupt = true;
    EXPECT_EQUAL(reel_rewindable_rewind(&rewindable), REEL_BUSY);
    EXPECT_EQUAL(reel_rewindable_dispose(&rewindable), REEL_BUSY);
    EXPECT(reel_rewindable_alloc(&rewindable, 300, 8) == NULL);
    REPORTED(REFUSE, REWINDABLE, &rewindable, 256, 300);
    in_interrupt = false;
    end_test(__func__);
}

int main(void)
{
    an_arena_reports_its_blocks();
    an_arena_reports_its_refusals();
    an_arena_reports_what_a_rewind_frees();
    an_arena_reports_its_end();
    a_temp_reports_its_blocks();
    a_temp_reports_its_refusals();
    a_temp_reports_what_is_committed();
    a_temp_reports_what_a_reset_decommits();
    a_temp_with_a_window_reports_what_a_rewind_decommits();
    a_strict_temp_reports_what_each_call_decommits();
    a_temp_reports_its_end();
    blocks_report_each_call();
    a_cache_of_blocks_reports_each_call();
    blocks_report_their_end();
    a_heap_reports_its_blocks();
    a_heap_reports_its_refusals();
    a_free_that_a_heap_refuses_is_no_event();
    a_heap_reports_what_is_freed_later();
    a_cache_of_a_heap_reports_each_call();
    a_heap_reports_its_end();
    a_pool_reports_each_call();
    a_pool_reports_its_chunks();
    a_pool_reports_what_a_failed_reserve_drops();
    a_pool_reports_its_end();
    a_region_reports_its_blocks();
    a_region_reports_its_large_objects();
    a_region_reports_its_refusals();
    a_region_reports_a_growth_that_is_refused();
    a_region_of_small_pages_reports_its_refusals();
    a_region_reports_its_pages_to_a_cache();
    a_cache_of_a_pool_reports_a_page_that_comes_back();
    a_region_reports_its_end();
    a_rewindable_reports_its_blocks();
    a_rewindable_reports_its_refusals();
    a_rewindable_reports_its_chunks();
    a_rewindable_that_changes_is_another_one();
    a_rewindable_reports_its_end();
    a_rewindable_that_is_created_reports_its_backing();
    a_span_reports_its_blocks();
    a_span_of_freed_blocks_reports_its_end();
    spans_report_what_becomes_free_behind_them();
    what_a_handler_is_refused_changes_nothing();
    return tap_end() ? 0 : 1;
}
