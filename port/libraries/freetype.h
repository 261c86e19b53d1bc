// SPDX-License-Identifier: MIT
/// FreeType on a heap: FT_New_Library() with `struct FT_MemoryRec_ memory =
/// REEL_FREETYPE(&heap)`. If there is no room, calls fail with
/// FT_Err_Out_Of_Memory.

#ifndef REEL_PORT_LIBRARIES_FREETYPE_H
#define REEL_PORT_LIBRARIES_FREETYPE_H

#include <ft2build.h>
#include FT_SYSTEM_H

#include "libraries/free.h"

static inline void *reel_freetype_alloc(FT_Memory memory, long size)
{
    return reel_heap_alloc((reel_heap *)memory->user, (size_t)size, 0);
}

static inline void *reel_freetype_realloc(FT_Memory memory, long old_size,
                                          long new_size, void *block)
{
    (void)old_size;
    return reel_heap_realloc((reel_heap *)memory->user, block, (size_t)new_size,
                             0);
}

static inline void reel_freetype_free(FT_Memory memory, void *block)
{
    reel_library_free((reel_heap *)memory->user, block);
}

#define REEL_FREETYPE(heap)                                                    \
    {                                                                          \
        (heap), reel_freetype_alloc, reel_freetype_free, reel_freetype_realloc \
    }

#endif
