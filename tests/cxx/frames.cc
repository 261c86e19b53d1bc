// SPDX-License-Identifier: MIT
// What a frame of containers takes, by memory resource: time, and the memory
// that it reaches. And an edit of a map that stays. One line a resource:
//
//     name|us of a frame|bytes of a frame|ns of an edit

#include "frame.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace
{

constexpr int FRAMES = 10; // of a round; the fastest round counts
constexpr int ROUNDS = 200;
constexpr int KEYS = 1000;
constexpr int LIVE = 200; // of the keys, in a frame
constexpr int EDITS = 5000;

double now_ns()
{
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<double>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

volatile int kept;

// A resource, made of `memory` for each frame or for each map.
template <class Resource> double time_of_frames()
{
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        const double start = now_ns();
        for (int i = 0; i < FRAMES; i++) {
            Resource whole;
            kept = frame_of(whole.get(), KEYS, LIVE);
        }
        best = std::min(best, now_ns() - start);
    }
    return best / FRAMES / 1000;
}

template <class Resource> double time_of_edits()
{
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        Resource whole;
        std::pmr::map<unsigned, int> names(&whole.get());
        unsigned seed = 1;
        const double start = now_ns();
        for (int i = 0; i < EDITS; i++) {
            seed = seed * 1664525u + 1013904223u;
            const unsigned key = (seed >> 8) % KEYS;
            if (!names.erase(key)) {
                names.emplace(key, i);
            }
        }
        best = std::min(best, now_ns() - start);
    }
    return best / EDITS;
}

// How much of `memory` was written to.
std::size_t reached()
{
    std::size_t end = BYTES;
    while (end > 0 && memory[end - 1] == 0xA5) {
        end--;
    }
    return end;
}

template <class Resource> std::size_t bytes_of_frame()
{
    std::fill(memory, memory + BYTES, static_cast<unsigned char>(0xA5));
    Resource whole;
    kept = frame_of(whole.get(), KEYS, LIVE);
    return reached();
}

template <class Resource>
void measure(const char *name, bool has_buffer, bool has_edits)
{
    const double edit = has_edits ? time_of_edits<Resource>() : 0;
    const double frame = time_of_frames<Resource>();
    const std::size_t bytes = has_buffer ? bytes_of_frame<Resource>() : 0;
    std::printf("%s|%.1f|%zu|%.1f\n", name, frame, bytes, edit);
}

} // namespace

int main()
{
    measure<with_new>("new and delete", false, true);
    measure<with_monotonic>("pmr monotonic", true, false);
    measure<with_pools>("pmr unsynchronized pool", true, true);
    measure<with_any>("reel::resource of an arena", true, false);
    measure<with_arena>("reel::arena_resource", true, false);
    measure<with_region>("reel::region_resource", true, false);
    measure<with_heap>("reel::heap_resource", true, true);
    measure<with_cache>("reel::heap_cache_resource", true, true);
    return 0;
}
