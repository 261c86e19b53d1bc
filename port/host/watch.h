// Tells AddressSanitizer, or Valgrind's memcheck, which bytes are alive. Build
// library and program with -DREEL_PORT_WATCH_HEADER='"host/watch.h"'; without a
// sanitizer Valgrind is assumed, whose requests cost a few instructions and do
// nothing outside it. Valgrind knows single bytes; AddressSanitizer leaves the
// odd bytes at the ends of a dead range accessible.
//
// An arena's free space is poisoned for as long as its buffer is in its hands.
// Before the buffer serves another purpose, give it back with
// reel_port_watch_alive(buffer, size).

#ifndef REEL_PORT_HOST_WATCH_H
#define REEL_PORT_HOST_WATCH_H

#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REEL_WATCH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define REEL_WATCH_ASAN 1
#endif

#if defined(REEL_WATCH_ASAN)

void __asan_poison_memory_region(void const volatile *addr, size_t size);
void __asan_unpoison_memory_region(void const volatile *addr, size_t size);

static inline void reel_port_watch_alive(void *addr, size_t size)
{
    __asan_unpoison_memory_region(addr, size);
}

static inline void reel_port_watch_dead(void *addr, size_t size)
{
    __asan_poison_memory_region(addr, size);
}

#else

#include <valgrind/memcheck.h>

static inline void reel_port_watch_alive(void *addr, size_t size)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(addr, size);
}

static inline void reel_port_watch_dead(void *addr, size_t size)
{
    (void)VALGRIND_MAKE_MEM_NOACCESS(addr, size);
}

#endif

#endif
