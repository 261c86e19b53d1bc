// SPDX-License-Identifier: MIT
#include "host/history.h"

#include <stdio.h>

#include "host/report.h"

typedef struct record {
    uintptr_t what;
    uintptr_t object;
    uintptr_t place;
    size_t size;
    uintptr_t caller;
} record;

static record records[REEL_HISTORY_LENGTH];
static uintptr_t count; // of all that were ever noted

void reel_history_note(uintptr_t what, const void *object, uintptr_t place,
                       size_t size, uintptr_t caller)
{
    const uintptr_t i = __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
    record *const at = &records[i % REEL_HISTORY_LENGTH];
    at->what = what;
    at->object = (uintptr_t)object;
    at->place = place;
    at->size = size;
    at->caller = caller;
}

static const record *number(uintptr_t i)
{
    return &records[i % REEL_HISTORY_LENGTH];
}

static bool covers(const record *event, uintptr_t address)
{
    return address - event->place < event->size;
}

static bool is_allocation(const record *event)
{
    const uintptr_t kind = REEL_EVENT_KIND_OF(event->what);
    return kind == REEL_EVENT_ALLOC || kind == REEL_EVENT_TAKE;
}

// A page that a region or a temp uses, or a chunk, is no block of the program's: blocks
// in it are newer.
static bool find_block(uintptr_t address, uintptr_t end, uintptr_t *found)
{
    const uintptr_t kept =
        end < REEL_HISTORY_LENGTH ? end : REEL_HISTORY_LENGTH;
    for (uintptr_t i = end; i-- > end - kept;) {
        if (is_allocation(number(i)) && covers(number(i), address)) {
            *found = i;
            return true;
        }
    }
    return false;
}

// How an event ends a block; NULL: it does not.
static const char *how_it_ends(const record *event, const record *block)
{
    switch (REEL_EVENT_KIND_OF(event->what)) {
    case REEL_EVENT_FREE:
    case REEL_EVENT_PUT:
        return event->place == block->place ? "freed" : NULL;
    case REEL_EVENT_REWIND:
        return covers(event, block->place) ? "rewound" : NULL;
    case REEL_EVENT_RESET:
        return covers(event, block->place) ? "reset" : NULL;
    case REEL_EVENT_CLOSE:
        return event->object == block->object ? "closed" : NULL;
    case REEL_EVENT_END:
        return event->object == block->object ? "ended" : NULL;
    default:
        return NULL;
    }
}

static void say_where(const char *what, const record *event)
{
    char line[512];
    (void)reel_host_line((const void *)event->caller, line, sizeof line);
    (void)fprintf(stderr, "    %s in %s\n", what, line);
}

bool reel_history_explain(const void *address)
{
    static const char *const names[] = { "object",     "arena",      "temp",
                                         "block pool", "heap",       "pool",
                                         "region",     "rewindable", "span" };
    const uintptr_t end = __atomic_load_n(&count, __ATOMIC_RELAXED);
    uintptr_t i;
    if (!find_block((uintptr_t)address, end, &i)) {
        return false;
    }
    const record *const block = number(i);
    const uintptr_t module = REEL_EVENT_MODULE_OF(block->what);
    const char *const name = reel_name_of((const void *)block->object);
    (void)fprintf(
        stderr,
        "reel: %p is byte %zu of a block of %zu bytes, of the %s%s%s at "
        "%#zx\n",
        address, (size_t)address - block->place, block->size,
        names[module < sizeof names / sizeof *names ? module : 0],
        name != NULL ? " " : "", name != NULL ? name : "",
        (size_t)block->object);
    say_where("allocated", block);
    while (++i < end) {
        const char *const how = how_it_ends(number(i), block);
        if (how != NULL) {
            say_where(how, number(i));
            break;
        }
    }
    return true;
}

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif

#ifdef HAS_ASAN

void *__asan_get_report_address(void);

// AddressSanitizer calls this ahead of its report.
void __asan_on_error(void);
void __asan_on_error(void)
{
    (void)reel_history_explain(__asan_get_report_address());
}

#endif
