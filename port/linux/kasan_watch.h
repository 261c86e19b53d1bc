// SPDX-License-Identifier: MIT
// REEL_PORT_WATCH_HEADER for the generic KASAN. Modules cannot call
// kasan_poison(), so the shadow is written here. A group of 8 bytes is dead
// only if all of it is. It may include no kernel header: those are read before.

#ifndef REEL_LINUX_KASAN_WATCH_H
#define REEL_LINUX_KASAN_WATCH_H

#include "reel/base.h"

#define REEL_KASAN_GROUP ((uintptr_t)8)
#define REEL_KASAN_DEAD  0xFFu

static inline void reel_kasan_set(uintptr_t from, uintptr_t to,
                                  unsigned char value)
{
    volatile unsigned char *shadow =
        (volatile unsigned char *)(CONFIG_KASAN_SHADOW_OFFSET + (from >> 3));
    for (; from < to; from += REEL_KASAN_GROUP) {
        *shadow++ = value;
    }
}

static inline void reel_port_watch_alive(void *addr, size_t size)
{
    const uintptr_t start = (uintptr_t)addr, mask = REEL_KASAN_GROUP - 1;
    reel_kasan_set(start & ~mask, (start + size + mask) & ~mask, 0);
}

static inline void reel_port_watch_dead(void *addr, size_t size)
{
    const uintptr_t start = (uintptr_t)addr, mask = REEL_KASAN_GROUP - 1;
    reel_kasan_set((start + mask) & ~mask, (start + size) & ~mask,
                   REEL_KASAN_DEAD);
}

#endif
