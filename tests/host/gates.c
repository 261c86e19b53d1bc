// SPDX-License-Identifier: MIT
// The gate of hosts: priorities on one core, threads that end or jump away inside, forks.
// A program of its own, natively and under ThreadSanitizer. TAP.

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "reel/arena.h"
#include "reel/locked.h"
#include "reel/pool.h"
#include "tap.h"

#define PAGE   4096
#define CHUNKS 4096

static _Atomic int panics;
static _Atomic reel_status last_panic;
static _Thread_local bool in_interrupt;

// The application's own: all of the port links with them.
void reel_panic(reel_status why, const char *file, int line)
{
    (void)file, (void)line;
    last_panic = why;
    panics++;
}

bool reel_port_in_interrupt(void)
{
    return in_interrupt;
}

static bool panicked(void)
{
    const bool once = atomic_exchange(&panics, 0) == 1;
    return REEL_CHECKS == 0 || (once && last_panic == REEL_BUSY);
}

// ---- a pool that grows at each claim, through a hook ----------------------------------

static reel_pool pool;
static reel_pool_chunk chunks[CHUNKS];
static void (*hook)(void); // inside the gate
static size_t supplied;    // not atomic: only one thread is inside the gate

static void *supply(void *self, size_t size, size_t align)
{
    (void)self, (void)align;
    supplied++;
    if (hook != NULL) {
        hook();
    }
    return aligned_alloc(64, (size + 63) / 64 * 64);
}

static reel_status take_back(void *self, void *block, size_t size)
{
    (void)self, (void)size;
    free(block);
    return REEL_OK;
}

static reel_allocator fresh_backing(void)
{
    static const reel_allocator_ops ops = { .allocate = supply,
                                            .free = take_back };
    const reel_allocator backing = { &ops, NULL };
    hook = NULL;
    supplied = 0;
    panics = 0;
    return backing;
}

static void fresh_pool(void)
{
    if (reel_pool_init(&pool, fresh_backing(), chunks, CHUNKS, PAGE, PAGE)
        != REEL_OK) {
        abort();
    }
}

static void *claim(void *unused)
{
    (void)unused;
    return reel_pool_claim(&pool);
}

static void *in_another_thread(void *(*run)(void *))
{
    pthread_t thread;
    void *got = NULL;
    if (pthread_create(&thread, NULL, run, NULL) != 0
        || pthread_join(thread, &got) != 0) {
        abort();
    }
    return got;
}

// ---- one thread ------------------------------------------------------------------------

static void *inner;

static void claim_inside(void)
{
    hook = NULL;
    inner = reel_pool_claim(&pool);
}

static void a_hook_that_calls_its_own_pool_is_told(void)
{
    fresh_pool();
    hook = claim_inside;
    inner = &pool;
    void *const page = reel_pool_claim(&pool);
    RESULT(REEL_CHECKS == 0
               || (page != NULL && inner == NULL && panicked()
                   && reel_pool_claim(&pool) != NULL),
           "a hook that calls its own pool is told, and nothing hangs", NULL);
}

static jmp_buf away;

static void jump(void)
{
    hook = NULL;
    longjmp(away, 1);
}

static void a_hook_that_jumps_away_is_told_at_the_next_call(void)
{
    fresh_pool();
    hook = jump;
    if (setjmp(away) == 0) {
        (void)reel_pool_claim(&pool);
    }
    RESULT(
        reel_pool_claim(&pool) == NULL && panicked(),
        "a thread whose hook jumped out of the gate is told at the next call",
        NULL);
    // It is inside for good, and lets its number go.
    reel_port_gate_leave(&pool.gate);
}

static void end_here(void)
{
    hook = NULL;
    pthread_exit(NULL);
}

static void a_thread_that_ended_inside_is_not_waited_for(void)
{
    fresh_pool();
    hook = end_here;
    (void)in_another_thread(claim);
    RESULT(reel_pool_claim(&pool) == NULL && panicked(),
           "a thread that ended inside is not waited for", NULL);
}

static void handlers_never_enter(void)
{
    fresh_pool();
    in_interrupt = true;
    RESULT(reel_pool_claim(&pool) == NULL && panics == 0,
           "a handler never enters", NULL);
    in_interrupt = false;
}

