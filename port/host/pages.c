// Commit is mprotect, and the pages are asked for at once: one call instead of a
// fault for each. Decommit maps nothing over the pages, in one call: they go back to
// the system, locked or not, and read as zero when they come back. Neither touches
// the neighbours.

#define _DEFAULT_SOURCE
#include "pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include "reel/port.h"

#define NOTHING (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

// What is committed in larger steps may never be touched: it becomes resident as
// it is used.
#define MOST_AT_ONCE ((size_t)1 << 20)

// Linux knows this since 5.14. Where it is refused, pages come as they are touched.
#if defined(__linux__) && !defined(MADV_POPULATE_WRITE)
#define MADV_POPULATE_WRITE 23
#endif

static void populate(void *addr, size_t size)
{
#ifdef MADV_POPULATE_WRITE
    if (size <= MOST_AT_ONCE) {
        (void)madvise(addr, size, MADV_POPULATE_WRITE);
    }
#endif
    (void)addr, (void)size;
}

static bool commit(void *context, void *addr, size_t size)
{
    (void)context;
    if (mprotect(addr, size, PROT_READ | PROT_WRITE) != 0) {
        return false;
    }
    populate(addr, size);
    return true;
}

// A system that is out of mappings can still drop and forget the contents.
static void decommit(void *context, void *addr, size_t size)
{
    (void)context;
    if (mmap(addr, size, PROT_NONE, NOTHING | MAP_FIXED, -1, 0) == MAP_FAILED) {
        (void)madvise(addr, size, MADV_DONTNEED);
        (void)mprotect(addr, size, PROT_NONE);
    }
}

static size_t page_size(void)
{
    const long size = sysconf(_SC_PAGESIZE);
    return size > 0 ? (size_t)size : 0;
}

reel_status reel_host_pages_init(reel_pages *pages)
{
    const size_t size = page_size();
    if (pages == NULL) {
        return REEL_INVALID;
    }
    if (size == 0) {
        return REEL_UNSUPPORTED;
    }
    pages->page_size = size;
    pages->context = NULL;
    pages->commit = commit;
    pages->decommit = decommit;
    return REEL_OK;
}

// Whole pages, or 0 if there is no such number of them.
static size_t whole_pages(size_t size)
{
    const size_t mask = page_size() - 1;
    return size <= SIZE_MAX - mask ? (size + mask) & ~mask : 0;
}

reel_status reel_host_reserve(size_t size, void **space)
{
    const size_t bytes = whole_pages(size);
    if (space == NULL || size == 0 || bytes == 0) {
        return REEL_INVALID;
    }
    void *const start = mmap(NULL, bytes, PROT_NONE, NOTHING, -1, 0);
    if (start == MAP_FAILED) {
        return REEL_NO_MEMORY;
    }
    *space = start;
    return REEL_OK;
}

reel_status reel_host_release(void *space, size_t size)
{
    const size_t bytes = whole_pages(size);
    if (space == NULL || size == 0 || bytes == 0 || munmap(space, bytes) != 0) {
        return REEL_INVALID;
    }
#if REEL_WATCH
    reel_port_watch_alive(space, bytes); // what comes here next is not ours
#endif
    return REEL_OK;
}
