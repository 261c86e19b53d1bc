// SPDX-License-Identifier: MIT
#define REEL_MSTATUS_INLINE REEL_TO_EMIT
#include "mstatus.h"
