// SPDX-License-Identifier: MIT
// What a host's program learns of a failure: the line of a call, a report, the history of
// a block; and how it ends. The linker lets the port ask this program in place of addr2line,
// and where a file's name comes from (--wrap). TAP.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/history.h"
#include "host/report.h"
#include "reel/port.h"
#include "tap.h"

#define LONGEST_COMMAND 4096 // of report.c

static const char *answer; // of addr2line; NULL: it does not start
static char asked[2 * LONGEST_COMMAND];
static unsigned started, ended;
static const char *file_name; // of every address; NULL: the truth

FILE *__wrap_popen(const char *command, const char *mode);
FILE *__wrap_popen(const char *command, const char *mode)
{
    (void)mode;
    if (answer == NULL) {
        return NULL;
    }
    FILE *const output = tmpfile();
    (void)snprintf(asked, sizeof asked, "%s", command);
    started++;
    (void)fputs(answer, output);
    rewind(output);
    return output;
}

int __wrap_pclose(FILE *output);
int __wrap_pclose(FILE *output)
{
    ended++;
    return fclose(output);
}

int __real_dladdr(const void *address, Dl_info *file);
int __wrap_dladdr(const void *address, Dl_info *file);
int __wrap_dladdr(const void *address, Dl_info *file)
{
    const int known = __real_dladdr(address, file);
    if (known != 0 && file_name != NULL) {
        file->dli_fname = file_name;
    }
    return known;
}

// What is written to stderr goes here.
static char said[4096];

static void listen(void)
{
    static FILE *ear;
    if (ear == NULL) {
        ear = fmemopen(said, sizeof said, "w");
        stderr = ear;
    }
    rewind(ear);
    memset(said, 0, sizeof said);
}

static bool is_said(const char *format, ...)
{
    char text[sizeof said];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (strcmp(said, text) != 0) {
        test_complain(said);
    }
    return strcmp(said, text) == 0;
}

// ---- lines ----------------------------------------------------------------------------

// Where a call returns to, in this program; what addr2line says of it.
static const char *after;
static const char one_line[] = "main at a.c:7\n";

extern const char __ehdr_start[]; // by the linker: where the file begins

static bool has_line(const char *wanted)
{
    char line[64] = "nothing";
    const bool is_known = reel_host_line(after, line, sizeof line);
    EXPECT(strcmp(line, wanted) == 0);
    EXPECT_EQUAL(started, ended);
    return is_known;
}

static bool has_address(void)
{
    char address[64];
    (void)snprintf(address, sizeof address, "%#zx", (size_t)after - 2);
    return !has_line(address);
}

// Of these programs only one that is loaded anywhere is __PIE__.
static size_t place_in_file(void)
{
#ifdef __PIE__
    return (size_t)(after - __ehdr_start);
#else
    return (size_t)after;
#endif
}

static bool is_asked_of(const char *name)
{
    char command[sizeof asked];
    (void)snprintf(command, sizeof command, "addr2line -fpie '%s' %#zx", name,
                   place_in_file() - 2);
    return strcmp(asked, command) == 0;
}

static void a_line_is_asked_for_by_its_place_in_the_file(void)
{
    answer = one_line;
    file_name = "here";
    EXPECT(has_line("main at a.c:7"));
    RESULT(is_asked_of("here"),
           "the line of a call is asked for by its place in the file", NULL);
    file_name = NULL;
}

static void lines_of_headers_are_passed_over(void)
{
    answer = "reel_new at /usr/include/reel/arena.h:3\n"
             " (inlined by) main at a.c:7\n"
             " (inlined by) start at b.c:8\n";
    EXPECT(has_line("main at a.c:7"));
    answer = "main at a.c:7\n (inlined by) start at b.c:8\n";
    RESULT(has_line("main at a.c:7"),
           "the line is the first one that is not in a header of reel", NULL);
}

