// SPDX-License-Identifier: MIT
/// libpng in an arena, zlib's part of it included: one scope for each image.
/// Pass these to png_create_read_struct_2() or png_create_write_struct_2(),
/// with the arena as mem_ptr. If there is no room, libpng calls its error
/// function.

#ifndef REEL_PORT_LIBRARIES_PNG_H
#define REEL_PORT_LIBRARIES_PNG_H

#include <png.h>

#include "reel/arena.h"

static inline png_voidp reel_png_alloc(png_structp png, png_alloc_size_t size)
{
    return reel_arena_alloc((reel_arena *)png_get_mem_ptr(png), size, 0);
}

static inline void reel_png_keep(png_structp png, png_voidp block)
{
    (void)png, (void)block;
}

#endif
