// SPDX-License-Identifier: MIT
// libpng writes an image and reads it, each in a scope of an arena.

#include "libraries/png.h"

#include <setjmp.h>
#include <string.h>

#include "program.h"

#define SIDE 128u // pixels, of three bytes

static unsigned char file[SIDE * SIDE * 4];
static size_t written, read_to;
static const char *complaint;
static jmp_buf refused;

static unsigned char pixel(size_t x, size_t y, size_t colour)
{
    return (unsigned char)(x * (colour + 1) + y * 3);
}

static void *alloc_noted(png_structp png, png_alloc_size_t size)
{
    return program_note(reel_png_alloc(png, size), size);
}

static void free_noted(png_structp png, void *block)
{
    program_forget(block);
    reel_png_keep(png, block);
}

static void put(png_structp png, png_bytep bytes, size_t size)
{
    (void)png;
    memcpy(file + written, bytes, size);
    written += size;
}

static void get(png_structp png, png_bytep bytes, size_t size)
{
    (void)png;
    memcpy(bytes, file + read_to, size);
    read_to += size;
}

static void flush(png_structp png)
{
    (void)png;
}

static void complain(png_structp png, png_const_charp text)
{
    (void)png;
    complaint = text;
    longjmp(refused, 1);
}

static void ignore(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

static bool write_image(void)
{
    png_structp png = NULL;
    png_infop info = NULL;
    if (setjmp(refused) != 0) {
        return false;
    }
    png =
        png_create_write_struct_2(PNG_LIBPNG_VER_STRING, NULL, complain, ignore,
                                  &program_arena, alloc_noted, free_noted);
    info = png == NULL ? NULL : png_create_info_struct(png);
    if (info == NULL) {
        return false;
    }
    png_set_write_fn(png, NULL, put, flush);
    png_set_IHDR(png, info, SIDE, SIDE, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (size_t y = 0; y < SIDE; y++) {
        unsigned char row[3 * SIDE];
        for (size_t i = 0; i < sizeof row; i++) {
            row[i] = pixel(i / 3, y, i % 3);
        }
        png_write_row(png, row);
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return true;
}

static bool read_image(size_t *wrong)
{
    png_structp png = NULL;
    png_infop info = NULL;
    if (setjmp(refused) != 0) {
        return false;
    }
    png =
        png_create_read_struct_2(PNG_LIBPNG_VER_STRING, NULL, complain, ignore,
                                 &program_arena, alloc_noted, free_noted);
    info = png == NULL ? NULL : png_create_info_struct(png);
    if (info == NULL) {
        return false;
    }
    png_set_read_fn(png, NULL, get);
    png_read_info(png, info);
    for (size_t y = 0; y < SIDE; y++) {
        unsigned char row[3 * SIDE];
        png_read_row(png, row, NULL);
        for (size_t i = 0; i < sizeof row; i++) {
            *wrong += row[i] != pixel(i / 3, y, i % 3);
        }
    }
    png_read_end(png, NULL);
    png_destroy_read_struct(&png, &info, NULL);
    return true;
}

// zlib's memory is asked for by libpng, which says so in its own words.
static outcome failure(void)
{
    return complaint == NULL || strstr(complaint, "emory") != NULL ? FAILED
                                                                   : OTHER;
}

static outcome run(void)
{
    static size_t wrong;
    REEL_SCOPE (&program_arena) {
        if (!write_image()) {
            return failure();
        }
    }
    REEL_SCOPE (&program_arena) {
        if (!read_image(&wrong)) {
            return failure();
        }
    }
    return wrong == 0 ? WORKED : WRONG;
}

const program the_program = { "libpng, an image written and read", true, false,
                              run };
