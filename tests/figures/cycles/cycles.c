// SPDX-License-Identifier: MIT
// Counts the instructions of one call, exactly (clock/clock.h): the branch to the
// function, the function, and the return; not the loading of arguments. Prints
// one line an operation: its name and the count. Then the most instructions that
// an interrupt waits for some of them.

#include "always.h"
#include "clock/clock.h"
#include "counts.h"
#include "reel/blocks.h"
#include "reel/region.h"
#include "reel/span.h"
#include "reel/temp.h"
#include "semihost.h"

int main(void);

static word result;

word instructions(word a, word b, word c, word d, word function)
{
    clock_call call = { { a, b, c, d }, function, 0 };
    const uint32_t count = clock_count(&call);
    result = call.result;
    return count;
}

void print_row(const char *name, word count)
{
    char digits[12];
    char *at = &digits[11];
    *at = '\0';
    do {
        *--at = (char)('0' + count % 10);
        count /= 10;
    } while (count > 0);
    semihost_write(name);
    semihost_write(" ");
    semihost_write(at);
    semihost_write("\n");
}

void must(bool fact)
{
    if (!fact) {
        semihost_write("Bail out! a measured call did not do its work\n");
        semihost_exit(1);
    }
}

static reel_arena arena;
static _Alignas(64) unsigned char memory[1024];

static void used_arena(void)
{
    (void)reel_arena_init(&arena, memory, sizeof memory);
    (void)reel_arena_alloc(&arena, 21, 1);
}

static void count_allocation(void)
{
    used_arena();
    COUNT("arena_alloc_align_8", reel_arena_alloc, &arena, 24, 8, 0);
    must(result == (word)memory + 24);
    COUNT("arena_alloc_align_0", reel_arena_alloc, &arena, 24, 0, 0);
    must(result == (word)memory + 48);
    COUNT("arena_alloc_size_0", reel_arena_alloc, &arena, 0, 8, 0);
    must(result != 0);
    COUNT("arena_alloc_refused", reel_arena_alloc, &arena, 2000, 8, 0);
    must(result == 0);
    COUNT("arena_alloc_shared", reel_arena_alloc_shared, &arena, 24, 8, 0);
    must(result != 0);
    COUNT("arena_alloc_zeroed_24", reel_arena_alloc_zeroed, &arena, 24, 8, 0);
    must(result != 0);
    (void)reel_arena_init_granular(&arena, memory, sizeof memory, 32);
    COUNT("arena_alloc_granular", reel_arena_alloc, &arena, 24, 8, 0);
    must(result == (word)memory);
    COUNT("arena_alloc_shared_granular", reel_arena_alloc_shared, &arena, 24, 8,
          0);
    must(result == (word)memory + 32);
}

static void count_block_changes(void)
{
    used_arena();
    unsigned char *const a = reel_arena_alloc(&arena, 16, 8);
    COUNT("arena_resize_grow", reel_arena_resize, &arena, a, 16, 32);
    must(result != 0);
    COUNT("arena_resize_shrink", reel_arena_resize, &arena, a, 32, 24);
    must(result != 0);
    COUNT("arena_free_last", reel_arena_free, &arena, a, 24, 0);
    must(result == 0 && reel_arena_used(&arena) == 24);
    COUNT("arena_free_other", reel_arena_free, &arena, memory, 8, 0);
    must(result == 0);
    COUNT("arena_free_foreign", reel_arena_free, &arena, &arena, 8, 0);
    must((reel_status)result == REEL_FOREIGN);
    COUNT("arena_owns", reel_arena_owns, &arena, memory, 8, 0);
    must(result != 0);
}

static void count_marks(void)
{
    used_arena();
    reel_mark outer, inner;
    COUNT("arena_mark", reel_arena_mark, &outer, &arena, 0, 0);
    (void)reel_arena_alloc(&arena, 10, 1);
    inner = reel_arena_mark(&arena);
    (void)reel_arena_alloc(&arena, 10, 1);
    COUNT("arena_rewind_innermost", reel_arena_rewind_to, &arena, inner.owner,
          inner.position, inner.serial);
    must(result == 0 && reel_arena_used(&arena) == 31);
    COUNT("arena_rewind_older", reel_arena_rewind_to, &arena, outer.owner,
          outer.position, outer.serial);
    must(result == 0 && reel_arena_used(&arena) == 21);
    COUNT("arena_rewind_stale", reel_arena_rewind_to, &arena, inner.owner,
          inner.position, inner.serial);
    must((reel_status)result == REEL_STALE);
    COUNT("arena_rewind_foreign", reel_arena_rewind_to, &arena, NULL, 0, 0);
    must((reel_status)result == REEL_FOREIGN);
    COUNT("arena_reset", reel_arena_reset, &arena, 0, 0, 0);
    must(reel_arena_used(&arena) == 0);
}

