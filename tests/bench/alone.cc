// reel built for one context that fills much memory (REEL_ATOMICS_NONE and
// REEL_PREFETCH): the core is a second copy, whose names are hidden from the first
// one's.

#include "loops.h"
#include "reel/reel.h"

namespace
{

class plain_blocks
{
    unsigned char memory[REEL_BLOCKS_SIZE(POOL_BLOCK, POOL_BLOCKS)];
    reel_blocks blocks;

  public:
    plain_blocks()
    {
        require(reel_blocks_init(&blocks, memory, sizeof memory, POOL_BLOCK,
                                 POOL_BLOCKS)
                == REEL_OK);
    }

    struct owner {
        reel_blocks *const blocks;

        explicit owner(plain_blocks &pool) : blocks(&pool.blocks)
        {
        }
        void *take()
        {
            return reel_blocks_alloc(blocks);
        }
        void give(void *block)
        {
            reel_blocks_free(blocks, block);
        }
    };
};

class stack
{
    enum { SIZE = 160 << 20, ALIGN = 8 };
    reel_arena blocks;
    void *const memory = touched_memory(SIZE);

  public:
    stack()
    {
        require(reel_arena_init(&blocks, memory, SIZE) == REEL_OK);
    }
    ~stack()
    {
        give_memory_back(memory, SIZE);
    }
    void *take(size_t size)
    {
        return reel_arena_alloc(&blocks, size, ALIGN);
    }
    void reset()
    {
        reel_arena_reset(&blocks);
    }
};

} // namespace

const entry reel_alone_entries[] = {
    { "bump cold 16", "reel", make<bump<stack, fixed<16>, 1000000>> },
    { "bump cold mixed", "reel", make<bump<stack, mixed, 1000000>> },
    { "pair owner", "reel-none", make<pairs<plain_blocks>> },
    {},
};
