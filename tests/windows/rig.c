// SPDX-License-Identifier: MIT
// The port under the checks of tests/kernels, and the freestanding tests, on
// Windows.

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <stdio.h>

#include "rig.h"
#include "windows/pages.h"

#define RANGE ((size_t)64 << 30)
#define LIMIT ((size_t)1 << 40) // more than any machine has

const size_t test_scale = 1;
const bool rig_has_neighbours = false;
const unsigned rig_workers = 4;
const size_t rig_rounds = 2000;

void test_write(const char *text)
{
    fputs(text, stdout);
}

reel_allocator test_malloc(void)
{
    return reel_allocator_null();
}

static bool in_interrupt;

bool reel_port_in_interrupt(void)
{
    return in_interrupt;
}

void test_interrupt(void (*handler)(void))
{
    in_interrupt = true;
    handler();
    in_interrupt = false;
}

// ---- ranges -----------------------------------------------------------------

static reel_windows range;

void rig_start(rig_range *what)
{
    (void)reel_windows_release(&range);
    EXPECT(reel_windows_reserve(&range, RANGE) == REEL_OK);
    what->pages = &range.pages;
    what->start = (uintptr_t)range.base;
    what->size = range.size;
}

size_t rig_frames(void)
{
    return 0;
}

bool rig_leave(size_t frames)
{
    (void)frames;
    return false;
}

// The memory of the freestanding tests: it ends where nothing is committed.
unsigned char *test_memory(size_t size)
{
    static rig_range what;
    EXPECT(size <= TEST_MEMORY);
    if (what.pages == NULL) {
        rig_start(&what);
        EXPECT(what.pages->commit(&range, range.base, what.pages->page_size));
    }
    return (unsigned char *)what.start + what.pages->page_size - size;
}

const reel_pages *test_port(void)
{
    return NULL;
}

// ---- probes -----------------------------------------------------------------

static uintptr_t refused_at;
static size_t refusals;
static bool probing;

// A probe is one instruction of two bytes.
static LONG CALLBACK on_fault(EXCEPTION_POINTERS *what)
{
    const EXCEPTION_RECORD *const record = what->ExceptionRecord;
    if (record->ExceptionCode != (DWORD)EXCEPTION_ACCESS_VIOLATION
        || !probing) {
        return EXCEPTION_CONTINUE_SEARCH;
    }
    refused_at = (uintptr_t)record->ExceptionInformation[1];
    refusals++;
    what->ContextRecord->Rip += 2;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static unsigned char load(uintptr_t address)
{
    unsigned char byte = 0;
    __asm__ volatile("movb (%1), %0" : "+a"(byte) : "c"(address) : "memory");
    return byte;
}

static void store(uintptr_t address, unsigned char byte)
{
    __asm__ volatile("movb %0, (%1)" ::"a"(byte), "c"(address) : "memory");
}

bool rig_is_open(uintptr_t address)
{
    refusals = 0;
    probing = true;
    const unsigned char byte = load(address);
    if (refusals == 0) {
        store(address, byte);
    }
    probing = false;
    return refusals == 0;
}

bool rig_is_closed(uintptr_t address)
{
    refusals = 0;
    probing = true;
    (void)load(address);
    bool closed = refusals == 1 && refused_at == address;
    store(address, 0);
    closed = closed && refusals == 2 && refused_at == address;
    probing = false;
    return closed;
}

uintptr_t rig_refused_at(void)
{
    return refused_at;
}

// ---- threads ----------------------------------------------------------------

static void (*the_work)(unsigned who);

static DWORD WINAPI worker(void *who)
{
    the_work((unsigned)(uintptr_t)who);
    return 0;
}

static void run(unsigned workers, void (*work)(unsigned who))
{
    HANDLE threads[RIG_MOST_WORKERS];
    the_work = work;
    for (unsigned i = 0; i < workers; i++) {
        void *const who = (void *)(uintptr_t)i;
        threads[i] = CreateThread(NULL, 0, worker, who, 0, NULL);
    }
    for (unsigned i = 0; i < workers; i++) {
        EXPECT(WaitForSingleObject(threads[i], INFINITE) == WAIT_OBJECT_0);
        (void)CloseHandle(threads[i]);
    }
}

void rig_together(void (*work)(unsigned who), void (*tick)(void))
{
    (void)tick;
    run(rig_workers, work);
}

size_t rig_ticks(void)
{
    return 0;
}

static uintptr_t looked_at;
static bool was_closed;

static void look(unsigned who)
{
    (void)who;
    was_closed = rig_is_closed(looked_at);
}

bool rig_is_closed_elsewhere(uintptr_t address)
{
    looked_at = address;
    run(1, look);
    return was_closed;
}

// ---- the port's own ---------------------------------------------------------

static void what_cannot_be_reserved_is_refused(void)
{
    reel_windows other = { .size = 1 };
    EXPECT(reel_windows_reserve(NULL, 4096) == REEL_INVALID);
    EXPECT(reel_windows_reserve(&other, 0) == REEL_INVALID);
    EXPECT(reel_windows_reserve(&other, SIZE_MAX) == REEL_INVALID);
    EXPECT(reel_windows_reserve(&other, SIZE_MAX / 2) == REEL_NO_MEMORY);
    EXPECT(other.size == 1);
}

static void what_is_released_is_gone(void)
{
    reel_windows other = { .size = 0 };
    EXPECT(reel_windows_release(NULL) == REEL_INVALID);
    EXPECT(reel_windows_release(&other) == REEL_INVALID);
    EXPECT(reel_windows_reserve(&other, 5000) == REEL_OK);
    EXPECT(other.size % other.pages.page_size == 0 && other.size >= 5000);
    EXPECT(other.pages.commit(&other, other.base, other.pages.page_size));
    const uintptr_t start = (uintptr_t)other.base;
    EXPECT(rig_is_open(start));
    EXPECT(reel_windows_release(&other) == REEL_OK && rig_is_closed(start));
    EXPECT(!other.pages.commit(&other, other.base, other.pages.page_size));
    EXPECT(reel_windows_release(&other) == REEL_INVALID);
}

// The system has not so much memory.
static void a_commit_that_the_system_refuses_changes_nothing(void)
{
    reel_windows large;
    if (reel_windows_reserve(&large, LIMIT) != REEL_OK) {
        tap_skip("the system reserves no 1 TiB");
        return;
    }
    const bool all = large.pages.commit(&large, large.base, LIMIT);
    EXPECT(all
           || (large.frontier == 0 && rig_is_closed((uintptr_t)large.base)));
    EXPECT(reel_windows_release(&large) == REEL_OK);
}

static void memory_that_comes_back_reads_as_zero(void)
{
    rig_range what;
    rig_start(&what);
    const size_t page = what.pages->page_size;
    unsigned char *const bytes = range.base;
    EXPECT(what.pages->commit(&range, bytes, page));
    bytes[7] = 1;
    what.pages->decommit(&range, bytes, page);
    EXPECT(what.pages->commit(&range, bytes, page) && bytes[7] == 0);
}

const test_case rig_tests[] = {
    TEST(what_cannot_be_reserved_is_refused),
    TEST(what_is_released_is_gone),
    TEST(a_commit_that_the_system_refuses_changes_nothing),
    TEST(memory_that_comes_back_reads_as_zero),
    END_OF_TESTS,
};

int main(int count, char **arguments)
{
    (void)AddVectoredExceptionHandler(1, on_fault);
    setvbuf(stdout, NULL, _IONBF, 0);
    return test_run_all(count > 1 ? arguments[1] : "") ? 0 : 1;
}
