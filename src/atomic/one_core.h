// SPDX-License-Identifier: MIT
// Loads and stores on one core, where an aligned word access is atomic and what
// an interrupt sees is the program order: `volatile` keeps the access single,
// and the barrier keeps the compiler from moving others across it.

#ifndef REEL_SRC_ATOMIC_ONE_CORE_H
#define REEL_SRC_ATOMIC_ONE_CORE_H

// Compute the value now. The compiler would compute it between mask and unmask,
// just before it is used.
#define COMPUTED(value) __asm__ volatile("" : "+r"(value))

#define COMPILER_BARRIER() __asm__ volatile("" ::: "memory")

ALWAYS_INLINE uintptr_t load_relaxed(const reel_word *word)
{
    return *(const volatile uintptr_t *)&word->value;
}

ALWAYS_INLINE uintptr_t load_acquire(const reel_word *word)
{
    const uintptr_t value = load_relaxed(word);
    COMPILER_BARRIER();
    return value;
}

ALWAYS_INLINE void store_relaxed(reel_word *word, uintptr_t value)
{
    *(volatile uintptr_t *)&word->value = value;
}

ALWAYS_INLINE void store_release(reel_word *word, uintptr_t value)
{
    COMPILER_BARRIER();
    store_relaxed(word, value);
}

#endif
