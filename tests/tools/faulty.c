// SPDX-License-Identifier: MIT
// An image that fails in the way that its command line names: for tools.t.

#include "semihost.h"
#include "tap.h"

int main(void);

void test_write(const char *text)
{
    semihost_write(text);
}

int main(void)
{
    static char line[128];
    const char *const arguments = semihost_arguments(line, sizeof line);
    if (arguments == NULL) {
        return 1;
    }
    const char how = arguments[0];
    tap_result("the board runs", NULL);
    while (how == 's') { // spins
        __asm__ volatile("nop");
    }
    while (how == 'w') { // waits
        __asm__ volatile("cpsid i\n\twfi");
    }
    if (how == 'n') { // no plan
        return 0;
    }
    return tap_end() ? 0 : 1;
}
