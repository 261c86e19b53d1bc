// SPDX-License-Identifier: MIT
// bzip2 compresses and expands text, each in a scope of an arena.

#include "libraries/bzip2.h"

#include <string.h>

#include "program.h"

static char packed[TEXT_BYTES], unpacked[TEXT_BYTES];

static void *alloc_noted(void *arena, int count, int size)
{
    return program_note(reel_bzip2_alloc(arena, count, size),
                        (size_t)count * (size_t)size);
}

static void free_noted(void *arena, void *block)
{
    program_forget(block);
    reel_bzip2_keep(arena, block);
}

static bz_stream started(const void *from, size_t from_size, char *to)
{
    bz_stream stream = { 0 };
    reel_bzip2_use(&stream, &program_arena);
    stream.bzalloc = alloc_noted;
    stream.bzfree = free_noted;
    stream.next_in = (char *)(uintptr_t)from;
    stream.avail_in = (unsigned)from_size;
    stream.next_out = to;
    stream.avail_out = TEXT_BYTES;
    return stream;
}

static int pack(size_t *size)
{
    REEL_SCOPE (&program_arena) {
        bz_stream stream = started(program_text(), TEXT_BYTES, packed);
        int code = BZ2_bzCompressInit(&stream, 1, 0, 0);
        if (code == BZ_OK) {
            code = BZ2_bzCompress(&stream, BZ_FINISH);
            *size = stream.total_out_lo32;
            BZ2_bzCompressEnd(&stream);
        }
        return code;
    }
    return BZ_OK;
}

static int unpack(size_t size)
{
    REEL_SCOPE (&program_arena) {
        bz_stream stream = started(packed, size, unpacked);
        int code = BZ2_bzDecompressInit(&stream, 0, 0);
        if (code == BZ_OK) {
            code = BZ2_bzDecompress(&stream);
            BZ2_bzDecompressEnd(&stream);
        }
        return code;
    }
    return BZ_OK;
}

static outcome run(void)
{
    size_t size = 0;
    int code = pack(&size);
    if (code == BZ_STREAM_END) {
        code = unpack(size);
    }
    if (code != BZ_STREAM_END) {
        return code == BZ_MEM_ERROR ? FAILED : WRONG;
    }
    return memcmp(program_text(), unpacked, TEXT_BYTES) == 0 ? WORKED : WRONG;
}

const program the_program = { "bzip2, level 1, and back", true, false, run };