// The buffer ends at a page without access.
static void a_line_is_cut_to_its_buffer(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *const start = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(start != MAP_FAILED);
    EXPECT_EQUAL(mprotect(start + page, page, PROT_NONE), 0);
    char *const line = start + page - 19;
    answer = " (inlined by) main at a.c:7\n";
    EXPECT(reel_host_line(after, line, 19));
    EXPECT(strcmp(line, "main") == 0);
    answer = "main at a.c:7, and more\n";
    EXPECT(reel_host_line(after, line, 19));
    EXPECT(strcmp(line, "main at a.c:7, and") == 0);
    EXPECT_EQUAL(munmap(start, 2 * page), 0);
    tap_result("a line is cut to its buffer", NULL);
}

static void a_call_without_a_line_has_an_address(void)
{
    static const char *const answers[] = {
        NULL, "", "?? ??:0\n", "reel_new at /usr/include/reel/arena.h:3\n"
    };
    for (int i = 0; i < 4; i++) {
        answer = answers[i];
        EXPECT(has_address());
    }
    answer = one_line;
    after += 1u << 30; // in no file
    EXPECT(has_address());
    after -= 1u << 30;
    EXPECT(!reel_host_line(NULL, (char[64]){ 0 }, 64));
    tap_result("a call without a line has an address", NULL);
}

// Names about as long as the port's buffer for a command.
static void a_command_is_whole_or_not_given(void)
{
    static char name[LONGEST_COMMAND + 1];
    unsigned given = 0;
    answer = one_line;
    file_name = name;
    memset(name, 'x', LONGEST_COMMAND - 100);
    for (size_t i = LONGEST_COMMAND - 100; i < LONGEST_COMMAND; i++) {
        const unsigned before = started;
        name[i] = 'x';
        EXPECT(reel_host_line(after, (char[64]){ 0 }, 64)
               == (started > before));
        EXPECT(started == before || is_asked_of(name));
        given += started - before;
    }
    file_name = NULL;
    RESULT(0 < given && given < 100, "a command is given whole or not at all",
           NULL);
}

// ---- reports --------------------------------------------------------------------------

static void report(const char *with)
{
    const reel_incident incident = { .caller = after };
    answer = with;
    listen();
    reel_host_report(&incident);
    (void)fflush(stderr);
}

static void a_report_ends_with_the_line(void)
{
    char text[sizeof said];
    report(NULL);
    (void)snprintf(text, sizeof text, "%s", said);
    EXPECT(text[0] != '\0' && strstr(text, "called in") == NULL);
    report(one_line);
    RESULT(is_said("%s    called in main at a.c:7\n", text),
           "a report ends with the line, if it is known", NULL);
}

// The second line that is said.
static bool has_511_bytes_behind(const char *words)
{
    const char *const start = strchr(said, '\n') + 1;
    const size_t length = strlen(words);
    return strncmp(start, words, length) == 0
           && strspn(start + length, "x") == 511
           && strcmp(start + length + 511, "\n") == 0;
}

static char long_line[1000];

static void a_long_line_is_cut(void)
{
    memset(long_line, 'x', sizeof long_line - 1);
    report(long_line);
    RESULT(has_511_bytes_behind("    called in "),
           "of a long line a report has the first 511 bytes", NULL);
}

// ---- the history ----------------------------------------------------------------------

// Made up: an address of no object, no memory and no file.
#define OBJECT ((const void *)0x1000)
#define OTHER  ((const void *)0x1100)
#define PLACE  0x2000u
#define SIZE   32u

// A call that did this, of a block that its own number tells from others.
static void note(reel_event_kind kind, const void *object, uintptr_t place,
                 size_t size, uintptr_t call)
{
    reel_history_note(REEL_EVENT_WHAT(kind, REEL_EVENT_OF_HEAP), object, place,
                      size, call + 2);
}

static bool explains(uintptr_t address)
{
    listen();
    const bool is_known = reel_history_explain((const void *)address);
    (void)fflush(stderr);
    return is_known;
}

