// SPDX-License-Identifier: MIT
// The hooks of Zephyr. The application may define reel_panic itself: this one is weak.

#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include "reel/port.h"

__attribute__((__weak__)) void reel_panic(reel_status why, const char *file,
                                          int line)
{
    printk("reel: %s at %s:%d\n", reel_status_name(why), file, line);
    k_panic();
}

bool reel_port_in_interrupt(void)
{
    return k_is_in_isr();
}

// A yield would not let threads of lower priority run.
void reel_port_yield(void)
{
    k_sleep(K_TICKS(1));
}

// An early call has no thread, which is 0: unknown.
uintptr_t reel_port_thread(void)
{
    return (uintptr_t)k_current_get();
}