static void count_the_rest(void)
{
    COUNT("arena_init", reel_arena_init, &arena, memory, sizeof memory, 0);
    must(result == 0);
    COUNT("arena_init_granular_32", reel_arena_init_granular, &arena, memory,
          sizeof memory, 32);
    must(result == 0);
    COUNT("arena_peak", reel_arena_peak, &arena, 0, 0, 0);
    COUNT("arena_is_valid", reel_arena_is_valid, &arena, 0, 0, 0);
    must(result != 0);
}

static reel_temp temp;
static reel_always always;

static void used_temp(void)
{
    const reel_temp_policy steps = { 256, 0, 1, 64, 1024, false, 0 };
    (void)reel_always_init(&always, 64, SIZE_MAX);
    (void)reel_temp_init(&temp, memory, sizeof memory, &always.pages, &steps);
    (void)reel_temp_alloc(&temp, 21, 1);
}

static void count_temp(void)
{
    used_temp();
    COUNT("temp_alloc_align_8", reel_temp_alloc, &temp, 24, 8, 0);
    must(result == (word)memory + 24);
    COUNT("temp_alloc_align_0", reel_temp_alloc, &temp, 24, 0, 0);
    must(result == (word)memory + 48);
    COUNT("temp_alloc_shared", reel_temp_alloc_shared, &temp, 24, 8, 0);
    must(result != 0);
    COUNT("temp_alloc_commit", reel_temp_alloc, &temp, 240, 8, 0);
    must(result != 0 && always.commits == 2);
    COUNT("temp_alloc_shared_commit", reel_temp_alloc_shared, &temp, 240, 8, 0);
    must(result != 0 && always.commits == 3);
    COUNT("temp_alloc_refused", reel_temp_alloc, &temp, 2000, 8, 0);
    must(result == 0);
    const reel_mark mark = reel_temp_mark(&temp);
    (void)reel_temp_alloc(&temp, 10, 1);
    COUNT("temp_rewind_innermost", reel_temp_rewind, &temp, mark.owner,
          mark.position, mark.serial);
    must(result == 0);
    COUNT("temp_reset", reel_temp_reset, &temp, 0, 0, 0);
    must(result == 0 && always.decommits == 0);
    (void)reel_temp_alloc(&temp, 1000, 1);
    COUNT("temp_reset_decommit", reel_temp_reset, &temp, 0, 0, 0);
    must(result == 0);
    COUNT("temp_trim", reel_temp_trim, &temp, 0, 0, 0);
    must(result == 0 && reel_temp_committed(&temp) == 0);
}

static reel_blocks blocks;

static void count_blocks(void)
{
    (void)reel_blocks_init(&blocks, memory, sizeof memory, 24, 20);
    COUNT("blocks_alloc_fresh", reel_blocks_alloc, &blocks, 0, 0, 0);
    must(result == (word)memory);
    (void)reel_blocks_alloc(&blocks);
    COUNT("blocks_free", reel_blocks_free, &blocks, memory, 0, 0);
    must(result == 0);
    COUNT("blocks_free_twice", reel_blocks_free, &blocks, memory, 0, 0);
    must((reel_status)result == REEL_DOUBLE_FREE);
    COUNT("blocks_free_foreign", reel_blocks_free, &blocks, memory + 1, 0, 0);
    must((reel_status)result == REEL_FOREIGN);
    COUNT("blocks_alloc", reel_blocks_alloc, &blocks, 0, 0, 0);
    must(result == (word)memory);
    while (reel_blocks_alloc(&blocks) != NULL) {
    }
    COUNT("blocks_alloc_refused", reel_blocks_alloc, &blocks, 0, 0, 0);
    must(result == 0);
}

static reel_rewindable rewindable;

static void start_rewindable(bool frees_blocks)
{
    static reel_rewindable_chunk table[4];
    const reel_rewindable_config small = { 512, 512, 8, frees_blocks };
    (void)reel_arena_init(&arena, memory, sizeof memory);
    must(reel_rewindable_init(&rewindable, reel_arena_allocator(&arena), table,
                              4, &small)
         == REEL_OK);
}

