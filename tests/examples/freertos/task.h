// SPDX-License-Identifier: MIT
// See FreeRTOS.h.

#ifndef TASK_H
#define TASK_H

#include "FreeRTOS.h"

typedef struct task *TaskHandle_t;
typedef void (*TaskFunction_t)(void *argument);

BaseType_t xTaskCreate(TaskFunction_t code, const char *name, uint16_t words,
                       void *argument, UBaseType_t priority,
                       TaskHandle_t *created);
void vTaskDelete(TaskHandle_t task);
void vTaskDelay(TickType_t ticks);
void vTaskStartScheduler(void);

#endif
