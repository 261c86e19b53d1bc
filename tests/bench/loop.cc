// SPDX-License-Identifier: MIT
// No allocator at all: the same few blocks again and again. What this takes, the
// loop takes; where much is filled, a bare pointer that moves on. And the plainest that
// two threads can share: a buffer behind a mutex.

#include "loops.h"

#include <mutex>

namespace
{

class stack
{
    char memory[8 << 10];

  public:
    typedef size_t mark_type;

    void *take(size_t)
    {
        return memory;
    }
    size_t mark()
    {
        return 0;
    }
    void rewind(size_t)
    {
    }
    void reset()
    {
    }
};

class pointer
{
    enum { SIZE = 160 << 20 };
    char *const memory = static_cast<char *>(touched_memory(SIZE));
    char *next = memory;

  public:
    ~pointer()
    {
        give_memory_back(memory, SIZE);
    }
    void *take(size_t size)
    {
        char *const block = next;
        next += (size + 7) / 8 * 8;
        return block;
    }
    void reset()
    {
        next = memory;
    }
};

class text
{
    char memory[128 << 10];

  public:
    char *grow(size_t, size_t)
    {
        return memory;
    }
    void drop()
    {
    }
};

struct pool {
    char memory[POOL_BLOCK];

    struct owner {
        pool *const blocks;

        explicit owner(pool &pool) : blocks(&pool)
        {
        }
        void *take()
        {
            return blocks->memory;
        }
        void give(void *)
        {
        }
    };
};

class behind_mutex
{
    enum { SIZE = 8 << 20 };
    char *const memory = static_cast<char *>(touched_memory(SIZE));
    alignas(128) std::mutex mutex;
    size_t used = 0;

  public:
    ~behind_mutex()
    {
        give_memory_back(memory, SIZE);
    }
    void reset()
    {
        used = 0;
    }

    struct owner {
        behind_mutex *const all;

        explicit owner(behind_mutex &stack) : all(&stack)
        {
        }
        void *take(size_t size)
        {
            const std::lock_guard<std::mutex> guard(all->mutex);
            void *const block = all->memory + all->used;
            all->used += (size + 7) / 8 * 8;
            return block;
        }
        void close()
        {
        }
    };
};

// It would not pass for an allocator.
template <class Entrant> struct unchecked : Entrant {
    bool check() override
    {
        return true;
    }
};

} // namespace

const entry loop_entries[] = {
    { "bump mixed", "loop", make<unchecked<bump<stack, mixed, 1000>>> },
    { "bump 16", "loop", make<unchecked<bump<stack, fixed<16>, 1000>>> },
    { "bump cold 16", "loop",
      make<unchecked<bump<pointer, fixed<16>, 1000000>>> },
    { "bump cold mixed", "loop",
      make<unchecked<bump<pointer, mixed, 1000000>>> },
    { "nested scopes", "loop", make<unchecked<nested_scopes<stack>>> },
    { "small scope", "loop", make<unchecked<small_scope<stack>>> },
    { "append", "loop", make<unchecked<append<text, copying>>> },
    { "append bare", "loop", make<unchecked<append<text, touching>>> },
    { "pair owner", "loop", make<unchecked<pairs<pool>>> },
    { "pair cached", "loop", make<unchecked<pairs<pool>>> },
    { "pair plain", "loop", make<unchecked<pairs<pool>>> },
    { "shared stack", "mutex", make<shared_stack<behind_mutex>> },
    {},
};
