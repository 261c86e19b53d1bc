// SPDX-License-Identifier: MIT
// zlib compresses and expands text, each in a scope of an arena.

#include "libraries/zlib.h"

#include <string.h>

#include "program.h"

static unsigned char packed[TEXT_BYTES], unpacked[TEXT_BYTES];

static void *alloc_noted(void *arena, uInt count, uInt size)
{
    return program_note(reel_zlib_alloc(arena, count, size),
                        (size_t)count * size);
}

static void free_noted(void *arena, void *block)
{
    program_forget(block);
    reel_zlib_keep(arena, block);
}

static z_stream started(const void *from, size_t from_size, void *to)
{
    z_stream stream = { 0 };
    reel_zlib_use(&stream, &program_arena);
    stream.zalloc = alloc_noted;
    stream.zfree = free_noted;
    stream.next_in = (Bytef *)(uintptr_t)from;
    stream.avail_in = (uInt)from_size;
    stream.next_out = to;
    stream.avail_out = TEXT_BYTES;
    return stream;
}

static int pack(size_t *size)
{
    REEL_SCOPE (&program_arena) {
        z_stream stream = started(program_text(), TEXT_BYTES, packed);
        int code = deflateInit(&stream, 6);
        if (code == Z_OK) {
            code = deflate(&stream, Z_FINISH);
            *size = stream.total_out;
            deflateEnd(&stream);
        }
        return code;
    }
    return Z_OK;
}

static int unpack(size_t size)
{
    REEL_SCOPE (&program_arena) {
        z_stream stream = started(packed, size, unpacked);
        int code = inflateInit(&stream);
        if (code == Z_OK) {
            code = inflate(&stream, Z_FINISH);
            inflateEnd(&stream);
        }
        return code;
    }
    return Z_OK;
}

static outcome run(void)
{
    size_t size = 0;
    int code = pack(&size);
    if (code == Z_STREAM_END) {
        code = unpack(size);
    }
    if (code != Z_STREAM_END) {
        return code == Z_MEM_ERROR ? FAILED : WRONG;
    }
    return memcmp(program_text(), unpacked, TEXT_BYTES) == 0 ? WORKED : WRONG;
}

const program the_program = { "zlib, level 6, and back", true, false, run };
