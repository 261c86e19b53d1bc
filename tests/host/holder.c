// SPDX-License-Identifier: MIT
// Who is inside a gate is asked in two steps: which thread, and whether that thread is
// there. Between them it may leave the gate and end. This program lets it. And the kernel
// may refuse to let a thread wait.

#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "reel/port.h"
#include "tap.h"

#define GONE 12345u // no thread has this number in between

static reel_word gate;
static bool leaves;

// The kernel's half of the word.
static void let_inside(uint32_t thread)
{
    *(uint32_t *)(void *)&gate.value = thread;
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
    if (number == SYS_futex) {
        errno = EAGAIN;
        return -1;
    }
    if (number == SYS_tgkill) {
        if (leaves) {
            let_inside(0);
        }
        errno = ESRCH;
        return -1;
    }
    return __real_syscall(number);
}

static unsigned naps;

int __wrap_nanosleep(const struct timespec *time, struct timespec *left);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
    (void)left;
    naps += time->tv_sec == 0 && time->tv_nsec == 50000;
    return 0;
}

// In a child, and after a fork in the parent.
static bool enters_without_a_nap(void)
{
    naps = 0;
    const bool is_in = reel_port_gate_enter(&gate);
    reel_port_gate_leave(&gate);
    return is_in && naps == 0;
}

static bool forks_leave_no_trace(unsigned generations)
{
    int status = -1;
    const pid_t child = generations > 0 ? fork() : -1;
    if (child == 0) {
        alarm(10);
        _exit(forks_leave_no_trace(generations - 1) ? 0 : 1);
    }
    if (generations == 0) {
        return enters_without_a_nap();
    }
    return waitpid(child, &status, 0) == child && status == 0
           && enters_without_a_nap();
}

int main(void)
{
    RESULT(reel_port_gate_holder(&gate) == 0,
           "of an open gate there is no holder", NULL);
    let_inside(GONE);
    RESULT(reel_port_gate_holder(&gate) == reel_port_thread(),
           "a thread that ended inside is waited for by no other", NULL);
    leaves = true;
    RESULT(reel_port_gate_holder(&gate) == 0,
           "a thread that left before it ended is not inside", NULL);
    RESULT(reel_port_gate_enter(&gate), "a thread enters an open gate at once",
           NULL);
    reel_port_gate_leave(&gate);
    RESULT(forks_leave_no_trace(2),
           "after a fork threads let none go first any more", NULL);
    reel_port_gate_wait(&gate);
    RESULT(naps == 1,
           "a thread that the kernel lets not wait sleeps for 50 microseconds",
           NULL);
    return tap_end() ? 0 : 1;
}
