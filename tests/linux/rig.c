// SPDX-License-Identifier: MIT
// The port under the checks of tests/kernels, as a kernel module: threads on
// all cores, and meanwhile a timer's interrupt and a softirq.

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/uaccess.h>

#include "reel_linux.h"
#include "rig.h"

#define RANGE      ((size_t)8 << 20)
#define TICK_EVERY 100000 // ns

const size_t test_scale = 1;
const bool rig_has_neighbours = false;
const unsigned rig_workers = 4;
const size_t rig_rounds = REEL_WATCH ? 300 : 5000; // KASAN takes its time

// ---- ranges -----------------------------------------------------------------

static reel_linux_space space;

void rig_start(rig_range *range)
{
    (void)reel_linux_release(&space);
    EXPECT(reel_linux_reserve(&space, RANGE) == REEL_OK);
    range->pages = &space.pages;
    range->start = (uintptr_t)space.base;
    range->size = space.size;
}

// Its tables stay, and are not counted.
size_t rig_frames(void)
{
    return space.frontier / PAGE_SIZE;
}

bool rig_leave(size_t frames)
{
    space.limit =
        frames == RIG_ALL ? SIZE_MAX : space.frontier + frames * PAGE_SIZE;
    return true;
}

// ---- probes: the kernel's own, which report no address ----------------------

static uintptr_t refused_at;

static bool can_load(uintptr_t address, unsigned char *byte)
{
    return copy_from_kernel_nofault(byte, (void *)address, 1) == 0;
}

static bool can_store(uintptr_t address, unsigned char byte)
{
    bool can = true;
    pagefault_disable();
    __put_kernel_nofault((void *)address, &byte, unsigned char, refused);
    goto done;
refused:
    can = false;
done:
    pagefault_enable();
    return can;
}

bool rig_is_open(uintptr_t address)
{
    unsigned char byte;
    return can_load(address, &byte) && can_store(address, byte);
}

bool rig_is_closed(uintptr_t address)
{
    unsigned char byte;
    refused_at = address;
    return !can_load(address, &byte) && !can_store(address, 0);
}

uintptr_t rig_refused_at(void)
{
    return refused_at;
}

// ---- threads ----------------------------------------------------------------

static struct completion all_done;
static atomic_t left;
static void (*the_work)(unsigned who);
static void (*on_tick)(void);
static atomic_t hard_ticks, soft_ticks;
static struct hrtimer hard_timer;
static struct timer_list soft_timer;
static bool must_stop;

static int worker(void *who)
{
    the_work((unsigned)(uintptr_t)who);
    if (atomic_dec_and_test(&left)) {
        complete(&all_done);
    }
    return 0;
}

static void run(unsigned workers, void (*work)(unsigned who),
                unsigned first_core)
{
    init_completion(&all_done);
    atomic_set(&left, (int)workers);
    the_work = work;
    for (unsigned i = 0; i < workers; i++) {
        struct task_struct *const task =
            kthread_create(worker, (void *)(uintptr_t)i, "reel/%u", i);
        kthread_bind(task, (first_core + i) % num_online_cpus());
        wake_up_process(task);
    }
    wait_for_completion(&all_done);
}

static enum hrtimer_restart take_hard_tick(struct hrtimer *timer)
{
    atomic_inc(&hard_ticks);
    on_tick();
    hrtimer_forward_now(timer, ns_to_ktime(TICK_EVERY));
    return READ_ONCE(must_stop) ? HRTIMER_NORESTART : HRTIMER_RESTART;
}

static void take_soft_tick(struct timer_list *timer)
{
    atomic_inc(&soft_ticks);
    on_tick();
    if (!READ_ONCE(must_stop)) {
        mod_timer(timer, jiffies + 1);
    }
}

