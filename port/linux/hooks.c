// SPDX-License-Identifier: MIT
// Hooks of the kernel. A gate is a mutex of the kernel's: it has the
// scheduler's fairness, and under PREEMPT_RT the priority of who waits. A mutex
// is larger than a gate's word, so gates take one from a table while a thread is
// inside or waits.

#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "reel/port.h"
#include "reel_linux.h"

bool reel_linux_in_handler(void)
{
    return in_nmi() || in_hardirq() || in_serving_softirq();
}

bool reel_linux_may_sleep(void)
{
    if (reel_linux_in_handler()) { // under PREEMPT_RT a softirq is preemptible
        return false;
    }
#ifdef CONFIG_PREEMPT_COUNT
    return preemptible() && rcu_preempt_depth() == 0;
#else
    return !irqs_disabled();
#endif
}

bool reel_port_in_interrupt(void)
{
    return !reel_linux_may_sleep();
}

uintptr_t reel_port_thread(void)
{
    return (uintptr_t)current;
}

// ---- gates ------------------------------------------------------------------

#define MOST_GATES 64 // that threads are inside of, or wait for, at a time

typedef struct gate_mutex {
    const reel_word *gate; // NULL: free
    unsigned users;        // the one inside, and those that wait
    struct mutex mutex;
} gate_mutex;

static gate_mutex table[MOST_GATES];
static bool is_ready;
static DEFINE_SPINLOCK(table_lock);

// One gate may be entered inside another, and the order is the nesting of
// allocators, which lockdep cannot know from a place in the table.
static void make_ready(void)
{
    unsigned i;
    for (i = 0; i < MOST_GATES && !is_ready; i++) {
        mutex_init(&table[i].mutex);
        lockdep_set_novalidate_class(&table[i].mutex);
    }
    is_ready = true;
}

static gate_mutex *find(const reel_word *gate)
{
    gate_mutex *unused = NULL;
    unsigned i;
    for (i = 0; i < MOST_GATES; i++) {
        if (table[i].gate == gate) {
            return &table[i];
        }
        if (table[i].gate == NULL) {
            unused = &table[i];
        }
    }
    return unused;
}

// NULL if all are in use.
static gate_mutex *hold(const reel_word *gate)
{
    gate_mutex *found;
    spin_lock(&table_lock);
    make_ready();
    found = find(gate);
    if (found != NULL) {
        found->gate = gate;
        found->users++;
    }
    spin_unlock(&table_lock);
    return found;
}

static void let_go(gate_mutex *held)
{
    spin_lock(&table_lock);
    if (--held->users == 0) {
        held->gate = NULL;
    }
    spin_unlock(&table_lock);
}

bool reel_port_gate_enter(reel_word *gate)
{
    gate_mutex *const held = hold(gate);
    if (held == NULL) {
        return false;
    }
    if (!mutex_trylock(&held->mutex)) {
        let_go(held);
        return false;
    }
    WRITE_ONCE(gate->value, reel_port_thread());
    return true;
}

void reel_port_gate_wait(reel_word *gate)
{
    gate_mutex *const held = hold(gate);
    if (held == NULL) {
        reel_port_yield();
        return;
    }
    mutex_lock(&held->mutex);
    mutex_unlock(&held->mutex);
    let_go(held);
}

// Who is inside holds the mutex, so the table has it.
void reel_port_gate_leave(reel_word *gate)
{
    gate_mutex *held;
    spin_lock(&table_lock);
    held = find(gate);
    spin_unlock(&table_lock);
    WRITE_ONCE(gate->value, 0);
    mutex_unlock(&held->mutex);
    let_go(held);
}

uintptr_t reel_port_gate_holder(const reel_word *gate)
{
    return READ_ONCE(gate->value);
}
