// SPDX-License-Identifier: MIT
// What the host's pages do when the system refuses: each call of it that the port makes
// fails on demand. The linker lets the port call these instead (--wrap). TAP.

#define _DEFAULT_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/malloc.h"
#include "host/pages.h"
#include "reel/temp.h"
#include "tap.h"

#define DROP        MADV_DONTNEED
#define DROP_LOCKED 24
#define POPULATE    23

static struct {
    long page; // what sysconf says; 0: the truth
    bool mmap, munmap, mprotect, memalign;
    int advice;           // that is refused; 0: none
    bool refuses_nothing; // of no bytes
    bool locked;          // all pages, which DROP does not drop then
} faults;

static struct {
    unsigned mlocks, munlocks, munmaps, advices, populates;
    unsigned memaligns, frees;
    size_t size, align; // that malloc was asked for
} calls;

static bool is_accessible; // the pages that were protected last

long __real_sysconf(int name);
long __wrap_sysconf(int name);
long __wrap_sysconf(int name)
{
    return name == _SC_PAGESIZE && faults.page != 0 ? faults.page
                                                    : __real_sysconf(name);
}

int __real_posix_memalign(void **block, size_t align, size_t size);
int __wrap_posix_memalign(void **block, size_t align, size_t size);
int __wrap_posix_memalign(void **block, size_t align, size_t size)
{
    calls.memaligns++;
    calls.size = size;
    calls.align = align;
    return faults.memalign ? ENOMEM : __real_posix_memalign(block, align, size);
}

void __real_free(void *block);
void __wrap_free(void *block);
void __wrap_free(void *block)
{
    calls.frees++;
    __real_free(block);
}

void *__real_mmap(void *addr, size_t size, int access, int flags, int file,
                  off_t offset);
void *__wrap_mmap(void *addr, size_t size, int access, int flags, int file,
                  off_t offset);
void *__wrap_mmap(void *addr, size_t size, int access, int flags, int file,
                  off_t offset)
{
    return faults.mmap ? MAP_FAILED
                       : __real_mmap(addr, size, access, flags, file, offset);
}

int __real_munmap(void *addr, size_t size);
int __wrap_munmap(void *addr, size_t size);
int __wrap_munmap(void *addr, size_t size)
{
    calls.munmaps++;
    return faults.munmap ? -1 : __real_munmap(addr, size);
}

int __real_mprotect(void *addr, size_t size, int access);
int __wrap_mprotect(void *addr, size_t size, int access);
int __wrap_mprotect(void *addr, size_t size, int access)
{
    if (faults.mprotect) {
        errno = ENOMEM;
        return -1;
    }
    is_accessible = access != PROT_NONE;
    return __real_mprotect(addr, size, access);
}

int __real_madvise(void *addr, size_t size, int advice);
int __wrap_madvise(void *addr, size_t size, int advice);
int __wrap_madvise(void *addr, size_t size, int advice)
{
    calls.advices++;
    calls.populates += advice == POPULATE;
    if ((advice == faults.advice || (advice == DROP && faults.locked))
        && (size > 0 || faults.refuses_nothing)) {
        errno = EINVAL;
        return -1;
    }
    return advice == DROP_LOCKED || advice == POPULATE
               ? 0
               : __real_madvise(addr, size, advice);
}

int __wrap_mlock(const void *addr, size_t size);
int __wrap_mlock(const void *addr, size_t size)
{
    (void)addr, (void)size;
    EXPECT(!is_accessible); // it would be read in
    calls.mlocks++;
    return 0;
}

int __wrap_munlock(const void *addr, size_t size);
int __wrap_munlock(const void *addr, size_t size)
{
    (void)addr, (void)size;
    calls.munlocks++;
    faults.locked = false;
    return 0;
}

static void all_is_well(void)
{
    memset(&faults, 0, sizeof faults);
    memset(&calls, 0, sizeof calls);
}

static size_t page;
static reel_pages pages;

// ---- sizes --------------------------------------------------------------------------