// ---- many threads -------------------------------------------------------------------------

#define THREADS 4
#define CLAIMS  100

static atomic_size_t claimed;

static void take_a_moment(void)
{
    const struct timespec moment = { 0, 200000 };
    (void)nanosleep(&moment, NULL);
}

// Whatever error a thread met before.
static void *claim_many(void *unused)
{
    (void)unused;
    errno = ESRCH;
    for (size_t i = 0; i < CLAIMS; i++) {
        claimed += reel_pool_claim(&pool) != NULL;
    }
    return NULL;
}

static void let_all(void *(*run)(void *), void *with)
{
    pthread_t threads[THREADS];
    hook = take_a_moment;
    for (size_t i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, run, with) != 0) {
            abort();
        }
    }
    for (size_t i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
}

static void threads_grow_in_turn(void)
{
    fresh_pool();
    claimed = 0;
    let_all(claim_many, NULL);
    RESULT(claimed == THREADS * CLAIMS && panics == 0
               && reel_pool_chunks(&pool) == THREADS * CLAIMS,
           "threads that all grow the pool wait for each other, and none fails",
           NULL);
}

static void *allocate_many(void *from)
{
    for (size_t i = 0; i < CLAIMS; i++) {
        free(reel_allocate(*(const reel_allocator *)from, 1, 1));
    }
    return NULL;
}

// Nothing but the gate puts two calls in order.
static void each_thread_sees_what_the_one_before_wrote(void)
{
    reel_lock lock;
    reel_allocator shared = reel_locked(&lock, fresh_backing());
    let_all(allocate_many, &shared);
    RESULT(supplied == THREADS * CLAIMS && panics == 0,
           "a thread sees what the one before wrote inside the gate", NULL);
}

// ---- two pools over one backing ------------------------------------------------------------

#define SHARED_CHUNKS 200

static reel_arena arena;
static reel_pool pools[2];
static reel_pool_chunk shared_chunks[2][SHARED_CHUNKS];

static void *fill_pages(void *which)
{
    size_t *const own = which;
    size_t wrong = 0;
    size_t *pages[SHARED_CHUNKS] = { NULL };
    for (size_t i = 0; i < SHARED_CHUNKS; i++) {
        pages[i] = reel_pool_claim(&pools[*own]);
        if (pages[i] != NULL) {
            *pages[i] = *own * SHARED_CHUNKS + i;
        }
    }
    for (size_t i = 0; i < SHARED_CHUNKS; i++) {
        wrong += pages[i] == NULL || *pages[i] != *own * SHARED_CHUNKS + i;
    }
    *own = wrong;
    return NULL;
}

