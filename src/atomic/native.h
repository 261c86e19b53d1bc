// SPDX-License-Identifier: MIT
// Any number of cores: the compiler's builtins on one machine word.

#ifndef REEL_SRC_ATOMIC_NATIVE_H
#define REEL_SRC_ATOMIC_NATIVE_H

#if __GCC_ATOMIC_POINTER_LOCK_FREE != 2
#error "no compare-and-swap on this CPU: use REEL_ATOMICS=REEL_ATOMICS_MASKED"
#endif

ALWAYS_INLINE uintptr_t load_relaxed(const reel_word *word)
{
    return __atomic_load_n(&word->value, __ATOMIC_RELAXED);
}

ALWAYS_INLINE uintptr_t load_acquire(const reel_word *word)
{
    return __atomic_load_n(&word->value, __ATOMIC_ACQUIRE);
}

ALWAYS_INLINE void store_relaxed(reel_word *word, uintptr_t value)
{
    __atomic_store_n(&word->value, value, __ATOMIC_RELAXED);
}

ALWAYS_INLINE void store_release(reel_word *word, uintptr_t value)
{
    __atomic_store_n(&word->value, value, __ATOMIC_RELEASE);
}

ALWAYS_INLINE bool swap_if_relaxed(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    // Weak, since each use is a loop: a strong one is a second loop inside on
    // some CPUs.
    return __atomic_compare_exchange_n(&word->value, seen, next, true,
                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

ALWAYS_INLINE bool swap_if_acquire(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    // A failed exchange acquires, too: the caller goes on with what it has
    // found.
    return __atomic_compare_exchange_n(&word->value, seen, next, true,
                                       __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE);
}

ALWAYS_INLINE bool swap_if_release(reel_word *word, uintptr_t *seen,
                                   uintptr_t next)
{
    return __atomic_compare_exchange_n(&word->value, seen, next, true,
                                       __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

#endif