static void the_page_size_is_asked(void)
{
    const reel_pages untouched = { 7, &page, NULL, NULL };
    reel_pages hooks = untouched;
    void *space = &page;
    EXPECT_EQUAL(reel_host_pages_init(NULL), REEL_INVALID);
    faults.page = -1;
    EXPECT_EQUAL(reel_host_pages_init(&hooks), REEL_UNSUPPORTED);
    EXPECT_EQUAL(hooks.page_size, 7);
    EXPECT_EQUAL(hooks.context, &page);
    EXPECT_EQUAL(reel_host_reserve(1, &space), REEL_INVALID);
    EXPECT_EQUAL(space, &page);
    all_is_well();
    tap_result("without a page size nothing is initialised or reserved", NULL);
}

static void all_hooks_are_filled_in(void)
{
    reel_pages hooks = { 7, &page, NULL, NULL };
    EXPECT_EQUAL(reel_host_pages_init(&hooks), REEL_OK);
    EXPECT_EQUAL(hooks.page_size, __real_sysconf(_SC_PAGESIZE));
    EXPECT_EQUAL(hooks.context, NULL);
    EXPECT(hooks.commit != NULL && hooks.decommit != NULL);
    tap_result("all hooks are filled in", NULL);
}

static void sizes_are_rounded(void)
{
    EXPECT_EQUAL(reel_host_reserved_size(0), 0);
    EXPECT_EQUAL(reel_host_reserved_size(1), page);
    EXPECT_EQUAL(reel_host_reserved_size(page), page);
    EXPECT_EQUAL(reel_host_reserved_size(page + 1), 2 * page);
    EXPECT_EQUAL(reel_host_reserved_size(SIZE_MAX), 0);
    EXPECT_EQUAL(reel_host_reserved_size(SIZE_MAX - page + 2), 0);
    EXPECT_EQUAL(reel_host_reserved_size(SIZE_MAX - page + 1),
                 SIZE_MAX - page + 1);
    tap_result("sizes are rounded up to whole pages, or there is none", NULL);
}

static void what_cannot_be_reserved_is_refused(void)
{
    void *space = &page;
    EXPECT_EQUAL(reel_host_reserve(0, &space), REEL_INVALID);
    EXPECT_EQUAL(reel_host_reserve(SIZE_MAX, &space), REEL_INVALID);
    EXPECT_EQUAL(reel_host_reserve(SIZE_MAX - page + 1, &space), REEL_INVALID);
    EXPECT_EQUAL(reel_host_reserve(SIZE_MAX - 3 * page, &space),
                 REEL_NO_MEMORY);
    EXPECT_EQUAL(reel_host_reserve(1, NULL), REEL_INVALID);
    faults.mmap = true;
    EXPECT_EQUAL(reel_host_reserve(1, &space), REEL_NO_MEMORY);
    EXPECT_EQUAL(space, &page);
    all_is_well();
    tap_result("what cannot be reserved changes nothing", NULL);
}

static void what_cannot_be_released_is_refused(void)
{
    void *space = NULL;
    EXPECT_EQUAL(reel_host_reserve(1, &space), REEL_OK);
    EXPECT_EQUAL(reel_host_release(NULL, 1), REEL_INVALID);
    EXPECT_EQUAL(reel_host_release(space, 0), REEL_INVALID);
    EXPECT_EQUAL(reel_host_release(space, SIZE_MAX), REEL_INVALID);
    EXPECT_EQUAL(reel_host_release((char *)space + 1, 1), REEL_INVALID);
    EXPECT_EQUAL(calls.munmaps, 0);
    faults.munmap = true;
    EXPECT_EQUAL(reel_host_release(space, 1), REEL_INVALID);
    all_is_well();
    EXPECT_EQUAL(reel_host_release(space, 1), REEL_OK);
    tap_result("what cannot be a range is not released", NULL);
}

// ---- malloc -----------------------------------------------------------------------------