static void count_block_free(void)
{
    start_rewindable(true);
    COUNT("rewindable_alloc_free", reel_rewindable_alloc, &rewindable, 24, 8,
          0);
    must(result == (word)memory);
    (void)reel_rewindable_alloc(&rewindable, 24, 8);
    COUNT("rewindable_free", reel_rewindable_free, &rewindable, memory, 24, 0);
    must(result == 0);
    COUNT("rewindable_free_twice", reel_rewindable_free, &rewindable, memory,
          24, 0);
    must((reel_status)result == REEL_DOUBLE_FREE);
    COUNT("rewindable_free_last", reel_rewindable_free, &rewindable,
          memory + 24, 24, 0);
    must(result == 0 && reel_rewindable_stats(&rewindable).used == 0);
    (void)reel_rewindable_alloc(&rewindable, 24, 8);
    COUNT("rewindable_rewind_free", reel_rewindable_rewind, &rewindable, 0, 0,
          0);
    must(result == 0);
}

static void count_spans(void)
{
    reel_span span;
    start_rewindable(false);
    COUNT("span_open", reel_span_open, &span, &rewindable, 128, 0);
    must(result == 0);
    COUNT("span_alloc_align_8", reel_span_alloc, &span, 24, 8, 0);
    must(result == (word)memory);
    COUNT("span_alloc_align_0", reel_span_alloc, &span, 24, 0, 0);
    must(result == (word)memory + 24);
    COUNT("span_alloc_refused", reel_span_alloc, &span, 200, 8, 0);
    must(result == 0);
    COUNT("span_close", reel_span_close, &span, 0, 0, 0);
    must(result == 0);
}

static void count_rewindable(void)
{
    start_rewindable(false);
    COUNT("rewindable_alloc", reel_rewindable_alloc, &rewindable, 24, 8, 0);
    must(result == (word)memory);
    COUNT("rewindable_alloc_align_0", reel_rewindable_alloc, &rewindable, 24, 0,
          0);
    must(result == (word)memory + 24);
    COUNT("rewindable_alloc_align_64", reel_rewindable_alloc, &rewindable, 24,
          64, 0);
    must(result == (word)memory + 64);
    COUNT("rewindable_alloc_refused", reel_rewindable_alloc, &rewindable, 2000,
          8, 0);
    must(result == 0);
    COUNT("rewindable_alloc_grow", reel_rewindable_alloc, &rewindable, 500, 8,
          0);
    must(result == (word)memory + 512);
    COUNT("rewindable_rewind", reel_rewindable_rewind, &rewindable, 0, 0, 0);
    must(result == 0);
    count_block_free();
    count_spans();
}

static reel_pool pool;
static reel_region region;

static void start_pool(void)
{
    static reel_pool_chunk chunks[4];
    (void)reel_arena_init(&arena, memory, sizeof memory);
    must(reel_pool_init(&pool, reel_arena_allocator(&arena), chunks, 4, 64, 256)
         == REEL_OK);
}

static void count_pages(void)
{
    start_pool();
    COUNT("pool_claim_grow", reel_pool_claim, &pool, 0, 0, 0);
    must(result == (word)memory);
    COUNT("pool_claim_fresh", reel_pool_claim, &pool, 0, 0, 0);
    must(result == (word)memory + 64);
    COUNT("pool_release", reel_pool_release, &pool, memory, 0, 0);
    must(result == 0);
    COUNT("pool_claim", reel_pool_claim, &pool, 0, 0, 0);
    must(result == (word)memory);
}

static void count_region(void)
{
    start_pool();
    must(reel_pool_release(&pool, reel_pool_claim(&pool)) == REEL_OK);
    COUNT("region_open", reel_region_open, &region, &pool, 0, 0);
    must(result == 0);
    COUNT("region_alloc_align_8", reel_region_alloc, &region, 24, 8, 0);
    must(result == (word)memory);
    COUNT("region_alloc_align_0", reel_region_alloc, &region, 24, 0, 0);
    must(result == (word)memory + 24);
    COUNT("region_alloc_page", reel_region_alloc, &region, 48, 8, 0);
    must(result == (word)memory + 64);
    COUNT("region_close_2_pages", reel_region_close, &region, 0, 0, 0);
    must(result == 0);
    (void)reel_region_open(&region, &pool);
    for (unsigned i = 0; i < 3; i++) {
        must(reel_region_alloc(&region, 48, 8) != NULL);
    }
    COUNT("region_close_4_pages", reel_region_close, &region, 0, 0, 0);
    must(result == 0 && reel_pool_used_pages(&pool) == 0);
}

// ---- how long an interrupt waits --------------------------------------------

