// SPDX-License-Identifier: MIT
/// bzip2 in an arena. It frees in the end only, so a scope of the arena gives
/// back what it leaves.

#ifndef REEL_PORT_LIBRARIES_BZIP2_H
#define REEL_PORT_LIBRARIES_BZIP2_H

#include <bzlib.h>

#include "reel/arena.h"

static inline void *reel_bzip2_alloc(void *arena, int count, int size)
{
    return reel_arena_alloc((reel_arena *)arena,
                            reel_array_size((size_t)count, (size_t)size), 0);
}

static inline void reel_bzip2_keep(void *arena, void *block)
{
    (void)arena, (void)block;
}

/// Have a stream allocate in an arena. Call it ahead of BZ2_bzCompressInit() or
/// BZ2_bzDecompressInit(), which say BZ_MEM_ERROR if there is no room.
static inline void reel_bzip2_use(bz_stream *stream, reel_arena *arena)
{
    stream->bzalloc = reel_bzip2_alloc;
    stream->bzfree = reel_bzip2_keep;
    stream->opaque = arena;
}

#endif
