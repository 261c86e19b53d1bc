// SPDX-License-Identifier: MIT
// One core, Armv7-M or Armv8-M mainline: exclusive load and store. Interrupts are
// never masked; an exception between the two makes the store fail.

#ifndef REEL_SRC_ATOMIC_LLSC_H
#define REEL_SRC_ATOMIC_LLSC_H

#if !defined(__ARM_FEATURE_LDREX)
#error "no exclusive load and store on this CPU: use REEL_ATOMICS_MASKED"
#endif

#if __ARM_ARCH_PROFILE != 'M'
#error \
    "REEL_ATOMICS_LLSC is for one core of a Cortex-M: use REEL_ATOMICS_NATIVE"
#endif

#include "one_core.h"

ALWAYS_INLINE uintptr_t load_exclusive(const reel_word *word)
{
    uintptr_t value;
    __asm__ volatile("ldrex %0, %1"
                     : "=r"(value)
                     : "Q"(word->value)
                     : "memory");
    return value;
}

// False if there was an exception since the load, and nothing is stored.
ALWAYS_INLINE bool store_exclusive(reel_word *word, uintptr_t value)
{
    uintptr_t failed;
    __asm__ volatile("strex %0, %2, %1"
                     : "=&r"(failed), "=Q"(word->value)
                     : "r"(value)
                     : "memory");
    return failed == 0;
}

ALWAYS_INLINE bool swap_if_relaxed(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    const uintptr_t expected = *seen;
    *seen = load_exclusive(word);
    // Without the store the monitor stays set. Each store follows its own load,
    // so this is harmless.
    return *seen == expected && store_exclusive(word, next);
}

#include "one_order.h"

#endif
