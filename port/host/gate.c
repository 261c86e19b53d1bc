// SPDX-License-Identifier: MIT
// Gates for threads of a host. A thread that waits lends its priority to the one that is
// inside, so it waits as long as that one works, under any scheduler. (A loop of
// sched_yield lets no thread of lower priority run under SCHED_FIFO.)
//
//   Linux      The word holds the thread's number. Waiting is a system call on it, a
//              futex with priority inheritance.
//   elsewhere  The word holds the thread's number. Waiting is a short sleep.
//
// fork() waits until no thread is inside a gate, so the child finds all gates open. If a
// thread forks inside a hook, only this thread can leave its gate in the child. Threads of
// the child that need another gate fail (REEL_BUSY), since they would wait for ever. So do
// threads that need the gate of a thread that ended inside. This is not detected if a new
// thread has the number of the one that ended.

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "reel/port.h"

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#define THREAD_BITS FUTEX_TID_MASK
#else
#define THREAD_BITS UINTPTR_MAX
#endif

// The kernel looks at 32 bits, and the rest of the word stays 0.
#if defined(__linux__)
typedef uint32_t gate_word;
#else
typedef uintptr_t gate_word;
#endif

static gate_word *word_of(const reel_word *gate)
{
    return (gate_word *)(uintptr_t)&gate->value;
}

// ---- which thread it is -----------------------------------------------------------

static _Thread_local uintptr_t self; // 0: not asked yet
static _Thread_local unsigned depth; // gates that this thread is inside of
static _Thread_local const reel_word *granted; // by a wait

uintptr_t reel_port_thread(void)
{
    if (self == 0) {
#if defined(__linux__)
        self = (uintptr_t)syscall(SYS_gettid);
#else
        self = (uintptr_t)&self;
#endif
    }
    return self;
}

static bool is_gone(uintptr_t thread)
{
#if defined(__linux__)
    return syscall(SYS_tgkill, getpid(), (pid_t)thread, 0) != 0
           && errno == ESRCH;
#else
    (void)thread;
    return false;
#endif
}

static uintptr_t holder_of(const reel_word *gate)
{
    return __atomic_load_n(word_of(gate), __ATOMIC_SEQ_CST) & THREAD_BITS;
}

// To wait for one that is gone is to wait for ever, as for oneself. But it may have
// left before it ended.
uintptr_t reel_port_gate_holder(const reel_word *gate)
{
    const uintptr_t holder = holder_of(gate);
    if (holder == 0 || !is_gone(holder)) {
        return holder;
    }
    const uintptr_t now = holder_of(gate);
    return now == holder ? reel_port_thread() : now;
}

// ---- fork --------------------------------------------------------------------------

// Threads that take turns in a gate would keep a fork waiting for ever. So a thread that is
// inside no gate lets it go first, for some 10 ms: longer might be for ever, since a thread
// inside may wait for this one.
#define MOST_NAPS 100

static unsigned waiting_forks;

static void sleep_a_little(void)
{
    const struct timespec moment = { 0, 50000 };
    (void)nanosleep(&moment, NULL);
}

static void let_forks_go_first(void)
{
    for (int naps = 0; naps < MOST_NAPS
                       && __atomic_load_n(&waiting_forks, __ATOMIC_RELAXED) > 0;
         naps++) {
        sleep_a_little();
    }
}

// Taken for reading by each thread that is inside a gate.
static pthread_rwlock_t forks = PTHREAD_RWLOCK_INITIALIZER;

static void before_fork(void)
{
    if (depth == 0) {
        (void)__atomic_fetch_add(&waiting_forks, 1, __ATOMIC_RELAXED);
        (void)pthread_rwlock_wrlock(&forks);
        (void)__atomic_fetch_sub(&waiting_forks, 1, __ATOMIC_RELAXED);
    }
}

static void after_fork(void)
{
    if (depth == 0) {
        (void)pthread_rwlock_unlock(&forks);
    }
}

// The only thread of the child, under another number.
static void in_child(void)
{
    static const pthread_rwlock_t open = PTHREAD_RWLOCK_INITIALIZER;
    self = 0;
    waiting_forks = 0;
    forks = open;
    if (depth > 0) {
        (void)pthread_rwlock_rdlock(&forks);
    }
}

__attribute__((constructor)) static void watch_forks(void)
{
    (void)pthread_atfork(before_fork, after_fork, in_child);
}

static void go_in(void)
{
    if (depth++ == 0) {
        let_forks_go_first();
        (void)pthread_rwlock_rdlock(&forks);
    }
}

static void go_out(void)
{
    if (--depth == 0) {
        (void)pthread_rwlock_unlock(&forks);
    }
}

// ---- the gate ----------------------------------------------------------------------

bool reel_port_gate_enter(reel_word *gate)
{
    const gate_word thread = (gate_word)reel_port_thread();
    gate_word open = 0;
    if (granted == gate) {
        granted = NULL;
        return true;
    }
    go_in();
    if (__atomic_compare_exchange_n(word_of(gate), &open, thread, false,
                                    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        return true;
    }
    go_out();
    return false;
}

// The kernel enters the gate for the thread that waited. What the last one inside wrote
// is seen after a look at the word, which that one released.
void reel_port_gate_wait(reel_word *gate)
{
#if defined(__linux__)
    go_in();
    if (syscall(SYS_futex, word_of(gate), FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL,
                0)
        == 0) {
        (void)__atomic_load_n(word_of(gate), __ATOMIC_ACQUIRE);
        granted = gate;
        return;
    }
    go_out();
#endif
    (void)gate;
    sleep_a_little();
}

void reel_port_gate_leave(reel_word *gate)
{
    gate_word *const word = word_of(gate);
    gate_word thread = (gate_word)reel_port_thread();
    if (!__atomic_compare_exchange_n(word, &thread, 0, false, __ATOMIC_RELEASE,
                                     __ATOMIC_RELAXED)) {
#if defined(__linux__)
        (void)__atomic_fetch_or(word, 0, __ATOMIC_RELEASE);
        if (syscall(SYS_futex, word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0)
            != 0) // in the child of a fork in a hook
#endif
        {
            __atomic_store_n(word, 0, __ATOMIC_RELEASE);
        }
    }
    go_out();
}
