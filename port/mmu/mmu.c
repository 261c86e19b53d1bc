// SPDX-License-Identifier: MIT
// Levels count from 0, the pages. An entry of level n covers reach(n) bytes.
// The range begins at a multiple of the root's reach. So the entries of level n
// below the frontier number frontier / reach(n), rounded up, and that is also
// the number of frames that they lead to.

#include "mmu.h"

#include "frontier.h"
#include "reel/port.h"

#if defined(__riscv)
#include "riscv/entry.h"
#elif defined(__aarch64__)
#include "aarch64/entry.h"
#else
#error "mmu.c is for RISC-V and AArch64: write the hooks of reel/pages.h"
#endif

#define PAGE       REEL_MMU_PAGE
#define PAGE_SHIFT 12u
#define TABLE_BITS 9u
#define ENTRIES    ((size_t)1 << TABLE_BITS)
#define MIN_LEVELS 3u
#define MAX_LEVELS 4u

// ---- where things are -------------------------------------------------------

static unsigned shift_of(unsigned level)
{
    return PAGE_SHIFT + TABLE_BITS * level;
}

static size_t reach(unsigned level)
{
    return (size_t)1 << shift_of(level);
}

static size_t entries_below(size_t frontier, unsigned level)
{
    return frontier == 0 ? 0 : ((frontier - 1) >> shift_of(level)) + 1;
}

static size_t frames_below(const reel_mmu *mmu, size_t frontier)
{
    size_t frames = 0;
    for (unsigned level = 0; level < mmu->space->levels; level++) {
        frames += entries_below(frontier, level);
    }
    return frames;
}

size_t reel_mmu_frames(const reel_mmu *mmu)
{
    return frames_below(mmu, mmu->frontier);
}

static void *frame_of(const reel_mmu *mmu, uint64_t entry)
{
    return (void *)((uintptr_t)entry_address(entry) + mmu->space->offset);
}

static uint64_t physical(const reel_mmu *mmu, const void *frame)
{
    return (uintptr_t)frame - mmu->space->offset;
}

// The entry of a level that an offset's way from the root leads to. Those above
// it are there, if only hidden.
static uint64_t *entry_at(const reel_mmu *mmu, size_t offset, unsigned level)
{
    const uintptr_t address = mmu->base + offset;
    uint64_t *table = mmu->space->root;
    for (unsigned at = mmu->space->levels - 1;; at--) {
        uint64_t *const entry = &table[address >> shift_of(at) & (ENTRIES - 1)];
        if (at == level) {
            return entry;
        }
        table = frame_of(mmu, *entry);
    }
}

// The same, where `entry` is the one before or NULL.
static uint64_t *entry_after(const reel_mmu *mmu, uint64_t *entry,
                             size_t offset, unsigned level)
{
    const bool begins_a_table = (offset & (reach(level + 1) - 1)) == 0;
    return entry == NULL || begins_a_table ? entry_at(mmu, offset, level)
                                           : entry + 1;
}

// ---- frames that are not in use yet: a chain through their first words --------

typedef struct chain {
    struct chain *next;
} chain;

static void give_back(const reel_mmu *mmu, chain *taken)
{
    while (taken != NULL) {
        chain *const next = taken->next;
        (void)reel_blocks_free(mmu->space->frames, taken);
        taken = next;
    }
}

// All of them, or NULL and none.
static chain *take(const reel_mmu *mmu, size_t count)
{
    chain *taken = NULL;
    for (; count > 0; count--) {
        chain *const frame = reel_blocks_alloc(mmu->space->frames);
        if (frame == NULL) {
            give_back(mmu, taken);
            return NULL;
        }
        frame->next = taken;
        taken = frame;
    }
    return taken;
}

static void *next_of(chain **taken)
{
    chain *const frame = *taken;
    *taken = frame->next;
    return frame;
}

// ---- commit -----------------------------------------------------------------

static void *clear(void *table)
{
    volatile uint64_t *const entries = table; // not a call of memset
    for (size_t i = 0; i < ENTRIES; i++) {
        entries[i] = 0;
    }
    return table;
}

// The tables whose first page is at `offset`, from the root down.
static void add_tables(const reel_mmu *mmu, size_t offset, chain **taken)
{
    for (unsigned level = mmu->space->levels - 1; level > 0; level--) {
        if ((offset & (reach(level) - 1)) == 0) {
            void *const table = clear(next_of(taken));
            entry_write(entry_at(mmu, offset, level),
                        entry_of_table(physical(mmu, table)));
        }
    }
}

