// SPDX-License-Identifier: MIT
// What a board's start-up does not do for C++, and its console. On a host nothing.

#ifndef BOARD_HPP
#define BOARD_HPP

#ifdef __arm__

#include <cstdlib> // with _Noreturn, for the headers of C

extern "C" {
#include "libc/malloc.h"
#include "semihost.h"
#include "tap.h"

REEL_MALLOC_DEFINE(4096); // of the library itself, for exceptions

void test_write(const char *text)
{
    semihost_write(text);
}

void *__dso_handle;
extern void (*const ld_constructors_start[])();
extern void (*const ld_constructors_end[])();
}

static void run_constructors()
{
    for (auto *each = ld_constructors_start; each < ld_constructors_end;
         each++) {
        (*each)();
    }
}

#else

static void run_constructors()
{
}

#endif
#endif
