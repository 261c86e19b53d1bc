// SPDX-License-Identifier: MIT
// A ring of buffers from one context to another: one puts, the other takes, and
// either may interrupt the other at any instruction.

#ifndef RING_H
#define RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define RING_SIZE 16u // a power of two

struct ring {
    void *slots[RING_SIZE];
    atomic_uint put; // how many ever were; only the one who puts writes it
    atomic_uint taken;
};

// What the one who puts finds free stays free.
static inline bool ring_is_full(const struct ring *ring)
{
    return atomic_load_explicit(&ring->put, memory_order_relaxed)
               - atomic_load_explicit(&ring->taken, memory_order_acquire)
           == RING_SIZE;
}

// The ring must not be full.
static inline void ring_put(struct ring *ring, void *buffer)
{
    const unsigned put = atomic_load_explicit(&ring->put, memory_order_relaxed);
    ring->slots[put % RING_SIZE] = buffer;
    atomic_store_explicit(&ring->put, put + 1, memory_order_release);
}

// The oldest, or NULL if there is none.
static inline void *ring_take(struct ring *ring)
{
    const unsigned taken =
        atomic_load_explicit(&ring->taken, memory_order_relaxed);
    if (atomic_load_explicit(&ring->put, memory_order_acquire) == taken) {
        return NULL;
    }
    void *const buffer = ring->slots[taken % RING_SIZE];
    atomic_store_explicit(&ring->taken, taken + 1, memory_order_release);
    return buffer;
}

#endif
