// SPDX-License-Identifier: MIT
// Runs one library, and says what it needs: see program.h. TAP, and a line for
// the table:
//
//     # table NAME|heap or arena|most bytes live|bytes needed|bytes requested
//
// Each run is a process of its own. Calls of the heap and of the arena come by
// here, through the linker's --wrap: so the rig knows what lives, how far
// memory is used, and who was refused.

#define _GNU_SOURCE
#include "program.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define MOST      ((size_t)64 << 20)
#define UNIT      16 // no two blocks begin in one
#define FRACTIONS 12 // of what it needs, that are too little

reel_heap reel_malloc_heap;
reel_arena program_arena;

// What a run says to the rig, which waits for its end.
typedef struct report {
    outcome outcome;
    size_t live, most_live, requested; // bytes
    size_t reach; // bytes of the buffer up to the highest byte that was used
    size_t left;  // what the library did not free
    bool is_valid;
    size_t requests, refusals, refused; // bytes of the last one
    size_t largest;                     // that was free then
    char culprit[200];
} report;

static size_t refused_at; // which request; 0: none is
static report *run;       // shared with the process that runs
static uint32_t sizes[MOST / UNIT];
static unsigned char *buffer;

void reel_panic(reel_status why, const char *file, int line)
{
    fprintf(stderr, "# panic: %s, %s:%d\n", reel_status_name(why), file, line);
    abort();
}

// ---- what lives -------------------------------------------------------------

static uint32_t *size_of(const void *block)
{
    return &sizes[(size_t)((const unsigned char *)block - buffer) / UNIT];
}

void *program_note(void *block, size_t size)
{
    if (block != NULL) {
        *size_of(block) = (uint32_t)size;
        run->live += size;
        run->requested += size;
        if (run->most_live < run->live) {
            run->most_live = run->live;
        }
    }
    return block;
}

void program_forget(const void *block)
{
    if (block != NULL) {
        run->live -= *size_of(block);
    }
}

// ---- who was refused --------------------------------------------------------

static bool is_glue(const char *symbol)
{
    return strncmp(symbol, "reel_", 5) == 0
           || strncmp(symbol, "__wrap_", 7) == 0;
}

// The first function on the stack that is neither reel's nor a hook.
static void name_culprit(void)
{
    void *frames[30];
    const int count = backtrace(frames, 30);
    Dl_info here, there;
    dladdr((void *)(uintptr_t)name_culprit, &here);
    for (int i = 2; i < count; i++) {
        if (dladdr(frames[i], &there) == 0) {
            continue;
        }
        const bool is_own = there.dli_fbase == here.dli_fbase;
        if (is_own && (there.dli_sname == NULL || is_glue(there.dli_sname))) {
            continue;
        }
        const char *const slash = strrchr(there.dli_fname, '/');
        snprintf(run->culprit, sizeof run->culprit, "%s, %s+0x%tx",
                 there.dli_sname == NULL ? "a static function"
                                         : there.dli_sname,
                 slash == NULL ? there.dli_fname : slash + 1,
                 (const char *)frames[i] - (const char *)there.dli_fbase);
        return;
    }
}

static void *answer(void *block, size_t size, size_t largest)
{
    if (block == NULL) {
        run->refusals++;
        run->refused = size;
        run->largest = largest;
        name_culprit();
    }
    return block;
}

// ---- the heap and the arena, on the way -------------------------------------

void *__real_reel_heap_alloc(reel_heap *heap, size_t size, size_t align);
void *__wrap_reel_heap_alloc(reel_heap *heap, size_t size, size_t align);
void *__real_reel_heap_alloc_zeroed(reel_heap *heap, size_t size, size_t align);
void *__wrap_reel_heap_alloc_zeroed(reel_heap *heap, size_t size, size_t align);
void *__real_reel_heap_realloc(reel_heap *heap, void *block, size_t size,
                               size_t align);