static bool knows_nothing_of(uintptr_t address)
{
    return !explains(address) && is_said("");
}

static void an_address_is_explained_by_its_block(void)
{
    EXPECT(knows_nothing_of(PLACE));
    note(REEL_EVENT_DEFINE, OBJECT, PLACE, 2 * SIZE, 0x3000);
    EXPECT(knows_nothing_of(PLACE));
    note(REEL_EVENT_ALLOC, OBJECT, PLACE, SIZE, 0x3100);
    EXPECT(knows_nothing_of(PLACE - 1) && knows_nothing_of(PLACE + SIZE));
    EXPECT(explains(PLACE + SIZE - 1));
    EXPECT(is_said("reel: 0x201f is byte 31 of a block of 32 bytes, of the "
                   "heap at 0x1000\n    allocated in 0x3100\n"));
    EXPECT(explains(PLACE));
    RESULT(is_said("reel: 0x2000 is byte 0 of a block of 32 bytes, of the "
                   "heap at 0x1000\n    allocated in 0x3100\n"),
           "an address is explained by its block", NULL);
}

static void the_newest_block_counts(void)
{
    note(REEL_EVENT_FREE, OBJECT, PLACE, SIZE, 0x3200);
    note(REEL_EVENT_TAKE, OTHER, PLACE, 2 * SIZE, 0x3300);
    EXPECT(explains(PLACE + 1));
    RESULT(is_said("reel: 0x2001 is byte 1 of a block of 64 bytes, of the "
                   "heap at 0x1100\n    allocated in 0x3300\n"),
           "of blocks in one place the newest counts", NULL);
}

// Each: what does not end a block at PLACE of OBJECT, and what does. Rewinds and resets
// free a range.
static void a_block_has_one_end(void)
{
    static const struct {
        reel_event_kind kind;
        const char *how;
        const void *not_of, *of;
        uintptr_t not_from, from;
    } ends[] = {
        { REEL_EVENT_FREE, "freed", OBJECT, OBJECT, PLACE + 8, PLACE },
        { REEL_EVENT_PUT, "freed", OBJECT, OTHER, PLACE + 8, PLACE },
        { REEL_EVENT_REWIND, "rewound", OBJECT, OBJECT, PLACE + 8, PLACE - 8 },
        { REEL_EVENT_RESET, "reset", OBJECT, OBJECT, PLACE + 8, PLACE - 8 },
        { REEL_EVENT_CLOSE, "closed", OTHER, OBJECT, 0, 0 },
        { REEL_EVENT_END, "ended", OTHER, OBJECT, 0, 0 },
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        note(REEL_EVENT_ALLOC, OBJECT, PLACE, SIZE, 0x3000);
        note(REEL_EVENT_RESIZE, OBJECT, PLACE, SIZE, 0x3100);
        note(ends[i].kind, ends[i].not_of, ends[i].not_from, SIZE, 0x3200);
        note(ends[i].kind, ends[i].of, ends[i].from, SIZE, 0x3300);
        note(ends[i].kind, ends[i].of, ends[i].from, SIZE, 0x3400);
        EXPECT(explains(PLACE));
        EXPECT(is_said("reel: 0x2000 is byte 0 of a block of 32 bytes, of the "
                       "heap at 0x1000\n    allocated in 0x3000\n"
                       "    %s in 0x3300\n",
                       ends[i].how));
    }
    tap_result("a block has the first end of its own", NULL);
}