static void start_ticks(void (*tick)(void))
{
    on_tick = tick;
    must_stop = false;
    hrtimer_init(&hard_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
    hard_timer.function = take_hard_tick;
    timer_setup(&soft_timer, take_soft_tick, 0);
    hrtimer_start(&hard_timer, ns_to_ktime(TICK_EVERY), HRTIMER_MODE_REL_HARD);
    mod_timer(&soft_timer, jiffies + 1);
}

static void stop_ticks(void)
{
    while (atomic_read(&hard_ticks) == 0 || atomic_read(&soft_ticks) == 0) {
        msleep(1);
    }
    WRITE_ONCE(must_stop, true);
    hrtimer_cancel(&hard_timer);
    del_timer_sync(&soft_timer);
}

void rig_together(void (*work)(unsigned who), void (*tick)(void))
{
    atomic_set(&hard_ticks, 0);
    atomic_set(&soft_ticks, 0);
    if (tick != NULL) {
        start_ticks(tick);
    }
    run(rig_workers, work, 0);
    if (tick != NULL) {
        stop_ticks();
    }
}

size_t rig_ticks(void)
{
    return (size_t)(atomic_read(&hard_ticks) + atomic_read(&soft_ticks));
}

static uintptr_t looked_at;
static bool was_closed[RIG_MOST_WORKERS];

static void look(unsigned who)
{
    was_closed[who] = rig_is_closed(looked_at);
}

bool rig_is_closed_elsewhere(uintptr_t address)
{
    looked_at = address;
    run(2, look, 0);
    return was_closed[0] && was_closed[1];
}

// ---- the port's own ---------------------------------------------------------

static void what_cannot_be_reserved_is_refused(void)
{
    reel_linux_space other = { .size = 1 };
    EXPECT(reel_linux_reserve(NULL, PAGE_SIZE) == REEL_INVALID);
    EXPECT(reel_linux_reserve(&other, 0) == REEL_INVALID);
    EXPECT(reel_linux_reserve(&other, SIZE_MAX) == REEL_INVALID);
    EXPECT(reel_linux_reserve(&other, SIZE_MAX / 2) == REEL_INVALID);
    EXPECT(other.size == 1);
    other.size = 0;
    EXPECT(reel_linux_release(NULL) == REEL_INVALID);
    EXPECT(reel_linux_release(&other) == REEL_INVALID);
}

static reel_status in_handler[2];

static void reserve_in_handler(void)
{
    reel_linux_space other;
    in_handler[0] = reel_linux_reserve(&other, PAGE_SIZE);
    in_handler[1] = reel_linux_release(&space);
}

static void handlers_and_those_who_may_not_sleep_are_told_apart(void)
{
    static DEFINE_RAW_SPINLOCK(lock);
    rig_range range;
    rig_start(&range);
    EXPECT(reel_linux_may_sleep() && !reel_linux_in_handler());
    EXPECT(!reel_port_in_interrupt());
    raw_spin_lock(&lock);
    const bool sleeps = reel_linux_may_sleep();
    const bool handler = reel_linux_in_handler();
    const bool committed = range.pages->commit(&space, space.base, PAGE_SIZE);
    void *const block = reel_allocate(reel_linux_kvmalloc(), 8, 8);
    raw_spin_unlock(&lock);
    EXPECT(!sleeps && !handler && !committed && block == NULL);
    test_interrupt(reserve_in_handler);
    EXPECT(in_handler[0] == REEL_BUSY && in_handler[1] == REEL_BUSY);
}

static void check_backing(reel_allocator backing)
{
    static const size_t sizes[] = { 0, 1, 8, 100, 4096, 4097, 40000 };
    const size_t before = reel_linux_allocated();
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        const size_t size = sizes[i];
        for (size_t align = 1; align <= PAGE_SIZE; align *= 8) {
            unsigned char *block = reel_allocate(backing, size, align);
            EXPECT(block != NULL && ((uintptr_t)block & (align - 1)) == 0);
            block[size == 0 ? 0 : size - 1] = 7;
            unsigned char *const larger =
                reel_reallocate(backing, block, size, size + 5000, align);
            EXPECT(larger != NULL && larger[size == 0 ? 0 : size - 1] == 7);
            EXPECT(reel_reallocate(backing, larger, size + 5000, size, align)
                   == larger);
            EXPECT(reel_free(backing, larger, size) == REEL_OK);
        }
    }
    EXPECT(reel_allocate(backing, SIZE_MAX, 1) == NULL);
    EXPECT(reel_allocate(backing, 1, 2 * PAGE_SIZE) == NULL);
    EXPECT(reel_free(backing, NULL, 1) == REEL_INVALID);
    EXPECT(reel_linux_allocated() == before);
}

static void the_kernel_backs_allocators(void)
{
    check_backing(reel_linux_kvmalloc());
    check_backing(reel_linux_whole_pages());
}

