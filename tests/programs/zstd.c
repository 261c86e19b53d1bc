// SPDX-License-Identifier: MIT
// zstd compresses and expands text, each in a scope of an arena.

#include "libraries/zstd.h"

#include <string.h>
#include <zstd_errors.h>

#include "program.h"

static unsigned char packed[TEXT_BYTES], unpacked[TEXT_BYTES];

static void *alloc_noted(void *arena, size_t size)
{
    return program_note(reel_zstd_alloc(arena, size), size);
}

static void free_noted(void *arena, void *block)
{
    program_forget(block);
    reel_zstd_keep(arena, block);
}

static ZSTD_customMem memory(void)
{
    ZSTD_customMem noted = reel_zstd(&program_arena);
    noted.customAlloc = alloc_noted;
    noted.customFree = free_noted;
    return noted;
}

#define NO_MEMORY ((size_t)-ZSTD_error_memory_allocation)

static size_t pack(void)
{
    REEL_SCOPE (&program_arena) {
        ZSTD_CCtx *const context = ZSTD_createCCtx_advanced(memory());
        if (context == NULL) {
            return NO_MEMORY;
        }
        const size_t size = ZSTD_compressCCtx(context, packed, sizeof packed,
                                              program_text(), TEXT_BYTES, 3);
        ZSTD_freeCCtx(context);
        return size;
    }
    return NO_MEMORY;
}

static size_t unpack(size_t packed_size)
{
    REEL_SCOPE (&program_arena) {
        ZSTD_DCtx *const context = ZSTD_createDCtx_advanced(memory());
        if (context == NULL) {
            return NO_MEMORY;
        }
        const size_t size = ZSTD_decompressDCtx(
            context, unpacked, sizeof unpacked, packed, packed_size);
        ZSTD_freeDCtx(context);
        return size;
    }
    return NO_MEMORY;
}

static outcome run(void)
{
    size_t size = pack();
    if (!ZSTD_isError(size)) {
        size = unpack(size);
    }
    if (ZSTD_isError(size)) {
        return ZSTD_getErrorCode(size) == ZSTD_error_memory_allocation ? FAILED
                                                                       : WRONG;
    }
    return size == TEXT_BYTES
                   && memcmp(program_text(), unpacked, TEXT_BYTES) == 0
               ? WORKED
               : WRONG;
}

const program the_program = { "zstd, level 3, and back", true, false, run };
