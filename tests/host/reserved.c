// SPDX-License-Identifier: MIT
// Temps over address space that the host reserves and commits: what only a real
// system can show. A program of its own; TAP.

#define _DEFAULT_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/malloc.h"
#include "host/pages.h"
#include "reel/region.h"
#include "reel/temp.h"
#include "threads.h"

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)
#define TIB (MIB * MIB)

// A sanitizer's own memory grows along with the program's.
#if defined(__SANITIZE_THREAD__)
#define SHADOWED 1
#else
#define SHADOWED 0
#endif

// A sanitizer leaves too little address space for the whole of it.
static const size_t range = SHADOWED             ? 512 * MIB
                            : sizeof(void *) > 4 ? TIB
                                                 : 512 * MIB;

static reel_pages pages;
static reel_temp temp;
static void *space;

static void start(size_t size, const reel_temp_policy *policy)
{
    if (reel_host_reserve(size, &space) != REEL_OK
        || reel_temp_init(&temp, space, size, &pages, policy) != REEL_OK) {
        puts("Bail out! no address space");
        exit(1);
    }
}

static void stop(size_t size)
{
    RESULT(reel_temp_dispose(&temp) == REEL_OK
               && reel_host_release(space, size) == REEL_OK,
           "the range goes back", NULL);
}

// Kilobytes of memory that the process really holds.
static size_t resident(void)
{
    char line[128];
    size_t kilobytes = 0;
    FILE *const file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "VmRSS: %zu", &kilobytes);
    }
    if (file != NULL) {
        fclose(file);
    }
    return kilobytes;
}

static void a_large_range_is_used_and_given_back(void)
{
    const size_t size = 64 * MIB;
    start(range, NULL);
    RESULT(reel_temp_available(&temp) == range,
           "a range far larger than memory is reserved", NULL);
    const size_t before = resident();
    const reel_mark mark = reel_temp_mark(&temp);
    unsigned char *const block = reel_temp_alloc(&temp, size, 1);
    memset(block, 7, size);
    const size_t full = resident();
    RESULT(full > before + size / KIB / 2, "what is used is resident", NULL);
    (void)reel_temp_rewind(&temp, mark);
    (void)reel_temp_trim(&temp);
    const size_t after = resident();
    printf("# resident: %zu KiB, then %zu, after trim %zu\n", before, full,
           after);
    RESULT(SHADOWED || after < before + size / KIB / 8,
           "what is trimmed goes back", NULL);
    unsigned char *const again = reel_temp_alloc(&temp, size, 1);
    size_t sum = 0;
    for (size_t i = 0; i < size; i += 512) {
        sum += again[i];
    }
    RESULT(again == block && sum == 0, "it reads as zero when it comes back",
           NULL);
    stop(range);
}

// Pages of the range's first bytes that are there.
static size_t resident_pages(size_t size)
{
    static unsigned char states[4096];
    const size_t count = size / pages.page_size;
    size_t sum = 0;
    if (count > sizeof states || mincore(space, size, states) != 0) {
        return SIZE_MAX;
    }
    for (size_t i = 0; i < count; i++) {
        sum += states[i] & 1;
    }
    return sum;
}

