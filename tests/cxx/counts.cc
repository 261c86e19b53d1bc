// SPDX-License-Identifier: MIT
// Instructions of a frame of containers on a board, by memory resource. TAP, and a line
// a resource:
//
//     # count NAME|instructions

#include "board.hpp"
#include "frame.hpp"

extern "C" {
#include "clock/clock.h"

void reel_panic(reel_status why, const char *file, int line)
{
    test_write("Bail out! ");
    test_write(reel_status_name(why));
    test_write_place(file, line);
    semihost_exit(1);
}
}

namespace
{

constexpr int KEYS = 40;
constexpr int LIVE = 10;

int frame_in(std::pmr::memory_resource *from)
{
    return frame_of(*from, KEYS, LIVE);
}

template <class Resource> void count(const char *name)
{
    Resource whole;
    clock_call call = { { REEL_ADDRESS(&whole.get()) },
                        REEL_ADDRESS(&frame_in),
                        0 };
    (void)clock_count(&call); // the first frame fills caches
    const uintptr_t result = call.result;
    const uint32_t instructions = clock_count(&call);
    EXPECT(call.result == result);
    test_write("# count ");
    test_write(name);
    test_write("|");
    semihost_write_number(instructions);
    test_write("\n");
}

} // namespace

int main()
{
    run_constructors();
    clock_start();
    count<with_monotonic>("pmr monotonic");
    count<with_pools>("pmr unsynchronized pool");
    count<with_any>("reel::resource of an arena");
    count<with_arena>("reel::arena_resource");
    count<with_region>("reel::region_resource");
    count<with_heap>("reel::heap_resource");
    count<with_cache>("reel::heap_cache_resource");
    clock_stop();
    tap_result("a frame was counted on each resource", nullptr);
    return tap_end() ? 0 : 1;
}
