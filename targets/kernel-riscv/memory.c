// SPDX-License-Identifier: MIT
#include "memory.h"

#include "machine.h"

#define KERNEL_ENTRIES 4u // of the root: RAM and devices
#define VALID          UINT64_C(1)
#define LEAF           UINT64_C(0xD3) // valid, read, U-mode, accessed, dirty
#define SATP_SV39      ((uintptr_t)8 << 60)
#define TABLES         64u

extern unsigned char ld_free_start[], ld_free_end[];

reel_blocks frames;
reel_pool tables;
reel_mmu_space kernel_space;

// ---- tables: a pool over an arena, whose chunks are aligned to pages --------

static _Alignas(4096) unsigned char table_bytes[(TABLES + 1) * 4096];
static reel_arena table_memory;
static reel_pool_chunk table_chunks[4];

static void *aligned_allocate(void *self, size_t size, size_t align)
{
    return reel_arena_alloc(self, size, size >= PAGE ? PAGE : align);
}

static void *aligned_reallocate(void *self, void *block, size_t old_size,
                                size_t new_size, size_t align)
{
    return reel_arena_realloc(self, block, old_size, new_size, align);
}

static reel_status aligned_free(void *self, void *block, size_t size)
{
    return reel_arena_free(self, block, size);
}

static reel_allocator page_aligned(reel_arena *arena)
{
    static const reel_allocator_ops ops = { .allocate = aligned_allocate,
                                            .reallocate = aligned_reallocate,
                                            .free = aligned_free };
    const reel_allocator allocator = { &ops, arena };
    return allocator;
}

// ---- what there is ----------------------------------------------------------

void memory_start(void)
{
    const size_t size = (size_t)(ld_free_end - ld_free_start);
    const size_t count = (size - PAGE) / (PAGE + sizeof(reel_link));
    (void)reel_blocks_init(&frames, ld_free_start, size, PAGE, count);
    (void)reel_arena_init(&table_memory, table_bytes, sizeof table_bytes);
    (void)reel_pool_init(&tables, page_aligned(&table_memory), table_chunks, 4,
                         PAGE, 16 * PAGE);
    kernel_space.root = machine_root;
    kernel_space.levels = machine_levels;
    kernel_space.frames = &frames;
}

// ---- address spaces of processes --------------------------------------------

static void *cleared(void *page)
{
    for (size_t i = 0; page != NULL && i < PAGE / sizeof(uint64_t); i++) {
        ((volatile uint64_t *)page)[i] = 0;
    }
    return page;
}

// The note comes first: what cannot be noted is not taken.
static void *noted(user_space *space, bool is_table)
{
    user_page *const note =
        reel_region_alloc(space->notes, sizeof(user_page), 0);
    if (note == NULL) {
        return NULL;
    }
    note->is_table = is_table;
    note->page =
        is_table ? reel_pool_claim(&tables) : reel_blocks_alloc(&frames);
    note->next = space->pages;
    if (note->page != NULL) {
        space->pages = note;
    }
    return cleared(note->page);
}

bool user_start(user_space *space, reel_region *notes)
{
    space->notes = notes;
    space->pages = NULL;
    space->root = noted(space, true);
    for (size_t i = 0; space->root != NULL && i < KERNEL_ENTRIES; i++) {
        space->root[i] = machine_root[i];
    }
    return space->root != NULL;
}

static uint64_t entry_to(const void *page, uint64_t bits)
{
    return (uint64_t)(uintptr_t)page >> 12 << 10 | bits;
}

static uint64_t *table_at(user_space *space, uint64_t *entry)
{
    if (*entry == 0) {
        void *const table = noted(space, true);
        *entry = table == NULL ? 0 : entry_to(table, VALID);
    }
    return *entry == 0 ? NULL : (uint64_t *)(uintptr_t)(*entry >> 10 << 12);
}

void *user_map(user_space *space, uintptr_t address, unsigned use)
{
    uint64_t *table = space->root;
    if (address < USER_START || address >= USER_END) {
        return NULL;
    }
    for (unsigned shift = 30; shift > 12 && table != NULL; shift -= 9) {
        table = table_at(space, &table[address >> shift & 511]);
    }
    uint64_t *const entry = table == NULL ? NULL : &table[address >> 12 & 511];
    if (entry == NULL || *entry != 0) {
        return NULL;
    }
    void *const frame = noted(space, false);
    *entry = frame == NULL ? 0 : entry_to(frame, LEAF | use);
    return frame;
}

void user_end(user_space *space)
{
    for (user_page *at = space->pages; at != NULL; at = at->next) {
        (void)(at->is_table ? reel_pool_release(&tables, at->page)
                            : reel_blocks_free(&frames, at->page));
    }
    space->pages = NULL;
}

uintptr_t user_satp(const user_space *space)
{
    return SATP_SV39 | (uintptr_t)space->root >> 12;
}
