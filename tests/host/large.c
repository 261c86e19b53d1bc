// SPDX-License-Identifier: MIT
// Block pools far larger than memory, over reserved address space: more than 4 GiB
// of blocks, more than 2^32 blocks. Only the few pages that a test says it needs
// are open; any other access ends the program. A program of its own; TAP.

#include <stdio.h>
#include <stdlib.h>

#include "host/pages.h"
#include "reel/blocks_cache.h"
#include "tap.h"

#define WINDOW 4 // blocks, and their links, that are open
#define KIB    ((size_t)1024)
#define MIB    (1024 * KIB)

typedef struct shape {
    size_t block_size, count;
    const char *name;
} shape;

static const shape shapes[] = {
#if SIZE_MAX > 0xFFFFFFFFu && REEL_LINKS_ARE_WORDS
    { 8 * KIB, MIB, "8 GiB of blocks" },
    { 1, (size_t)1 << 33, "2^33 blocks of 1 byte" },
    { 24, ((size_t)1 << 33) + 5, "2^33 + 5 blocks of 24 bytes" },
#elif SIZE_MAX > 0xFFFFFFFFu
    { MIB, REEL_BLOCKS_MAX, "32,766 blocks of 1 MiB" },
    { MIB + 3, REEL_BLOCKS_MAX, "32,766 blocks of 1 MiB and 3 bytes" },
#elif REEL_LISTS_ARE_VERSIONED
    { 1, REEL_BLOCKS_MAX, "2^23 - 1 blocks of 1 byte" },
    { 40, REEL_BLOCKS_MAX, "2^23 - 1 blocks of 40 bytes" },
    { 4 * KIB + 3, 100000, "100,000 blocks of 4 KiB and 3 bytes" },
#elif REEL_LINKS_ARE_WORDS
    { 1, 200 * MIB, "200 Mi blocks of 1 byte" },
    { 4 * KIB + 3, 100000, "100,000 blocks of 4 KiB and 3 bytes" },
#else
    { 32 * KIB + 3, REEL_BLOCKS_MAX, "32,766 blocks of 32 KiB and 3 bytes" },
#endif
};

static reel_pages pages;
static reel_blocks blocks;
static unsigned char *memory;
static size_t size;

#if REEL_ATOMICS == REEL_ATOMICS_MASKED
uintptr_t reel_port_mask(void)
{
    return 0;
}

void reel_port_unmask(uintptr_t saved)
{
    (void)saved;
}
#endif

// ---- address space -------------------------------------------------------------

static void reserve(const shape *form)
{
    void *space;
    size = REEL_BLOCKS_SIZE(form->block_size, form->count);
    if (reel_host_reserve(size, &space) != REEL_OK) {
        puts("Bail out! no address space");
        exit(1);
    }
    memory = space;
}

static void release(void)
{
    EXPECT(reel_host_release(memory, size) == REEL_OK);
}

static void open_pages(const void *start, size_t bytes)
{
    const uintptr_t mask = pages.page_size - 1;
    const uintptr_t first = (uintptr_t)start & ~mask;
    const uintptr_t end = ((uintptr_t)start + bytes + mask) & ~mask;
    EXPECT(pages.commit(NULL, (void *)first, end - first));
}

static unsigned char *at(size_t i)
{
    return memory + i * blocks.block_size;
}

static void start(const shape *form)
{
    EXPECT(
        reel_blocks_init(&blocks, memory, size, form->block_size, form->count)
        == REEL_OK);
}

// As if all blocks below number `mark` had been out, and the next WINDOW blocks
// are about to be.
static void start_at(const shape *form, size_t mark)
{
    start(form);
    open_pages(at(mark), WINDOW * form->block_size);
    open_pages(&blocks.list.links[mark], WINDOW * sizeof(reel_link));
    blocks.list.peak.value = mark;
    blocks.list.head.value = REEL_LIST_EMPTY(mark, form->count);
}

// ---- what holds for each shape ---------------------------------------------------

static void exactly_what_fits_is_accepted(const shape *form)
{
    const size_t block_size = form->block_size, count = form->count;
    const reel_status whole =
        reel_blocks_init(&blocks, memory, size, block_size, count);
    EXPECT(whole == REEL_OK);
    EXPECT(reel_blocks_init(&blocks, memory, size, block_size, count + 1)
           == REEL_INVALID);
    EXPECT(reel_blocks_init(&blocks, memory, size, block_size + 1, count)
           == REEL_INVALID);
    EXPECT(reel_blocks_init(&blocks, memory, size - sizeof(reel_link),
                            block_size, count)
           == REEL_INVALID);
    EXPECT((unsigned char *)&blocks.list.links[count] <= memory + size);
    EXPECT((unsigned char *)blocks.list.links >= at(count));
}