void *__wrap_reel_heap_realloc(reel_heap *heap, void *block, size_t size,
                               size_t align);
reel_status __real_reel_heap_free(reel_heap *heap, void *block);
reel_status __wrap_reel_heap_free(reel_heap *heap, void *block);
void *__real_reel_arena_alloc_slow(reel_arena *arena, size_t size,
                                   size_t align);
void *__wrap_reel_arena_alloc_slow(reel_arena *arena, size_t size,
                                   size_t align);

static void *reached(reel_heap *heap, void *block, size_t size)
{
    if (block == NULL) {
        return answer(block, size, reel_heap_largest_free(heap));
    }
    const size_t reach =
        (size_t)((unsigned char *)block + reel_heap_usable_size(heap, block)
                 - (unsigned char *)heap->base);
    run->reach = reach > run->reach ? reach : run->reach;
    return program_note(block, size);
}

// Every request comes by here. One of them may be refused although there is room.
static bool is_refused(void)
{
    return ++run->requests == refused_at;
}

void *__wrap_reel_heap_alloc(reel_heap *heap, size_t size, size_t align)
{
    return reached(
        heap, is_refused() ? NULL : __real_reel_heap_alloc(heap, size, align),
        size);
}

void *__wrap_reel_heap_alloc_zeroed(reel_heap *heap, size_t size, size_t align)
{
    return reached(
        heap,
        is_refused() ? NULL : __real_reel_heap_alloc_zeroed(heap, size, align),
        size);
}

void *__wrap_reel_heap_realloc(reel_heap *heap, void *block, size_t size,
                               size_t align)
{
    // What does not grow is never refused: that is promised.
    const bool grows =
        block == NULL || size > reel_heap_usable_size(heap, block);
    void *const changed =
        grows && is_refused()
            ? NULL
            : __real_reel_heap_realloc(heap, block, size, align);
    if (changed != NULL) {
        program_forget(block);
    }
    return reached(heap, changed, size);
}

reel_status __wrap_reel_heap_free(reel_heap *heap, void *block)
{
    const reel_status status = __real_reel_heap_free(heap, block);
    if (status == REEL_OK) {
        program_forget(block);
    }
    return status;
}

void *__wrap_reel_arena_alloc_slow(reel_arena *arena, size_t size, size_t align)
{
    return answer(__real_reel_arena_alloc_slow(arena, size, align), size,
                  reel_arena_available(arena));
}

// ---- a run ------------------------------------------------------------------

static void run_here(size_t size)
{
    memset(run, 0, sizeof *run);
    run->outcome = WRONG;
    if (the_program.is_arena) {
        EXPECT(reel_arena_init(&program_arena, buffer, size) == REEL_OK);
        run->outcome = the_program.run();
        run->reach = reel_arena_peak(&program_arena);
        run->left = reel_arena_used(&program_arena);
        run->is_valid = reel_arena_is_valid(&program_arena);
    } else {
        EXPECT(reel_heap_init(&reel_malloc_heap, buffer, size) == REEL_OK);
        run->outcome = the_program.run();
        run->left = reel_heap_stats(&reel_malloc_heap).used;
        run->is_valid = reel_heap_is_valid(&reel_malloc_heap);
    }
}

// How the process ended: 0, or a signal.
static int run_in(size_t size)
{
    int status = 0;
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        run_here(size);
        fflush(NULL);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return -1;
    }
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

// The buffer that holds so much, with what reel keeps in it.
static size_t buffer_for(size_t reach)
{
    return the_program.is_arena ? reach : REEL_HEAP_SIZE(reach);
}

static bool ends_well(int code)
{
    return code == 0 && run->is_valid && run->left == 0;
}

// Of runs that were refused something.
static size_t failures, others, crashes;
static char last_crash[sizeof run->culprit];

