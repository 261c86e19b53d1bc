// SPDX-License-Identifier: MIT
// A stand-in: see sys/mman.h.
#ifndef STAND_IN_ERRNO_H
#define STAND_IN_ERRNO_H

#if defined(__OpenBSD__) || defined(__NetBSD__)
int *__errno(void);
#define errno (*__errno())
#else
int *__error(void);
#define errno (*__error())
#endif

#endif