static void pointers_and_numbers_agree(const shape *form)
{
    static const size_t parts[] = { 1, 2, 3, 5, 8, 1000, 10007 };
    start(form);
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        const size_t i = (form->count - 1) / parts[p];
        EXPECT(reel_blocks_index(&blocks, at(i)) == i);
        EXPECT(reel_blocks_owns(&blocks, at(i)));
        EXPECT(reel_blocks_owns(&blocks, at(i) + 1)
               == (form->block_size == 1 && i + 1 < form->count));
    }
    EXPECT(!reel_blocks_owns(&blocks, at(form->count)));
    EXPECT(!reel_blocks_owns(&blocks, memory - form->block_size));
    EXPECT(!reel_blocks_owns(&blocks, at(form->count) + size));
}

static void take_the_window(size_t mark)
{
    for (size_t i = mark; i < mark + WINDOW; i++) {
        unsigned char *const block = reel_blocks_alloc(&blocks);
        EXPECT(block == at(i));
        EXPECT(reel_blocks_peak(&blocks) == i + 1);
        block[0] = block[blocks.block_size - 1] = (unsigned char)i;
    }
}

static void give_three_and_take_them_back(size_t mark)
{
    static const size_t order[] = { 2, 0, 3 };
    for (size_t n = 0; n < 3; n++) {
        EXPECT(reel_blocks_free(&blocks, at(mark + order[n])) == REEL_OK);
    }
    for (size_t n = 0; n < 3; n++) {
        EXPECT(reel_blocks_free(&blocks, at(mark + order[n]))
               == REEL_DOUBLE_FREE);
    }
    for (size_t n = 3; n-- > 0;) {
        EXPECT(reel_blocks_alloc(&blocks) == at(mark + order[n]));
    }
    EXPECT(reel_blocks_peak(&blocks) == mark + WINDOW);
}

static void refuse_what_is_no_block(size_t mark)
{
    const size_t end = blocks.list.count;
    EXPECT(reel_blocks_free(&blocks, at(end)) == REEL_FOREIGN);
    EXPECT(reel_blocks_free(&blocks, memory - blocks.block_size)
           == REEL_FOREIGN);
    EXPECT(reel_blocks_free(&blocks, blocks.list.links) == REEL_FOREIGN);
    if (blocks.block_size > 1) {
        EXPECT(reel_blocks_free(&blocks, at(mark) + 1) == REEL_FOREIGN);
    }
    if (mark + WINDOW < end) { // never out
        EXPECT(reel_blocks_free(&blocks, at(end - 1)) == REEL_DOUBLE_FREE);
        EXPECT(reel_blocks_free(&blocks, at(mark + WINDOW))
               == REEL_DOUBLE_FREE);
    }
}

// Halfway, numbers or offsets pass 2^32.
static void a_pool_works_halfway(const shape *form)
{
    const size_t mark = form->count / 2 - WINDOW / 2;
    start_at(form, mark);
    take_the_window(mark);
    give_three_and_take_them_back(mark);
    refuse_what_is_no_block(mark);
    EXPECT(blocks.failures.value == 0);
}

static void a_pool_works_at_its_very_end(const shape *form)
{
    const size_t mark = form->count - WINDOW;
    start_at(form, mark);
    take_the_window(mark);
    EXPECT(reel_blocks_alloc(&blocks) == NULL);
    EXPECT(reel_blocks_alloc(&blocks) == NULL);
    EXPECT(blocks.failures.value == 2);
    EXPECT(reel_blocks_peak(&blocks) == form->count);
    give_three_and_take_them_back(mark);
    EXPECT(reel_blocks_alloc(&blocks) == NULL);
    refuse_what_is_no_block(mark);
}

static void a_cache_reaches_the_very_end(const shape *form)
{
    const size_t mark = form->count - WINDOW;
    void *slots[WINDOW];
    reel_blocks_cache cache;
    start_at(form, mark);
    EXPECT(reel_blocks_cache_init(&cache, &blocks, slots, WINDOW) == REEL_OK);
    bool had[WINDOW] = { false }; // a batch may be handed out in any order
    for (size_t i = 0; i < WINDOW; i++) {
        const size_t number =
            reel_blocks_index(&blocks, reel_blocks_cache_alloc(&cache));
        EXPECT(number >= mark && number < form->count && !had[number - mark]);
        had[number - mark] = true;
    }
    EXPECT(reel_blocks_cache_alloc(&cache) == NULL);
    EXPECT(reel_blocks_cache_free(&cache, at(form->count)) == REEL_FOREIGN);
    EXPECT(reel_blocks_cache_free(&cache, at(form->count - 1)) == REEL_OK);
    EXPECT(reel_blocks_cache_alloc(&cache) == at(form->count - 1));
    EXPECT(reel_blocks_cache_free(&cache, at(form->count - 1)) == REEL_OK);
    reel_blocks_cache_flush(&cache);
    EXPECT(reel_blocks_alloc(&blocks) == at(form->count - 1));
}

