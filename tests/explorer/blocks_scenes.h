// SPDX-License-Identifier: MIT
// Between the scenes of block pools and those of batches of their blocks.

#ifndef REEL_EXPLORER_BLOCKS_SCENES_H
#define REEL_EXPLORER_BLOCKS_SCENES_H

#include "letters.h"
#include "reel/blocks_cache.h"

extern const things blocks_things;

reel_blocks *blocks_pool(void);
void blocks_set_up(const stage *on, const scene *plan);
void blocks_inspect(const scene *plan);

#endif
