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

typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)
typedef __SIZE_TYPE__ size_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef __INTPTR_TYPE__ intptr_t;
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __INT16_TYPE__ int16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;
#define SIZE_MAX    __SIZE_MAX__
#define UINTPTR_MAX __UINTPTR_MAX__
#define INTPTR_MAX  __INTPTR_MAX__
#define INT16_MAX   __INT16_MAX__

#endif
