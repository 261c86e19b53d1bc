// SPDX-License-Identifier: MIT
// The workloads on a board. Its argument says how many calls. What measures is
// outside (meter.c): it knows a call by measured_call and measured_end. In the
// end the image prints the names of what it called, in the order of the first
// calls.

#include "calls.h"
#include "semihost.h"

int main(void);
void measured_call(measured_row *row);
extern const char measured_end[];

// The meter counts them.
__attribute__((noinline)) void next_workload(void)
{
    __asm__ volatile("");
}

__attribute__((naked, noinline)) void measured_call(measured_row *row)
{
    (void)row;
    __asm__ volatile(".syntax unified\n\t"
                     "push {r4, r5, r6, lr}\n\t"
                     "movs r4, r0\n\t"
                     "ldr r0, [r4, #16]\n\t"
                     "ldr r1, [r4, #20]\n\t"
                     "push {r0, r1}\n\t"
                     "ldr r0, [r4]\n\t"
                     "ldr r1, [r4, #4]\n\t"
                     "ldr r2, [r4, #8]\n\t"
                     "ldr r3, [r4, #12]\n\t"
                     "ldr r5, [r4, #24]\n\t"
                     "blx r5\n\t"
                     ".global measured_end\n"
                     "measured_end:\n\t"
                     "str r0, [r4, #36]\n\t"
                     "add sp, #8\n\t"
                     "pop {r4, r5, r6, pc}");
}

_Static_assert(offsetof(measured_row, function) == 24
                   && offsetof(measured_row, result) == 36,
               "measured_call knows them");

void measure(measured_row *row)
{
    measured_call(row);
}

void must(bool fact)
{
    if (!fact) {
        semihost_write("Bail out! a measured call did not do its work\n");
        semihost_exit(1);
    }
}

int main(void)
{
    char line[64];
    uint32_t calls = 0;
    const char *at = semihost_arguments(line, sizeof line);
    for (; at != NULL && *at >= '0' && *at <= '9'; at++) {
        calls = calls * 10 + (uint32_t)(*at - '0');
    }
    run_workloads(calls);
    for (size_t i = 0; i < row_count; i++) {
        semihost_write(rows[i].workload);
        semihost_write(" ");
        semihost_write(rows[i].name);
        semihost_write("\n");
    }
    return 0;
}
