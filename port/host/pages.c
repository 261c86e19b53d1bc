// SPDX-License-Identifier: MIT
// Commit is mprotect, and the pages are asked for at once: one call instead of a
// fault for each. Decommit drops the contents and takes the access away. Both leave
// the mapping itself alone: advice, locks, memory policy, protection keys and what is
// mapped there stay as they were set.

#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE // macOS hides MAP_ANON and madvise() otherwise
#include "pages.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reel/port.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_NORESERVE // FreeBSD: memory is reserved for no mapping
#define MAP_NORESERVE 0
#endif

#define NOTHING (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

// Linux drops the contents at once. Elsewhere MADV_DONTNEED keeps them.
#if !defined(__linux__) && defined(MADV_FREE)
#define DROP MADV_FREE
#else
#define DROP MADV_DONTNEED
#endif

// What is committed in larger steps may never be touched: it becomes resident as
// it is used.
#define MOST_AT_ONCE ((size_t)1 << 20)

// Linux knows these since 5.14 and 5.18. Where they are refused, pages come as they
// are touched, and the lock is taken off and put back.
#if defined(__linux__) && !defined(MADV_POPULATE_WRITE)
#define MADV_POPULATE_WRITE 23
#endif
#if defined(__linux__) && !defined(MADV_DONTNEED_LOCKED)
#define MADV_DONTNEED_LOCKED 24
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
    const int before = errno;
    (void)context;
    if (mprotect(addr, size, PROT_READ | PROT_WRITE) != 0) {
        return false;
    }
    populate(addr, size);
    errno = before;
    return true;
}

#ifdef MADV_DONTNEED_LOCKED
// Linux refuses to drop what is locked. The lock comes back last: memory that is not
// accessible is only marked then, and not read in.
static void drop_locked(void *addr, size_t size)
{
    if (madvise(addr, size, MADV_DONTNEED_LOCKED) == 0
        || madvise(addr, 0, MADV_DONTNEED_LOCKED) == 0) { // known, so no lock
        return;
    }
    (void)munlock(addr, size);
    (void)madvise(addr, size, DROP);
    (void)mprotect(addr, size, PROT_NONE);
    (void)mlock(addr, size);
}
#else
static void drop_locked(void *addr, size_t size)
{
    (void)addr, (void)size;
}
#endif

static void decommit(void *context, void *addr, size_t size)
{
    const int before = errno;
    (void)context;
    if (madvise(addr, size, DROP) != 0) {
        drop_locked(addr, size);
    }
    (void)mprotect(addr, size, PROT_NONE);
#if REEL_WATCH
    reel_port_watch_alive(addr, size); // from now on the system watches
#endif
    errno = before;
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

// ---- ranges ----------------------------------------------------------------
//
//     guard page | range ... | guard page
//
// No range touches another one, nor anything else.

size_t reel_host_reserved_size(size_t size)
{
    const size_t mask = page_size() - 1;
    return size <= SIZE_MAX - mask ? (size + mask) & ~mask : 0;
}

// The range with its guards, or 0 if there is no such number of bytes.
static size_t guarded_size(size_t size)
{
    const size_t bytes = reel_host_reserved_size(size);
    const size_t guards = 2 * page_size();
    return bytes != 0 && bytes <= SIZE_MAX - guards ? bytes + guards : 0;
}

reel_status reel_host_reserve(size_t size, void **space)
{
    const size_t bytes = guarded_size(size);
    if (space == NULL || bytes == 0) {
        return REEL_INVALID;
    }
    void *const start = mmap(NULL, bytes, PROT_NONE, NOTHING, -1, 0);
    if (start == MAP_FAILED) {
        return REEL_NO_MEMORY;
    }
    *space = (char *)start + page_size();
#ifdef REEL_PORT_WATCHES_ROOTS
    reel_port_watch_roots(*space, reel_host_reserved_size(size));
#endif
    return REEL_OK;
}

#if REEL_WATCH && defined(__linux__)
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

// Bytes of the range that are committed: a prefix, whose end is searched for by
// halves. All of it if the system cannot tell.
static size_t committed_bytes(char *space, size_t size)
{
    const size_t page = page_size();
    size_t least = 0, most = size / page;
    if (madvise(space, 0, MADV_POPULATE_READ) != 0) {
        return size;
    }
    while (least < most) {
        const size_t middle = least + (most - least) / 2;
        if (madvise(space + middle * page, page, MADV_POPULATE_READ) == 0) {
            least = middle + 1;
        } else {
            most = middle;
        }
    }
    return least * page;
}
#elif REEL_WATCH
static size_t committed_bytes(char *space, size_t size)
{
    (void)space;
    return size;
}
#endif

reel_status reel_host_release(void *space, size_t size)
{
    const size_t bytes = guarded_size(size);
    if (space == NULL || bytes == 0
        || ((uintptr_t)space & (page_size() - 1)) != 0) {
        return REEL_INVALID;
    }
#if REEL_WATCH
    reel_port_watch_alive(
        space, committed_bytes(space, reel_host_reserved_size(size)));
#endif
#ifdef REEL_PORT_WATCHES_ROOTS
    reel_port_forget_roots(space, reel_host_reserved_size(size));
#endif
    return munmap((char *)space - page_size(), bytes) == 0 ? REEL_OK
                                                           : REEL_INVALID;
}
