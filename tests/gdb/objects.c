// SPDX-License-Identifier: MIT
// One allocator of each kind in a state that gdb.t knows, and what their own functions
// say of it. A debugger stops at reached().

#include "always.h"
#include "reel/reel.h"

int main(void);
void reached(void);
void reel_panic(reel_status why, const char *file, int line);

#define PAGE 256u

// Statistics that a debugger must find without calling any function.
typedef struct known {
    const char *name;
    reel_stats stats;
} known;
known knowns[16];
size_t known_count;

static void know(const char *name, reel_stats stats)
{
    knowns[known_count].name = name;
    knowns[known_count].stats = stats;
    known_count++;
}

// Addresses, and what they are.
void *pinned_block, *freed_block, *second_block, *large_object, *last_page;
void *heap_block, *heap_hole, *live_block, *beyond, *not_committed, *nested,
    *apart;

reel_pool *counted;

REEL_ARENA_DEFINE(scratch, 1024);
REEL_BLOCKS_DEFINE(packets, 40, 8);
REEL_HEAP_DEFINE(messages, 2048);
REEL_REGISTRY_DEFINE(lifetimes, 6);
REEL_POOL_DEFINE(cards, 64, 5);
REEL_REWINDABLE_DEFINE(letters, 320);
REEL_ALWAYS_DEFINE(plain, PAGE, SIZE_MAX);
REEL_TEMP_DEFINE(frame, 8 * PAGE, PAGE, plain, PAGE);

// Allocators inside of other things.
static struct device {
    int number;
    reel_arena queues[2];
} device;
static reel_rewindable *made;
static reel_lock lock;

static void fill_arena(void)
{
    pinned_block = reel_arena_alloc(&scratch, 100, 4);
    const reel_mark mark = reel_arena_mark(&scratch);
    freed_block = reel_arena_alloc(&scratch, 300, 4);
    (void)reel_arena_rewind(&scratch, mark);
    (void)reel_arena_alloc(&scratch, 20, 4);
    (void)reel_arena_alloc(&scratch, 5000, 4);
    know("scratch", reel_arena_stats(&scratch));
}

static void fill_blocks(void)
{
    void *blocks[7];
    for (int i = 0; i < 7; i++) {
        blocks[i] = reel_blocks_alloc(&packets);
    }
    (void)reel_blocks_free(&packets, blocks[3]);
    (void)reel_blocks_free(&packets, blocks[0]);
    (void)reel_blocks_free(&packets, blocks[5]);
    second_block = blocks[1];
}

static void fill_temp(void)
{
    const reel_mark mark = reel_temp_mark(&frame);
    (void)reel_temp_alloc(&frame, 3 * PAGE, 0);
    (void)reel_temp_rewind(&frame, mark);
    (void)reel_temp_trim(&frame);
    (void)reel_temp_alloc(&frame, PAGE / 2, 0);
    not_committed = (unsigned char *)frame.stack.base + 2 * PAGE;
    beyond = (unsigned char *)frame.stack.end + 8;
    know("frame", reel_temp_stats(&frame));
}

static void fill_heap(void)
{
    void *blocks[6];
    for (size_t i = 0; i < 6; i++) {
        blocks[i] = reel_heap_alloc(&messages, 32 * (i + 1), 0);
    }
    // Longer than a cell of the map.
    (void)reel_heap_alloc(&messages, 70 * REEL_HEAP_GRANULE, 0);
    (void)reel_heap_free(&messages, blocks[1]);
    (void)reel_heap_free(&messages, blocks[3]);
    (void)reel_heap_alloc(&messages, 4000, 0);
    heap_block = blocks[2];
    heap_hole = blocks[3];
    know("messages", reel_heap_stats(&messages));
}

