// SPDX-License-Identifier: MIT
// What a frame of containers takes, by memory resource: time, and the memory
// that it reaches. And an edit of a map that stays. One line a resource:
//
//     name|us of a frame|bytes of a frame|ns of an edit

#include "cxx/reel.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <map>
#include <unordered_map>
#include <vector>

namespace
{

constexpr int FRAMES = 10; // of a round; the fastest round counts
constexpr int ROUNDS = 200;
constexpr int KEYS = 1000;
constexpr int LIVE = 200; // of the keys, in a frame
constexpr int EDITS = 5000;
constexpr std::size_t BYTES = 1 << 18;

alignas(64) unsigned char memory[BYTES];

double now_ns()
{
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<double>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

int frame_of(std::pmr::memory_resource &from)
{
    std::pmr::vector<int> numbers(&from);
    std::pmr::map<int, int> names(&from);
    std::pmr::list<int> queue(&from);
    std::pmr::unordered_map<int, int> squares(&from);
    for (int i = 0; i < KEYS; i++) {
        numbers.push_back(i);
        names.emplace(i * 7919 % KEYS, i);
        queue.push_back(i);
        squares[i] = i * i;
        if (i >= LIVE) { // as much comes as goes
            queue.pop_front();
            names.erase(names.begin());
            squares.erase(i - LIVE);
        }
    }
    return numbers.back() + names.begin()->second + queue.front()
           + squares[KEYS - 1];
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
            kept = frame_of(whole.get());
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
    kept = frame_of(whole.get());
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

// ---- contestants ------------------------------------------------------------

struct with_new {
    std::pmr::memory_resource &get()
    {
        return *std::pmr::new_delete_resource();
    }
};

struct with_monotonic {
    std::pmr::monotonic_buffer_resource self{
        memory, BYTES, std::pmr::null_memory_resource()
    };
    std::pmr::memory_resource &get()
    {
        return self;
    }
};

struct with_pools {
    std::pmr::monotonic_buffer_resource under{
        memory, BYTES, std::pmr::null_memory_resource()
    };
    std::pmr::unsynchronized_pool_resource self{ &under };
    std::pmr::memory_resource &get()
    {
        return self;
    }
};

void require(reel_status status)
{
    if (status != REEL_OK) {
        std::abort();
    }
}

struct an_arena {
    reel_arena owner;
    an_arena()
    {
        require(reel_arena_init(&owner, memory, BYTES));
    }
};

struct a_heap {
    reel_heap owner;
    a_heap()
    {
        require(reel_heap_init(&owner, memory, BYTES));
    }
};

struct a_region : an_arena {
    reel_pool pool;
    reel_pool_chunk chunks[3];
    reel_region region;
    a_region()
    {
        require(reel_pool_init(&pool, reel_arena_allocator(&owner), chunks, 3,
                               4096, 65536));
        require(reel_region_open(&region, &pool));
    }
    ~a_region()
    {
        require(reel_region_close(&region));
        require(reel_pool_dispose(&pool));
    }
};

struct with_arena : an_arena {
    reel::arena_resource self{ owner };
    std::pmr::memory_resource &get()
    {
        return self;
    }
};

struct with_region : a_region {
    reel::region_resource self{ region };
    std::pmr::memory_resource &get()
    {
        return self;
    }
};

struct with_heap : a_heap {
    reel::heap_resource self{ owner };
    std::pmr::memory_resource &get()
    {
        return self;
    }
};

// The table of the cache stays, as it would in a program.
reel_heap_slot slots[8];

struct with_cache : a_heap {
    reel_heap_cache cache;
    reel::heap_cache_resource self{ cache };
    with_cache()
    {
        require(reel_heap_cache_init(&cache, &owner, slots, 8));
    }
    std::pmr::memory_resource &get()
    {
        return self;
    }
};

struct with_any : an_arena {
    reel::resource self{ reel_arena_allocator(&owner) };
    std::pmr::memory_resource &get()
    {
        return self;
    }
};

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
