// SPDX-License-Identifier: MIT
// reel built for one context (REEL_ATOMICS_NONE): the core is a second copy, whose
// names are hidden from the first one's.

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

} // namespace

const entry reel_alone_entries[] = {
    { "pair owner", "reel-none", make<pairs<plain_blocks>> },
    {},
};
