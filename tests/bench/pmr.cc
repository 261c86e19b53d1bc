// SPDX-License-Identifier: MIT
// The standard library's memory resources. A monotonic one works on a buffer that
// is large enough, or on mmap (growth).

#include "loops.h"

#include <sys/mman.h>

#include <memory_resource>

namespace
{

enum { ALIGN = 8 };

template <size_t Size> class stack
{
    void *const memory = touched_memory(Size);
    std::pmr::monotonic_buffer_resource blocks{ memory, Size };

  public:
    ~stack()
    {
        blocks.release();
        give_memory_back(memory, Size);
    }
    void *take(size_t size)
    {
        return blocks.allocate(size, ALIGN);
    }
    void reset()
    {
        blocks.release();
    }
    size_t resident() const
    {
        return 0;
    }
};

// Memory fresh from the system, and nothing kept of it.
class fresh_memory : public std::pmr::memory_resource
{
    void *do_allocate(size_t size, size_t) override
    {
        void *const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        require(memory != MAP_FAILED);
        return memory;
    }
    void do_deallocate(void *memory, size_t size, size_t) override
    {
        munmap(memory, size);
    }
    bool do_is_equal(const memory_resource &other) const noexcept override
    {
        return this == &other;
    }
};

class growing_stack
{
    fresh_memory system;
    std::pmr::monotonic_buffer_resource blocks{ 64 << 10, &system };

  public:
    void *take(size_t size)
    {
        return blocks.allocate(size, ALIGN);
    }
};

template <class Resource> struct pool {
    Resource blocks;

    struct owner {
        Resource *const blocks;

        explicit owner(pool &pool) : blocks(&pool.blocks)
        {
        }
        void *take()
        {
            return blocks->allocate(POOL_BLOCK, ALIGN);
        }
        void give(void *block)
        {
            blocks->deallocate(block, POOL_BLOCK, ALIGN);
        }
    };
};

typedef stack<256 << 10> small_stack;
typedef stack<160 << 20> large_stack;
typedef pool<std::pmr::unsynchronized_pool_resource> one_owner;
typedef pool<std::pmr::synchronized_pool_resource> any_thread;

} // namespace

const entry pmr_entries[] = {
    { "bump mixed", "pmr", make<bump<small_stack, mixed, 1000>> },
    { "bump 16", "pmr", make<bump<small_stack, fixed<16>, 1000>> },
    { "bump cold 16", "pmr", make<bump<large_stack, fixed<16>, 1000000>> },
    { "bump cold mixed", "pmr", make<bump<large_stack, mixed, 1000000>> },
    { "frames", "pmr", make<frames<large_stack>> },
    { "growth", "pmr", make<growth<growing_stack>> },
    { "growth huge", "pmr", make<growth<growing_stack>> },
    { "pair owner", "pmr", make<pairs<one_owner>> },
    { "pair cached", "pmr", make<pairs<any_thread>> },
    {},
};
