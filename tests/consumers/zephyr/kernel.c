// SPDX-License-Identifier: MIT
// A kernel with one thread.

#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include "semihost.h"

bool k_is_in_isr(void)
{
    return false;
}

int32_t k_sleep(k_timeout_t timeout)
{
    (void)timeout;
    return 0;
}

k_tid_t k_current_get(void)
{
    return 0;
}

_Noreturn void k_panic(void)
{
    semihost_exit(2);
}

void printk(const char *format, ...)
{
    semihost_write(format);
}