static void a_block_is_of_a_module_and_a_name(void)
{
    static const struct {
        uintptr_t module;
        const char *text;
    } modules[] = {
        { 0, "object" },
        { REEL_EVENT_OF_ARENA, "arena" },
        { REEL_EVENT_OF_BLOCKS, "block pool" },
        { REEL_EVENT_OF_SPAN, "span" },
        { REEL_EVENT_OF_SPAN + 1, "object" }, // of a port's own
        { 255, "object" },
    };
    static reel_named name;
    EXPECT_EQUAL(reel_set_name(&name, OTHER, "messages"), REEL_OK);
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        reel_history_note(REEL_EVENT_WHAT(REEL_EVENT_ALLOC, modules[i].module),
                          OTHER, PLACE, SIZE, 0x3002);
        EXPECT(explains(PLACE));
        EXPECT(is_said("reel: 0x2000 is byte 0 of a block of 32 bytes, of the "
                       "%s messages at 0x1100\n    allocated in 0x3000\n",
                       modules[i].text));
    }
    tap_result("a block is of a module's object, which may have a name", NULL);
}

static void pass_the_time(unsigned events)
{
    while (events-- > 0) {
        note(REEL_EVENT_MARK, OBJECT, PLACE, 0, 0x3400);
    }
}

static void the_newest_events_are_kept(void)
{
    note(REEL_EVENT_ALLOC, OBJECT, PLACE, SIZE, 0x3000);
    pass_the_time(REEL_HISTORY_LENGTH - 1);
    EXPECT(explains(PLACE));
    pass_the_time(1);
    RESULT(knows_nothing_of(PLACE),
           "as many of the newest events are kept as the header says", NULL);
}

static void no_block_ends_before_it_was_allocated(void)
{
    note(REEL_EVENT_FREE, OBJECT, PLACE, SIZE, 0x3000);
    pass_the_time(REEL_HISTORY_LENGTH - 2);
    note(REEL_EVENT_ALLOC, OBJECT, PLACE, SIZE, 0x3100);
    EXPECT(explains(PLACE));
    RESULT(is_said("reel: 0x2000 is byte 0 of a block of 32 bytes, of the "
                   "heap at 0x1000\n    allocated in 0x3100\n"),
           "no block ends before it was allocated", NULL);
}

static void a_long_line_of_a_history_is_cut(void)
{
    answer = long_line;
    note(REEL_EVENT_ALLOC, OBJECT, PLACE, SIZE, (uintptr_t)after - 2);
    EXPECT(explains(PLACE));
    RESULT(has_511_bytes_behind("    allocated in "),
           "of a long line a history has the first 511 bytes", NULL);
}

// ---- the end ----------------------------------------------------------------------------

static void panic(void)
{
    reel_panic(REEL_INVALID, __FILE__, __LINE__);
}

static void accuse(void)
{
#if REEL_CALLERS
    const reel_incident incident = { .why = REEL_INVALID, .caller = after };
    reel_accused(&incident);
#else
    panic();
#endif
}

static bool ends_in_a_trap(void (*what)(void))
{
    int status = 0;
    (void)fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        what();
        _exit(0);
    }
    EXPECT_EQUAL(waitpid(child, &status, 0), child);
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return signal == SIGILL || signal == SIGTRAP || signal == SIGABRT;
}

int main(void)
{
    after = (const char *)(uintptr_t)&main + 8;
    a_line_is_asked_for_by_its_place_in_the_file();
    lines_of_headers_are_passed_over();
    a_line_is_cut_to_its_buffer();
    a_call_without_a_line_has_an_address();
    a_command_is_whole_or_not_given();
    a_report_ends_with_the_line();
    a_long_line_is_cut();
    an_address_is_explained_by_its_block();
    the_newest_block_counts();
    a_block_has_one_end();
    a_block_is_of_a_module_and_a_name();
    the_newest_events_are_kept();
    no_block_ends_before_it_was_allocated();
    a_long_line_of_a_history_is_cut();
    RESULT(reel_port_thread() == 0 && !reel_port_in_interrupt(),
           "without a port no thread has a number, and none is a handler",
           NULL);
    RESULT(ends_in_a_trap(panic),
           "a panic without a hook of the program is a trap", NULL);
    RESULT(ends_in_a_trap(accuse),
           "a broken contract without a hook of the program is a panic", NULL);
    return tap_end() ? 0 : 1;
}
