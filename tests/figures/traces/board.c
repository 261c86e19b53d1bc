// SPDX-License-Identifier: MIT
// Counts the instructions of each call while a recorded trace is served, for every
// contestant in the image. The command line names the packed trace. It is replayed
// twice: what the first time touches memory that was never used is new to the map, and
// what the second time is not. So "new" is the worst of the first and all else is of
// the second. Prints one line a figure, as workloads.c does.

#include "clock/clock.h"
#include "contestant.h"
#include "semihost.h"
#include "traces.h"

int main(void);

#define AT_ONCE 64u // events that are read
#ifndef TRACE_SLOTS
#define TRACE_SLOTS 6000u
#endif

typedef struct tally {
    uint32_t calls;
    uint32_t sum; // instructions
    uint32_t worst;
} tally;

static uintptr_t blocks[TRACE_SLOTS];
static tally tallies[4]; // by kind of event
static char line[256];
static const char *path;

static void must(bool fact, const char *text)
{
    if (!fact) {
        semihost_write(text);
        semihost_exit(1);
    }
}

// A few words at both ends are written, as a program would: free blocks are found as
// the program left them.
static void use(uintptr_t block, uint32_t size)
{
    unsigned char *const at = (unsigned char *)block;
    for (uint32_t i = 0; i < size && i < 32; i++) {
        at[i] = 0x5A;
        at[size - 1 - i] = 0xA5;
    }
}

static void count(uint32_t kind, clock_call *call)
{
    const uint32_t count = clock_count(call);
    tally *const to = &tallies[kind];
    to->calls++;
    to->sum += count;
    to->worst = count > to->worst ? count : to->worst;
}

static clock_call call_of(const contestant *who, const trace_event *event)
{
    const uint32_t kind = trace_kind(event);
    const uintptr_t block = blocks[trace_slot(event)];
    const uintptr_t align = trace_align(event);
    clock_call call = { { who->object, event->size, align }, who->allocate, 0 };
    if (kind == TRACE_REALLOC) {
        call.arguments[1] = block;
        call.arguments[2] = event->size;
        call.arguments[3] = align;
        call.function = who->reallocate;
    } else if (kind == TRACE_FREE) {
        call.arguments[1] = block;
        call.function = who->free;
    }
    if (who->object == 0) {
        call.arguments[0] = call.arguments[1];
        call.arguments[1] = call.arguments[2];
    }
    return call;
}

static void serve(const contestant *who, const trace_event *event)
{
    const uint32_t kind = trace_kind(event);
    clock_call call = call_of(who, event);
    count(kind == TRACE_ZEROED ? TRACE_ALLOC : kind, &call);
    if (kind == TRACE_FREE) {
        must(who->object == 0 || call.result == REEL_OK, "Bail out! free\n");
        blocks[trace_slot(event)] = 0;
        return;
    }
    must(call.result != 0, "Bail out! no room\n");
    blocks[trace_slot(event)] = call.result;
    use(call.result, event->size);
}

static void replay(const contestant *who)
{
    static trace_event events[AT_ONCE];
    trace_header header;
    const int file = semihost_open(path);
    must(file >= 0
             && semihost_read(file, &header, sizeof header) == sizeof header,
         "Bail out! no trace\n");
    must(header.slots <= TRACE_SLOTS, "Bail out! too many slots\n");
    for (uint32_t left = header.events; left > 0;) {
        const uint32_t some = left < AT_ONCE ? left : AT_ONCE;
        (void)semihost_read(file, events, some * sizeof events[0]);
        for (uint32_t i = 0; i < some; i++) {
            serve(who, &events[i]);
        }
        left -= some;
    }
    semihost_close(file);
}

// What a trace leaves allocated; uncounted.
static void free_the_rest(const contestant *who)
{
    for (uint32_t i = 0; i < TRACE_SLOTS; i++) {
        if (blocks[i] != 0) {
            clock_call call = { { who->object, blocks[i] }, who->free, 0 };
            call.arguments[0] = who->object == 0 ? blocks[i] : who->object;
            (void)clock_count(&call);
            blocks[i] = 0;
        }
    }
}

// ---- what comes out ------------------------------------------------------------

static void print(const contestant *who, const char *call, const char *what,
                  uint32_t number)
{
    semihost_write(who->name);
    semihost_write(call);
    semihost_write(what);
    semihost_write(" ");
    semihost_write_number(number);
    semihost_write("\n");
}

static void print_tally(const contestant *who, const char *call,
                        const tally *of)
{
    if (of->calls > 0) {
        print(who, call, "_mean", (of->sum + of->calls / 2) / of->calls);
        print(who, call, "_worst", of->worst);
    }
}

static void run(const contestant *who)
{
    const tally none = { 0 };
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 0) {
            who->start();
        } else {
            print(who, "_alloc", "_new", tallies[TRACE_ALLOC].worst);
        }
        for (size_t i = 0; i < 4; i++) {
            tallies[i] = none;
        }
        replay(who);
        free_the_rest(who);
    }
    print_tally(who, "_alloc", &tallies[TRACE_ALLOC]);
    print_tally(who, "_free", &tallies[TRACE_FREE]);
    print_tally(who, "_realloc", &tallies[TRACE_REALLOC]);
}

int main(void)
{
    path = semihost_arguments(line, sizeof line);
    must(path != NULL, "Bail out! the command line is too long\n");
    must(*path != '\0', "Bail out! which trace?\n");
    clock_start();
    for (size_t i = 0; i < contestant_count; i++) {
        run(&contestants[i]);
    }
    return 0;
}
