// SPDX-License-Identifier: MIT
// The atomics of two cores without compare-and-swap (port/locked_atomics.h) on two
// that have it: the lock is a word, and each other access is as on an RP2040.

#ifndef SPIN_LOCK_H
#define SPIN_LOCK_H

#include "reel/base.h"

extern uintptr_t spin_lock_taken;

#define REEL_PORT_LOCK_BARRIER() __asm__ volatile("dmb" ::: "memory")

static inline uintptr_t reel_port_lock(void)
{
    uintptr_t saved;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(saved)::"memory");
    while (__atomic_exchange_n(&spin_lock_taken, 1, __ATOMIC_ACQUIRE) != 0) {
    }
    return saved;
}

static inline void reel_port_unlock(uintptr_t saved)
{
    __atomic_store_n(&spin_lock_taken, 0, __ATOMIC_RELEASE);
    __asm__ volatile("msr primask, %0" ::"r"(saved) : "memory");
}

#include "locked_atomics.h"

#endif
