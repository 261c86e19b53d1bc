// SPDX-License-Identifier: MIT
// Hooks that a module may have its own of: leave this file out then.

#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "reel/port.h"

// The call that broke its contract fails; the kernel goes on.
void reel_panic(reel_status why, const char *file, int line)
{
    WARN(1, "reel: %s at %s:%d\n", reel_status_name(why), kbasename(file),
         line);
}

// A sleep lets threads of lower priority run. cond_resched() does not.
void reel_port_yield(void)
{
    usleep_range(20, 100);
}
