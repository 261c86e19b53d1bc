// SPDX-License-Identifier: MIT
// Two RAMs: what is used most lies in the fast one, by reel.ld, and large buffers in
// the other. two_rams.ld has a section for them.

#include <stdint.h>

#include "reel/arena.h"
#include "reel/blocks.h"

REEL_BLOCKS_DEFINE(messages, 32, 16); // REEL_RAM
REEL_ARENA_DEFINE_AT(static, ".noinit.psram", 32, pictures, 1048576); // PSRAM

extern unsigned char ld_psram_start[], ld_psram_end[];

static bool is_in_psram(const void *block)
{
    return (uintptr_t)block >= (uintptr_t)ld_psram_start
           && (uintptr_t)block < (uintptr_t)ld_psram_end;
}

// The controller of the PSRAM must be up before the first block is used. Control
// blocks are in internal RAM, so the arena itself is there already.
static void start_psram(void)
{
}

int main(void)
{
    void *const message = reel_blocks_alloc(&messages);
    start_psram();
    void *const picture = reel_arena_alloc(&pictures, 640 * 480 * 2, 32);
    if (message == NULL || picture == NULL) {
        return 1;
    }
    const bool apart = is_in_psram(picture) && !is_in_psram(message)
                       && !is_in_psram(&pictures);
    return apart && reel_blocks_free(&messages, message) == REEL_OK
                   && reel_arena_reset(&pictures) == REEL_OK
               ? 0
               : 2;
}
