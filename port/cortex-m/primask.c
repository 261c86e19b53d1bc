// SPDX-License-Identifier: MIT
#define REEL_PRIMASK_INLINE REEL_TO_EMIT
#include "primask.h"
