// SPDX-License-Identifier: MIT
// What both modules have in common: the console is the kernel's log, and an
// interrupt is a timer's.

#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "test.h"

static char line[512];

void test_write(const char *text)
{
    char *end;
    strlcat(line, text, sizeof(line));
    while ((end = strchr(line, '\n')) != NULL) {
        *end = '\0';
        pr_info("reel: %s\n", line);
        memmove(line, end + 1, strlen(end + 1) + 1);
    }
}

reel_allocator test_malloc(void)
{
    return reel_allocator_null();
}

static void (*pending)(void);
static struct completion taken;

static enum hrtimer_restart fire(struct hrtimer *timer)
{
    (void)timer;
    pending();
    complete(&taken);
    return HRTIMER_NORESTART;
}

void test_interrupt(void (*handler)(void))
{
    struct hrtimer timer;
    hrtimer_init_on_stack(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
    timer.function = fire;
    pending = handler;
    init_completion(&taken);
    hrtimer_start(&timer, 0, HRTIMER_MODE_REL_HARD);
    wait_for_completion(&taken);
    hrtimer_cancel(&timer);
    destroy_hrtimer_on_stack(&timer);
}
