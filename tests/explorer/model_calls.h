// SPDX-License-Identifier: MIT
// What the explorer has in place of the compiler's builtins.

#ifndef REEL_EXPLORER_MODEL_CALLS_H
#define REEL_EXPLORER_MODEL_CALLS_H

#include "reel/base.h"

uintptr_t model_load(const uintptr_t *word, int order);
void model_store(uintptr_t *word, uintptr_t value, int order);
bool model_swap_if(uintptr_t *word, uintptr_t *seen, uintptr_t next, bool weak,
                   int order, int failed_order);

#endif
