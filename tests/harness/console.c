// SPDX-License-Identifier: MIT
// The console of a host's programs. What was said before a crash is kept.

#include <stdio.h>
#include <string.h>

#include "tap.h"

void test_write(const char *text)
{
    fputs(text, stdout);
    if (strchr(text, '\n') != NULL) {
        fflush(stdout);
    }
}
