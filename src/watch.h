// SPDX-License-Identifier: MIT
// Which bytes are live and which are dead, for the debug fill and a memory
// checker. Neither changes where blocks lie; only red zones do.

#ifndef REEL_SRC_WATCH_H
#define REEL_SRC_WATCH_H

#include "bits.h"
#include "bytes.h"
#include "reel/port.h"

#define EVERY_BYTE (UINTPTR_MAX / 0xFF) // 0x0101…01
#define FRESH      (EVERY_BYTE * 0xA5)  // handed out, not yet written
#define DEAD       (EVERY_BYTE * 0xDD)  // rewound or freed

// The bytes of a block and of its red zone, the dead bytes behind it. To a checker they
// are never alive. If the sum overflows, the result is more than any object has. A size
// of 0 stays: it is not that of a block yet.
ALWAYS_INLINE size_t with_zone(size_t size)
{
#if REEL_RED_ZONES
    return size == 0                          ? 0
           : size > SIZE_MAX - REEL_RED_ZONES ? SIZE_MAX
                                              : size + REEL_RED_ZONES;
#else
    return size;
#endif
}

// `if`, not `#if`, where the language allows it: then every build compiles all
// settings.
static inline void watch_alive(uintptr_t start, size_t size)
{
#if REEL_WATCH
    reel_port_watch_alive((void *)start, size);
#endif
    if (REEL_POISON) {
        fill_bytes((void *)start, FRESH, size);
    }
}

// Memory that the allocator itself uses now. Its contents stay.
static inline void watch_own(uintptr_t start, size_t size)
{
#if REEL_WATCH
#ifdef REEL_PORT_WATCHES_CONTENTS
    reel_port_watch_own((void *)start, size);
#else
    reel_port_watch_alive((void *)start, size);
#endif
#endif
    (void)start, (void)size;
}

// Memory of no block: an access is an error, and its contents stay.
static inline void watch_unused(uintptr_t start, size_t size)
{
#if REEL_WATCH
    reel_port_watch_dead((void *)start, size);
#endif
    (void)start, (void)size;
}

static inline void watch_dead(uintptr_t start, size_t size)
{
    if (REEL_POISON) {
        watch_own(start, size); // padding is dead already
        fill_bytes((void *)start, DEAD, size);
    }
    watch_unused(start, size);
}

// Copy the contents of a block to its new place, if there is one.
static inline void move_block(void *copy, const void *block, size_t old_size,
                              size_t new_size)
{
    if (copy != NULL) {
        const size_t size = at_least_1(old_size);
        // Before the old block is dead: poison would else be copied.
        copy_bytes(copy, block, min_of(size, at_least_1(new_size)));
        watch_dead((uintptr_t)block, size);
    }
}

#endif
