// SPDX-License-Identifier: MIT
// An image that fails in the way that its command line names: for tools.t.

#include "semihost.h"
#include "tap.h"

int main(void);

void test_write(const char *text)
{
    semihost_write(text);
}

static const char *after_word(const char *line)
{
    while (*line != '\0' && *line != ' ') {
        line++;
    }
    return *line == ' ' ? line + 1 : line;
}

int main(void)
{
    static char line[128];
    if (!semihost_command_line(line, sizeof line)) {
        return 1;
    }
    const char how = after_word(line)[0];
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
