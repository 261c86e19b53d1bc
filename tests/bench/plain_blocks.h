// SPDX-License-Identifier: MIT
// Blocks from one list, without a cache. The core's names differ between the two
// builds of it, so this is compiled into each.

#ifndef PLAIN_BLOCKS_H
#define PLAIN_BLOCKS_H

#include "loops.h"
#include "reel/reel.h"

namespace
{

class block_pool
{
    unsigned char memory[REEL_BLOCKS_SIZE(POOL_BLOCK, POOL_BLOCKS)];

  public:
    alignas(128) reel_blocks blocks;

    block_pool()
    {
        require(reel_blocks_init(&blocks, memory, sizeof memory, POOL_BLOCK,
                                 POOL_BLOCKS)
                == REEL_OK);
    }
};

struct plain_blocks : block_pool {
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

#endif