// Was it met as it should be? yajl and FreeType use NULL in places.
static bool is_met(int code)
{
    if (the_program.may_crash && code == SIGSEGV) {
        memcpy(last_crash, run->culprit, sizeof last_crash);
        crashes++;
        failures++;
        return true;
    }
    others += run->outcome == OTHER;
    failures += run->outcome == OTHER || run->outcome == FAILED;
    return ends_well(code)
           && (run->outcome == WORKED || run->outcome == FAILED
               || (run->outcome == OTHER && run->refusals > 0));
}

static void tell_failures(void)
{
    test_note("runs that failed:", failures);
    if (others > 0) {
        test_note("of these, with a code that does not say why:", others);
    }
    if (crashes > 0) {
        test_note("of these, by a use of NULL in the library:", crashes);
        printf("# the last one after a refusal to %s\n", last_crash);
    }
    failures = others = crashes = 0;
}

static void tell_culprit(size_t size)
{
    printf("# in %zu bytes: %s was refused %zu bytes; the largest free block "
           "had %zu\n",
           size, run->culprit, run->refused, run->largest);
}

static void too_little_memory(size_t need)
{
    size_t named = 0;
    for (size_t part = 1; part < FRACTIONS; part++) {
        const size_t size = need * part / FRACTIONS, before = failures;
        EXPECT(is_met(run_in(size)));
        if (failures > before) {
            named += run->culprit[0] != '\0';
            if (before == 0 || part + 1 == FRACTIONS) {
                tell_culprit(size);
            }
        }
    }
    EXPECT(failures > 0);
    EXPECT_EQUAL(named, failures);
    tell_failures();
    tap_result("in too little memory it fails, frees what it has, and the "
               "refused call is named",
               NULL);
}

// One request is refused although there is room, at one place after the other.
#define PLACES 80

static void each_refusal(size_t requests)
{
    for (size_t i = 0; i < PLACES && i < requests; i++) {
        refused_at = requests <= PLACES ? i + 1 : 1 + i * requests / PLACES;
        EXPECT(is_met(run_in(MOST)) && run->refusals > 0);
    }
    refused_at = 0;
    tell_failures();
    tap_result("a refusal at any place is met, and nothing is left", NULL);
}

int main(void)
{
    buffer = mmap(NULL, MOST, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    run = mmap(NULL, sizeof *run, PROT_READ | PROT_WRITE,
               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT(buffer != MAP_FAILED && run != MAP_FAILED);
    const int code = run_in(MOST);
    EXPECT(ends_well(code) && run->outcome == WORKED && run->refusals == 0);
    tap_result(the_program.name, "in ample memory");
    const size_t live = run->most_live, need = buffer_for(run->reach);
    const size_t requested = run->requested, requests = run->requests;
    EXPECT(ends_well(run_in(need)) && run->outcome == WORKED);
    EXPECT_EQUAL(run->most_live, live);
    tap_result("it works in the bytes that it reached, and leaves none", NULL);
    too_little_memory(need);
    if (!the_program.is_arena) {
        each_refusal(requests);
    }
    const size_t control =
        the_program.is_arena ? sizeof program_arena : sizeof reel_malloc_heap;
    printf("# table %s|%s|%zu|%zu|%zu\n", the_program.name,
           the_program.is_arena ? "arena" : "heap", live, need + control,
           requested);
    return tap_end() ? 0 : 1;
}

// ---- text -------------------------------------------------------------------

const unsigned char *program_text(void)
{
    static unsigned char text[TEXT_BYTES + 32];
    static const char *const words[] = { "rewind", "arena", "of",  "page",
                                         "heap",   "mark",  "the", "chunk" };
    uint32_t seed = 1;
    for (size_t i = 0; i < TEXT_BYTES;) {
        seed = seed * 1664525u + 1013904223u;
        i += (size_t)snprintf((char *)text + i, 32, "%s %u ", words[seed >> 29],
                              seed >> 22 & 63);
    }
    return text;
}