static bool can_populate(void)
{
    void *const page = mmap(NULL, pages.page_size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const bool can = page != MAP_FAILED
                     && madvise(page, pages.page_size, 23) == 0; // populate
    munmap(page, pages.page_size);
    return can;
}

static void
small_steps_are_resident_at_once_and_large_ones_as_they_are_used(void)
{
    const reel_temp_policy small = { MIB, 0, 1, 64, 1024, false, 0 };
    const reel_temp_policy large = { 16 * MIB, 0, 1, 64, 1024, false, 0 };
    const size_t wanted = can_populate() ? MIB / pages.page_size : 1;
    start(64 * MIB, &small);
    *(char *)reel_temp_alloc(&temp, 1, 1) = 1;
    RESULT(resident_pages(2 * MIB) == wanted,
           "a step of 1 MiB is resident at once, if the system can", NULL);
    stop(64 * MIB);
    start(64 * MIB, &large);
    *(char *)reel_temp_alloc(&temp, 1, 1) = 1;
    const size_t touched = resident_pages(16 * MIB);
    RESULT(reel_temp_committed(&temp) == 16 * MIB && touched < 1024,
           "of a step of 16 MiB what is touched is resident", NULL);
    stop(64 * MIB);
}

// The child touches one byte; how does it end?
static int signal_of_touching(volatile unsigned char *at)
{
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        *at = 1;
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void use_after_trim_traps(void)
{
    const reel_temp_policy strict = { 0, 0, 1, 64, 1024, true, 0 };
    const size_t page = pages.page_size;
    start(64 * MIB, &strict);
    (void)reel_temp_alloc(&temp, 10, 1);
    const reel_mark mark = reel_temp_mark(&temp);
    unsigned char *const block = reel_temp_alloc(&temp, 4 * page, 1);
    RESULT(signal_of_touching(block + 2 * page) == 0,
           "a live block can be used", NULL);
    RESULT(signal_of_touching(block + 40 * MIB) == SIGSEGV,
           "memory beyond the committed traps", NULL);
    (void)reel_temp_rewind(&temp, mark);
    RESULT(signal_of_touching(block + 2 * page) == SIGSEGV,
           "under a strict policy a rewound block traps", NULL);
    RESULT(signal_of_touching((unsigned char *)space) == 0,
           "a block below the mark does not", NULL);
    (void)reel_temp_reset(&temp);
    RESULT(signal_of_touching((unsigned char *)space) == SIGSEGV,
           "nor is anything left after a reset", NULL);
    stop(64 * MIB);
}

static void a_range_touches_nothing(void)
{
    const size_t page = pages.page_size;
    RESULT(reel_host_reserved_size(1) == page
               && reel_host_reserved_size(page) == page
               && reel_host_reserved_size(page + 1) == 2 * page
               && reel_host_reserved_size(0) == 0
               && reel_host_reserved_size(SIZE_MAX) == 0,
           "the size of a range is told", NULL);
    start(page, NULL);
    volatile unsigned char *const all = reel_temp_alloc(&temp, page, 1);
    RESULT(all == space && signal_of_touching(all) == 0
               && signal_of_touching(all + page - 1) == 0,
           "all of a range can be used", NULL);
    RESULT(signal_of_touching(all - 1) == SIGSEGV
               && signal_of_touching(all + page) == SIGSEGV,
           "a byte ahead of it traps, and one behind it", NULL);
    stop(page);
    void *many[32];
    for (size_t i = 0; i < 32; i++) {
        (void)reel_host_reserve(page, &many[i]);
        (void)pages.commit(pages.context, many[i], page);
    }
    size_t open = 0;
    for (size_t i = 0; i < 32; i++) {
        open += signal_of_touching((unsigned char *)many[i] + page) == 0;
    }
    for (size_t i = 0; i < 32; i++) {
        (void)reel_host_release(many[i], page);
    }
    RESULT(open == 0, "no range lies against the next one", NULL);
}

// What Linux says of the mapping at an address: two letters for each property.
static int has_flag(const void *at, const char *flag)
{
    char line[512];
    int is_here = 0, found = 0;
    FILE *const file = fopen("/proc/self/smaps", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        uintptr_t from, to;
        if (sscanf(line, "%zx-%zx ", &from, &to) == 2) {
            is_here = (uintptr_t)at >= from && (uintptr_t)at < to;
        } else if (is_here && strncmp(line, "VmFlags:", 8) == 0) {
            found = strstr(line, flag) != NULL;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

static void decommit_keeps_what_was_set(void)
{
    const size_t page = pages.page_size, size = 16 * page;
    const reel_temp_policy single = { page, 0, 1, 64, 1024, false, 0 };
    start(size, &single);
    (void)madvise(space, size, MADV_DONTDUMP);
    (void)madvise(space, size, MADV_DONTFORK);
    const int advised = has_flag(space, " dd") && has_flag(space, " dc");
    unsigned char *const block = reel_temp_alloc(&temp, 8 * page, 1);
    // A sanitizer has no pages locked.
    const int locked = mlock(block, 8 * page) == 0 && has_flag(block, " lo");
    memset(block, 7, 8 * page);
    (void)reel_temp_reset(&temp);
    (void)reel_temp_trim(&temp);
    RESULT(resident_pages(8 * page) == 0, "locked pages go back, too", NULL);
    RESULT(!advised || (has_flag(block, " dd") && has_flag(block, " dc")),
           "advice stays", NULL);
    RESULT(!locked || has_flag(block, " lo"), "locks stay", NULL);
    (void)reel_temp_alloc(&temp, 8 * page, 1);
    RESULT(block[0] == 0 && block[8 * page - 1] == 0, "contents do not", NULL);
    RESULT(!locked || has_flag(block, " lo"), "and it is locked again", NULL);
    stop(size);
}

static void a_mapping_of_the_applications_stays(void)
{
    const size_t page = pages.page_size, size = 4 * page;
    const reel_temp_policy single = { page, 0, 1, 64, 1024, false, 0 };
    FILE *const file = tmpfile();
    char seen = 0;
    start(size, &single);
    const int number = file != NULL ? fileno(file) : -1;
    if (ftruncate(number, (off_t)size) != 0
        || mmap(space, size, PROT_NONE, MAP_SHARED | MAP_FIXED, number, 0)
               != space) {
        puts("Bail out! no file");
        exit(1);
    }
    for (int i = 0; i < 2; i++) {
        *(unsigned char *)reel_temp_alloc(&temp, size, 1) = 'a';
        (void)reel_temp_reset(&temp);
        (void)reel_temp_trim(&temp);
    }
    *(unsigned char *)reel_temp_alloc(&temp, size, 1) = 'b';
    RESULT(pread(number, &seen, 1, 0) == 1 && seen == 'b',
           "a shared mapping is still that after decommit and commit", NULL);
    stop(size);
    fclose(file);
}

static void bad_ranges_are_refused(void)
{
    void *untouched = &temp;
    RESULT(reel_host_pages_init(NULL) == REEL_INVALID
               && reel_host_reserve(0, &untouched) == REEL_INVALID
               && reel_host_reserve(SIZE_MAX, &untouched) == REEL_INVALID
               && reel_host_reserve(MIB, NULL) == REEL_INVALID
               && reel_host_release(NULL, MIB) == REEL_INVALID
               && reel_host_release(space, 0) == REEL_INVALID
               && reel_host_release((char *)space + 1, MIB) == REEL_INVALID,
           "ranges that cannot be are invalid", NULL);
    RESULT(reel_host_reserve(SIZE_MAX / 4 * 3, &untouched) == REEL_NO_MEMORY
               && untouched == &temp,
           "a range that the system refuses changes nothing", NULL);
}

// The guard page lies right below its slots.
static void a_close_looks_at_no_slot_before_the_first(void)
{
    const reel_allocator host = reel_host_malloc();
    const reel_temp_policy policy = REEL_TEMP_POLICY;
    reel_pool pool;
    reel_pool_chunk chunk;
    reel_pool_cache cache;
    reel_region region;
    start(MIB, &policy);
    reel_pool_slot *const slots = reel_temp_alloc(&temp, sizeof *slots, 0);
    RESULT((void *)slots == space
               && reel_pool_init(&pool, host, &chunk, 1, 256, 256) == REEL_OK
               && reel_pool_cache_init(&cache, &pool, slots, 1) == REEL_OK
               && reel_region_open_cached(&region, &cache) == REEL_OK
               && reel_region_close_cached(&region) == REEL_OK
               && cache.top == slots + 1,
           "a region closes into the first slot of a cache", NULL);
    reel_pool_cache_flush(&cache);
    RESULT(reel_pool_dispose(&pool) == REEL_OK, "and the pool is given back",
           NULL);
    stop(MIB);
}

// ---- threads that commit ---------------------------------------------------

#define THREADS 4
#define BLOCKS  20000

static unsigned char *blocks[THREADS][BLOCKS];

static size_t size_of(size_t thread, size_t block)
{
    return 1 + (thread * 31 + block * 17) % 400;
}

// The host's hooks behind counters that only the gate protects: two threads
// inside at once are a data race, and a frontier that is not one is seen.
static struct {
    bool inside;
    size_t committed, wrong;
} hooks;

static bool watched_commit(void *context, void *addr, size_t size)
{
    hooks.wrong += hooks.inside;
    hooks.inside = true;
    hooks.wrong += addr != (char *)space + hooks.committed;
    const bool done = pages.commit(context, addr, size);
    memset(addr, 0xC0, size); // before it is published
    hooks.committed += size;
    hooks.inside = false;
    return done;
}

static void watched_decommit(void *context, void *addr, size_t size)
{
    hooks.committed -= size;
    pages.decommit(context, addr, size);
}

static bool questions_answered;

static void work(test_thread *me)
{
    const size_t thread = me->number;
    for (size_t b = 0; b < BLOCKS; b++) {
        const size_t size = size_of(thread, b);
        blocks[thread][b] = reel_temp_alloc_shared(&temp, size, 1);
        if (blocks[thread][b] != NULL) {
            // What the committing thread wrote before it published is seen here.
            me->wrong += !REEL_POISON && blocks[thread][b][size - 1] != 0xC0;
            memset(blocks[thread][b], (int)thread + 1, size);
        }
    }
}

// The owner may take marks and ask while others allocate.
static reel_mark ask_meanwhile(void)
{
    reel_mark mark = reel_temp_mark(&temp);
    questions_answered = true;
    for (int i = 0; i < 20000; i++) {
        mark = reel_temp_mark(&temp);
        questions_answered &= reel_temp_committed_available(&temp) <= 64 * MIB;
        questions_answered &= reel_temp_used(&temp) <= 64 * MIB;
    }
    return mark;
}

static void threads_share_a_temp(void)
{
    size_t failed = 0, wrong = 0, bytes = 0;
    const reel_pages watched = { pages.page_size, NULL, watched_commit,
                                 watched_decommit };
    start(64 * MIB, NULL);
    (void)reel_temp_init(&temp, space, 64 * MIB, &watched, NULL);
    threads_start(THREADS, work);
    const reel_mark mark = ask_meanwhile();
    const size_t stale_bytes = threads_end();
    for (size_t t = 0; t < THREADS; t++) {
        for (size_t b = 0; b < BLOCKS; b++) {
            const size_t size = size_of(t, b);
            failed += blocks[t][b] == NULL;
            bytes += size;
            for (size_t i = 0; blocks[t][b] != NULL && i < size; i++) {
                wrong += blocks[t][b][i] != t + 1;
            }
        }
    }
    RESULT(failed == 0, "no allocation fails because another thread commits",
           NULL);
    RESULT(wrong == 0, "every byte belongs to the thread it was given to",
           NULL);
    RESULT(bytes == reel_temp_used(&temp), "no byte was lost", NULL);
    RESULT(hooks.wrong == 0, "the hooks saw one thread and one frontier", NULL);
    RESULT(stale_bytes == 0, "fresh memory is seen as it was left", NULL);
    RESULT(questions_answered, "questions meanwhile get sensible answers",
           NULL);
    RESULT(reel_temp_rewind(&temp, mark) == REEL_OK,
           "a mark taken then is live", NULL);
    stop(64 * MIB);
}

int main(void)
{
    if (reel_host_pages_init(&pages) != REEL_OK) {
        return 1;
    }
    a_large_range_is_used_and_given_back();
    small_steps_are_resident_at_once_and_large_ones_as_they_are_used();
    use_after_trim_traps();
    a_range_touches_nothing();
    decommit_keeps_what_was_set();
    a_mapping_of_the_applications_stays();
    bad_ranges_are_refused();
    a_close_looks_at_no_slot_before_the_first();
    threads_share_a_temp();
    return tap_end() ? 0 : 1;
}