static void map(const reel_mmu *mmu, size_t from, size_t to, chain *taken)
{
    uint64_t *entry = NULL;
    for (size_t at = from; at < to; at += PAGE) {
        if ((at & (reach(1) - 1)) == 0) {
            add_tables(mmu, at, &taken);
        }
        entry = entry_after(mmu, entry, at, 0);
        const uint64_t frame = physical(mmu, next_of(&taken));
        entry_write(entry, entry_of_page(frame));
    }
}

static bool commit(void *context, void *addr, size_t size)
{
    reel_mmu *const mmu = context;
    const size_t from = mmu->frontier;
    if (!may_commit(&mmu->pages, from, mmu->size, (uintptr_t)addr - mmu->base,
                    size)
        || reel_port_in_interrupt()) {
        return false;
    }
    const size_t to = from + size;
    chain *const taken =
        take(mmu, frames_below(mmu, to) - frames_below(mmu, from));
    if (taken == NULL) {
        return false;
    }
    map(mmu, from, to, taken);
    translation_appeared((uintptr_t)addr, size, mmu->space->forget);
    mmu->frontier = to;
    return true;
}

// ---- decommit ---------------------------------------------------------------

// The first offset from `from` on where an entry of this level begins.
static size_t first_at(size_t from, unsigned level)
{
    return (from + reach(level) - 1) & ~(reach(level) - 1);
}

static void hide(const reel_mmu *mmu, size_t from, size_t to)
{
    for (unsigned level = 0; level < mmu->space->levels; level++) {
        uint64_t *entry = NULL;
        for (size_t at = first_at(from, level); at < to; at += reach(level)) {
            entry = entry_after(mmu, entry, at, level);
            entry_write(entry, entry_hidden(*entry));
        }
    }
}

// Pages first: a table is needed to find what it leads to.
static void give_frames_back(const reel_mmu *mmu, size_t from, size_t to)
{
    for (unsigned level = 0; level < mmu->space->levels; level++) {
        uint64_t *entry = NULL;
        for (size_t at = first_at(from, level); at < to; at += reach(level)) {
            entry = entry_after(mmu, entry, at, level);
            (void)reel_blocks_free(mmu->space->frames, frame_of(mmu, *entry));
            *entry = 0;
        }
    }
}

static void decommit(void *context, void *addr, size_t size)
{
    reel_mmu *const mmu = context;
    const size_t to = mmu->frontier;
    if (!may_decommit(&mmu->pages, to, (uintptr_t)addr - mmu->base, size)
        || reel_port_in_interrupt()) {
        return;
    }
    mmu->frontier = to - size;
    hide(mmu, mmu->frontier, to);
    translation_vanished((uintptr_t)addr, size, mmu->space->forget);
    give_frames_back(mmu, mmu->frontier, to);
}

// ---- init -------------------------------------------------------------------

static bool is_space(const reel_mmu_space *space)
{
    return space != NULL && space->root != NULL && space->levels >= MIN_LEVELS
           && space->levels <= MAX_LEVELS && space->frames != NULL
           && space->frames->block_size == PAGE
           && ((space->frames->base | (uintptr_t)space->root) & (PAGE - 1))
                  == 0;
}

// Within one half: the bits above those that are translated are all 0 or all 1.
static bool is_coverable(unsigned levels, uintptr_t base, size_t size)
{
    const unsigned bits = half_bits(shift_of(levels));
    const uintptr_t last = base + (size - 1);
    return (size & (PAGE - 1)) == 0 && base != 0 && last >= base // not empty
           && (base & (reach(levels - 1) - 1)) == 0
           && base >> bits == last >> bits
           && (base >> bits == 0 || base >> bits == UINTPTR_MAX >> bits);
}

static bool is_empty(const reel_mmu_space *space, uintptr_t base, size_t size)
{
    const unsigned root = space->levels - 1;
    const size_t first = base >> shift_of(root) & (ENTRIES - 1);
    const size_t count = entries_below(size, root);
    bool empty = true;
    for (size_t i = 0; i < count; i++) {
        empty = empty && space->root[first + i] == 0;
    }
    return empty;
}

reel_status reel_mmu_init(reel_mmu *mmu, const reel_mmu_space *space,
                          void *start, size_t size)
{
    const uintptr_t base = (uintptr_t)start;
    if (mmu == NULL || !is_space(space)
        || !is_coverable(space->levels, base, size)
        || !is_empty(space, base, size)) {
        return REEL_INVALID;
    }
    if (!is_translated(base, shift_of(space->levels))) {
        return REEL_PORT_FAILED;
    }
    mmu->space = space;
    mmu->base = base;
    mmu->size = size;
    mmu->frontier = 0;
    mmu->pages.page_size = PAGE;
    mmu->pages.context = mmu;
    mmu->pages.commit = commit;
    mmu->pages.decommit = decommit;
    return REEL_OK;
}
