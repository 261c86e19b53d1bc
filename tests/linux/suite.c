// SPDX-License-Identifier: MIT
// The freestanding tests as a kernel module; their memory lies in the kernel's
// address space, and ends where nothing is committed.

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/preempt.h>

#include "reel_linux.h"
#include "test.h"

const size_t test_scale = 1;

static reel_linux_space space;

unsigned char *test_memory(size_t size)
{
    EXPECT(size <= TEST_MEMORY);
    if (space.size == 0) {
        EXPECT(reel_linux_reserve(&space, 2 * PAGE_SIZE) == REEL_OK);
        EXPECT(space.pages.commit(&space, space.base, PAGE_SIZE));
    }
#if REEL_WATCH
    reel_port_watch_alive(space.base, PAGE_SIZE);
#endif
    return (unsigned char *)space.base + PAGE_SIZE - size;
}

const reel_pages *test_port(void)
{
    return NULL;
}

bool reel_port_in_interrupt(void)
{
    return !reel_linux_may_sleep();
}

bool reel_linux_may_sleep(void)
{
    return preemptible() && !in_serving_softirq();
}

static int __init suite_init(void)
{
    (void)test_run_all("");
    (void)reel_linux_release(&space);
    return 0;
}

static void __exit suite_exit(void)
{
}

module_init(suite_init);
module_exit(suite_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("reel: its freestanding tests");
