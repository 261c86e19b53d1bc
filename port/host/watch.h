// SPDX-License-Identifier: MIT
// Tells AddressSanitizer, or Valgrind's memcheck, which bytes are live. Build
// library and program with -DREEL_PORT_WATCH_HEADER='"host/watch.h"'. Without a
// sanitizer this is for Valgrind: its requests take a few instructions, and do
// nothing without it. Valgrind distinguishes single bytes. AddressSanitizer
// distinguishes groups of 8. A group is dead only if all of it is, since blocks of
// several threads may share one. So an overrun of a few bytes may not be detected.
// With REEL_RED_ZONES no two blocks share a group. Then each byte behind a block is
// dead, and so are those before it, except the bytes in its first group.
//
// The free space of an allocator is dead for as long as the buffer is in its hands.
// Before the buffer has another use, end the allocator: reel_arena_dispose() and the
// like. For another allocator over the buffer this is not needed.

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

#ifdef __cplusplus
extern "C" {
#endif
void __asan_poison_memory_region(void const volatile *addr, size_t size);
void __asan_unpoison_memory_region(void const volatile *addr, size_t size);
void __lsan_register_root_region(const void *addr, size_t size);
void __lsan_unregister_root_region(const void *addr, size_t size);
#ifdef __cplusplus
}
#endif

// In a group of its own a block may end at any byte, which AddressSanitizer knows.
#if REEL_RED_ZONES
#define REEL_WATCH_GROUP ((size_t)1)
#else
#define REEL_WATCH_GROUP ((size_t)8)
#endif

// Memory that mmap gave: a pointer in a block there keeps what it leads to from being
// a leak.
#define REEL_PORT_WATCHES_ROOTS 1

static inline void reel_port_watch_roots(void *addr, size_t size)
{
    __lsan_register_root_region(addr, size);
}

static inline void reel_port_forget_roots(void *addr, size_t size)
{
    __lsan_unregister_root_region(addr, size);
}

static inline void reel_port_watch_alive(void *addr, size_t size)
{
    const size_t before = (size_t)addr % REEL_WATCH_GROUP;
    const size_t after = (0 - (size_t)addr - size) % REEL_WATCH_GROUP;
    __asan_unpoison_memory_region((char *)addr - before, before + size + after);
}

static inline void reel_port_watch_dead(void *addr, size_t size)
{
    const size_t before = (0 - (size_t)addr) % REEL_WATCH_GROUP;
    const size_t after = ((size_t)addr + size) % REEL_WATCH_GROUP;
    if (before + after < size) {
        __asan_poison_memory_region((char *)addr + before,
                                    size - before - after);
    }
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

#define REEL_PORT_WATCHES_CONTENTS 1

static inline void reel_port_watch_own(void *addr, size_t size)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(addr, size);
}

#endif

#endif