static void regions_live_on_the_kernels_pages(void)
{
    static reel_pool pool;
    static reel_pool_chunk chunks[4];
    const size_t before = reel_linux_allocated();
    reel_region region;
    EXPECT(reel_pool_init(&pool, reel_linux_whole_pages(), chunks, 4, 0, 0)
           == REEL_OK);
    EXPECT(reel_region_open(&region, &pool) == REEL_OK);
    EXPECT(reel_region_alloc(&region, 3000, 8) != NULL);
    EXPECT(reel_region_alloc(&region, 30000, 8) != NULL);
    EXPECT(reel_linux_allocated() > before);
    EXPECT(reel_region_close(&region) == REEL_OK);
    EXPECT(reel_pool_dispose(&pool) == REEL_OK);
    EXPECT(reel_linux_allocated() == before);
}

// ---- a gate that is a mutex -------------------------------------------------

static reel_temp temp;
static bool (*real_commit)(void *context, void *addr, size_t size);
static u64 longest; // ns that the urgent thread waited

static bool slow_commit(void *context, void *addr, size_t size)
{
    udelay(300); // time to be preempted in
    return real_commit(context, addr, size);
}

static void take_pages(unsigned who)
{
    if (who == 0) {
        sched_set_fifo(current);
    }
    for (unsigned i = 0; i < 50; i++) {
        const u64 before = ktime_get_ns();
        if (reel_temp_alloc_shared(&temp, 4 * PAGE_SIZE, 8) == NULL) {
            longest = U64_MAX;
        }
        if (who == 0) {
            longest = max(longest, ktime_get_ns() - before);
            usleep_range(100, 300);
        }
    }
}

// It shares a core with one of them.
static void an_urgent_thread_gets_through_the_gate(void)
{
    reel_temp_policy policy = REEL_TEMP_POLICY;
    rig_range range;
    rig_start(&range);
    real_commit = space.pages.commit;
    space.pages.commit = slow_commit;
    policy.step = 4 * PAGE_SIZE;
    EXPECT(reel_temp_init(&temp, space.base, space.size, &space.pages, &policy)
           == REEL_OK);
    longest = 0;
    run(3, take_pages, 0);
    EXPECT(longest < NSEC_PER_SEC);
    test_note("us that it waited at most:", (size_t)(longest / 1000));
    EXPECT(reel_temp_dispose(&temp) == REEL_OK);
}

// ---- KASAN, in kernels that have it -----------------------------------------

#if REEL_WATCH

REEL_ARENA_DEFINE(watched, 512);

static void kasan_knows_what_is_no_block(void)
{
    const reel_mark mark = reel_arena_mark(&watched);
    volatile char *const block = reel_arena_alloc(&watched, 64, 8);
    block[63] = 1;
    test_note("planted: an overrun", 64);
    (void)block[64];
    EXPECT(reel_arena_rewind(&watched, mark) == REEL_OK);
    test_note("planted: a use after a rewind", 8);
    (void)block[8];
}

#endif

// ---- a fault ----------------------------------------------------------------

static int read_it(void *address)
{
    return *(volatile char *)address;
}

// The kernel's message must come after the report's, so the console is judged.
static void a_fault_is_reported_with_owner_and_state(void)
{
    static reel_linux_report report = { .temp = &temp, .name = "scratch" };
    rig_range range;
    rig_start(&range);
    EXPECT(reel_temp_init(&temp, space.base, space.size, &space.pages, NULL)
           == REEL_OK);
    EXPECT(reel_temp_alloc(&temp, 3 * PAGE_SIZE, 8) != NULL);
    EXPECT(reel_temp_dispose(&temp) == REEL_OK);
    EXPECT(reel_linux_report_faults(&report) == REEL_OK);
    struct task_struct *const task =
        kthread_create(read_it, (char *)space.base + 8200, "reel/fault");
    get_task_struct(task);
    wake_up_process(task);
    while (!(READ_ONCE(task->exit_state))) {
        msleep(1);
    }
    put_task_struct(task);
    reel_linux_report_no_faults(&report);
}

const test_case rig_tests[] = {
    TEST(what_cannot_be_reserved_is_refused),
    TEST(handlers_and_those_who_may_not_sleep_are_told_apart),
    TEST(the_kernel_backs_allocators),
    TEST(regions_live_on_the_kernels_pages),
    TEST(an_urgent_thread_gets_through_the_gate),
#if REEL_WATCH
    TEST(kasan_knows_what_is_no_block),
#endif
    TEST(a_fault_is_reported_with_owner_and_state),
    END_OF_TESTS,
};

static int __init port_init(void)
{
    (void)test_run_all("");
    (void)reel_linux_release(&space);
    return 0;
}

static void __exit port_exit(void)
{
}

module_init(port_init);
module_exit(port_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("reel: tests of the port");
