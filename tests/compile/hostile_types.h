// SPDX-License-Identifier: MIT
// What a kernel build forces on every file (-include): macros named like keywords and
// attributes, and none of the compiler's own headers. tests/config.t compiles the core
// like this.
#ifndef TEST_HOSTILE_TYPES_H
#define TEST_HOSTILE_TYPES_H

#define inline \
    inline __attribute__((__gnu_inline__)) __attribute__((__unused__))
#define current        (get_current())
#define noinline       __attribute__((__noinline__))
#define always_inline  !
#define cleanup        !
#define constructor    !
#define gnu_inline     !
#define may_alias      !
#define section        !
#define unused         !
#define weak           !
#define packed         !
#define aligned        !
#define likely(x)      !
#define unlikely(x)    !
#define min(a, b)      !
#define max(a, b)      !
#define round_up(a, b) !

// What reel/config.h says of a REEL_TYPES_HEADER, and no more.
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)
typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef __INTPTR_TYPE__ intptr_t;
typedef __INT8_TYPE__ int8_t;
typedef __INT16_TYPE__ int16_t;
typedef __INT32_TYPE__ int32_t;
typedef __INT64_TYPE__ int64_t;
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
#define SIZE_MAX    __SIZE_MAX__
#define UINTPTR_MAX __UINTPTR_MAX__
#define INTPTR_MAX  __INTPTR_MAX__
#define UINT8_MAX   __UINT8_MAX__
#define UINT16_MAX  __UINT16_MAX__
#define UINT32_MAX  __UINT32_MAX__
#define UINT64_MAX  __UINT64_MAX__

#endif
