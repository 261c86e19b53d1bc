// SPDX-License-Identifier: MIT
// FreeRTOS: tasks pass messages by a queue of pointers. The messages are blocks of a
// pool, so nothing is copied and no task waits for a heap.

#include "FreeRTOS.h"
#include "queue.h"
#include "task.h"

#include "reel/blocks.h"

typedef struct message {
    unsigned number, bytes[15];
} message;

REEL_BLOCKS_DEFINE(messages, sizeof(message), 4);
static QueueHandle_t mailbox;
static volatile unsigned arrived;

static void sender(void *unused)
{
    for (unsigned i = 0; i < 1000;) {
        message *const next = reel_blocks_alloc(&messages);
        if (next == NULL) {
            vTaskDelay(1); // all are under way
        } else {
            next->number = i++;
            (void)xQueueSend(mailbox, &next, portMAX_DELAY);
        }
    }
    vTaskDelete(unused); // NULL: this task
}

static void receiver(void *unused)
{
    for (message *next; arrived < 1000;) {
        (void)xQueueReceive(mailbox, &next, portMAX_DELAY);
        arrived += next->number == arrived;
        (void)reel_blocks_free(&messages, next);
    }
    vTaskDelete(unused);
}

int main(void)
{
    mailbox = xQueueCreate(4, sizeof(message *));
    (void)xTaskCreate(sender, "sender", 256, NULL, 1, NULL);
    (void)xTaskCreate(receiver, "receiver", 256, NULL, 2, NULL);
    vTaskStartScheduler();
    return arrived == 1000 && reel_blocks_count_used(&messages) == 0 ? 0 : 1;
}
