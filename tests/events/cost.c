// SPDX-License-Identifier: MIT
// What an event costs on a board, in instructions (clock/clock.h): from its arguments in
// registers to the last word in the ring; without the call and the return that count it.

#include "clock/clock.h"
#include "events/ring.h"
#include "reel/events.h"
#include "semihost.h"

#define MOST 25u

int main(void);
void report(const void *object, uintptr_t place, size_t size);

// With two instructions of its own: the call and the return.
__attribute__((noinline)) void report(const void *object, uintptr_t place,
                                      size_t size)
{
    REEL_REPORT(ALLOC, ARENA, object, place, size);
}

static uint32_t instructions(void)
{
    clock_call call = { { 1, 2, 3, 0 }, (uintptr_t)report, 0 };
    return clock_count(&call) - 2;
}

static void say(const char *text, uint32_t number)
{
    semihost_write(text);
    semihost_write_number(number);
    semihost_write("\n");
}

int main(void)
{
    clock_start();
    const uint32_t written = instructions();
    while (reel_events.next < REEL_EVENTS_CAPACITY) {
        report(NULL, 0, 0);
    }
    const uint32_t dropped = instructions();
    say("# instructions of an event: ", written);
    say("# of one that is dropped: ", dropped);
    semihost_write(written <= MOST ? "ok 1" : "not ok 1");
    say(" - an event takes at most so many instructions: ", MOST);
    semihost_write(reel_events_lost() == 1 && dropped <= 2 * MOST ? "ok 2"
                                                                  : "not ok 2");
    semihost_write(" - one that finds the ring full is dropped and counted\n");
    semihost_write("1..2\n");
    return written <= MOST && reel_events_lost() == 1 ? 0 : 1;
}
