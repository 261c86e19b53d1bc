// SPDX-License-Identifier: MIT
/* REEL_TYPES_HEADER for a kernel: what reel/config.h asks for, out of the
 * kernel's own headers. Name it with quotes: -std=gnu11 predefines `linux` as 1,
 * so <linux/…> in an option becomes <1/…>. */
#ifndef REEL_LINUX_TYPES_H
#define REEL_LINUX_TYPES_H

#include <linux/limits.h>
#include <linux/types.h>

#ifndef INTPTR_MAX
typedef __INTPTR_TYPE__ intptr_t;
#define INTPTR_MAX __INTPTR_MAX__
#endif
#ifndef UINT8_MAX
#define UINT8_MAX __UINT8_MAX__
#endif
#ifndef UINT16_MAX
#define UINT16_MAX __UINT16_MAX__
#endif
#ifndef UINT32_MAX
#define UINT32_MAX __UINT32_MAX__
#endif
#ifndef UINT64_MAX
#define UINT64_MAX __UINT64_MAX__
#endif
/* The kernel's have a cast, which a preprocessor cannot evaluate. */
#undef SIZE_MAX
#define SIZE_MAX __SIZE_MAX__
#undef UINTPTR_MAX
#define UINTPTR_MAX __UINTPTR_MAX__

#endif
