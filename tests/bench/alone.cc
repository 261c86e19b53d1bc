// SPDX-License-Identifier: MIT
// reel built for one context (REEL_ATOMICS_NONE): the core is a second copy, whose
// names are hidden from the first one's.

#include "plain_blocks.h"

const entry reel_alone_entries[] = {
    { "pair owner", "reel-none", make<pairs<plain_blocks>> },
    {},
};
