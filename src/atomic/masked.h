// SPDX-License-Identifier: MIT
// One core without compare-and-swap: mask interrupts for the exchange alone.

#ifndef REEL_SRC_ATOMIC_MASKED_H
#define REEL_SRC_ATOMIC_MASKED_H

#if defined(__AVR__)
#error "a word takes two loads on this CPU: use REEL_ATOMICS_CUSTOM (reel/port.h)"
#endif

#include "one_core.h"
#include "reel/port.h"

ALWAYS_INLINE bool swap_if_relaxed(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    uintptr_t expected = *seen;
    COMPUTED(expected);
    COMPUTED(next);
    const uintptr_t saved = reel_port_mask();
    const uintptr_t found = load_relaxed(word);
    if (found == expected) {
        store_relaxed(word, next);
    }
    reel_port_unmask(saved);
    *seen = found;
    return found == expected;
}

#include "one_order.h"

#endif
