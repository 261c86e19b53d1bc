// SPDX-License-Identifier: MIT
// port/locked_atomics.h over a lock of the explorer's, so that a twin may have another
// one: see lock_scenes.c.

#ifndef REEL_EXPLORER_LOCK_CALLS_H
#define REEL_EXPLORER_LOCK_CALLS_H

#include "explorer.h"

#define LOCK_AT 0 // in explorer_memory

uintptr_t locked_load(const reel_word *word);
void locked_store(reel_word *word, uintptr_t value);
bool locked_swap_if(reel_word *word, uintptr_t *seen, uintptr_t next);

#endif
