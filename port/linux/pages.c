// SPDX-License-Identifier: MIT
// The page contract with symbols that modules of 6.1 may use. vmap() of one
// page, many times, makes the page tables; commit and decommit write their last
// level. Kernel addresses are in the tables of all processes, so a commit is
// there for every core, and x86 remembers nothing of what was not there. A
// decommit empties the entries, has all cores forget them, and then frees the
// pages.

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>

#include <asm/pgtable.h>
#include <asm/tlbflush.h>

#include "frontier.h"
#include "reel/port.h"
#include "reel_linux.h"

#ifndef CONFIG_X86_64
#error "pages.c is for x86-64: write the hooks of reel/pages.h"
#endif

#define MOST_SINGLY (64 * PAGE_SIZE) // more is forgotten at once

// ---- forgetting -------------------------------------------------------------

typedef struct byte_range {
    unsigned long start, size;
} byte_range;

static void forget_here(void *what)
{
    const byte_range *const range = what;
    unsigned long at;
    if (range->size > MOST_SINGLY) {
        __flush_tlb_all();
        return;
    }
    for (at = 0; at < range->size; at += PAGE_SIZE) {
        asm volatile("invlpg (%0)" ::"r"(range->start + at) : "memory");
    }
}

static void forget(void *addr, size_t size)
{
    byte_range range = { (unsigned long)addr, size };
    on_each_cpu(forget_here, &range, 1);
}

// ---- pages ------------------------------------------------------------------

static pte_t *entry_of(void *addr)
{
    unsigned int level;
    pte_t *const entry = lookup_address((unsigned long)addr, &level);
    return entry != NULL && level == PG_LEVEL_4K ? entry : NULL;
}

// Out of the tables, and after all cores have forgotten them they are free.
static void unmap(const reel_linux_space *space, void *addr, size_t size)
{
    LIST_HEAD(gone);
    struct page *page, *next;
    size_t at;
    for (at = 0; at < size; at += PAGE_SIZE) {
        pte_t *const entry = entry_of((char *)addr + at);
        if (entry == NULL || pte_none(*entry)) {
            continue;
        }
        page = pte_page(*entry);
        set_pte(entry, __pte(0));
        if (page != space->nothing) {
            list_add(&page->lru, &gone);
        }
    }
    forget(addr, size);
    list_for_each_entry_safe (page, next, &gone, lru) {
        list_del(&page->lru);
        __free_page(page);
    }
}

static bool map(void *addr)
{
    pte_t *const entry = entry_of(addr);
    struct page *const page =
        entry == NULL ? NULL : alloc_page(GFP_KERNEL | __GFP_NOWARN);
    if (page == NULL) {
        return false;
    }
    set_pte(entry, mk_pte(page, PAGE_KERNEL));
    return true;
}

static bool map_all(const reel_linux_space *space, void *addr, size_t size)
{
    size_t at;
    for (at = 0; at < size; at += PAGE_SIZE) {
        if (!map((char *)addr + at)) {
            if (at > 0) {
                unmap(space, addr, at);
            }
            return false;
        }
    }
    return true;
}

static size_t offset_of(const reel_linux_space *space, const void *addr)
{
    return (uintptr_t)addr - (uintptr_t)space->base;
}

static bool commit(void *context, void *addr, size_t size)
{
    reel_linux_space *const space = context;
    if (!may_commit(&space->pages, space->frontier, space->size,
                    offset_of(space, addr), size)
        || !reel_linux_may_sleep() || space->frontier > space->limit
        || size > space->limit - space->frontier
        || !map_all(space, addr, size)) {
        return false;
    }
    space->frontier += size;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    reel_linux_space *const space = context;
    if (may_decommit(&space->pages, space->frontier, offset_of(space, addr),
                     size)
        && reel_linux_may_sleep()) {
        space->frontier -= size;
        unmap(space, addr, size);
    }
}

// ---- address space ----------------------------------------------------------

// Tables for a range, with the same page everywhere.
static void *map_one_page(struct page *page, size_t count)
{
    struct page **const list = kvmalloc_array(count, sizeof(*list), GFP_KERNEL);
    void *base = NULL;
    size_t i;
    if (list != NULL) {
        for (i = 0; i < count; i++) {
            list[i] = page;
        }
        base = vmap(list, (unsigned int)count, VM_MAP, PAGE_KERNEL_RO);
    }
    kvfree(list);
    return base;
}

static void fill_in(reel_linux_space *space, struct page *nothing, void *base,
                    size_t size)
{
    space->nothing = nothing;
    space->base = base;
    space->size = size;
    space->frontier = 0;
    space->limit = SIZE_MAX;
    space->pages.page_size = PAGE_SIZE;
    space->pages.context = space;
    space->pages.commit = commit;
    space->pages.decommit = decommit;
}

reel_status reel_linux_reserve(reel_linux_space *space, size_t size)
{
    struct page *nothing;
    void *base;
    if (space == NULL || size == 0
        || size > (size_t)INT_MAX / sizeof(void *) * PAGE_SIZE) {
        return REEL_INVALID;
    }
    if (!reel_linux_may_sleep()) {
        return REEL_BUSY;
    }
    nothing = alloc_page(GFP_KERNEL | __GFP_ZERO);
    if (nothing == NULL) {
        return REEL_NO_MEMORY;
    }
    base = map_one_page(nothing, PAGE_ALIGN(size) / PAGE_SIZE);
    if (base == NULL) {
        __free_page(nothing);
        return REEL_NO_MEMORY;
    }
    fill_in(space, nothing, base, PAGE_ALIGN(size));
    unmap(space, base, PAGE_ALIGN(size));
    return REEL_OK;
}

reel_status reel_linux_release(reel_linux_space *space)
{
    if (space == NULL || space->size == 0) {
        return REEL_INVALID;
    }
    if (!reel_linux_may_sleep()) {
        return REEL_BUSY;
    }
    unmap(space, space->base, space->size);
#if REEL_WATCH
    reel_port_watch_alive(space->base, space->size); // who comes here next
#endif
    vunmap(space->base);
    __free_page(space->nothing);
    space->size = 0;
    space->frontier = 0;
    return REEL_OK;
}
