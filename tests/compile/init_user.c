// SPDX-License-Identifier: MIT
// A program that has no static instance.

#include "reel/reel.h"

int main(void);
int reset(void);

int main(void)
{
    static unsigned char memory[REEL_BLOCKS_SIZE(16, 4)];
    static reel_blocks blocks;
    return reel_blocks_init(&blocks, memory, sizeof memory, 16, 4);
}

int reset(void)
{
    return main();
}