static void two_pools_of_two_threads_share_an_arena(void)
{
    static unsigned char memory[2 * SHARED_CHUNKS * (64 + 64)];
    reel_lock lock;
    pthread_t threads[2];
    size_t numbers[2] = { 0, 1 };
    (void)reel_arena_init(&arena, memory, sizeof memory);
    const reel_allocator shared =
        reel_locked(&lock, reel_arena_allocator(&arena));
    for (size_t i = 0; i < 2; i++) {
        (void)reel_pool_init(&pools[i], shared, shared_chunks[i], SHARED_CHUNKS,
                             64, 64);
        if (pthread_create(&threads[i], NULL, fill_pages, &numbers[i]) != 0) {
            abort();
        }
    }
    for (size_t i = 0; i < 2; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    RESULT(numbers[0] == 0 && numbers[1] == 0,
           "two pools of two threads share an arena through a lock", NULL);
}

// ---- priorities ------------------------------------------------------------------------------

#define LOW    10
#define MIDDLE 20
#define HIGH   30

static sem_t low_is_inside;
static atomic_bool is_high_done, has_high_waited, has_middle_come_between;

static void *claim_high(void *unused)
{
    (void)unused;
    (void)sem_wait(&low_is_inside);
    void *const page = reel_pool_claim(&pool);
    is_high_done = true;
    return page;
}

// The high one runs now, and waits.
static void let_high_in(void)
{
    hook = NULL;
    (void)sem_post(&low_is_inside);
    has_high_waited = !is_high_done;
}

// Runs before the high one is done only if the low one has not inherited its priority.
static void *come_between(void *unused)
{
    (void)unused;
    has_middle_come_between = !is_high_done;
    return NULL;
}

static bool start(pthread_t *thread, int priority, void *(*run)(void *))
{
    pthread_attr_t attributes;
    const struct sched_param param = { .sched_priority = priority };
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    (void)pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
    (void)pthread_attr_setschedparam(&attributes, &param);
    return pthread_create(thread, &attributes, run, NULL) == 0;
}

static pthread_t low, middle, high;
static bool is_high_started, is_middle_started;

static void *start_high_and_claim(void *unused)
{
    is_high_started = start(&high, HIGH, claim_high);
    return claim(unused);
}

static void let_high_in_and_start_middle(void)
{
    let_high_in();
    is_middle_started = start(&middle, MIDDLE, come_between);
}

static void on_one_core_a_high_priority_waits_only_while_the_low_one_works(void)
{
    static const char *const names[] = {
        "under SCHED_FIFO on one core a thread waits for one of low priority",
        "one of middle priority does not come between",
    };
    cpu_set_t one, all;
    CPU_ZERO(&one);
    (void)sched_getaffinity(0, sizeof all, &all);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &all) && CPU_COUNT(&one) == 0) {
            CPU_SET(cpu, &one);
        }
    }
    (void)sched_setaffinity(0, sizeof one, &one);
    for (int i = 0; i < 2; i++) {
        void *pages[2] = { NULL, NULL };
        fresh_pool();
        is_high_started = is_middle_started = false;
        (void)sem_init(&low_is_inside, 0, 0);
        is_high_done = has_high_waited = has_middle_come_between = false;
        hook = i == 0 ? let_high_in : let_high_in_and_start_middle;
        if (!start(&low, LOW, start_high_and_claim)) {
            tap_skip("this user may not");
            tap_result(names[i], NULL);
            continue;
        }
        (void)pthread_join(low, &pages[0]);
        (void)pthread_join(high, &pages[1]);
        if (is_middle_started) {
            (void)pthread_join(middle, NULL);
        }
        RESULT(pages[0] != NULL && pages[1] != NULL && is_high_done
                   && has_high_waited && !has_middle_come_between,
               names[i], NULL);
    }
    (void)sched_setaffinity(0, sizeof all, &all);
}

// In a child ThreadSanitizer misses the threads of the parent, and takes the lock of forks,
// which the child begins anew, for held.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FOLLOWS_FORKS false
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define FOLLOWS_FORKS false
#endif
#ifndef FOLLOWS_FORKS
#define FOLLOWS_FORKS true
#endif

// ---- fork -------------------------------------------------------------------------------------

static atomic_bool stop;

static void *grow_all_the_time(void *unused)
{
    (void)unused;
    while (!stop) {
        void *const page = reel_pool_claim(&pool);
        if (page == NULL) {
            break;
        }
    }
    return NULL;
}

