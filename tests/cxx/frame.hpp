// SPDX-License-Identifier: MIT
// A frame of containers, and the memory resources that are measured with it.

#ifndef FRAME_HPP
#define FRAME_HPP

#include "cxx/reel.hpp"

#include <cstdlib>
#include <list>
#include <map>
#include <unordered_map>
#include <vector>

constexpr std::size_t BYTES = 1 << 18;

alignas(64) inline unsigned char memory[BYTES];

// So many numbers in a vector, and the last `live` of them in a map, a list and an
// unordered_map.
inline int frame_of(std::pmr::memory_resource &from, int keys, int live)
{
    std::pmr::vector<int> numbers(&from);
    std::pmr::map<int, int> names(&from);
    std::pmr::list<int> queue(&from);
    std::pmr::unordered_map<int, int> squares(&from);
    for (int i = 0; i < keys; i++) {
        numbers.push_back(i);
        names.emplace(i * 7919 % keys, i);
        queue.push_back(i);
        squares[i] = i * i;
        if (i >= live) { // as much comes as goes
            queue.pop_front();
            names.erase(names.begin());
            squares.erase(i - live);
        }
    }
    return numbers.back() + names.begin()->second + queue.front()
           + squares[keys - 1];
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

inline void require(reel_status status)
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
inline reel_heap_slot slots[8];

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

#endif
