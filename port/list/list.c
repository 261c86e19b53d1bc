// SPDX-License-Identifier: MIT
#include "list/list.h"

#if REEL_LIST

// GNU ld defines both for a section whose name is an identifier.
extern const reel_listed __start_reel_list[] __attribute__((__weak__));
extern const reel_listed __stop_reel_list[] __attribute__((__weak__));

static const char *name_of(int kind)
{
    static const char names[][11] = { "arena", "temp",       "blocks",  "heap",
                                      "pool",  "rewindable", "registry" };
    return names[kind];
}

static reel_stats stats_of(const reel_listed *listed)
{
    switch (listed->kind) {
    case REEL_LISTED_ARENA:
        return reel_arena_stats(listed->object);
    case REEL_LISTED_TEMP:
        return reel_temp_stats(listed->object);
    case REEL_LISTED_BLOCKS:
        return reel_blocks_stats(listed->object);
    case REEL_LISTED_HEAP:
        return reel_heap_stats(listed->object);
    case REEL_LISTED_POOL:
        return reel_pool_stats(listed->object);
    case REEL_LISTED_REWINDABLE:
        return reel_rewindable_stats(listed->object);
    case REEL_LISTED_REGISTRY:
    default:
        return reel_registry_stats(listed->object);
    }
}

static void put(reel_list_write *write, void *context, const char *what,
                size_t number)
{
    char digits[21];
    char *at = &digits[sizeof digits - 1];
    *at = '\0';
    do {
        *--at = (char)('0' + (int)(number % 10));
        number /= 10;
    } while (number > 0);
    write(context, what);
    write(context, at);
}

static void put_line(reel_list_write *write, void *context,
                     const reel_listed *listed)
{
    const reel_stats stats = stats_of(listed);
    write(context, listed->name);
    write(context, " ");
    write(context, name_of(listed->kind));
    put(write, context, " size=", stats.size);
    put(write, context, " used=", stats.used);
    put(write, context, " peak=", stats.peak);
    put(write, context, " failures=", stats.failures);
    put(write, context, " largest_refused=", stats.largest_refused);
    write(context, "\n");
}

size_t reel_report(reel_list_write *write, void *context)
{
    size_t count = 0;
    for (const reel_listed *listed = __start_reel_list;
         listed < __stop_reel_list; listed++) {
        put_line(write, context, listed);
        count++;
    }
    return count;
}

#else

size_t reel_report(reel_list_write *write, void *context)
{
    (void)write, (void)context;
    return 0;
}

#endif
