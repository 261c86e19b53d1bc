// SPDX-License-Identifier: MIT
/// zlib in an arena. It frees in the end only, so a scope of the arena gives
/// back what deflateEnd() or inflateEnd() leave.

#ifndef REEL_PORT_LIBRARIES_ZLIB_H
#define REEL_PORT_LIBRARIES_ZLIB_H

#include <zlib.h>

#include "reel/arena.h"

static inline voidpf reel_zlib_alloc(voidpf arena, uInt count, uInt size)
{
    return reel_arena_alloc((reel_arena *)arena, reel_array_size(count, size),
                            0);
}

static inline void reel_zlib_keep(voidpf arena, voidpf block)
{
    (void)arena, (void)block;
}

/// Have a stream allocate in an arena. Call it ahead of deflateInit() or
/// inflateInit(), which say Z_MEM_ERROR if there is no room.
static inline void reel_zlib_use(z_stream *stream, reel_arena *arena)
{
    stream->zalloc = reel_zlib_alloc;
    stream->zfree = reel_zlib_keep;
    stream->opaque = arena;
}

#endif
