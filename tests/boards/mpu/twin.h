// SPDX-License-Identifier: MIT
// A port that is broken in the way that the interrupt test is there to notice.

#ifndef TWIN_H
#define TWIN_H

#include "design.h"

// The hooks of `range`, each of which first closes all that it will have to open
// again: at its end everything is as it should be. One twin at a time.
const reel_pages *twin_of(const mpu_range *range);

#endif