static bool child_does(bool (*what)(void))
{
    const pid_t child = fork();
    if (child == 0) {
        alarm(10);
        _exit(what() ? 0 : 1);
    }
    int status = -1;
    (void)waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool grow_in_child(void)
{
    hook = NULL;
    return reel_pool_claim(&pool) != NULL
           && reel_pool_reserve(&pool, 3) == REEL_OK && panics == 0;
}

static void a_child_finds_every_gate_open(void)
{
    pthread_t threads[2]; // one waits for the other
    int good = 0;
    fresh_pool();
    hook = take_a_moment;
    stop = false;
    for (size_t i = 0; i < 2; i++) {
        if (pthread_create(&threads[i], NULL, grow_all_the_time, NULL) != 0) {
            abort();
        }
    }
    alarm(100);
    for (int i = 0; i < 50; i++) {
        good += child_does(grow_in_child);
    }
    alarm(0);
    stop = true;
    for (size_t i = 0; i < 2; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    RESULT(good == 50,
           "a child finds open what threads of its parent were in, and comes",
           NULL);
}

static reel_word gates[2];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; // of the program
static sem_t has_begun;

static void enter(reel_word *gate)
{
    while (!reel_port_gate_enter(gate)) {
        reel_port_gate_wait(gate);
    }
}

static void *take_the_mutex_inside(void *unused)
{
    (void)unused;
    enter(&gates[0]);
    (void)sem_post(&has_begun);
    (void)pthread_mutex_lock(&mutex);
    (void)pthread_mutex_unlock(&mutex);
    reel_port_gate_leave(&gates[0]);
    return NULL;
}

// At a time when the fork waits for the other thread.
static void *enter_with_the_mutex(void *unused)
{
    const struct timespec later = { 0, 50000000 };
    (void)unused;
    (void)pthread_mutex_lock(&mutex);
    (void)sem_post(&has_begun);
    (void)nanosleep(&later, NULL);
    enter(&gates[1]);
    reel_port_gate_leave(&gates[1]);
    (void)pthread_mutex_unlock(&mutex);
    return NULL;
}

static bool do_nothing(void)
{
    return true;
}

static void a_fork_waits_for_a_thread_that_waits_for_another(void)
{
    void *(*const run[])(void *) = { enter_with_the_mutex,
                                     take_the_mutex_inside };
    pthread_t threads[2];
    if (!FOLLOWS_FORKS) {
        return;
    }
    (void)sem_init(&has_begun, 0, 0);
    for (size_t i = 0; i < 2; i++) {
        if (pthread_create(&threads[i], NULL, run[i], NULL) != 0) {
            abort();
        }
        (void)sem_wait(&has_begun);
    }
    alarm(100);
    const bool forked = child_does(do_nothing);
    for (size_t i = 0; i < 2; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    alarm(0);
    RESULT(forked,
           "a thread inside may wait for one that comes, while a third forks",
           NULL);
}

static pthread_t other;

static bool has_waiter(const reel_word *gate)
{
    return __atomic_load_n(&gate->value, __ATOMIC_RELAXED) >> 31 != 0;
}

static void let_another_wait(void)
{
    hook = NULL;
    if (pthread_create(&other, NULL, claim, NULL) != 0) {
        abort();
    }
    while (!has_waiter(&pool.gate)) {
        take_a_moment();
    }
}

static bool wait_in_child(void)
{
    void *got = NULL;
    hook = let_another_wait;
    return reel_pool_claim(&pool) != NULL && pthread_join(other, &got) == 0
           && got != NULL && panics == 0;
}

static void threads_of_a_child_wait_for_each_other(void)
{
    if (!FOLLOWS_FORKS) {
        return;
    }
    fresh_pool();
    RESULT(reel_pool_claim(&pool) != NULL && child_does(wait_in_child),
           "threads of a child wait for each other, by their own numbers",
           NULL);
}

static pid_t forked;

static void fork_inside(void)
{
    hook = NULL;
    forked = fork();
    if (forked == 0) {
        alarm(10);
    }
}

static void a_hook_may_fork(void)
{
    int status = -1;
    fresh_pool();
    hook = fork_inside;
    void *const page = reel_pool_claim(&pool);
    const bool goes_on = page != NULL && reel_pool_claim(&pool) != NULL
                         && in_another_thread(claim) != NULL && panics == 0
                         && (!FOLLOWS_FORKS || child_does(grow_in_child));
    if (forked == 0) {
        _exit(goes_on ? 0 : 1);
    }
    (void)waitpid(forked, &status, 0);
    RESULT(goes_on && WIFEXITED(status) && WEXITSTATUS(status) == 0,
           "a hook may fork, and parent and child go on", NULL);
}

int main(void)
{
    a_hook_that_calls_its_own_pool_is_told();
    handlers_never_enter();
    threads_grow_in_turn();
    each_thread_sees_what_the_one_before_wrote();
    two_pools_of_two_threads_share_an_arena();
    on_one_core_a_high_priority_waits_only_while_the_low_one_works();
    a_child_finds_every_gate_open();
    a_fork_waits_for_a_thread_that_waits_for_another();
    threads_of_a_child_wait_for_each_other();
    a_hook_may_fork();
    if (REEL_CHECKS >= 1) {
        a_thread_that_ended_inside_is_not_waited_for();
        a_hook_that_jumps_away_is_told_at_the_next_call();
    }
    return tap_end() ? 0 : 1;
}
