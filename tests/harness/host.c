// SPDX-License-Identifier: MIT
// Runs the freestanding tests on a POSIX host.

#define _DEFAULT_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/malloc.h"
#include "test.h"

#ifndef TEST_SCALE
#define TEST_SCALE 20
#endif
const size_t test_scale = TEST_SCALE;

// Whole pages, then one that no access may touch.
static unsigned char *guarded_end(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t size = (TEST_MEMORY / page + 1) * page;
    unsigned char *const start = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED || mprotect(start + size, page, PROT_NONE) != 0) {
        puts("Bail out! no memory for the tests");
        _exit(1);
    }
    return start + size;
}

unsigned char *test_memory(size_t size)
{
    static unsigned char *end;
    EXPECT(size <= TEST_MEMORY);
    if (end == NULL) {
        end = guarded_end();
    }
#if REEL_WATCH
    reel_port_watch_alive(end - TEST_MEMORY, TEST_MEMORY);
#endif
    return end - size;
}

static bool in_interrupt;

bool reel_port_in_interrupt(void)
{
    return in_interrupt;
}

reel_allocator test_malloc(void)
{
    return reel_host_malloc();
}

const reel_pages *test_port(void)
{
    return NULL;
}

void test_interrupt(void (*handler)(void))
{
    in_interrupt = true;
    handler();
    in_interrupt = false;
}

// An interrupt mask that masks nothing, but must be undone in order.
static uintptr_t mask_depth;

uintptr_t reel_port_mask(void)
{
    return mask_depth++;
}

void reel_port_unmask(uintptr_t saved)
{
    EXPECT(saved == --mask_depth);
}

static void the_mask_is_undone(void)
{
    EXPECT(mask_depth == 0);
}

int main(int count, char **arguments)
{
    test_after_each = the_mask_is_undone;
    return test_run_all(count > 1 ? arguments[1] : "") ? 0 : 1;
}
