// SPDX-License-Identifier: MIT
/// zstd in an arena: ZSTD_createCCtx_advanced(reel_zstd(&arena)) and the like,
/// which return NULL if there is no room. A context keeps its memory until it
/// is freed; a scope of the arena gives that back.

#ifndef REEL_PORT_LIBRARIES_ZSTD_H
#define REEL_PORT_LIBRARIES_ZSTD_H

#ifndef ZSTD_STATIC_LINKING_ONLY
#define ZSTD_STATIC_LINKING_ONLY
#endif
#include <zstd.h>

#include "reel/arena.h"

static inline void *reel_zstd_alloc(void *arena, size_t size)
{
    return reel_arena_alloc((reel_arena *)arena, size, 0);
}

static inline void reel_zstd_keep(void *arena, void *block)
{
    (void)arena, (void)block;
}

static inline ZSTD_customMem reel_zstd(reel_arena *arena)
{
    const ZSTD_customMem memory = { reel_zstd_alloc, reel_zstd_keep, arena };
    return memory;
}

#endif
