// SPDX-License-Identifier: MIT
// See FreeRTOS.h.

#ifndef QUEUE_H
#define QUEUE_H

#include "FreeRTOS.h"

typedef struct queue *QueueHandle_t;

QueueHandle_t xQueueCreate(UBaseType_t length, UBaseType_t size);
BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks);
BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks);

#endif
