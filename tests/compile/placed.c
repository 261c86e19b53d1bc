// SPDX-License-Identifier: MIT
// Static instances that other files use, and in sections of the application's.

#include "always.h"
#include "reel/reel.h"

extern reel_arena shared_arena;
extern reel_blocks shared_blocks;
extern reel_pool shared_pool;
extern reel_rewindable shared_rewindable;

REEL_ARENA_DEFINE_AT(REEL_EXTERNAL, ".noinit.psram", 64, shared_arena, 1000);
REEL_BLOCKS_DEFINE_AT(REEL_EXTERNAL, ".noinit.dtcm", 32, shared_blocks, 32, 4);
REEL_HEAP_DEFINE_AT(static, ".noinit.psram", heap, 256);
REEL_POOL_DEFINE_AT(REEL_EXTERNAL, ".noinit.psram", 64, shared_pool, 64, 3);
REEL_REWINDABLE_DEFINE_AT(REEL_EXTERNAL, ".noinit.dtcm", 32, shared_rewindable,
                          100);
REEL_REGISTRY_DEFINE_AT(static, ".noinit.dtcm", registry, 4);
REEL_ALWAYS_DEFINE(plain, 64, SIZE_MAX);
REEL_TEMP_DEFINE_AT(static, ".noinit.psram", temp, 256, 64, plain, 64);

int main(void);

int main(void)
{
    void *const block = reel_blocks_alloc(&shared_blocks);
    void *const page = reel_pool_claim(&shared_pool);
    void *const message = reel_rewindable_alloc(&shared_rewindable, 128, 1);
    const bool all = reel_arena_alloc(&shared_arena, 4, 64) != NULL
                     && block != NULL && ((uintptr_t)block & 31) == 0
                     && reel_heap_alloc(&heap, 4, 4) != NULL
                     && reel_registry_count(&registry) == 0 && page != NULL
                     && ((uintptr_t)page & 63) == 0 && message != NULL
                     && ((uintptr_t)message & 31) == 0
                     && reel_temp_alloc(&temp, 4, 4) != NULL;
    return all ? 0 : 1;
}
