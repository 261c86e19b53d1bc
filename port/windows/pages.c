// SPDX-License-Identifier: MIT
#include "pages.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "frontier.h"
#include "reel/port.h"

static size_t offset_of(const reel_windows *range, const void *addr)
{
    return (uintptr_t)addr - (uintptr_t)range->base;
}

static bool commit(void *context, void *addr, size_t size)
{
    reel_windows *const range = context;
    if (!may_commit(&range->pages, range->frontier, range->size,
                    offset_of(range, addr), size)
        || reel_port_in_interrupt()
        || VirtualAlloc(addr, size, MEM_COMMIT, PAGE_READWRITE) == NULL) {
        return false;
    }
    range->frontier += size;
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    reel_windows *const range = context;
    if (may_decommit(&range->pages, range->frontier, offset_of(range, addr),
                     size)
        && !reel_port_in_interrupt()) {
        (void)VirtualFree(addr, size, MEM_DECOMMIT);
        range->frontier -= size;
    }
}

static size_t page_size(void)
{
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info.dwPageSize;
}

reel_status reel_windows_reserve(reel_windows *range, size_t size)
{
    const size_t mask = page_size() - 1;
    if (range == NULL || size == 0 || size > SIZE_MAX - mask) {
        return REEL_INVALID;
    }
    const size_t whole = (size + mask) & ~mask;
    void *const start = VirtualAlloc(NULL, whole, MEM_RESERVE, PAGE_NOACCESS);
    if (start == NULL) {
        return REEL_NO_MEMORY;
    }
    range->base = start;
    range->size = whole;
    range->frontier = 0;
    range->pages.page_size = mask + 1;
    range->pages.context = range;
    range->pages.commit = commit;
    range->pages.decommit = decommit;
    return REEL_OK;
}

reel_status reel_windows_release(reel_windows *range)
{
    if (range == NULL || range->size == 0
        || !VirtualFree(range->base, 0, MEM_RELEASE)) {
        return REEL_INVALID;
    }
    range->size = 0;
    range->frontier = 0;
    return REEL_OK;
}
