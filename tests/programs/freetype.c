// SPDX-License-Identifier: MIT
// FreeType loads a font and draws letters of several sizes.

#include "libraries/freetype.h"

#include FT_FREETYPE_H
#include FT_MODULE_H

#include "program.h"

#define FONT "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

static FT_Error draw(FT_Face face, size_t *grey)
{
    for (unsigned size = 10; size <= 40; size += 10) {
        FT_Error error = FT_Set_Pixel_Sizes(face, 0, size);
        for (unsigned long letter = 'A'; error == 0 && letter <= 'z';
             letter++) {
            error = FT_Load_Char(face, letter, FT_LOAD_RENDER);
            if (error == 0) {
                *grey += face->glyph->bitmap.rows;
            }
        }
        if (error != 0) {
            return error;
        }
    }
    return 0;
}

static outcome run(void)
{
    struct FT_MemoryRec_ memory = REEL_FREETYPE(&reel_malloc_heap);
    FT_Library library = NULL;
    FT_Face face = NULL;
    size_t grey = 0;
    FT_Error error = FT_New_Library(&memory, &library);
    if (error == 0) {
        FT_Add_Default_Modules(library);
        error = FT_New_Face(library, FONT, 0, &face);
    }
    if (error == 0) {
        error = draw(face, &grey);
    }
    FT_Done_Face(face);
    FT_Done_Library(library);
    if (error != 0) {
        return error == FT_Err_Out_Of_Memory ? FAILED : OTHER;
    }
    return grey > 1000 ? WORKED : WRONG;
}

const program the_program = { "FreeType, letters of four sizes", false, true,
                              run };
