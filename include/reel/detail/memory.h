// SPDX-License-Identifier: MIT
/// Memory of static instances.

#ifndef REEL_DETAIL_MEMORY_H
#define REEL_DETAIL_MEMORY_H

#if defined(__cplusplus) && defined(__GNUC__)
#pragma GCC system_header // C casts, which some C++ projects warn of
#endif

#include "reel/port.h"

/// Memory for a static instance: aligned, and in its section.
#define REEL_MEMORY_PLACE(place, name, bytes, align) \
    REEL_ALIGNAS(align) place static unsigned char name[bytes]
#define REEL_MEMORY_DEFINE(name, bytes, align) \
    REEL_MEMORY_PLACE(REEL_NOINIT(name), name, bytes, align)

/// The memory of a static instance is dead to a memory checker until blocks are
/// allocated in it. Blocks may be allocated before the constructor below runs. It
/// leaves those alone. `used` points to a word of the instance. Its bits from `shift`
/// on are the number of units of `unit` bytes that were ever used. If `unit` is 0,
/// they are the address after the used bytes.
#if REEL_WATCH

typedef struct reel_watched {
    unsigned char *memory;
    size_t size;
    const uintptr_t *used;
    size_t unit;
    unsigned shift;
} reel_watched;

static inline void reel_watch_unused(const reel_watched *watched)
{
    const uintptr_t start = (uintptr_t)watched->memory;
    const size_t used =
        watched->unit == 0 ? *watched->used - start
                           : (*watched->used >> watched->shift) * watched->unit;
    reel_port_watch_dead(watched->memory + used, watched->size - used);
}

#if defined(__cplusplus)

// The constructor of an object: this works in functions and templates, too.
#define REEL_WATCH_SHIFTED(name, memory, bytes, used, unit, shift)            \
    ;                                                                         \
    static const struct name##_watch {                                        \
        name##_watch()                                                        \
        {                                                                     \
            const reel_watched watched = { (memory), (bytes), (used), (unit), \
                                           (shift) };                         \
            reel_watch_unused(&watched);                                      \
        }                                                                     \
    } name##_is_watched __attribute__((__unused__))

#elif defined(__ELF__)

// A list in a section, and one function that walks it. Each file with this header has
// the function, and the linker keeps one.
#define REEL_WATCH_SHIFTED(name, memory, bytes, used, unit, shift)          \
    ;                                                                       \
    static const reel_watched name##_watched = { (memory), (bytes), (used), \
                                                 (unit), (shift) };         \
    static const reel_watched *const name##_is_watched                      \
        __attribute__((__section__("reel_watched"), __used__)) =            \
            &name##_watched

extern const reel_watched *const __start_reel_watched[]
    __attribute__((__weak__, __visibility__("hidden")));
extern const reel_watched *const __stop_reel_watched[]
    __attribute__((__weak__, __visibility__("hidden")));

__attribute__((__weak__, __visibility__("hidden"), __constructor__)) void
reel_watch_statics(void);
__attribute__((__weak__, __visibility__("hidden"), __constructor__)) void
reel_watch_statics(void)
{
    for (const reel_watched *const *at = __start_reel_watched;
         at != __stop_reel_watched; at++) {
        reel_watch_unused(*at);
    }
}

#else
#define REEL_WATCH_SHIFTED(name, memory, bytes, used, unit, shift)
#endif

#else
#define REEL_WATCH_SHIFTED(name, memory, bytes, used, unit, shift)
#endif
#define REEL_WATCH_MEMORY(name, memory, bytes, used, unit) \
    REEL_WATCH_SHIFTED(name, memory, bytes, used, unit, 0)

#endif
