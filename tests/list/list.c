// SPDX-License-Identifier: MIT
// Static instances of each kind are on the list, once, with their statistics.

#include "list/list.h"

#include "always.h"
#include "tap.h"

#define PAGE 64u

REEL_ARENA_DEFINE(scratch, 256);
REEL_BLOCKS_DEFINE(packets, 24, 4);
REEL_HEAP_DEFINE(messages, 512);
REEL_POOL_DEFINE(cards, PAGE, 4);
REEL_REWINDABLE_DEFINE(letters, 256);
REEL_REGISTRY_DEFINE(lifetimes, 3);
REEL_ALWAYS_DEFINE(plain, PAGE, SIZE_MAX);
REEL_TEMP_DEFINE(frame, 4 * PAGE, PAGE, plain, PAGE);

int main(void);

#ifndef __unix__
#include "semihost.h"

void test_write(const char *line)
{
    semihost_write(line);
}
#endif

static char text[1024];
static size_t length;

static void keep(void *context, const char *more)
{
    EXPECT(context == &length);
    while (*more != '\0' && length < sizeof text - 1) {
        text[length++] = *more++;
    }
}

static bool begins(const char *at, const char *wanted)
{
    while (*wanted != '\0' && *at == *wanted) {
        at++, wanted++;
    }
    return *wanted == '\0';
}

static size_t times(const char *wanted)
{
    size_t count = 0;
    for (const char *at = text; *at != '\0'; at++) {
        count += (at == text || at[-1] == '\n') && begins(at, wanted);
    }
    return count;
}

int main(void)
{
    (void)reel_arena_alloc(&scratch, 100, 4);
    (void)reel_arena_alloc(&scratch, 1000, 4);
    (void)reel_blocks_free(&packets, reel_blocks_alloc(&packets));
    (void)reel_heap_alloc(&messages, 32, 0);
    (void)reel_pool_claim(&cards);
    (void)reel_rewindable_alloc(&letters, 64, 0);
    (void)reel_temp_alloc(&frame, 48, 0);
    EXPECT(reel_registry_stats(&lifetimes).used == 0);
    const size_t count = reel_report(keep, &length);
    EXPECT_EQUAL(count, REEL_LIST ? 7 : 0);
    EXPECT_EQUAL(length > 0, REEL_LIST);
    static const char *const lines[] = {
        "scratch arena size=256 used=100 peak=100 failures=1 largest_refused=1000\n",
        "packets blocks size=96 used=0 peak=24 failures=0 largest_refused=0\n",
        "messages heap size=512 used=32 peak=32 failures=0 ",
        "cards pool size=256 used=64 peak=64 failures=0 ",
        "letters rewindable size=256 used=64 peak=64 failures=0 ",
        "frame temp size=256 used=48 peak=48 failures=0 ",
        "lifetimes registry size=",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        EXPECT_EQUAL(times(lines[i]), REEL_LIST);
    }
    tap_result("static instances are on the list, if the build has one", NULL);
    return tap_end() ? 0 : 1;
}
