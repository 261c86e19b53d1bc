// SPDX-License-Identifier: MIT
// Tasks as threads of the host, and one queue. Priorities are not kept.

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "queue.h"
#include "task.h"

#define TASKS 4u
#define ITEMS 16u

struct queue {
    UBaseType_t length, size, first, count;
    unsigned char items[ITEMS][sizeof(void *)];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct queue only;
static TaskFunction_t codes[TASKS];
static unsigned tasks;

BaseType_t xTaskCreate(TaskFunction_t code, const char *name, uint16_t words,
                       void *argument, UBaseType_t priority,
                       TaskHandle_t *created)
{
    (void)name, (void)words, (void)argument, (void)priority, (void)created;
    if (tasks == TASKS) {
        return 0;
    }
    codes[tasks++] = code;
    return pdPASS;
}

static void *run(void *code)
{
    (*(TaskFunction_t *)code)(NULL);
    return NULL;
}

// The scheduler ends when all tasks have ended.
void vTaskStartScheduler(void)
{
    pthread_t threads[TASKS];
    for (unsigned i = 0; i < tasks; i++) {
        pthread_create(&threads[i], NULL, run, &codes[i]);
    }
    for (unsigned i = 0; i < tasks; i++) {
        pthread_join(threads[i], NULL);
    }
}

void vTaskDelete(TaskHandle_t task)
{
    (void)task;
    pthread_exit(NULL);
}

void vTaskDelay(TickType_t ticks)
{
    (void)ticks;
    sched_yield();
}

QueueHandle_t xQueueCreate(UBaseType_t length, UBaseType_t size)
{
    only.length = length < ITEMS ? length : ITEMS;
    only.size = size < sizeof(void *) ? size : sizeof(void *);
    return &only;
}

BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks)
{
    (void)ticks;
    pthread_mutex_lock(&lock);
    while (queue->count == queue->length) {
        pthread_cond_wait(&changed, &lock);
    }
    const UBaseType_t place = (queue->first + queue->count++) % queue->length;
    memcpy(queue->items[place], item, queue->size);
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return pdPASS;
}

BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks)
{
    (void)ticks;
    pthread_mutex_lock(&lock);
    while (queue->count == 0) {
        pthread_cond_wait(&changed, &lock);
    }
    memcpy(item, queue->items[queue->first], queue->size);
    queue->first = (queue->first + 1) % queue->length;
    queue->count--;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return pdPASS;
}