static volatile bool under_way;
static volatile uint32_t taken_at; // 0: not while the call was under way

static void take_tick(uint32_t address)
{
    taken_at = under_way ? address : 0;
}

static void interrupt_call(const clock_call *call, uint32_t count)
{
    word (*const function)(word, word, word, word) =
        (word(*)(word, word, word, word))call->function;
    const word *const with = call->arguments;
    taken_at = 0;
    under_way = true;
    clock_fire_after(count, take_tick);
    (void)function(with[0], with[1], with[2], with[3]);
    under_way = false;
    clock_stop();
}

// An interrupt is asked for after each instruction in turn. Those taken at one
// address had to wait, but for the last of them: the first one for as many
// instructions, from the one after CPSID to the MSR that unmasks.
static word longest_wait(void (*prepare)(void), const clock_call *call)
{
    word longest = 0, wait = 0, last = 0;
    uint32_t count = 0;
    do {
        prepare();
        interrupt_call(call, ++count);
        wait = taken_at == last ? wait + 1 : 0;
        longest = wait > longest ? wait : longest;
        last = taken_at;
    } while (last != 0);
    return longest;
}

static void fresh_blocks(void)
{
    (void)reel_blocks_init(&blocks, memory, sizeof memory, 24, 20);
}

static void used_blocks(void)
{
    fresh_blocks();
    (void)reel_blocks_alloc(&blocks);
    (void)reel_blocks_alloc(&blocks);
}

static void listed_blocks(void)
{
    used_blocks();
    (void)reel_blocks_free(&blocks, memory);
}

static void tracked_rewindable(void)
{
    start_rewindable(true);
}

static void used_rewindable(void)
{
    start_rewindable(true);
    (void)reel_rewindable_alloc(&rewindable, 24, 8);
}

static void used_page(void)
{
    start_pool();
    (void)reel_pool_claim(&pool);
}

static void listed_page(void)
{
    used_page();
    (void)reel_pool_release(&pool, memory);
}

static void open_region(void)
{
    start_pool();
    (void)reel_region_open(&region, &pool);
}

static void count_wait(const char *name, void (*prepare)(void), word function,
                       word a, word b)
{
    const clock_call call = { { a, b, 8, 0 }, function, 0 };
    print_row(name, longest_wait(prepare, &call));
}

#define WAIT(name, prepare, function, a, b) \
    count_wait(name, prepare, (word)(function), (word)(a), (word)(b))

// A handler takes a block while what it interrupted counts: the list lies under a
// cover (src/list/covered.h), if its changes are masked.
static void covered_blocks(void)
{
    listed_blocks();
#if REEL_ATOMICS == REEL_ATOMICS_MASKED
    blocks.list.fresh_bit = 2 + blocks.list.head.value;
    blocks.list.head.value = ~(uintptr_t)REEL_LINK_MAX;
#endif
}

static void count_waits(void)
{
    WAIT("masked_arena_alloc_shared", used_arena, reel_arena_alloc_shared,
         &arena, 24);
    WAIT("masked_temp_alloc_shared", used_temp, reel_temp_alloc_shared, &temp,
         24);
    WAIT("masked_temp_shared_commit", used_temp, reel_temp_alloc_shared, &temp,
         240);
    WAIT("masked_blocks_alloc", listed_blocks, reel_blocks_alloc, &blocks, 0);
    WAIT("masked_blocks_alloc_counted", covered_blocks, reel_blocks_alloc,
         &blocks, 0);
    WAIT("masked_blocks_alloc_fresh", fresh_blocks, reel_blocks_alloc, &blocks,
         0);
    WAIT("masked_blocks_free", used_blocks, reel_blocks_free, &blocks, memory);
    WAIT("masked_rewindable_alloc", tracked_rewindable, reel_rewindable_alloc,
         &rewindable, 24);
    WAIT("masked_rewindable_free", used_rewindable, reel_rewindable_free,
         &rewindable, memory);
    WAIT("masked_pool_claim", listed_page, reel_pool_claim, &pool, 0);
    WAIT("masked_pool_claim_fresh", used_page, reel_pool_claim, &pool, 0);
    WAIT("masked_pool_release", used_page, reel_pool_release, &pool, memory);
    WAIT("masked_region_close", open_region, reel_region_close, &region, 0);
}

int main(void)
{
    clock_start();
    count_allocation();
    count_block_changes();
    count_marks();
    count_the_rest();
    count_temp();
    count_blocks();
    count_rewindable();
    count_pages();
    count_region();
    count_heap();
    count_waits();
    return 0;
}
