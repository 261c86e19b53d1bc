// SPDX-License-Identifier: MIT
// How what is kept of events changes a word that contexts share: by REEL_ATOMICS, as the
// library does. One core sees its own order; there the barrier is for the compiler.

#ifndef REEL_PORT_EVENTS_EXCHANGE_H
#define REEL_PORT_EVENTS_EXCHANGE_H

#include "reel/port.h"

#if REEL_ATOMICS == REEL_ATOMICS_CUSTOM
#include REEL_ATOMICS_HEADER
#endif

static inline uintptr_t load_word(const uintptr_t *word)
{
#if REEL_ATOMICS == REEL_ATOMICS_NATIVE || REEL_ATOMICS == REEL_ATOMICS_CUSTOM
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
#else
    const uintptr_t value = *(const volatile uintptr_t *)word;
    __asm__ volatile("" ::: "memory");
    return value;
#endif
}

static inline void store_word(uintptr_t *word, uintptr_t value)
{
#if REEL_ATOMICS == REEL_ATOMICS_NATIVE || REEL_ATOMICS == REEL_ATOMICS_CUSTOM
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
#else
    __asm__ volatile("" ::: "memory");
    *(volatile uintptr_t *)word = value;
#endif
}

// If the word is still *seen, let it be `next`. Else see what it is.
static inline bool swap_word_if(uintptr_t *word, uintptr_t *seen,
                                uintptr_t next)
{
#if REEL_ATOMICS == REEL_ATOMICS_CUSTOM
    return swap_if_acquire((reel_word *)word, seen, next);
#elif REEL_ATOMICS == REEL_ATOMICS_MASKED || REEL_ATOMICS == REEL_ATOMICS_NONE
#if REEL_ATOMICS == REEL_ATOMICS_MASKED
    const uintptr_t saved = reel_port_mask();
#endif
    const uintptr_t found = load_word(word);
    const bool is_same = found == *seen;
    if (is_same) {
        store_word(word, next);
    }
#if REEL_ATOMICS == REEL_ATOMICS_MASKED
    reel_port_unmask(saved);
#endif
    *seen = found;
    return is_same;
#else
    return __atomic_compare_exchange_n(word, seen, next, true, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
#endif
}

#endif
