// SPDX-License-Identifier: MIT
#define _DEFAULT_SOURCE
#include "threads.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    test_thread self;
    pthread_t thread;
} threads[MOST_THREADS];

static size_t running;
static pthread_barrier_t all;
static void (*work_of_all)(test_thread *me);

bool threads_meet(void)
{
    return pthread_barrier_wait(&all) == PTHREAD_BARRIER_SERIAL_THREAD;
}

static void *begin(void *argument)
{
    (void)threads_meet();
    work_of_all(argument);
    return NULL;
}

void threads_start(size_t count, void (*work)(test_thread *me))
{
    work_of_all = work;
    running = count;
    pthread_barrier_init(&all, NULL, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        test_thread *const self = &threads[i].self;
        self->number = i;
        self->seed = (uint32_t)i + 1;
        self->wrong = 0;
        if (pthread_create(&threads[i].thread, NULL, begin, self) != 0) {
            puts("Bail out! no thread");
            exit(1);
        }
    }
}

size_t threads_end(void)
{
    size_t wrong = 0;
    for (size_t i = 0; i < running; i++) {
        pthread_join(threads[i].thread, NULL);
        wrong += threads[i].self.wrong;
    }
    pthread_barrier_destroy(&all);
    return wrong;
}

size_t threads_run(size_t count, void (*work)(test_thread *me))
{
    threads_start(count, work);
    return threads_end();
}
