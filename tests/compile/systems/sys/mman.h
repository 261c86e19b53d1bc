// SPDX-License-Identifier: MIT
// What <sys/mman.h> of each system says, as far as port/host uses it: a stand-in, to
// compile for systems that are not here.
#ifndef STAND_IN_MMAN_H
#define STAND_IN_MMAN_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t off_t;

#define PROT_NONE  0
#define PROT_READ  1
#define PROT_WRITE 2
#define MAP_SHARED  0x0001
#define MAP_PRIVATE 0x0002
#define MAP_FIXED   0x0010
#define MAP_FAILED  ((void *)-1)

#if defined(__APPLE__)
#if defined(_POSIX_C_SOURCE) && !defined(_DARWIN_C_SOURCE)
#error "macOS hides MAP_ANON"
#endif
#define MAP_NORESERVE 0x0040
#define MAP_ANON      0x1000
#define MAP_ANONYMOUS MAP_ANON
#define MADV_DONTNEED 4
#define MADV_FREE     5
#elif defined(__FreeBSD__) // no MAP_NORESERVE since 11
#define MAP_ANON      0x1000
#define MAP_ANONYMOUS MAP_ANON
#define MADV_DONTNEED 4
#define MADV_FREE     5
#elif defined(__OpenBSD__)
#define MAP_NORESERVE 0
#define MAP_ANON      0x1000
#define MAP_ANONYMOUS MAP_ANON
#define MADV_DONTNEED 4
#define MADV_FREE     6
#elif defined(__NetBSD__)
#define MAP_NORESERVE 0x0040
#define MAP_ANON      0x1000
#define MAP_ANONYMOUS MAP_ANON
#define MADV_DONTNEED 4
#define MADV_FREE     6
#endif

void *mmap(void *, size_t, int, int, int, off_t);
int munmap(void *, size_t);
int mprotect(void *, size_t, int);
int madvise(void *, size_t, int);
int mlock(const void *, size_t);
int munlock(const void *, size_t);

#endif
