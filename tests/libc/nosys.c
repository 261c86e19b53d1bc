// SPDX-License-Identifier: MIT
// What newlib asks of a system, on a board without one. There is no _sbrk:
// memory comes from the heap.

#include "semihost.h"

#define NONE(name)  \
    int name(void); \
    int name(void)  \
    {               \
        return -1;  \
    }

NONE(_close)
NONE(_fstat)
NONE(_getpid)
NONE(_isatty)
NONE(_kill)
NONE(_lseek)
NONE(_read)
NONE(_write)
NONE(getentropy)

void _exit(int code);
void _exit(int code)
{
    semihost_exit(code);
}
