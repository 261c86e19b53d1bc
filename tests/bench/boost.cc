// SPDX-License-Identifier: MIT
// Boost.Pool for one owner, and Boost.Lockfree's stack of pointers as a free list.

#include "loops.h"

#include <boost/lockfree/stack.hpp>
#include <boost/pool/pool.hpp>

namespace
{

struct one_owner {
    boost::pool<> blocks{ POOL_BLOCK };

    struct owner {
        boost::pool<> *const blocks;

        explicit owner(one_owner &pool) : blocks(&pool.blocks)
        {
        }
        void *take()
        {
            return blocks->malloc();
        }
        void give(void *block)
        {
            blocks->free(block);
        }
    };
};

class lock_free
{
    alignas(64) char memory[POOL_BLOCKS][POOL_BLOCK];

  public:
    typedef boost::lockfree::stack<void *,
                                   boost::lockfree::capacity<POOL_BLOCKS>>
        list;
    alignas(128) list blocks;

    lock_free()
    {
        for (char(&block)[POOL_BLOCK] : memory) {
            require(blocks.push(block));
        }
    }

    struct owner {
        list *const blocks;

        explicit owner(lock_free &pool) : blocks(&pool.blocks)
        {
        }
        void *take()
        {
            void *block = nullptr;
            blocks->pop(block);
            return block;
        }
        void give(void *block)
        {
            blocks->push(block);
        }
    };
};

} // namespace

const entry boost_entries[] = {
    { "pair owner", "boost", make<pairs<one_owner>> },
    { "pair plain", "boost", make<pairs<lock_free>> },
    { "two threads", "boost", make<two_threads<lock_free>> },
    { "handover", "boost", make<handover<lock_free>> },
    {},
};