static void memory_that_malloc_lacks_is_null(void)
{
    const reel_allocator a = reel_host_malloc();
    void *const block = reel_allocate(a, 8, 1);
    faults.memalign = true;
    EXPECT(reel_allocate(a, 8, 1) == NULL);
    EXPECT(reel_reallocate(a, block, 8, 9, 1) == NULL);
    EXPECT(reel_reallocate(a, block, 8, 7, 1) == block);
    EXPECT(reel_reallocate(a, block, 7, 6, 0) == block);
    EXPECT_EQUAL(calls.frees, 0);
    all_is_well();
    EXPECT_EQUAL(reel_free(a, block, 6), REEL_OK);
    tap_result("what malloc has not is NULL, and the old block stays", NULL);
}

static bool is_asked(size_t size, size_t align)
{
    calls.memaligns = 0;
    return reel_allocate(reel_host_malloc(), size, align) == NULL
           && calls.memaligns == 1;
}

static void malloc_is_asked_up_to_limits(void)
{
    const size_t large = (size_t)1 << 30;
    const size_t most =
        sizeof large > 4 ? (large << 4) << 4 : (size_t)PTRDIFF_MAX;
    faults.memalign = true;
    EXPECT(is_asked(most, 8) && !is_asked(most + 1, 8));
    EXPECT(is_asked(8, large) && !is_asked(8, 2 * large));
    all_is_well();
    tap_result("malloc is asked for up to 256 GiB, and aligned to 1 GiB", NULL);
}

static void malloc_is_asked_for_what_it_takes(void)
{
    faults.memalign = true;
    EXPECT(is_asked(7, 1) && calls.size == 7 && calls.align == sizeof(void *));
    EXPECT(is_asked(1, 64) && calls.size == 1 && calls.align == 64);
    EXPECT(is_asked(0, 0) && calls.size == 1
           && calls.align == REEL_ALIGN_DEFAULT);
    all_is_well();
    tap_result("malloc is asked for a byte, and a pointer's alignment, or more",
               NULL);
}

static void blocks_are_freed_one_by_one(void)
{
    const reel_allocator a = reel_host_malloc();
    void *const empty = reel_allocate(a, 0, 1);
    faults.memalign = true;
    EXPECT(reel_reallocate(a, empty, 0, 1, 1) == empty);
    EXPECT(reel_reallocate(a, empty, 0, 2, 1) == NULL);
    faults.memalign = false;
    void *const block = reel_reallocate(a, empty, 0, 2, 1);
    EXPECT_EQUAL(calls.frees, 1);
    EXPECT_EQUAL(reel_free(a, block, 2), REEL_OK);
    EXPECT_EQUAL(calls.frees, 2);
    all_is_well();
    tap_result("a block is freed when it moves, and by its owner", NULL);
}

// ---- commit and decommit --------------------------------------------------------------

// A temp sees the refusal, and the next commit works.
static void a_commit_that_is_refused_is_seen(void)
{
    static reel_temp temp;
    void *space = NULL;
    EXPECT_EQUAL(reel_host_reserve(4 * page, &space), REEL_OK);
    EXPECT_EQUAL(reel_temp_init(&temp, space, 4 * page, &pages, NULL), REEL_OK);
    faults.mprotect = true;
    EXPECT(reel_temp_alloc(&temp, 1, 1) == NULL);
    EXPECT_EQUAL(reel_temp_committed(&temp), 0);
    all_is_well();
    EXPECT(reel_temp_alloc(&temp, 1, 1) == space);
    *(char *)space = 1;
    EXPECT_EQUAL(reel_temp_dispose(&temp), REEL_OK);
    EXPECT_EQUAL(reel_host_release(space, 4 * page), REEL_OK);
    all_is_well();
    tap_result("a commit that the system refuses is no allocation", NULL);
}

static void a_large_commit_does_not_populate(void)
{
    const size_t size = (size_t)1 << 20;
    void *space = NULL;
    EXPECT_EQUAL(reel_host_reserve(2 * size, &space), REEL_OK);
    EXPECT(pages.commit(pages.context, space, size));
    EXPECT_EQUAL(calls.populates, 1);
    EXPECT(pages.commit(pages.context, space, size + page));
    EXPECT_EQUAL(calls.populates, 1);
    all_is_well();
    EXPECT_EQUAL(reel_host_release(space, 2 * size), REEL_OK);
    tap_result("a commit of more than 1 MiB does not make it resident", NULL);
}

