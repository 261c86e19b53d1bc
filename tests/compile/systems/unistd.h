// SPDX-License-Identifier: MIT
// A stand-in: see sys/mman.h.
#ifndef STAND_IN_UNISTD_H
#define STAND_IN_UNISTD_H

#if defined(__APPLE__)
#define _SC_PAGESIZE 29
#elif defined(__FreeBSD__)
#define _SC_PAGESIZE 47
#else
#define _SC_PAGESIZE 28
#endif

long sysconf(int);

#endif
