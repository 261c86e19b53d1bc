// SPDX-License-Identifier: MIT
// liburcu's lock-free stack as a free list: pushing is lock-free, popping takes the
// stack's own mutex.

#include "loops.h"

#include <urcu/lfstack.h>

namespace
{

// What C converts by itself.
cds_lfs_stack_ptr_t as_pointer(cds_lfs_stack *stack)
{
    cds_lfs_stack_ptr_t pointer;
    pointer.s = stack;
    return pointer;
}

struct lock_free {
    struct block {
        cds_lfs_node node;
        char rest[POOL_BLOCK - sizeof(cds_lfs_node)];
    };
    alignas(64) block memory[POOL_BLOCKS];
    alignas(128) cds_lfs_stack blocks;

    lock_free()
    {
        cds_lfs_init(&blocks);
        for (block &one : memory) {
            cds_lfs_push(as_pointer(&blocks), &one.node);
        }
    }

    struct owner {
        cds_lfs_stack *const blocks;

        explicit owner(lock_free &pool) : blocks(&pool.blocks)
        {
        }
        void *take()
        {
            return cds_lfs_pop_blocking(blocks);
        }
        void give(void *block)
        {
            cds_lfs_push(as_pointer(blocks),
                         static_cast<cds_lfs_node *>(block));
        }
    };
};

} // namespace

const entry urcu_entries[] = {
    { "pair plain", "urcu", make<pairs<lock_free>> },
    { "two threads", "urcu", make<two_threads<lock_free>> },
    { "handover", "urcu", make<handover<lock_free>> },
    {},
};