// Also where the system does not know the advice to populate.
static void what_works_keeps_errno_and_asks_once(void)
{
    void *space = NULL;
    EXPECT_EQUAL(reel_host_reserve(page, &space), REEL_OK);
    errno = 77;
    faults.advice = POPULATE;
    EXPECT(pages.commit(pages.context, space, page));
    pages.decommit(pages.context, space, page);
    EXPECT_EQUAL(errno, 77);
    EXPECT_EQUAL(calls.advices, 2);
    all_is_well();
    EXPECT_EQUAL(reel_host_release(space, page), REEL_OK);
    tap_result("commit and decommit give one advice each, and keep errno",
               NULL);
}

static bool is_dropped(void *space)
{
    return pages.commit(pages.context, space, page) && *(char *)space == 0;
}

// The system does not know the advice for locked pages, and then the lock is taken off and
// put back; refuses it for these; or knows it.
static void locked_pages_are_decommitted(void)
{
    void *space = NULL;
    EXPECT_EQUAL(reel_host_reserve(page, &space), REEL_OK);
    for (int known = 0; known < 3; known++) {
        EXPECT(pages.commit(pages.context, space, page));
        *(volatile char *)space = 1;
        errno = 77;
        faults.locked = true;
        faults.advice = known < 2 ? DROP_LOCKED : 0;
        faults.refuses_nothing = known == 0;
        pages.decommit(pages.context, space, page);
        EXPECT_EQUAL(errno, 77);
        EXPECT_EQUAL(calls.munlocks, known == 0);
        EXPECT_EQUAL(calls.mlocks, known == 0);
        EXPECT_EQUAL(calls.advices, 5 - known); // with that of the commit
        EXPECT(known > 0 || is_dropped(space));
        all_is_well();
    }
    EXPECT_EQUAL(reel_host_release(space, page), REEL_OK);
    tap_result("locked pages are decommitted, with or without the advice",
               NULL);
}

static bool is_resident(void *space, size_t at)
{
    unsigned char known = 0;
    return mincore((char *)space + at, page, &known) == 0 && (known & 1) != 0;
}

// Then also a commit that is too large for the port to do it.
static void a_commit_makes_pages_resident_if_all_are_locked(void)
{
    const size_t size = 2u << 20;
    void *space = NULL;
    if (mlockall(MCL_FUTURE) != 0) {
        tap_skip("the system locks no memory");
    } else {
        EXPECT_EQUAL(reel_host_reserve(size, &space), REEL_OK);
        EXPECT(!is_resident(space, 0));
        EXPECT(pages.commit(pages.context, space, size));
        EXPECT(is_resident(space, 0) && is_resident(space, size - page));
        EXPECT_EQUAL(reel_host_release(space, size), REEL_OK);
        EXPECT_EQUAL(munlockall(), 0);
    }
    all_is_well();
    tap_result("a commit makes pages resident if all are locked", NULL);
}

int main(void)
{
    EXPECT_EQUAL(reel_host_pages_init(&pages), REEL_OK);
    page = pages.page_size;
    the_page_size_is_asked();
    all_hooks_are_filled_in();
    sizes_are_rounded();
    what_cannot_be_reserved_is_refused();
    what_cannot_be_released_is_refused();
    memory_that_malloc_lacks_is_null();
    malloc_is_asked_up_to_limits();
    malloc_is_asked_for_what_it_takes();
    blocks_are_freed_one_by_one();
    a_commit_that_is_refused_is_seen();
    a_large_commit_does_not_populate();
    what_works_keeps_errno_and_asks_once();
    locked_pages_are_decommitted();
    a_commit_makes_pages_resident_if_all_are_locked();
    return tap_end() ? 0 : 1;
}