static void fill_region(void)
{
    static unsigned char memory[3072];
    // Only the pool leads to it.
    static _Alignas(reel_arena) unsigned char hidden[sizeof(reel_arena)];
    static reel_pool_chunk chunks[4];
    static reel_pool pages;
    static reel_region session, idle;
    reel_arena *const buffer = (reel_arena *)(void *)hidden;
    (void)reel_arena_init(buffer, memory, sizeof memory);
    (void)reel_pool_init(&pages, reel_arena_allocator(buffer), chunks, 4, PAGE,
                         4 * PAGE);
    (void)reel_region_open(&idle, &pages);
    (void)reel_region_open(&session, &pages);
    for (int i = 0; i < 5; i++) {
        nested = reel_region_alloc(&session, 100, 0);
    }
    large_object = reel_region_alloc(&session, 2 * PAGE, 0);
    last_page = reel_pool_claim(&pages);
    counted = &pages;
    (void)reel_region_close(&idle);
    know("fill_region::session", reel_region_stats(&session));
    know("fill_region::pages", reel_pool_stats(&pages));
    know("(reel_arena *)", reel_arena_stats(buffer));
}

// What was defined, not initialised; and start bits that lie elsewhere.
static void fill_static(void)
{
    static unsigned char memory[512];
    static uintptr_t bits[16];
    static reel_arena buffer, bit_buffer;
    static reel_rewindable_chunk table[1];
    static reel_rewindable placed;
    const reel_rewindable_config config = { 256, 256, 8, true };
    void *const page = reel_pool_claim(&cards);
    (void)reel_pool_claim(&cards);
    (void)reel_pool_release(&cards, page);
    (void)reel_rewindable_alloc(&letters, 100, 0);
    know("cards", reel_pool_stats(&cards));
    know("letters", reel_rewindable_stats(&letters));
    (void)reel_arena_init(&buffer, memory, sizeof memory);
    (void)reel_arena_init(&bit_buffer, bits, sizeof bits);
    const reel_rewindable_placement placement = { reel_arena_allocator(
        &bit_buffer) };
    (void)reel_rewindable_init_placed(&placed, reel_arena_allocator(&buffer),
                                      table, 1, &config, &placement);
    (void)reel_rewindable_alloc(&placed, 24, 8);
    apart = reel_rewindable_alloc(&placed, 40, 8);
    know("fill_static::placed", reel_rewindable_stats(&placed));
}

static void fill_rewindable(void)
{
    static unsigned char memory[2048];
    static reel_span span;
    const reel_rewindable_config config = { 256, 4096, 8, true };
    (void)reel_arena_init(&device.queues[1], memory, sizeof memory);
    (void)reel_rewindable_create(
        &made, reel_locked(&lock, reel_arena_allocator(&device.queues[1])), 4,
        &config, &lifetimes, REEL_NO_HANDLE);
    (void)reel_rewindable_alloc(made, 8, 0);
    (void)reel_rewindable_alloc(made, 300,
                                0); // its bit stays in the next chunk
    (void)reel_rewindable_rewind(made);
    void *const first = reel_rewindable_alloc(made, 48, 0);
    live_block = reel_rewindable_alloc(made, 96, 0);
    (void)reel_span_open(&span, made, 300);
    (void)reel_span_alloc(&span, 40, 0);
    (void)reel_rewindable_free(made, first, 48);
    know("*made", reel_rewindable_stats(made));
}

static void fill_registry(void)
{
    reel_handle child;
    (void)reel_registry_register(&lifetimes, reel_blocks_allocator(&packets),
                                 reel_rewindable_handle(made), &child);
    (void)reel_arena_bind(&scratch, &lifetimes, child);
    know("lifetimes", reel_registry_stats(&lifetimes));
}

// For a debugger: its breakpoint.
__attribute__((__noinline__)) void reached(void)
{
    __asm__ volatile("" ::: "memory");
}

static size_t with_caches(void)
{
    void *slots[4];
    reel_blocks_cache cache;
    (void)reel_blocks_cache_init(&cache, &packets, slots, 4);
    void *const block = reel_blocks_cache_alloc(&cache);
    know("packets", reel_blocks_stats(&packets));
    reached();
    (void)reel_blocks_cache_free(&cache, block);
    return known_count;
}

int main(void)
{
    fill_arena();
    fill_blocks();
    fill_temp();
    fill_heap();
    fill_region();
    fill_rewindable();
    fill_static();
    fill_registry();
    return with_caches() > 0 ? 0 : 1;
}

void reel_panic(reel_status why, const char *file, int line)
{
    (void)why, (void)file, (void)line;
}
