// SPDX-License-Identifier: MIT
#include "report.h"

// ---- the last refusal --------------------------------------------------------

// Two contexts that write at once leave a sum that is wrong.
static struct {
    reel_incident report;
    uintptr_t sum;
} volatile last;

static uintptr_t mixed(uintptr_t sum, uintptr_t value)
{
    return (sum << 5 | sum >> (8 * sizeof sum - 5)) ^ value;
}

static uintptr_t sum_of(const reel_incident *report)
{
    uintptr_t sum = 1; // not that of zeros
    sum = mixed(sum, (uintptr_t)(intptr_t)report->why);
    sum = mixed(sum, (uintptr_t)(intptr_t)report->kind);
    sum = mixed(sum, (uintptr_t)report->object);
    sum = mixed(sum, (uintptr_t)report->caller);
    sum = mixed(sum, report->size);
    sum = mixed(sum, report->align);
    sum = mixed(sum, report->available);
    sum = mixed(sum, (uintptr_t)report->backing);
    sum = mixed(sum, (uintptr_t)report->file);
    return mixed(sum, (uintptr_t)(intptr_t)report->line);
}

// Word by word: to copy the whole, a compiler may call memcpy.
static void copy_words(volatile reel_incident *to,
                       const volatile reel_incident *from)
{
    to->why = from->why;
    to->kind = from->kind;
    to->object = from->object;
    to->caller = from->caller;
    to->size = from->size;
    to->align = from->align;
    to->available = from->available;
    to->backing = from->backing;
    to->file = from->file;
    to->line = from->line;
}

void reel_report_keep(const reel_incident *report)
{
    last.sum = 0;
    copy_words(&last.report, report);
    last.sum = sum_of(report);
}

bool reel_last_refused(reel_incident *report)
{
    reel_incident copy;
    const uintptr_t sum = last.sum;
    copy_words(&copy, &last.report);
    if (copy.object == NULL || sum != sum_of(&copy)) {
        return false;
    }
    *report = copy;
    return true;
}

// ---- names -------------------------------------------------------------------

static reel_named *volatile names;

reel_status reel_set_name(reel_named *entry, const void *object,
                          const char *name)
{
    if (entry == NULL || object == NULL || name == NULL) {
        return REEL_INVALID;
    }
    entry->object = object;
    entry->name = name;
    entry->next = names;
    __asm__ volatile("" ::: "memory"); // the entry is complete ahead of this
    names = entry;
    return REEL_OK;
}

const char *reel_name_of(const void *object)
{
    for (const reel_named *at = names; at != NULL; at = at->next) {
        if (at->object == object) {
            return at->name;
        }
    }
    return NULL;
}

const char *reel_kind_name(reel_kind kind)
{
    switch (kind) {
    case REEL_KIND_ARENA:
        return "arena";
    case REEL_KIND_TEMP:
        return "temp";
    case REEL_KIND_BLOCKS:
        return "block pool";
    case REEL_KIND_HEAP:
        return "heap";
    case REEL_KIND_REWINDABLE:
        return "rewindable";
    case REEL_KIND_SPAN:
        return "span";
    case REEL_KIND_POOL:
        return "pool";
    case REEL_KIND_REGION:
        return "region";
    case REEL_KIND_REGISTRY:
        return "registry";
    case REEL_KIND_LOCK:
        return "lock";
    case REEL_KIND_UNKNOWN:
        break;
    }
    return "object";
}

// ---- text --------------------------------------------------------------------

typedef struct sink {
    void (*write)(void *context, const char *text);
    void *context;
} sink;

static void say(const sink *to, const char *text)
{
    to->write(to->context, text);
}

#define DIGITS (3 * sizeof(uintptr_t) + 3) // enough for any number, 0x and 0

// Bases 10 and 16. A division by 10 is the compiler's: this is no hot path.
static void say_number(const sink *to, uintptr_t number, unsigned base)
{
    char text[DIGITS];
    char *at = text + DIGITS;
    *--at = '\0';
    do {
        *--at = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    say(to, base == 16 ? "0x" : "");
    say(to, at);
}

static void say_object(const sink *to, const void *object)
{
    const char *const name = reel_name_of(object);
    if (name != NULL) {
        say(to, " \"");
        say(to, name);
        say(to, "\"");
    }
    say(to, " at ");
    say_number(to, (uintptr_t)object, 16);
}

static void say_request(const sink *to, const reel_incident *report)
{
    say(to, ", ");
    say_number(to, report->size, 10);
    say(to, report->size == 1 ? " byte" : " bytes");
    if (report->align != 0) {
        say(to, " aligned to ");
        say_number(to, report->align, 10);
    }
    say(to, ", ");
    say_number(to, report->available, 10);
    say(to, " left");
}

void reel_report_write(const reel_incident *report,
                       void (*write)(void *context, const char *text),
                       void *context)
{
    const sink to = { write, context };
    say(&to, report->file == NULL ? "refused: " : "broken contract: ");
    say(&to, reel_kind_name((reel_kind)report->kind));
    say_object(&to, report->object);
    if (report->size != 0) {
        say_request(&to, report);
    }
    say(&to, ": ");
    say(&to, reel_status_name((reel_status)report->why));
    if (report->backing != NULL) {
        say(&to, ", after its backing");
        say_object(&to, report->backing);
    }
    if (report->caller != NULL) {
        say(&to, ", called at ");
        say_number(&to, (uintptr_t)report->caller - 2, 16);
    }
    if (report->file != NULL) {
        say(&to, ", found at ");
        say(&to, report->file);
        say(&to, ":");
        say_number(&to, (uintptr_t)report->line, 10);
    }
    say(&to, "\n");
}
