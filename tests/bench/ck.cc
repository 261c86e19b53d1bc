// SPDX-License-Identifier: MIT
// Concurrency Kit's stack as a free list: any number of contexts push and pop, with
// a double-width compare-and-swap. (Its headers are C: this file is compiled with
// -fpermissive.)

#include "loops.h"

#include <ck_stack.h>

namespace
{

struct lock_free {
    struct block {
        ck_stack_entry_t entry;
        char rest[POOL_BLOCK - sizeof(ck_stack_entry_t)];
    };
    alignas(64) block memory[POOL_BLOCKS];
    alignas(128) ck_stack_t blocks = CK_STACK_INITIALIZER;

    lock_free()
    {
        for (block &one : memory) {
            ck_stack_push_mpmc(&blocks, &one.entry);
        }
    }

    struct owner {
        ck_stack_t *const blocks;

        explicit owner(lock_free &pool) : blocks(&pool.blocks)
        {
        }
        void *take()
        {
            return ck_stack_pop_mpmc(blocks);
        }
        void give(void *block)
        {
            ck_stack_push_mpmc(blocks, static_cast<ck_stack_entry_t *>(block));
        }
    };
};

} // namespace

const entry ck_entries[] = {
    { "pair plain", "ck", make<pairs<lock_free>> },
    { "two threads", "ck", make<two_threads<lock_free>> },
    { "handover", "ck", make<handover<lock_free>> },
    {},
};
