// SPDX-License-Identifier: MIT
// Static instances that other files use, and in sections of the application's.

#include "always.h"
#include "reel/reel.h"

extern reel_arena shared_arena;
extern reel_blocks shared_blocks;

REEL_ARENA_DEFINE_AT(REEL_EXTERNAL, ".noinit.psram", 64, shared_arena, 1000);
REEL_BLOCKS_DEFINE_AT(REEL_EXTERNAL, ".noinit.dtcm", 32, shared_blocks, 32, 4);
REEL_HEAP_DEFINE_AT(static, ".noinit.psram", heap, 256);
REEL_REGISTRY_DEFINE_AT(static, ".noinit.dtcm", registry, 4);
REEL_ALWAYS_DEFINE(plain, 64, SIZE_MAX);
REEL_TEMP_DEFINE_AT(static, ".noinit.psram", temp, 256, 64, plain, 64);

int main(void);

int main(void)
{
    void *const block = reel_blocks_alloc(&shared_blocks);
    const bool all = reel_arena_alloc(&shared_arena, 4, 64) != NULL
                     && block != NULL && ((uintptr_t)block & 31) == 0
                     && reel_heap_alloc(&heap, 4, 4) != NULL
                     && reel_registry_count(&registry) == 0
                     && reel_temp_alloc(&temp, 4, 4) != NULL;
    return all ? 0 : 1;
}
