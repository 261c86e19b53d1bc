// SPDX-License-Identifier: MIT
// Static instances wherever C++ has objects: in namespaces, functions, inline
// functions and templates.

#include "always.h"

extern "C" { // as C++ projects include headers of C
#include "reel/reel.h"
}

namespace app
{
REEL_ARENA_DEFINE(scratch, 256);
REEL_BLOCKS_DEFINE(blocks, 16, 8);
REEL_REGISTRY_DEFINE(registry, 4);
REEL_HEAP_DEFINE(heap, 256);
REEL_POOL_DEFINE(pool, 64, 5);
REEL_REWINDABLE_DEFINE(rewindable, 256);
REEL_ALWAYS_DEFINE(plain, 64, SIZE_MAX);
REEL_TEMP_DEFINE(temp, 256, 64, plain, 64);
} // namespace app

inline void *in_an_inline_function(size_t size)
{
    REEL_ARENA_DEFINE(local, 64);
    REEL_BLOCKS_DEFINE(local_blocks, 16, 8);
    REEL_POOL_DEFINE(local_pool, 64, 2);
    REEL_REWINDABLE_DEFINE(local_rewindable, 64);
    return size > 99  ? reel_pool_claim(&local_pool)
           : size > 9 ? reel_rewindable_alloc(&local_rewindable, size, 1)
           : size > 8 ? reel_arena_alloc(&local, size, 1)
                      : reel_blocks_alloc(&local_blocks);
}

static void *in_a_function(size_t size)
{
    REEL_ARENA_DEFINE(local, 64);
    return reel_arena_alloc(&local, size, 1);
}

template <class T> T *in_a_template(size_t count)
{
    REEL_ARENA_DEFINE(local, 64);
    return count > 1 ? REEL_NEW_ARRAY(&local, T, count) : REEL_NEW(&local, T);
}

static bool in_scopes()
{
    bool done = false;
    // clang-format off
    REEL_SCOPE(&app::scratch) { REEL_SCOPE(&app::scratch) { done = REEL_NEW(&app::scratch, int) != nullptr; } }
    // clang-format on
    return done;
}

int main()
{
    const bool all =
        in_an_inline_function(3) != nullptr
        && in_an_inline_function(10) != nullptr
        && in_an_inline_function(100) != nullptr
        && reel_pool_claim(&app::pool) != nullptr
        && reel_rewindable_alloc(&app::rewindable, 256, 1) != nullptr
        && in_a_function(4) != nullptr && in_a_template<int>(2) != nullptr
        && in_scopes() && reel_blocks_alloc(&app::blocks) != nullptr
        && reel_temp_alloc(&app::temp, 1, 1) != nullptr
        && reel_heap_alloc(&app::heap, 1, 1) != nullptr
        && reel_registry_count(&app::registry) == 0;
    return all ? 0 : 1;
}
