// SPDX-License-Identifier: MIT
// Both cores take and give back the blocks of one small pool. There is a block
// for each that is asked for, so none may ever be refused, and every holder's
// stamp is in his block for as long as he holds it.

#ifndef POOL_H
#define POOL_H

#include "reel/base.h"

// Let each core do `turns` turns, or fewer if something is wrong. May be called
// again: the counts go on.
void pool_run(size_t turns);

// Turns done by both cores together.
size_t pool_turns(void);

// Takes during which the other core took or gave: none if the cores run one
// after the other.
size_t pool_overlaps(void);

// Blocks that had two owners, and refusals of a take or a give; and 1 if the
// list of free blocks is not whole.
size_t pool_wrong(void);

#endif
