// No allocator at all: the same few blocks again and again. What this takes, the
// loop takes.

#include "loops.h"

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
    { "nested scopes", "loop", make<unchecked<nested_scopes<stack>>> },
    { "small scope", "loop", make<unchecked<small_scope<stack>>> },
    { "append", "loop", make<unchecked<append<text, copying>>> },
    { "append bare", "loop", make<unchecked<append<text, touching>>> },
    { "pair owner", "loop", make<unchecked<pairs<pool>>> },
    { "pair cached", "loop", make<unchecked<pairs<pool>>> },
    { "pair plain", "loop", make<unchecked<pairs<pool>>> },
    {},
};
