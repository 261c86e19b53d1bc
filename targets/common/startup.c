// SPDX-License-Identifier: MIT
// Reset on any Cortex-M: copy .data, clear .bss, run main, end the run with its
// result. An unexpected exception ends the run with a failing code.

#include <stdint.h>

#include "semihost.h"

#define EXIT_FAULT 99

extern uint32_t ld_stack_top[], ld_data_load[], ld_data_start[], ld_data_end[];
extern uint32_t ld_bss_start[], ld_bss_end[];

int main(void);
void reset(void);
void unexpected(void);

// An image takes an exception by defining its handler.
#define HANDLER __attribute__((weak, alias("unexpected")))
HANDLER void nmi_handler(void);
HANDLER void hard_fault_handler(void);
HANDLER void mem_manage_handler(void);
HANDLER void bus_fault_handler(void);
HANDLER void usage_fault_handler(void);
HANDLER void svc_handler(void);
HANDLER void pend_sv_handler(void);
HANDLER void sys_tick_handler(void);

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*handlers[15])(void);
} vectors = {
    .stack = ld_stack_top,
    .handlers = { reset, nmi_handler, hard_fault_handler, mem_manage_handler,
                  bus_fault_handler, usage_fault_handler, unexpected,
                  unexpected, unexpected, unexpected, svc_handler, unexpected,
                  unexpected, pend_sv_handler, sys_tick_handler },
};

void unexpected(void)
{
    semihost_write("Bail out! an unexpected exception\n");
    semihost_exit(EXIT_FAULT);
}

void reset(void)
{
    const uint32_t *from = ld_data_load;
    for (uint32_t *to = ld_data_start; to < ld_data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = ld_bss_start; to < ld_bss_end; to++) {
        *to = 0;
    }
    semihost_exit(main());
}