static size_t bits_of(size_t number)
{
    size_t bits = 0;
    for (; number > 0; number >>= 1) {
        bits++;
    }
    return bits;
}

// Every take moves the version by one, in all bits that number and mark leave,
// and the last version is followed by the first.
static void the_version_has_all_bits_left(const shape *form)
{
    const size_t mark = form->count - WINDOW;
    const size_t width = 8 * sizeof(uintptr_t) - bits_of(form->count) - 1;
    const uintptr_t one = (uintptr_t)1 << (bits_of(form->count) + 1);
    const uintptr_t below = one - 1;
    start_at(form, mark);
    EXPECT(reel_blocks_alloc(&blocks) == at(mark));
    EXPECT((blocks.list.head.value & ~below) == one);
    blocks.list.head.value |= ~below;
    EXPECT(reel_blocks_alloc(&blocks) == at(mark + 1));
    EXPECT((blocks.list.head.value & ~below) == 0);
    EXPECT(reel_blocks_free(&blocks, at(mark)) == REEL_OK);
    EXPECT((blocks.list.head.value & ~below) == 0); // a free moves none
    EXPECT(reel_blocks_alloc(&blocks) == at(mark));
    EXPECT((blocks.list.head.value & ~below) == one);
    EXPECT(reel_blocks_alloc(&blocks) == at(mark + 2));
    test_note("bits of version:", width);
}

// ---- pools that are used up -------------------------------------------------------

static void take_all(size_t count)
{
    size_t in_order = 0;
    for (size_t i = 0; i < count; i++) {
        in_order += reel_blocks_alloc(&blocks) == (void *)at(i);
    }
    EXPECT(in_order == count);
    EXPECT(reel_blocks_alloc(&blocks) == NULL);
    EXPECT(reel_blocks_count_used(&blocks) == count);
    EXPECT(reel_blocks_is_valid(&blocks));
}

// The even ones, then the odd ones.
static void give_all(size_t count)
{
    size_t given = 0;
    for (size_t n = 0; n < count; n++) {
        const size_t even = (count + 1) / 2;
        const size_t i = n < even ? 2 * n : 2 * (n - even) + 1;
        given += reel_blocks_free(&blocks, at(i)) == REEL_OK;
    }
    EXPECT(given == count);
    EXPECT(reel_blocks_count_used(&blocks) == 0);
    EXPECT(reel_blocks_is_valid(&blocks));
}

static void all_blocks_go_out_and_come_back(void)
{
    const size_t count = REEL_BLOCKS_MAX < 300000 ? REEL_BLOCKS_MAX : 300000;
    const shape form = { 5, count, NULL };
    reserve(&form);
    open_pages(memory, size);
    start(&form);
    take_all(count);
    give_all(count);
    EXPECT(reel_blocks_alloc(&blocks)
           == at(count % 2 == 0 ? count - 1 : count - 2));
    release();
    test_note("blocks used up:", count);
    tap_result("all blocks go out and come back", NULL);
}

static void judge(const char *what, void (*check)(const shape *),
                  const shape *form)
{
    reserve(form);
    check(form);
    release();
    tap_result(what, form->name);
}

static void judge_shape(const shape *form)
{
    judge("exactly what fits is accepted", exactly_what_fits_is_accepted, form);
    judge("pointers and numbers agree", pointers_and_numbers_agree, form);
    judge("a pool works halfway", a_pool_works_halfway, form);
    judge("a pool works at its very end", a_pool_works_at_its_very_end, form);
    judge("a cache reaches the very end", a_cache_reaches_the_very_end, form);
    if (REEL_LISTS_ARE_VERSIONED) {
        judge("the version has all bits left", the_version_has_all_bits_left,
              form);
    }
}

int main(void)
{
    if (reel_host_pages_init(&pages) != REEL_OK) {
        return 1;
    }
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        judge_shape(&shapes[s]);
    }
    all_blocks_go_out_and_come_back();
    return tap_end() ? 0 : 1;
}
