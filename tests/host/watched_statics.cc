// SPDX-License-Identifier: MIT
// The same in C++, with what only C++ has.

#include "reel/reel.h"

inline void *in_an_inline_function()
{
    REEL_ARENA_DEFINE(local, 64);
    return reel_arena_alloc(&local, 24, 8);
}

template <typename type> type *in_a_template()
{
    REEL_HEAP_DEFINE(local, 64);
    return static_cast<type *>(reel_heap_alloc(&local, sizeof(type), 8));
}

static bool works()
{
    REEL_BLOCKS_DEFINE(local, sizeof(int), 4);
    return in_an_inline_function() != nullptr
           && in_a_template<double>() != nullptr
           && reel_blocks_alloc(&local) != nullptr;
}

static const bool is_early = works(); // ahead of main()

#include "watched_statics.c"
